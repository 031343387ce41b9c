// SPDX-License-Identifier: GPL-2.0-only
/* Hypercalls; see hypercall.h and abi.h. A wrong call of a guest has no effect on
 * anything else. */
#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "clock.h"
#include "hypercall.h"
#include "vm.h"
#include "x86.h"

static void print(struct vm *vm, const char *data, size_t len)
{
	if (len && vm->config.output)
		vm->config.output(vm->config.output_ctx, vm, data, len);
}

static enum vm_event get_version(struct vm *vm, uint32_t *value)
{
	*value = MATRIX_ABI_ID;
	return VM_DID_IO;
}

static enum vm_event print8(struct vm *vm, uint32_t *value)
{
	char byte = (char)*value;

	print(vm, &byte, 1);
	return VM_DID_IO;
}

static enum vm_event print32(struct vm *vm, uint32_t *value)
{
	char line[16];
	int len = snprintf(line, sizeof(line), "%u\n", *value);

	print(vm, line, (size_t)len);
	return VM_DID_IO;
}

static enum vm_event print_string(struct vm *vm, uint32_t *value)
{
	char text[MATRIX_STRING_MAX];
	size_t len;

	/* The part that is mapped is printed: the guest probably forgot to end the
	 * string. */
	vm_read_string(vm, (gva_t){*value}, text, sizeof(text), &len);
	print(vm, text, len);
	return VM_DID_IO;
}

static enum vm_event exits(struct vm *vm, uint32_t *value)
{
	*value = (uint32_t)vm_exits(vm);
	return VM_DID_IO;
}

/* Each answer gets another of MATRIX_TEXTS places, so that a guest can compare two. */
static enum vm_event exits_by_type(struct vm *vm, uint32_t *value)
{
	enum { SIZE = GUEST_PAGE / MATRIX_TEXTS };
	uint64_t at = x86_area_at(&vm->memory, AREA_TEXTS) +
		      vm->hypercalls.texts++ % MATRIX_TEXTS * SIZE;
	const struct vm_counts *c = &vm->counts;
	char *text = guest_memory_at(&vm->memory, (gpa_t){at}, SIZE);

	if (!text)
		return VM_DID_IO;
	snprintf(text, SIZE,
		 "IO in: %llu\nIO out: %llu\nMMIO read: %llu\nMMIO write: %llu\n"
		 "HLT: %llu\nother: %llu\nkicked: %llu\n",
		 (unsigned long long)c->io_in, (unsigned long long)c->io_out,
		 (unsigned long long)c->mmio_read, (unsigned long long)c->mmio_write,
		 (unsigned long long)c->hlt, (unsigned long long)c->other,
		 (unsigned long long)c->kicked);
	*value = (uint32_t)at;
	return VM_DID_IO;
}

static enum vm_event translate(struct vm *vm, uint32_t *value)
{
	struct matrix_translation t;
	struct vm_place place = {0};
	int err;

	if (vm_read(vm, (gva_t){*value}, &t, sizeof(t)))
		return VM_DID_IO;
	err = vm_translate(vm, (gva_t){t.gva}, &place);
	t.gpa = place.gpa.at;
	t.hva = (uintptr_t)place.host;
	t.status = err ? MATRIX_NOT_MAPPED : place.host ? 0 : MATRIX_NOT_MEMORY;
	vm_write(vm, (gva_t){*value}, &t, sizeof(t));
	return VM_DID_IO;
}

static enum vm_event get_time(struct vm *vm, uint32_t *value)
{
	uint64_t now = now_ns();

	vm_write(vm, (gva_t){*value}, &now, sizeof(now));
	return VM_DID_IO;
}

static enum vm_event yield(struct vm *vm, uint32_t *value)
{
	return VM_YIELDS;
}

static enum vm_event alarm_us(struct vm *vm, uint32_t *value)
{
	vm->alarm_ns = *value ? now_ns() + (uint64_t)*value * 1000 : 0;
	return VM_DID_IO;
}

static enum vm_event end(struct vm *vm, uint32_t *value)
{
	vm->end = VM_EXITED;
	vm->status = *value;
	return VM_ENDED;
}

static enum vm_event memory_kib(struct vm *vm, uint32_t *value)
{
	*value = (uint32_t)(vm->memory.ram.size >> 10);
	return VM_DID_IO;
}

/* The course's pair: the address goes out at one port, the answer comes in at the next.
 * An address that leads nowhere prints two words and reads as 0. */
static enum vm_event course_translate(struct vm *vm, uint32_t *value)
{
	static const char invalid[] = "Invalid GVA\n";
	struct vm_place place = {0};
	int err = vm_translate(vm, (gva_t){*value}, &place);

	vm->hypercalls.translated = (uint32_t)(uintptr_t)place.host;
	if (err || !place.host)
		print(vm, invalid, sizeof(invalid) - 1);
	return VM_DID_IO;
}

static enum vm_event course_translated(struct vm *vm, uint32_t *value)
{
	*value = vm->hypercalls.translated;
	return VM_DID_IO;
}

static const struct hypercall matrix_calls[] = {
	{"version", MATRIX_VERSION, 4, true, get_version},
	{"print8", MATRIX_PRINT8, 1, false, print8},
	{"print32", MATRIX_PRINT32, 4, false, print32},
	{"print_string", MATRIX_PRINT_STRING, 4, false, print_string},
	{"exits", MATRIX_EXITS, 4, true, exits},
	{"exits_by_type", MATRIX_EXITS_BY_TYPE, 4, true, exits_by_type},
	{"translate", MATRIX_TRANSLATE, 4, false, translate},
	{"time", MATRIX_TIME, 4, false, get_time},
	{"yield", MATRIX_YIELD, 4, false, yield},
	{"alarm", MATRIX_ALARM, 4, false, alarm_us},
	{"exit", MATRIX_EXIT, 4, false, end},
	{"memory", MATRIX_MEMORY, 4, true, memory_kib},
};

static const struct hypercall course_calls[] = {
	{"print8bit", 0xe9, 1, false, print8},
	{"print32bit", 0xea, 4, false, print32},
	{"numExits", 0xeb, 4, true, exits},
	{"printStr", 0xec, 4, false, print_string},
	{"numExitsByType", 0xed, 4, true, exits_by_type},
	{"gvaToHva", 0xee, 4, false, course_translate},
	{"gvaToHva", 0xef, 4, true, course_translated},
};

#define CALLS(table) .calls = table, .n = sizeof(table) / sizeof(*(table))

static const struct hypercall_profile matrix_profile = {
	.name = "matrix",
	.summary = "64-bit guests of ours (matrix/abi.h)",
	.flat_at = 0,
	.first = MATRIX_PORT,
	.last = MATRIX_PORT_END - 1,
	CALLS(matrix_calls),
};

static const struct hypercall_profile course_profile = {
	.name = "course",
	.summary = "64-bit guests of the course: ports 0xe9 to 0xef",
	.low_host_addresses = true,
	.flat_at = 0,
	.first = 0xe9,
	.last = 0xef,
	CALLS(course_calls),
};

/* The starter loads at 0 and starts at CS base 0x10000: it runs only when 64 KiB of zeros
 * do no harm on the way. Here the image is where the CPU starts. */
static const struct hypercall_profile course16_profile = {
	.name = "course16",
	.summary = "16-bit real-mode guests of the course: any OUT is printed",
	.real_mode = true,
	.low_host_addresses = true,
	.print_all_ports = true,
	.flat_at = 0x10000,
	.first = 0xe9,
	.last = 0xef,
	CALLS(course_calls),
};

const struct hypercall_profile *const hypercall_profiles[] = {
	&matrix_profile, &course_profile, &course16_profile, NULL};

const struct hypercall_profile *hypercall_profile_find(const char *name)
{
	for (const struct hypercall_profile *const *p = hypercall_profiles; *p; p++)
		if (!strcmp((*p)->name, name))
			return *p;
	return NULL;
}

static enum vm_event access_hypercall(struct vm *vm, const struct bus_device *dev,
				      struct bus_access *a)
{
	const struct hypercall_profile *p = vm->config.profile;
	uint32_t value = a->in ? UINT32_MAX : a->value;
	enum vm_event event;

	for (unsigned int i = 0; i < p->n; i++) {
		const struct hypercall *call = &p->calls[i];

		if (call->port != a->port || call->in != a->in || call->size != a->size)
			continue;
		event = call->call(vm, &value);
		vm_explain(vm, 8, EXPLAIN_EVENT, "hypercall %s: %s 0x%x", call->name,
			   a->in ? "answers" : "is given", value);
		a->value = value;
		return event;
	}
	vm->counts.unclaimed++;
	return VM_DID_IO;
}

static enum vm_event access_any(struct vm *vm, const struct bus_device *dev,
				struct bus_access *a)
{
	char line[32];
	int len;

	if (a->in)
		return VM_DID_IO;
	len = snprintf(line, sizeof(line), "port 0x%x: %u\n", a->port, a->value);
	print(vm, line, (size_t)len);
	return VM_DID_IO;
}

static const struct bus_device hypercall_device = {"hypercalls", access_hypercall};
static const struct bus_device any_port_device = {"any port", access_any};

int hypercall_attach(struct vm *vm)
{
	const struct hypercall_profile *p = vm->config.profile;
	int err = bus_add(&vm->bus, p->first, p->last, &hypercall_device);

	if (err || !p->print_all_ports)
		return err;
	err = bus_add(&vm->bus, 0, (uint16_t)(p->first - 1), &any_port_device);
	return err ? err
		   : bus_add(&vm->bus, (uint16_t)(p->last + 1), 0xffff, &any_port_device);
}
