// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: what /proc/ioctl_test does with commands and arguments, one call at a time.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "klog.h"
#include "ktap.h"
#include "uapi/ioctl_test.h"

#define PATH   "/proc/ioctl_test"
#define NOBODY 65534

static int file, klog;

/* The call's error, 0 when it succeeded. */
static int call(unsigned int command, const void *argument)
{
	return ioctl(file, command, argument) < 0 ? errno : 0;
}

static int call_with(int field1, char field2)
{
	struct ioctl_test_t arg = {.field1 = field1, .field2 = field2};

	return call(IOCTL_TEST, &arg);
}

/* The call succeeds and puts exactly this into the log, once. */
static bool shows(int field1, char field2, const char *want)
{
	char got[256] = "";
	int err = call_with(field1, field2);
	bool good = klog_call(klog, got, sizeof(got)) >= 0 && !strcmp(got, want);

	ktap_why("field1 %d, field2 '%c': %s; the log has \"" CALL_HEAD "%s\", expected "
		 "\"%s\" behind the bracket",
		 field1, field2, err ? strerror(err) : "returned 0", got, want);
	return !err && good && !klog_calls(klog);
}

static void the_call(void)
{
	ktap_why(
		"field1 10, field2 'a', as in the document: ioctl() returns 0. EFAULT "
		"for a "
		"good pointer: do not test copy_from_user() for < 0, it returns a count");
	ktap_ok(!call_with(10, 'a'), "IOCTL_TEST succeeds");
	klog_calls(klog);
	ktap_ok(shows(10, 'a', "10,a)!"), "the log shows both fields, as (10,a)!");
	ktap_ok(shows(0, '0', "0,0)!"), "and others");
	ktap_ok(shows(-1, ' ', "-1, )!"), "field1 is signed");
	ktap_ok(shows(INT_MAX, 'x', "2147483647,x)!") &&
			shows(INT_MIN, 'y', "-2147483648,y)!"),
		"field1 has its whole range");
	ktap_ok(shows(5, '%', "5,%)!") && shows(6, '\\', "6,\\)!"),
		"a percent sign and a backslash are characters like others");
}

/* Fills the padding with what a program's stack may hold. */
static void padding(void)
{
	struct ioctl_test_t arg;
	int bad = 0;

	for (int fill = 0; fill < 256; fill += 51) {
		memset(&arg, fill, sizeof(arg));
		arg.field1 = 1;
		arg.field2 = 'p';
		bad += !!call(IOCTL_TEST, &arg);
	}
	ktap_why("the three bytes behind field2 are whatever was on the caller's stack; "
		 "they "
		 "mean nothing and must not be checked");
	ktap_ok(!bad, "the padding does not matter");
	klog_calls(klog);
}

static bool is_plain(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

static void every_byte(void)
{
	int lost = 0, wrong = 0, raw = 0, first_wrong = -1, first_raw = -1;
	char args[256], want[16];

	for (int c = 0; c < 256; c++) {
		ssize_t n;

		call_with(7, (char)c);
		n = klog_call(klog, args, sizeof(args));
		snprintf(want, sizeof(want), "7,%c)!", c);
		if (n < 0) {
			lost++;
		} else if (c >= ' ' && c <= '~') {
			if (strcmp(args, want) && !wrong++)
				first_wrong = c;
		} else if (!is_plain(args, (size_t)n) || strncmp(args, "7,", 2) ||
			   !strstr(args, CALL_TAIL)) {
			if (!raw++)
				first_raw = c;
		}
		klog_calls(klog);
	}
	ktap_why("%d of 256 calls, made by root one after the other, left no line of the "
		 "form \"" CALL_HEAD "…\"; a rate limit that all callers share "
		 "(pr_info_ratelimited) loses lines",
		 lost);
	ktap_ok(!lost, "each call is in the log");
	ktap_why("%d printable characters are not shown as themselves, the first is '%c'",
		 wrong, first_wrong);
	ktap_ok(!lost && !wrong, "a printable field2 is shown as itself");
	ktap_why("for %d of 161 values the line has a raw control character or a byte "
		 "above "
		 "0x7e, or it ends before \"" CALL_TAIL
		 "\"; the first value is 0x%02x. A "
		 "newline would start a line that looks like somebody else's, an escape "
		 "reaches the reader's terminal: write them as \\x1b or the like, not by "
		 "%%c",
		 raw, first_raw);
	ktap_ok(!lost && !raw, "an unprintable field2 is escaped and corrupts no line");
}

/* The command is refused as unknown, and nothing is shown. */
static bool refused(unsigned int command)
{
	struct ioctl_test_t arg[8] = {{.field1 = 66, .field2 = 'r'}};
	int err = call(command, arg), shown = klog_calls(klog);

	ktap_why("command 0x%08x: %s, %d lines in the log. IOCTL_TEST is 0x%08x: the "
		 "number "
		 "holds type, number, size and direction, so compare it as a whole. "
		 "Expected "
		 "ENOTTY (or EINVAL, as old code has it) and no line",
		 command, err ? strerror(err) : "succeeded", shown,
		 (unsigned int)IOCTL_TEST);
	return (err == ENOTTY || err == EINVAL) && !shown;
}

static bool sizes_refused(void)
{
	static const unsigned int sizes[] = {0, 1, 4, 5, 7, 9, 12, 16, 4096, 16383};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (!refused(_IOC(_IOC_WRITE, 0, 6, sizes[i])))
			return false;
	return true;
}

static bool bits_refused(void)
{
	for (int bit = 0; bit < 32; bit++)
		if (!refused(IOCTL_TEST ^ (1U << bit)))
			return false;
	return true;
}

static void other_commands(void)
{
	const unsigned int size = sizeof(struct ioctl_test_t);

	klog_calls(klog);
	ktap_ok(refused(0) && refused(6) && refused(~0U),
		"an unknown command is refused");
	ktap_ok(sizes_refused(), "number 6 with another size is refused");
	ktap_ok(refused(_IOC(_IOC_READ, 0, 6, size)) &&
			refused(_IOC(_IOC_READ | _IOC_WRITE, 0, 6, size)) &&
			refused(_IOC(_IOC_NONE, 0, 6, size)),
		"number 6 with another direction is refused");
	ktap_ok(refused(_IOC(_IOC_WRITE, 0, 5, size)) &&
			refused(_IOC(_IOC_WRITE, 0, 7, size)),
		"the numbers beside it are refused");
	ktap_ok(refused(_IOC(_IOC_WRITE, 'k', 6, size)), "another type is refused");
	ktap_ok(bits_refused(), "whichever bit of the command is wrong, it is refused");
}

/* The pointer is refused with EFAULT, and nothing is shown. */
static bool faults(const void *pointer)
{
	int err = call(IOCTL_TEST, pointer), shown = klog_calls(klog);

	ktap_why(
		"pointer %p: %s, %d lines in the log. copy_from_user() returns how many "
		"bytes it could NOT copy: anything but 0 means -EFAULT and that there is "
		"nothing to show",
		pointer, err ? strerror(err) : "succeeded", shown);
	return err == EFAULT && !shown;
}

static void pointers(void)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *two = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ioctl_test_t arg = {.field1 = 3, .field2 = 'q'};
	bool good = true;

	klog_calls(klog);
	ktap_ok(faults(NULL) && faults((void *)8UL), "a null pointer is EFAULT");
	ktap_ok(faults((void *)0xffffffff81000000UL) &&
			faults((void *)0xffff888000001000UL),
		"an address of the kernel is EFAULT");
	ktap_ok(faults((void *)-1UL) && faults((void *)-8UL) &&
			faults((void *)0x8000000000000000UL) &&
			faults((void *)0x00007ffffffffffcUL),
		"an address beyond all memory is EFAULT");

	for (int i = 0; i < 64 && good; i++) {
		memcpy(two + page - i - 8, &arg, sizeof(arg));
		good = !call(IOCTL_TEST, two + page - i - 8);
	}
	ktap_ok(good, "an argument at an odd address is fine");
	memcpy(two + page - 3, &arg, sizeof(arg));
	ktap_ok(!call(IOCTL_TEST, two + page - 3), "one on two pages too");
	mprotect(two, 2 * page, PROT_READ);
	ktap_why("the kernel only reads the argument; a program may have it in read-only "
		 "memory");
	ktap_ok(!call(IOCTL_TEST, two + page - 3), "and one that can only be read");

	klog_calls(klog);
	mprotect(two + page, page, PROT_NONE);
	ktap_ok(faults(two + page), "memory that must not be read is EFAULT");
	munmap(two + page, page);
	ktap_ok(faults(two + page), "memory that is not there is EFAULT");
	ktap_ok(faults(two + page - 4) && faults(two + page - 2),
		"half an argument is EFAULT and shows nothing");
	ktap_ok(shows(4, 'z', "4,z)!"), "after all that a good call works");
}

/* As somebody without any right, in a child. Exit status: what went wrong. */
static int as_nobody(void)
{
	struct ioctl_test_t arg = {.field1 = 10, .field2 = 'n'};
	int fd;

	if (setgid(NOBODY) || setuid(NOBODY))
		return 4;
	fd = open(PATH, O_RDONLY);
	if (fd < 0)
		return 1;
	if (ioctl(fd, IOCTL_TEST, &arg))
		return 2;
	return open(PATH, O_RDWR) < 0 && errno == EACCES ? 0 : 3;
}

static void nobody(void)
{
	int status = -1;
	char got[256] = "";
	pid_t pid;

	klog_calls(klog);
	pid = fork();
	if (!pid)
		_exit(as_nobody());
	waitpid(pid, &status, 0);
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 5;
	ktap_why("mode 0444: everybody may open it for reading; failed in step %d (1 "
		 "open, 2 "
		 "ioctl)",
		 status);
	ktap_ok(status == 0 || status == 3, "a user without rights may use it");
	klog_call(klog, got, sizeof(got));
	ktap_ok(!strcmp(got, "10,n)!"), "and is shown");
	ktap_ok(status == 0, "but cannot open it for writing");
}

/* Whatever a read answers, it comes to an end. */
static void reads(void)
{
	char buffer[4096];
	ssize_t n = 0;
	int i;

	for (i = 0; i < 100; i++) {
		n = read(file, buffer, sizeof(buffer));
		if (n <= 0)
			break;
	}
	ktap_why("a hundred reads, and still no end of the file: honour *ppos, or return "
		 "0");
	ktap_ok(i < 100, "a read comes to an end");
	ktap_ok(n == 0 || errno == EIO || errno == EINVAL,
		"or says by EIO or EINVAL that there is none");
	ktap_ok(lseek(file, 0, SEEK_SET) == 0 || errno == ESPIPE, "a seek does no harm");
}

int main(void)
{
	ktap_plan(33);
	file = open(PATH, O_RDONLY);
	klog = klog_open();
	if (!ktap_ok(file >= 0, "opens read-only"))
		return 1;
	if (klog < 0) {
		ktap_diag("cannot read /dev/kmsg: %s", strerror(errno));
		return 1;
	}
	the_call();
	padding();
	every_byte();
	other_commands();
	pointers();
	nobody();
	reads();
	return ktap_end();
}
