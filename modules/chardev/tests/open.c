// SPDX-License-Identifier: GPL-2.0-only
/* Black box: who opens /dev/chardev, how many at once, and what each is told. */
#define _GNU_SOURCE
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "device.h"
#include "ktap.h"

#define NOBODY 65534

enum { OPENERS = 4, OPENS = 200, MANY = 64 };

static void counter(void)
{
	long long first = visit(), second = visit(), third = visit();

	ktap_why("the numbers were %lld, %lld, %lld (-1: none); each open counts, once, "
		 "however much of it is read",
		 first, second, third);
	ktap_ok(first >= 0 && second == first + 1 && third == second + 1,
		"each open gives a message with a number one higher");
}

/* The file's message from its beginning, wherever it has been read to. */
static bool says(int fd, const char *text)
{
	char got[TEXT_MAX];
	ssize_t n = pread(fd, got, sizeof(got), 0);

	return n == (ssize_t)strlen(text) && !memcmp(got, text, (size_t)n);
}

static void together(void)
{
	char texts[MANY][128];
	bool opened = true, own = true, stay = true;
	int fds[MANY];

	for (int i = 0; i < MANY; i++) {
		ssize_t n;

		fds[i] = open(DEVICE, O_RDONLY);
		opened &= fds[i] >= 0;
		n = read(fds[i], texts[i], sizeof(*texts) - 1);
		texts[i][n > 0 ? n : 0] = 0;
		own &= !i || number_in(texts[i]) == number_in(texts[i - 1]) + 1;
	}
	ktap_why("EBUSY is no protection: fork() gives the file to another process "
		 "without "
		 "any open; and whoever keeps it open locks all others out");
	ktap_ok(opened, "%d open it at the same time", MANY);
	ktap_why("keep what belongs to one open file in file->private_data, not in a "
		 "variable");
	ktap_ok(opened && own, "each has a message of its own");
	for (int i = 0; i < MANY; i++)
		stay &= says(fds[i], texts[i]);
	ktap_ok(opened && stay, "which stays the same while others open it");
	for (int i = 0; i < MANY; i++)
		close(fds[i]);
}

/* 0: refused, by open or by write, with an error that says so. */
static int try_write(int flags)
{
	int fd = open(DEVICE, flags), err = 0;

	if (fd < 0)
		return errno == EACCES || errno == EPERM || errno == EINVAL ||
				       errno == EROFS || errno == EOPNOTSUPP
			       ? 0
			       : errno;
	if (write(fd, "x", 1) >= 0)
		err = -1;
	else if (errno != EINVAL && errno != EBADF && errno != EPERM && errno != EACCES)
		err = errno;
	close(fd);
	return err;
}

static void writing(void)
{
	int err = try_write(O_WRONLY);
	long long before, after;

	err = err ? err : try_write(O_RDWR);
	ktap_why("root's write: %s", err < 0 ? "succeeded" : strerror(err));
	ktap_ok(!err, "a write is refused, even root's");
	before = visit();
	for (int i = 0; i < 20; i++)
		try_write(i % 2 ? O_RDWR : O_WRONLY);
	after = visit();
	ktap_why("%lld before, %lld after (-1: cannot be opened or read): what open has "
		 "taken "
		 "by the time it fails has to be given back, a flag \"in use\" too",
		 before, after);
	ktap_ok(before >= 0 && after > before, "and leaves nothing behind");
}

/* Exit status of somebody without rights: which step went wrong, 10 when it is not for
 * him. */
static int as_nobody(void)
{
	char byte;
	int fd;

	if (setgid(NOBODY) || setuid(NOBODY))
		return 1;
	if (open(DEVICE, O_WRONLY) >= 0 || open(DEVICE, O_RDWR) >= 0)
		return 2;
	fd = open(DEVICE, O_RDONLY);
	if (fd < 0)
		return errno == EACCES ? 10 : 3;
	return read(fd, &byte, 1) == 1 ? 0 : 4;
}

static int child(int (*run)(void))
{
	int status = -1;
	pid_t pid = fork();

	if (!pid)
		_exit(run());
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void nobody(void)
{
	int step = child(as_nobody);

	ktap_why("the node's mode gives others the right to write, which the device "
		 "cannot");
	ktap_ok(step != 2, "a user without rights cannot open it for writing");
	if (step == 10) {
		ktap_skip("it is root's, as devtmpfs makes a node that no .devnode opens "
			  "to all",
			  "but may read it");
		return;
	}
	ktap_ok(!step, "but may read it");
}

static int shared;

static int read_five(void)
{
	char got[5];

	return read(shared, got, 5) == 5 ? 0 : 1;
}

static void forked(void)
{
	char whole[TEXT_MAX], rest[TEXT_MAX];
	int n;

	shared = open(DEVICE, O_RDONLY);
	n = (int)pread(shared, whole, sizeof(whole) - 1, 0);
	whole[n < 0 ? 0 : n] = 0;
	ktap_ok(!child(read_five), "a child reads the file it inherited");
	n = read_all(shared, rest, sizeof(rest));
	ktap_why("after the child has read 5 bytes and ended, the parent gets \"%s\"",
		 n < 0 ? strerror(errno) : rest);
	ktap_ok(n >= 0 && !strcmp(rest, whole + 5),
		"its end does not close the parent's, who goes on where it stopped");
	close(shared);
}

static void odd_calls(void)
{
	struct pollfd poll_file = {.events = POLLIN};
	char byte;
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);

	poll_file.fd = fd;
	ktap_ok(poll(&poll_file, 1, 0) == 1 && poll_file.revents == POLLIN,
		"poll says that there is something to read");
	ktap_ok(read(fd, &byte, 1) == 1, "a read never has to wait");
	ktap_ok(ioctl(fd, 0x1234, 0) < 0 && (errno == ENOTTY || errno == EINVAL),
		"an ioctl is refused as unknown");
	close(fd);
}

static _Atomic uint8_t seen[OPENERS * OPENS];
static long long base; /* the number before all of theirs */
static char pattern[TEXT_MAX];
static atomic_int torn, foreign;

/* The message, its number aside, is the same for all. */
static bool whole(const char *text)
{
	size_t head = strcspn(text, "0123456789");
	const char *tail = text + head + strspn(text + head, "0123456789");
	size_t their = strcspn(pattern, "0123456789");

	return head == their && !memcmp(text, pattern, head) &&
	       !strcmp(tail, pattern + their + strspn(pattern + their, "0123456789"));
}

static void *opener(void *me)
{
	char text[TEXT_MAX];

	run_on_cpu((intptr_t)me);
	for (int i = 0; i < OPENS; i++) {
		int fd = open(DEVICE, O_RDONLY);
		int len = read_all(fd, text, 1 + (size_t)i % 70);
		long long n = len < 0 ? -1 : number_in(text) - base - 1;

		close(fd);
		torn += len < 0 || !whole(text);
		if (n < 0 || n >= OPENERS * OPENS)
			foreign++;
		else
			seen[n]++;
	}
	return NULL;
}

static void crowd(void)
{
	pthread_t threads[OPENERS];
	int fd = open(DEVICE, O_RDONLY), missing = 0, twice = 0;

	read_all(fd, pattern, sizeof(pattern));
	close(fd);
	base = number_in(pattern);
	for (intptr_t i = 0; i < OPENERS; i++)
		pthread_create(&threads[i], NULL, opener, (void *)i);
	for (int i = 0; i < OPENERS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < OPENERS * OPENS; i++) {
		missing += !seen[i];
		twice += seen[i] > 1;
	}
	ktap_why("%d of %d messages were mixed or incomplete", torn, OPENERS * OPENS);
	ktap_ok(!torn, "%d readers at the same time get whole messages", OPENERS);
	ktap_why("%d numbers were given twice, %d not at all, %d were out of range: an "
		 "int++ on two CPUs at once loses counts, an atomic does not",
		 twice, missing, foreign);
	ktap_ok(!twice && !missing && !foreign, "each of them a number of its own");
}

int main(void)
{
	ktap_plan(16);
	ktap_ok(visit() >= 0, "opens and reads");
	counter();
	together();
	writing();
	nobody();
	forked();
	odd_calls();
	crowd();
	return ktap_end();
}
