/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share: the lines of /proc/tasks. */
#ifndef TASKS_H
#define TASKS_H

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"

#define RUNNING "/proc/tasks/running"
#define ALL	"/proc/tasks/all"

struct line {
	int pid, tgid;
	char state;
	unsigned int cpu;
	char comm[80]; /* escaped */
};

struct lines {
	struct line *line;
	size_t n;
	bool good; /* read to the end, each line understood */
};

/* "PID TGID STATE CPU NAME" */
static inline bool parse_line(const char *text, struct line *l)
{
	int at = 0;

	*l = (struct line){0};
	if (sscanf(text, "%d %d %c %u %n", &l->pid, &l->tgid, &l->state, &l->cpu, &at) !=
		    4 ||
	    !at)
		return false;
	snprintf(l->comm, sizeof(l->comm), "%.*s", (int)strcspn(text + at, "\n"),
		 text + at);
	return true;
}

static inline void lines_read(const char *path, struct lines *ret)
{
	size_t room = 1024;
	FILE *f = fopen(path, "r");
	char text[256];

	*ret = (struct lines){malloc(room * sizeof(struct line)), 0, f};
	while (f && fgets(text, sizeof(text), f)) {
		if (ret->n == room) {
			room *= 2;
			ret->line = realloc(ret->line, room * sizeof(struct line));
		}
		if (!parse_line(text, &ret->line[ret->n])) {
			ktap_diag("not understood: %s", text);
			ret->good = false;
			break;
		}
		ret->n++;
	}
	if (f)
		fclose(f);
}

/* The line of that pid; *@times: how many there are. */
static inline const struct line *lines_find(const struct lines *l, int pid, int *times)
{
	const struct line *found = NULL;

	*times = 0;
	for (size_t i = 0; i < l->n; i++)
		if (l->line[i].pid == pid) {
			found = &l->line[i];
			++*times;
		}
	return found;
}

static inline void pause_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
}

/* The state of a task as /proc has it, 0 when there is none. */
static inline char state_of(int pid)
{
	char path[64], text[512], *end;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1); /* a name may end a line */
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	end = strrchr(text, ')');
	return end && end[1] ? end[2] : 0;
}

/* Waits until it is so, five seconds at most. */
static inline bool state_becomes(int pid, char state)
{
	for (int ms = 0; ms < 5000; ms++) {
		if (state_of(pid) == state)
			return true;
		pause_ms(1);
	}
	return false;
}

static inline void end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

#endif
