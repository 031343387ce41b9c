// SPDX-License-Identifier: GPL-2.0-only
/* The KVM device; see kvm.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "cleanup.h"
#include "kvm.h"

void explain_say(const struct explain *to, int step, long result, const char *fmt, ...)
{
	char call[256];
	va_list ap;

	if (!to || !to->say)
		return;
	va_start(ap, fmt);
	vsnprintf(call, sizeof(call), fmt, ap);
	va_end(ap);
	to->say(to->ctx, step, call, result);
}

long kvm_ioctl(const struct explain *explain, int step, int fd, unsigned long request,
	       void *arg, const char *name, const char *what)
{
	long result;

	do
		result = ioctl(fd, request, arg);
	while (result < 0 && errno == EINTR);
	if (result < 0)
		result = -errno;
	explain_say(explain, step, result, "ioctl(%d, %s%s%s)", fd, name,
		    what && *what ? ", " : "", what ? what : "");
	return result;
}

/* Without these there is no way to run a guest at all; all are older than Linux 3.0, but
 * a KVM device need not be Linux' own. */
static const struct {
	int number;
	const char *name;
} required[] = {
	{KVM_CAP_USER_MEMORY, "KVM_CAP_USER_MEMORY"},
	{KVM_CAP_NR_MEMSLOTS, "KVM_CAP_NR_MEMSLOTS"},
	{KVM_CAP_EXT_CPUID, "KVM_CAP_EXT_CPUID"},
};

static long has(const struct explain *explain, int fd, int cap, const char *name)
{
	return KVM_IOCTL(explain, 1, fd, KVM_CHECK_EXTENSION, cap, name);
}

static int check_required(const struct explain *explain, int fd, const char **missing)
{
	for (size_t i = 0; i < sizeof(required) / sizeof(*required); i++) {
		if (has(explain, fd, required[i].number, required[i].name) > 0)
			continue;
		if (missing)
			*missing = required[i].name;
		return -ENOSYS;
	}
	return 0;
}

/* The length of the list is not known: ask again with more room until it fits. */
static int get_cpuid(const struct explain *explain, int fd, struct kvm_cpuid2 **ret)
{
	for (unsigned int n = 128; n <= 4096; n *= 2) {
		struct kvm_cpuid2 *list =
			calloc(1, sizeof(*list) + n * sizeof(list->entries[0]));
		long err;

		if (!list)
			return -ENOMEM;
		list->nent = n;
		err = KVM_IOCTL(explain, 1, fd, KVM_GET_SUPPORTED_CPUID, list, "");
		if (!err) {
			*ret = list;
			return 0;
		}
		free(list);
		if (err != -E2BIG)
			return (int)err;
	}
	return -E2BIG;
}

/* Leaf 1, ECX bit 31: "there is a hypervisor". KVM leaves it to us; a guest that does not
 * see the bit believes that it has a real machine with all the hardware of one.
 */
static void set_hypervisor_bit(struct kvm_cpuid2 *list)
{
	for (unsigned int i = 0; i < list->nent; i++)
		if (list->entries[i].function == 1)
			list->entries[i].ecx |= 1u << 31;
}

static int ask(const struct explain *explain, struct kvm *kvm, const char **missing)
{
	long version = KVM_IOCTL(explain, 1, kvm->fd, KVM_GET_API_VERSION, 0, "");
	long size;
	int err;

	if (version < 0)
		return -ENOTTY;
	if (version != KVM_API_VERSION)
		return -EPROTO;
	err = check_required(explain, kvm->fd, missing);
	if (err)
		return err;
	kvm->immediate_exit = has(explain, kvm->fd, KVM_CAP_IMMEDIATE_EXIT,
				  "KVM_CAP_IMMEDIATE_EXIT") > 0;
	kvm->tss_addr =
		has(explain, kvm->fd, KVM_CAP_SET_TSS_ADDR, "KVM_CAP_SET_TSS_ADDR") > 0;
	size = KVM_IOCTL(explain, 1, kvm->fd, KVM_GET_VCPU_MMAP_SIZE, 0, "");
	if (size < (long)sizeof(struct kvm_run))
		return size < 0 ? (int)size : -EPROTO;
	kvm->run_size = (int)size;
	err = get_cpuid(explain, kvm->fd, &kvm->cpuid);
	if (!err)
		set_hypervisor_bit(kvm->cpuid);
	return err;
}

int kvm_open(const char *path, const struct explain *explain, struct kvm *ret,
	     const char **missing)
{
	struct kvm kvm = {.fd = open(path, O_RDWR | O_CLOEXEC)};
	int err = kvm.fd < 0 ? -errno : 0;

	explain_say(explain, 1, err ? err : kvm.fd, "open(\"%s\")", path);
	if (err)
		return err;
	err = ask(explain, &kvm, missing);
	if (err)
		kvm_close(&kvm);
	else
		*ret = kvm;
	return err;
}

void kvm_close(struct kvm *kvm)
{
	cleanup_close(&kvm->fd);
	kvm->fd = -1;
	free(kvm->cpuid);
	kvm->cpuid = NULL;
}
