// SPDX-License-Identifier: GPL-2.0-only
/* Signals while a task is asleep in the channel: it returns, and no byte is lost by it.
 */
#include <sys/time.h>

#include "asee.h"

static void nothing(int number)
{
	(void)number;
}

static void catch (int flags)
{
	struct sigaction action = {.sa_handler = nothing, .sa_flags = flags};

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
}

/* Once it is asleep. */
static int interrupt(pid_t pid, long call)
{
	wait_asleep(pid, call);
	kill(pid, SIGUSR1);
	return ended(pid);
}

static int read_until_signal(void *arg)
{
	const struct subject *s = arg;
	char byte;

	catch (0);
	return read(s->r, &byte, 1) < 0 && errno == EINTR ? 0 : 1;
}

static int write_until_signal(void *arg)
{
	const struct subject *s = arg;

	catch (0);
	return write(s->w, "w", 1) < 0 && errno == EINTR ? 0 : 1;
}

static void ended_by_signal(struct subject *s)
{
	pid_t pid = start(read_until_signal, s);

	ktap_why("TASK_UNINTERRUPTIBLE, or a signal that is not looked for");
	ktap_ok(interrupt(pid, SYS_read) == 0, "%s: a signal ends a read: EINTR",
		s->name);
	fill(s, '.');
	pid = start(write_until_signal, s);
	ktap_ok(interrupt(pid, SYS_write) == 0, "%s: a signal ends a write: EINTR",
		s->name);
	ktap_ok(queued(s) == CAPACITY, "%s: which has written nothing then", s->name);
	drain(s);
}

static int read_restarted(void *arg)
{
	const struct subject *s = arg;
	char byte;

	catch (SA_RESTART);
	return read(s->r, &byte, 1) == 1 ? byte : 1;
}

static void restarted(struct subject *s)
{
	pid_t pid = start(read_restarted, s);

	wait_asleep(pid, SYS_read);
	kill(pid, SIGUSR1);
	pause_ms(5);
	ktap_ok(wait_asleep(pid, SYS_read), "%s: with SA_RESTART the read goes on",
		s->name);
	(void)!write(s->w, "s", 1);
	ktap_ok(ended(pid) == 's', "%s: and gets its byte", s->name);
}

struct job {
	const struct subject *s;
	ssize_t n;
};

static int write_too_much(void *arg)
{
	static char bytes[CAPACITY * 2];
	struct job *job = arg;

	catch (0);
	job->n = write(job->s->w, bytes, sizeof(bytes));
	return 0;
}

static void short_write(struct subject *s)
{
	struct job *job = shared_memory(sizeof(*job));
	pid_t pid;

	*job = (struct job){s, 0};
	pid = start(write_too_much, job);
	interrupt(pid, SYS_write);
	ktap_why("the bytes are in the channel: to say EINTR would make the writer send "
		 "them "
		 "again; returned %zd",
		 job->n);
	ktap_ok(job->n == CAPACITY && queued(s) == CAPACITY,
		"%s: a long write that has begun returns how much", s->name);
	drain(s);
}

/* A signal every half millisecond, for as long as the process lives. */
static void rain(void)
{
	struct itimerval often = {{0, 500}, {0, 500}};

	catch (0);
	setitimer(ITIMER_REAL, &often, NULL);
}

enum { STREAM = 1500000 };

static int write_in_the_rain(void *arg)
{
	static unsigned char buf[9000];
	const struct subject *s = arg;
	uint64_t at = 0;

	rain();
	while (at < STREAM) {
		size_t n = 1 + at * 31 % sizeof(buf);
		ssize_t done;

		for (size_t i = 0; i < n; i++)
			buf[i] = pattern(at + i);
		done = write(s->w, buf, n);
		if (done < 0 && errno != EINTR)
			return 1;
		if (done > 0)
			at += (uint64_t)done;
	}
	return 0;
}

static void in_the_rain(struct subject *s)
{
	struct itimerval never = {{0, 0}, {0, 0}};
	pid_t pid = start(write_in_the_rain, s);
	static unsigned char buf[20000];
	uint64_t at = 0, wrong = 0;

	rain();
	while (at < STREAM) {
		ssize_t n = read(s->r, buf, 1 + at * 17 % sizeof(buf));

		for (ssize_t i = 0; i < n; i++)
			wrong += buf[i] != pattern(at++);
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	set_alarm();
	ktap_why("%llu bytes, %llu of them not those that were written there",
		 (unsigned long long)at, (unsigned long long)wrong);
	ktap_ok(at >= STREAM && !wrong, "%s: in a rain of signals no byte is lost",
		s->name);
	ended(pid);
	drain(s);
}

static int read_one(void *arg)
{
	const struct subject *s = arg;
	char byte;

	return read(s->r, &byte, 1) == 1 ? 0 : 1;
}

/* The first may have taken the byte before it was killed: then there is another. */
static bool gets_its_byte(const struct subject *s, pid_t pid)
{
	for (int ms = 0; ms<3000; ms += queued(s)> 0) {
		if (is_over(pid))
			return true;
		if (!queued(s))
			(void)!write(s->w, "k", 1);
		pause_ms(1);
	}
	return false;
}

/*
 * Two sleep; a byte comes and the one whose turn it is is killed just then. If it was
 * woken for the byte and took the wake-up with it, the other sleeps on beside a byte.
 */
static void killed(struct subject *s)
{
	bool hangs = false;

	for (int round = 0; round < 40 && !hangs; round++) {
		pid_t first = start(read_one, s), second;

		wait_asleep(first, SYS_read);
		second = start(read_one, s);
		wait_asleep(second, SYS_read);
		(void)!write(s->w, "k", 1);
		kill(first, SIGKILL);
		ended(first);
		hangs = !gets_its_byte(s, second);
		kill(second, SIGKILL);
		ended(second);
	}
	ktap_why("a reader that was killed had been woken for a byte and did not pass it "
		 "on: "
		 "the next one slept for three seconds beside it");
	ktap_ok(!hangs, "%s: who is killed takes no wake-up with it", s->name);
	drain(s);
}

static void checks(struct subject *s)
{
	ended_by_signal(s);
	restarted(s);
	short_write(s);
	in_the_rain(s);
	killed(s);
}

int main(void)
{
	return with_each(checks, 8, true, NULL, 0);
}
