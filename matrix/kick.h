/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Getting a guest out of KVM_RUN at a given time: a timer whose signal goes to this
 * thread.
 *
 * The race to avoid: the signal may come after the last check and before KVM_RUN has
 * begun. Two ways avoid it, both without a gap:
 * - KICK_IMM: the handler sets immediate_exit in the vCPU's struct kvm_run, and the
 * kernel looks at that field at the beginning of KVM_RUN (KVM_CAP_IMMEDIATE_EXIT,
 * Linux 4.11).
 * - KICK_SIGMASK: the signal is blocked, but not during KVM_RUN (KVM_SET_SIGNAL_MASK);
 * a signal that came before is then pending and ends KVM_RUN at once.
 *
 * Everything is in struct kick; the handler gets at it through the timer's own value. The
 * handler itself belongs to the process: it is installed by kick_init() and stays, since
 * signals of a dead timer may still be on their way.
 *
 * Thread rule: init, arm and deinit by the thread that runs the guests.
 */
#ifndef MATRIX_KICK_H
#define MATRIX_KICK_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct kvm_run;

enum kick_mode { KICK_IMM, KICK_SIGMASK };

struct kick {
	enum kick_mode mode;
	timer_t timer;
	bool made; /* there is a timer */
	int signal;
	struct kvm_run *volatile running; /* the vCPU to be kicked */
	sigset_t run_mask;		  /* for vm_config.run_mask, in KICK_SIGMASK */
	sigset_t old_mask;
};

/** kick_init - 0 or -errno. kick_deinit() undoes it, and accepts a zeroed one. */
int kick_init(struct kick *kick, enum kick_mode mode);
void kick_deinit(struct kick *kick);

/** kick_arm - from now on @run is the vCPU, and at @deadline_ns (CLOCK_MONOTONIC) it is
 *  kicked, whether it is in KVM_RUN then or not. One vCPU and one deadline at a time. */
void kick_arm(struct kick *kick, struct kvm_run *run, uint64_t deadline_ns);

/** kick_taken - call it after a kick, or when the guest has left by itself. It clears
 *  what this deadline left, so that the next KVM_RUN is not ended because of it. */
void kick_taken(struct kick *kick);

#endif
