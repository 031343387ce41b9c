// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: with any=1, an access to any address gives an answer, never an oops. For
 * modules that have this parameter.
 */
#define _GNU_SOURCE
#define KMODULE "physmem"
#include "kmodule.h"
#include "physmem.h"

/* A range that /proc/iomem names. */
static bool find_range(const char *what, uint64_t *start, uint64_t *end)
{
	FILE *f = fopen("/proc/iomem", "r");
	unsigned long long a, b;
	bool found = false;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f))
		if (strstr(line, what) && sscanf(line, " %llx-%llx", &a, &b) == 2) {
			*start = a;
			*end = b;
			found = a;
		}
	if (f)
		fclose(f);
	return found;
}

static void kernel_range(const char *what)
{
	unsigned int written = 0, unread = 0, asked = 0;
	uint64_t start, end;
	uint8_t value;

	if (!find_range(what, &start, &end)) {
		ktap_skip("not in /proc/iomem", "%s: may be read", what);
		ktap_skip("not in /proc/iomem", "%s: is never written", what);
		return;
	}
	start = (start + PAGE - 1) / PAGE * PAGE;
	for (uint64_t at = start; at + PAGE <= end; at += 16 * PAGE, asked++) {
		unread += read_byte(at, &value) != 0;
		/* The same byte: if it is written in spite of all, no harm is done. */
		written += write_byte(at, value) != EACCES;
	}
	ktap_why("%u of %u", unread, asked);
	ktap_ok(!unread && asked, "%s: may be read", what);
	ktap_why("%u of %u", written, asked);
	ktap_ok(!written, "%s: is never written", what);
}

static void odd(void)
{
	unsigned int wrong = 0;
	uint8_t value;

	/* Up to the first that is behind all RAM; below there may be some. */
	for (int i = 2; i < ODD; i++)
		wrong += read_byte(odd_addresses[i], &value) != ENXIO ||
			 write_byte(odd_addresses[i], 0) != ENXIO;
	ktap_why("%u", wrong);
	ktap_ok(!wrong, "devices and nothing at all: ENXIO");
}

/* From both CPUs; only reads, as writes would be the end of the machine. */
static void sweep(void)
{
	int status, bad = 0;

	for (int child = 0; child < 2; child++) {
		if (fork())
			continue;
		unsigned long long seed = (unsigned long long)child + 7;
		uint8_t value;
		int wrong = 0;

		for (int i = 0; i < 15000; i++) {
			uint64_t at;
			int err;

			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			at = seed >> (i % 45 + 8);
			err = read_byte(at, &value);
			wrong += err && err != ENXIO;
		}
		_exit(wrong != 0);
	}
	for (int child = 0; child < 2; child++) {
		wait(&status);
		bad += status != 0;
	}
	ktap_ok(!bad, "thirty thousand addresses anywhere: a byte or ENXIO");
}

static void ones_own(void)
{
	char *p = map(PAGE, 0);
	uint64_t phys;
	uint8_t value = 0;

	p[5] = 'a';
	phys = pagemap(p + 5);
	ktap_ok(!read_byte(phys, &value) && value == 'a',
		"a byte that was not translated before is read");
	ktap_ok(!write_byte(phys, 'b') && p[5] == 'b', "and written");
	munmap(p, PAGE);
}

int main(void)
{
	if (!has_param("any")) {
		printf("KTAP version 1\n1..0 # SKIP no parameter 'any'\n");
		return 0;
	}
	ktap_plan(9);
	ktap_ok(!reload_module("any=1"), "loads with any=1");
	device = open(DEVICE, O_RDWR);
	ones_own();
	odd();
	kernel_range("Kernel code");
	kernel_range("Kernel rodata");
	sweep();
	close(device);
	return ktap_end();
}
