// SPDX-License-Identifier: GPL-2.0-only
/* Kicks; see kick.h. */
#include <errno.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kick.h"

#ifndef sigev_notify_thread_id /* glibc before 2.38 names it in the union only */
#define sigev_notify_thread_id _sigev_un._tid
#endif

static void on_kick(int signal, siginfo_t *info, void *context)
{
	struct kick *kick = info->si_value.sival_ptr;
	struct kvm_run *run;

	/* Anybody with our uid can send this signal, but only a timer of ours says so. */
	if (info->si_code != SI_TIMER || !kick)
		return;
	run = kick->running;
	if (run)
		run->immediate_exit = 1;
}

static int make_timer(struct kick *kick)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = kick->signal,
		.sigev_value.sival_ptr = kick,
	};

	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (timer_create(CLOCK_MONOTONIC, &event, &kick->timer))
		return -errno;
	kick->made = true;
	return 0;
}

int kick_init(struct kick *kick, enum kick_mode mode)
{
	/* No SA_RESTART: the signal is meant to interrupt. */
	struct sigaction action = {.sa_sigaction = on_kick, .sa_flags = SA_SIGINFO};
	sigset_t set;

	*kick = (struct kick){.mode = mode, .signal = SIGRTMIN};
	/* Before Linux 4.15 a mask misbehaved when the signal had no handler. */
	if (sigaction(kick->signal, &action, NULL))
		return -errno;
	sigemptyset(&set);
	sigaddset(&set, kick->signal);
	if (sigprocmask(mode == KICK_SIGMASK ? SIG_BLOCK : SIG_UNBLOCK, &set,
			&kick->old_mask))
		return -errno;
	kick->run_mask = kick->old_mask;
	sigdelset(&kick->run_mask, kick->signal);
	return make_timer(kick);
}

/* A signal that stays pending would make every KVM_RUN return at once. Zero timeout: a
 * real wait could last for ever, since the signal may have been taken already. */
static void drain(struct kick *kick)
{
	static const struct timespec now = {0, 0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, kick->signal);
	while (sigtimedwait(&set, NULL, &now) > 0)
		;
}

void kick_deinit(struct kick *kick)
{
	if (!kick->made)
		return;
	timer_delete(kick->timer);
	kick->running = NULL;
	kick->made = false;
	drain(kick);
	sigprocmask(SIG_SETMASK, &kick->old_mask, NULL);
}

void kick_arm(struct kick *kick, struct kvm_run *run, uint64_t deadline_ns)
{
	struct itimerspec when = {
		.it_value.tv_sec = (time_t)(deadline_ns / 1000000000),
		.it_value.tv_nsec = (long)(deadline_ns % 1000000000),
	};

	/* The vCPU is set first: a deadline in the past fires before the call returns. */
	if (kick->mode == KICK_IMM)
		kick->running = run;
	timer_settime(kick->timer, TIMER_ABSTIME, &when, NULL);
}

void kick_taken(struct kick *kick)
{
	static const struct itimerspec never;
	struct kvm_run *run = kick->running;

	timer_settime(kick->timer, 0, &never, NULL);
	if (kick->mode == KICK_SIGMASK) {
		drain(kick);
		return;
	}
	/* A signal on its way arrives before that call returns, or never. */
	kick->running = NULL;
	if (run)
		run->immediate_exit = 0;
}
