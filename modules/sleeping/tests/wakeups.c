// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many sleepers and many wake-ups on both CPUs, each accounted for. A wake-up that is
 * lost leaves its sleeper asleep for ever, so what these tests look for is a silence.
 */
#define _GNU_SOURCE
#include <sys/time.h>

#include "sleeping.h"

#define SLEEPERS 8
#define ROUNDS	 200
#define WRITERS	 2
#define WRITES	 1500
#define AIMED	 4000

struct reader {
	int woken;   /* how often its read has returned */
	int wrong;   /* how often with a number that was not expected */
	int signals; /* how often a signal ended it */
};

static struct {
	struct reader reader[SLEEPERS];
	int asked; /* the aimed reader is about to read for the nth time */
} * all;

static pid_t children[SLEEPERS];

static void begin(void (*run)(struct reader *r, long base, long last), long base,
		  long last)
{
	memset(all, 0, sizeof(*all));
	for (int i = 0; i < SLEEPERS; i++) {
		children[i] = fork();
		if (children[i])
			continue;
		run_on_cpu(i);
		run(&all->reader[i], base, last);
		_exit(0);
	}
}

/* True when every child ended by itself. They have had their time when one hangs. */
static bool finish(void)
{
	int patience = FOR_EVER_MS;
	bool good = true;

	for (int i = 0; i < SLEEPERS; i++)
		good &= end_within(children[i], &patience) == 0;
	return good;
}

static void give_up(void)
{
	for (int i = 0; i < SLEEPERS; i++)
		kill(children[i], SIGKILL);
	finish();
}

static long sum(size_t offset)
{
	long total = 0;

	for (int i = 0; i < SLEEPERS; i++)
		total += *(int *)((char *)&all->reader[i] + offset);
	return total;
}

#define SUM(field) sum(offsetof(struct reader, field))

/* Each wake-up finds this reader asleep, so it must see every number. */
static void see_each(struct reader *r, long base, long last)
{
	int fd = open(DEVICE, O_RDONLY);

	for (long expected = base + 1; expected <= last; expected++) {
		r->wrong += sleep_in(fd) != expected;
		__atomic_add_fetch(&r->woken, 1, __ATOMIC_RELEASE);
	}
}

static int lockstep(void)
{
	int fd = open(DEVICE, O_WRONLY);

	for (int round = 1; round <= ROUNDS; round++) {
		if (!wait_sleepers(SLEEPERS) || write(fd, "\n", 1) != 1)
			return round;
		for (int i = 0; i < SLEEPERS; i++)
			if (!wait_value(&all->reader[i].woken, round))
				return round;
	}
	close(fd);
	return 0;
}

static void test_lockstep(void)
{
	long base = count_of("wakeups");
	int stuck;

	begin(see_each, base, base + ROUNDS);
	stuck = lockstep();
	ktap_why("in round %d a sleeper was not woken, or did not lie down again.\n"
		 "A flag that the first sleeper clears leaves the others asleep; "
		 "wake_up of exclusive sleepers wakes only one.",
		 stuck);
	ktap_ok(!stuck, "each write wakes every one of %d sleepers", SLEEPERS);
	if (stuck)
		give_up();
	else
		finish();
	ktap_why("%ld reads returned, %d were expected.\nA sleeper that is woken twice "
		 "by one write found a condition that nobody took back.",
		 SUM(woken), SLEEPERS * ROUNDS);
	ktap_ok(SUM(woken) == SLEEPERS * ROUNDS, "and wakes it once: %d wake-ups in all",
		SLEEPERS * ROUNDS);
	ktap_why("%ld of the numbers read were not that of the write just made",
		 SUM(wrong));
	ktap_ok(SUM(wrong) == 0, "and each read says the number of its wake-up");
}

/* Reads until the last number; it may miss some, but never goes back or repeats one. */
static void see_last(struct reader *r, long base, long last)
{
	int fd = open(DEVICE, O_RDONLY);
	long seen = base;

	while (seen < last) {
		long number = sleep_in(fd);

		r->wrong += number <= seen || number > last;
		r->woken++;
		seen = number > seen ? number : seen;
	}
}

static void write_many(int cpu)
{
	int fd = open(DEVICE, O_WRONLY);

	run_on_cpu(cpu);
	for (int i = 0; i < WRITES; i++)
		if (write(fd, "\n", 1) != 1)
			_exit(1);
	_exit(0);
}

static void test_storm(void)
{
	long base = count_of("wakeups"), last = base + WRITERS * WRITES;
	pid_t writers[WRITERS];
	bool good = true;

	begin(see_last, base, last);
	/* All have opened the file before the first write, or the last is not for them.
	 */
	wait_sleepers(SLEEPERS);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		if (!writers[i])
			write_many(i);
	}
	for (int i = 0; i < WRITERS; i++)
		good &= end_of(writers[i]) == 0;
	ktap_why("counted %ld.\nTwo writers at a time: a count that is read, increased "
		 "and stored without a lock or an atomic operation loses some.",
		 count_of("wakeups") - base);
	ktap_ok(good && count_of("wakeups") == last,
		"%d writes from %d tasks are %d "
		"wake-ups",
		WRITERS * WRITES, WRITERS, WRITERS * WRITES);
	ktap_why("a reader sleeps although it has not seen the last number: its wake-up "
		 "came between its look at the condition and its sleep.");
	ktap_ok(finish(), "every reader sees the last of them");
	ktap_why("%ld numbers were repeated or went back", SUM(wrong));
	ktap_ok(SUM(wrong) == 0, "and no reader sees one twice");
}

/*
 * The moment between a look at the condition and falling asleep is short. This aims at
 * it: the reader says that it is about to read, the writer waits a moment of another
 * length each time, and writes.
 */
static void aimed_reader(void)
{
	int fd = open(DEVICE, O_RDONLY);

	run_on_cpu(0);
	for (int i = 1; i <= AIMED; i++) {
		__atomic_store_n(&all->asked, i, __ATOMIC_RELEASE);
		if (sleep_in(fd) < 0)
			_exit(1);
		__atomic_store_n(&all->reader[0].woken, i, __ATOMIC_RELEASE);
	}
	_exit(0);
}

static void spin_ns(long ns)
{
	struct timespec from, now;

	clock_gettime(CLOCK_MONOTONIC, &from);
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while ((now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec - from.tv_nsec < ns);
}

static int aimed_writer(void)
{
	int fd = open(DEVICE, O_WRONLY);
	unsigned int seed = 1;

	run_on_cpu(1);
	for (int i = 1; i <= AIMED; i++) {
		/* Up to 0.25, 0.5, 1, ... 64 us, to hit the path of a read on any
		 * machine. */
		long most = 250L << i % 9;

		if (!wait_value(&all->asked, i))
			return i;
		spin_ns(rand_r(&seed) % most);
		if (write(fd, "\n", 1) != 1 || !wait_value(&all->reader[0].woken, i))
			return i;
	}
	close(fd);
	return 0;
}

static void test_aimed(void)
{
	pid_t reader;
	int lost;

	memset(all, 0, sizeof(*all));
	reader = fork();
	if (!reader)
		aimed_reader();
	lost = aimed_writer();
	ktap_why("write %d came while the reader was about to sleep, and it sleeps on.\n"
		 "The condition has to be looked at again after the task has entered the "
		 "wait queue: that is what wait_event_interruptible() does.",
		 lost);
	ktap_ok(!lost, "no wake-up is lost when it comes in the very moment of falling "
		       "asleep");
	if (lost)
		kill(reader, SIGKILL);
	end_of(reader);
}

static void on_alarm(int sig)
{
	(void)sig;
}

/* As above, and a signal every other millisecond ends the sleep. */
static void see_last_disturbed(struct reader *r, long base, long last)
{
	struct sigaction sa = {.sa_handler = on_alarm};
	struct itimerval often = {{0, 2000}, {0, 2000}};
	int fd = open(DEVICE, O_RDONLY);
	long seen = base;

	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	while (seen < last) {
		long number = sleep_in(fd);

		if (number == -1 && errno == EINTR) {
			r->signals++;
			continue;
		}
		r->wrong += number <= seen || number > last;
		seen = number > seen ? number : seen;
		__atomic_store_n(&r->woken, (int)(seen - base), __ATOMIC_RELEASE);
	}
}

static void test_signals(void)
{
	long base = count_of("wakeups");
	int fd = open(DEVICE, O_WRONLY);
	bool good = true;

	begin(see_last_disturbed, base, base + ROUNDS);
	wait_sleepers(SLEEPERS);
	for (int round = 1; good && round <= ROUNDS; round++) {
		good = write(fd, "\n", 1) == 1;
		for (int i = 0; good && i < SLEEPERS; i++)
			good = wait_value(&all->reader[i].woken, round);
	}
	ktap_why("a reader whose sleep a signal had ended did not find the wake-up that "
		 "came meanwhile");
	ktap_ok(good, "no wake-up is lost when signals end the sleep again and again");
	if (good)
		good = finish();
	else
		give_up();
	ktap_ok(good && SUM(wrong) == 0, "and none is seen twice");
	ktap_diag("%ld signals among %d wake-ups of %d sleepers", SUM(signals), ROUNDS,
		  SLEEPERS);
	ktap_why("%ld are counted.\nAlso a sleep that ends by a signal ends.",
		 count_of("sleepers"));
	ktap_ok(count_of("sleepers") == 0, "nobody is counted as asleep afterwards");
	close(fd);
}

int main(void)
{
	ktap_plan(10);
	all = shared_memory(sizeof(*all));
	test_lockstep();
	test_storm();
	test_aimed();
	test_signals();
	return ktap_end();
}
