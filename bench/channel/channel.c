// SPDX-License-Identifier: GPL-2.0-only
/*
 * Measures the channel of modules/asee_mod and pipe(2) inside one guest: for every figure
 * of the module there is one of a pipe, taken milliseconds earlier or later. The script
 * run starts this and explains the columns.
 * usage: channel MODULE.ko ROUNDS MILLISECONDS RESULTS.tsv
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DEVICE	"/dev/asee_mod"
#define KIB	1024u
#define MIB	(1024u * KIB)
#define TEAM	4
#define SAMPLES 2048
#define LEAST	8     /* messages in a window, however long that takes */
#define STUCK_S 20ull /* without a byte is no figure */

/* What is measured, and with which pipe it is compared. */
static const struct subject {
	const char *name, *lock; /* no lock: a pipe */
	unsigned int buffer;
	unsigned int same; /* the subject that is the pipe of the same size */
} subjects[] = {
	{"pipe", NULL, 64 * KIB, 0},	 {"pipe-1m", NULL, MIB, 1},
	{"spin", "spin", 64 * KIB, 0},	 {"mutex", "mutex", 64 * KIB, 0},
	{"split", "split", 64 * KIB, 0}, {"split-1m", "split", MIB, 1},
};

enum { SUBJECTS = sizeof(subjects) / sizeof(subjects[0]) };

static const unsigned int sizes[] = {1, 64, 4 * KIB, 64 * KIB, MIB};
static const struct team {
	unsigned int writers, readers;
} teams[] = {{1, 1}, {4, 1}, {1, 4}, {4, 4}};

enum { SIZES = 5, TEAMS = 4, ROUNDS_MAX = 64 };

/* The figures of one task, on a cache line of their own. */
struct tally {
	_Alignas(64) _Atomic uint64_t bytes, calls;
	_Atomic unsigned int n_samples;
	uint32_t sample[SAMPLES]; /* ns from before write() to after read(), the last */
};

struct figures {
	double mib_s, switches; /* of all tasks, for each message */
	double p50, p90, p99;	/* µs; 0: not available */
};

static struct tally *tallies;
static struct figures results[SIZES][TEAMS][SUBJECTS][ROUNDS_MAX];
static struct figures idle[SUBJECTS][ROUNDS_MAX];
static const char *module;
static unsigned int run_ms;

static void die(const char *what)
{
	fprintf(stderr, "channel: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void sleep_ns(uint64_t ns)
{
	struct timespec t = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

/* ---- the subjects ---- */

static void load(const struct subject *s)
{
	char params[64];
	int fd = open(module, O_RDONLY | O_CLOEXEC);

	snprintf(params, sizeof(params), "lock=%s size=%u", s->lock, s->buffer);
	if (fd < 0 || syscall(SYS_finit_module, fd, params, 0))
		die("loading the module");
	close(fd);
}

static void unload(void)
{
	if (syscall(SYS_delete_module, "asee_mod", O_NONBLOCK))
		die("unloading the module");
}

static void subject_open(const struct subject *s, int fds[2])
{
	if (s->lock) {
		fds[0] = open(DEVICE, O_RDONLY);
		fds[1] = open(DEVICE, O_WRONLY);
		if (fds[0] < 0 || fds[1] < 0)
			die(DEVICE);
	} else if (pipe(fds) || fcntl(fds[1], F_SETPIPE_SZ, (int)s->buffer) < 0) {
		die("pipe");
	}
}

/* Empties it for the next measurement: a pipe disappears with its files, the device does
 * not. */
static void subject_close(const struct subject *s, int fds[2])
{
	static char rest[64 * KIB];

	if (s->lock) {
		fcntl(fds[0], F_SETFL, O_NONBLOCK);
		while (read(fds[0], rest, sizeof(rest)) > 0)
			;
	}
	close(fds[0]);
	close(fds[1]);
}

/* ---- the tasks ---- */

static _Noreturn void writes(int fd, char *buf, size_t size, struct tally *t,
			     uint64_t pause, uint64_t n)
{
	for (uint64_t i = 0; !n || i < n; i++) {
		uint64_t stamp = now_ns();

		if (size >= sizeof(stamp))
			memcpy(buf, &stamp, sizeof(stamp));
		for (size_t at = 0; at < size;) {
			ssize_t got = write(fd, buf + at, size - at);

			if (got < 0)
				_exit(1);
			at += (size_t)got;
		}
		t->calls++;
		if (pause)
			sleep_ns(pause);
	}
	_exit(0);
}

/*
 * @stamped: messages arrive whole, because all have one size, which is written in one
 * piece and divides the channel's size.
 */
static _Noreturn void reads(int fd, char *buf, size_t size, struct tally *t, bool stamped)
{
	for (;;) {
		ssize_t got = read(fd, buf, size);
		uint64_t stamp, now;

		if (got <= 0)
			_exit(1);
		t->bytes += (uint64_t)got;
		if (!stamped || got != (ssize_t)size)
			continue;
		now = now_ns();
		memcpy(&stamp, buf, sizeof(stamp));
		t->sample[t->n_samples++ % SAMPLES] = (uint32_t)(now - stamp);
	}
}

static void wait_gate(const int gate[2])
{
	char c;

	close(gate[1]);
	(void)!read(gate[0], &c, 1);
	close(gate[0]);
}

struct crew {
	pid_t pid[2 * TEAM];
	unsigned int writers, readers;
	int gate[2];
};

static char *buffer(size_t size)
{
	char *buf = aligned_alloc(4096, (size + 4095) & ~(size_t)4095);

	if (!buf)
		die("memory");
	memset(buf, 'x', size);
	return buf;
}

static void crew_start(struct crew *c, const struct team *team, const int fds[2],
		       size_t size, uint64_t pause, uint64_t n)
{
	bool stamped = size >= 64 && size <= 4 * KIB;

	*c = (struct crew){.writers = team->writers, .readers = team->readers};
	if (pipe(c->gate))
		die("pipe");
	for (unsigned int i = 0; i < c->writers + c->readers; i++) {
		tallies[i].bytes = tallies[i].calls = 0;
		tallies[i].n_samples = 0;
		c->pid[i] = fork();
		if (c->pid[i] < 0)
			die("fork");
		if (c->pid[i])
			continue;
		char *buf = buffer(size);

		wait_gate(c->gate);
		if (i < c->writers)
			writes(fds[1], buf, size, &tallies[i], pause, n);
		reads(fds[0], buf, size, &tallies[i], stamped);
	}
	sleep_ns(2000000); /* all tasks are ready to start */
	close(c->gate[0]);
	close(c->gate[1]);
}

static uint64_t crew_bytes(const struct crew *c)
{
	uint64_t sum = 0;

	for (unsigned int i = c->writers; i < c->writers + c->readers; i++)
		sum += tallies[i].bytes;
	return sum;
}

/* Returns the context switches of all tasks. */
static uint64_t crew_end(const struct crew *c)
{
	uint64_t switches = 0;

	for (unsigned int i = 0; i < c->writers + c->readers; i++)
		kill(c->pid[i], SIGKILL);
	for (unsigned int i = 0; i < c->writers + c->readers; i++) {
		struct rusage use;

		if (wait4(c->pid[i], NULL, 0, &use) < 0)
			die("wait4");
		switches += (uint64_t)(use.ru_nvcsw + use.ru_nivcsw);
	}
	return switches;
}

/* ---- figures ---- */

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void percentiles(const struct crew *c, struct figures *f)
{
	static uint32_t all[TEAM * SAMPLES];
	unsigned int n = 0;

	for (unsigned int i = c->writers; i < c->writers + c->readers; i++) {
		unsigned int have = tallies[i].n_samples;

		have = have < SAMPLES ? have : SAMPLES;
		memcpy(all + n, tallies[i].sample, have * sizeof(*all));
		n += have;
	}
	if (!n)
		return;
	qsort(all, n, sizeof(*all), by_value);
	f->p50 = all[n / 2] / 1e3;
	f->p90 = all[n * 9 / 10] / 1e3;
	f->p99 = all[n * 99 / 100] / 1e3;
}

/* Waits until the time has passed and enough bytes have come; returns how many. */
static uint64_t watch(const struct crew *c, uint64_t ns, uint64_t least)
{
	const uint64_t from = crew_bytes(c), start = now_ns();

	sleep_ns(ns);
	while (crew_bytes(c) - from < least) {
		if (now_ns() - start > STUCK_S * 1000000000u) {
			errno = ETIMEDOUT;
			die("nothing moves");
		}
		sleep_ns(1000000);
	}
	return crew_bytes(c) - from;
}

/*
 * The first quarter is not counted: an emulator is still translating new code then, and
 * the tasks are not yet in step. The switches are counted over the whole time.
 */
static struct figures measure(const struct subject *s, const struct team *team,
			      size_t size)
{
	struct figures f = {0};
	struct crew c;
	int fds[2];
	uint64_t start, bytes, ns, all, switches;

	subject_open(s, fds);
	crew_start(&c, team, fds, size, 0, 0);
	watch(&c, run_ms * 250000ull, size);
	start = now_ns();
	bytes = watch(&c, run_ms * 1000000ull, LEAST * size);
	ns = now_ns() - start;
	all = crew_bytes(&c);
	switches = crew_end(&c);
	f.mib_s = (double)bytes / MIB / ((double)ns / 1e9);
	f.switches = (double)switches / ((double)all / (double)size);
	percentiles(&c, &f);
	subject_close(s, fds);
	return f;
}

/* One message at a time to a reader that sleeps: how long it takes to be woken. */
static struct figures measure_idle(const struct subject *s)
{
	const struct team team = {1, 1};
	struct figures f = {0};
	struct crew c;
	int fds[2];

	subject_open(s, fds);
	crew_start(&c, &team, fds, 64, 300000, run_ms * 2);
	waitpid(c.pid[0], NULL, 0);
	kill(c.pid[1], SIGKILL);
	waitpid(c.pid[1], NULL, 0);
	percentiles(&c, &f);
	subject_close(s, fds);
	return f;
}

/* ---- output ---- */

static int by_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct spread {
	double low, median, high;
};

/*
 * Statistics of the ratios within a round, since the two were measured close together in
 * time. Quartiles, because a busy host now and then takes the processor away for longer
 * than a whole window.
 */
static struct spread ratio(const struct figures *of, const struct figures *to,
			   unsigned int rounds, size_t member)
{
	double r[ROUNDS_MAX];

	for (unsigned int i = 0; i < rounds; i++) {
		double a, b;

		memcpy(&a, (const char *)&of[i] + member, sizeof(a));
		memcpy(&b, (const char *)&to[i] + member, sizeof(b));
		r[i] = a / b;
	}
	qsort(r, rounds, sizeof(*r), by_double);
	return (struct spread){r[rounds / 4], r[rounds / 2], r[rounds - 1 - rounds / 4]};
}

static double median(const struct figures *of, unsigned int rounds, size_t member)
{
	double v[ROUNDS_MAX];

	for (unsigned int i = 0; i < rounds; i++)
		memcpy(&v[i], (const char *)&of[i] + member, sizeof(v[i]));
	qsort(v, rounds, sizeof(*v), by_double);
	return v[rounds / 2];
}

#define MEDIAN(of, rounds, member) median(of, rounds, offsetof(struct figures, member))
#define RATIO(of, to, rounds, member)                                                    \
	ratio(of, to, rounds, offsetof(struct figures, member))

/* Compared with the pipe of the same size. */
static double goal(unsigned int size, const struct team *team)
{
	if (team->writers == TEAM && team->readers == TEAM)
		return 2;
	return size >= 4 * KIB ? 1.5 : 1;
}

static const char *size_name(unsigned int size)
{
	static char name[16];

	if (size >= MIB)
		snprintf(name, sizeof(name), "%u MiB", size / MIB);
	else if (size >= KIB)
		snprintf(name, sizeof(name), "%u KiB", size / KIB);
	else
		snprintf(name, sizeof(name), "%u B", size);
	return name;
}

/* One line a subject; returns whether a goal was missed. */
static bool print_subject(unsigned int i, unsigned int j, unsigned int k,
			  unsigned int rounds)
{
	const struct subject *s = &subjects[k];
	const struct figures *f = results[i][j][k], *same = results[i][j][s->same];
	struct spread x = RATIO(f, same, rounds, mib_s);
	struct spread y = RATIO(f, results[i][j][0], rounds, mib_s);
	bool ours = s->lock && !strcmp(s->lock, "split");
	bool missed = ours && x.median < goal(sizes[i], &teams[j]);

	printf("%-8s %u:%u  %-9s %9.2f %8.3f", size_name(sizes[i]), teams[j].writers,
	       teams[j].readers, s->name, MEDIAN(f, rounds, mib_s),
	       MEDIAN(f, rounds, switches));
	if (f->p50 > 0)
		printf(" %7.0f %7.0f %7.0f", MEDIAN(f, rounds, p50),
		       MEDIAN(f, rounds, p90), MEDIAN(f, rounds, p99));
	else
		printf(" %7s %7s %7s", "-", "-", "-");
	if (s->lock)
		printf("  %5.2f (%4.2f-%4.2f) %6.2f", x.median, x.low, x.high, y.median);
	if (ours)
		printf("  goal %.1f%s", goal(sizes[i], &teams[j]),
		       missed ? " MISSED" : "");
	printf("\n");
	return missed;
}

static void print_idle(unsigned int rounds)
{
	printf("\n64 B at a time to a reader that sleeps: µs from write() to read()\n");
	printf("%-9s %7s %7s %7s   p50 beside the pipe\n", "", "p50", "p90", "p99");
	for (unsigned int k = 0; k < SUBJECTS; k++) {
		struct spread x = RATIO(idle[k], idle[subjects[k].same], rounds, p50);

		printf("%-9s %7.1f %7.1f %7.1f", subjects[k].name,
		       MEDIAN(idle[k], rounds, p50), MEDIAN(idle[k], rounds, p90),
		       MEDIAN(idle[k], rounds, p99));
		if (subjects[k].lock)
			printf("   %.2f (%.2f-%.2f)", x.median, x.low, x.high);
		printf("\n");
	}
}

static void print_all(unsigned int rounds)
{
	unsigned int missed = 0, goals = 0;

	printf("%-8s %-4s %-9s %9s %8s %7s %7s %7s  %-18s %s\n", "message", "w:r", "",
	       "MiB/s", "switches", "p50", "p90", "p99 µs", "times the pipe",
	       "default pipe");
	for (unsigned int i = 0; i < SIZES; i++)
		for (unsigned int j = 0; j < TEAMS; j++)
			for (unsigned int k = 0; k < SUBJECTS; k++) {
				missed += print_subject(i, j, k, rounds);
				goals += subjects[k].lock &&
					 !strcmp(subjects[k].lock, "split");
			}
	print_idle(rounds);
	printf("\n%u of %u goals missed\n", missed, goals);
}

static void write_line(FILE *out, const char *load, unsigned int size,
		       const struct team *team, unsigned int k, unsigned int round,
		       const struct figures *f)
{
	fprintf(out, "%s\t%u\t%u\t%u\t%s\t%u\t%u\t%.3f\t%.4f\t%.1f\t%.1f\t%.1f\n", load,
		size, team->writers, team->readers, subjects[k].name, subjects[k].buffer,
		round + 1, f->mib_s, f->switches, f->p50, f->p90, f->p99);
}

/* Each figure of each round; 0 where there is none. */
static void write_tsv(const char *path, unsigned int rounds)
{
	FILE *out = fopen(path, "w");

	if (!out)
		die(path);
	fprintf(out, "load\tsize\twriters\treaders\tsubject\tbuffer\tround\tmib_s\t"
		     "switches\tp50_us\tp90_us\tp99_us\n");
	for (unsigned int i = 0; i < SIZES; i++)
		for (unsigned int j = 0; j < TEAMS; j++)
			for (unsigned int k = 0; k < SUBJECTS; k++)
				for (unsigned int r = 0; r < rounds; r++)
					write_line(out, "full", sizes[i], &teams[j], k, r,
						   &results[i][j][k][r]);
	for (unsigned int k = 0; k < SUBJECTS; k++)
		for (unsigned int r = 0; r < rounds; r++)
			write_line(out, "idle", 64, &teams[0], k, r, &idle[k][r]);
	if (fclose(out))
		die(path);
}

/* Measures one message size, given by its index, or the idle case where @size is -1, with
 * the module loaded once. */
static void run_subject(unsigned int k, unsigned int round, int size)
{
	const struct subject *s = &subjects[k];

	if (s->lock)
		load(s);
	for (unsigned int j = 0; j < TEAMS && size >= 0; j++)
		results[size][j][k][round] = measure(s, &teams[j], sizes[size]);
	if (size < 0)
		idle[k][round] = measure_idle(s);
	if (s->lock)
		unload();
}

/*
 * One subject after the other, so that what disturbs one disturbs its peer too; each
 * round begins with another subject.
 */
static void run_round(unsigned int round)
{
	for (int i = -1; i < SIZES; i++)
		for (unsigned int k = 0; k < SUBJECTS; k++)
			run_subject((k + round) % SUBJECTS, round, i);
}

int main(int argc, char **argv)
{
	unsigned int rounds;

	if (argc != 5 || atoi(argv[2]) < 1 || atoi(argv[2]) > ROUNDS_MAX ||
	    atoi(argv[3]) < 1) {
		fprintf(stderr,
			"usage: channel MODULE.ko ROUNDS MILLISECONDS "
			"RESULTS.tsv; 1 to %d rounds\n",
			ROUNDS_MAX);
		return 2;
	}
	module = argv[1];
	rounds = (unsigned int)atoi(argv[2]);
	run_ms = (unsigned int)atoi(argv[3]);
	tallies = mmap(NULL, 2 * TEAM * sizeof(*tallies), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tallies == MAP_FAILED)
		die("memory");
	for (unsigned int r = 0; r < rounds; r++) {
		run_round(r);
		fprintf(stderr, "round %u of %u\n", r + 1, rounds);
	}
	print_all(rounds);
	write_tsv(argv[4], rounds);
	return 0;
}
