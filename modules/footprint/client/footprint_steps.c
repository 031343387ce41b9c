// SPDX-License-Identifier: GPL-2.0-only
/*
 * The program of the document: allocates memory step by step, uses it step by step, gives
 * it back, and asks /proc/footprint after each step. Prints a line each: number, what was
 * done, virtual and resident bytes, and what they grew by since the start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PATH "/proc/footprint"
#define MIB  (1ul << 20)

enum { STEPS = 8, DONE = 0, FAILED = 1, USAGE = 2 };

static const char usage[] =
	"usage: footprint_steps\n"
	"\n"
	"Allocates 8 MiB at a time, then writes to them, then gives them back, and "
	"shows\n"
	"how the size of the address space and the memory mapped in it follow.\n"
	"\n"
	"  kmlab run modules/footprint -- footprint_steps\n";

struct sizes {
	unsigned long virtual, resident;
};

static int ask(struct sizes *ret)
{
	char text[512];
	int fd = open(PATH, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (n < 0) {
		fprintf(stderr,
			"footprint_steps: cannot read '%s': %s; load the module "
			"first: insmod footprint.ko\n",
			PATH, strerror(errno));
		return FAILED;
	}
	close(fd);
	text[n] = 0;
	return sscanf(text, "virtual %lu\nresident %lu", &ret->virtual, &ret->resident) ==
			       2
		       ? DONE
		       : FAILED;
}

static int step(const char *what)
{
	static struct sizes first;
	static int number;
	struct sizes now;
	int err = ask(&now);

	if (err)
		return err;
	if (!number)
		first = now;
	printf("%d\t%s\t%lu\t%lu\t%+ld\t%+ld\n", number++, what, now.virtual,
	       now.resident, (long)(now.virtual - first.virtual),
	       (long)(now.resident - first.resident));
	return DONE;
}

static int steps(void)
{
	char *part[STEPS];
	int err = step("begin");

	for (int i = 0; i < STEPS && !err; i++) {
		part[i] = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (part[i] == MAP_FAILED)
			return FAILED;
		err = step("allocate 8 MiB");
	}
	for (int i = 0; i < STEPS && !err; i++) {
		memset(part[i], 1, 8 * MIB);
		err = step("write them");
	}
	for (int i = 0; i < STEPS / 2 && !err; i++) {
		madvise(part[i], 8 * MIB, MADV_DONTNEED);
		err = step("give the memory back");
	}
	for (int i = 0; i < STEPS && !err; i++) {
		munmap(part[i], 8 * MIB);
		err = step("unmap them");
	}
	return err;
}

int main(int argc, char **argv)
{
	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return DONE;
	}
	if (argc > 1) {
		fputs(usage, stderr);
		return USAGE;
	}
	return steps();
}
