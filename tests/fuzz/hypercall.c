// SPDX-License-Identifier: GPL-2.0-only
/*
 * libFuzzer: any sequence of port accesses, with any bytes in the guest's memory and any
 * page tables. KVM is not needed: this file translates addresses in its place, with the
 * same tables.
 *
 * Each access is 8 bytes of input: how, port, value. The rest of the input is what lies
 * in guest memory.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "exception.h"
#include "hypercall.h"
#include "vm.h"
#include "x86.h"

enum { ACCESSES = 64 };

static struct vm *current; /* whose page tables ioctl() below walks */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct find {
	uint64_t gva, gpa;
	int found;
};

static int contains(void *ctx, const struct x86_mapping *m)
{
	struct find *f = ctx;

	if (f->gva < m->gva || f->gva - m->gva >= m->size)
		return 0;
	f->gpa = m->gpa + (f->gva - m->gva);
	f->found = 1;
	return 1;
}

/* Addresses with bit 1 set go through the guest's tables. All others are taken as they
 * are, in memory or not, because KVM might answer anything. */
static void translate(struct kvm_translation *t)
{
	struct find f = {.gva = t->linear_address};

	if (f.gva & 2)
		x86_walk(&current->memory, current->memory.area.base, contains, &f);
	else
		f = (struct find){f.gva, f.gva, 1};
	t->valid = (uint8_t)f.found;
	t->physical_address = f.gpa;
}

/* In place of the C library's: the calls that ports lead to. */
int ioctl(int fd, unsigned long request, ...)
{
	void *arg;
	va_list ap;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	switch (request) {
	case KVM_TRANSLATE:
		translate(arg);
		return 0;
	case KVM_GET_REGS: /* in a stub for exceptions */
		*(struct kvm_regs *)arg = (struct kvm_regs){
			.rip = x86_area_at(&current->memory, AREA_STUBS) + 8};
		return 0;
	case KVM_GET_SREGS:
		*(struct kvm_sregs *)arg = (struct kvm_sregs){.cr2 = 42};
		return 0;
	case KVM_SET_REGS:
		return 0;
	default:
		abort();
	}
}

static void swallow(void *ctx, struct vm *vm, const char *data, size_t len)
{
	volatile char last;

	for (size_t i = 0; i < len; i++)
		last = data[i];
	(void)last;
}

/* A number as it is, an address anywhere in memory, or one around an end of it. */
static uint32_t interesting(const struct vm *vm, unsigned int how, uint32_t value)
{
	uint32_t ram = (uint32_t)vm->memory.ram.size,
		 area = (uint32_t)vm->memory.area.size;

	switch (how) {
	case 0:
		return value;
	case 1:
		return value % (ram + area);
	case 2:
		return ram + 64 - value % 8192;
	default:
		return ram + area + 64 - value % 8192;
	}
}

static void access_port(struct vm *vm, const uint8_t *p)
{
	static const uint8_t sizes[] = {1, 2, 4, 4};
	const struct hypercall_profile *profile = vm->config.profile;
	struct bus_access a = {.size = sizes[p[0] & 3], .in = p[0] >> 2 & 1};
	uint16_t port = (uint16_t)(p[1] | p[2] << 8);
	uint32_t value;

	memcpy(&value, p + 4, sizeof(value));
	value = interesting(vm, p[0] >> 4 & 3, value);
	/* Mostly a port that is one of the profile's. */
	a.port = p[0] & 8 ? port
			  : (uint16_t)(profile->first +
				       port % (unsigned int)(profile->last -
							     profile->first + 1));
	a.value = a.in ? UINT32_MAX : value & (uint32_t)((1ull << 8 * a.size) - 1);
	if (bus_access(vm, &vm->bus, &a) == VM_ENDED && vm->end == VM_LIVES)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vm vm = {.name = (char *)"fuzz", .vm_fd = -1, .vcpu_fd = -1};
	size_t n;

	if (!size)
		return 0;
	vm.config.profile = hypercall_profiles[*data % 3];
	vm.config.output = swallow;
	vm.memory.ram = (struct guest_region){0, RAM_UNIT, calloc(1, RAM_UNIT)};
	vm.memory.area = (struct guest_region){RAM_UNIT, AREA_PAGES * GUEST_PAGE,
					       calloc(AREA_PAGES, GUEST_PAGE)};
	x86_long_mode_tables(&vm.memory);
	current = &vm;
	if (hypercall_attach(&vm))
		abort();
	if (!vm.config.profile->real_mode && exception_attach(&vm))
		abort();
	data++;
	size--;
	n = size / 8 < ACCESSES ? size / 8 : ACCESSES;
	memcpy(vm.memory.ram.host, data + 8 * n, size - 8 * n);
	/* The guest may write to the stack of exceptions, too. */
	memcpy(vm.memory.area.host + (AREA_STACK + 1) * GUEST_PAGE -
		       (size < 64 ? size : 64),
	       data, size < 64 ? size : 64);
	for (size_t i = 0; i < n; i++)
		access_port(&vm, data + 8 * i);
	free(vm.memory.ram.host);
	free(vm.memory.area.host);
	return 0;
}
