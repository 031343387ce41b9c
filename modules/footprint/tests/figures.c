// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: each figure moves by exactly what was done, and no other does. The first
 * asking of all brings pages of this program in, so each step asks twice before.
 */
#define _GNU_SOURCE
#include "footprint.h"

static struct sizes before;

static void mark(void)
{
	ask(0, &before);
	ask(0, &before);
}

/* By how much all of them have moved since. */
static void moved(long virtual, long resident, long hugetlb, long zero, long swapped,
		  const char *name)
{
	struct sizes now;
	int err = ask(0, &now);

	ktap_why(
		"error %d; virtual %+ld, resident %+ld, hugetlb %+ld, zero %+ld, swapped "
		"%+ld",
		err, now.virtual - before.virtual, now.resident - before.resident,
		now.hugetlb - before.hugetlb, now.zero - before.zero,
		now.swapped - before.swapped);
	ktap_ok(!err && now.virtual - before.virtual == virtual &&
			now.resident - before.resident == resident &&
			now.hugetlb - before.hugetlb == hugetlb &&
			now.zero - before.zero == zero &&
			now.swapped - before.swapped == swapped,
		"%s", name);
}

static void small_pages(void)
{
	volatile char seen;
	char *p, *q;

	mark();
	p = map(100 * PAGE, 0);
	moved(100 * PAGE, 0, 0, 0, 0,
	      "allocated and not used: address space and no more");
	for (int i = 0; i < 30; i++)
		p[i * PAGE] = 1;
	moved(100 * PAGE, 30 * PAGE, 0, 0, 0, "written: the pages that were written");
	for (int i = 30; i < 50; i++)
		seen = p[i * PAGE];
	(void)seen;
	moved(100 * PAGE, 30 * PAGE, 0, 20 * PAGE, 0, "only read: the page of zeros");
	mprotect(p, 10 * PAGE, PROT_NONE);
	moved(100 * PAGE, 30 * PAGE, 0, 20 * PAGE, 0,
	      "out of reach, they are there still");
	madvise(p + 20 * PAGE, 10 * PAGE, MADV_DONTNEED);
	moved(100 * PAGE, 20 * PAGE, 0, 20 * PAGE, 0, "given back: the memory");
	munmap(p + 40 * PAGE, 60 * PAGE);
	moved(40 * PAGE, 20 * PAGE, 0, 10 * PAGE, 0, "unmapped: both");
	munmap(p, 40 * PAGE);
	moved(0, 0, 0, 0, 0, "all of it: as before");
	p = mmap(NULL, (size_t)(8 * PAGE), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memset(p, 1, (size_t)(8 * PAGE));
	q = mremap(p, 0, (size_t)(8 * PAGE), MREMAP_MAYMOVE);
	for (int i = 0; i < 8; i++)
		seen = q[i * PAGE];
	moved(16 * PAGE, 16 * PAGE, 0, 0, 0, "what is mapped twice counts twice");
	munmap(p, (size_t)(8 * PAGE));
	munmap(q, (size_t)(8 * PAGE));
}

static void large_pages(void)
{
	char *p;

	put_text("/proc/sys/vm/nr_hugepages", "2");
	mark();
	p = map(2 * HUGE, MAP_HUGETLB);
	if (p) {
		p[0] = 1;
		moved(2 * HUGE, 0, HUGE, 0, 0, "a page of hugetlbfs is no other's");
		munmap(p, (size_t)(2 * HUGE));
	} else {
		ktap_skip("no page for hugetlbfs", "a page of hugetlbfs is no other's");
	}
	put_text("/proc/sys/vm/nr_hugepages", "0");
	put_text("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	mark();
	p = map(2 * HUGE, 0);
	{
		char *at = (char *)(((uintptr_t)p + HUGE - 1) / HUGE * HUGE);
		long anonymous;

		put_text("/proc/sys/vm/compact_memory", "1");
		madvise(at, (size_t)HUGE, MADV_HUGEPAGE);
		at[5] = 1;
		anonymous = rollup(0, "AnonHugePages");
		if (anonymous < HUGE)
			ktap_skip("no huge page to be had",
				  "a huge page is 512 small ones");
		else
			moved(2 * HUGE, HUGE, 0, 0, 0, "a huge page is 512 small ones");
	}
	munmap(p, (size_t)(2 * HUGE));
}

static void swapped(void)
{
	struct sizes now;
	char *p;

	mark();
	p = map(32 * PAGE, 0);
	for (int i = 0; i < 32; i++)
		memset(p + i * PAGE, 'a' + i, (size_t)PAGE);
	for (int i = 0; i < 100; i++) {
		madvise(p, (size_t)(32 * PAGE), MADV_PAGEOUT);
		if (!ask(0, &now) && now.swapped - before.swapped == 32 * PAGE)
			break;
		pause_ms(10);
	}
	moved(32 * PAGE, 0, 0, 0, 32 * PAGE, "in swap: not resident any more");
	ktap_ok(p[PAGE] == 'b', "and asking did not bring it back");
	munmap(p, (size_t)(32 * PAGE));
}

static void merged(void)
{
	bool one = false;
	char *p;

	if (!put_text("/sys/kernel/mm/ksm/run", "1")) {
		ktap_skip("no KSM in this kernel", "merged pages count at each place");
		return;
	}
	put_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	put_text("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	mark();
	p = map(4 * PAGE, 0);
	memset(p, 7, (size_t)(4 * PAGE));
	madvise(p, (size_t)(4 * PAGE), MADV_MERGEABLE);
	for (int i = 0; i < 3000 && !one; i++) {
		char text[32] = "";
		int fd = open("/sys/kernel/mm/ksm/pages_sharing", O_RDONLY);

		(void)!read(fd, text, sizeof(text) - 1);
		close(fd);
		one = atoi(text) >= 3;
		pause_ms(1);
	}
	moved(4 * PAGE, 4 * PAGE, 0, 0, 0, "merged pages count at each place");
	put_text("/sys/kernel/mm/ksm/run", "2");
	put_text("/sys/kernel/mm/ksm/run", "0");
	munmap(p, (size_t)(4 * PAGE));
}

int main(void)
{
	if (!swap_on("16M"))
		ktap_diag("no swap on zram0");
	ktap_plan(13);
	small_pages();
	large_pages();
	swapped();
	merged();
	(void)!system("swapoff /dev/zram0");
	return ktap_end();
}
