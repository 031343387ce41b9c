// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sends every signal to the agent, many times over.
 *
 * expect:
 *	outcome=leak
 */
#include <signal.h>
#include <unistd.h>

int main(void)
{
	for (int round = 0; round < 20; round++)
		for (int sig = 1; sig <= 64; sig++)
			kill(1, sig);
	usleep(100000);
	return 0;
}
