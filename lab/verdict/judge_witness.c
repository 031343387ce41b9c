// SPDX-License-Identifier: GPL-2.0-only
/* The agent's word beside what the host saw in the guest's memory. */
#include "judge_parts.h"

/* A module that the agent itself could not unload, or did not try to, is no
 * contradiction: there is an event for it. */
static bool agent_said_why(const struct lab_guest_report *r)
{
	return r->load_failed || r->unload_failed || r->command_killed || r->copy_failed;
}

static void judge_held(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	struct lab_event event;

	if (r->held_live)
		event = judge_event(LAB_GUEST_LOST, LAB_PHASE_UNLOAD, "impostor",
				    "the guest says that '%s' is unloaded, but in its "
				    "memory the module is still there",
				    r->held);
	else
		event = judge_event(LAB_LEAK, LAB_PHASE_UNLOAD, "module",
				    "'%s' is still in the kernel's list of modules, half "
				    "loaded or half unloaded",
				    r->held);
	judge_add(j, &event);
}

void judge_witness(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	struct lab_event event;

	if (r->end != LAB_END_DONE)
		return;
	if (r->view_changed) {
		event = judge_event(
			LAB_GUEST_LOST, LAB_PHASE_LEAK, "impostor",
			"something in the guest has changed what the agent sees "
			"of /sys and /proc");
		judge_add(j, &event);
	}
	if (r->held && !agent_said_why(r)) {
		judge_held(j);
	} else if (r->witness == LAB_WITNESS_DAMAGED) {
		event = judge_event(LAB_GUEST_LOST, LAB_PHASE_LEAK, "damaged-list",
				    "the kernel's list of modules is damaged: what the "
				    "guest reports cannot be checked");
		judge_add(j, &event);
	} else if (r->witness == LAB_WITNESS_BLIND) {
		strv_add(&j->result->notes,
			 "that the module is unloaded is the guest's word alone: its "
			 "memory cannot be read from here");
	}
}
