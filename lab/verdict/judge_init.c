// SPDX-License-Identifier: GPL-2.0-only
/* What an init function returned: which one it is, and what the number leads to. */
#include <errno.h>
#include <string.h>

#include "errno_words.h"
#include "judge_parts.h"
#include "title.h"

/* The start of @module's init function, as the loader calls it. */
static struct lab_frame init_frame(const char *module)
{
	return (struct lab_frame){
		.module = xstrdup(module),
		.function = xstrdup("init_module"),
		.exact = true,
	};
}

/* "r_init (r.c:2)"; NULL: its debug information does not say. */
static char *init_place(struct judge *j, const char *module)
{
	_cleanup_event_ struct lab_event event = {0};
	struct lab_frame frame = init_frame(module);
	const struct lab_frame *found;

	lab_event_add_frame(&event, &frame);
	symbolizer_event(j->symbols, &event);
	found = title_frame(&event);
	return found && found->file ? title_place(found) : NULL;
}

char *judge_init_words(struct judge *j, const char *module, int err)
{
	_cleanup_free_ char *name = errno_name(err), *place = init_place(j, module);
	_cleanup_free_ char *who =
		xprintf("its init function%s%s", place ? " " : "", place ? place : "");

	if (!errno_is_known(err))
		return xprintf("%s returned -%d, which is no error code", who, err);
	return xprintf("%s returned -%d (%s): %s", who, err, name, errno_words(err));
}

static bool init_calls(struct judge *j, const char *module, const char *const *names)
{
	_cleanup_object_code_ struct object_code code;
	struct lab_frame frame = init_frame(module);
	bool found = false;

	symbolizer_code(j->symbols, &frame, &code);
	for (size_t i = 0; i < code.n_calls && !found; i++)
		for (const char *const *name = names; *name && !found; name++)
			found = !strcmp(code.calls[i].name, *name);
	lab_frame_deinit(&frame);
	return found;
}

/* Where one call of init explains the number. */
static const struct call_hint {
	int err;
	const char *calls[4];
	const char *words;
} call_hints[] = {
	{ENOENT,
	 {"register_kprobe", "register_kretprobe", "register_kprobes"},
	 "register_kprobe() says so of a symbol that this kernel does not have: the "
	 "function was renamed, or is inlined everywhere; look for it in /proc/kallsyms "
	 "with 'kmlab run -- grep NAME /proc/kallsyms'"},
	{EINVAL,
	 {"register_kprobe", "register_kretprobe", "register_kprobes"},
	 "register_kprobe() says so of a function that must not be probed: "
	 "/sys/kernel/debug/kprobes/blacklist has their names"},
	{ENOENT,
	 {"filp_open", "kern_path", "lookup_bdev"},
	 "the guest has no such file: bring it with --in, or name one that it has"},
};

static const struct errno_hint {
	int err;
	const char *words;
} errno_hints[] = {
	{EBUSY,
	 "a number or a name is taken: let the kernel choose it, as "
	 "alloc_chrdev_region(), MISC_DYNAMIC_MINOR and register_blkdev(0, ...) do"},
	{EEXIST, "a name is taken: choose another one, and look whether init makes it "
		 "twice"},
	{ENODEV, "the guest has no such device: let a driver's probe() wait for it, or "
		 "add what init looks for"},
	{ENXIO, "the guest has no such device: let a driver's probe() wait for it, or "
		"add what init looks for"},
	{ENOENT, "something that init asks for by its name is not in this kernel or "
		 "guest: a symbol, a file, a device"},
	{EINVAL, "the kernel refused what a call in init was given: look at its "
		 "arguments and at the log"},
	{ENOMEM, "a call in init got no memory: look at the sizes that it asks for; "
		 "--mem gives the guest more"},
	{515, "ENOIOCTLCMD is for ioctl handlers: return another code"},
	{517, "EPROBE_DEFER is for the probe() of a driver, which is called again; "
	      "nobody calls init again: do it in probe(), or return -ENODEV"},
	{524, "ENOTSUPP is not for user space: return -EOPNOTSUPP"},
};

/* That a number is taken is no mistake by itself, but here it is the reason. */
static bool irq_is_taken(const struct judge *j)
{
	for (size_t i = 0; i < j->n_lines; i++)
		if (j->lines[i].phase == LAB_PHASE_LOAD &&
		    str_starts(j->lines[i].text, "genirq: Flags mismatch irq "))
			return true;
	return false;
}

/* ERESTARTSYS, ERESTARTNOINTR, ERESTARTNOHAND and ERESTART_RESTARTBLOCK. */
static bool is_restart(int err)
{
	return (err >= 512 && err <= 514) || err == 516;
}

static char *restart_hint(int err)
{
	_cleanup_free_ char *name = errno_name(err);

	return xprintf("%s is for system calls that a signal interrupts: return -EINTR, "
		       "and do not wait in init",
		       name);
}

char *judge_init_hint(struct judge *j, const char *module, int err)
{
	if (err == EBUSY && irq_is_taken(j))
		return xstrdup(
			"the interrupt has an owner: share it with IRQF_SHARED and "
			"the trigger that its owner gave, or request another");
	for (size_t i = 0; i < sizeof(call_hints) / sizeof(*call_hints); i++)
		if (call_hints[i].err == err &&
		    init_calls(j, module, call_hints[i].calls))
			return xstrdup(call_hints[i].words);
	for (size_t i = 0; i < sizeof(errno_hints) / sizeof(*errno_hints); i++)
		if (errno_hints[i].err == err)
			return xstrdup(errno_hints[i].words);
	if (is_restart(err))
		return restart_hint(err);
	if (errno_is_internal(err))
		return xstrdup(
			"this code is the kernel's own, user space has no name for "
			"it: return one that errno(3) lists");
	if (!errno_is_known(err))
		return xstrdup("return 0 from the init function on success, -errno on "
			       "failure: errno(3) lists the codes");
	return NULL;
}

/* "do_init_module: 'mod'->init suspiciously returned 3, ...", from 6.12 on "mod: init
 * suspiciously returned 3, ...": the module's name and the number. */
static char *read_positive(const char *line, int *number)
{
	static const char old[] = "'->init suspiciously returned ";
	static const char new[] = ": init suspiciously returned ";
	const char *end = strstr(line, old), *start = line;

	if (end) {
		start = strchr(line, '\'') + 1;
		*number = atoi(end + strlen(old));
	} else {
		end = strstr(line, new);
		if (!end)
			return NULL;
		*number = atoi(end + strlen(new));
	}
	return start <= end ? xstrndup(start, (size_t)(end - start)) : NULL;
}

void judge_init_positive(struct judge *j, struct lab_event *event)
{
	_cleanup_free_ char *module = NULL;
	struct lab_frame frame;
	int number = 0;

	if (strcmp(event->kind, "init-positive"))
		return;
	for (size_t i = 0; i < event->detail.n && !module; i++)
		module = read_positive(event->detail.v[i], &number);
	if (!module)
		return;
	free(event->title);
	event->title =
		xprintf("the init function returned %d, a positive number,", number);
	if (!judge_is_ours(j, module) ||
	    !symbolizer_has(j->symbols, module, "init_module"))
		return;
	frame = init_frame(module);
	lab_event_insert_frame(event, 0, &frame);
}
