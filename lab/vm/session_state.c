// SPDX-License-Identifier: GPL-2.0-only
/* How far a run has come, and its end; see session_state.h. */
#include "session_state.h"

void session_set_state(struct session *s, enum session_state state)
{
	s->state = state;
	s->waited = 0;
}

void session_end(struct session *s, enum lab_guest_end how)
{
	s->r->end = how;
	s->state = ENDED;
}

void session_fail(struct session *s, int err)
{
	s->error = err;
	s->state = ENDED;
}

int session_damaged(struct session *s, const char *why)
{
	_cleanup_free_ char *qemu = vm_errors(s->vm);

	return lab_fail(s->lab, -ESTALE,
			"the template '%s' does not resume: %s; remove it "
			"with 'kmlab clean'",
			s->t->id, qemu ? qemu : why);
}
