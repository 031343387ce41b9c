// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: several readers of /proc/timer at once. However they interleave, the
 * intervals of all of them laid end to end must give the time from the first reading to
 * the last: one that is used twice makes the sum too large, one that is lost makes it too
 * small. Sets the guest's clock.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "ktap.h"
#include "reading.h"

#define THREADS 4
#define STORM	(SECOND / 2)
#define CALM	40

/* How the readers of a storm behave. */
struct storm {
	int threads;
	bool in_step; /* all begin each reading at the same moment */
	bool share;   /* all read one open file, from its start again and again */
	bool clock;   /* somebody sets the clock meanwhile */
	int64_t until;
	int shared;
};

/* What this module counts as a reading besides a file opened and read to its end. */
static bool opens_count; /* one that is opened and not read */
static bool same_text;	 /* a new read from its start is none, it gives the old text */

struct reader {
	pthread_t thread;
	const struct storm *storm;
	int number;
	int64_t sum;
	long count;
	long bad;
	char bad_text[TEXT_SIZE];
	_Atomic long round;
};

static struct reader readers[THREADS];

static bool is_over(const struct storm *storm)
{
	return clock_now(CLOCK_MONOTONIC) >= storm->until;
}

/*
 * Waits until all have come as far, looking without sleep, so that they go on within a
 * few instructions. Yields now and then: there may be one CPU only.
 */
static void line_up(struct reader *me)
{
	long round = ++me->round;

	for (int i = 0; i < me->storm->threads; i++)
		for (int n = 1; readers[i].round < round; n++) {
			if (n % 1000)
				continue;
			if (is_over(me->storm))
				return;
			sched_yield();
		}
}

/* The first of them says what was wrong. */
static void note_bad(struct reader *me, const struct reading *r)
{
	if (!me->bad++)
		memcpy(me->bad_text, r->text, TEXT_SIZE);
}

/* Some come back to the file in several pieces. */
static bool take(const struct reader *me, struct reading *r)
{
	if (!me->storm->share)
		return reading_take(r, me->number % 2 ? 7 : TEXT_SIZE);
	memset(r->text, 0, sizeof(r->text));
	return pread(me->storm->shared, r->text, sizeof(r->text) - 1, 0) > 0 &&
	       reading_parse(r);
}

static void *read_always(void *arg)
{
	struct reader *me = arg;
	struct reading r;
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(me->number % 2, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus); /* fails on one CPU: no matter */
	while (!is_over(me->storm)) {
		bool unread = !opens_count && !me->storm->share && me->count % 8 == 0;
		int idle = unread ? open(PATH, O_RDONLY) : -1;

		if (me->storm->in_step)
			line_up(me);
		if (take(me, &r) && r.has_elapsed && r.elapsed < 100 * SECOND)
			me->sum += r.elapsed;
		else
			note_bad(me, &r);
		if (idle >= 0)
			close(idle);
		me->count++;
	}
	return NULL;
}

/* Back and forth by an hour and more, as fast as it goes. */
static void *set_clock(void *arg)
{
	const struct storm *storm = arg;
	int64_t zero = clock_now(CLOCK_REALTIME) - clock_now(CLOCK_MONOTONIC);
	int64_t by = 3600 * SECOND;

	while (!is_over(storm)) {
		clock_set(zero + clock_now(CLOCK_MONOTONIC) + by);
		by = -by * 5 / 4 % (1000000 * SECOND);
		sched_yield();
	}
	clock_set(zero + clock_now(CLOCK_MONOTONIC));
	return NULL;
}

static void learn(void)
{
	char one[TEXT_SIZE] = "", two[TEXT_SIZE] = "";
	struct reading before, after;
	int fd = open(PATH, O_RDONLY);

	same_text = pread(fd, one, sizeof(one) - 1, 0) > 0 &&
		    pread(fd, two, sizeof(two) - 1, 0) > 0 && !strcmp(one, two);
	close(fd);

	reading_take(&before, TEXT_SIZE);
	sleep_ns(SECOND / 50);
	close(open(PATH, O_RDONLY));
	reading_take(&after, TEXT_SIZE);
	opens_count = !follows(&before, &after);
}

static void run_storm(struct storm *storm)
{
	pthread_t clock;

	storm->until = clock_now(CLOCK_MONOTONIC) + STORM;
	for (int i = 0; i < storm->threads; i++)
		readers[i] = (struct reader){.number = i, .storm = storm};
	for (int i = 0; i < storm->threads; i++)
		pthread_create(&readers[i].thread, NULL, read_always, &readers[i]);
	if (storm->clock)
		pthread_create(&clock, NULL, set_clock, storm);
	for (int i = 0; i < storm->threads; i++)
		pthread_join(readers[i].thread, NULL);
	if (storm->clock)
		pthread_join(clock, NULL);
}

static void judge(const char *what, int threads, struct within whole, int64_t sum)
{
	long count = 0, bad = 0;

	for (int i = 0; i < threads; i++) {
		if (!bad && readers[i].bad)
			ktap_diag("got:\n%s", readers[i].bad_text);
		count += readers[i].count;
		bad += readers[i].bad;
		sum += readers[i].sum;
	}
	ktap_diag("%s: %ld readings", what, count);
	ktap_why("%ld of %ld readings were malformed, or their interval was absurd. A\n"
		 "negative one, also shown as a huge number, means: the time was taken\n"
		 "before the lock, or without one, and somebody stored a later one\n"
		 "meanwhile",
		 bad, count);
	ktap_ok(!bad, "%s: every reading is whole and its interval not negative", what);
	ktap_why("the sum is %" PRId64 " ns, not between %" PRId64 " and %" PRId64 ".\n"
		 "Too much: two readers used the same start; too little: one was lost.\n"
		 "Taking the time and storing it must be one step under a lock",
		 sum, whole.from, whole.to);
	ktap_ok(is_within(sum, whole), "%s: the intervals join without gap or overlap",
		what);
}

/*
 * Takes readings while nobody else does, and gives the one that is known best: with the
 * shortest time between the clock before and the clock after. @sum is that of the
 * intervals up to it. How exactly the sum is judged depends on it.
 */
static struct reading calm(int64_t *sum)
{
	struct reading best = {0}, r;
	int64_t all = 0;

	for (int i = 0; i < CALM; i++) {
		reading_take(&r, TEXT_SIZE);
		all += r.elapsed;
		if (i && r.mono.to - r.mono.from >= best.mono.to - best.mono.from)
			continue;
		best = r;
		*sum = all;
	}
	*sum -= all;
	return best;
}

/*
 * Readings while nobody else takes any. The sum is judged as exactly as its two ends are
 * known, so the best of several is the end: the one with the shortest time between the
 * clock before and the clock after.
 */
struct calm {
	struct reading best;
	int64_t up_to; /* the intervals of those up to the best one */
	int64_t after; /* and of those after it */
};

static void calm_take(struct calm *c)
{
	int64_t shortest = INT64_MAX;
	struct reading r;

	memset(c, 0, sizeof(*c));
	for (int i = 0; i < CALM; i++) {
		reading_take(&r, TEXT_SIZE);
		c->after += r.elapsed;
		if (r.mono.to - r.mono.from >= shortest)
			continue;
		shortest = r.mono.to - r.mono.from;
		c->best = r;
		c->up_to += c->after;
		c->after = 0;
	}
}

/* A reading before all the others and one after them: between these the sum must lie. */
static void together(const char *what, struct storm storm)
{
	struct calm before, after;

	storm.shared = storm.share ? open(PATH, O_RDONLY) : -1;
	calm_take(&before);
	run_storm(&storm);
	calm_take(&after);
	judge(what, storm.threads, span(before.best.mono, after.best.mono),
	      before.after + after.up_to);
	if (storm.share)
		close(storm.shared);
}

/*
 * A page of memory that is not there until we say so: whoever touches it waits, also a
 * module that copies to it. So a reader can be held at one place, for as long as it
 * takes.
 */
struct held_page {
	int uffd;
	long size;
	char *memory;
};

static bool held_page_make(struct held_page *p)
{
	struct uffdio_register reg = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	struct uffdio_api api = {.api = UFFD_API};

	p->size = sysconf(_SC_PAGESIZE);
	p->memory = mmap(NULL, (size_t)p->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	p->uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	reg.range.start = (uintptr_t)p->memory;
	reg.range.len = (uint64_t)p->size;
	return p->memory != MAP_FAILED && p->uffd >= 0 &&
	       !ioctl(p->uffd, UFFDIO_API, &api) &&
	       !ioctl(p->uffd, UFFDIO_REGISTER, &reg);
}

static void held_page_let_go(struct held_page *p)
{
	struct uffdio_zeropage zero = {
		.range = {.start = (uintptr_t)p->memory, .len = (uint64_t)p->size}};

	ioctl(p->uffd, UFFDIO_ZEROPAGE, &zero);
}

struct held_reader {
	pthread_t thread;
	struct held_page page;
	struct reading reading;
	ssize_t got;
	_Atomic bool done;
};

static void *read_held(void *arg)
{
	struct held_reader *me = arg;
	int fd = open(PATH, O_RDONLY);

	me->got = read(fd, me->page.memory, TEXT_SIZE - 1);
	close(fd);
	me->done = true;
	return NULL;
}

static void *read_free(void *arg)
{
	struct held_reader *me = arg;

	me->got = reading_take(&me->reading, TEXT_SIZE);
	me->done = true;
	return NULL;
}

/* Only a module that does wrong makes us wait that long. */
static bool comes_back(struct held_reader *r)
{
	for (int i = 0; i < 2000 && !r->done; i++)
		sleep_ns(SECOND / 100);
	return r->done;
}

/* Held in the middle of the copy to its memory, while another reads. */
static bool hold(struct held_reader *held, struct held_reader *other)
{
	struct pollfd fault = {.fd = held->page.uffd, .events = POLLIN};
	bool free;

	pthread_create(&held->thread, NULL, read_held, held);
	while (!held->done && poll(&fault, 1, 10) == 0)
		;
	pthread_create(&other->thread, NULL, read_free, other);
	free = comes_back(other);
	held_page_let_go(&held->page);
	pthread_join(held->thread, NULL);
	pthread_join(other->thread, NULL);
	if (held->got > 0)
		memcpy(held->reading.text, held->page.memory, (size_t)held->got);
	return free;
}

static void stuck_reader(void)
{
	static struct held_reader held, other;
	struct reading before, after;
	bool free, good;
	int64_t sum;

	if (!held_page_make(&held.page)) {
		ktap_skip("no userfaultfd",
			  "a reader held in its copy holds nobody else");
		ktap_skip("no userfaultfd", "and its interval joins the others");
		return;
	}
	reading_take(&before, TEXT_SIZE);
	free = hold(&held, &other);
	good = reading_take(&after, TEXT_SIZE) && reading_parse(&held.reading) &&
	       other.got;
	ktap_why("copy_to_user() may wait for ever, for a page that a user never brings: "
		 "a\n"
		 "lock that all readers share must be free by then");
	ktap_ok(free, "a reader held in its copy holds nobody else");
	sum = held.reading.elapsed + other.reading.elapsed + after.elapsed;
	ktap_why("the start of the next interval must be stored before the copy to user\n"
		 "memory, together with taking the time; afterwards is too late");
	if (!ktap_ok(good && is_within(sum, span(before.mono, after.mono)),
		     "and its interval joins the others"))
		ktap_diag("held:\n%sother:\n%sthe next:\n%s", held.reading.text,
			  other.reading.text, after.text);
}

int main(void)
{
	ktap_plan(10);
	learn();
	stuck_reader();
	together("readers on both CPUs", (struct storm){.threads = 4});
	together("readers that begin at the same moment",
		 (struct storm){.threads = 2, .in_step = true});
	together("readers while the clock is set",
		 (struct storm){.threads = 4, .clock = true});
	if (same_text) {
		for (int i = 0; i < 2; i++)
			ktap_skip("this module makes one text for each open file",
				  "threads that share one open file");
		return ktap_end();
	}
	together("threads that share one open file",
		 (struct storm){.threads = 2, .in_step = true, .share = true});
	return ktap_end();
}
