// SPDX-License-Identifier: GPL-2.0-only
/* What the processes of a sandbox have at one moment, as the warden reads it in /proc. */
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "census.h"
#include "cleanup.h"

static bool read_small(int dir, const char *pid, const char *name, char *buf, size_t size)
{
	char path[128];
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
		      field(text, "\nVmSwap:") + field(text, "\nVmPTE:"))
		     << 10;
}

/* proc(5): the name, which may hold anything, ends at the last bracket; then come the
 * state and, as the 14th to 17th field, times. */
static void count_stat(const char *text, bool own, struct census *c)
{
	const char *at = strrchr(text, ')');
	unsigned long long t[4];

	if (!at || at[1] != ' ' || !at[2])
		return;
	if (sscanf(at + 3, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu %llu %llu %llu",
		   &t[0], &t[1], &t[2], &t[3]) == 4)
		c->cpu += t[2] + t[3] + (own ? 0 : t[0] + t[1]);
	if (!own)
		c->busy = c->busy || at[2] == 'R' || at[2] == 'D';
}

/* A full pipe holds a page or two for each of its ends, which nobody else counts. How
 * many files a process has, the kernel says since 6.2. */
static void count_files(int proc, const char *pid, struct census *c)
{
	struct stat st;
	char path[128];

	snprintf(path, sizeof(path), "%s/fd", pid);
	if (fstatat(proc, path, &st, 0) == 0)
		c->pipes += (uint64_t)st.st_size * 4096;
}

bool open_proc(struct listing *l)
{
	return listing_open(l, AT_FDCWD, "/proc");
}

const char *next_process(struct listing *l, bool own)
{
	const char *name;

	while ((name = listing_next(l)))
		if (name[0] >= '0' && name[0] <= '9' && (own || strcmp(name, "1")))
			return name;
	listing_close(l);
	return NULL;
}

/*
 * A process whose first thread has ended has no memory to show under its number; under
 * that of any other thread it has. @text gets a status file, @name (64 bytes) the number.
 */
static bool read_status(int proc, const char *pid, char *name, char *text, size_t size)
{
	static struct listing l;
	char path[96];
	const char *tid;
	bool found = false;

	snprintf(name, 64, "%s", pid);
	if (!read_small(proc, pid, "status", text, size))
		return false;
	if (strstr(text, "\nRssAnon:") || !strstr(text, "\nState:\tZ"))
		return true;
	snprintf(path, sizeof(path), "%s/task", pid);
	listing_open(&l, proc, path);
	while (l.fd >= 0 && !found && (tid = listing_next(&l))) {
		snprintf(name, 64, "%s", tid);
		found = read_small(proc, tid, "status", text, size) &&
			strstr(text, "\nRssAnon:");
	}
	listing_close(&l);
	return found || read_small(proc, pid, "status", text, size);
}

/* As many as there may be are enough. Of ourselves only what dead children used counts.
 */
void census_take(struct census *c, uint64_t most)
{
	static struct listing l;
	char text[4096], live[64];
	const char *name;

	if (!open_proc(&l)) {
		c->processes = most + 1; /* what cannot be counted is too much */
		return;
	}
	while ((name = next_process(&l, true))) {
		bool own = !strcmp(name, "1");

		if (!own && read_status(l.fd, name, live, text, sizeof(text))) {
			count_status(text, c);
			count_files(l.fd, live, c);
		}
		if (read_small(l.fd, name, "stat", text, sizeof(text)))
			count_stat(text, own, c);
		if (c->processes > most) {
			listing_close(&l);
			return;
		}
	}
}

/* Only if the build's own lies there, and not a source directory of this name. */
static uint64_t used_in_tmpfs(const char *path)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0 || fs.f_type != TMPFS_MAGIC || fs.f_flags & ST_RDONLY)
		return 0;
	return (fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
}

/* Pages that many processes share after a fork count for each of them above; what is
 * over the limit like that is looked at again, page by page. */
static uint64_t proportional_memory(void)
{
	static struct listing l;
	static char text[4096];
	uint64_t sum = 0;
	const char *name;
	char live[64];

	if (!open_proc(&l))
		return UINT64_MAX / 2;
	while ((name = next_process(&l, false)))
		if (read_status(l.fd, name, live, text, sizeof(text))) {
			sum += field(text, "\nVmPTE:");
			if (read_small(l.fd, live, "smaps_rollup", text, sizeof(text)))
				sum += field(text, "\nPss_Anon:") +
				       field(text, "\nPss_Shmem:") +
				       field(text, "\nSwapPss:");
		}
	return sum << 10;
}

uint64_t shared_memory(void)
{
	static char text[4096];
	int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return field(text, "\nShmem:") << 10;
}

/* The mappings of a process, proc_pid_maps(5). */
static FILE *open_maps(int proc, const char *pid)
{
	char path[96], live[64], text[4096];
	int fd;

	read_status(proc, pid, live, text, sizeof(text));
	snprintf(path, sizeof(path), "%s/maps", live);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? NULL : fdopen(fd, "r");
}

/* Bytes mapped of shared memory without a name, which the kernel calls so. */
static const char nameless[] = "/dev/zero (deleted)";

static uint64_t shared_mappings_of(int proc, const char *pid)
{
	_cleanup_fclose_ FILE *maps = open_maps(proc, pid);
	unsigned long long from, to;
	char line[512], perms[5];
	uint64_t sum = 0;

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%llx-%llx %4s", &from, &to, perms) == 3 &&
		    perms[3] == 's' && strstr(line, nameless))
			sum += to - from;
	return sum;
}

bool maps_deleted_file(int proc, const char *pid)
{
	_cleanup_fclose_ FILE *maps = open_maps(proc, pid);
	bool found = false;
	char line[512];

	while (maps && !found && fgets(line, sizeof(line), maps))
		found = strstr(line, " (deleted)") && !strstr(line, nameless);
	return found;
}

/* Memory that a process has mapped, filled and taken out of its page tables again counts
 * for nobody; it is there until the last mapping goes. */
static bool too_much_unseen(uint64_t most, uint64_t shared)
{
	static struct listing l;
	uint64_t sum = 0;
	const char *name;

	if (shared_memory() < shared + most || !open_proc(&l))
		return false;
	while ((name = next_process(&l, false)))
		sum += shared_mappings_of(l.fd, name);
	return sum > most;
}

bool too_much_memory(const struct census *c, uint64_t most, uint64_t shared)
{
	uint64_t files = used_in_tmpfs("/tmp") + used_in_tmpfs("/run") + c->pipes;

	return (c->memory + files > most && proportional_memory() + files > most) ||
	       too_much_unseen(most, shared);
}
