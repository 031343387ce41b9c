// SPDX-License-Identifier: GPL-2.0-only
/*
 * Listing thousands of tasks, inside one guest with modules/tasks loaded: the module's
 * file, a tight loop over /proc/PID/stat, and ps -e, in turns. See run.
 * usage: listing TASKS ROUNDS PS [ARG...]
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rounds.h"

enum { OURS, LOOP, PS, WAYS };

static void die(const char *what)
{
	fprintf(stderr, "listing: %s: %s\n", what, strerror(errno));
	kill(0, SIGKILL);
	exit(1);
}

/* Each returns how many tasks it saw. */
static unsigned int ours(void)
{
	static char buf[1 << 16];
	int fd = open("/proc/tasks/all", O_RDONLY);
	unsigned int lines = 0;
	ssize_t n;

	if (fd < 0)
		die("/proc/tasks/all");
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	close(fd);
	return lines;
}

static unsigned int loop(void)
{
	DIR *proc = opendir("/proc");
	unsigned int tasks = 0;
	struct dirent *e;
	char buf[1024];

	while ((e = readdir(proc))) {
		char name[sizeof(e->d_name) + 8];
		int fd;

		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		snprintf(name, sizeof(name), "%s/stat", e->d_name);
		fd = openat(dirfd(proc), name, O_RDONLY);
		if (fd < 0)
			continue;
		tasks += read(fd, buf, sizeof(buf)) > 0;
		close(fd);
	}
	closedir(proc);
	return tasks;
}

static unsigned int ps(char **argv)
{
	unsigned int lines = 0;
	int ends[2];
	char buf[4096];
	ssize_t n;
	pid_t pid;

	if (pipe(ends))
		die("pipe");
	pid = fork();
	if (!pid) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execv(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	while ((n = read(ends[0], buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n; i++)
			lines += buf[i] == '\n';
	close(ends[0]);
	waitpid(pid, NULL, 0);
	return lines;
}

static void make_tasks(int n)
{
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid)
			for (;;)
				pause();
	}
}

int main(int argc, char **argv)
{
	static double ms[WAYS][ROUNDS_MAX];
	unsigned int seen[WAYS] = {0};
	int tasks, rounds;

	if (argc < 4 || (tasks = atoi(argv[1])) < 1 || (rounds = atoi(argv[2])) < 1 ||
	    rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: listing TASKS ROUNDS PS [ARG...]\n");
		return 2;
	}
	make_tasks(tasks);
	for (int i = -1; i < rounds; i++) { /* the first does not count */
		for (int way = OURS; way < WAYS; way++) {
			double start = now_ms();

			seen[way] = way == OURS	  ? ours()
				    : way == LOOP ? loop()
						  : ps(argv + 3);
			if (i >= 0)
				ms[way][i] = now_ms() - start;
		}
	}
	printf("tasks seen: %u, %u, %u\n", seen[OURS], seen[LOOP], seen[PS]);
	print_row("/proc/tasks/all", ms[OURS], ms[OURS], rounds, 0);
	print_row("a loop over /proc/PID/stat", ms[LOOP], ms[OURS], rounds, 5);
	print_row("ps -e", ms[PS], ms[OURS], rounds, 20);
	fflush(stdout);
	signal(SIGTERM, SIG_IGN);
	kill(0, SIGTERM);
	return 0;
}
