// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once through /dev/asee_mod, and every byte accounted for: writers and
 * readers, random sizes, signals, changes of the channel's size and interrupts, as long
 * as wanted.
 *
 * Two modes take turns. In "cells" there are many readers, and everything is a multiple
 * of 64 bytes, so that each reader gets whole records. In "stream" there is one reader,
 * sizes are odd, and the reader puts the records together again.
 *
 * What was written and what was read must be equal as sets, none lost and none twice:
 * each side adds up a hash of its records. One reader sees the records of one writer in
 * their order. A long write that an interrupt ends does not tell how much went through;
 * of such a write some first cells must have come, however many.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEVICE	"/dev/asee_mod"
#define SYS	"/sys/kernel/asee_mod/"
#define CELL	64u
#define LONGEST (256u * 1024)
#define MAGIC	0xa5ee

enum { TEAM_MAX = 32, RANGES = 65536, STUCK_S = 20 };

/* A cell, and the head of a record of the stream. */
struct record {
	uint16_t magic, writer;
	uint32_t length; /* with this head */
	uint64_t sequence;
	uint32_t range; /* the write that it is part of */
	uint32_t filler[9];
	uint64_t hash; /* of all before, and the writer's and sequence's alone */
};

_Static_assert(sizeof(struct record) == CELL, "a cell");

/* A write of more than one cell, as its writer knows it. */
struct range {
	uint64_t first;
	uint32_t cells;
	bool unknown; /* an interrupt ended it */
};

struct writer {
	_Alignas(64) _Atomic uint64_t records, sum, bytes, errors;
	struct range range[RANGES];
	_Atomic uint32_t arrived[RANGES]; /* cells of that write, counted by readers */
};

struct reader {
	_Alignas(64) _Atomic uint64_t records, sum, bytes, errors;
};

static struct shared {
	_Atomic bool stop_writers, stop_readers;
	_Atomic uint64_t signals, resizes, interrupts;
	_Atomic uint32_t wrong;
	char what[256]; /* the first thing that is wrong */
	struct writer writer[TEAM_MAX];
	struct reader reader[TEAM_MAX];
} * shared;

static struct {
	unsigned int seconds, writers, readers;
	uint64_t seed;
	bool interrupts, resizes;
} opt = {.seconds = 10, .writers = 4, .readers = 4, .seed = 1};

static bool stream; /* the way of this turn */

/* ---- small things ---- */

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static uint64_t draw(uint64_t *state)
{
	return mix(*state += 0x632be59bd9b4e019);
}

static uint64_t hash(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint64_t h = 0xcbf29ce484222325;

	while (n--)
		h = (h ^ *p++) * 0x100000001b3;
	return h;
}

static void wrong(const char *format, unsigned long long a, unsigned long long b)
{
	if (!shared->wrong++)
		snprintf(shared->what, sizeof(shared->what), format, a, b);
}

static bool put(const char *name, unsigned int number)
{
	char path[128], text[16];
	int fd, n = snprintf(text, sizeof(text), "%u", number);
	bool good;

	snprintf(path, sizeof(path), SYS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	good = fd >= 0 && write(fd, text, (size_t)n) == n;
	if (fd >= 0)
		close(fd);
	return good;
}

static long get(const char *name)
{
	char path[128], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), SYS "%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		strcpy(text, "-1");
	if (fd >= 0)
		close(fd);
	return atol(text);
}

static void wait_for(int fd, short events)
{
	struct pollfd p = {fd, events, 0};

	poll(&p, 1, 50);
}

/* ---- writers ---- */

static void make_record(struct record *r, unsigned int writer, uint64_t sequence,
			uint32_t length, uint32_t range)
{
	uint64_t state = sequence ^ (uint64_t)writer << 56;

	*r = (struct record){MAGIC, (uint16_t)writer, length, sequence, range, {0}, 0};
	for (size_t i = 0; i < 9; i++)
		r->filler[i] = (uint32_t)draw(&state);
	r->hash = hash(r, offsetof(struct record, hash));
	for (uint32_t i = CELL; i < length; i++)
		((unsigned char *)r)[i] = (unsigned char)(r->hash >> i % 56);
}

static void count_sent(struct writer *w, unsigned int number, uint64_t first, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++)
		w->sum += mix(number * 0x1000000000000 + first + i);
	w->records += n;
}

/* The slot is wanted again, or all is over: its write's cells have all arrived. */
static void settle(struct writer *w, unsigned int number, uint32_t slot)
{
	struct range *r = &w->range[slot];

	if (r->unknown && w->arrived[slot] > r->cells)
		wrong("%llu cells arrived of a write of %llu", w->arrived[slot],
		      r->cells);
	if (r->unknown)
		count_sent(w, number, r->first, w->arrived[slot]);
	*r = (struct range){0};
	w->arrived[slot] = 0;
}

enum sent { SENT, LOST, UNKNOWN };

/* @whole: up to PIPE_BUF and the channel's size; then an error means that nothing went.
 */
static enum sent send_all(int fd, const char *buf, size_t n, bool whole, struct writer *w)
{
	size_t at = 0;

	while (at < n) {
		ssize_t got = write(fd, buf + at, n - at);

		if (got > 0) {
			if (whole && (size_t)got < n)
				wrong("a write of %llu bytes came to %llu", n,
				      (unsigned long long)got);
			at += (size_t)got;
			w->bytes += (uint64_t)got;
		} else if (got < 0 && errno == EIO) {
			w->errors++;
			return whole ? LOST : UNKNOWN;
		} else if (got < 0 && errno == EAGAIN) {
			wait_for(fd, POLLOUT);
		} else if (got == 0 || errno != EINTR) {
			wrong("write() returned %llu, errno %llu",
			      (unsigned long long)got, (unsigned long long)errno);
			return LOST;
		}
	}
	return SENT;
}

/* Some cells in one write. One of them goes in one piece; more need not. */
static void write_cells(int fd, char *buf, unsigned int number, uint64_t *sequence,
			uint32_t id, uint64_t *state)
{
	struct writer *w = &shared->writer[number];
	uint32_t most = draw(state) % 8 ? 8 : LONGEST / CELL;
	uint32_t cells = 1 + (uint32_t)(draw(state) % most), slot = id % RANGES;
	enum sent sent;

	settle(w, number, slot);
	w->range[slot] = (struct range){*sequence, cells, cells > 1};
	for (uint32_t i = 0; i < cells; i++)
		make_record((struct record *)(buf + (size_t)i * CELL), number,
			    *sequence + i, CELL, id);
	sent = send_all(fd, buf, (size_t)cells * CELL, cells == 1, w);
	w->range[slot].unknown = sent == UNKNOWN;
	if (sent == SENT)
		count_sent(w, number, *sequence, cells);
	*sequence += cells;
}

/* A record of any length that goes in one piece. */
static void write_record(int fd, char *buf, unsigned int number, uint64_t *sequence,
			 uint64_t *state)
{
	struct writer *w = &shared->writer[number];
	uint32_t length = CELL + (uint32_t)(draw(state) % 900);

	make_record((struct record *)buf, number, *sequence, length, 0);
	if (send_all(fd, buf, length, true, w) == SENT)
		count_sent(w, number, *sequence, 1);
	++*sequence;
}

static void writer(unsigned int number, uint64_t seed)
{
	int flags = number % 3 == 2 ? O_NONBLOCK : 0;
	int fd = open(DEVICE, O_WRONLY | O_CLOEXEC | flags);
	uint64_t state = seed, sequence = 0;
	char *buf = malloc(LONGEST);

	if (fd < 0 || !buf)
		_exit(1);
	for (uint32_t id = 1; !shared->stop_writers; id++) {
		if (stream)
			write_record(fd, buf, number, &sequence, &state);
		else
			write_cells(fd, buf, number, &sequence, id, &state);
		if (draw(&state) % 256 == 0)
			usleep((useconds_t)(draw(&state) % 2000));
	}
	_exit(0);
}

/* ---- readers ---- */

static uint64_t expected_next[TEAM_MAX]; /* of each writer, for this reader */

static void take(const struct record *r, struct reader *self)
{
	struct record check;

	if (r->magic != MAGIC || r->writer >= opt.writers || r->length < CELL) {
		wrong("what came is no record: magic 0x%llx, writer %llu", r->magic,
		      r->writer);
		return;
	}
	make_record(&check, r->writer, r->sequence, CELL, r->range);
	check.length = r->length;
	if (r->hash != hash(r, offsetof(struct record, hash)))
		wrong("record %llu of writer %llu is damaged", r->sequence, r->writer);
	if (r->sequence < expected_next[r->writer])
		wrong("record %llu came behind record %llu of the same writer",
		      r->sequence, expected_next[r->writer] - 1);
	expected_next[r->writer] = r->sequence + 1;
	if (!stream)
		shared->writer[r->writer].arrived[r->range % RANGES]++;
	self->sum += mix(r->writer * 0x1000000000000 + r->sequence);
	self->records++;
}

static bool tail_good(const struct record *r)
{
	for (uint32_t i = CELL; i < r->length; i++)
		if (((const unsigned char *)r)[i] != (unsigned char)(r->hash >> i % 56))
			return false;
	return true;
}

/* Takes the whole records out of @n bytes; returns how many bytes those were. */
static size_t parse(const char *buf, size_t n, struct reader *self)
{
	static _Alignas(8) char whole[LONGEST];
	const struct record *r = (const struct record *)whole;
	size_t at = 0;

	while (n - at >= CELL && !shared->wrong) {
		memcpy(whole, buf + at, CELL);
		if (r->length > 1024 || (stream && n - at < r->length))
			break;
		memcpy(whole, buf + at, r->length);
		take(r, self);
		if (!tail_good(r))
			wrong("the end of record %llu of writer %llu is damaged",
			      r->sequence, r->writer);
		at += r->length;
	}
	if (n - at >= CELL && r->length > 1024)
		wrong("what came is no record: magic 0x%llx, length %llu", r->magic,
		      r->length);
	return at;
}

static ssize_t read_some(int fd, char *buf, size_t n, unsigned int way)
{
	struct iovec v[2] = {{buf, n / 2}, {buf + n / 2, n - n / 2}};

	return way % 2 ? readv(fd, v, 2) : read(fd, buf, n);
}

static void reader(unsigned int number, uint64_t seed)
{
	struct reader *self = &shared->reader[number];
	int flags = number % 3 == 2 ? O_NONBLOCK : 0;
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC | flags);
	size_t have = 0, rest;
	uint64_t state = seed;
	char *buf = malloc(LONGEST);

	if (fd < 0 || !buf)
		_exit(1);
	while (!shared->stop_readers) {
		size_t most = draw(&state) % 4 ? 2048 : LONGEST - 1024;
		size_t n = 1 + draw(&state) % (most - 1);
		ssize_t got;

		if (!stream)
			n = (n + CELL - 1) / CELL * CELL;
		got = read_some(fd, buf + have, n < LONGEST - have ? n : LONGEST - have,
				number);
		if (got > 0) {
			self->bytes += (uint64_t)got;
			have += (size_t)got;
			rest = have - parse(buf, have, self);
			memmove(buf, buf + have - rest, rest);
			have = rest;
			if (!stream && have)
				wrong("%llu bytes of a cell came alone after %llu", have,
				      (unsigned long long)got);
		} else if (got < 0 && errno == EIO) {
			self->errors++;
		} else if (got < 0 && errno == EAGAIN) {
			wait_for(fd, POLLIN);
		} else if (got == 0 || errno != EINTR) {
			wrong("read() returned %llu, errno %llu", (unsigned long long)got,
			      (unsigned long long)errno);
			break;
		}
	}
	if (have)
		wrong("%llu bytes of a record came, and no more (%llu)", have, 0);
	_exit(0);
}

/* ---- tasks that disturb the others, and one that checks for progress ---- */

static void nothing(int number)
{
	(void)number;
}

struct crew {
	pid_t writer[TEAM_MAX], reader[TEAM_MAX];
	unsigned int readers;
};

static pid_t begin(void (*fn)(unsigned int, uint64_t), unsigned int number, uint64_t seed)
{
	pid_t pid = fork();

	if (pid < 0) {
		perror("asee_stress: fork");
		exit(2);
	}
	if (!pid)
		fn(number, seed);
	return pid;
}

static void disturb(const struct crew *c, uint64_t *state)
{
	unsigned int who = (unsigned int)(draw(state) % (opt.writers + c->readers));
	unsigned int size = CELL * (16 + (unsigned int)(draw(state) % 2048));

	if (draw(state) % 4 == 0) {
		kill(who < opt.writers ? c->writer[who] : c->reader[who - opt.writers],
		     SIGUSR1);
		shared->signals++;
	}
	if (opt.resizes && draw(state) % 8 == 0)
		shared->resizes += put("asee_buf_size", stream ? size + 7 : size);
	if (opt.interrupts && draw(state) % 16 == 0)
		shared->interrupts += put("interrupt", 1);
}

static uint64_t bytes_read(void)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < TEAM_MAX; i++)
		sum += shared->reader[i].bytes;
	return sum;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Until @until, or something is wrong; false when nothing moves any more. */
static bool keep_going(const struct crew *c, double until, uint64_t *state)
{
	double moved = now_s();
	uint64_t before = 0;

	while (now_s() < until && !shared->wrong) {
		uint64_t bytes = bytes_read();

		if (bytes != before)
			moved = now_s();
		before = bytes;
		if (now_s() - moved > STUCK_S) {
			wrong("nothing moved for %llu s; %llu bytes came until then",
			      STUCK_S, bytes);
			return false;
		}
		disturb(c, state);
		usleep(1000);
	}
	return true;
}

static bool all_gone(pid_t *pid, unsigned int n)
{
	bool gone = true;

	for (unsigned int i = 0; i < n; i++)
		if (pid[i] && waitpid(pid[i], NULL, WNOHANG) == pid[i])
			pid[i] = 0;
		else
			gone &= !pid[i];
	return gone;
}

/* Sends the signal again and again: one may come before the sleep that it is to end. */
static void dismiss(pid_t *pid, unsigned int n)
{
	double begun = now_s();

	while (!all_gone(pid, n)) {
		for (unsigned int i = 0; i < n; i++)
			if (pid[i])
				kill(pid[i],
				     now_s() - begun > STUCK_S ? SIGKILL : SIGUSR1);
		usleep(2000);
	}
	if (now_s() - begun > STUCK_S)
		wrong("a task did not end for %llu s but by SIGKILL%.0llu", STUCK_S, 0);
}

static void drain(void)
{
	double begun = now_s();

	while (get("asee_buf_count") > 0 && !shared->wrong) {
		if (now_s() - begun > STUCK_S)
			wrong("%llu bytes stay in the channel with %llu readers",
			      (unsigned long long)get("asee_buf_count"), opt.readers);
		usleep(2000);
	}
}

/* One turn of one way. */
static void turn(double seconds, uint64_t *state)
{
	struct crew c = {.readers = stream ? 1 : opt.readers};

	shared->stop_writers = shared->stop_readers = false;
	/* The stream leaves an odd size behind, which would cut cells in two. It is
	 * empty. */
	if (opt.resizes && !put("asee_buf_size", 64 * 1024))
		wrong("the empty channel refuses %llu bytes%.0llu", 64 * 1024, 0);
	for (unsigned int i = 0; i < opt.writers; i++)
		c.writer[i] = begin(writer, i, draw(state));
	for (unsigned int i = 0; i < c.readers; i++)
		c.reader[i] = begin(reader, i, draw(state));
	keep_going(&c, now_s() + seconds, state);
	shared->stop_writers = true;
	/*
	 * A writer goes on with a write that a signal ended: it needs room until the end.
	 */
	dismiss(c.writer, opt.writers);
	drain();
	shared->stop_readers = true;
	dismiss(c.reader, c.readers);
}

/* ---- the account ---- */

struct sums {
	uint64_t records, sum, bytes, errors;
};

static void account(struct sums *in, struct sums *out)
{
	for (unsigned int i = 0; i < opt.writers; i++) {
		struct writer *w = &shared->writer[i];

		for (uint32_t slot = 0; slot < RANGES; slot++)
			settle(w, i, slot);
		in->records += w->records;
		in->sum += w->sum;
		in->bytes += w->bytes;
		in->errors += w->errors;
	}
	for (unsigned int i = 0; i < TEAM_MAX; i++) {
		out->records += shared->reader[i].records;
		out->sum += shared->reader[i].sum;
		out->bytes += shared->reader[i].bytes;
		out->errors += shared->reader[i].errors;
	}
	if (in->records != out->records)
		wrong("%llu records were written, %llu were read", in->records,
		      out->records);
	else if (in->sum != out->sum)
		wrong("of %llu records some came twice and as many not at all (%llu)",
		      in->records, in->sum - out->sum);
}

static int report(const struct sums *in, const struct sums *out, long module_in)
{
	long queued = get("asee_buf_count");

	if (module_in >= 0 && !shared->wrong &&
	    (uint64_t)(get("bytes_in") - module_in) != out->bytes)
		wrong("the module counts %llu bytes in, %llu were read",
		      (unsigned long long)(get("bytes_in") - module_in), out->bytes);
	printf("%llu records, %llu bytes, %llu signals, %llu sizes, %llu interrupts "
	       "(%llu calls ended)\n",
	       (unsigned long long)out->records, (unsigned long long)out->bytes,
	       (unsigned long long)shared->signals, (unsigned long long)shared->resizes,
	       (unsigned long long)shared->interrupts,
	       (unsigned long long)(in->errors + out->errors));
	if (!shared->wrong) {
		printf("all accounted for\n");
		return 0;
	}
	printf("WRONG: %s (%u in all; %ld bytes queued; --seed %llu)\n", shared->what,
	       shared->wrong, queued, (unsigned long long)opt.seed);
	return 1;
}

/* ---- command line ---- */

static const char help[] =
	"usage: asee_stress [OPTION...]\n\n"
	"Writers and readers at " DEVICE ", random sizes, signals, changes of\n"
	"the size and interrupts meanwhile; then every byte is accounted for.\n\n"
	"  kmlab run modules/asee_mod -- asee_stress\n"
	"  kmlab run -t 700 -p lock=spin modules/asee_mod -- asee_stress -s 600\n\n"
	"  -s, --seconds N   how long (10)\n"
	"  -w, --writers N   tasks that write (4)\n"
	"  -r, --readers N   tasks that read (4)\n"
	"      --seed N      of what is drawn (1)\n"
	"  -h, --help        show this help\n\n"
	"Exit status: 0 all accounted for, 1 something was wrong, 2 it could not "
	"begin.\n";

static unsigned int number(const char *text, unsigned int most)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || end == text || *text == '-' || !n || n > most) {
		fprintf(stderr, "asee_stress: '%s' is not a number from 1 to %u\n", text,
			most);
		exit(2);
	}
	return (unsigned int)n;
}

static void options(int argc, char **argv)
{
	static const struct option all[] = {
		{"seconds", 1, NULL, 's'}, {"writers", 1, NULL, 'w'},
		{"readers", 1, NULL, 'r'}, {"seed", 1, NULL, 'S'},
		{"help", 0, NULL, 'h'},	   {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "s:w:r:h", all, NULL)) != -1)
		switch (c) {
		case 's':
			opt.seconds = number(optarg, 1000000);
			break;
		case 'w':
			opt.writers = number(optarg, TEAM_MAX);
			break;
		case 'r':
			opt.readers = number(optarg, TEAM_MAX);
			break;
		case 'S':
			opt.seed = number(optarg, UINT32_MAX);
			break;
		case 'h':
			fputs(help, stdout);
			exit(0);
		default:
			exit(2);
		}
}

/* It must block, be empty, and take a size that fits the records. */
static void check_device(void)
{
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char byte;

	if (fd < 0) {
		perror("asee_stress: " DEVICE);
		exit(2);
	}
	if (read(fd, &byte, 1) != -1 || errno != EAGAIN) {
		fprintf(stderr, "asee_stress: the channel is not empty, or does not "
				"block; load it with policy=block\n");
		exit(2);
	}
	close(fd);
	opt.resizes = put("asee_buf_size", 64 * 1024);
	opt.interrupts = access(SYS "interrupt", W_OK) == 0;
}

int main(int argc, char **argv)
{
	struct sums in = {0}, out = {0};
	uint64_t state;
	long module_in;
	double each;

	options(argc, argv);
	check_device();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("asee_stress: memory");
		return 2;
	}
	sigaction(SIGUSR1, &(struct sigaction){.sa_handler = nothing}, NULL);
	module_in = get("bytes_in");
	state = opt.seed;
	each = opt.seconds > 40 ? 10 : opt.seconds / 4.0; /* twice each way */
	for (double left = opt.seconds; left > 0.01 && !shared->wrong; left -= each) {
		turn(each < left ? each : left, &state);
		stream = !stream;
	}
	account(&in, &out);
	return report(&in, &out, module_in);
}
