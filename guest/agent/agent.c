// SPDX-License-Identifier: GPL-2.0-only
/* The agent's main program and loop; see agent.h. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "agent.h"

#define ALIVE_MS 1000

/* A rest that lasts this much longer than twice its time was no rest. */
#define LATE_MS	   50
#define REST_TRIES 20

uint64_t agent_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

int agent_read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, buf, size - 1);
	if (n < 0)
		n = -errno;
	else
		buf[n] = '\0';
	close(fd);
	return (int)n;
}

int agent_write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* PID 1 inherits every orphan: all are reaped, one is remembered. */
static void reap(struct agent *a)
{
	struct signalfd_siginfo info[8];
	int status;
	pid_t pid;

	(void)!read(a->child_fd, info, sizeof(info));
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
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

static void handle_frame(struct agent *a)
{
	switch (a->in_head.type) {
	case PROTO_STDIN_END:
		memcpy(&a->in_total, a->in_body, sizeof(a->in_total));
		a->in_total_known = true;
		break;
	case PROTO_WINDOW:
		command_window(a, (const void *)a->in_body);
		break;
	case PROTO_GIVE_UP:
		give_up(a);
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

void agent_poll(struct agent *a, int timeout_ms)
{
	struct stream *streams[3] = {&a->in, &a->out, &a->err};
	struct pollfd fds[6] = {
		{a->control, POLLIN, 0},
		{a->child_fd, POLLIN, 0},
		{a->kmsg, POLLIN, 0},
	};
	uint64_t silent = agent_now_ms() - a->spoke_ms;
	int left = silent < ALIVE_MS ? (int)(ALIVE_MS - silent) : 0;

	command_end_input(a);
	for (int i = 0; i < 3; i++)
		want(&fds[3 + i], streams[i]);
	if (poll(fds, 6, timeout_ms < left ? timeout_ms : left) > 0) {
		if (fds[0].revents & POLLIN)
			while (port_receive(a))
				handle_frame(a);
		if (fds[2].revents & POLLIN)
			kmsg_drain(a);
		for (int i = 0; i < 3; i++)
			if (fds[3 + i].revents)
				stream_pump(streams[i]);
		if (fds[1].revents)
			reap(a);
	}
	if (agent_now_ms() - a->spoke_ms >= ALIVE_MS)
		port_send(a, PROTO_ALIVE, NULL, 0, NULL, 0);
}

void agent_wait_begin(struct agent *a, enum proto_wait_for what)
{
	struct proto_wait wait = {++a->waits, (uint32_t)what};

	a->given_up = false;
	port_send(a, PROTO_WAIT, &wait, sizeof(wait), NULL, 0);
}

bool agent_wait_child(struct agent *a, pid_t child, unsigned int ms)
{
	uint64_t end = agent_now_ms() + ms;

	if (a->child != child) {
		a->child = child;
		a->child_ended = false;
	}
	while (!a->child_ended) {
		uint64_t now = agent_now_ms();

		if (a->given_up || (ms && now >= end))
			return false;
		agent_poll(a, ms && end - now < ALIVE_MS ? (int)(end - now) : ALIVE_MS);
	}
	a->child = 0;
	return true;
}

void agent_pause(struct agent *a, unsigned int ms)
{
	uint64_t now, end = agent_now_ms() + ms;

	while ((now = agent_now_ms()) < end)
		agent_poll(a, (int)(end - now));
}

void agent_rest(struct agent *a, unsigned int ms)
{
	for (int i = 0; i < REST_TRIES; i++) {
		uint64_t begin = agent_now_ms();

		agent_pause(a, ms);
		if (agent_now_ms() - begin < 2 * ms + LATE_MS)
			return;
	}
}

static void phase(struct agent *a, uint32_t phase)
{
	kmsg_drain(a); /* what was said until now belongs to the phase before */
	port_send(a, PROTO_PHASE, &phase, sizeof(phase), NULL, 0);
}

static void report_leftover(void *data, const struct leftover *l)
{
	struct proto_leftover fixed = {l->address, l->call_site, l->size};

	port_send_strings(data, PROTO_LEFTOVER, &fixed, sizeof(fixed), l->kind, l->what);
}

static void look_for_leftovers(struct agent *a)
{
	phase(a, PROTO_PHASE_LEAK);
	if (a->broken)
		return;
	agent_rest(a, a->start.settle_ms);
	leftovers_collect(a->ranges, a->n_ranges, report_leftover, a,
			  &a->leftovers_partial);
}

static void say_done(struct agent *a)
{
	struct proto_done done = {
		.stdout_bytes = a->out.total,
		.stderr_bytes = a->err.total,
		.leftovers_partial = a->leftovers_partial,
	};
	char text[32] = "";

	kmsg_drain(a);
	done.log_lost = a->log_lost;
	memcpy(done.nonce, a->start.nonce, sizeof(done.nonce));
	if (pread(a->taint, text, sizeof(text) - 1, 0) > 0)
		done.taint = strtoull(text, NULL, 10);
	port_send(a, PROTO_DONE, &done, sizeof(done), NULL, 0);
}

static void run_job(struct agent *a)
{
	bool loaded;
	int err = payload_read(a);

	if (!err)
		err = payload_unpack(a);
	if (err) {
		port_trouble(a, "cannot unpack the payload", err);
		return;
	}
	loaded = load_modules(a, true);
	kmsg_begin(a);
	leftovers_begin();
	phase(a, PROTO_PHASE_LOAD);
	loaded = loaded && load_modules(a, false);
	phase(a, PROTO_PHASE_TEST);
	if (loaded)
		command_run(a);
	copyout_all(a);
	phase(a, PROTO_PHASE_UNLOAD);
	if (!a->broken)
		unload_modules(a);
	look_for_leftovers(a);
	say_done(a);
}

static void wait_for_start(struct agent *a)
{
	struct pollfd fd = {a->control, POLLIN, 0};

	while (!port_receive(a) || a->in_head.type != PROTO_START)
		poll(&fd, 1, -1);
	memcpy(&a->start, a->in_body, sizeof(a->start));
}

static void watch_children(struct agent *a)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	a->child_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	signal(SIGPIPE, SIG_IGN);
}

int main(void)
{
	static struct agent a = {
		.control = -1,
		.pty = -1,
		.kmsg = -1,
		.in = {.from = -1, .to = -1},
		.out = {.from = -1, .to = -1},
		.err = {.from = -1, .to = -1},
	};
	int err = boot_system();

	if (!err)
		err = boot_ports(&a);
	if (err) {
		dprintf(2, "kmlab-agent: cannot reach the host: error %d\n", -err);
		for (;;)
			pause();
	}
	watch_children(&a);
	leftovers_prepare();
	a.kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	boot_say_ready(&a);
	wait_for_start(&a);
	port_send(&a, PROTO_HELLO, a.start.nonce, sizeof(a.start.nonce), NULL, 0);
	boot_wake(&a);
	run_job(&a);
	for (;;)
		agent_poll(&a, ALIVE_MS);
}
