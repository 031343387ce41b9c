// SPDX-License-Identifier: GPL-2.0-only
/* What the process of a promise is given: signals that wake it up, helpers beside it. */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hammer.h"

static volatile sig_atomic_t alarms;

static void on_alarm(int number)
{
	(void)number;
	alarms++;
}

unsigned int nudges(void)
{
	return (unsigned int)alarms;
}

void nudge(unsigned int ms)
{
	struct itimerval timer = {
		.it_value = {ms / 1000, ms % 1000 * 1000},
		.it_interval = {.tv_usec = 100000},
	};
	struct sigaction action = {.sa_handler = on_alarm};

	alarms = 0;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

void nudge_stop(void)
{
	struct itimerval never = {0};

	setitimer(ITIMER_REAL, &never, NULL);
}

pid_t fork_helper(unsigned int lane)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	lane_take(lane);
	return 0;
}

bool helper_ended(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
