// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fourth step: an interrupt, raised by a write to the sysfs variable; whoever is
 * blocked at that time returns an error, once; whoever comes later does not.
 */
#include "asee.h"

enum { CROWD = 6 };

static bool raise_it(void)
{
	return sys_put("interrupt", "1") == 0;
}

/* How often /proc/interrupts says the module's handler ran, on all processors. */
static long counted(void)
{
	struct kmodule tested = kmodule_tested();
	FILE *f = fopen("/proc/interrupts", "r");
	char line[1024];
	long sum = -1;

	while (f && fgets(line, sizeof(line), f)) {
		char *at = strchr(line, ':');

		if (!at || !strstr(at, tested.name))
			continue;
		for (sum = 0, at++;;) {
			char *end;
			long n = strtol(at, &end, 10);

			if (end == at)
				break;
			sum += n;
			at = end;
		}
		break;
	}
	if (f)
		fclose(f);
	return sum;
}

static void visible(struct subject *s)
{
	long before = counted(), told = sys_get("interrupts");

	ktap_why("a real interrupt, requested under the module's name, has a line there");
	ktap_ok(raise_it() && counted() == before + 1 && before >= 0,
		"%s: the interrupt is counted in /proc/interrupts", s->name);
	if (told < 0)
		ktap_skip("no such file", "%s: and in the module's own count", s->name);
	else
		ktap_ok(sys_get("interrupts") == told + 1,
			"%s: and in the module's own count", s->name);
}

static int read_once(void *arg)
{
	const struct subject *s = arg;
	char byte;

	return read(s->r, &byte, 1) == 1 ? 0 : errno;
}

static int write_once(void *arg)
{
	const struct subject *s = arg;

	return write(s->w, "x", 1) == 1 ? 0 : errno;
}

static int write_long(void *arg)
{
	static char bytes[CAPACITY + 1000];
	const struct subject *s = arg;

	return write(s->w, bytes, sizeof(bytes)) >= 0 ? 0 : errno;
}

/* The number of those that returned an error when the interrupt came. */
static int errors(struct subject *s, int (*fn)(void *), long call)
{
	pid_t pid[CROWD];
	int bad = 0;

	for (int i = 0; i < CROWD; i++)
		pid[i] = start(fn, s);
	for (int i = 0; i < CROWD; i++)
		wait_asleep(pid[i], call);
	raise_it();
	await_end(pid, CROWD);
	for (int i = 0; i < CROWD; i++) {
		int status = ended(pid[i]);

		bad += status > 0 && status < 128;
	}
	return bad;
}

static void blocked(struct subject *s)
{
	int n = errors(s, read_once, SYS_read);

	ktap_why("a wake-up of one, or a flag that the first one clears: %d of %d", n,
		 CROWD);
	ktap_ok(n == CROWD, "%s: every blocked reader returns an error", s->name);
	fill(s, '.');
	n = errors(s, write_once, SYS_write);
	ktap_why("%d of %d", n, CROWD);
	ktap_ok(n == CROWD, "%s: every blocked writer returns an error", s->name);
	ktap_ok(queued(s) == CAPACITY, "%s: and has written nothing", s->name);
	drain(s);
}

static void begun(struct subject *s)
{
	pid_t pid = start(write_long, s);
	int status;

	wait_asleep(pid, SYS_write);
	raise_it();
	await_end(&pid, 1);
	ktap_why("a count would not be an error");
	status = ended(pid);
	ktap_ok(status > 0 && status < 128,
		"%s: so does a writer that has written some of it", s->name);
	drain(s);
}

struct twice {
	const struct subject *s;
	int first, second;
};

static int read_twice(void *arg)
{
	struct twice *t = arg;

	t->first = read_once((void *)t->s);
	t->second = read_once((void *)t->s);
	return 0;
}

static void once(struct subject *s)
{
	struct twice *t = shared_memory(sizeof(*t));
	pid_t pid, later;

	*t = (struct twice){s, -1, -1};
	pid = start(read_twice, t);
	wait_asleep(pid, SYS_read);
	raise_it();
	for (int ms = 0; t->first < 0 && ms < 8000; ms++)
		pause_ms(1);
	ktap_why("a flag that nobody clears gives an error to everybody who comes later");
	ktap_ok(t->first > 0 && wait_asleep(pid, SYS_read),
		"%s: the same task blocks again afterwards", s->name);
	(void)!write(s->w, "x", 1);
	ktap_ok(ends_well(pid) && t->second == 0, "%s: and gets its byte", s->name);

	/* Nobody is blocked when this one comes. */
	raise_it();
	later = start(read_once, s);
	ktap_why("the interrupt was over when the reader came");
	ktap_ok(wait_asleep(later, SYS_read), "%s: who comes later is not affected",
		s->name);
	(void)!write(s->w, "x", 1);
	ktap_ok(ends_well(later), "%s: and gets its byte, too", s->name);
}

/* The error is for those who were blocked: a byte that comes just then is for others. */
static void races_a_byte(struct subject *s)
{
	bool stuck = false;
	int lost = 0;

	for (int round = 0; round < 30 && !stuck; round++) {
		pid_t pid[2] = {start(read_once, s)};
		int got, sent;

		wait_asleep(pid[0], SYS_read);
		pid[1] = start(write_once, s);
		raise_it();
		stuck = await_end(pid, 2) < 2;
		got = ended(pid[0]) == 0;
		sent = ended(pid[1]) == 0; /* it may have been inside the call */
		lost += got + queued(s) != sent;
		drain(s);
	}
	ktap_why("either the reader has the byte or the channel, not both, not neither: "
		 "%d of 30 times%s",
		 lost, stuck ? "; and somebody slept on" : "");
	ktap_ok(!lost && !stuck, "%s: a byte that comes at the same time is not lost",
		s->name);
}

enum { STREAM = 600000 };

static int write_stream(void *arg)
{
	const struct subject *s = arg;
	unsigned char buf[4000];

	for (uint64_t at = 0; at < STREAM;) {
		size_t n = 1 + at * 31 % sizeof(buf);

		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(at + i);
		/* Not longer than PIPE_BUF: all of it or, with an error, none. */
		if (write(s->w, buf, n) == (ssize_t)n)
			at += n;
	}
	return 0;
}

struct reader {
	const struct subject *s;
	_Atomic uint64_t at, wrong;
};

static int read_stream(void *arg)
{
	struct reader *r = arg;
	static unsigned char buf[9000];

	while (r->at < STREAM) {
		ssize_t n = read(r->s->r, buf, 1 + r->at * 17 % sizeof(buf));

		for (ssize_t i = 0; i < n; i++)
			r->wrong += buf[i] != pattern(r->at++);
	}
	return 0;
}

static void in_traffic(struct subject *s)
{
	struct reader *r = shared_memory(sizeof(*r));
	long before = counted(), raised = 0;
	pid_t writer, reader;

	r->s = s;
	sys_put("asee_buf_size", "10000");
	writer = start(write_stream, s);
	reader = start(read_stream, r);
	while (r->at < STREAM && !r->wrong)
		raised += raise_it();
	if (r->wrong) {
		kill(writer, SIGKILL);
		kill(reader, SIGKILL);
	}
	ended(writer);
	ended(reader);
	ktap_why("%llu of %llu bytes are wrong", (unsigned long long)r->wrong,
		 (unsigned long long)r->at);
	ktap_ok(!r->wrong && r->at >= STREAM, "%s: interrupts lose no byte in traffic",
		s->name);
	ktap_why("raised %ld times, counted %ld", raised, counted() - before);
	ktap_ok(counted() - before == raised, "%s: each of them is handled once",
		s->name);
	drain(s);
}

static void checks(struct subject *s)
{
	visible(s);
	blocked(s);
	begun(s);
	once(s);
	races_a_byte(s);
	in_traffic(s);
}

int main(void)
{
	if (access(SYS "interrupt", F_OK)) {
		printf("KTAP version 1\n1..0 # SKIP no interrupt: steps 1 to 3\n");
		return 0;
	}
	return with_each(checks, 13, false, NULL, 0);
}
