// SPDX-License-Identifier: GPL-2.0-only
/* From the agent's frames to the report. Strings from the guest are cut at their frame.
 */
#include <string.h>

#include "vm.h"

#define CONSOLE_KEPT 65536
/* Lines; of more, the beginning and the end are kept. So many are more than a console
 * takes before it counts as flooded. */
#define LOG_KEPT    (1 << 20)
#define LOG_DROP    (1 << 18)
#define FRAMES_KEPT (16 << 20)

const char *lab_phase_name(enum lab_phase phase)
{
	static const char *const names[] = {"build",  "boot", "load", "test",
					    "unload", "leak", "done"};

	return phase <= LAB_PHASE_DONE ? names[phase] : "unknown";
}

void lab_guest_report_deinit(struct lab_guest_report *r)
{
	for (size_t i = 0; i < r->n_log; i++)
		free(r->log[i].text);
	for (size_t i = 0; i < r->n_leftovers; i++) {
		free(r->leftovers[i].kind);
		free(r->leftovers[i].what);
		free(r->leftovers[i].module);
	}
	for (size_t i = 0; i < r->n_sections; i++) {
		free(r->sections[i].module);
		free(r->sections[i].name);
	}
	for (size_t i = 0; i < r->n_tasks; i++) {
		free(r->tasks[i].name);
		free(r->tasks[i].call);
		free(r->tasks[i].file);
		free(r->tasks[i].stack);
	}
	free(r->tasks);
	free(r->log);
	free(r->leftovers);
	free(r->sections);
	free(r->qemu_error);
	free(r->key);
	text_deinit(&r->frames);
	free(r->load_failed);
	free(r->unload_failed);
	free(r->unload_holders);
	free(r->stall_trace);
	free(r->copy_failed);
	free(r->copy_note);
	free(r->held);
	text_deinit(&r->console);
	memset(r, 0, sizeof(*r));
}

void report_console(struct lab_guest_report *r, const char *data, size_t len)
{
	r->console_bytes += len;
	text_add(&r->console, data, len);
	text_keep_tail(&r->console, CONSOLE_KEPT);
}

/* ---- reading a frame piece by piece ---- */

struct reader {
	const char *p, *end;
};

static bool take_fixed(struct reader *r, void *to, size_t size)
{
	if ((size_t)(r->end - r->p) < size)
		return false;
	memcpy(to, r->p, size);
	r->p += size;
	return true;
}

/* The next string, or "" when the frame ends early; always a copy. */
static char *take_string(struct reader *r)
{
	size_t len = strnlen(r->p, (size_t)(r->end - r->p));
	char *s = xstrndup(r->p, len);

	r->p += len;
	if (r->p < r->end)
		r->p++;
	return s;
}

/* ---- the log ---- */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* /dev/kmsg escapes what does not print as \xNN; a newline in a message becomes a space.
 */
static char *unescape_kmsg(const char *s, size_t len)
{
	char *out = xcalloc(len + 1, 1), *to = out;

	for (size_t i = 0; i < len; i++) {
		bool escaped = s[i] == '\\' && i + 3 < len && s[i + 1] == 'x' &&
			       hex(s[i + 2]) >= 0 && hex(s[i + 3]) >= 0;

		if (!escaped) {
			*to++ = s[i];
			continue;
		}
		*to = (char)(hex(s[i + 2]) * 16 + hex(s[i + 3]));
		if (!*to || *to == '\n')
			*to = ' ';
		to++;
		i += 3;
	}
	return out;
}

static void note_lost(struct lab_guest_report *r, size_t n, enum lab_phase phase)
{
	if (n && !r->log_lost)
		r->lost_phase = phase;
	r->log_lost += n;
}

static struct lab_log_line *new_line(struct lab_guest_report *r)
{
	size_t keep = LOG_KEPT / 2;

	if (r->n_log == LOG_KEPT) {
		for (size_t i = keep; i < keep + LOG_DROP; i++)
			free(r->log[i].text);
		memmove(r->log + keep, r->log + keep + LOG_DROP,
			(LOG_KEPT - keep - LOG_DROP) * sizeof(*r->log));
		r->n_log -= LOG_DROP;
		note_lost(r, LOG_DROP, r->phase);
	}
	if ((r->n_log & (r->n_log - 1)) == 0)
		r->log = xreallocarray(r->log, r->n_log ? r->n_log * 2 : 1,
				       sizeof(*r->log));
	return &r->log[r->n_log++];
}

/* "6,1234,5678901,-;text"; lines that begin with a space describe the record before. */
static void add_record(struct lab_guest_report *r, const char *line, size_t len)
{
	const char *text = memchr(line, ';', len);
	_cleanup_free_ char *head = NULL;
	struct lab_log_line *log;
	unsigned long long usec;
	unsigned int priority;

	if (!text || line[0] == ' ')
		return;
	head = xstrndup(line, (size_t)(text - line));
	if (sscanf(head, "%u,%*u,%llu", &priority, &usec) != 2)
		return;
	text++;
	log = new_line(r);
	log->phase = r->phase;
	log->level = (int)(priority & 7);
	log->usec = usec;
	log->text = unescape_kmsg(text, len - (size_t)(text - line));
}

static void on_log(struct lab_guest_report *r, struct reader *in)
{
	while (in->p < in->end) {
		const char *end = memchr(in->p, '\n', (size_t)(in->end - in->p));

		if (!end)
			end = in->end;
		add_record(r, in->p, (size_t)(end - in->p));
		in->p = end < in->end ? end + 1 : end;
	}
}

/* ---- the other frames ---- */

static enum lab_phase phase_of(uint32_t told, enum lab_phase otherwise)
{
	static const enum lab_phase phases[] = {LAB_PHASE_LOAD, LAB_PHASE_TEST,
						LAB_PHASE_UNLOAD, LAB_PHASE_LEAK};

	return told < sizeof(phases) / sizeof(*phases) ? phases[told] : otherwise;
}

static void on_phase(struct lab_guest_report *r, struct reader *in)
{
	uint32_t phase;

	if (take_fixed(in, &phase, sizeof(phase)))
		r->phase = phase_of(phase, r->phase);
}

/* The agent reports this early and again when the load is over: the later report
 * counts. */
static void forget_sections(struct lab_guest_report *r, const char *module)
{
	size_t kept = 0;

	for (size_t i = 0; i < r->n_sections; i++) {
		if (strcmp(r->sections[i].module, module)) {
			r->sections[kept++] = r->sections[i];
			continue;
		}
		free(r->sections[i].module);
		free(r->sections[i].name);
	}
	r->n_sections = kept;
}

static void on_sections(struct lab_guest_report *r, struct reader *in)
{
	_cleanup_free_ char *module = take_string(in);
	struct proto_section s;

	forget_sections(r, module);
	while (take_fixed(in, &s, sizeof(s)) && r->n_sections < 4096) {
		r->sections = xreallocarray(r->sections, r->n_sections + 1,
					    sizeof(*r->sections));
		r->sections[r->n_sections++] = (struct lab_section){
			.module = xstrdup(module),
			.name = take_string(in),
			.address = s.address,
		};
	}
}

static void on_load(struct lab_guest_report *r, struct reader *in)
{
	struct proto_call c;

	if (!take_fixed(in, &c, sizeof(c)))
		return;
	free(r->load_failed);
	r->load_failed = take_string(in);
	r->load_errno = c.error;
	r->load_signal = c.signal;
	r->load_stalled = c.stalled;
	r->load_missing = c.missing;
}

static void on_unload(struct lab_guest_report *r, struct reader *in)
{
	struct proto_call c;

	if (!take_fixed(in, &c, sizeof(c)))
		return;
	free(r->unload_failed);
	free(r->unload_holders);
	r->unload_failed = take_string(in);
	r->unload_holders = take_string(in);
	if (!*r->unload_holders) {
		free(r->unload_holders);
		r->unload_holders = NULL;
	}
	r->unload_errno = c.error;
	r->unload_signal = c.signal;
	r->unload_stalled = c.stalled;
	r->unload_refcount = c.refcount;
}

static void on_command(struct lab_guest_report *r, struct reader *in)
{
	struct proto_command c;

	if (!take_fixed(in, &c, sizeof(c)))
		return;
	r->command_ran = true;
	r->command_errno = c.error;
	r->command_status = c.status;
	r->command_killed = c.killed;
}

static void on_stall(struct lab_guest_report *r, struct reader *in)
{
	_cleanup_free_ char *more = take_string(in);
	char *all = xprintf("%s%s", r->stall_trace ? r->stall_trace : "", more);

	free(r->stall_trace);
	r->stall_trace = all;
}

static void on_task(struct lab_guest_report *r, struct reader *in)
{
	struct proto_task t;

	if (!take_fixed(in, &t, sizeof(t)) || t.is > PROTO_TASK_IN_KERNEL ||
	    r->n_tasks >= 1024)
		return;
	r->tasks = xreallocarray(r->tasks, r->n_tasks + 1, sizeof(*r->tasks));
	r->tasks[r->n_tasks++] = (struct lab_task){
		.name = take_string(in),
		.call = take_string(in),
		.file = take_string(in),
		.stack = take_string(in),
		.pid = t.pid,
		.parent = t.parent,
		.is = (enum lab_task_is)t.is,
		.state = (char)t.state,
		.mode = t.mode,
		.seen = t.seen,
		.least = t.least,
		.most = t.most,
		.asked = t.asked,
		.reads = t.reads,
		.writes = t.writes,
	};
}

static char *module_of(const struct proto_leftover *l)
{
	return l->module[0] ? xstrndup(l->module, sizeof(l->module)) : NULL;
}

static void on_leftover(struct lab_guest_report *r, struct reader *in)
{
	struct proto_leftover l;

	if (!take_fixed(in, &l, sizeof(l)) || r->n_leftovers >= 4096)
		return;
	r->leftovers =
		xreallocarray(r->leftovers, r->n_leftovers + 1, sizeof(*r->leftovers));
	r->leftovers[r->n_leftovers++] = (struct lab_leftover){
		.kind = take_string(in),
		.what = take_string(in),
		.address = l.address,
		.call_site = l.call_site,
		.size = l.size,
		.module = module_of(&l),
	};
}

/* For the store of facts. A report that is too long for it is not stored at all. */
static void keep_frame(struct lab_guest_report *r, const struct frame *f)
{
	if (!r->key)
		return;
	frame_append(&r->frames, f);
	if (r->frames.len <= FRAMES_KEPT)
		return;
	text_deinit(&r->frames);
	free(r->key);
	r->key = NULL;
}

bool report_frame(struct lab_guest_report *r, const struct frame *f)
{
	static void (*const handlers[])(struct lab_guest_report *, struct reader *) = {
		[PROTO_PHASE] = on_phase,	[PROTO_LOG] = on_log,
		[PROTO_SECTIONS] = on_sections, [PROTO_LOAD] = on_load,
		[PROTO_COMMAND] = on_command,	[PROTO_UNLOAD] = on_unload,
		[PROTO_STALL] = on_stall,	[PROTO_LEFTOVER] = on_leftover,
		[PROTO_TASK] = on_task,
	};
	struct reader in = {f->data, f->data + f->len};

	if (f->type >= sizeof(handlers) / sizeof(*handlers) || !handlers[f->type])
		return false;
	handlers[f->type](r, &in);
	keep_frame(r, f);
	return true;
}

void report_done(struct lab_guest_report *r, const struct frame *f)
{
	struct proto_done done;

	if (f->len != sizeof(done))
		return;
	memcpy(&done, f->data, sizeof(done));
	r->taint = done.taint;
	note_lost(r, done.log_lost, phase_of(done.lost_phase, LAB_PHASE_LEAK));
	r->leftovers_partial = done.leftovers_partial;
	r->view_changed = done.view_changed;
	r->phase = LAB_PHASE_DONE;
	keep_frame(r, f);
}
