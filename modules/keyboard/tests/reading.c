// SPDX-License-Identifier: GPL-2.0-only
/*
 * The file: who may open it, how a read waits and what ends it, what several readers get,
 * and that nothing is lost without being counted.
 */
#include "lib.h"

#include <linux/capability.h>

#define SIZE sizeof(struct keyboard_event)

/* In a child: prepare, open; its errno. */
static int open_as(void (*prepare)(void))
{
	pid_t pid = fork();

	if (!pid) {
		prepare();
		_exit(open_keyboard(O_NONBLOCK) < 0 ? errno : 0);
	}
	return ends(pid);
}

static void be_nobody(void)
{
	if (setgid(65534) || setuid(65534))
		_exit(200);
}

static void drop_admin(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct caps[2];

	if (syscall(SYS_capget, &head, caps))
		_exit(200);
	caps[0].effective &= ~(1U << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &head, caps))
		_exit(200);
}

static void test_access(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	ktap_ok(open_as(be_nobody) == EACCES, "nobody but root can open it");
	ktap_why("root in a container must not see the keys of the machine");
	ktap_ok(open_as(drop_admin) == EPERM,
		"root without CAP_SYS_ADMIN cannot open it");
	ktap_ok(fd < 0 || write(fd, "x", 1) < 0, "nobody can write it");
	close(fd);
}

/* Run a blocking read in a child and type a key when it sleeps. Exit 0: it got the key.
 */
static void test_blocking(void)
{
	struct keyboard_event e;
	int fd = open_keyboard(0);
	pid_t pid = fork();
	bool asleep;

	if (!pid)
		_exit(!(read(fd, &e, SIZE) == SIZE && is_key(&e, KEY_A, 1)));
	asleep = sleeps(pid);
	usleep(50000);
	ktap_why("a read with nothing to give must wait, not return 0 and not spin");
	ktap_ok(asleep && waitpid(pid, NULL, WNOHANG) == 0,
		"a read sleeps while there is nothing");
	ktap_ok(unload_module() == EAGAIN,
		"unloading is refused while somebody waits in a read");
	type_key(SCAN_A, true);
	ktap_ok(ends(pid) == 0, "the next key wakes it up and is what it gets");
	type_key(SCAN_A, false);
	close(fd);
}

static void test_nonblock(void)
{
	struct keyboard_event e;
	int fd = open_keyboard(O_NONBLOCK);
	pid_t pid = fork();

	if (!pid)
		_exit(read(fd, &e, SIZE) < 0 ? errno : 0);
	ktap_why("O_NONBLOCK was ignored, or the wrong errno given");
	ktap_ok(ends(pid) == EAGAIN,
		"with O_NONBLOCK a read of nothing fails with EAGAIN");
	drain(fd);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	type_key(SCAN_A, true);
	errno = 0;
	ktap_why("%s", "the key has been there before the read began");
	ktap_ok(read(fd, &e, SIZE) == SIZE, "with O_NONBLOCK a read gives what is there");
	type_key(SCAN_A, false);
	close(fd);
}

static void test_poll(void)
{
	struct keyboard_event e;
	int fd = open_keyboard(0);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	pid_t pid;

	ktap_ok(!readable(fd), "poll says nothing while there is nothing");
	pid = fork();
	if (!pid)
		_exit(!(poll(&p, 1, -1) == 1 && p.revents & POLLIN));
	sleeps(pid);
	type_key(SCAN_A, true);
	ktap_ok(ends(pid) == 0, "a key wakes up who sleeps in poll");
	ktap_ok(readable(fd), "poll says readable while there is something");
	read_events(fd, &e, 1);
	ktap_ok(!readable(fd), "poll says nothing after it was read");
	type_key(SCAN_A, false);
	close(fd);
}

/* In a child: a read that a signal may end; errno, or 0 when the key came. */
static pid_t reader_with_signal(int fd, int flags)
{
	struct keyboard_event e;
	pid_t pid = fork();

	if (pid)
		return pid;
	catch_signal(SIGUSR1, flags);
	_exit(read(fd, &e, SIZE) == SIZE ? 0 : errno ? errno : 250);
}

static void test_signals(void)
{
	struct keyboard_event e[2];
	int fd = open_keyboard(0);
	pid_t pid = reader_with_signal(fd, 0);

	sleeps(pid);
	kill(pid, SIGUSR1);
	ktap_why("wait_event() cannot be interrupted, and the result of "
		 "wait_event_interruptible() must be looked at");
	if (!ktap_ok(ends(pid) == EINTR, "a signal ends a waiting read with EINTR")) {
		for (int i = 0; i < 3; i++)
			ktap_skip("reads know no signals", "more signals");
		close(fd);
		return;
	}
	drain(fd);
	pid = reader_with_signal(fd, SA_RESTART);
	sleeps(pid);
	kill(pid, SIGUSR1);
	usleep(20000);
	type_keys(SCAN_A, 1);
	ktap_ok(ends(pid) == 0, "with SA_RESTART the read goes on and gets the next key");

	drain(fd);
	pid = reader_with_signal(fd, SA_RESTART);
	sleeps(pid);
	kill(pid, SIGKILL);
	ktap_ok(ends(pid) == 128 + SIGKILL, "a reader can be killed");

	type_keys(SCAN_A, 1);
	ktap_ok(read_events(fd, e, 2) == 2 && is_key(&e[0], KEY_A, 1),
		"after all that the next reader gets the next key");
	close(fd);
}

/* A timer interrupts every read it can; each key must come exactly once all the same. */
static void test_signal_storm(void)
{
	struct itimerval often = {{0, 500}, {0, 500}}, never = {{0, 0}, {0, 0}};
	struct keyboard_event e;
	int fd = open_keyboard(0), got = 0, interrupted = 0, misplaced = 0;
	uint64_t start = now_ns();
	pid_t pid = fork();

	if (!pid) {
		for (int i = 0; i < 60; i++) {
			type_keys(SCAN_A, 1);
			usleep(1000);
		}
		_exit(0);
	}
	setitimer(ITIMER_REAL, &often, NULL);
	while (got < 120 && !too_late(start)) {
		if (read(fd, &e, SIZE) == SIZE)
			misplaced +=
				e.seq != (uint64_t)got++ || !is_key(&e, KEY_A, got % 2);
		else
			interrupted++;
	}
	setitimer(ITIMER_REAL, &never, NULL);
	ends(pid);
	ktap_why("%d of 120 came, %d out of order, %d reads interrupted", got, misplaced,
		 interrupted);
	ktap_ok(got == 120 && !misplaced && interrupted,
		"signals during reads cost no event and repeat none");
	close(fd);
}

static void test_lengths(void)
{
	struct keyboard_event e[4] = {0};
	int fd = open_keyboard(0);
	char *big = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			 -1, 0);
	pid_t pid = fork();
	ssize_t len;

	if (!pid)
		_exit(read(fd, e, 0) != 0);
	ktap_ok(ends(pid) == 0, "a read of length 0 gives 0 at once");
	drain(fd);
	type_keys(SCAN_A, 2);
	errno = 0;
	ktap_why("half an event would be useless, and the rest of it out of step");
	ktap_ok(read(fd, e, SIZE - 1) < 0 && errno == EINVAL,
		"a read too short for one event fails with EINVAL");
	len = read(fd, e, 2 * SIZE + SIZE / 2);
	ktap_why("got %zd", len);
	ktap_ok(len == 2 * SIZE && is_key(&e[0], KEY_A, 1) && is_key(&e[1], KEY_A, 0),
		"a read gives whole events only, and the short one before took nothing");
	len = read(fd, big, 0x7fff0000);
	ktap_why("got %zd", len);
	ktap_ok(len == 2 * SIZE,
		"a huge read gives what there is and does not wait for more");
	munmap(big, 4096);
	close(fd);
}

static void test_bad_pointers(void)
{
	struct keyboard_event e[4] = {0};
	int fd = open_keyboard(0);
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	ssize_t len;

	munmap(page + 4096, 4096);
	type_keys(SCAN_A, 2);
	errno = 0;
	ktap_ok(read(fd, (void *)8, SIZE) < 0 && errno == EFAULT,
		"a read to a bad address fails with EFAULT");
	len = read(fd, page + 4096 - SIZE - 4, 3 * SIZE);
	ktap_ok(len == SIZE || (len < 0 && errno == EFAULT),
		"a read to memory that ends too early gives what fits, or EFAULT");
	e[0] = *(struct keyboard_event *)(page + 4096 - SIZE - 4);
	read_events(fd, e + (len > 0), 4 - (len > 0));
	ktap_why("events may leave the queue only after they were copied");
	ktap_ok(is_key(&e[0], KEY_A, 1) && is_key(&e[1], KEY_A, 0) && e[0].seq == 0 &&
			e[1].seq == 1 && e[2].seq == 2 && e[3].seq == 3,
		"a failed copy loses nothing");
	munmap(page, 4096);
	close(fd);
}

static void test_several_files(void)
{
	struct keyboard_event a[4] = {0}, b[4] = {0};
	int first = open_keyboard(0), second;

	type_keys(SCAN_S, 1);
	second = open_keyboard(0);
	type_keys(SCAN_A, 1);
	ktap_why("one queue for all would give each event to one of them only");
	ktap_ok(read_events(first, a, 4) == 4 && is_key(&a[0], KEY_S, 1) &&
			is_key(&a[2], KEY_A, 1),
		"the first of two readers sees everything");
	ktap_ok(read_events(second, b, 2) == 2 && is_key(&b[0], KEY_A, 1) &&
			is_key(&b[1], KEY_A, 0),
		"the second sees everything since its own open, and nothing older");
	type_keys(SCAN_A, 3);
	close(first);
	close(second);
	first = open_keyboard(0);
	ktap_why("keys that were not read must be gone with the file");
	ktap_ok(!readable(first), "a new open finds nothing of the past");
	close(first);
}

/* Both processes read one open file; every event must go to exactly one of them. */
static void test_fork(void)
{
	struct {
		int count[100];
	} *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	int fd = open_keyboard(0), good = 0;
	uint64_t start = now_ns();
	pid_t pids[2];

	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		for (struct keyboard_event e; !pids[i] && read(fd, &e, SIZE) == SIZE;)
			if (e.seq < 100)
				__sync_fetch_and_add(&shared->count[e.seq], 1);
		if (!pids[i])
			_exit(1);
	}
	type_keys(SCAN_A, 50);
	do {
		good = 0;
		for (int i = 0; i < 100; i++)
			good += shared->count[i] > 0;
		usleep(1000);
	} while (good < 100 && !too_late(start));
	kill(pids[0], SIGKILL);
	kill(pids[1], SIGKILL);
	ends(pids[0]);
	ends(pids[1]);
	good = 0;
	for (int i = 0; i < 100; i++)
		good += shared->count[i] == 1;
	ktap_why("%d of 100", good);
	ktap_ok(good == 100,
		"two processes that share a file share its events, each one once");
	munmap(shared, 4096);
	close(fd);
}

/* One reader sleeps until its queue is full, another one reads in time. */
static void test_overflow(void)
{
	static struct keyboard_event e[8192];
	int slow = open_keyboard(0), quick = open_keyboard(0), got = 0, typed = 0, n;
	struct keyboard_status status;
	uint64_t gaps = 0, next = 0;

	for (int i = 0; i < 30; i++) {
		type_keys(SCAN_A, 50);
		typed += 100;
		got += read_events(quick, e, 100);
	}
	ktap_why("%d of %d", got, typed);
	ktap_ok(got == typed && !status_of(quick).lost,
		"a reader in time loses nothing because of a lazy one");
	status = status_of(slow);
	ktap_why("%llu of %d", status.seen, typed);
	ktap_ok(status.seen == (uint64_t)typed,
		"the file counts what happened since its open");
	n = drain(slow);
	ktap_why("read %d, counted as lost %llu, typed %d", n, status.lost, typed);
	ktap_ok(n + status.lost == (uint64_t)typed,
		"what did not fit is counted as lost");
	type_keys(SCAN_A, 50);
	got = read_events(slow, e, 100);
	for (int i = 0; i < got; i++) {
		gaps += i ? e[i].seq - next : 0;
		next = e[i].seq + 1;
	}
	ktap_ok(got == 100 && !gaps && next == (uint64_t)typed + 100 &&
			status_of(slow).lost == status.lost,
		"afterwards nothing is missing any more");
	close(slow);
	close(quick);
}

/* The numbers tell where events are missing; the file says how many. */
static void test_gaps(void)
{
	static struct keyboard_event e[8192];
	int fd = open_keyboard(0), got, ordered = 1;
	struct keyboard_status status;
	uint64_t present = 0;

	type_keys(SCAN_A, 1000);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	got = (int)(read(fd, e, sizeof(e)) / (ssize_t)SIZE);
	type_keys(SCAN_A, 5);
	got += (int)(read(fd, e + got, sizeof(e) - got * SIZE) / (ssize_t)SIZE);
	for (int i = 0; i < got; i++) {
		ordered &= !i || e[i].seq > e[i - 1].seq;
		ordered &= is_key(&e[i], KEY_A, e[i].seq % 2 ? 0 : 1);
		present++;
	}
	status = status_of(fd);
	ktap_why("read %llu, lost %llu, seen %llu", (unsigned long long)present,
		 status.lost, status.seen);
	ktap_ok(ordered && got > 10 && present + status.lost == status.seen &&
			e[got - 1].seq == 2009,
		"every number is there once and in order, or counted as lost");
	close(fd);
}

static void test_ioctls(void)
{
	struct keyboard_status status;
	int fd = open_keyboard(O_NONBLOCK), err;

	memset(&status, 0xff, sizeof(status));
	err = ioctl(fd, KEYBOARD_GET_STATUS, &status);
	ktap_why("%d, version %u flags %x", err, status.version, status.flags);
	ktap_ok(!err && status.version == KEYBOARD_VERSION &&
			!(status.flags & ~(unsigned int)KEYBOARD_INTERRUPTS),
		"the status has the version, and no raw mode");
	errno = 0;
	ktap_ok(ioctl(fd, KEYBOARD_GET_STATUS, 8) < 0 && errno == EFAULT,
		"the status at a bad address fails with EFAULT");
	ktap_ok(ioctl(fd, _IOR('k', 0x20, int), &status) < 0 && errno == ENOTTY,
		"the same command with another size is not known");
	ktap_ok(ioctl(fd, _IOW('k', 0x20, struct keyboard_status), &status) < 0 &&
			errno == ENOTTY,
		"the same command in the other direction is not known");
	ktap_ok(ioctl(fd, _IO('k', 0x21)) < 0 && errno == ENOTTY,
		"another command is not known");
	close(fd);
}

/* The kernel's own count, of all CPUs. */
static uint64_t kernel_interrupts(void)
{
	FILE *f = fopen("/proc/interrupts", "r");
	uint64_t sum = 0;
	char line[4096];

	while (f && fgets(line, sizeof(line), f)) {
		char *at = line + strspn(line, " ");

		if (strncmp(at, "1:", 2) != 0)
			continue;
		at += 2;
		for (char *end;; at = end) {
			uint64_t n = strtoull(at, &end, 10);

			if (end == at)
				break;
			sum += n;
		}
	}
	if (f)
		fclose(f);
	return sum;
}

static void test_interrupts(void)
{
	const char *name =
		"each interrupt of the keyboard is counted, by our count and by the "
		"kernel's";
	int fd = open_keyboard(O_NONBLOCK);
	struct keyboard_status status = status_of(fd);
	uint64_t theirs = kernel_interrupts(), ours = status.interrupts;

	type_keys(SCAN_UP, 25);
	if (!(status.flags & KEYBOARD_INTERRUPTS)) {
		ktap_skip("the module says that it cannot count them here", "%s", name);
	} else {
		theirs = kernel_interrupts() - theirs;
		ours = status_of(fd).interrupts - ours;
		ktap_why("100 bytes typed; we say %llu, the kernel %llu",
			 (unsigned long long)ours, (unsigned long long)theirs);
		ktap_ok(ours >= 100 && ours == theirs, "%s", name);
	}
	close(fd);
}

int main(void)
{
	begin(39);
	test_access();
	test_blocking();
	test_nonblock();
	test_poll();
	test_signals();
	test_signal_storm();
	test_lengths();
	test_bad_pointers();
	test_several_files();
	test_fork();
	test_overflow();
	test_gaps();
	test_ioctls();
	test_interrupts();
	return ktap_end();
}
