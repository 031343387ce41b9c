// SPDX-License-Identifier: GPL-2.0-only
/* What the agent says, and what follows from it. */
#include <string.h>
#include <sys/random.h>

#include "search.h"
#include "session_state.h"

static void note_phase(struct session *s, enum lab_phase before)
{
	double now = lab_now_ms();
	double *where = before == LAB_PHASE_LOAD     ? &s->r->load_ms
			: before == LAB_PHASE_TEST   ? &s->r->test_ms
			: before == LAB_PHASE_UNLOAD ? &s->r->unload_ms
						     : NULL;

	if (where)
		*where = now - s->phase_begun;
	s->phase_begun = now;
}

static void on_hello(struct session *s, const struct frame *f)
{
	if (s->state != GREETING || f->len != PROTO_NONCE_SIZE ||
	    memcmp(f->data, s->start.nonce, PROTO_NONCE_SIZE)) {
		session_end(s, LAB_END_IMPOSTOR);
		return;
	}
	s->r->clone_ms = lab_now_ms() - s->begun;
	session_set_state(s, RUNNING);
}

/* The command and all it left are dead by now: none of them can have seen this. */
static void send_challenge(struct session *s)
{
	if (getrandom(s->challenge, sizeof(s->challenge), 0) != sizeof(s->challenge))
		session_fail(s,
			     lab_fail(s->lab, -EIO, "no random numbers from the kernel"));
	else
		frame_send(s->vm->control, PROTO_CHALLENGE, s->challenge,
			   sizeof(s->challenge));
}

static void on_phase(struct session *s, enum lab_phase before)
{
	note_phase(s, before);
	if (s->r->phase == LAB_PHASE_LEAK)
		send_challenge(s);
}

/* From outside: what is still loaded when the job is over? */
static void look(struct session *s)
{
	if (witness_look(s->vm, s->t, s->job, s->r) == -ESRCH)
		session_set_state(s, DYING);
}

/* The agent will load the modules again, and may not come to unload them. */
static void on_again(struct session *s)
{
	look(s);
	s->again = true;
	watchdog_lives_again(s);
	frame_send(s->vm->control, PROTO_LIVE, NULL, 0);
}

static void on_wait(struct session *s, const struct frame *f)
{
	if (f->len != sizeof(s->wait))
		return;
	memcpy(&s->wait, f->data, sizeof(s->wait));
	s->tried = 0;
}

static void on_done(struct session *s, const struct frame *f)
{
	if (s->state != RUNNING)
		return;
	if (f->len == sizeof(s->done))
		memcpy(&s->done, f->data, sizeof(s->done));
	if (f->len != sizeof(s->done) ||
	    memcmp(s->done.secret, s->start.secret, PROTO_NONCE_SIZE) ||
	    memcmp(s->done.challenge, s->challenge, PROTO_NONCE_SIZE)) {
		session_end(s, LAB_END_IMPOSTOR);
		return;
	}
	if (!s->again)
		look(s);
	if (s->state == DYING)
		return;
	report_done(s->r, f);
	session_set_state(s, DRAINING);
}

/* Where this host cannot look, nothing is found. */
static void on_look(struct session *s, const struct frame *f)
{
	struct proto_holder holders[PROTO_MAX_HOLDERS];
	size_t n = f->len / sizeof(struct proto_range);
	_cleanup_free_ struct proto_range *ranges = xcalloc(n + 1, sizeof(*ranges));
	int found;

	if (f->len % sizeof(*ranges) || n > PROTO_MAX_RANGES) {
		session_end(s, LAB_END_IMPOSTOR);
		return;
	}
	memcpy(ranges, f->data, f->len);
	found = search_pointers(s->vm, s->t, ranges, n, holders);
	if (found == -ESRCH)
		session_set_state(s, DYING);
	else
		frame_send(s->vm->control, PROTO_HOLDERS, holders,
			   found > 0 ? (size_t)found * sizeof(*holders) : 0);
}

static void on_trouble(struct session *s, const struct frame *f)
{
	session_fail(s, lab_fail(s->lab, -EIO,
				 "the guest's agent says: %.*s; give the guest more "
				 "memory",
				 (int)strnlen(f->data, f->len), f->data));
}

/* "Oops: 0000 [#1] SMP", as the kernel's die() has it in every release. */
static bool is_oops(const char *log, size_t len)
{
	const char *end = log + len, *at = memmem(log, len, "Oops: ", 6);
	const char *line = at ? memchr(at, '\n', (size_t)(end - at)) : NULL;

	return line && memmem(at, (size_t)(line - at), "[#", 2);
}

/* A command that oopses may hold a lock that it needs in order to exit, and then never
 * ends. When nothing more is heard of it, its limit in time is not waited for. */
static void notice_oops(struct session *s, const struct frame *f)
{
	if (s->oopsed || s->wait.what != PROTO_WAIT_COMMAND || !is_oops(f->data, f->len))
		return;
	s->oopsed = true;
}

static void on_file(struct session *s, const struct frame *f)
{
	if (f->type == PROTO_FILE)
		copyout_file(&s->copyout, f);
	else
		copyout_data(&s->copyout, f);
	s->tried = 0;
	if (s->copyout.full && s->wait.what == PROTO_WAIT_FILES)
		watchdog_give_up(s);
}

static void on_frame(struct session *s, const struct frame *f)
{
	enum lab_phase before = s->r->phase;

	if (!order_takes(&s->order, f)) {
		session_end(s, LAB_END_IMPOSTOR);
		return;
	}
	switch (f->type) {
	case PROTO_HELLO:
		on_hello(s, f);
		break;
	case PROTO_DONE:
		on_done(s, f);
		break;
	case PROTO_WAIT:
		on_wait(s, f);
		break;
	case PROTO_AGAIN:
		on_again(s);
		break;
	case PROTO_FILE:
	case PROTO_FILE_DATA:
		on_file(s, f);
		break;
	case PROTO_LOOK:
		on_look(s, f);
		break;
	case PROTO_TROUBLE:
		on_trouble(s, f);
		break;
	case PROTO_LOG:
		notice_oops(s, f);
		/* fall through */
	default:
		report_frame(s->r, f);
		if (s->r->phase != before)
			on_phase(s, before);
	}
}

void session_close_control(struct session *s)
{
	cleanup_close(&s->vm->control);
	s->vm->control = -1;
}

bool session_read_control(struct session *s)
{
	ssize_t n = frames_read(&s->frames, s->vm->control);
	struct frame f;
	int rc;

	if (n == 0)
		session_close_control(s);
	if (n <= 0)
		return false;
	while (s->state != ENDED && (rc = frames_next(&s->frames, &f)) != 0) {
		if (rc < 0) { /* no agent of ours speaks like that */
			session_end(s, LAB_END_IMPOSTOR);
			break;
		}
		s->waited = 0;
		on_frame(s, &f);
	}
	return true;
}
