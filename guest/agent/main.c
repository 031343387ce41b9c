// SPDX-License-Identifier: GPL-2.0-only
/* The agent's main program: what it does from its start to the end of the job. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "guard.h"
#include "kmsg.h"
#include "look.h"
#include "loop.h"
#include "port.h"
#include "steps.h"

static void phase(struct agent *a, uint32_t phase)
{
	kmsg_drain(a); /* what was said until now belongs to the phase before */
	a->phase = phase;
	port_send(a, PROTO_PHASE, &phase, sizeof(phase), NULL, 0);
}

/* Does a module that left this come to no harm when it is loaded again? */
static bool is_harmless(const char *kind)
{
	static const char *const kinds[] = {"memory", "pages", "percpu", "vmalloc"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kind, kinds[i]))
			return true;
	return false;
}

static void report_leftover(void *data, const struct leftover *l)
{
	struct proto_leftover fixed = {l->address, l->call_site, l->size, ""};
	struct agent *a = data;

	strcpy(fixed.module, l->module);
	a->harmful += !is_harmless(l->kind);
	port_send_strings(data, PROTO_LEFTOVER, &fixed, sizeof(fixed), l->kind, l->what);
}

static void look_for_leftovers(struct agent *a)
{
	const struct leftover_host host = {look_ask, look_answer, a};

	phase(a, PROTO_PHASE_LEAK);
	if (a->broken)
		return;
	loop_rest(a, a->start.settle_ms);
	leftovers_collect(a->ranges, a->n_ranges, &host, report_leftover, a,
			  &a->leftovers_partial);
	live_again(a, report_leftover);
}

static void say_done(struct agent *a)
{
	struct proto_done done = {
		.stdout_bytes = a->out.total,
		.stderr_bytes = a->err.total,
		.leftovers_partial = a->leftovers_partial,
		.view_changed = guard_mounts_changed(a),
	};

	while (!a->challenged)
		loop_poll(a, LOOP_LONGEST_MS);
	kmsg_drain(a);
	done.log_lost = a->log_lost;
	done.lost_phase = a->lost_phase;
	memcpy(done.secret, a->secret, sizeof(done.secret));
	memcpy(done.challenge, a->challenge, sizeof(done.challenge));
	done.taint = taint_read(a) & ~a->taint_before;
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
	a->taint_before = taint_read(a);
	phase(a, PROTO_PHASE_LOAD);
	loaded = loaded && load_modules(a, false);
	phase(a, PROTO_PHASE_TEST);
	if (loaded)
		command_run(a);
	send_files(a);
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
	memcpy(a->secret, a->start.secret, sizeof(a->start.secret));
	/* One copy of the secret is enough. */
	memset(a->start.secret, 0, sizeof(a->start.secret));
	memset(a->in_body, 0, sizeof(a->in_body));
}

/* Children run while the command lives, and nothing keeps it from attaching to them. */
static int prepare_secret(struct agent *a)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	if (page == MAP_FAILED || madvise(page, 4096, MADV_WIPEONFORK))
		return -errno;
	a->secret = page;
	return 0;
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
		.mounts = -1,
		.relay = -1,
		.in = {.from = -1, .to = -1},
		.out = {.from = -1, .to = -1},
		.err = {.from = -1, .to = -1},
	};
	int err = boot_system();

	if (!err)
		err = boot_ports(&a);
	if (!err)
		err = prepare_secret(&a);
	if (err) {
		dprintf(2, "kmlab-agent: cannot reach the host: error %d\n", -err);
		for (;;)
			pause();
	}
	guard_begin(&a);
	watch_children(&a);
	leftovers_prepare();
	guard_remember(&a);
	a.kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	boot_say_ready(&a);
	wait_for_start(&a);
	port_send(&a, PROTO_HELLO, a.start.nonce, sizeof(a.start.nonce), NULL, 0);
	boot_wake(&a);
	run_job(&a);
	for (;;)
		loop_poll(&a, LOOP_LONGEST_MS);
}
