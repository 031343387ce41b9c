// SPDX-License-Identifier: GPL-2.0-only
/* The agent's own system calls: what the kernel answered to load and unload. */
#include <errno.h>
#include <string.h>

#include "errno_words.h"
#include "stack_trace.h"
#include "judge_parts.h"
#include "klog.h"
#include "pattern.h"
#include "title.h"

/* What the loader logs beside its errno. */
static const char *const load_reasons[] = {
	"*: Unknown symbol ",
	"*: disagrees about version of symbol ",
	"*: no symbol version for ",
	"*: version magic '*' should be '",
	"*: Invalid relocation target",
	"*: exports duplicate symbol ",
	"*: module is already loaded",
	"*: module uses symbols * from namespace ",
	"*: module verification failed: signature * missing - rejecting",
	"Loading of *is rejected",
	"Lockdown: *",
	"*: `*' invalid for parameter `",
	"*: parameter `*' * out of range",
	"*: `*' too large for parameter `",
	"Module has invalid ELF",
	"Invalid ELF ",
	"*: unknown relocation",
	"*: .gnu.linkonce.this_module",
	"*: module license '*' taints",
	"module: overflow in relocation type",
	"overflow in relocation type",
	"*: section size must match the kernel's built struct module size",
	"*: Overflow in relocation",
	"kobject_add_internal failed for ",
	"*: Could not allocate",
	"*: could not allocate",
	"vmap allocation for size ",
};

static bool is_load_reason(const char *line)
{
	for (size_t i = 0; i < sizeof(load_reasons) / sizeof(*load_reasons); i++)
		if (pattern_match(load_reasons[i], line))
			return true;
	return false;
}

static void add_reasons(struct judge *j, struct lab_event *event)
{
	for (size_t i = 0; i < j->n_lines; i++)
		if (j->lines[i].phase == LAB_PHASE_LOAD &&
		    is_load_reason(j->lines[i].text) &&
		    !strv_contains(&event->detail, j->lines[i].text))
			strv_add(&event->detail, j->lines[i].text);
}

/* ENOENT and others come from the loader or from the module's own init: a reason in the
 * log tells them apart. ENOEXEC, signature errors and lockdown are the loader's alone. */
static bool loader_said_it(int err, const struct lab_event *event)
{
	if (event->detail.n)
		return true;
	return err == ENOEXEC || err == EKEYREJECTED || err == ENOKEY || err == EBADMSG ||
	       err == ETXTBSY;
}

/* The loader's own line in words, without "module: " before it. */
static char *reason_words(const char *line, const char *module)
{
	size_t len = strlen(module);

	if (str_starts(line, module) && str_starts(line + len, ": "))
		line += len + 2;
	if (str_starts(line, "Unknown symbol "))
		return xprintf(
			"it needs the symbol '%.*s', which this kernel does not offer it",
			(int)strcspn(line + 15, " ("), line + 15);
	return xstrdup(line);
}

static char *load_words(const struct lab_guest_report *r, const struct lab_event *event)
{
	const char *words = errno_of_load(r->load_errno);

	if (event->detail.n)
		return reason_words(event->detail.v[0], r->load_failed);
	return xstrdup(words ? words : errno_words(r->load_errno));
}

static void judge_load_refused(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	_cleanup_free_ char *name = errno_name(r->load_errno), *words = NULL;
	struct lab_event event = {.outcome = LAB_LOAD_ERROR, .phase = LAB_PHASE_LOAD};
	bool loader;

	add_reasons(j, &event);
	loader = loader_said_it(r->load_errno, &event);
	words = loader ? load_words(r, &event)
		       : judge_init_words(j, r->load_failed, r->load_errno);
	event.kind = xstrdup(loader ? "load-error" : "init-failed");
	event.title = loader ? xprintf("'%s' was not loaded: %s (%s)", r->load_failed,
				       words, name)
			     : xprintf("'%s' was not loaded: %s", r->load_failed, words);
	if (!loader)
		event.hint = judge_init_hint(j, r->load_failed, r->load_errno);
	judge_about(&event, r->load_failed);
	judge_add(j, &event);
}

static void judge_not_live(struct judge *j)
{
	struct lab_event event =
		judge_event(LAB_LOAD_ERROR, LAB_PHASE_LOAD, "not-live",
			    "the kernel says that '%s' is loaded, but no such module is "
			    "live afterwards",
			    j->report->load_failed);

	judge_about(&event, j->report->load_failed);
	judge_add(j, &event);
}

/* The one whose call failed in this phase. */
static const char *module_in(const struct judge *j, enum lab_phase phase)
{
	return phase == LAB_PHASE_LOAD ? j->report->load_failed
				       : j->report->unload_failed;
}

static void judge_signal(struct judge *j, enum lab_phase phase, int sig)
{
	struct lab_event event;

	/* The oops that killed the task is normally in the log already. */
	if (j->result->outcome >= LAB_OOPS)
		return;
	event = judge_event(
		LAB_OOPS, phase, "oops", "the task was killed by the kernel (SIG%s) %s",
		sigabbrev_np(sig) ? sigabbrev_np(sig) : "?", title_phase(phase));
	judge_about(&event, module_in(j, phase));
	judge_add(j, &event);
}

static void add_stall_trace(struct judge *j, struct lab_event *event)
{
	struct strv *detail = &event->detail;
	const char *s = j->report->stall_trace;
	size_t len;

	for (; s && *s; s += len + (s[len] == '\n')) {
		len = strcspn(s, "\n");
		strv_take(detail, xstrndup(s, len));
	}
	frames_of_stack(event, j->report->stall_trace);
}

/* A task that runs has no stack to read; then the agent asked the CPUs what they do. */
void judge_cpu_trace(struct judge *j, struct lab_event *event)
{
	struct lab_event found;

	if (title_frame(event) ||
	    !klog_find_trace(j->lines, j->n_lines, judge_is_ours, j, &found))
		return;
	lab_event_take_frames(event, &found);
	strv_add_all(&event->detail, found.detail.v);
	lab_event_deinit(&found);
}

static void judge_stall(struct judge *j, enum lab_phase phase)
{
	struct lab_event event = judge_event(LAB_HUNG, phase, "stalled-call",
					     "the %s call does not return",
					     phase == LAB_PHASE_LOAD ? "load" : "unload");

	add_stall_trace(j, &event);
	judge_cpu_trace(j, &event);
	judge_tail_call(j, &event);
	if (event.n_frames)
		judge_rename(&event, "stalled-call",
			     phase == LAB_PHASE_LOAD ? "load call stuck"
						     : "unload call stuck");
	judge_cause(j, &event);
	symbolizer_event(j->symbols, &event);
	if (event.n_frames)
		title_finish(&event);
	judge_about(&event, module_in(j, phase));
	judge_add(j, &event);
}

static void judge_still_in_use(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	_cleanup_free_ char *holders = NULL;
	struct lab_event event;

	if (r->unload_holders && *r->unload_holders)
		holders = xprintf(", held by %s", r->unload_holders);
	if (r->unload_refcount > 0)
		event = judge_event(
			LAB_LEAK, LAB_PHASE_UNLOAD, "reference",
			"'%s' could not be unloaded: still in use, %d reference%s%s",
			r->unload_failed, r->unload_refcount,
			r->unload_refcount == 1 ? "" : "s", holders ? holders : "");
	else
		event = judge_event(LAB_LEAK, LAB_PHASE_UNLOAD, "reference",
				    "'%s' could not be unloaded: still in use%s",
				    r->unload_failed, holders ? holders : "");
	judge_about(&event, r->unload_failed);
	judge_add(j, &event);
}

static void judge_unload_refused(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	_cleanup_free_ char *name = errno_name(r->unload_errno);
	const char *words = errno_of_unload(r->unload_errno);
	struct lab_event event;

	if (r->unload_errno == EAGAIN) {
		/* The one whose init function was killed keeps what it had taken. */
		if (!r->load_signal)
			judge_still_in_use(j);
		return;
	}
	if (r->unload_errno == EBUSY &&
	    !symbolizer_has(j->symbols, r->unload_failed, "cleanup_module"))
		event = judge_event(LAB_UNLOAD_ERROR, LAB_PHASE_UNLOAD,
				    "no-exit-function",
				    "'%s' cannot be unloaded: it has no exit function",
				    r->unload_failed);
	else
		event = judge_event(LAB_UNLOAD_ERROR, LAB_PHASE_UNLOAD, "unload-error",
				    "'%s' could not be unloaded: %s (%s)",
				    r->unload_failed,
				    words ? words : errno_words(r->unload_errno), name);
	judge_about(&event, r->unload_failed);
	judge_add(j, &event);
}

void judge_calls(struct judge *j)
{
	const struct lab_guest_report *r = j->report;

	if (r->load_signal)
		judge_signal(j, LAB_PHASE_LOAD, r->load_signal);
	if (r->load_stalled)
		judge_stall(j, LAB_PHASE_LOAD);
	if (r->load_failed && r->load_errno)
		judge_load_refused(j);
	if (r->load_missing)
		judge_not_live(j);
	if (r->unload_signal)
		judge_signal(j, LAB_PHASE_UNLOAD, r->unload_signal);
	if (r->unload_stalled)
		judge_stall(j, LAB_PHASE_UNLOAD);
	if (r->unload_failed && r->unload_errno)
		judge_unload_refused(j);
}
