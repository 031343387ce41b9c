// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stored facts; see facts.h. One file for each job: a line with the digest of the rest, a
 * line of JSON with the sizes of what follows, then frames, console and output. A file
 * that a power cut left short is known as such, and the job is run.
 */
#include <string.h>

#include "fs.h"

#include "../cache.h"
#include "digest.h"
#include "facts.h"
#include "vm.h"

#define KIND	  "facts"
#define FORMAT	  2
#define MAX_BYTES (32UL << 20) /* of one job; what is larger is cheaper to run again */

/* ---- the key ---- */

static bool has_key(const struct lab_guest_job *job)
{
	return job->proof != LAB_PROOF_NONE && !job->tty && job->stdin_fd < 0 &&
	       !job->n_out;
}

/* The payload has modules, parameters, files, command and environment, byte for byte. */
char *facts_key(const struct lab_template *t, const struct lab_guest_job *job,
		int payload_fd, uint64_t size)
{
	_cleanup_free_ char *limits = NULL;
	struct digest d;

	if (!has_key(job) || !t->proof)
		return NULL;
	limits = xprintf(
		"facts %d, protocol %d, expect %u; timeout %u stall %u settle %u "
		"out %d err %d turns %d",
		FORMAT, PROTO_VERSION, job->expect, job->timeout_ms, job->stall_ms,
		job->settle_ms, job->stdout_fd >= 0, job->stderr_fd >= 0, job->in_turns);
	digest_init(&d);
	digest_text(&d, limits);
	digest_text(&d, t->proof);
	if (digest_fd(&d, payload_fd, PROTO_PAYLOAD_AT, size))
		return NULL;
	return digest_end(&d);
}

/* ---- writing ---- */

static char *sum_of(const char *bytes, size_t len)
{
	struct digest d;

	digest_init(&d);
	digest_add(&d, bytes, len);
	return digest_end(&d);
}

static char *head_line(const struct lab_guest_report *r, const struct text *output)
{
	json_t *o = json_pack("{s:i,s:i,s:i,s:[isb],s:I,s:I,s:I,s:I,s:[fffff]}", "format",
			      FORMAT, "end", (int)r->end, "phase", (int)r->phase,
			      "witness", (int)r->witness, r->held ? r->held : "",
			      r->held_live, "frames", (json_int_t)r->frames.len,
			      "console", (json_int_t)r->console.len, "console_bytes",
			      (json_int_t)r->console_bytes, "output",
			      (json_int_t)(output ? output->len : 0), "ms", r->clone_ms,
			      r->load_ms, r->test_ms, r->unload_ms, r->total_ms);
	char *line = o ? json_dumps(o, JSON_COMPACT) : NULL;

	json_decref(o);
	return line;
}

static void add(struct text *to, const struct text *t)
{
	if (t && t->len)
		text_add(to, t->s, t->len);
}

int lab_facts_keep(struct lab *lab, const struct lab_guest_report *r,
		   const struct text *output)
{
	_cleanup_text_ struct text all = TEXT_INIT, body = TEXT_INIT;
	_cleanup_free_ char *dir = lab_cache_path(lab, KIND, NULL);
	_cleanup_free_ char *path = NULL, *head = NULL, *sum = NULL;
	int err;

	if (!r->key || r->cached)
		return 0;
	head = head_line(r, output);
	if (!head)
		return lab_fail(lab, -ENOMEM, "no memory to store facts");
	text_printf(&body, "%s\n", head);
	add(&body, &r->frames);
	add(&body, &r->console);
	add(&body, output);
	if (body.len > MAX_BYTES)
		return 0;
	sum = sum_of(body.s, body.len);
	text_printf(&all, "%s\n", sum);
	add(&all, &body);
	path = lab_cache_path(lab, KIND, r->key);
	err = fs_mkdir_p(dir, 0700);
	if (!err)
		err = fs_write_file(path, all.s, all.len, 0600);
	return err ? lab_fail(lab, err, "cannot write '%s': %s; free space", path,
			      strerror(-err))
		   : 0;
}

int lab_facts_drop(struct lab *lab, const struct lab_guest_report *r)
{
	return r->key && !r->cached ? lab_cache_remove(lab, KIND, r->key) : 0;
}

/* ---- reading ---- */

struct parts {
	json_int_t frames, console, console_bytes, output;
	const char *body; /* of all three */
	size_t len;
};

static bool fits(const struct parts *p)
{
	return p->frames >= 0 && p->console >= 0 && p->output >= 0 &&
	       (uint64_t)p->frames + (uint64_t)p->console + (uint64_t)p->output == p->len;
}

static bool read_head(const char *head, struct parts *p, struct lab_guest_report *r)
{
	json_t *o = json_loads(head, 0, NULL);
	int format, end, phase, witness, live;
	const char *held;
	bool good =
		o &&
		json_unpack(o, "{s:i,s:i,s:i,s:[isb],s:I,s:I,s:I,s:I,s:[FFFFF]}",
			    "format", &format, "end", &end, "phase", &phase, "witness",
			    &witness, &held, &live, "frames", &p->frames, "console",
			    &p->console, "console_bytes", &p->console_bytes, "output",
			    &p->output, "ms", &r->clone_ms, &r->load_ms, &r->test_ms,
			    &r->unload_ms, &r->total_ms) == 0 &&
		format == FORMAT && fits(p);

	if (good) {
		r->end = (enum lab_guest_end)end;
		r->phase = (enum lab_phase)phase;
		r->witness = (enum lab_witness)witness;
		r->held = *held ? xstrdup(held) : NULL;
		r->held_live = live;
	}
	json_decref(o);
	return good;
}

/* The frames once more, as the session had them. */
static bool replay(const struct parts *p, struct lab_guest_report *r)
{
	struct frames frames = {0};
	enum lab_phase end = r->phase;
	struct frame f;
	int rc;

	text_add(&frames.in, p->body, (size_t)p->frames);
	r->phase = LAB_PHASE_BOOT;
	r->unload_refcount = -1;
	while ((rc = frames_next(&frames, &f)) > 0) {
		if (f.type == PROTO_DONE)
			report_done(r, &f);
		else
			report_frame(r, &f);
	}
	rc = rc == 0 && frames.done == frames.in.len ? 0 : -EPROTO;
	frames_deinit(&frames);
	r->phase = end;
	return rc == 0;
}

static int give(const struct parts *p, int fd)
{
	return fd < 0 || !p->output ? 0
				    : fs_write_all(fd, p->body + p->frames + p->console,
						   (size_t)p->output);
}

/* Takes a line off the front; NULL: there is no whole one. */
static char *take_line(const char **text, size_t *size)
{
	const char *from = *text, *end = memchr(from, '\n', *size);

	if (!end)
		return NULL;
	*text = end + 1;
	*size -= (size_t)(*text - from);
	return xstrndup(from, (size_t)(end - from));
}

static bool recall(const char *text, size_t size, const struct lab_guest_job *job,
		   struct lab_guest_report *r)
{
	_cleanup_free_ char *sum = take_line(&text, &size), *head = NULL;
	_cleanup_free_ char *got = sum_of(text, size);
	struct parts p;

	if (!sum || strcmp(sum, got))
		return false;
	head = take_line(&text, &size);
	p.body = text;
	p.len = size;
	if (!head || !read_head(head, &p, r) || !replay(&p, r))
		return false;
	report_console(r, p.body + p.frames, (size_t)p.console);
	r->console_bytes = (unsigned long long)p.console_bytes;
	return give(&p, job->stdout_fd) == 0;
}

bool facts_recall(struct lab *lab, const char *key, const struct lab_guest_job *job,
		  struct lab_guest_report *ret)
{
	_cleanup_(lab_guest_report_deinit) struct lab_guest_report r = {0};
	_cleanup_free_ char *path = lab_cache_path(lab, KIND, key);
	_cleanup_free_ char *text = NULL;
	size_t size;

	/* The first asks and marks it used. */
	if (!lab_cache_has(lab, KIND, key) || fs_read_file(path, &text, &size) ||
	    !recall(text, size, job, &r))
		return false;
	r.cached = true;
	*ret = r;
	memset(&r, 0, sizeof(r));
	return true;
}
