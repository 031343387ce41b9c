// SPDX-License-Identifier: GPL-2.0-only
/* What the functions in a trace say of an event, beyond its headline. */
#include <string.h>

#include "judge_parts.h"
#include "registers.h"
#include "title.h"

/* The frame of @function, when no interrupt came in between; NULL: not there. */
static const struct lab_frame *runs_in(const struct lab_event *event,
				       const char *function)
{
	for (size_t i = 0; i < event->n_frames; i++) {
		const struct lab_frame *f = &event->frames[i];

		if (f->guess || !f->function)
			continue;
		if (!f->module && !strcmp(f->function, function))
			return f;
		if (title_is_interrupt(f->function))
			break;
	}
	return NULL;
}

static bool had(const struct lab_result *r, const char *kind, enum lab_phase phase)
{
	for (size_t i = 0; i < r->n_events; i++)
		if (!strcmp(r->events[i].kind, kind) && r->events[i].phase == phase)
			return true;
	return false;
}

/*
 * The first that kthread_stop() does is to count a reference to the task: when that
 * faults it was given a bad pointer. All that goes wrong later shows that the memory is
 * no thread's any more.
 */
static bool has_valid_task(const struct lab_event *event)
{
	static const struct object_code none = OBJECT_CODE_INIT;
	struct memory_access a;
	struct registers r;
	unsigned long long address;

	if (!event->frames[0].function ||
	    strcmp(event->frames[0].function, "kthread_stop"))
		return true;
	return judge_fault_address(event, &address) &&
	       registers_read(&event->detail, &r) &&
	       registers_access(&event->detail, &none, address, &a) && !a.reference_count;
}

static bool is_thread_gone(struct judge *j, const struct lab_event *event)
{
	if (!runs_in(event, "kthread_stop") && !runs_in(event, "kthread_stop_put"))
		return false;
	/* Up to 5.10 the kernel warns of its own threads, which are not parked here. */
	if (runs_in(event, "smpboot_unregister_percpu_thread") ||
	    runs_in(event, "smpboot_destroy_threads"))
		return false;
	/* Its task_struct may warn on two CPUs at once, and their lines mix: no matter of
	 * what kind, as long as it is one that a damaged object gives. */
	if (event->outcome == LAB_WARNING)
		return str_starts(event->kind, "refcount") ||
		       !strcmp(event->kind, "warning");
	if (had(j->result, "thread-gone", event->phase))
		return true;
	return event->outcome >= LAB_OOPS && strcmp(event->kind, "error-pointer") &&
	       has_valid_task(event);
}

/* Where a processor waits for a lock that another has, or itself. */
static bool is_spinning(const char *function)
{
	static const char *const names[] = {
		"native_queued_spin_lock_slowpath",
		"__pv_queued_spin_lock_slowpath",
		"queued_spin_lock_slowpath",
		"resilient_queued_spin_lock_slowpath",
		"queued_read_lock_slowpath",
		"queued_write_lock_slowpath",
		"pv_wait",
		"kvm_wait",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (str_starts(function, names[i]))
			return true;
	return false;
}

/* All that these call is the slow path: who is to return there waits. */
static bool waits(const struct lab_frame *f)
{
	return !f->exact && (str_starts(f->function, "_raw_spin_lock") ||
			     str_starts(f->function, "_raw_read_lock") ||
			     str_starts(f->function, "_raw_write_lock"));
}

static bool spins(const struct lab_event *event)
{
	size_t first = title_first(event);

	for (size_t i = 0; i < event->n_frames; i++) {
		const struct lab_frame *f = &event->frames[i];

		if (f->module || f->guess || !f->function)
			continue;
		if ((i == first && is_spinning(f->function)) || waits(f))
			return true;
	}
	return false;
}

/* The kind stays: it says who noticed. */
static void say_deadlock(struct lab_event *event)
{
	free(event->title);
	event->title = xstrdup("deadlock: a CPU waits for a spinlock that is not "
			       "released,");
	event->hint =
		xstrdup("the lock is never released, or taken again by its owner: "
			"every path must unlock it, what an interrupt takes needs "
			"spin_lock_irqsave elsewhere, and its holder must not sleep");
}

void judge_cause(struct judge *j, struct lab_event *event)
{
	if (is_thread_gone(j, event))
		judge_rename(event, "thread-gone",
			     "kthread_stop() of a thread that has already ended,");
	else if (event->outcome == LAB_HUNG && spins(event))
		say_deadlock(event);
	else if (event->outcome == LAB_HUNG && runs_in(event, "kthread_stop"))
		/* Nobody can tell: the freed task_struct may be another thread's now. */
		event->hint = xstrdup(
			"kthread_stop waits until the thread's function returns: let it "
			"test kthread_should_stop after each wait; if it had returned "
			"before, its task_struct is another thread's now: hold it with "
			"get_task_struct");
}
