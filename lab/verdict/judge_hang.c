// SPDX-License-Identifier: GPL-2.0-only
/* A command that did not end in time: which of its processes hangs, and in what. */
#include <string.h>
#include <sys/stat.h>

#include "errno_words.h"
#include "fs.h"
#include "judge_parts.h"
#include "stack_trace.h"
#include "title.h"

/* So many equal calls in a row are no chance. */
enum { REPEATED = 4 };

/* What a task is found to do, from what says nothing to what explains the hang. */
enum finding {
	WAITS_FOR_CHILD,
	WAITS, /* for others, for time, for a lock in user space */
	COMPUTES,
	REPEATS,
	WAITS_HARD, /* no signal wakes it */
	FAILS,
	READS,
	WAITS_IN_MODULE,
	IN_KERNEL,
	WRITES_NOTHING,
};

static bool is_one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(s, *list))
			return true;
	return false;
}

static bool reads(const struct lab_task *t)
{
	static const char *const calls[] = {"read",   "pread",	  "readv",    "preadv",
					    "splice", "sendfile", "getdents", NULL};

	return is_one_of(t->call, calls);
}

static bool writes(const struct lab_task *t)
{
	static const char *const calls[] = {"write", "pwrite", "writev", "pwritev", NULL};

	return is_one_of(t->call, calls);
}

/* A file of the kernel's, whose end is made by its read function. What lies on a disk has
 * a length that the kernel knows. */
static bool is_made_by_code(const struct lab_task *t)
{
	static const char *const endless[] = {"/dev/zero", "/dev/full", "/dev/random",
					      "/dev/urandom", NULL};

	return (str_starts(t->file, "/dev/") || str_starts(t->file, "/proc/") ||
		str_starts(t->file, "/sys/")) &&
	       !S_ISBLK(t->mode) && !is_one_of(t->file, endless);
}

static enum finding repeats(const struct lab_task *t)
{
	if (t->seen < REPEATED)
		return REPEATS;
	if (writes(t) && t->least == 0 && t->most == 0 && t->asked)
		return WRITES_NOTHING;
	if (!is_made_by_code(t))
		return REPEATS;
	if (t->most < 0)
		return FAILS;
	return reads(t) && t->least > 0 ? READS : REPEATS;
}

static bool is_in_module(const struct judge *j, const struct lab_task *t)
{
	_cleanup_event_ struct lab_event stack = {0};

	frames_of_stack(&stack, t->stack);
	for (size_t i = 0; i < stack.n_frames; i++)
		if (stack.frames[i].module && judge_is_ours(j, stack.frames[i].module))
			return true;
	return false;
}

static enum finding waits(const struct judge *j, const struct lab_task *t)
{
	static const char *const for_child[] = {"wait", "sigsuspend", NULL};

	if (is_in_module(j, t))
		return WAITS_IN_MODULE;
	if (t->state == 'D')
		return WAITS_HARD;
	return is_one_of(t->call, for_child) ? WAITS_FOR_CHILD : WAITS;
}

static enum finding find(const struct judge *j, const struct lab_task *t)
{
	switch (t->is) {
	case LAB_TASK_CALLS:
		return repeats(t);
	case LAB_TASK_COMPUTES:
		return COMPUTES;
	case LAB_TASK_IN_KERNEL:
		return IN_KERNEL;
	case LAB_TASK_WAITS:
		break;
	}
	return waits(j, t);
}

/* Of two that do the same the later process: it was begun by the other, or by what that
 * waits for. */
static const struct lab_task *culprit(const struct judge *j, enum finding *ret)
{
	const struct lab_guest_report *r = j->report;
	const struct lab_task *found = NULL;

	for (size_t i = 0; i < r->n_tasks; i++) {
		enum finding f = find(j, &r->tasks[i]);

		if (found && (f < *ret || (f == *ret && r->tasks[i].pid < found->pid)))
			continue;
		found = &r->tasks[i];
		*ret = f;
	}
	return found;
}

/* "'cat'", with its number where there are others beside it. */
static char *who(const struct judge *j, const struct lab_task *t)
{
	const struct lab_guest_report *r = j->report;

	for (size_t i = 0; i < r->n_tasks; i++)
		if (r->tasks[i].pid != t->pid)
			return xprintf("'%s' (process %d)", t->name, t->pid);
	return xprintf("'%s'", t->name);
}

static char *call_words(const struct lab_task *t)
{
	if (!*t->call)
		return xstrdup("the kernel");
	return *t->file ? xprintf("%s() of '%s'", t->call, t->file)
			: xprintf("%s()", t->call);
}

/* The kernel counts what reads and what writes, but not these. */
static char *count_words(const struct lab_task *t)
{
	unsigned long long n = writes(t) ? t->writes : t->reads;
	bool counted = writes(t) || (reads(t) && strcmp(t->call, "getdents") &&
				     strcmp(t->call, "splice"));

	if (!counted || n < t->seen)
		return xprintf("called at least %u times", t->seen);
	return xprintf("called %llu times", n);
}

static char *value_words(const struct lab_task *t)
{
	if (t->least == t->most)
		return xprintf("each gave %lld byte%s", t->most, t->most == 1 ? "" : "s");
	return xprintf("each gave %lld to %lld bytes", t->least, t->most);
}

/* The function of a module behind an attribute in sysfs, by the name that the kernel's
 * macros give it: "mode_store" for ".../mode". Adds its frame to @event. */
static bool blame_attribute(const struct judge *j, const struct lab_task *t,
			    struct lab_event *event)
{
	if (!str_starts(t->file, "/sys/") || !(writes(t) || reads(t)))
		return false;
	for (size_t i = 0; i < j->job->n_modules; i++) {
		const struct lab_guest_module *m = &j->job->modules[i];
		_cleanup_event_ struct lab_event found = {0};
		struct lab_frame frame = {.exact = true};

		if (m->intree || !m->name)
			continue;
		frame.module = xstrdup(m->name);
		frame.function = xprintf("%s_%s", fs_basename(t->file),
					 writes(t) ? "store" : "show");
		lab_event_add_frame(&found, &frame);
		symbolizer_event(j->symbols, &found);
		if (!found.frames[0].file)
			continue;
		lab_event_take_frames(event, &found);
		return true;
	}
	return false;
}

/* ", in mode_store (mod.c:7)" behind its title, where the function is known. */
static void add_attribute(const struct judge *j, const struct lab_task *t,
			  struct lab_event *event)
{
	_cleanup_free_ char *place = NULL, *old = NULL;

	if (!blame_attribute(j, t, event))
		return;
	place = title_place(&event->frames[0]);
	old = event->title;
	event->title = xprintf("%s, in %s", old, place);
}

static struct lab_event of_repeated(const struct judge *j, const struct lab_task *t,
				    enum finding f)
{
	_cleanup_free_ char *name = who(j, t), *count = count_words(t);
	_cleanup_free_ char *values = value_words(t), *error = NULL;
	const char *does = writes(t) ? "writes" : reads(t) ? "reads" : "uses";

	switch (f) {
	case WRITES_NOTHING:
		return judge_event(LAB_TIMEOUT, LAB_PHASE_TEST, "endless-write",
				   "%s() returns 0 for ever: %s (%s writes '%s')",
				   t->call, count, name, t->file);
	case READS:
		return judge_event(LAB_TIMEOUT, LAB_PHASE_TEST, "endless-read",
				   "%s() never returns 0: %s, %s (%s reads '%s')",
				   t->call, count, values, name, t->file);
	case FAILS:
		error = errno_name((int)-t->most);
		return judge_event(LAB_TIMEOUT, LAB_PHASE_TEST, "endless-error",
				   "%s() fails for ever%s%s: %s (%s %s '%s')", t->call,
				   t->least == t->most ? " with -" : "",
				   t->least == t->most ? error : "", count, name, does,
				   t->file);
	default:
		error = call_words(t);
		return judge_event(LAB_TIMEOUT, LAB_PHASE_TEST, "endless-command",
				   "the command did not end in time: %s calls %s again "
				   "and again",
				   name, error);
	}
}

/* The stack of one that waits is its own; what runs shows in the CPUs' traces. */
static char *place_of(struct judge *j, const struct lab_task *t, enum finding f,
		      struct lab_event *event)
{
	_cleanup_free_ char *place = NULL;
	const struct lab_frame *own;

	frames_of_stack(event, t->stack);
	if (f == IN_KERNEL)
		judge_cpu_trace(j, event);
	symbolizer_event(j->symbols, event);
	own = title_frame(event);
	if (!own)
		return xstrdup("");
	place = title_place(own);
	return xprintf(", in %s", place);
}

static struct lab_event of_single(struct judge *j, const struct lab_task *t,
				  enum finding f)
{
	_cleanup_free_ char *name = who(j, t), *call = call_words(t), *place = NULL;
	struct lab_event event = {.outcome = LAB_TIMEOUT, .phase = LAB_PHASE_TEST};
	const char *start = "the command did not end in time:";

	place = place_of(j, t, f, &event);
	if (f == COMPUTES) {
		event.kind = xstrdup("endless-command");
		event.title = xprintf("%s %s runs without a system call", start, name);
	} else if (f == IN_KERNEL && !*place) {
		/* It may only have waited for a CPU. */
		event.kind = xstrdup("timeout");
		event.title = xprintf("%s %s still ran", start, name);
	} else if (f == IN_KERNEL) {
		event.kind = xstrdup("endless-call");
		event.title = xprintf("%s %s runs in the kernel and does not come back%s",
				      start, name, place);
	} else {
		event.kind = xstrdup("timeout");
		event.title = xprintf("%s %s waits in %s%s", start, name, call, place);
	}
	return event;
}

static char *task_words(const struct lab_task *t)
{
	_cleanup_free_ char *call = call_words(t), *values = NULL;

	switch (t->is) {
	case LAB_TASK_CALLS:
		values = t->least == t->most ? xprintf("%lld", t->most)
					     : xprintf("%lld to %lld", t->least, t->most);
		return xprintf("calls %s again and again: %u times while it was looked "
			       "at, each returned %s",
			       call, t->seen, values);
	case LAB_TASK_COMPUTES:
		return xstrdup("runs without a system call");
	case LAB_TASK_IN_KERNEL:
		return xstrdup("runs in the kernel");
	case LAB_TASK_WAITS:
		break;
	}
	return xprintf("waits in %s", call);
}

/* Every task in a line. */
static void list_tasks(const struct judge *j, struct lab_event *event)
{
	for (size_t i = 0; i < j->report->n_tasks; i++) {
		const struct lab_task *t = &j->report->tasks[i];
		_cleanup_free_ char *words = task_words(t);

		strv_printf(&event->detail, "process %d '%s' %s", t->pid, t->name, words);
	}
}

void judge_hang(struct judge *j)
{
	enum finding f = WAITS;
	const struct lab_task *t = culprit(j, &f);
	struct lab_event event;

	if (!t) {
		event = judge_event(LAB_TIMEOUT, LAB_PHASE_TEST, "timeout",
				    "the command did not end in time and was killed");
	} else if (t->is == LAB_TASK_CALLS) {
		event = of_repeated(j, t, f);
		if (f != REPEATS)
			add_attribute(j, t, &event);
	} else {
		event = of_single(j, t, f);
	}
	list_tasks(j, &event);
	judge_add(j, &event);
}
