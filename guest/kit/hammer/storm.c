// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once: a crew of threads, each on a CPU of its own, uses a few open files
 * in common, opening and closing them under each other's feet, while signals fly; beside
 * them another process does the same and is killed in the middle, again and again.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hammer.h"

#define SHARED	    6  /* open files in common */
#define MOST_CREW   16 /* threads */
#define FIRST_LANE  1
#define VICTIM_LANE (FIRST_LANE + MOST_CREW)

static const struct target *target;
static struct content known; /* what every read must give, when it is stable */
static atomic_int shared[SHARED];
static atomic_bool over;

static int crew_size(void)
{
	long n = 2 * sysconf(_SC_NPROCESSORS_ONLN);

	return n < 2 ? 2 : n > MOST_CREW ? MOST_CREW : (int)n;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- what one of them does ---- */

static size_t some_size(void)
{
	return chance_below(8) ? chance_below(200) : chance_below(ROOM);
}

/* Mostly good memory. */
static struct place some_place(size_t *n, bool reading)
{
	struct bad_place bad;

	if (chance_below(6))
		return whole();
	if (chance_below(2))
		return *n = *n % 4096 + 1, tail(*n);
	bad = bad_place(chance_below(n_bad_places));
	return bad.readable && !reading ? whole() : bad.place;
}

static int open_mode(void)
{
	static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};

	return target->how == O_RDWR ? modes[chance_below(3)] : target->how;
}

static void reopen(int slot)
{
	long fd = call_open(target, open_mode() | O_NONBLOCK);
	int old;

	if (fd < 0)
		return;
	old = atomic_exchange(&shared[slot], (int)fd);
	if (old >= 0)
		call_close(old);
}

static void do_read(int fd)
{
	size_t n = some_size();
	struct place to = some_place(&n, true);

	call_read(fd, to, n);
}

/* A file that is the same for all is the same now, too. */
static void do_pread(int fd)
{
	size_t n = some_size(),
	       at = chance_below(4) ? chance_below(300) : chance_below(1 << 30);
	struct place to = some_place(&n, true);
	long r;

	if (known.size && chance_below(2))
		to = whole(), at = chance_below((unsigned int)known.size);
	r = call_pread(fd, to, n, (off_t)at);
	if (r <= 0 || !known.size || to.at != whole().at)
		return;
	if (at + (size_t)r > known.size || memcmp(to.at, known.data + at, (size_t)r))
		blame_last(r, "not the bytes that are there");
}

static void do_readv(int fd)
{
	struct iovec iov[3];
	size_t sum = 0;

	for (int i = 0; i < 3; i++) {
		iov[i] = (struct iovec){(char *)whole().at + 5000 * i, chance_below(300)};
		sum += iov[i].iov_len;
	}
	call_readv(fd, "three pieces", iov, 3, sum);
}

static void do_write(int fd)
{
	size_t n = some_size();
	struct place from = some_place(&n, false);

	if (!target->write)
		return;
	if (from.at == whole().at)
		memset(from.at, '0' + (int)chance_below(10), n < 100 ? n : 100);
	if (target->stored)
		call_pwrite(fd, from, n, chance_below(65536));
	else
		call_write(fd, from, n);
}

static void do_poll(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};
	struct timespec moment = {.tv_nsec = chance_below(3000000)};

	CALL("poll(fd, ..., 3 ms)", 0, 0, SYS_ppoll, (long)&p, 1L, (long)&moment, 0L);
}

static void do_epoll(int fd)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET};
	int poll_fd = epoll_create1(EPOLL_CLOEXEC);

	if (poll_fd < 0)
		return;
	CALL("epoll_ctl(epoll, EPOLL_CTL_ADD, fd)", 0, 0, SYS_epoll_ctl, (long)poll_fd,
	     (long)EPOLL_CTL_ADD, (long)fd, (long)&event);
	CALL("epoll_wait(epoll, event, 1, 1)", 0, 0, SYS_epoll_pwait, (long)poll_fd,
	     (long)&event, 1L, 1L, 0L);
	close(poll_fd);
}

static void do_lseek(int fd)
{
	call_lseek(fd, chance_below(4) ? chance_below(100) : (off_t)chance(),
		   (int)chance_below(5));
}

static void do_mmap(int fd)
{
	long r = CALL("mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0)", 0, 0, SYS_mmap,
		      0L, 4096L, (long)PROT_READ, (long)MAP_SHARED, (long)fd, 0L);

	if (r >= 0)
		munmap((void *)r, 4096);
}

static void do_dup(int fd)
{
	int copy = dup(fd);

	if (copy >= 0) {
		do_read(copy);
		call_close(copy);
	}
}

/* From now on whoever uses it may wait, until a signal comes. */
static void do_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0)
		fcntl(fd, F_SETFL, flags ^ O_NONBLOCK);
}

static void act(void)
{
	static void (*const actions[])(int fd) = {
		do_read,	   do_read,  do_pread, do_readv, do_write, do_write,
		try_unknown_ioctl, do_lseek, do_epoll, do_mmap,	 do_dup,   do_poll,
	};
	unsigned int slot = chance_below(SHARED), which = chance_below(16);
	int fd = atomic_load(&shared[slot]);

	if (fd < 0 || which == 15)
		reopen((int)slot);
	else if (which == 14)
		do_blocking(fd);
	else if (which >= 12)
		do_read(fd);
	else
		actions[which](fd);
}

/* ---- the crew ---- */

struct sailor {
	pthread_t thread;
	int number;
	_Atomic pid_t id;
	atomic_bool done;
};

static void pin(int number)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(number % cpus, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void *sail(void *arg)
{
	struct sailor *s = arg;

	lane_take((unsigned int)(FIRST_LANE + s->number));
	chance_seed(target->seed + (uint64_t)s->number);
	memory_prepare();
	pin(s->number);
	s->id = (pid_t)syscall(SYS_gettid);
	while (!over)
		act();
	s->done = true;
	return NULL;
}

/* Signals to all, one after the other, until each has come out of its last call. */
static void send_signals(struct sailor *crew, int n, double deadline)
{
	bool all = false;

	while (!all) {
		if (now() > deadline)
			over = true;
		all = true;
		for (int i = 0; i < n; i++) {
			if (crew[i].id && !crew[i].done)
				syscall(SYS_tgkill, getpid(), crew[i].id, SIGALRM);
			all &= crew[i].done;
			usleep(300 + chance_below(2000));
		}
	}
}

static void run_crew(double deadline)
{
	struct sailor crew[MOST_CREW] = {0};
	int n = crew_size(), started = 0;

	for (int i = 0; i < n; i++) {
		crew[i].number = i;
		if (pthread_create(&crew[i].thread, NULL, sail, &crew[i]))
			break;
		started++;
	}
	send_signals(crew, started, deadline);
	for (int i = 0; i < started; i++)
		pthread_join(crew[i].thread, NULL);
	_exit(0);
}

/* ---- the victim ---- */

static pid_t new_victim(unsigned int number)
{
	pid_t pid = fork_helper(VICTIM_LANE);

	if (pid)
		return pid;
	chance_seed(target->seed + 1000 + number);
	for (;;)
		act();
}

static void run_victims(double deadline)
{
	unsigned int n = 0;

	while (now() < deadline && !blamed()) {
		pid_t pid = new_victim(n++);

		usleep(5000 + chance_below(60000));
		if (pid < 0)
			continue;
		kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		lane_free(VICTIM_LANE);
	}
}

/* ---- all of it ---- */

static void know(const struct target *t)
{
	int fd = open_target(t, O_RDONLY);

	if (!content_read(fd, ROOM, &known))
		_exit(0);
	if (call_pread(fd, whole(), 1, 0) == -ESPIPE)
		known.size = 0;
	call_close(fd);
}

static unsigned long calls_made(void)
{
	unsigned long sum = 0;

	for (int i = 0; i < LANES; i++)
		sum += lanes[i].turn / 2;
	return sum;
}

static void storm(const struct target *t)
{
	double deadline;
	pid_t crew;

	target = t;
	if (t->stable && t->read && !t->write)
		know(t);
	for (int i = 0; i < SHARED; i++) {
		shared[i] = -1;
		reopen(i);
	}
	nudge(3000); /* the handler stays, also for the crew's signals */
	nudge_stop();
	deadline = now() + t->seconds;
	crew = fork_helper(FIRST_LANE);
	if (crew == 0)
		run_crew(deadline);
	run_victims(deadline);
	if (!helper_ended(crew))
		blame("the crew died in the storm");
	remark("%lu calls by %d threads, and one process that was killed again and again",
	       calls_made(), crew_size());
}

const struct promise storm_promises[] = {
	{"it stands everything at once", storm, ONCE},
	{0},
};
