// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: the same calls as a 32-bit program makes them. No 32-bit compiler is needed:
 * int 0x80 enters the 32-bit system call table from a 64-bit program too, as long as all
 * pointers fit into 32 bits.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "klog.h"
#include "ktap.h"
#include "uapi/ioctl_test.h"

#define CHECKS 7

#ifdef __x86_64__

enum { NR32_GETPID = 20, NR32_IOCTL = 54 };

static sigjmp_buf no_entry;

static void refused_entry(int signal)
{
	siglongjmp(no_entry, signal);
}

/* Returns what the kernel returns: a result, or -errno. */
static long call32(long nr, long a, unsigned long b, unsigned long c)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(nr), "b"(a), "c"(b), "d"(c)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return (int)ret;
}

/* A kernel without IA32 emulation has no gate 0x80, or one that knows no call. */
static bool has_entry(void)
{
	struct sigaction catch = {.sa_handler = refused_entry}, segv, ill;
	volatile bool has = false;

	sigaction(SIGSEGV, &catch, &segv);
	sigaction(SIGILL, &catch, &ill);
	if (!sigsetjmp(no_entry, 1))
		has = call32(NR32_GETPID, 0, 0, 0) == getpid();
	sigaction(SIGSEGV, &segv, NULL);
	sigaction(SIGILL, &ill, NULL);
	return has;
}

static struct ioctl_test_t *low_memory(void)
{
	void *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return low == MAP_FAILED || (uintptr_t)low > UINT32_MAX ? NULL : low;
}

static long ioctl32(int fd, unsigned int command, unsigned long arg)
{
	return call32(NR32_IOCTL, fd, command, arg);
}

static void checks(int fd, int klog, struct ioctl_test_t *arg)
{
	const unsigned long low = (uintptr_t)arg;
	char got[256] = "";
	long ret;

	*arg = (struct ioctl_test_t){.field1 = -32, .field2 = 'c'};
	ret = ioctl32(fd, IOCTL_TEST, low);
	ktap_why("ioctl() of a 32-bit program: %s. It comes in by .proc_compat_ioctl (in "
		 "file_operations .compat_ioctl) and gets ENOTTY where that is not set; "
		 "this "
		 "struct is alike for both, so compat_ptr_ioctl is enough",
		 ret ? strerror(-(int)ret) : "returned 0");
	ktap_ok(ret == 0, "IOCTL_TEST of a 32-bit program succeeds");
	klog_call(klog, got, sizeof(got));
	ktap_why("the log has \"" CALL_HEAD "%s\"", got);
	ktap_ok(!strcmp(got, "-32,c)!"), "the log shows both its fields");

	ret = ioctl32(fd, IOCTL_TEST ^ 1, low);
	ktap_ok(ret == -ENOTTY || ret == -EINVAL, "an unknown command is refused");
	ret = ioctl32(fd, _IOW(0, 6, int), low);
	ktap_ok(ret == -ENOTTY || ret == -EINVAL, "another size is refused");
	ktap_ok(ioctl32(fd, IOCTL_TEST, 0) == -EFAULT, "a null pointer is EFAULT");
	munmap(arg, 4096);
	ktap_ok(ioctl32(fd, IOCTL_TEST, low) == -EFAULT &&
			ioctl32(fd, IOCTL_TEST, 0xfffffffcUL) == -EFAULT,
		"memory that is not there is EFAULT");
	ktap_ok(!klog_calls(klog), "none of these is shown");
}

static const char *run(int fd, int klog)
{
	struct ioctl_test_t *arg;

	if (!has_entry())
		return "this kernel runs no 32-bit programs";
	arg = low_memory();
	if (!arg)
		return "no memory below 4 GiB";
	checks(fd, klog, arg);
	return NULL;
}

#else

static const char *run(int fd, int klog)
{
	(void)fd;
	(void)klog;
	return "int 0x80 is a matter of x86";
}

#endif

int main(void)
{
	int fd = open("/proc/ioctl_test", O_RDONLY), klog = klog_open();
	const char *why;

	ktap_plan(CHECKS + 1);
	if (!ktap_ok(fd >= 0 && klog >= 0, "opens"))
		return 1;
	why = run(fd, klog);
	for (int i = 0; why && i < CHECKS; i++)
		ktap_skip(why, "a check of 32-bit programs");
	return ktap_end();
}
