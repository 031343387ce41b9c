/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The KVM device: every ioctl is made here, checked, and can be watched.
 * Facts about calls and capabilities are from Linux' Documentation/virt/kvm/api.rst.
 */
#ifndef MATRIX_KVM_H
#define MATRIX_KVM_H

#include <limits.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stdint.h>

/* Called for each step as it happens. @step: 1 to 10, as docs/matrix.md numbers them.
 * @call: what was done, @result: what the kernel said (a descriptor, 0, or -errno), or
 * EXPLAIN_EVENT when it is something that happened. */
#define EXPLAIN_EVENT LONG_MIN

struct explain {
	void (*say)(void *ctx, int step, const char *call, long result);
	void *ctx;
};

/** explain_say - report a step, if a callback is set. */
void explain_say(const struct explain *to, int step, long result, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

struct kvm {
	int fd;
	int run_size;	     /* bytes of struct kvm_run and what follows it */
	bool immediate_exit; /* since Linux 4.11 (KVM_CAP_IMMEDIATE_EXIT) */
	bool tss_addr; /* Intel without unrestricted guests needs KVM_SET_TSS_ADDR */
	struct kvm_cpuid2 *cpuid; /* the CPUID that it can give a guest; owned */
};

/**
 * kvm_open - open the device at @path and ask what it can.
 * @missing: set to the capability's name when -ENOSYS is returned; may be NULL.
 * Return: 0; -ENOENT, -EACCES and the like from open(2); -ENOTTY when it is no KVM
 * device; -EPROTO when it speaks another version than 12; -ENOSYS when a capability that
 * matrix cannot do without is missing. The CPU's own CPUID is never asked: KVM may run
 * guests by other means, and only KVM knows.
 */
int kvm_open(const char *path, const struct explain *explain, struct kvm *ret,
	     const char **missing);
void kvm_close(struct kvm *kvm);

/**
 * kvm_ioctl - ioctl(2), repeated when a signal interrupts it (never for KVM_RUN, which is
 * vm.c's), and told to @explain as part of @step, with @what after its name.
 * Return: what ioctl() does, or -errno.
 */
long kvm_ioctl(const struct explain *explain, int step, int fd, unsigned long request,
	       void *arg, const char *name, const char *what);

#define KVM_IOCTL(explain, step, fd, request, arg, what)                                 \
	kvm_ioctl(explain, step, fd, request, (void *)(uintptr_t)(arg), #request, what)

#endif
