// SPDX-License-Identifier: GPL-2.0-only
/* Sends one IOCTL_TEST to the module: ioctl_testctl FIELD1 FIELD2. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "uapi/ioctl_test.h"

#define PATH "/proc/ioctl_test"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

static const char usage[] =
	"usage: ioctl_testctl FIELD1 FIELD2\n"
	"\n"
	"Hands both fields to the module behind " PATH ", which shows them in the\n"
	"kernel log. FIELD1 is an integer of 32 bits, FIELD2 a single byte: a character, "
	"or\n"
	"\\xNN for one that cannot be typed.\n"
	"\n"
	"  ioctl_testctl 10 a && dmesg | tail -n 1\n"
	"  ioctl_testctl -1 '\\x1b'\n";

/* 0x1f and 017 are numbers as well. */
static bool parse_number(const char *text, int32_t *number)
{
	long long value;
	char *end;

	errno = 0;
	value = strtoll(text, &end, 0);
	if (errno || end == text || *end || value < INT32_MIN || value > INT32_MAX)
		return false;
	*number = (int32_t)value;
	return true;
}

static bool parse_byte(const char *text, char *byte)
{
	if (strlen(text) == 4 && !strncmp(text, "\\x", 2) &&
	    isxdigit((unsigned char)text[2]) && isxdigit((unsigned char)text[3])) {
		*byte = (char)strtoul(text + 2, NULL, 16);
		return true;
	}
	*byte = text[0];
	return text[0] && !text[1];
}

/* What to do about it, for the errors that a user can meet. */
static const char *advice(int err)
{
	switch (err) {
	case ENOENT:
		return "load the module first: insmod ioctl_test.ko";
	case ENOTTY:
	case EINVAL:
		return "the module there knows no such command; build both from one "
		       "source";
	case EACCES:
	case EPERM:
		return "look at its mode: ls -l " PATH;
	default:
		return "dmesg | tail may tell more";
	}
}

static int failed(const char *what)
{
	fprintf(stderr, "ioctl_testctl: cannot %s '%s': %s; %s\n", what, PATH,
		strerror(errno), advice(errno));
	return FAILED;
}

/* The end of the program closes the file. */
static int send(const struct ioctl_test_t *arg)
{
	int fd = open(PATH, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return failed("open");
	if (ioctl(fd, IOCTL_TEST, arg))
		return failed("send IOCTL_TEST to");
	return DONE;
}

static int bad_usage(const char *text, const char *why)
{
	fprintf(stderr, "ioctl_testctl: '%s' is %s; try 'ioctl_testctl 10 a'\n", text,
		why);
	return USAGE;
}

int main(int argc, char **argv)
{
	struct ioctl_test_t arg = {0};

	if (argc == 2 && (!strcmp(argv[1], "-h") || !strcmp(argv[1], "--help"))) {
		fputs(usage, stdout);
		return fflush(stdout) ? FAILED : DONE;
	}
	if (argc != 3) {
		fputs(usage, stderr);
		return USAGE;
	}
	if (!parse_number(argv[1], &arg.field1))
		return bad_usage(argv[1], "no integer of 32 bits");
	if (!parse_byte(argv[2], &arg.field2))
		return bad_usage(argv[2], "not a single byte");
	return send(&arg);
}
