// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: a parent has children that stay and children that come and go as fast as it
 * can fork, and so have others. Those that stay are in every answer, once, and nobody
 * else's children ever.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "children.h"

enum { STAY = 100, ASKS = 60, STORMS = 3, ENOUGH = 50, PATIENCE = 20 };

static volatile unsigned int *born; /* shared */

static _Noreturn void rage(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
		++*born;
	}
}

int main(void)
{
	int missing = 0, strangers = 0, bad = 0;
	pid_t stays[STAY], storm[STORMS];
	static struct answer a;

	born = shared_memory(4096);
	ktap_plan(4);
	for (int i = 0; i < STAY; i++) {
		stays[i] = start_sleeper();
		if (i % 40 == 0) {
			storm[i / 40] = fork();
			if (!storm[i / 40])
				rage();
		}
	}
	for (int i = 0; i < STAY; i++)
		state_becomes(stays[i], 'S');
	/* On a busy machine the storm takes longer to rage. */
	for (int i = 0; i < ASKS || (*born <= ENOUGH && i < PATIENCE * ASKS); i++) {
		ask_in_pieces(getpid(), &a, i % 2 ? 100 : 4096);
		bad += !a.good;
		for (int j = 0; j < STAY; j++)
			missing += told(&a, stays[j]) != 'S';
		for (int j = 0; j < STORMS; j++)
			missing += !told(&a, storm[j]);
		strangers += a.n - STAY - STORMS;
	}
	ktap_diag("%u processes came and went", *born);
	ktap_ok(*born > ENOUGH, "processes come and go meanwhile");
	ktap_ok(!bad, "every answer is whole");
	ktap_why("%d times", missing);
	ktap_ok(!missing, "who stays is in every answer, once");
	ktap_why("%d times", strangers);
	ktap_ok(!strangers, "nobody's grandchildren are");
	for (int i = 0; i < STORMS; i++)
		end(storm[i]);
	for (int i = 0; i < STAY; i++)
		end(stays[i]);
	return ktap_end();
}
