// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: stations on both CPUs adopt and watch whomever they can get, while everybody
 * is born and ends as fast as it goes. Afterwards all accounts must be even: each station
 * can wait for just those that it has adopted, and nothing is left of anybody.
 */
#define _GNU_SOURCE
#include "adopt.h"

enum { STATIONS = 3, SOLDIERS = 3, MS = 3000, MOST_MS = 30000, MANY = 10 };

/* A station: has grandchildren born, adopts them in all states, and collects them. */
static _Noreturn void station(volatile unsigned int *adopted, volatile unsigned int *lost)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	device = open(DEVICE, O_RDWR);
	for (unsigned int round = 0;; round++) {
		pid_t soldier[SOLDIERS], middle = 0;
		int ends[2], n = 0;

		(void)!pipe(ends);
		middle = fork();
		if (!middle) {
			for (int i = 0; i < SOLDIERS; i++) {
				pid_t pid = fork();

				if (!pid) {
					for (unsigned int j = 0; j < round % 5 * 3000;
					     j++)
						__asm__ volatile("");
					_exit(3);
				}
				(void)!write(ends[1], &pid, sizeof(pid));
			}
			if (round % 3 == 0)
				_exit(0);
			while (wait(NULL) > 0)
				;
			_exit(0);
		}
		for (int i = 0; i < SOLDIERS; i++) {
			int err;

			(void)!read(ends[0], &soldier[i], sizeof(pid_t));
			if (i == 1)
				watch(soldier[i], 0);
			err = adopt(soldier[i]);
			if (!err)
				n++;
			else if (err != ESRCH)
				++*lost;
		}
		close(ends[0]);
		close(ends[1]);
		*adopted += (unsigned int)n;
		for (int i = 0; i <= n; i++) { /* and the middle one */
			int status;
			pid_t pid = wait(&status);

			if (pid < 0)
				++*lost;
		}
		if (wait(NULL) > 0)
			++*lost;
		while (n-- > 0) {
			struct pollfd p = {device, POLLIN, 0};
			struct adopt_event e;

			if (poll(&p, 1, 0) == 1)
				(void)!read(device, &e, sizeof(e));
		}
	}
}

/* Threads of one process on all sides: fork, exec, ptrace and wait go on meanwhile. */
static _Noreturn void crowd(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

/* Tries to adopt anybody there is. */
static _Noreturn void kidnapper(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	device = open(DEVICE, O_RDWR);
	for (;;)
		for (pid_t pid = 90; pid < 32768; pid++) {
			if (!adopt(pid) && pid % 2)
				kill(pid, 0);
			while (waitpid(-1, NULL, WNOHANG) > 0)
				;
		}
}

static bool many_each(const volatile unsigned int *adopted)
{
	for (int i = 0; i < STATIONS; i++)
		if (adopted[i] <= MANY)
			return false;
	return true;
}

int main(void)
{
	volatile unsigned int *adopted = shared_memory(4096), *lost = adopted + 64;
	pid_t pid[STATIONS + 2];
	int status, ended = 0;

	ktap_plan(3);
	for (int i = 0; i < STATIONS; i++) {
		pid[i] = fork();
		if (!pid[i])
			station(&adopted[i], lost);
	}
	pid[STATIONS] = fork();
	if (!pid[STATIONS])
		crowd();
	/* On a busy machine longer, until many are: how fast is not the question. */
	for (long ms = 0; ms < MS || (ms < MOST_MS && !many_each(adopted)); ms += MS / 10)
		pause_ms(MS / 10);
	for (int i = 0; i <= STATIONS; i++)
		ended += waitpid(pid[i], &status, WNOHANG) != 0;
	ktap_ok(!ended, "everybody goes on");
	ktap_why("%u, %u, %u adopted", adopted[0], adopted[1], adopted[2]);
	ktap_ok(many_each(adopted), "many are adopted");
	ktap_why("%u", *lost);
	ktap_ok(!*lost, "each station has just those to wait for");
	for (int i = 0; i <= STATIONS; i++)
		end(pid[i]);
	/* Now one that takes everybody; who belongs to whom is anybody's guess then. */
	pid[0] = fork();
	if (!pid[0])
		crowd();
	pid[1] = fork();
	if (!pid[1])
		kidnapper();
	pause_ms(MS / 3);
	end(pid[1]);
	kill(pid[0], SIGKILL);
	waitpid(pid[0], NULL, 0);
	return ktap_end();
}
