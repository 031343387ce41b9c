// SPDX-License-Identifier: GPL-2.0-only
/* Interruption. The program's only mutable global variable: a signal handler can reach
 * nothing else. */
#include <signal.h>

#include "cmd.h"

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
	interrupted = number;
}

/* What is ignored already, as in a shell's background job, stays so. No SA_RESTART, so
 * that KVM_RUN and ppoll() return. The handler runs only once: the second signal has the
 * default action.
 */
static void watch(int number)
{
	struct sigaction action = {.sa_handler = on_interrupt,
				   .sa_flags = (int)SA_RESETHAND};
	struct sigaction old;

	if (!sigaction(number, NULL, &old) && old.sa_handler != SIG_IGN)
		sigaction(number, &action, NULL);
}

const volatile sig_atomic_t *watch_signals(void)
{
	watch(SIGINT);
	watch(SIGTERM);
	return &interrupted;
}
