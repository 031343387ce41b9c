// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: the list is right while tasks come and go by the thousand. Some hundred
 * sleep all the while: each of them must be in every list, once. Nobody may be there
 * twice, whoever he is.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>

#include "tasks.h"

enum { STEADY = 300, READS = 60, STORMS = 4, ENOUGH = 100, PATIENCE = 20 };

static pid_t steady[STEADY], storm[STORMS];
static unsigned int *born; /* shared */

static void *short_lived(void *unused)
{
	return unused;
}

/* Processes, threads, and threads that execute a program, as fast as it goes. */
static _Noreturn void rage(int kind, const char *self)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		pid_t pid = fork();
		pthread_t t[3];

		if (!pid && kind % 2 == 0)
			_exit(0);
		if (!pid) {
			for (int i = 0; i < 3; i++)
				pthread_create(&t[i], NULL, short_lived, NULL);
			execl(self, self, "leave", (char *)NULL);
			_exit(1);
		}
		waitpid(pid, NULL, 0);
		__atomic_add_fetch(born, 1, __ATOMIC_RELAXED);
	}
}

/* Between the first three and the others, so that they are not all in one piece. */
static void begin_steady(int i)
{
	steady[i] = fork();
	if (!steady[i]) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

struct count {
	int bad, missing, doubles;
};

static void count(struct count *c)
{
	struct lines lines;
	int *pid, times;

	lines_read(ALL, &lines);
	c->bad += !lines.good;
	pid = malloc((lines.n + 1) * sizeof(*pid));
	for (size_t i = 0; i < lines.n; i++)
		pid[i] = lines.line[i].pid;
	qsort(pid, lines.n, sizeof(*pid), by_number);
	for (size_t i = 1; i < lines.n; i++)
		c->doubles += pid[i] == pid[i - 1];
	for (int i = 0; i < STEADY; i++) {
		lines_find(&lines, steady[i], &times);
		c->missing += times != 1;
	}
	free(pid);
	free(lines.line);
}

enum { PAIRS = 40, PIECE = 256 };

/*
 * One list, read in small pieces, and after each piece somebody dies who stood far before
 * it. Nobody behind may be passed over for that.
 */
static void dying_meanwhile(void)
{
	static char text[1 << 20];
	int fd, times, missing = 0, dead = 0;
	pid_t old[PAIRS], stays[PAIRS];
	size_t n = 0;
	ssize_t got;

	for (int i = 0; i < 2 * PAIRS; i++) {
		pid_t pid = fork();

		if (!pid)
			for (;;)
				pause();
		*(i % 2 ? &stays[i / 2] : &old[i / 2]) = pid;
	}
	fd = open(ALL, O_RDONLY);
	while (n < sizeof(text) - PIECE && (got = read(fd, text + n, PIECE)) > 0) {
		n += (size_t)got;
		if (dead < PAIRS)
			end(old[dead++]);
	}
	close(fd);
	for (int i = 0; i < PAIRS; i++) {
		struct line l;

		times = 0;
		for (char *at = text; *at; at += strcspn(at, "\n") + 1)
			times += parse_line(at, &l) && l.pid == stays[i];
		missing += times != 1;
	}
	ktap_why("%d of %d; a place in the list that is a number of steps leads astray",
		 missing, PAIRS);
	ktap_ok(!missing, "who stays is not passed over when others die");
	while (dead < PAIRS)
		end(old[dead++]);
	for (int i = 0; i < PAIRS; i++)
		end(stays[i]);
}

int main(int argc, char **argv)
{
	struct count c = {0};

	if (argc > 1)
		return 0; /* the program that threads execute */
	born = shared_memory(4096);
	ktap_plan(5);
	dying_meanwhile();
	for (int i = 0; i < STEADY; i++) {
		begin_steady(i);
		if (i % (STEADY / STORMS))
			continue;
		storm[i / (STEADY / STORMS)] = fork();
		if (!storm[i / (STEADY / STORMS)])
			rage(i / (STEADY / STORMS), argv[0]);
	}
	/* On a busy machine the storm takes longer to rage. */
	for (int i = 0; i < READS || (*born <= ENOUGH && i < PATIENCE * READS); i++)
		count(&c);
	ktap_diag("%u processes came and went", *born);
	ktap_why("no task came or went: the storm did not rage, and nothing is proven");
	ktap_ok(*born > ENOUGH, "tasks come and go meanwhile");
	ktap_ok(!c.bad, "every list is read to its end");
	ktap_why(
		"%d times; a place in the list that is only a number of steps, or a task "
		"that has gone, leads astray",
		c.missing);
	ktap_ok(!c.missing, "who is there all the time is in every list, once");
	ktap_why("%d times", c.doubles);
	ktap_ok(!c.doubles, "nobody is in a list twice");
	for (int i = 0; i < STORMS; i++)
		end(storm[i]);
	for (int i = 0; i < STEADY; i++)
		end(steady[i]);
	return ktap_end();
}
