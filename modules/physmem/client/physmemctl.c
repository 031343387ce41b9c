// SPDX-License-Identifier: GPL-2.0-only
/* Bytes by their physical addresses: physmemctl demo|read|write. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi/physmem.h"

#define PATH "/dev/physmem"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

static const char usage[] =
	"usage: physmemctl demo\n"
	"       physmemctl read PHYSICAL\n"
	"       physmemctl write PHYSICAL BYTE\n"
	"\n"
	"demo: allocates a byte, assigns to it, asks for its physical address, changes "
	"it\n"
	"there, and looks at it through its own pointer. read and write need the module\n"
	"to be loaded with any=1, and can destroy the machine.\n"
	"\n"
	"  kmlab run modules/physmem -- physmemctl demo\n"
	"  kmlab run -p any=1 modules/physmem -- physmemctl read 0x1000\n";

/* What to do about it, for the errors that a user can meet. */
static const char *advice(int err)
{
	switch (err) {
	case ENOENT:
		return "load the module first: insmod physmem.ko";
	case EPERM:
	case EACCES:
		return "it takes root with CAP_SYS_RAWIO, no lockdown, and memory that "
		       "may be written";
	case ENXIO:
		return "no page of this program, or, with any=1, no RAM";
	default:
		return "dmesg | tail may tell more";
	}
}

static int failed(const char *what)
{
	fprintf(stderr, "physmemctl: cannot %s '%s': %s; %s\n", what, PATH,
		strerror(errno), advice(errno));
	return FAILED;
}

static int demo(int fd)
{
	volatile char *byte = malloc(1);
	struct physmem_address where = {.virt = (uintptr_t)byte};
	struct physmem_byte b = {0};

	if (!byte)
		return failed("allocate for");
	*byte = 'a';
	printf("at %p there is '%c'\n", (void *)byte, *byte);
	if (ioctl(fd, PHYSMEM_TRANSLATE, &where))
		return failed("translate with");
	printf("its physical address is 0x%llx\n", (unsigned long long)where.phys);
	b.phys = where.phys;
	b.value = 'b';
	if (ioctl(fd, PHYSMEM_WRITE, &b))
		return failed("write with");
	printf("after writing 'b' there, at %p there is '%c'\n", (void *)byte, *byte);
	return *byte == 'b' ? DONE : FAILED;
}

static bool number(const char *text, uint64_t most, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 0);
	return !errno && end != text && !*end && *text != '-' && *ret <= most;
}

static int access_byte(int fd, char **argv, bool write)
{
	struct physmem_byte b = {0};
	uint64_t phys, value = 0;

	if (!number(argv[2], UINT64_MAX, &phys) ||
	    (write && !number(argv[3], 255, &value))) {
		fprintf(stderr,
			"physmemctl: not numbers; try 'physmemctl read 0x1000'\n");
		return USAGE;
	}
	b.phys = phys;
	b.value = (uint8_t)value;
	if (ioctl(fd, write ? PHYSMEM_WRITE : PHYSMEM_READ, &b))
		return failed(write ? "write with" : "read with");
	if (!write)
		printf("0x%02x\n", b.value);
	return DONE;
}

int main(int argc, char **argv)
{
	bool is_demo = argc == 2 && !strcmp(argv[1], "demo");
	bool is_read = argc == 3 && !strcmp(argv[1], "read");
	bool is_write = argc == 4 && !strcmp(argv[1], "write");
	int fd;

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return fflush(stdout) ? FAILED : DONE;
	}
	if (!is_demo && !is_read && !is_write) {
		fputs(usage, stderr);
		return USAGE;
	}
	fd = open(PATH, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return failed("open");
	return is_demo ? demo(fd) : access_byte(fd, argv, is_write);
}
