// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: the numbers of /proc/get_pgfaults. The judge is /proc/vmstat, read before
 * and after: counters only grow, so a right answer lies between, however long that takes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"

#define PATH	  "/proc/get_pgfaults"
#define TEXT_SIZE 512
#define READS	  50
#define PAGES	  256

struct faults {
	unsigned long total;
	unsigned long minor;
	unsigned long major;
	bool split; /* minor and major are there */
};

struct sample {
	struct faults before; /* of /proc/vmstat */
	struct faults ours;
	struct faults after;
	bool whole;
	char text[TEXT_SIZE];
};

static bool between(unsigned long least, unsigned long n, unsigned long most)
{
	return least <= n && n <= most;
}

static void vmstat(struct faults *ret)
{
	FILE *f = fopen("/proc/vmstat", "r");
	char line[128];

	memset(ret, 0, sizeof(*ret));
	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "pgfault %lu", &ret->total);
		sscanf(line, "pgmajfault %lu", &ret->major);
	}
	if (f)
		fclose(f);
}

/* A number alone on the first line; further lines are free, two of them are known. */
static bool parse(const char *text, struct faults *ret)
{
	size_t digits = strspn(text, "0123456789");
	const char *minor = strstr(text, "\nminor ");
	const char *major = strstr(text, "\nmajor ");

	memset(ret, 0, sizeof(*ret));
	if (!digits || text[digits] != '\n' || (text[0] == '0' && digits > 1))
		return false;
	ret->total = strtoul(text, NULL, 10);
	ret->split = minor && major && sscanf(minor, "\nminor %lu\n", &ret->minor) == 1 &&
		     sscanf(major, "\nmajor %lu\n", &ret->major) == 1;
	return true;
}

/* Reads on to the end from where @fd stands, at most @piece bytes at once. */
static bool read_all(int fd, char *text, size_t piece)
{
	size_t have = 0;
	ssize_t n;

	do {
		size_t room = TEXT_SIZE - 1 - have;

		n = read(fd, text + have, piece < room ? piece : room);
		have += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	text[have] = 0;
	return n == 0;
}

static void take(struct sample *s, size_t piece)
{
	int fd;

	vmstat(&s->before);
	fd = open(PATH, O_RDONLY);
	s->text[0] = 0;
	s->whole = fd >= 0 && read_all(fd, s->text, piece) && parse(s->text, &s->ours);
	if (fd >= 0)
		close(fd);
	vmstat(&s->after);
}

static bool total_right(const struct sample *s)
{
	return s->whole && between(s->before.total, s->ours.total, s->after.total);
}

static void show(const struct sample *s)
{
	ktap_diag("got:\n%s", s->text);
	ktap_diag("/proc/vmstat before: pgfault %lu, pgmajfault %lu", s->before.total,
		  s->before.major);
	ktap_diag("/proc/vmstat after:  pgfault %lu, pgmajfault %lu", s->after.total,
		  s->after.major);
}

static void on_cpu(int cpu)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(cpu, &cpus);
	sched_setaffinity(0, sizeof(cpus), &cpus);
}

/* Each page is touched for the first time, and none comes as part of a larger one. */
static void touch_fresh_pages(void)
{
	long size = sysconf(_SC_PAGESIZE);
	char *p = mmap(NULL, (size_t)(PAGES * size), PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return;
	madvise(p, (size_t)(PAGES * size), MADV_NOHUGEPAGE);
	for (long i = 0; i < PAGES; i++)
		((volatile char *)p)[i * size] = 1;
	munmap(p, (size_t)(PAGES * size));
}

static void format(struct sample *s)
{
	take(s, TEXT_SIZE);
	ktap_why("a program that reads it wants the number, without words around it");
	if (!ktap_ok(s->whole, "the first line is the total, a number and nothing else"))
		show(s);
	take(s, 1);
	ktap_why("a read beyond the start goes on in the text that the first read\n"
		 "began");
	if (!ktap_ok(total_right(s), "a reader of single bytes gets the same, whole"))
		show(s);
}

static void against_vmstat(void)
{
	struct sample s;
	int wrong = 0, split_wrong = 0, split_none = 0;

	for (int i = 0; i < READS; i++) {
		take(&s, TEXT_SIZE);
		if (!total_right(&s) && !wrong++)
			show(&s);
		if (!s.ours.split)
			split_none++;
		else if (s.ours.minor + s.ours.major != s.ours.total && !split_wrong++)
			show(&s);
	}
	ktap_why("all_vm_events() sums all CPUs; its PGFAULT is what /proc/vmstat\n"
		 "shows as pgfault. The counter of one CPU is a part of it, a number\n"
		 "kept from an earlier moment is too small");
	ktap_ok(!wrong,
		"the total lies between pgfault of /proc/vmstat before and after, "
		"%d times",
		READS);
	if (split_none == READS) {
		ktap_skip("this module does not split the total",
			  "minor and major add up to the total");
		return;
	}
	ktap_why("the total has the major ones in it already");
	ktap_ok(!split_wrong && !split_none, "minor and major add up to the total");
}

/* Faults on one CPU, reads on one: every pair of two. */
static void every_cpu(void)
{
	int cpus = (int)sysconf(_SC_NPROCESSORS_ONLN) > 1 ? 2 : 1;

	for (int pair = 0; pair < 4; pair++) {
		int here = pair / 2 % cpus, there = pair % cpus;
		struct sample a, b;

		on_cpu(here);
		take(&a, TEXT_SIZE);
		on_cpu(there);
		touch_fresh_pages();
		on_cpu(here);
		take(&b, TEXT_SIZE);
		ktap_why("each fresh page is one fault at least, and it counts wherever\n"
			 "it happened");
		if (!ktap_ok(total_right(&a) && total_right(&b) &&
				     b.ours.total - a.ours.total >= PAGES &&
				     b.ours.minor - a.ours.minor >=
					     (a.ours.split ? PAGES : 0),
			     "%d fresh pages touched on CPU %d count, read on CPU %d",
			     PAGES, there, here)) {
			show(&a);
			show(&b);
		}
	}
}

/* The first disk; nothing is written to it. */
static int open_disk(void)
{
	FILE *f = fopen("/proc/partitions", "r");
	char line[128], name[64], path[80];
	int fd = -1;

	while (f && fd < 0 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, " %*d %*d %*d %63s", name) != 1)
			continue;
		snprintf(path, sizeof(path), "/dev/%s", name);
		fd = open(path, O_RDONLY);
	}
	if (f)
		fclose(f);
	return fd;
}

/* Maps the disk and touches places far apart in its second half, which nobody has read.
 */
static void cause_major_faults(void)
{
	int fd = open_disk();
	off_t half = fd < 0 ? 0 : lseek(fd, 0, SEEK_END) / 2 & ~(off_t)0xffff;
	size_t step = (size_t)half / 16;
	volatile char *p = MAP_FAILED;

	if (half > 0)
		p = mmap(NULL, (size_t)half, PROT_READ, MAP_SHARED, fd, half);
	if (p != MAP_FAILED) {
		posix_fadvise(fd, half, half, POSIX_FADV_DONTNEED);
		for (size_t i = 0; i < 16; i++)
			(void)p[i * step];
		munmap((void *)p, (size_t)half);
	}
	if (fd >= 0)
		close(fd);
}

static void major_faults(void)
{
	struct faults before;
	struct sample s;

	vmstat(&before);
	cause_major_faults();
	take(&s, TEXT_SIZE);
	if (s.before.major == before.major) {
		ktap_skip("no disk to fault pages in from",
			  "major faults are counted once");
		ktap_skip("no disk to fault pages in from", "the split shows them");
		return;
	}
	ktap_why("PGFAULT counts every fault, PGMAJFAULT says which of them were\n"
		 "major: the total is PGFAULT alone");
	if (!ktap_ok(total_right(&s), "major faults are in the total, once"))
		show(&s);
	if (!s.ours.split) {
		ktap_skip("this module does not split the total", "the split shows them");
		return;
	}
	ktap_why("major is pgmajfault of /proc/vmstat, minor is the rest of the total");
	if (!ktap_ok(between(s.before.major, s.ours.major, s.after.major) &&
			     s.ours.minor + s.ours.major == s.ours.total,
		     "the split shows them"))
		show(&s);
}

static void rereading(void)
{
	char one[TEXT_SIZE] = "", two[TEXT_SIZE] = "";
	int fd = open(PATH, O_RDONLY);
	struct faults a, b;
	bool good;

	good = read_all(fd, one, TEXT_SIZE) && parse(one, &a);
	touch_fresh_pages();
	good = good && lseek(fd, 0, SEEK_SET) == 0 && read_all(fd, two, TEXT_SIZE) &&
	       parse(two, &b);
	close(fd);
	if (good && !strcmp(one, two)) {
		ktap_skip("this module makes one text for each open file",
			  "going back to the start counts anew");
		return;
	}
	ktap_why("a program that keeps the file open reads it from the start again");
	if (!ktap_ok(good && b.total - a.total >= PAGES,
		     "going back to the start counts anew"))
		ktap_diag("first:\n%sthen:\n%s", one, two);
}

struct reader {
	pthread_t thread;
	int cpu;
	bool grew;
	struct sample bad;
};

static volatile bool stop;

static void *fault_always(void *arg)
{
	on_cpu(*(int *)arg);
	while (!stop)
		touch_fresh_pages();
	return NULL;
}

/* Sums of counters that only grow, taken one after the other by the same reader. */
static void *read_always(void *arg)
{
	struct reader *me = arg;
	unsigned long last = 0;
	struct sample s;

	on_cpu(me->cpu);
	me->grew = true;
	while (!stop) {
		take(&s, TEXT_SIZE);
		if ((!total_right(&s) || s.ours.total < last) && me->grew) {
			me->grew = false;
			me->bad = s;
		}
		last = s.ours.total;
	}
	return NULL;
}

static void under_load(void)
{
	static struct reader readers[2];
	struct timespec half = {.tv_nsec = 500000000};
	pthread_t faulters[2];
	int cpus[2] = {0, 1};

	for (int i = 0; i < 2; i++) {
		readers[i].cpu = i;
		pthread_create(&faulters[i], NULL, fault_always, &cpus[i]);
		pthread_create(&readers[i].thread, NULL, read_always, &readers[i]);
	}
	nanosleep(&half, NULL);
	stop = true;
	for (int i = 0; i < 2; i++) {
		pthread_join(faulters[i], NULL);
		pthread_join(readers[i].thread, NULL);
		if (!readers[i].grew)
			show(&readers[i].bad);
	}
	ktap_why("however many read and fault at once, each reader's totals grow and\n"
		 "lie between what /proc/vmstat says before and after");
	ktap_ok(readers[0].grew && readers[1].grew,
		"while both CPUs fault and read, every total is right and none falls");
}

static int as_nobody(void)
{
	struct sample s;

	if (setgid(65534) || setuid(65534))
		return 2;
	take(&s, TEXT_SIZE);
	if (!total_right(&s))
		return 3;
	return open(PATH, O_WRONLY) >= 0 || errno != EACCES ? 4 : 0;
}

static void anybody(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(as_nobody());
	waitpid(pid, &status, 0);
	ktap_why("mode 0444: everybody may read, nobody may write");
	if (!ktap_ok(status == 0, "an ordinary user may read it and may not write it"))
		ktap_diag("step %d", WEXITSTATUS(status));
}

int main(void)
{
	struct sample s;

	ktap_plan(13);
	format(&s);
	against_vmstat();
	every_cpu();
	major_faults();
	rereading();
	under_load();
	anybody();
	return ktap_end();
}
