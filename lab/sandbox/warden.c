// SPDX-License-Identifier: GPL-2.0-only
/*
 * Process 1 of a sandbox. It reaps, adds up ten times a second what all processes have
 * taken, and ends, with everything in the namespace, when that is too much. A short
 * command never sees it look. Nothing here allocates: it is a copy of a process that may
 * have had threads.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

#define TICK_MS	     100
#define DISK_TICKS   10
#define IDLE_TICKS   (60 * 1000 / TICK_MS)
#define RESERVE	     (256ULL << 20) /* of the cache's disk, for everybody else */
#define MAX_DEPTH    64
#define LISTING_SIZE 32768

/* All processes at one moment. */
struct census {
	uint64_t processes; /* with threads */
	uint64_t memory;    /* bytes: own, shared without a file, swapped */
	uint64_t cpu;	    /* clock ticks, with children that are gone */
	bool busy;	    /* one runs, or waits for the disk */
};

struct watch {
	struct boxed_run *job;
	uint64_t ticks;	    /* in which the host was there */
	uint64_t cpu, idle; /* ticks since the last that brought more CPU time */
	struct timespec before;
};

/* As in <linux/dirent.h>; readdir(3) would allocate. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

struct listing {
	int fd;
	long n, at;
	char buf[LISTING_SIZE] __attribute__((aligned(8)));
};

static const char *next_name(struct listing *l)
{
	struct entry *e;

	do {
		if (l->at >= l->n) {
			l->n = syscall(SYS_getdents64, l->fd, l->buf, sizeof(l->buf));
			l->at = 0;
			if (l->n <= 0)
				return NULL;
		}
		e = (struct entry *)(l->buf + l->at);
		l->at += e->len;
	} while (!strcmp(e->name, ".") || !strcmp(e->name, ".."));
	return e->name;
}

/* ---- processes ---- */

static bool read_small(int dir, const char *pid, const char *name, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", pid, name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (fd >= 0)
		close(fd);
	if (n < 0)
		return false;
	buf[n] = '\0';
	return true;
}

static uint64_t field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoull(at + strlen(name), NULL, 10) : 0;
}

/* The name in a status file is the process's own choice, but it has no line breaks: the
 * kernel escapes them. */
static void count_status(const char *text, struct census *c)
{
	c->processes += field(text, "\nThreads:");
	c->memory += (field(text, "\nRssAnon:") + field(text, "\nRssShmem:") +
		      field(text, "\nVmSwap:"))
		     << 10;
}

/* proc(5): the name, which may hold anything, ends at the last bracket; then come the
 * state and, as the 14th to 17th field, times. */
static void count_stat(const char *text, struct census *c)
{
	const char *at = strrchr(text, ')');
	unsigned long long t[4];

	if (!at || at[1] != ' ' || !at[2])
		return;
	c->busy = c->busy || at[2] == 'R' || at[2] == 'D';
	if (sscanf(at + 3, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu %llu %llu",
		   &t[0], &t[1], &t[2], &t[3]) == 4)
		c->cpu += t[0] + t[1] + t[2] + t[3];
}

/* As many as there may be are enough. */
static void count_processes(struct census *c, uint64_t most)
{
	static struct listing l;
	char text[4096];
	const char *name;

	l.n = l.at = 0;
	l.fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (l.fd >= 0 && c->processes <= most && (name = next_name(&l))) {
		if (name[0] < '0' || name[0] > '9')
			continue;
		if (strcmp(name, "1") &&
		    read_small(l.fd, name, "status", text, sizeof(text)))
			count_status(text, c);
		/* Of process 1 only what its dead children used counts. */
		if (read_small(l.fd, name, "stat", text, sizeof(text))) {
			bool busy = c->busy;

			count_stat(text, c);
			if (!strcmp(name, "1"))
				c->busy = busy;
		}
	}
	if (l.fd >= 0)
		close(l.fd);
}

static uint64_t used_in(const char *path)
{
	struct statvfs vfs;

	if (statvfs(path, &vfs) < 0)
		return 0;
	return (vfs.f_blocks - vfs.f_bfree) * vfs.f_frsize;
}

/* Pages that many processes share after a fork count for each of them above; what is
 * over the limit like that is looked at again, page by page. */
static uint64_t proportional_memory(void)
{
	static struct listing l;
	static char text[4096];
	uint64_t sum = 0;
	const char *name;

	l.n = l.at = 0;
	l.fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	while (l.fd >= 0 && (name = next_name(&l))) {
		if (name[0] < '0' || name[0] > '9' || !strcmp(name, "1"))
			continue;
		if (read_small(l.fd, name, "smaps_rollup", text, sizeof(text)))
			sum += field(text, "\nPss_Anon:") + field(text, "\nPss_Shmem:") +
			       field(text, "\nSwapPss:");
	}
	if (l.fd >= 0)
		close(l.fd);
	return sum << 10;
}

static bool too_much_memory(const struct watch *w, const struct census *c)
{
	uint64_t files = used_in("/tmp") + used_in("/run");

	return c->memory + files > w->job->limits.memory &&
	       proportional_memory() + files > w->job->limits.memory;
}

/* ---- disk ---- */

/* Hostile: no link is followed, and what is too deep to be walked is too much. */
static uint64_t tree_size(int dir, unsigned int depth, uint64_t most)
{
	struct listing l = {.fd = dir};
	uint64_t sum = 0;
	const char *name;
	struct stat st;

	while (sum <= most && (name = next_name(&l))) {
		if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		/* An empty file takes room, too. */
		sum += (uint64_t)st.st_blocks * 512 + 256;
		if (S_ISDIR(st.st_mode)) {
			int fd = openat(dir, name,
					O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (fd >= 0 && depth >= MAX_DEPTH)
				sum = most + 1;
			else if (fd >= 0)
				sum += tree_size(fd, depth + 1, most);
			if (fd >= 0)
				close(fd);
		}
	}
	return sum;
}

static enum sandbox_limit check_disk(const struct watch *w, uint64_t *base)
{
	uint64_t most = w->job->limits.disk, gone;
	struct statvfs vfs;
	bool over = false;
	int fd;

	if (fstatvfs(w->job->upper_fd, &vfs) < 0)
		return LIMIT_NONE;
	gone = vfs.f_bavail * vfs.f_frsize;
	if (!*base)
		*base = gone;
	/* Files of others come and go; the tree itself is added up only when the disk as
	 * a whole has lost a good part of the limit. */
	gone = *base > gone ? *base - gone : 0;
	if (vfs.f_bavail * vfs.f_frsize < RESERVE && gone > RESERVE / 4)
		return LIMIT_SPACE;
	if (gone < most / 4)
		return LIMIT_NONE;
	fd = openat(w->job->upper_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		over = tree_size(fd, 0, most) > most;
		close(fd);
	}
	return over ? LIMIT_DISK : LIMIT_NONE;
}

/* ---- the watch ---- */

/* Is it time to look? Children that end by the thousand do not put it off, and time in
 * which the whole machine stood still does not count. */
static bool next_tick(struct watch *w)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - w->before.tv_sec) * 1000 +
	     (now.tv_nsec - w->before.tv_nsec) / 1000000;
	if (ms < TICK_MS)
		return false;
	w->before = now;
	w->ticks += ms < 2 * TICK_MS ? 1 : 2;
	return true;
}

static bool is_idle(struct watch *w, const struct census *c)
{
	if (c->busy || c->cpu != w->cpu)
		w->idle = 0;
	else
		w->idle++;
	w->cpu = c->cpu;
	return w->idle > IDLE_TICKS;
}

static enum sandbox_limit check(struct watch *w)
{
	static uint64_t base;
	const struct lab_limits *most = &w->job->limits;
	struct census c = {0};

	if (w->ticks > (uint64_t)most->time_s * 1000 / TICK_MS)
		return LIMIT_TIME;
	count_processes(&c, most->processes);
	if (c.processes > most->processes)
		return LIMIT_PROCESSES;
	if (too_much_memory(w, &c))
		return LIMIT_MEMORY;
	if (is_idle(w, &c))
		return LIMIT_IDLE;
	if (w->job->upper_fd >= 0 && w->ticks % DISK_TICKS == 0)
		return check_disk(w, &base);
	return LIMIT_NONE;
}

static void __attribute__((noreturn)) finish(int raw)
{
	_exit(WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw));
}

/* All that have ended; ends itself when the command is among them. */
static void reap(pid_t command)
{
	pid_t pid;
	int raw;

	while ((pid = waitpid(-1, &raw, WNOHANG)) > 0)
		if (pid == command)
			finish(raw);
}

/* The command alone shall hold the pipes of its output; nobody the caller's own. */
static void close_others(int kept)
{
	if (kept > 0)
		syscall(SYS_close_range, 0, (unsigned int)kept - 1, 0);
	syscall(SYS_close_range, (unsigned int)(kept + 1), ~0U, 0);
}

void sandbox_warden(struct boxed_run *job, pid_t pid)
{
	struct timespec tick = {.tv_nsec = TICK_MS * 1000000L};
	struct watch w = {.job = job};
	enum sandbox_limit limit;
	sigset_t child;

	close_others(job->upper_fd);
	clock_gettime(CLOCK_MONOTONIC, &w.before);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		reap(pid);
		sigtimedwait(&child, NULL, &tick);
		limit = !job->unboxed && next_tick(&w) ? check(&w) : LIMIT_NONE;
		if (limit != LIMIT_NONE) {
			job->trouble->limit = limit;
			_exit(128 + SIGKILL);
		}
	}
}
