// SPDX-License-Identifier: GPL-2.0-only
/*
 * A gigabyte in small pages, inside one guest with modules/translate and
 * modules/footprint loaded: each compared with the file in /proc that tells the same, in
 * turns. See run.
 * usage: memory MIB ROUNDS
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rounds.h"
#include "translate/uapi/translate.h"

enum { PAGE = 4096 };
enum { TRANSLATE, PAGEMAP, PAGE_BY_PAGE, FOOTPRINT, ROLLUP, WAYS };

static char *memory;
static size_t pages;
static uint64_t *words;

static void die(const char *what)
{
	fprintf(stderr, "memory: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void translate(void)
{
	static int fd = -1;
	struct translate_range r = {
		.start = (uintptr_t)memory, .pages = pages, .words = (uintptr_t)words};

	if (fd < 0)
		fd = open("/dev/translate", O_RDONLY);
	if (ioctl(fd, TRANSLATE_RANGE, &r) || r.pages != pages)
		die("/dev/translate");
}

static void pagemap(size_t at_a_time)
{
	static int fd = -1;
	size_t n = at_a_time * sizeof(*words);

	if (fd < 0)
		fd = open("/proc/self/pagemap", O_RDONLY);
	for (size_t i = 0; i < pages; i += at_a_time)
		if (pread(fd, words + i, n,
			  (off_t)(((uintptr_t)memory / PAGE + i) * sizeof(*words))) !=
		    (ssize_t)n)
			die("pagemap");
}

/* @name: of a figure in bytes; with a colon, of one in KiB. */
static long figure(const char *path, const char *name)
{
	char text[4096], *at;
	int fd = open(path, O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	if (n <= 0)
		die(path);
	close(fd);
	text[n] = 0;
	at = strstr(text, name);
	return at ? atol(at + strlen(name)) : 0;
}

static double once(int way)
{
	double start = now_ms();

	switch (way) {
	case TRANSLATE:
		translate();
		break;
	case PAGEMAP:
		pagemap(pages);
		break;
	case PAGE_BY_PAGE:
		pagemap(1);
		break;
	case FOOTPRINT:
		figure("/proc/footprint", "resident ");
		break;
	default:
		figure("/proc/self/smaps_rollup", "Rss:");
	}
	return now_ms() - start;
}

int main(int argc, char **argv)
{
	static double ms[WAYS][ROUNDS_MAX];
	int mib = argc == 3 ? atoi(argv[1]) : 0, rounds = argc == 3 ? atoi(argv[2]) : 0;

	if (mib < 1 || rounds < 1 || rounds > ROUNDS_MAX) {
		fprintf(stderr, "usage: memory MIB ROUNDS\n");
		return 2;
	}
	pages = (size_t)mib * 256;
	memory = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	words = malloc(pages * sizeof(*words));
	if (memory == MAP_FAILED || !words)
		die("memory");
	madvise(memory, pages * PAGE, MADV_NOHUGEPAGE);
	for (size_t i = 0; i < pages; i++)
		memory[i * PAGE] = 1;
	memset(words, 1, pages * sizeof(*words));
	for (int i = -1; i < rounds; i++) /* the first does not count */
		for (int way = 0; way < WAYS; way++) {
			double taken = once(way);

			if (i >= 0)
				ms[way][i] = taken;
		}
	printf("%d MiB in small pages; both say: resident %ld KiB, Rss %ld KiB\n", mib,
	       figure("/proc/footprint", "resident ") / 1024,
	       figure("/proc/self/smaps_rollup", "Rss:"));
	print_row("translate, one ioctl", ms[TRANSLATE], ms[TRANSLATE], rounds, 0);
	print_row("pagemap, one read", ms[PAGEMAP], ms[TRANSLATE], rounds, 1);
	print_row("pagemap, a read for each", ms[PAGE_BY_PAGE], ms[TRANSLATE], rounds,
		  10);
	print_row("footprint", ms[FOOTPRINT], ms[FOOTPRINT], rounds, 0);
	print_row("smaps_rollup", ms[ROLLUP], ms[FOOTPRINT], rounds, 1);
	return 0;
}
