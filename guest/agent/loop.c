// SPDX-License-Identifier: GPL-2.0-only
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "guard.h"
#include "kmsg.h"
#include "look.h"
#include "loop.h"
#include "port.h"
#include "relay.h"
#include "small.h"
#include "stream.h"

/* A rest that lasts this much longer than twice its time was no rest. */
#define LATE_MS	   50
#define REST_TRIES 20

/* PID 1 inherits every orphan: all are reaped, one is remembered. */
static void reap(struct agent *a)
{
	struct signalfd_siginfo info[8];
	int status;
	pid_t pid;

	(void)!read(a->child_fd, info, sizeof(info));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (WIFSTOPPED(status)) {
			calls_stopped(pid, status);
			continue;
		}
		if (pid != a->child)
			continue;
		a->child_ended = true;
		a->child_status = status;
	}
}

/* The answer to an earlier wait comes too late to mean anything. */
static void give_up(struct agent *a)
{
	uint32_t number;

	memcpy(&number, a->in_body, sizeof(number));
	if (number == a->waits)
		a->given_up = true;
}

static void set_window(struct agent *a)
{
	struct proto_window window;

	memcpy(&window, a->in_body, sizeof(window));
	stream_window(a->pty, window.rows, window.cols);
}

static void handle_frame(struct agent *a)
{
	switch (a->in_head.type) {
	case PROTO_STDIN_END:
		memcpy(&a->in_total, a->in_body, sizeof(a->in_total));
		a->in_total_known = true;
		break;
	case PROTO_WINDOW:
		set_window(a);
		break;
	case PROTO_GIVE_UP:
		give_up(a);
		break;
	case PROTO_CHALLENGE:
		memcpy(a->challenge, a->in_body, sizeof(a->challenge));
		a->challenged = true;
		break;
	case PROTO_LIVE:
		a->may_live = true;
		break;
	case PROTO_HOLDERS:
		look_answered(a);
		break;
	case PROTO_PING:
		port_send(a, PROTO_ALIVE, NULL, 0, NULL, 0);
		break;
	}
}

static void want(struct pollfd *p, const struct stream *s)
{
	p->fd = -1;
	if (stream_want_write(s))
		*p = (struct pollfd){s->to, POLLOUT, 0};
	else if (stream_want_read(s))
		*p = (struct pollfd){s->from, POLLIN, 0};
}

void loop_poll(struct agent *a, int timeout_ms)
{
	struct stream *streams[3] = {&a->in, &a->out, &a->err};
	struct pollfd fds[7] = {
		{a->control, POLLIN, 0},
		{a->child_fd, POLLIN, 0},
		{a->kmsg, POLLIN, 0},
		[6] = {a->relay, POLLIN, 0},
	};
	uint64_t silent = now_ms() - a->spoke_ms;
	int left = silent < LOOP_LONGEST_MS ? (int)(LOOP_LONGEST_MS - silent) : 0;
	int ready;

	if (a->in_total_known)
		stream_end_input(&a->in, a->in_total, a->pty);
	for (int i = 0; i < 3; i++)
		want(&fds[3 + i], streams[i]);
	ready = poll(fds, 7, timeout_ms < left ? timeout_ms : left);
	if (ready < 0)
		guard_restore(); /* we may be allowed fewer descriptors than these */
	if (ready > 0) {
		if (fds[0].revents & POLLIN)
			while (port_receive(a))
				handle_frame(a);
		if (fds[2].revents & POLLIN)
			kmsg_drain(a);
		for (int i = 0; i < 3; i++)
			if (fds[3 + i].revents)
				stream_pump(streams[i]);
		if (fds[6].revents)
			relay_pump(a);
		if (fds[1].revents)
			reap(a);
	}
	if (now_ms() - a->spoke_ms >= LOOP_LONGEST_MS)
		port_send(a, PROTO_ALIVE, NULL, 0, NULL, 0);
}

void loop_wait_begin(struct agent *a, enum proto_wait_for what)
{
	struct proto_wait wait = {++a->waits, (uint32_t)what};

	a->given_up = false;
	port_send(a, PROTO_WAIT, &wait, sizeof(wait), NULL, 0);
}

bool loop_wait_child(struct agent *a, pid_t child, unsigned int ms)
{
	uint64_t end = now_ms() + ms;

	if (a->child != child) {
		a->child = child;
		a->child_ended = false;
	}
	while (!a->child_ended) {
		uint64_t now = now_ms();

		if (a->given_up || (ms && now >= end))
			return false;
		loop_poll(a, ms && end - now < LOOP_LONGEST_MS ? (int)(end - now)
							       : LOOP_LONGEST_MS);
	}
	a->child = 0;
	return true;
}

static void rest_once(struct agent *a, unsigned int ms)
{
	uint64_t now, end = now_ms() + ms;

	while ((now = now_ms()) < end)
		loop_poll(a, (int)(end - now));
}

void loop_rest(struct agent *a, unsigned int ms)
{
	for (int i = 0; i < REST_TRIES; i++) {
		uint64_t begin = now_ms();

		rest_once(a, ms);
		if (now_ms() - begin < 2 * ms + LATE_MS)
			return;
	}
}
