// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: bytes of one's own, by their physical addresses: where /proc/self/pagemap
 * has them, seen through one's own pointer, and nobody else's ever.
 */
#define _GNU_SOURCE
#include "physmem.h"

static void document(void)
{
	char *p = map(4 * PAGE, 0);
	uint64_t phys;
	uint8_t value = 0;

	p[123] = 'a';
	ktap_ok(!translate(p + 123, &phys) && phys && phys == pagemap(p + 123),
		"a byte's physical address is that of pagemap");
	ktap_ok(!read_byte(phys, &value) && value == 'a', "there it can be read");
	ktap_ok(!write_byte(phys, 'b') && p[123] == 'b',
		"and written, seen through one's own pointer");
	ktap_ok(!write_byte(phys + 1, 'c') && p[124] == 'c', "so can its neighbours");
	ktap_ok(!write_byte(phys - 123, 1) && p[0] == 1 &&
			!write_byte(phys - 123 + PAGE - 1, 2) && p[PAGE - 1] == 2,
		"to the ends of the page");
	ktap_ok(read_byte(phys - 124, &value) == ENXIO || value == 0,
		"and no further, unless that was asked for");
	ktap_ok(translate((void *)8, &phys) == EFAULT, "where nothing is mapped: EFAULT");
	ktap_ok(translate((void *)0xffffffff81000000, &phys) == EFAULT,
		"the kernel's addresses: EFAULT");
	munmap(p, 4 * PAGE);
}

/* Thousands of them, in no order. */
static void many(void)
{
	enum { PAGES = 2000 };
	unsigned int wrong = 0, seed = 1;
	char *p = map(PAGES * PAGE, 0);

	for (int i = 0; i < PAGES; i++)
		p[i * PAGE] = 1;
	for (int i = 0; i < 4000; i++) {
		volatile char *at;
		uint64_t phys;
		uint8_t value;

		seed = seed * 1103515245 + 12345;
		at = p + (seed >> 4) % (PAGES * PAGE);
		*at = (char)i;
		wrong += translate(at, &phys) || phys != pagemap(at) ||
			 read_byte(phys, &value) || value != (uint8_t)i ||
			 write_byte(phys, (uint8_t)(i + 1)) || *at != (char)(i + 1);
	}
	ktap_why("%u of 4000", wrong);
	ktap_ok(!wrong, "thousands of addresses");
	munmap(p, PAGES * PAGE);
}

static void not_ones_own(void)
{
	unsigned int wrong = 0;
	uint8_t value;
	char *p = map(PAGE, 0);
	uint64_t phys;

	close(device); /* a file that remembers nothing */
	device = open(DEVICE, O_RDWR);
	for (int i = 0; i < ODD; i++)
		wrong += read_byte(odd_addresses[i], &value) != ENXIO ||
			 write_byte(odd_addresses[i], 0) != ENXIO;
	ktap_why("%u", wrong);
	ktap_ok(!wrong, "addresses of nobody: ENXIO");
	wrong = 0;
	for (uint64_t at = 0; at < 64 << 20; at += 37 * PAGE)
		wrong += read_byte(at, &value) != ENXIO;
	ktap_why("%u bytes of others were read", wrong);
	ktap_ok(!wrong, "bytes of others: ENXIO");
	p[0] = 1;
	translate(p, &phys);
	munmap(p, PAGE);
	ktap_ok(read_byte(phys, &value) == ESTALE && write_byte(phys, 1) == ESTALE,
		"what was unmapped: ESTALE");
}

static void after_a_fork(void)
{
	char *p = map(PAGE, 0), seen;
	int to[2], from[2], err;
	uint64_t phys;
	pid_t pid;

	p[0] = 'a';
	translate(p, &phys);
	(void)!pipe(to);
	(void)!pipe(from);
	pid = fork();
	if (!pid) {
		(void)!write(from[1], "x", 1);
		(void)!read(to[0], &seen, 1);
		(void)!write(from[1], p, 1);
		_exit(0);
	}
	(void)!read(from[0], &seen, 1);
	err = write_byte(phys, 'b');
	(void)!write(to[1], "x", 1);
	(void)!read(from[0], &seen, 1);
	waitpid(pid, NULL, 0);
	ktap_why("error %d, the child has '%c': a page that was shared by a fork is the "
		 "child's as well",
		 err, seen);
	ktap_ok(seen == 'a' && (err == EACCES || err == ESTALE || p[0] == 'b'),
		"a write after a fork does not reach the child");
	if (err) {
		translate(p, &phys);
		err = write_byte(phys, 'b');
	}
	ktap_ok(!err && p[0] == 'b', "translated again, it is written");
	munmap(p, PAGE);
}

static void read_only(void)
{
	char name[] = "/tmp/physmem-XXXXXX", text[4] = "";
	int fd = mkstemp(name);
	uint64_t phys, zero, other;
	char *p = map(3 * PAGE, 0), *file;
	uint8_t value = 1;

	p[0] = 'a';
	translate(p, &phys);
	mprotect(p, PAGE, PROT_READ);
	ktap_ok(write_byte(phys, 'b') == EACCES && p[0] == 'a',
		"memory that one may not write: EACCES");
	ktap_ok(!read_byte(phys, &value) && value == 'a', "but it can be read");
	mprotect(p, PAGE, PROT_NONE);
	ktap_ok(read_byte(phys, &value) && write_byte(phys, 'b'),
		"memory out of reach: neither");
	translate(p + PAGE, &zero);
	value = (uint8_t)write_byte(zero, 'b');
	translate(p + 2 * PAGE, &other);
	ktap_why("the page of zeros is everybody's: error %d", value);
	ktap_ok(value && p[2 * PAGE] == 0, "the page of zeros is never written");
	munmap(p, 3 * PAGE);

	(void)!write(fd, "abcd", 4);
	(void)!ftruncate(fd, (off_t)PAGE);
	unlink(name);
	file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	translate(file, &phys);
	value = (uint8_t)write_byte(phys, 'X');
	(void)!pread(fd, text, 1, 0);
	ktap_why("error %d: a private mapping that was not written shows the file's page",
		 value);
	ktap_ok(value && text[0] == 'a',
		"a file that is mapped privately is not written");
	munmap(file, PAGE);
	file = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	translate(file, &phys);
	value = (uint8_t)write_byte(phys, 'Y');
	(void)!pread(fd, text, 1, 0);
	ktap_ok(!value && text[0] == 'Y', "one that is shared is");
	munmap(file, PAGE);
	close(fd);
}

static void merged(void)
{
	char *p = map(2 * PAGE, 0);
	bool one = false;
	uint64_t phys;
	int err;

	if (!put_text("/sys/kernel/mm/ksm/run", "1")) {
		ktap_skip("no KSM in this kernel", "a merged page is not written");
		return;
	}
	put_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	put_text("/sys/kernel/mm/ksm/pages_to_scan", "1000");
	memset(p, 9, 2 * PAGE);
	madvise(p, 2 * PAGE, MADV_MERGEABLE);
	for (int i = 0; i < 3000 && !one; i++) {
		one = pagemap(p) && pagemap(p) == pagemap(p + PAGE);
		pause_ms(1);
	}
	translate(p, &phys);
	err = write_byte(phys, 'b');
	ktap_why("merged %d, error %d", one, err);
	ktap_ok(one && err && p[PAGE] == 9, "a merged page is not written");
	put_text("/sys/kernel/mm/ksm/run", "2");
	put_text("/sys/kernel/mm/ksm/run", "0");
	munmap(p, 2 * PAGE);
}

static void huge(void)
{
	char *p = map(2 * HUGE, 0), *at;
	uint64_t phys;

	at = (char *)(((uintptr_t)p + HUGE - 1) / HUGE * HUGE);
	put_text("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put_text("/proc/sys/vm/compact_memory", "1");
	madvise(at, HUGE, MADV_HUGEPAGE);
	at[0] = 1;
	ktap_ok(!translate(at + 5 * PAGE + 7, &phys) &&
			phys == pagemap(at + 5 * PAGE + 7) && !write_byte(phys, 'h') &&
			at[5 * PAGE + 7] == 'h',
		"a byte in a huge page, if that is one");
	munmap(p, 2 * HUGE);
	put_text("/proc/sys/vm/nr_hugepages", "1");
	p = map(HUGE, MAP_HUGETLB);
	if (!p) {
		ktap_skip("no page for hugetlbfs", "a byte in a page of hugetlbfs");
		return;
	}
	p[0] = 1;
	ktap_ok(!translate(p + 6 * PAGE, &phys) && phys == pagemap(p + 6 * PAGE) &&
			!write_byte(phys, 'h') && p[6 * PAGE] == 'h',
		"a byte in a page of hugetlbfs");
	munmap(p, HUGE);
	put_text("/proc/sys/vm/nr_hugepages", "0");
}

static void swapped(void)
{
	char *p = map(8 * PAGE, 0);
	uint64_t phys;
	int err;

	memset(p, 's', 8 * PAGE);
	translate(p, &phys);
	for (int i = 0; i < 100 && pagemap(p); i++) {
		madvise(p, 8 * PAGE, MADV_PAGEOUT);
		pause_ms(5);
	}
	ktap_ok(!pagemap(p), "the page is in swap");
	err = write_byte(phys, 't');
	ktap_why("error %d, there is '%c'", err, p[0]);
	ktap_ok(err ? err == ESTALE && p[0] == 's' : p[0] == 't',
		"it is back where it was and written, or ESTALE and not");
	ktap_ok(!translate(p, &phys) && phys == pagemap(p) && !write_byte(phys, 'u') &&
			p[0] == 'u',
		"translated again, it is written");
	munmap(p, 8 * PAGE);
}

static void limit(void)
{
	enum { PAGES = 5000 };
	char *p = map(PAGES * PAGE, 0);
	int before = device, err = 0, i;
	uint64_t phys;

	device = open(DEVICE, O_RDWR);
	for (i = 0; i < PAGES && !err; i++) {
		p[i * PAGE] = 1;
		err = translate(p + i * PAGE, &phys);
	}
	ktap_ok(!err || err == ENOSPC, "a file remembers many pages, and no end of them");
	close(device);
	device = before;
	munmap(p, PAGES * PAGE);
}

int main(void)
{
	device = open(DEVICE, O_RDWR);
	put_text("/sys/block/zram0/reset", "1"); /* a test before may have used it */
	if (!put_text("/sys/block/zram0/disksize", "16M") ||
	    system("mkswap /dev/zram0 >/dev/null && swapon /dev/zram0"))
		ktap_diag("no swap on zram0");
	ktap_plan(27);
	document();
	many();
	not_ones_own();
	after_a_fork();
	read_only();
	merged();
	huge();
	swapped();
	limit();
	(void)!system("swapoff /dev/zram0");
	return ktap_end();
}
