// SPDX-License-Identifier: GPL-2.0-only
/* One promise after the other: what ends a sleep, what does not, and what is no sleep. */
#define _GNU_SOURCE
#include <poll.h>

#define KMODULE "sleeping"
#include "kmodule.h"
#include "sleeping.h"

static void on_signal(int sig)
{
	(void)sig;
}

/* A child that runs @sleep and exits with what it returns. */
static pid_t start(int (*sleep)(void))
{
	pid_t child = fork();

	if (!child)
		_exit(sleep());
	return child;
}

/* A read of its own open file. 0: woken; else errno. */
static int sleep_once(void)
{
	int fd = open(DEVICE, O_RDONLY);

	return sleep_in(fd) > 0 ? 0 : errno;
}

static int sleep_with_handler(int flags)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = flags};

	sigaction(SIGUSR1, &sa, NULL);
	return sleep_once();
}

static int sleep_until_signal(void)
{
	return sleep_with_handler(0);
}

static int sleep_across_signal(void)
{
	return sleep_with_handler(SA_RESTART);
}

/* Waits until it is in one of these states, and returns the one it is in. */
static char wait_state(pid_t pid, const char *states)
{
	long end = now_ms() + FOR_EVER_MS;
	char state = state_of(pid, NULL);

	while (!(state && strchr(states, state)) && now_ms() < end) {
		pause_ms(1);
		state = state_of(pid, NULL);
	}
	return state;
}

/* Wait until it is asleep: in state S, or in D, which would be wrong. */
static char wait_asleep(pid_t pid)
{
	return wait_state(pid, "SD");
}

/* Adds up all numbers of two files in /proc that only grow while the task runs. */
static long activity(pid_t pid)
{
	long utime = 0, stime = 0, n, total = 0;
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %ld", &n) == 1)
			total += n;
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f) && strrchr(line, ')'))
		sscanf(strrchr(line, ')') + 2,
		       "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &utime,
		       &stime);
	if (f)
		fclose(f);
	return total + utime + stime;
}

/* A sleeper is not scheduled at all. One quiet stretch of several is enough: the first
 * may begin before it has left the CPU. */
static bool is_quiet(pid_t pid)
{
	for (int i = 0; i < 5; i++) {
		long before = activity(pid);

		pause_ms(200);
		if (activity(pid) == before)
			return true;
	}
	return false;
}

/* The function in which it sleeps, in a static buffer; "0" when the kernel cannot say. */
static const char *wchan_of(pid_t pid)
{
	static char wchan[64];
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/wchan", pid);
	fd = open(path, O_RDONLY);
	n = read(fd, wchan, sizeof(wchan) - 1);
	close(fd);
	wchan[n > 0 ? n : 0] = '\0';
	return n > 0 ? wchan : "0";
}

/* It may be on the way to sleep, so wait for the answer. */
static bool has_wchan(pid_t pid, int ms)
{
	long end = now_ms() + ms;

	while (!strcmp(wchan_of(pid), "0")) {
		if (now_ms() > end)
			return false;
		pause_ms(1);
	}
	return true;
}

/* Before Linux 5.16 most x86 kernels could not say it of any task. */
static bool kernel_has_wchan(void)
{
	pid_t child = start(pause);
	bool has;

	wait_asleep(child);
	has = has_wchan(child, 200);
	kill(child, SIGKILL);
	end_of(child);
	return has;
}

static void test_asleep(void)
{
	pid_t child = start(sleep_once);
	char state;
	int end;

	ktap_why("'%ssleepers' should say 1 while somebody sleeps in a read", COUNTS);
	ktap_ok(wait_sleepers(1), "a reader sleeps, and is counted");
	state = wait_asleep(child);
	ktap_why("state %c.\nR is a busy loop; D is an uninterruptible sleep, which no "
		 "signal can end.",
		 state);
	ktap_ok(state == 'S', "its state is S, interruptible sleep");
	if (kernel_has_wchan()) {
		ktap_ok(has_wchan(child, FOR_EVER_MS), "wchan says where it sleeps");
		ktap_diag("it sleeps in %s", wchan_of(child));
	} else {
		ktap_skip("this kernel does not tell", "wchan says where it sleeps");
	}
	ktap_why("it runs now and then although nobody wakes it: a loop around a timed "
		 "sleep is no wait queue");
	ktap_ok(is_quiet(child), "it takes no CPU time, and is not scheduled at all");
	wake();
	end = end_of(child);
	ktap_why("%s", end < 0 ? "it sleeps on" : strerror(end));
	ktap_ok(end == 0, "a write wakes it");
	ktap_ok(count_of("sleepers") == 0, "and it is not counted any more");
}

/* Runs @call, which must not sleep, in a child. Its result, or -1 when it slept. */
static int must_not_sleep(int (*call)(void))
{
	return end_of(start(call));
}

static int read_nonblock(void)
{
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);

	return sleep_in(fd) == -1 ? errno : 0;
}

static int read_nothing(void)
{
	int fd = open(DEVICE, O_RDONLY);
	char c;

	return read(fd, &c, 0) == 0 ? 0 : errno;
}

static void test_no_sleep(void)
{
	int err = must_not_sleep(read_nonblock);

	ktap_why("%s", err < 0 ? "it slept: file->f_flags has O_NONBLOCK, and nobody "
				 "looks"
			       : strerror(err));
	ktap_ok(err == EAGAIN, "with O_NONBLOCK the read fails with EAGAIN");
	ktap_ok(must_not_sleep(read_nothing) == 0, "a read of nothing does not sleep");
}

/* A read of a file that was opened with O_NONBLOCK. The alarm matters only where it
 * sleeps nevertheless. */
static long take(int fd)
{
	long number;

	alarm(1);
	number = sleep_in(fd);
	alarm(0);
	return number;
}

/* Three states of one open file, without ever sleeping. */
static void test_one_file(void)
{
	int fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	long first, second;
	char c[4];

	wake();
	first = count_of("wakeups");
	ktap_why("between two reads of one open file nobody sleeps.\nWhoever reads in a "
		 "loop must not miss what happens while it is busy.");
	ktap_ok(take(fd) == first, "a wake-up between two reads is found by the next");
	wake();
	wake();
	second = take(fd);
	ktap_why("read %ld, the last is %ld", second, first + 2);
	ktap_ok(second == first + 2, "of several, the last is told");
	ktap_why("what has been read must not be read again");
	ktap_ok(take(fd) == -1 && errno == EAGAIN, "and only once");
	close(fd);

	fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	ktap_why("a wake-up is for those who sleep.\nA flag that nobody clears lets "
		 "everyone through who comes later.");
	ktap_ok(take(fd) == -1 && errno == EAGAIN, "who comes later sleeps anew");
	wake();
	for (first = second = 0; read(fd, c, 1) == 1 && second < 30; second++)
		first = c[0] == '\n' ? first : first * 10 + c[0] - '0';
	ktap_why("read %ld in pieces", first);
	ktap_ok(first == count_of("wakeups"), "the line may be read byte by byte");
	ktap_ok(read(fd, c, 1) == 0, "and ends, so that cat ends");
	close(fd);
}

static void test_bad_pointers(void)
{
	int fd = open(DEVICE, O_RDWR | O_NONBLOCK);
	long before = count_of("wakeups");

	ktap_ok(write(fd, (void *)1, 1) < 0 && errno == EFAULT,
		"a write from a bad pointer fails with EFAULT");
	ktap_ok(count_of("wakeups") == before, "and wakes nobody");
	ktap_ok(write(fd, "x", 0) == 0 && count_of("wakeups") == before,
		"nor does a write of nothing");
	wake();
	ktap_ok(pread(fd, (void *)1, 8, 0) < 0 && errno == EFAULT,
		"a read to a bad pointer fails with EFAULT");
	ktap_why("the wake-up has not reached anybody yet");
	ktap_ok(take(fd) == before + 1, "and the next read still finds the wake-up");
	close(fd);
}

static bool test_interrupted(void)
{
	pid_t child = start(sleep_until_signal);
	int end;

	wait_sleepers(1);
	wait_asleep(child);
	kill(child, SIGUSR1);
	end = end_of(child);
	ktap_why("%s", end < 0 ? "it sleeps on: no signal gets through an "
				 "uninterruptible sleep"
			       : strerror(end));
	return ktap_ok(end == EINTR, "a signal ends the sleep with EINTR");
}

static void test_restarted(void)
{
	pid_t child = start(sleep_across_signal);
	int end;

	wait_sleepers(1);
	wait_asleep(child);
	kill(child, SIGUSR1);
	pause_ms(20);
	wait_sleepers(1);
	wake();
	end = end_of(child);
	ktap_why("%s.\nThe read should return -ERESTARTSYS, not -EINTR: then the kernel "
		 "can restart it.",
		 end < 0 ? "it hangs" : strerror(end));
	ktap_ok(end == 0, "with SA_RESTART it sleeps on until it is woken");
}

static void test_stopped_and_killed(void)
{
	pid_t child = start(sleep_once);
	int end;

	wait_sleepers(1);
	kill(child, SIGSTOP);
	wait_state(child, "T");
	kill(child, SIGCONT);
	ktap_why("state %c", wait_asleep(child));
	ktap_ok(wait_sleepers(1), "stopped and continued, it sleeps on");
	kill(child, SIGKILL);
	end = end_of(child);
	ktap_why("%s", end < 0 ? "nothing can end it but a write" : strerror(end));
	ktap_ok(end == 128 + SIGKILL, "it can be killed");
	ktap_ok(wait_sleepers(0), "who was killed is not counted any more");
}

static void test_signals(void)
{
	static const char why[] = "signals do not end the sleep";

	if (test_interrupted()) {
		test_restarted();
		test_stopped_and_killed();
		return;
	}
	ktap_skip(why, "with SA_RESTART it sleeps on until it is woken");
	ktap_skip(why, "stopped and continued, it sleeps on");
	ktap_skip(why, "it can be killed");
	ktap_skip(why, "who was killed is not counted any more");
}

static int poll_fd;

static int poll_once(void)
{
	struct pollfd p = {poll_fd, POLLIN, 0};

	if (poll(&p, 1, -1) != 1)
		return errno;
	return p.revents & POLLIN ? 0 : EPROTO;
}

static void test_poll(void)
{
	struct pollfd p = {-1, POLLIN | POLLOUT, 0};
	pid_t child;

	poll_fd = p.fd = open(DEVICE, O_RDWR | O_NONBLOCK);
	poll(&p, 1, 0);
	ktap_why("revents 0x%x", p.revents);
	ktap_ok(p.revents == POLLOUT, "poll: writable always, not readable yet");
	child = start(poll_once);
	wait_asleep(child);
	wake();
	ktap_why("poll() has to enter the same wait queue (poll_wait) that the write "
		 "wakes");
	ktap_ok(end_of(child) == 0, "a write wakes who polls");
	poll(&p, 1, 0);
	ktap_ok(p.revents == (POLLIN | POLLOUT), "then the file is readable");
	ktap_ok(take(p.fd) == count_of("wakeups"), "and a read does not sleep");
	poll(&p, 1, 0);
	ktap_why("revents 0x%x: poll says readable, and the read would sleep", p.revents);
	ktap_ok(p.revents == POLLOUT, "once read, it is not readable any more");
	close(p.fd);
}

static int shared_fd;

static int sleep_shared(void)
{
	return sleep_in(shared_fd) > 0 ? 0 : errno;
}

static void test_fork(void)
{
	pid_t a, b;
	int ends;

	shared_fd = open(DEVICE, O_RDONLY);
	a = start(sleep_shared);
	b = start(sleep_shared);
	wait_sleepers(2);
	wake();
	ends = end_of(a);
	ends |= end_of(b);
	ktap_why("parent and child share the open file and what it remembers.\nThe "
		 "first to wake must not take the wake-up away from the other.");
	ktap_ok(ends == 0, "two tasks asleep in one open file are both woken");
	fcntl(shared_fd, F_SETFL, O_NONBLOCK);
	ktap_ok(take(shared_fd) == -1 && errno == EAGAIN,
		"and the file has seen that wake-up");
	close(shared_fd);
}

/* Last: where this fails the module is gone, and the sleeper sleeps in freed code. */
static void test_unload(void)
{
	pid_t child = start(sleep_once);
	int err;

	wait_sleepers(1);
	wait_asleep(child);
	err = unload_module();
	ktap_why("%s.\nWithout .owner in its file_operations an open file holds no "
		 "reference to the module, and the sleeper wakes up in freed memory.",
		 err ? strerror(err) : "it was unloaded");
	if (!ktap_ok(err == EWOULDBLOCK, "unloading is refused while somebody sleeps")) {
		kill(child, SIGKILL);
		return;
	}
	ktap_ok(state_of(child, NULL) == 'S', "who does not notice");
	wake();
	ktap_ok(end_of(child) == 0, "and is woken as ever");
	ktap_ok(unload_module() == 0, "then it unloads");
}

int main(void)
{
	struct sigaction sa = {.sa_handler = on_signal};

	sigaction(SIGALRM, &sa, NULL);
	ktap_plan(35);
	test_asleep();
	test_no_sleep();
	test_one_file();
	test_bad_pointers();
	test_signals();
	test_poll();
	test_fork();
	test_unload();
	return ktap_end();
}
