/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share: asking /proc/children, and a family to ask about. */
#ifndef CHILDREN_H
#define CHILDREN_H

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"

#define PATH "/proc/children"
#define MOST 4096

struct answer {
	int n, pid[MOST];
	char state[MOST];
	char name[MOST][40]; /* escaped */
	int err;	     /* of the write or the read, 0 none */
	bool good;	     /* each line was understood */
};

static inline bool parse(struct answer *a, char *text)
{
	a->n = 0;
	for (char *at = text; *at && a->n < MOST; a->n++) {
		int name = 0, length = (int)strcspn(at, "\n");

		if (at[length] != '\n' ||
		    sscanf(at, "%d %c %n", &a->pid[a->n], &a->state[a->n], &name) != 2)
			return false;
		snprintf(a->name[a->n], sizeof(a->name[0]), "%.*s", length - name,
			 at + name);
		at += length + 1;
	}
	return true;
}

/* Reads the answer in pieces of @piece bytes. */
static inline void read_answer(int fd, struct answer *a, size_t piece)
{
	static char text[1 << 20];
	size_t n = 0;
	ssize_t got = 0;

	while (n < sizeof(text) - piece && (got = read(fd, text + n, piece)) > 0)
		n += (size_t)got;
	text[n] = 0;
	a->err = got < 0 ? errno : 0;
	a->good = !a->err && parse(a, text);
}

static inline void ask_in_pieces(int parent, struct answer *a, size_t piece)
{
	int fd = open(PATH, O_RDWR), n;
	char number[16];

	n = snprintf(number, sizeof(number), "%d\n", parent);
	*a = (struct answer){.err = 0};
	if (write(fd, number, (size_t)n) == n)
		read_answer(fd, a, piece);
	else
		a->err = errno;
	close(fd);
}

static inline void ask(int parent, struct answer *a)
{
	ask_in_pieces(parent, a, 4096);
}

/* The state in the answer; 0: not there, '!': more than once. */
static inline char told(const struct answer *a, int pid)
{
	char state = 0;

	for (int i = 0; i < a->n; i++)
		if (a->pid[i] == pid)
			state = state ? '!' : a->state[i];
	return state;
}

static inline pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

#endif
