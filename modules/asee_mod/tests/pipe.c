// SPDX-License-Identifier: GPL-2.0-only
/* The channel as a pipe: what reads and writes do, each check on a real pipe first. */
#define _GNU_SOURCE /* splice */
#include <sys/sendfile.h>
#include <sys/uio.h>

#include "asee.h"

static bool same(const char *got, const char *want, ssize_t n)
{
	return n == (ssize_t)strlen(want) && !memcmp(got, want, (size_t)n);
}

static void partial_reads(struct subject *s)
{
	char buf[100];
	ssize_t n;

	(void)!write(s->w, "ab\ncd\n", 6);
	n = read(s->r, buf, sizeof(buf));
	ktap_why("a read returns the bytes there are and does not wait for more; "
		 "newlines are "
		 "bytes like others: got %zd bytes",
		 n);
	ktap_ok(same(buf, "ab\ncd\n", n), "%s: a read gets what there is", s->name);

	(void)!write(s->w, "abcdef", 6);
	n = read(s->r, buf, 4);
	ktap_ok(same(buf, "abcd", n), "%s: a short read gets no more than it wants",
		s->name);
	ktap_ok(queued(s) == 2, "%s: and leaves the rest", s->name);
	n = read(s->r, buf, 4);
	ktap_ok(same(buf, "ef", n), "%s: to the next", s->name);
}

static void zero(struct subject *s)
{
	char byte = 'x';

	ktap_ok(read(s->r, &byte, 0) == 0, "%s: a read of nothing does not wait",
		s->name);
	fill(s, '.');
	ktap_ok(write(s->w, &byte, 0) == 0, "%s: a write of nothing does not wait",
		s->name);
	drain(s);
}

static int read_one(void *arg)
{
	const struct subject *s = arg;
	char byte;

	return read(s->r, &byte, 1) == 1 ? byte : 255;
}

static int write_one(void *arg)
{
	const struct subject *s = arg;

	return write(s->w, "w", 1) == 1 ? 0 : 255;
}

static void blocking(struct subject *s)
{
	char byte;
	pid_t pid;

	pid = start(read_one, s);
	ktap_ok(wait_asleep(pid, SYS_read), "%s: a reader of nothing sleeps", s->name);
	(void)!write(s->w, "r", 1);
	ktap_ok(ended(pid) == 'r', "%s: and gets the first byte that comes", s->name);

	/* A pipe has room again when a whole page was read. */
	fill(s, '.');
	pid = start(write_one, s);
	ktap_ok(wait_asleep(pid, SYS_write), "%s: a writer without room sleeps", s->name);
	for (int i = 0; i < (s->device ? 1 : 4096); i++)
		(void)!read(s->r, &byte, 1);
	ktap_why("one byte of room is enough for one byte");
	ktap_ok(ended(pid) == 0, "%s: and goes on when there is some", s->name);
	drain(s);
}

static void without_blocking(struct subject *s)
{
	static char bytes[CAPACITY + 5000];
	bool good;
	ssize_t n;

	nonblocking(s->r, true);
	nonblocking(s->w, true);
	n = read(s->r, bytes, 1);
	ktap_ok(n < 0 && errno == EAGAIN, "%s: O_NONBLOCK: EAGAIN when empty", s->name);
	n = write(s->w, bytes, sizeof(bytes));
	ktap_why("a write longer than PIPE_BUF takes what room there is: %d bytes, got "
		 "%zd",
		 CAPACITY, n);
	ktap_ok(n == CAPACITY, "%s: O_NONBLOCK: a long write is cut short", s->name);
	n = write(s->w, bytes, 1);
	ktap_ok(n < 0 && errno == EAGAIN, "%s: O_NONBLOCK: EAGAIN when full", s->name);

	good = read(s->r, bytes, 100) == 100;
	n = write(s->w, bytes, PIPE_BUF);
	ktap_why("a write of at most PIPE_BUF bytes is never done by half: room for 100, "
		 "wrote %zd of %d",
		 n, PIPE_BUF);
	ktap_ok(good && n < 0 && errno == EAGAIN && queued(s) == CAPACITY - 100,
		"%s: O_NONBLOCK: all of PIPE_BUF or nothing", s->name);
	drain(s);
	nonblocking(s->w, false);
}

enum { LONG = 300000 };

static int write_long(void *arg)
{
	static unsigned char bytes[LONG];
	const struct subject *s = arg;

	for (size_t i = 0; i < LONG; i++)
		bytes[i] = pattern(i);
	return write(s->w, bytes, LONG) == LONG ? 0 : 1;
}

/* Odd sizes, so that the end of the ring comes at every place of a write. */
static void long_write(struct subject *s)
{
	pid_t pid = start(write_long, s);
	unsigned char buf[8192];
	size_t at = 0, wrong = 0;

	while (at < LONG) {
		ssize_t n = read(s->r, buf, 1 + (at * 7919) % sizeof(buf));

		if (n <= 0)
			break;
		for (ssize_t i = 0; i < n; i++)
			wrong += buf[i] != pattern(at++);
	}
	ktap_why("%zu of %d bytes came, %zu of them wrong", at, LONG, wrong);
	ktap_ok(at == LONG && !wrong, "%s: a long write arrives whole and in order",
		s->name);
	ktap_ok(ended(pid) == 0, "%s: and returns when all of it is written", s->name);
}

enum { WRITERS = 4, RECORDS = 60 };

struct team {
	const struct subject *s;
	int number;
};

static int write_records(void *arg)
{
	const struct team *t = arg;
	char record[PIPE_BUF];

	memset(record, 'A' + t->number, sizeof(record));
	for (int i = 0; i < RECORDS; i++)
		if (write(t->s->w, record, sizeof(record)) != sizeof(record))
			return 1;
	return 0;
}

static void atomic_writes(struct subject *s)
{
	struct team team[WRITERS];
	pid_t pid[WRITERS];
	int mixed = 0, bad = 0;
	char buf[PIPE_BUF];

	for (int i = 0; i < WRITERS; i++) {
		team[i] = (struct team){s, i};
		pid[i] = start(write_records, &team[i]);
	}
	for (int i = 0; i < WRITERS * RECORDS; i++) {
		for (size_t at = 0; at < sizeof(buf);) {
			ssize_t n = read(s->r, buf + at, sizeof(buf) - at);

			if (n <= 0)
				break;
			at += (size_t)n;
		}
		mixed += memcmp(buf, buf + 1, sizeof(buf) - 1) != 0;
	}
	for (int i = 0; i < WRITERS; i++)
		bad += ended(pid[i]);
	ktap_why("%d of %d records are mixed from several writers", mixed,
		 WRITERS * RECORDS);
	ktap_ok(!mixed && !bad, "%s: writes of PIPE_BUF are in one piece", s->name);
}

static void vectors(struct subject *s)
{
	char a[3], b[10];
	struct iovec out[] = {{"abc", 3}, {"", 0}, {"defgh", 5}};
	struct iovec in[] = {{a, 3}, {b, 10}};

	ktap_ok(writev(s->w, out, 3) == 8 && readv(s->r, in, 2) == 8 &&
			!memcmp(a, "abc", 3) && !memcmp(b, "defgh", 5),
		"%s: writev and readv", s->name);
}

static void positions(struct subject *s)
{
	char byte;

	ktap_ok(lseek(s->r, 0, SEEK_SET) < 0 && errno == ESPIPE,
		"%s: there is no position: lseek is ESPIPE", s->name);
	ktap_ok(pread(s->r, &byte, 1, 0) < 0 && errno == ESPIPE &&
			pwrite(s->w, &byte, 1, 0) < 0 && errno == ESPIPE,
		"%s: and so are pread and pwrite", s->name);
}

static void splicing(struct subject *s)
{
	char buf[64];
	int fds[2], file;
	ssize_t n;

	if (pipe(fds))
		return;
	(void)!write(fds[1], "spliced in", 10);
	n = splice(fds[0], NULL, s->w, NULL, 10, 0);
	ktap_ok(n == 10 && read(s->r, buf, sizeof(buf)) == 10 &&
			!memcmp(buf, "spliced in", 10),
		"%s: splice from a pipe", s->name);
	(void)!write(s->w, "spliced out", 11);
	n = splice(s->r, NULL, fds[1], NULL, 11, 0);
	fill(s, '!');
	drain(s);
	ktap_why("the bytes have left: what is written later must not change them, as it "
		 "would where the pipe got a page that is still in use");
	ktap_ok(n == 11 && read(fds[0], buf, sizeof(buf)) == 11 &&
			!memcmp(buf, "spliced out", 11),
		"%s: splice to a pipe", s->name);
	close(fds[0]);
	close(fds[1]);

	file = open("/tmp/asee.file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	(void)!write(file, "sent", 4);
	n = sendfile(s->w, file, &(off_t){0}, 4);
	ktap_ok(n == 4 && read(s->r, buf, sizeof(buf)) == 4 && !memcmp(buf, "sent", 4),
		"%s: sendfile from a file", s->name);
	close(file);
}

/* Whoever reads holds up nobody who shares the open file, as after a fork. */
static void sharing(struct subject *s)
{
	pid_t pid = start(read_one, s);

	wait_asleep(pid, SYS_read);
	ktap_why("the lock of a file with a position is held over a read: such a file "
		 "cannot "
		 "be written to by others while a reader waits");
	ktap_ok(write(s->w, "f", 1) == 1 && ended(pid) == 'f',
		"%s: a reader asleep does not lock the file it shares", s->name);
}

enum { TEAM = 4, MESSAGES = 1500 };

struct message {
	uint32_t writer, number;
	uint64_t sum[7];
};

struct tally {
	_Atomic uint32_t got, wrong, disordered;
};

struct reader {
	const struct subject *s;
	struct tally *tally;
};

static int write_messages(void *arg)
{
	const struct team *t = arg;

	for (uint32_t i = 0; i < MESSAGES; i++) {
		struct message m = {.writer = (uint32_t)t->number, .number = i};

		for (unsigned int k = 0; k < 7; k++)
			m.sum[k] = ((uint64_t)m.writer << 32 | i) * (k + 3);
		if (write(t->s->w, &m, sizeof(m)) != sizeof(m))
			return 1;
	}
	return 0;
}

/* Each reader sees some of each writer's messages, and those in their order. */
static int read_messages(void *arg)
{
	const struct reader *r = arg;
	int64_t last[TEAM] = {-1, -1, -1, -1};
	struct message m;

	while (read(r->s->r, &m, sizeof(m)) == sizeof(m)) {
		bool wrong = m.writer >= TEAM;

		for (unsigned int k = 0; k < 7; k++)
			wrong |= m.sum[k] !=
				 ((uint64_t)m.writer << 32 | m.number) * (k + 3);
		if (wrong)
			r->tally->wrong++;
		else if (m.number <= last[m.writer])
			r->tally->disordered++;
		if (!wrong)
			last[m.writer] = m.number;
		r->tally->got++;
	}
	r->tally->wrong++;
	return 1;
}

static void many_to_many(struct subject *s)
{
	struct reader reader = {s, shared_memory(sizeof(struct tally))};
	struct team team[TEAM];
	pid_t w[TEAM], r[TEAM];
	int bad = 0;

	for (int i = 0; i < TEAM; i++) {
		team[i] = (struct team){s, i};
		r[i] = start(read_messages, &reader);
		w[i] = start(write_messages, &team[i]);
	}
	for (int i = 0; i < TEAM; i++)
		bad += ended(w[i]);
	while (reader.tally->got < TEAM * MESSAGES)
		pause_ms(1);
	for (int i = 0; i < TEAM; i++) {
		kill(r[i], SIGKILL);
		ended(r[i]);
	}
	ktap_why("%u messages, %u damaged, %u out of order", reader.tally->got,
		 reader.tally->wrong, reader.tally->disordered);
	ktap_ok(!bad && reader.tally->got == TEAM * MESSAGES && !reader.tally->wrong &&
			!reader.tally->disordered && queued(s) == 0,
		"%s: four writers, four readers: each message once, whole, in order",
		s->name);
}

static void checks(struct subject *s)
{
	partial_reads(s);
	zero(s);
	blocking(s);
	without_blocking(s);
	long_write(s);
	atomic_writes(s);
	vectors(s);
	positions(s);
	splicing(s);
	sharing(s);
	many_to_many(s);
}

int main(void)
{
	return with_each(checks, 25, true, NULL, 0);
}
