// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: each kind of page there is, made on purpose, is told from the others, and
 * looking at it changes nothing. Where it is, /proc/self/pagemap has to say, too.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

#include "translate.h"

#define PRESENT TRANSLATE_PRESENT
#define ALL_KINDS                                                                        \
	(TRANSLATE_ANON | TRANSLATE_FILE | TRANSLATE_ZERO | TRANSLATE_PFNMAP |           \
	 TRANSLATE_HUGETLB | TRANSLATE_KSM)

/* One page, of that kind and of no other, where pagemap has it. */
static void kind(const void *address, uint64_t flag, uint64_t also, uint64_t unset,
		 const char *name)
{
	uint64_t word = word_at(address), entry = pagemap_at(address);

	ktap_why("the answer is 0x%llx, pagemap has 0x%llx", (unsigned long long)word,
		 (unsigned long long)entry);
	ktap_ok(is(word, PRESENT, flag | also, (ALL_KINDS & ~(flag | also)) | unset) &&
			(word & TRANSLATE_ADDRESS) / PAGE == (entry & MAP_FRAME) &&
			entry & MAP_PRESENT,
		"%s", name);
}

static void state(const void *address, unsigned int wanted, const char *name)
{
	uint64_t word = word_at(address);

	ktap_why("the answer is 0x%llx", (unsigned long long)word);
	ktap_ok(word == wanted, "%s", name);
}

static void anonymous(void)
{
	char *p = map(8 * PAGE, PROT_READ | PROT_WRITE, 0);
	volatile char seen;

	p[0] = 1;
	seen = p[PAGE];
	(void)seen;
	kind(p, TRANSLATE_ANON, TRANSLATE_WRITABLE, TRANSLATE_NO_ACCESS,
	     "a page that was written is anonymous and writable");
	kind(p + PAGE, TRANSLATE_ZERO, 0, TRANSLATE_WRITABLE,
	     "one that was only read is the page of zeros");
	state(p + 2 * PAGE, TRANSLATE_EMPTY, "one that was not touched is not there yet");
	ktap_ok(!(pagemap_at(p + 2 * PAGE) & MAP_PRESENT), "and is not there afterwards");
	munmap(p + 4 * PAGE, PAGE);
	state(p + 4 * PAGE, TRANSLATE_UNMAPPED, "what was unmapped is not mapped");
	p[5 * PAGE] = 1;
	mprotect(p + 5 * PAGE, PAGE, PROT_NONE);
	kind(p + 5 * PAGE, TRANSLATE_ANON, TRANSLATE_NO_ACCESS, TRANSLATE_WRITABLE,
	     "a page behind PROT_NONE is there, and nobody may use it");
	mprotect(p + 6 * PAGE, PAGE, PROT_NONE);
	state(p + 6 * PAGE, TRANSLATE_EMPTY, "PROT_NONE with nothing behind it");
	mprotect(p, PAGE, PROT_READ);
	kind(p, TRANSLATE_ANON, 0, TRANSLATE_WRITABLE | TRANSLATE_NO_ACCESS,
	     "a page made read-only is not writable");
	ktap_ok(word_at(p + 123) == word_at(p), "an address within the page will do");
	munmap(p, 8 * PAGE);
}

static void files(void)
{
	char name[] = "/tmp/translate-XXXXXX";
	int fd = mkstemp(name);
	char *shared, *private;
	volatile char seen;

	(void)!ftruncate(fd, 4 * PAGE);
	unlink(name);
	shared = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	private = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	shared[0] = 1;
	seen = private[0];
	(void)seen;
	kind(shared, TRANSLATE_FILE, 0, 0, "a page of a file");
	kind(private, TRANSLATE_FILE, 0, TRANSLATE_WRITABLE,
	     "the same in a private mapping, only read: the file's");
	ktap_ok((word_at(shared) & TRANSLATE_ADDRESS) ==
			(word_at(private) & TRANSLATE_ADDRESS),
		"both are one page");
	private[0] = 2;
	kind(private, TRANSLATE_ANON, TRANSLATE_WRITABLE, 0,
	     "written, it is a copy of the process's own");
	state(shared + 2 * PAGE, TRANSLATE_EMPTY, "a page of the file not touched yet");
	munmap(shared, 4 * PAGE);
	munmap(private, 4 * PAGE);
	close(fd);
}

static void forked(void)
{
	char *p = map(PAGE, PROT_READ | PROT_WRITE, 0);
	uint64_t before, after = 0;
	int ends[2];
	pid_t pid;
	char c;

	p[0] = 1;
	before = word_at(p);
	(void)!pipe(ends);
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		(void)!write(ends[1], "x", 1);
		for (;;)
			pause();
	}
	(void)!read(ends[0], &c, 1);
	ask(pid, p, 1, &after);
	ktap_ok(is(after, PRESENT, TRANSLATE_ANON, TRANSLATE_WRITABLE) &&
			(after & TRANSLATE_ADDRESS) == (before & TRANSLATE_ADDRESS),
		"a fork has the same page, and neither may write it");
	ktap_ok(!(word_at(p) & TRANSLATE_WRITABLE), "nor may the parent any more");
	p[0] = 2;
	ktap_ok((word_at(p) & TRANSLATE_ADDRESS) != (after & TRANSLATE_ADDRESS),
		"written, it is another page");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	munmap(p, PAGE);
}

/* With memory in pieces there may be no huge page to be had: some tries. */
static bool become_huge(char *p, size_t size, bool write)
{
	volatile char seen;

	for (int i = 0; i < 20; i++) {
		put_text("/proc/sys/vm/compact_memory", "1");
		madvise(p, size, MADV_DONTNEED);
		madvise(p, size, MADV_HUGEPAGE);
		if (write)
			p[PAGE] = 1;
		seen = p[PAGE];
		(void)seen;
		if (TRANSLATE_SHIFT(word_at(p + PAGE)) == 21)
			return true;
		pause_ms(10);
	}
	return false;
}

static void huge(void)
{
	char *p = map_huge(2 * HUGE);
	uint64_t a, b;

	put_text("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put_text("/sys/kernel/mm/transparent_hugepage/use_zero_page", "1");
	if (!become_huge(p, HUGE, true)) {
		ktap_skip("no huge page to be had", "a huge page");
		ktap_skip("no huge page to be had", "its pages follow each other");
	} else {
		kind(p + 5 * PAGE, TRANSLATE_ANON, 0, TRANSLATE_HUGETLB, "a huge page");
		a = word_at(p + 5 * PAGE);
		b = word_at(p + 6 * PAGE);
		ktap_ok(b - a == PAGE && TRANSLATE_SHIFT(a) == 21,
			"its pages follow each other, 2 MiB in all");
	}
	if (!become_huge(p + HUGE, HUGE, false))
		ktap_skip("no huge page to be had", "the huge page of zeros");
	else
		kind(p + HUGE + 7 * PAGE, TRANSLATE_ZERO, 0,
		     TRANSLATE_WRITABLE | TRANSLATE_ANON, "the huge page of zeros");
	munmap(p, 2 * HUGE);
}

static void hugetlb(void)
{
	char *p;

	put_text("/proc/sys/vm/nr_hugepages", "2");
	p = map(HUGE, PROT_READ | PROT_WRITE, MAP_HUGETLB);
	if (!p) {
		ktap_skip("no page for hugetlbfs", "a page of hugetlbfs");
		ktap_skip("no page for hugetlbfs", "one that is not there yet");
		return;
	}
	state(p, TRANSLATE_EMPTY, "a page of hugetlbfs that is not there yet");
	p[0] = 1;
	kind(p + 3 * PAGE, TRANSLATE_HUGETLB, TRANSLATE_WRITABLE, TRANSLATE_ANON,
	     "a page of hugetlbfs");
	munmap(p, HUGE);
	put_text("/proc/sys/vm/nr_hugepages", "0");
}

/* Memory of a PCI device: the address is known from its configuration. */
static bool find_bar(char *path, size_t size, uint64_t *address)
{
	DIR *dir = opendir("/sys/bus/pci/devices");
	struct dirent *e;
	bool found = false;

	while (dir && !found && (e = readdir(dir)))
		for (int bar = 0; bar < 6 && !found; bar++) {
			unsigned long long start, end;
			char line[128];
			FILE *f;

			snprintf(path, size, "/sys/bus/pci/devices/%s/resource%d",
				 e->d_name, bar);
			if (access(path, F_OK))
				continue;
			snprintf(line, sizeof(line), "/sys/bus/pci/devices/%s/resource",
				 e->d_name);
			f = fopen(line, "r");
			for (int i = 0; f && i <= bar; i++)
				(void)!fgets(line, sizeof(line), f);
			if (f)
				fclose(f);
			if (sscanf(line, "%llx %llx", &start, &end) == 2 &&
			    start >= 0x10000 && end - start >= PAGE - 1) {
				*address = start;
				found = true;
			}
		}
	if (dir)
		closedir(dir);
	return found;
}

static void a_device(void)
{
	uint64_t address = 0, word;
	char path[400];
	int fd = -1;
	char *p;

	if (find_bar(path, sizeof(path), &address))
		fd = open(path, O_RDWR | O_SYNC);
	p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED) {
		ktap_skip("no device whose memory may be mapped", "a device's memory");
		close(fd);
		return;
	}
	word = word_at(p);
	ktap_why("the answer is 0x%llx, the device is at 0x%llx",
		 (unsigned long long)word, (unsigned long long)address);
	ktap_ok(is(word, PRESENT, TRANSLATE_PFNMAP, ALL_KINDS & ~TRANSLATE_PFNMAP) &&
			(word & TRANSLATE_ADDRESS) == address,
		"a device's memory, at the address of the device");
	munmap(p, PAGE);
	close(fd);
}

/* Memory that compresses, so that a little of it will do for the swap. */
static void swapped(void)
{
	char *p = map(16 * PAGE, PROT_READ | PROT_WRITE, 0);
	unsigned int out = 0;

	for (unsigned int i = 0; i < 16; i++)
		memset(p + i * PAGE, 'a' + (int)i, PAGE);
	for (int try = 0; try < 50 && out < 16; try++) {
		madvise(p, 16 * PAGE, MADV_PAGEOUT);
		out = 0;
		for (unsigned int i = 0; i < 16; i++)
			out += word_at(p + i * PAGE) == TRANSLATE_SWAPPED;
		pause_ms(10);
	}
	ktap_why("%u of 16; does pagemap say so, too? 0x%llx", out,
		 (unsigned long long)pagemap_at(p));
	ktap_ok(out == 16 && pagemap_at(p) & MAP_SWAPPED, "pages in swap");
	ktap_ok(word_at(p + PAGE) == TRANSLATE_SWAPPED, "are there after the look, too");
	ktap_ok(p[PAGE] == 'b' && is(word_at(p + PAGE), PRESENT, TRANSLATE_ANON, 0),
		"and come back when they are used");
	munmap(p, 16 * PAGE);
}

static void merged(void)
{
	char *p = map(2 * PAGE, PROT_READ | PROT_WRITE, 0);
	bool one = false;

	if (!put_text("/sys/kernel/mm/ksm/run", "1")) {
		ktap_skip("no KSM in this kernel", "equal pages, merged");
		return;
	}
	put_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	put_text("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	for (unsigned long i = 0; i < 2 * PAGE; i += sizeof(unsigned long))
		*(unsigned long *)(p + i) = 0x5eed + i % PAGE;
	madvise(p, 2 * PAGE, MADV_MERGEABLE);
	for (int i = 0; i < 3000 && !one; i++) {
		uint64_t a = word_at(p), b = word_at(p + PAGE);

		one = a & TRANSLATE_KSM && b & TRANSLATE_KSM &&
		      (a & TRANSLATE_ADDRESS) == (b & TRANSLATE_ADDRESS);
		pause_ms(1);
	}
	ktap_ok(one, "equal pages, merged: one page behind two addresses");
	put_text("/sys/kernel/mm/ksm/run", "2");
	put_text("/sys/kernel/mm/ksm/run", "0");
	munmap(p, 2 * PAGE);
}

/* A gigabyte of nothing: the look must not bring any of it. */
static void untouched(void)
{
	enum { PAGES = 262144 };
	uint64_t *words = malloc(PAGES * sizeof(*words));
	char *p = map(PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_NORESERVE);
	struct rusage before, after;
	unsigned int wrong = 0;
	int err;

	memset(words, 0xff, PAGES * sizeof(*words));
	getrusage(RUSAGE_SELF, &before);
	err = ask(0, p, PAGES, words);
	getrusage(RUSAGE_SELF, &after);
	for (unsigned int i = 0; i < PAGES; i++)
		wrong += words[i] != TRANSLATE_EMPTY;
	ktap_why("error %d, %u wrong, %ld faults", err, wrong,
		 after.ru_minflt - before.ru_minflt);
	ktap_ok(!err && !wrong && after.ru_minflt == before.ru_minflt,
		"a gigabyte of nothing is looked at without a fault");
	munmap(p, PAGES * PAGE);
	free(words);
}

static bool swap_on(void)
{
	put_text("/sys/block/zram0/reset", "1"); /* a test before may have used it */
	return put_text("/sys/block/zram0/disksize", "16M") &&
	       !system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0");
}

int main(void)
{
	device = open(DEVICE, O_RDONLY);
	if (!swap_on())
		ktap_diag("no swap on zram0");
	ktap_plan(29);
	ktap_ok(device >= 0, "the device opens");
	anonymous();
	files();
	forked();
	huge();
	hugetlb();
	a_device();
	swapped();
	merged();
	untouched();
	(void)!system("swapoff /dev/zram0");
	return ktap_end();
}
