// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: thousands of addresses, of this process and of others, against what
 * /proc/PID/pagemap says of them; first on memory that holds still, then with little
 * memory left and everything on its way to swap and back.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/sysinfo.h>

#include "translate.h"

enum { MOST = 1 << 15 };

static uint64_t words[MOST], entries[MOST];
static unsigned int seed = 1;
static char example[128]; /* of what differed last */

static unsigned int draw(unsigned int below)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % below;
}

/* Memory with a bit of everything, in no order. */
static char *patchwork(unsigned int pages)
{
	char *p = map(pages * PAGE, PROT_READ | PROT_WRITE, 0);
	volatile char seen;

	for (unsigned int i = 0; i < pages; i++)
		switch (draw(5)) {
		case 0:
			break;
		case 1:
			seen = p[i * PAGE];
			(void)seen;
			break;
		case 2:
			munmap(p + i * PAGE, PAGE);
			break;
		case 3:
			p[i * PAGE] = 1;
			mprotect(p + i * PAGE, PAGE, PROT_NONE);
			break;
		default:
			p[i * PAGE] = 1;
		}
	return p;
}

/* How many of the pages differ. */
static unsigned int compare(int pid, const char *start, unsigned int pages)
{
	unsigned int wrong = 0;

	if (ask(pid, start, pages, words))
		return pages;
	pagemap(pid, start, pages, entries);
	for (unsigned int i = 0; i < pages; i++) {
		if (agree(words[i], entries[i]))
			continue;
		wrong++;
		snprintf(example, sizeof(example), "pid %d, %p: 0x%llx, pagemap 0x%llx",
			 pid, (const void *)(start + i * PAGE),
			 (unsigned long long)words[i], (unsigned long long)entries[i]);
	}
	return wrong;
}

static void of_this_process(void)
{
	enum { PAGES = 4096, RANGES = 400 };
	unsigned int wrong = 0, asked = 0;
	char *p = patchwork(PAGES);

	for (int i = 0; i < RANGES; i++) {
		unsigned int from = draw(PAGES), n = 1 + draw(PAGES - from);

		if (i % 2)
			n = 1;
		wrong += compare(0, p + from * PAGE, n);
		asked += n;
	}
	ktap_why("%u of %u differ; %s", wrong, asked, example);
	ktap_ok(!wrong && asked > 10000, "of this process, whatever is asked about");
	munmap(p, PAGES * PAGE);
}

/* All that the file says is mapped, and a bit around it; counts pages that differ. */
static unsigned int compare_maps(int pid, unsigned int *asked)
{
	unsigned int wrong = 0;
	char path[64], line[512];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f)) {
		unsigned long start, end, pages;

		if (sscanf(line, "%lx-%lx", &start, &end) != 2 || start >= 0x7ffffffff000)
			continue;
		start -= start < PAGE ? 0 : PAGE;
		pages = (end + PAGE - start) / PAGE;
		if (pages > MOST)
			pages = MOST;
		if (start + pages * PAGE > 0x7ffffffff000)
			pages = (0x7ffffffff000 - start) / PAGE;
		wrong += compare(pid, (char *)start, (unsigned int)pages);
		*asked += (unsigned int)pages;
	}
	if (f)
		fclose(f);
	return wrong;
}

/* Somebody to ask about. */
static pid_t start_sleeper(void)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	seed += (unsigned int)getpid();
	patchwork(200);
	for (;;)
		pause();
}

static void of_all(void)
{
	enum { SLEEPERS = 20 };
	pid_t sleeper[SLEEPERS];
	unsigned int wrong = 0, asked = 0, processes = 0;
	DIR *proc = opendir("/proc");
	struct dirent *e;

	for (int i = 0; i < SLEEPERS; i++)
		sleeper[i] = start_sleeper();
	pause_ms(200);
	while (proc && (e = readdir(proc))) {
		int pid = atoi(e->d_name);
		unsigned int before = asked, bad = 0;

		if (pid <= 0 || pid == getpid())
			continue;
		for (int try = 0; try < 5; try++) { /* it may run meanwhile */
			asked = before;
			bad = compare_maps(pid, &asked);
			if (!bad)
				break;
		}
		wrong += bad;
		processes += asked > before;
	}
	if (proc)
		closedir(proc);
	ktap_why("%u of %u differ; %s", wrong, asked, example);
	ktap_ok(!wrong && processes > SLEEPERS,
		"of every other process, all that it has mapped");
	for (int i = 0; i < SLEEPERS; i++) {
		kill(sleeper[i], SIGKILL);
		waitpid(sleeper[i], NULL, 0);
	}
}

/* Of those pages; the rest of the time they may move. */
static void with_little_memory(void)
{
	enum { PAGES = 8192 };
	char *p = map(PAGES * PAGE, PROT_READ | PROT_WRITE, 0);
	unsigned int wrong = 0, swapped = 0, asked = 0;

	for (unsigned int i = 0; i < PAGES; i++)
		memset(p + i * PAGE, (int)i, PAGE);
	for (int round = 0; round < 20; round++) {
		unsigned int from = draw(PAGES / 2);

		madvise(p + from * PAGE, PAGES / 4 * PAGE, MADV_PAGEOUT);
		for (unsigned int i = 0; i < 200; i++)
			((volatile char *)p)[draw(PAGES) * PAGE]++;
		for (unsigned int i = 0; i < PAGES; i += 64) {
			unsigned int bad = 1;

			/* What is on its way is somewhere else a moment later. */
			for (int try = 0; try < 20 && bad; try++)
				bad = compare(0, p + i * PAGE, 64);
			wrong += bad;
			asked += 64;
			for (int j = 0; j < 64; j++)
				swapped += words[j] == TRANSLATE_SWAPPED;
		}
	}
	ktap_why("%u of %u differ, %u in swap", wrong, asked, swapped);
	ktap_ok(!wrong, "under pressure, with pages going to swap and coming back");
	ktap_why("none was in swap: nothing is proven");
	ktap_ok(swapped > 0, "and some were there");
	munmap(p, PAGES * PAGE);
}

static bool swap_on(void)
{
	put_text("/sys/block/zram0/reset", "1"); /* a test before may have used it */
	return put_text("/sys/block/zram0/disksize", "64M") &&
	       !system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0");
}

int main(void)
{
	device = open(DEVICE, O_RDONLY);
	if (!swap_on())
		ktap_diag("no swap on zram0");
	ktap_plan(4);
	of_this_process();
	of_all();
	with_little_memory();
	(void)!system("swapoff /dev/zram0");
	return ktap_end();
}
