// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: of every process, the figures of /proc/PID/smaps_rollup and /proc/PID/stat;
 * of processes with memory in patches, and with most of it in swap.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/stat.h>

#include "footprint.h"

enum { SLEEPERS = 30 };

static unsigned int seed = 1;
static char example[256];

static unsigned int draw(unsigned int below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

/* Mappings of every size, used here and there. */
static void fill(unsigned int mappings)
{
	for (unsigned int i = 0; i < mappings; i++) {
		long pages = 1 + (long)draw(300);
		char *p = map(pages * PAGE, 0);
		volatile char seen;

		for (long j = 0; j < pages; j++)
			switch (draw(4)) {
			case 0:
				memset(p + j * PAGE, (int)draw(256), (size_t)PAGE);
				break;
			case 1:
				seen = p[j * PAGE];
				(void)seen;
			}
		if (draw(3) == 0)
			mprotect(p, (size_t)(pages * PAGE), PROT_NONE);
		if (draw(3) == 0)
			munmap(p, (size_t)((pages + 1) / 2 * PAGE));
	}
}

static void fill_more(int unused)
{
	(void)unused;
	fill(5);
}

static pid_t start_sleeper(unsigned int number, int ready)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	seed = number + 1;
	signal(SIGUSR1, fill_more);
	fill(10);
	(void)!write(ready, "x", 1);
	for (;;)
		pause();
}

/*
 * Bytes in swap by /proc/PID/pagemap. The "Swap:" of smaps has also what a file in tmpfs
 * has there, wherever it is mapped.
 */
static long swapped(int pid)
{
	char path[64], line[512];
	long pages = 0;
	FILE *maps;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "r");
	while (maps && fgets(line, sizeof(line), maps)) {
		static uint64_t entry[4096];
		unsigned long start, end;
		ssize_t got;

		if (sscanf(line, "%lx-%lx", &start, &end) != 2 || start >> 47)
			continue;
		for (; start < end; start += (unsigned long)(got / 8 * PAGE)) {
			size_t n = (end - start) / (size_t)PAGE;

			n = n < 4096 ? n : 4096;
			got = pread(fd, entry, n * 8, (off_t)(start / (size_t)PAGE * 8));
			if (got <= 0)
				break;
			for (ssize_t i = 0; i < got / 8; i++)
				pages += entry[i] >> 62 == 1;
		}
	}
	if (maps)
		fclose(maps);
	close(fd);
	return pages * PAGE;
}

/* Is it the same, all in all? */
static bool same(int pid)
{
	long rss = rollup(pid, "Rss"), swap = swapped(pid), size = vsize(pid);
	struct sizes s;
	int err = ask(pid, &s);

	if (err == EINVAL && rss < 0)
		return true; /* no memory, and none */
	if (!err && s.resident == rss && s.swapped == swap && s.virtual == size)
		return true;
	snprintf(example, sizeof(example),
		 "pid %d, error %d: resident %ld, /proc %ld; swapped %ld, %ld; virtual "
		 "%ld, %ld",
		 pid, err, s.resident, rss, s.swapped, swap, s.virtual, size);
	return false;
}

/* Who runs changes between the two looks: it is asked again. */
static unsigned int differences(unsigned int *asked)
{
	DIR *proc = opendir("/proc");
	unsigned int wrong = 0;
	struct dirent *e;

	while (proc && (e = readdir(proc))) {
		int pid = atoi(e->d_name);
		bool good = false;

		if (pid <= 0)
			continue;
		for (int i = 0; i < 20 && !good; i++)
			good = same(pid);
		wrong += !good;
		++*asked;
	}
	if (proc)
		closedir(proc);
	return wrong;
}

/*
 * Little memory for those processes, and enough for the machine: they are put into a
 * group, and what the group may have shrinks.
 */
static void squeeze(const pid_t *sleeper)
{
	char text[32];

	if (system("mkdir -p /tmp/group && mount -t cgroup2 group /tmp/group") ||
	    !put_text("/tmp/group/cgroup.subtree_control", "+memory") ||
	    mkdir("/tmp/group/little", 0700)) {
		ktap_diag("no control of memory");
		return;
	}
	for (int i = 0; i < SLEEPERS; i++) {
		snprintf(text, sizeof(text), "%d", sleeper[i]);
		put_text("/tmp/group/little/cgroup.procs", text);
	}
	/* What they have was charged to others: a new life begins with what they touch.
	 */
	put_text("/tmp/group/little/memory.high", "1M");
	for (int i = 0; i < SLEEPERS; i++)
		kill(sleeper[i], SIGUSR1);
	pause_ms(500);
	put_text("/tmp/group/little/memory.reclaim", "64M");
}

int main(void)
{
	pid_t sleeper[SLEEPERS];
	unsigned int wrong, asked = 0;
	struct sizes s;
	int ends[2];
	long out = 0;
	char c;

	if (!swap_on("64M"))
		ktap_diag("no swap on zram0");
	(void)!pipe(ends);
	ktap_plan(3);
	for (unsigned int i = 0; i < SLEEPERS; i++)
		sleeper[i] = start_sleeper(i, ends[1]);
	for (int i = 0; i < SLEEPERS; i++)
		(void)!read(ends[0], &c, 1);
	wrong = differences(&asked);
	ktap_why("%u of %u differ: %s", wrong, asked, example);
	ktap_ok(!wrong && asked > SLEEPERS, "of every process, as /proc has it");
	squeeze(sleeper);
	asked = 0;
	wrong = differences(&asked);
	for (int i = 0; i < SLEEPERS; i++)
		out += !ask(sleeper[i], &s) ? s.swapped : 0;
	ktap_why("%u of %u differ: %s", wrong, asked, example);
	ktap_ok(!wrong, "with little memory, too");
	ktap_why("none was in swap: nothing is proven");
	ktap_ok(out > 0, "and some of it in swap");
	for (int i = 0; i < SLEEPERS; i++) {
		kill(sleeper[i], SIGKILL);
		waitpid(sleeper[i], NULL, 0);
	}
	(void)!system("swapoff /dev/zram0; rmdir /tmp/group/little; umount /tmp/group");
	return ktap_end();
}
