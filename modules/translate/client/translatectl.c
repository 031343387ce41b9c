// SPDX-License-Identifier: GPL-2.0-only
/* What is behind virtual addresses: translatectl PID ADDRESS [PAGES]. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi/translate.h"

#define PATH "/dev/translate"

enum { DONE = 0, FAILED = 1, USAGE = 2, PAGE = 4096, PIECE = 4096 };

static const char usage[] =
	"usage: translatectl PID ADDRESS [PAGES]\n"
	"       translatectl self\n"
	"\n"
	"Says what is behind a virtual address of a process, and behind the pages that\n"
	"follow: nothing, swap, or memory, where and of what kind. With 'self' it makes\n"
	"some memory of its own and shows that.\n"
	"\n"
	"  translatectl self\n"
	"  translatectl 1 0x400000 16\n"
	"  translatectl $$ $(sed -n 's/-.*stack.*/ /p' /proc/$$/maps | sed 's/^/0x/')\n";

static const char *const states[] = {"not mapped", "nothing there yet", "in swap",
				     "being moved"};

static const struct {
	uint64_t flag;
	const char *name;
} flags[] = {
	{TRANSLATE_ANON, "anonymous"},	    {TRANSLATE_FILE, "file"},
	{TRANSLATE_ZERO, "zero page"},	    {TRANSLATE_PFNMAP, "device"},
	{TRANSLATE_HUGETLB, "hugetlb"},	    {TRANSLATE_KSM, "merged"},
	{TRANSLATE_NO_ACCESS, "no access"}, {TRANSLATE_WRITABLE, "writable"},
};

/* What to do about it, for the errors that a user can meet. */
static const char *advice(int err)
{
	switch (err) {
	case ENOENT:
		return "load the module first: insmod translate.ko";
	case EPERM:
	case EACCES:
		return "it takes root with CAP_SYS_ADMIN and CAP_SYS_PTRACE";
	case ESRCH:
		return "there is no such process";
	case EINVAL:
		return "the range is not one of user space, or the process has no memory";
	default:
		return "dmesg | tail may tell more";
	}
}

static int failed(const char *what)
{
	fprintf(stderr, "translatectl: cannot %s '%s': %s; %s\n", what, PATH,
		strerror(errno), advice(errno));
	return FAILED;
}

static void print_word(uint64_t address, uint64_t word)
{
	if ((word & TRANSLATE_STATE) != TRANSLATE_PRESENT) {
		printf("0x%012llx  %s\n", (unsigned long long)address,
		       states[word & TRANSLATE_STATE & 3]);
		return;
	}
	printf("0x%012llx  0x%012llx  %7llu KiB ", (unsigned long long)address,
	       (unsigned long long)((word & TRANSLATE_ADDRESS) | address % PAGE),
	       1ULL << (TRANSLATE_SHIFT(word) - 10));
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (word & flags[i].flag)
			printf(" %s", flags[i].name);
	printf("\n");
}

static int show(int fd, int pid, uint64_t address, uint64_t pages)
{
	static uint64_t words[PIECE];

	while (pages) {
		struct translate_range range = {
			.pid = pid,
			.start = address,
			.pages = pages < PIECE ? pages : PIECE,
			.words = (uintptr_t)words,
		};

		if (ioctl(fd, TRANSLATE_RANGE, &range))
			return failed("ask");
		for (uint64_t i = 0; i < range.pages; i++, address += PAGE)
			print_word(i ? address - address % PAGE : address, words[i]);
		pages -= range.pages;
	}
	return DONE;
}

/* A page written, a page read only, a page never touched. */
static int show_self(int fd)
{
	char *memory = aligned_alloc(PAGE, (size_t)3 * PAGE);
	volatile char seen;

	if (!memory)
		return failed("get memory for");
	memory[0] = 'x';
	seen = memory[PAGE];
	(void)seen;
	return show(fd, 0, (uintptr_t)memory, 3);
}

static bool number(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	return !errno && end != text && !*end && *text != '-';
}

int main(int argc, char **argv)
{
	uint64_t pid = 0, address = 0, pages = 1;
	bool self = argc == 2 && !strcmp(argv[1], "self");
	int fd;

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return fflush(stdout) ? FAILED : DONE;
	}
	if (!self && (argc < 3 || argc > 4)) {
		fputs(usage, stderr);
		return USAGE;
	}
	if (!self &&
	    (!number(argv[1], &pid) || pid > INT32_MAX || !number(argv[2], &address) ||
	     (argc == 4 && !number(argv[3], &pages)))) {
		fprintf(stderr, "translatectl: not numbers; try 'translatectl 1 "
				"0x400000 16'\n");
		return USAGE;
	}
	fd = open(PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return failed("open");
	return self ? show_self(fd) : show(fd, (int)pid, address, pages);
}
