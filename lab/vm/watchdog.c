// SPDX-License-Identifier: GPL-2.0-only
/*
 * When a guest is given up: it is out of time, its agent is silent, or a command that has
 * oopsed is lost. All limits are in time that the guest could use (patience.h).
 */
#include "session_state.h"

#define HELLO_LIMIT_MS	 20000
#define SILENT_LIMIT_MS	 8000 /* eight heartbeats missed */
#define NMI_LIMIT_MS	 3000
#define DRAIN_LIMIT_MS	 10000
#define KILLED_LIMIT_MS	 2000
#define OOPS_LIMIT_MS	 5000
#define STALL_DEFAULT_MS 10000
#define AFTER_COMMAND_MS 10000
#define AGAIN_LIMIT_MS	 15000 /* of a command that took 3 s the first time */

/* The agent's command is given up early enough to be reported within the job's time. */
static double command_ms(unsigned int timeout_ms)
{
	return timeout_ms > 8000 ? timeout_ms - 3000 : timeout_ms * 5 / 8;
}

/* 0: no limit. */
static double wait_limit_ms(const struct session *s)
{
	switch (s->wait.what) {
	case PROTO_WAIT_CALL:
	case PROTO_WAIT_FILES: /* for one piece of them */
		return s->job->stall_ms ? s->job->stall_ms : STALL_DEFAULT_MS;
	case PROTO_WAIT_COMMAND:
		return command_ms(s->job->timeout_ms);
	case PROTO_WAIT_AGAIN:
		return AGAIN_LIMIT_MS;
	default:
		return KILLED_LIMIT_MS;
	}
}

/* Did the command oops, and has nothing been heard of it since? */
static bool is_lost(struct session *s, double step)
{
	uint64_t said = s->out.taken + s->err.taken + s->r->n_log + s->r->log_lost;

	s->quiet = said == s->said ? s->quiet + step : 0;
	s->said = said;
	return s->oopsed && s->wait.what == PROTO_WAIT_COMMAND &&
	       s->quiet > OOPS_LIMIT_MS * s->scale;
}

void watchdog_give_up(struct session *s)
{
	if (!s->wait.number)
		return;
	/* To see why it did not end, to unload, and to look for what is left. */
	if (s->wait.what == PROTO_WAIT_COMMAND)
		s->enough = s->spent + AFTER_COMMAND_MS * s->scale;
	frame_send(s->vm->control, PROTO_GIVE_UP, &s->wait.number,
		   sizeof(s->wait.number));
	s->wait.number = 0;
}

void watchdog_lives_again(struct session *s)
{
	s->enough = 6 * s->spent + AGAIN_LIMIT_MS * s->scale;
}

static void check_agents_wait(struct session *s, double step)
{
	double limit = wait_limit_ms(s) * s->scale;
	bool lost = is_lost(s, step);

	if (!s->wait.number || !limit || s->state != RUNNING ||
	    (s->tried < limit && !lost))
		return;
	watchdog_give_up(s);
}

void watchdog_check(struct session *s)
{
	double step = patience_step(&s->patience);

	s->spent += step;
	s->waited += step;
	s->tried += step;
	check_agents_wait(s, step);
	if (s->job->timeout_ms && s->spent > s->job->timeout_ms * s->scale &&
	    s->spent > s->enough && s->state < DRAINING)
		session_end(s, LAB_END_TIMEOUT);
	else if (s->state <= GREETING && s->waited > HELLO_LIMIT_MS * s->scale)
		session_fail(s, session_damaged(s, "its agent does not answer"));
	else if (s->state == RUNNING && s->waited > SILENT_LIMIT_MS * s->scale) {
		qmp_send(s->vm, "inject-nmi", NULL);
		session_set_state(s, ASKING);
	} else if (s->state == ASKING && s->waited > NMI_LIMIT_MS * s->scale)
		session_end(s, s->panic ? LAB_END_PANIC : LAB_END_SILENT);
	else if (s->state == DRAINING && s->waited > DRAIN_LIMIT_MS)
		session_end(s, LAB_END_DONE);
}
