/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One virtual machine: memory, a vCPU, its ports, its counts. Everything that belongs to
 * a guest is reached from its struct vm; there is no other state, so any number of them
 * can live in one process, and on one thread.
 *
 * Thread rule: a VM is created, run and destroyed by one thread at a time.
 */
#ifndef MATRIX_VM_H
#define MATRIX_VM_H

#include <signal.h>
#include <stddef.h>

#include "bus.h"
#include "image.h"
#include "kvm.h"
#include "memory.h"

struct hypercall_profile;

struct vm_config {
	const char *name;
	const void *image; /* the file's bytes; only read during vm_create() */
	size_t image_size;
	uint64_t ram;				 /* bytes, a multiple of RAM_UNIT */
	const struct hypercall_profile *profile; /* decides the CPU mode, too */
	const sigset_t *run_mask; /* signals blocked during KVM_RUN; NULL: as outside */
	struct explain explain;
	/** output - @len bytes that the guest prints. May be NULL. */
	void (*output)(void *ctx, struct vm *vm, const char *data, size_t len);
	void *output_ctx;
};

/* How a guest ended. */
enum vm_end {
	VM_LIVES,
	VM_EXITED,	 /* by hypercall, or HLT for good: vm->status */
	VM_EXCEPTION,	 /* an exception that it does not handle */
	VM_TRIPLE_FAULT, /* one in spite of handlers of its own */
	VM_CONFUSED,	 /* KVM_EXIT_INTERNAL_ERROR: KVM could not go on with it */
	VM_NO_ENTRY,	 /* KVM_EXIT_FAIL_ENTRY: the CPU refused its state */
	VM_UNKNOWN_EXIT, /* an exit that has no meaning for a guest of ours */
	VM_RUN_FAILED,	 /* KVM_RUN itself returned an error */
	VM_STOPPED	 /* by us */
};

/* Exits by type, and kicks. A kick comes from the host, and sometimes the guest is
 * outside already. */
struct vm_counts {
	uint64_t io_in, io_out, mmio_read, mmio_write, hlt, other;
	uint64_t kicked;
	uint64_t unclaimed; /* the part of io_* to ports without a device */
};

struct vm {
	char *name;
	const struct kvm *kvm;
	struct vm_config config; /* image and name are NULL after creation */
	int vm_fd, vcpu_fd;
	struct kvm_run *run;
	struct guest_memory memory;
	struct image image;
	struct bus bus;
	struct {
		unsigned int texts;  /* handed out so far */
		uint32_t translated; /* what the course's second half of gva-to-hva reads
				      */
	} hypercalls;
	struct vm_counts counts;
	uint64_t alarm_ns; /* CLOCK_MONOTONIC; 0: none */
	enum vm_end end;
	uint32_t status; /* VM_EXITED */
	char why[160];	 /* a sentence about the end, when it was a bad one */
};

/**
 * vm_create - the ten steps up to a guest that can be entered.
 * @why: IMAGE_WHY bytes for a sentence on what is wrong with the image, or empty.
 * Return: 0; -EINVAL for an impossible size of memory; image_load()'s errors; the
 * kernel's errors. Nothing is left behind after an error. @kvm must outlive it.
 */
int vm_create(const struct kvm *kvm, const struct vm_config *config, struct vm **ret,
	      char *why);

/** vm_destroy - free everything. NULL is fine. */
void vm_destroy(struct vm *vm);

/**
 * vm_enter - run the guest until it leaves once, and serve that exit. With
 * run->immediate_exit set it is not entered at all; KVM finishes what the last exit
 * began, and the answer is VM_KICKED. The caller clears the flag.
 */
enum vm_event vm_enter(struct vm *vm);

/** vm_stop - end it from outside; @why is kept. */
void vm_stop(struct vm *vm, const char *why);

/** vm_exits - how often the guest has left by itself (without kicks): the same in every
 *  run. */
uint64_t vm_exits(const struct vm *vm);

/** vm_end_name - "exited", "triple-fault" and so on. */
const char *vm_end_name(enum vm_end end);

/* What a guest-virtual address leads to. */
struct vm_place {
	gpa_t gpa;
	void *host; /* NULL: mapped, but outside of the guest's memory */
};

/** vm_translate - ask KVM (KVM_TRANSLATE), which knows the vCPU's mode and page tables.
 *  Return: 0, -EFAULT when nothing is mapped there. */
int vm_translate(struct vm *vm, gva_t gva, struct vm_place *ret);

/** vm_read, vm_write - copy between @buffer and @len bytes at @gva, page by page, each
 *  byte touched once. Return: 0, or -EFAULT; part may have been copied then. */
int vm_read(struct vm *vm, gva_t gva, void *buffer, size_t len);
int vm_write(struct vm *vm, gva_t gva, const void *buffer, size_t len);

/** vm_read_string - at most @size bytes up to a NUL, which is not stored; @len: how many.
 *  Return: 0, or -EFAULT when mapped memory ends first; @len is then how many were read.
 */
int vm_read_string(struct vm *vm, gva_t gva, char *buffer, size_t size, size_t *len);

/** vm_explain - report an event to the explain callback; costs one test when there is
 *  none. */
#define vm_explain(vm, step, result, ...)                                                \
	do {                                                                             \
		if ((vm)->config.explain.say)                                            \
			explain_say(&(vm)->config.explain, step, result, __VA_ARGS__);   \
	} while (0)

#endif
