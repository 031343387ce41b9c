/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests in C share: the lines of /proc/tasks. */
#ifndef TASKS_H
#define TASKS_H

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "ktest.h"

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

#endif
