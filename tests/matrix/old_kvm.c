// SPDX-License-Identifier: GPL-2.0-only
/*
 * To be preloaded (LD_PRELOAD): any file answers as the device of an older KVM would, or
 * of one that lacks something.
 * OLD_KVM_VERSION: what KVM_GET_API_VERSION says; OLD_KVM_LACKS: a capability's number.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdlib.h>

int ioctl(int fd, unsigned long request, ...);

static long number(const char *name, long normal)
{
	const char *s = getenv(name);

	return s ? strtol(s, NULL, 10) : normal;
}

int ioctl(int fd, unsigned long request, ...)
{
	unsigned long arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, unsigned long);
	va_end(ap);
	switch (request) {
	case KVM_GET_API_VERSION:
		return (int)number("OLD_KVM_VERSION", KVM_API_VERSION);
	case KVM_CHECK_EXTENSION:
		return (long)arg != number("OLD_KVM_LACKS", -1);
	case KVM_GET_VCPU_MMAP_SIZE:
		return 12288;
	case KVM_GET_SUPPORTED_CPUID:
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}
