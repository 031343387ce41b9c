// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stack traces as 5.10 to 7.2 print them on x86-64: show_trace_log_lvl() and
 * __show_regs() of arch/x86/kernel.
 */
#include <ctype.h>
#include <string.h>

#include "stack_trace.h"
#include "pattern.h"

static const char *skip_spaces(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static bool parse_hex(const char **s, unsigned long long *ret)
{
	char *end;

	if (strncmp(*s, "0x", 2) || !isxdigit((unsigned char)(*s)[2]))
		return false;
	*ret = strtoull(*s, &end, 16);
	*s = end;
	return true;
}

/* " [mod]" or " [mod 1234abcd...]" (build id), or nothing. */
static char *parse_module(const char *s)
{
	s = skip_spaces(s);
	if (*s != '[')
		return NULL;
	return xstrndup(s + 1, strcspn(s + 1, " ]"));
}

/* A raw address is printed for code that belongs to nobody (any more). */
static bool parse_raw(const char *s, struct lab_frame *ret)
{
	unsigned long long address;

	if (!parse_hex(&s, &address) || (*s && *s != ' ') || address >> 47 != 0x1ffff)
		return false;
	ret->offset = address;
	return true;
}

static const char *skip_bracketed_address(const char *s)
{
	const char *end;

	if (strncmp(s, "[<", 2))
		return s;
	end = strstr(s, ">]");
	return end ? skip_spaces(end + 2) : s;
}

bool frame_parse(const char *s, struct lab_frame *ret)
{
	struct lab_frame f = {0};
	size_t name;

	s = skip_bracketed_address(skip_spaces(s));
	if (!strncmp(s, "? ", 2)) {
		f.guess = true;
		s = skip_spaces(s + 2);
	}
	name = strspn(
		s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.$");
	if (!name || s[name] != '+') {
		if (!parse_raw(s, &f))
			return false;
		*ret = f;
		return true;
	}
	f.function = xstrndup(s, name);
	s += name + 1;
	if (!parse_hex(&s, &f.offset) || *s++ != '/' || !parse_hex(&s, &f.size)) {
		free(f.function);
		return false;
	}
	f.module = parse_module(s);
	*ret = f;
	return true;
}

/* A piece of BPF that the kernel generated: in a guest those are the lab's own, which
 * look for leftovers. They say nothing of the module. kernel/bpf/trampoline.c,
 * dispatcher.c; "bpf_prog_" and 16 digits of bpf_prog_ksym_set_name. */
static bool is_probe(const struct lab_frame *frame)
{
	const char *s = frame->function;

	if (!s || frame->module)
		return false;
	if (str_starts(s, "bpf_prog_"))
		return strspn(s + strlen("bpf_prog_"), "0123456789abcdef") == 16;
	return str_starts(s, "bpf_trampoline_") || str_starts(s, "bpf_dispatcher_") ||
	       str_starts(s, "ftrace_trampoline") || str_starts(s, "__bpf_prog_enter") ||
	       str_starts(s, "__bpf_prog_exit") || str_starts(s, "__bpf_tramp_");
}

const char *frame_line_rip(const char *line)
{
	line = skip_spaces(line);
	return str_starts(line, "RIP: 0010:") ? line + strlen("RIP: 0010:") : NULL;
}

bool frame_line_is_trace(const char *line)
{
	static const char *const shapes[] = {
		"CPU: %",
		"CPU#",
		"Hardware name:",
		"RIP: ",
		"RSP: ",
		"Code: ",
		"RAX: ",
		"RDX: ",
		"RBP: ",
		"R10: ",
		"R13: ",
		"FS: ",
		"CS: ",
		"CR2: ",
		"DR0: ",
		"DR3: ",
		"PKRU: ",
		"Call Trace:",
		"Stack:",
		"Comm:",
		"Workqueue: ",
		"EFLAGS:",
		"<",
		"ORIG_RAX",
		"Tainted: ",
		"Modules linked in:",
		"[last unloaded: ",
		"Sending NMI from",
		"NMI backtrace for",
		"stack backtrace:",
		"task:",
		"Call Trace for",
		"Kernel Offset:",
		"Sched Debug",
		"FRED_",
		"Unloaded tainted modules:",
	};
	struct lab_frame f = {0};
	const char *s = skip_spaces(line);

	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		if (pattern_match(shapes[i], s))
			return true;
	if (line == s || !frame_parse(s, &f))
		return false;
	lab_frame_deinit(&f);
	return true;
}

bool frame_in_task(bool before, const char *line)
{
	line = skip_spaces(line);
	if (!strcmp(line, "<TASK>"))
		return true;
	return before && strcmp(line, "</TASK>");
}

static bool same_place(const struct lab_frame *a, const struct lab_frame *b)
{
	if (a->offset != b->offset || !a->function != !b->function)
		return false;
	return !a->function || !strcmp(a->function, b->function);
}

static void add_frame(struct lab_event *event, const char *text, bool exact)
{
	struct lab_frame f = {0};

	if (!frame_parse(text, &f))
		return;
	f.exact = exact;
	if (is_probe(&f) ||
	    (event->n_frames && same_place(&event->frames[event->n_frames - 1], &f)))
		lab_frame_deinit(&f);
	else
		lab_event_add_frame(event, &f);
}

/*
 * Ends with the first trace: behind "---[ end trace" 7.2 prints the registers of the
 * first oops since boot again, whatever this one is about. An RIP inside the trace is
 * the code that an interrupt came to.
 */
static void collect_trace(struct lab_event *event)
{
	bool inside = false, in_task = false;

	for (size_t i = 0; i < event->detail.n; i++) {
		const char *line = event->detail.v[i];
		const char *rip = frame_line_rip(line);

		if (rip && (inside || !event->n_frames))
			add_frame(event, rip, true);
		else if (str_starts(line, "---[ end trace"))
			return;
		else if (!inside)
			inside = strstr(line, "Call Trace:") != NULL;
		else if (strstr(line, "Call Trace:"))
			return;
		else if (frame_line_is_trace(line))
			add_frame(event, line, false);
		else if (!in_task)
			return;
		in_task = frame_in_task(in_task, line);
	}
}

/* KFENCE and KCSAN print frames without a heading. */
static void collect_bare(struct lab_event *event)
{
	for (size_t i = 0; i < event->detail.n; i++) {
		const char *line = event->detail.v[i];

		if (line[0] == ' ')
			add_frame(event, line, false);
		else if (event->n_frames)
			return;
	}
}

/* "WARNING: CPU: 0 PID: 93 at bad.c:7 bad_init+0x13/0x1000 [bad]" */
static void collect_headline(struct lab_event *event)
{
	for (size_t i = 0; i < event->detail.n && !event->n_frames; i++) {
		const char *line = event->detail.v[i];

		if (!str_starts(line, "WARNING: ") && !str_starts(line, "BUG: "))
			continue;
		for (const char *s = line; s && !event->n_frames; s = strchr(s + 1, ' '))
			add_frame(event, s, true);
	}
}

void frames_of_stack(struct lab_event *event, const char *stack)
{
	const char *s = stack;
	size_t len;

	for (; s && *s; s += len + (s[len] == '\n')) {
		_cleanup_free_ char *line = NULL;
		struct lab_frame frame;

		len = strcspn(s, "\n");
		line = xstrndup(s, len);
		if (!frame_parse(line, &frame))
			continue;
		if (is_probe(&frame))
			lab_frame_deinit(&frame);
		else
			lab_event_add_frame(event, &frame);
	}
}

void frames_collect(struct lab_event *event)
{
	collect_trace(event);
	if (!event->n_frames)
		collect_bare(event);
	if (!event->n_frames)
		collect_headline(event);
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* "next [mod]", as %ps prints a module's function; "[mod 1234abcd]" has a build id. */
static bool parse_bare(const char *s, struct lab_frame *ret)
{
	size_t name = 0, module, id;
	const char *inside;

	while (is_name(s[name]))
		name++;
	if (!name || isdigit((unsigned char)s[0]) || strncmp(s + name, " [", 2))
		return false;
	inside = s + name + 2;
	for (module = 0; is_name(inside[module]);)
		module++;
	id = module + (inside[module] == ' ');
	id += strspn(inside + id, "0123456789abcdef");
	if (!module || isdigit((unsigned char)inside[0]) || inside[id] != ']')
		return false;
	ret->function = xstrndup(s, name);
	ret->module = xstrndup(inside, module);
	return true;
}

/* The first place in a module that @line names, also behind "->", "=" and the like. */
static bool parse_blamed(const char *line, struct lab_frame *ret)
{
	for (const char *s = line; *s; s++) {
		struct lab_frame f = {0};

		if (s > line && is_name(s[-1]))
			continue;
		if (!frame_parse(s, &f) && !parse_bare(s, &f))
			continue;
		if (f.module && f.function) {
			*ret = f;
			return true;
		}
		lab_frame_deinit(&f);
	}
	return false;
}

static bool names_module(const struct lab_event *event)
{
	for (size_t i = 0; i < event->n_frames; i++)
		if (event->frames[i].module && !event->frames[i].guess)
			return true;
	return false;
}

void frames_blame(struct lab_event *event)
{
	_cleanup_event_ struct lab_event blamed = {0};
	struct lab_frame f = {0};
	bool found = false;

	if (names_module(event))
		return;
	for (size_t i = 0; i < event->detail.n && !found; i++) {
		if (pattern_match("CPU: %", event->detail.v[i]))
			return;
		found = parse_blamed(event->detail.v[i], &f);
	}
	if (!found)
		return;
	f.exact = true;
	lab_event_add_frame(&blamed, &f);
	for (size_t i = 0; i < event->n_frames; i++) {
		lab_event_add_frame(&blamed, &event->frames[i]);
		memset(&event->frames[i], 0, sizeof(event->frames[i]));
	}
	lab_event_take_frames(event, &blamed);
}
