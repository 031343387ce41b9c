// SPDX-License-Identifier: GPL-2.0-only
/* A guest's memory by the addresses that the guest uses; see vm.h. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "vm.h"

int vm_translate(struct vm *vm, gva_t gva, struct vm_place *ret)
{
	struct kvm_translation t = {.linear_address = gva.at};
	char what[32] = "";

	if (vm->config.explain.say)
		snprintf(what, sizeof(what), "0x%llx", (unsigned long long)gva.at);
	if (KVM_IOCTL(&vm->config.explain, 9, vm->vcpu_fd, KVM_TRANSLATE, &t, what) ||
	    !t.valid)
		return -EFAULT;
	ret->gpa.at = t.physical_address;
	ret->host = guest_memory_at(&vm->memory, ret->gpa, 1);
	return 0;
}

/* The first stretch of @len bytes at @gva that lies in one page. */
static int stretch(struct vm *vm, gva_t gva, size_t len, void **host, size_t *n)
{
	size_t left = GUEST_PAGE - gva.at % GUEST_PAGE;
	struct vm_place place;
	int err = vm_translate(vm, gva, &place);

	if (err || !place.host)
		return -EFAULT;
	*n = len < left ? len : left;
	*host = guest_memory_at(&vm->memory, place.gpa, *n);
	return *host ? 0 : -EFAULT;
}

/* Page by page, to or from the guest. */
static int copy(struct vm *vm, gva_t gva, uint8_t *buffer, size_t len, bool to_guest)
{
	for (size_t n; len; len -= n, buffer += n, gva.at += n) {
		void *host;

		if (stretch(vm, gva, len, &host, &n))
			return -EFAULT;
		if (to_guest)
			memcpy(host, buffer, n);
		else
			memcpy(buffer, host, n);
	}
	return 0;
}

int vm_read(struct vm *vm, gva_t gva, void *buffer, size_t len)
{
	return copy(vm, gva, buffer, len, false);
}

int vm_write(struct vm *vm, gva_t gva, const void *buffer, size_t len)
{
	return copy(vm, gva, (void *)buffer, len, true);
}

int vm_read_string(struct vm *vm, gva_t gva, char *buffer, size_t size, size_t *len)
{
	for (*len = 0; *len < size;) {
		const char *end;
		size_t n;
		void *host;

		if (stretch(vm, (gva_t){gva.at + *len}, size - *len, &host, &n))
			return -EFAULT;
		/* Copy first, then check the copy. */
		memcpy(buffer + *len, host, n);
		end = memchr(buffer + *len, '\0', n);
		if (end) {
			*len = (size_t)(end - buffer);
			return 0;
		}
		*len += n;
	}
	return 0;
}
