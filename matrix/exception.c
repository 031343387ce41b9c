// SPDX-License-Identifier: GPL-2.0-only
/* Exceptions of guests; see exception.h. Facts: Intel SDM volume 3, chapter 6 (gates,
 * stacks of interrupts, the frame, error codes) and 7 (TSS). */
#include <stdio.h>
#include <string.h>

#include "exception.h"
#include "vm.h"
#include "x86.h"

enum {
	EXCEPTIONS = 32,
	PORT = 0xfd, /* a port number that OUT can hold without a register */
	STUB = 16,   /* bytes */

	CODE = 1 << 3, /* selectors, as x86_long_mode() sets them */
	TSS = 3 << 3,

	/* Offsets in the page of tables. */
	GDT_AT = 0,
	TSS_AT = 64,
	IDT_AT = 256,
	GDT_SIZE = 5 * 8,
	TSS_SIZE = 104,
	IST1_AT = 36, /* in the TSS */

	PAGE_FAULT = 14,
	FAULT_PRESENT = 1,
	FAULT_WRITE = 2,
	FAULT_FETCH = 16,
};

/* What lies at the top of the stack: pushed by the CPU, then by the stub. */
struct frame {
	uint64_t vector, error, rip, cs, rflags, rsp, ss;
};

static void put64(uint8_t *at, uint64_t value)
{
	memcpy(at, &value, sizeof(value));
}

/* The CPU pushes an error code for some; the stubs of the others push a 0 in its place.
 */
static bool has_error_code(unsigned int vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 ||
	       vector == 21 || vector == 29 || vector == 30;
}

static void write_stub(uint8_t *stub, unsigned int vector)
{
	if (!has_error_code(vector)) {
		*stub++ = 0x6a; /* push 0 */
		*stub++ = 0;
	}
	*stub++ = 0x6a; /* push vector */
	*stub++ = (uint8_t)vector;
	*stub++ = 0xe6; /* out PORT, al */
	*stub++ = PORT;
	*stub++ = 0xeb; /* the stub never continues */
	*stub = 0xfe;
}

/* An interrupt gate (type 14, present) to the stub, on the stack number 1. */
static void write_gate(uint8_t *gate, uint64_t stub)
{
	put64(gate, (stub & 0xffff) | (uint64_t)CODE << 16 | 1ull << 32 |
			    0x8e00ull << 32 | (stub >> 16 & 0xffff) << 48);
	put64(gate + 8, stub >> 32);
}

static void write_tables(const struct vm *vm)
{
	uint8_t *tables = x86_area_host(&vm->memory, AREA_TABLES),
		*stubs = x86_area_host(&vm->memory, AREA_STUBS);

	put64(tables + GDT_AT + 8, 0x00af9b000000ffff);	 /* 64-bit code, accessed */
	put64(tables + GDT_AT + 16, 0x00cf93000000ffff); /* data, accessed */
	put64(tables + TSS_AT + IST1_AT,
	      x86_area_at(&vm->memory, AREA_STACK) + GUEST_PAGE);
	for (unsigned int i = 0; i < EXCEPTIONS; i++) {
		write_stub(stubs + i * STUB, i);
		write_gate(tables + IDT_AT + i * 16,
			   x86_area_at(&vm->memory, AREA_STUBS) + i * STUB);
	}
}

void exception_tables(const struct vm *vm, struct kvm_sregs *sregs)
{
	uint64_t tables = x86_area_at(&vm->memory, AREA_TABLES);

	sregs->gdt = (struct kvm_dtable){.base = tables + GDT_AT, .limit = GDT_SIZE - 1};
	sregs->idt = (struct kvm_dtable){.base = tables + IDT_AT,
					 .limit = EXCEPTIONS * 16 - 1};
	sregs->tr = (struct kvm_segment){
		.base = tables + TSS_AT,
		.limit = TSS_SIZE - 1,
		.selector = TSS,
		.type = 11, /* 64-bit TSS, busy */
		.present = 1,
	};
}

static const char *name_of(uint64_t vector)
{
	static const char *const names[EXCEPTIONS] = {
		[0] = "divide error (#DE)",
		[1] = "debug exception (#DB)",
		[2] = "non-maskable interrupt",
		[3] = "breakpoint (#BP)",
		[4] = "overflow (#OF)",
		[5] = "bound exceeded (#BR)",
		[6] = "invalid opcode (#UD)",
		[7] = "no FPU (#NM)",
		[8] = "double fault (#DF)",
		[10] = "invalid TSS (#TS)",
		[11] = "segment not present (#NP)",
		[12] = "stack fault (#SS)",
		[13] = "general protection (#GP)",
		[14] = "page fault (#PF)",
		[16] = "x87 error (#MF)",
		[17] = "alignment check (#AC)",
		[19] = "SIMD error (#XM)",
	};

	return vector < EXCEPTIONS && names[vector] ? names[vector] : "exception";
}

static void describe(struct vm *vm, const struct frame *f, uint64_t cr2)
{
	int n = snprintf(vm->why, sizeof(vm->why), "%s at 0x%llx", name_of(f->vector),
			 (unsigned long long)f->rip);

	if (f->vector == PAGE_FAULT)
		snprintf(vm->why + n, sizeof(vm->why) - (size_t)n,
			 ": %s 0x%llx, which is %s",
			 f->error & FAULT_FETCH	  ? "execution of"
			 : f->error & FAULT_WRITE ? "a write to"
						  : "a read of",
			 (unsigned long long)cr2,
			 f->error & FAULT_PRESENT ? "not allowed" : "not mapped");
	else if (f->error)
		snprintf(vm->why + n, sizeof(vm->why) - (size_t)n, ", error code 0x%llx",
			 (unsigned long long)f->error);
}

/* Did this OUT come from a stub? A guest's own code can use the port, too; that has no
 * effect. */
static bool is_stub(const struct vm *vm, uint64_t rip)
{
	uint64_t first = x86_area_at(&vm->memory, AREA_STUBS);

	return rip >= first && rip - first <= EXCEPTIONS * STUB;
}

static enum vm_event access_exception(struct vm *vm, const struct bus_device *dev,
				      struct bus_access *a)
{
	const struct explain *explain = &vm->config.explain;
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	struct frame f;

	if (a->in || KVM_IOCTL(explain, 7, vm->vcpu_fd, KVM_GET_REGS, &regs, "") ||
	    !is_stub(vm, regs.rip) ||
	    KVM_IOCTL(explain, 7, vm->vcpu_fd, KVM_GET_SREGS, &sregs, "")) {
		vm->counts.unclaimed++;
		return VM_DID_IO;
	}
	memcpy(&f, x86_area_host(&vm->memory, AREA_STACK) + GUEST_PAGE - sizeof(f),
	       sizeof(f));
	describe(vm, &f, sregs.cr2);
	vm->end = VM_EXCEPTION;
	/* Sets the registers back to where the exception happened, for a dump. */
	regs.rip = f.rip;
	regs.rsp = f.rsp;
	regs.rflags = f.rflags;
	KVM_IOCTL(explain, 7, vm->vcpu_fd, KVM_SET_REGS, &regs,
		  "as they were at the exception");
	return VM_ENDED;
}

static const struct bus_device exception_device = {"exceptions", access_exception};

int exception_attach(struct vm *vm)
{
	write_tables(vm);
	return bus_add(&vm->bus, PORT, PORT, &exception_device);
}
