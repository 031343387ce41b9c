// SPDX-License-Identifier: GPL-2.0-only
/*
 * The station and the soldiers of the document. Soldier processes are forked by a
 * barracks process and are its children. The station adopts them, and learns of the end
 * of each by SIGCHLD and wait(), as if it had forked them itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "uapi/adopt.h"

#define PATH "/dev/adopt"

enum { DONE = 0, FAILED = 1, USAGE = 2, MOST = 1000 };

static const char usage[] =
	"usage: adopt_station [--watch] [N]\n"
	"\n"
	"Has N soldiers (3) born by another process, adopts them, and waits for them. "
	"With\n"
	"--watch it stays a stranger, and is told of their ends by the device.\n"
	"\n"
	"  adopt_station 5\n"
	"  adopt_station --watch\n";

static volatile sig_atomic_t signals;

static void count(int number)
{
	(void)number;
	signals++;
}

static int failed(const char *what)
{
	fprintf(stderr, "adopt_station: cannot %s: %s; %s\n", what, strerror(errno),
		errno == ENOENT ? "load the module first: insmod adopt.ko"
				: "dmesg | tail may tell more");
	return FAILED;
}

/*
 * A soldier lives until its pipe to the station is closed; its exit status is its number.
 */
static void soldier(int line, int number)
{
	char c;

	(void)!read(line, &c, 1);
	_exit(number % 100);
}

/*
 * Tells the station the pids of the soldiers, and stays: it is their parent until they
 * are adopted.
 */
static void barracks(int tell, const int line[2], int n)
{
	close(line[1]);
	for (int i = 1; i <= n; i++) {
		pid_t pid = fork();

		if (!pid) {
			close(tell);
			soldier(line[0], i);
		}
		if (write(tell, &pid, sizeof(pid)) != sizeof(pid))
			_exit(FAILED);
	}
	pause();
	_exit(DONE);
}

static int collect(int n)
{
	for (int i = 0; i < n; i++) {
		int status;
		pid_t pid = wait(&status);

		if (pid < 0)
			return failed("wait for a soldier");
		printf("soldier %d: status %d, by wait()\n", pid, WEXITSTATUS(status));
	}
	return DONE;
}

static int listen_to(int fd, int n)
{
	for (int i = 0; i < n; i++) {
		struct adopt_event event;

		while (read(fd, &event, sizeof(event)) < 0)
			if (errno != EINTR)
				return failed("read an event");
		printf("soldier %d: status %d, by the device\n", event.pid,
		       WEXITSTATUS(event.status));
	}
	return DONE;
}

/* The barracks process is our own child and ends last. */
static int station(int fd, int n, bool watch, int told, int line, pid_t home)
{
	int err = DONE;

	for (int i = 0; i < n && !err; i++) {
		struct adopt_watch w = {.signal = SIGCHLD};
		pid_t pid;

		if (read(told, &pid, sizeof(pid)) != sizeof(pid))
			return failed("hear of a soldier");
		w.pid = pid;
		if (watch ? ioctl(fd, ADOPT_WATCH, &w) : ioctl(fd, ADOPT_ADOPT, &pid))
			err = failed(watch ? "watch a soldier" : "adopt a soldier");
	}
	if (!err)
		printf("%d soldiers %s\n", n, watch ? "watched" : "adopted");
	fflush(stdout);
	close(line);
	if (!err)
		err = watch ? listen_to(fd, n) : collect(n);
	printf("%d signals\n", (int)signals);
	kill(home, SIGKILL);
	waitpid(home, NULL, 0);
	return err;
}

int main(int argc, char **argv)
{
	bool watch = argc > 1 && !strcmp(argv[1], "--watch");
	int fd, told[2], line[2], n = argc > 1 + watch ? atoi(argv[1 + watch]) : 3;
	pid_t home;

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return DONE;
	}
	if (argc > 2 + watch || n < 1 || n > MOST) {
		fputs(usage, stderr);
		return USAGE;
	}
	fd = open(PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failed("open '" PATH "'");
	if (pipe(told) || pipe(line))
		return failed("make a pipe");
	signal(SIGCHLD, count);
	siginterrupt(SIGCHLD, 0);
	home = fork();
	if (!home)
		barracks(told[1], line, n);
	close(line[0]);
	return station(fd, n, watch, told[0], line[1], home);
}
