// SPDX-License-Identifier: GPL-2.0-only
/* Running a VM: enter it, serve its exits; see vm.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "vm.h"

__attribute__((format(printf, 3, 4))) static enum vm_event
ended(struct vm *vm, enum vm_end end, const char *fmt, ...)
{
	va_list ap;

	vm->end = end;
	va_start(ap, fmt);
	vsnprintf(vm->why, sizeof(vm->why), fmt, ap);
	va_end(ap);
	return VM_ENDED;
}

/* Repeated string instructions (rep outsb) bring several elements in one exit, one after
 * the other in the buffer. The port stays the same. */
static enum vm_event serve_io(struct vm *vm)
{
	struct kvm_run *run = vm->run;
	uint8_t *data = (uint8_t *)run + run->io.data_offset;
	bool in = run->io.direction == KVM_EXIT_IO_IN;
	enum vm_event event = VM_DID_IO;

	if (in)
		vm->counts.io_in++;
	else
		vm->counts.io_out++;
	vm_explain(vm, 7, EXPLAIN_EVENT, "exit IO %s: port 0x%x, %u x %u bits",
		   in ? "in" : "out", run->io.port, run->io.count, run->io.size * 8);
	for (uint32_t i = 0; i < run->io.count; i++, data += run->io.size) {
		struct bus_access a = {.port = run->io.port,
				       .size = run->io.size,
				       .in = in,
				       .value = in ? UINT32_MAX : 0};
		enum vm_event one;

		if (!in)
			memcpy(&a.value, data, a.size);
		one = bus_access(vm, &vm->bus, &a);
		if (in)
			memcpy(data, &a.value, a.size);
		/* The strongest of what the elements mean; the end of the guest stops the
		 * loop at once. */
		event = one > event ? one : event;
		if (event == VM_ENDED)
			break;
	}
	return event;
}

/* Nothing is there: a read gives all ones, a write is lost, as on a bus without devices.
 */
static enum vm_event serve_mmio(struct vm *vm)
{
	struct kvm_run *run = vm->run;

	vm_explain(vm, 7, EXPLAIN_EVENT, "exit MMIO %s: 0x%llx, %u bytes",
		   run->mmio.is_write ? "write" : "read", run->mmio.phys_addr,
		   run->mmio.len);
	if (run->mmio.is_write) {
		vm->counts.mmio_write++;
	} else {
		vm->counts.mmio_read++;
		memset(run->mmio.data, 0xff, sizeof(run->mmio.data));
	}
	return VM_GOES_ON;
}

static enum vm_event serve_hlt(struct vm *vm)
{
	vm->counts.hlt++;
	vm_explain(vm, 7, EXPLAIN_EVENT, "exit HLT: %s",
		   vm->alarm_ns ? "sleeps until its alarm"
				: "no alarm, so this is the end");
	if (vm->alarm_ns)
		return VM_SLEEPS;
	vm->end = VM_EXITED;
	return VM_ENDED;
}

static enum vm_event serve(struct vm *vm)
{
	static const char cannot_emulate[] =
		": an instruction that it cannot emulate, or code outside of memory";
	struct kvm_run *run = vm->run;

	switch (run->exit_reason) {
	case KVM_EXIT_IO:
		return serve_io(vm);
	case KVM_EXIT_MMIO:
		return serve_mmio(vm);
	case KVM_EXIT_HLT:
		return serve_hlt(vm);
	}
	vm->counts.other++;
	switch (run->exit_reason) {
	case KVM_EXIT_IRQ_WINDOW_OPEN:
	case KVM_EXIT_INTR:
		return VM_GOES_ON;
	case KVM_EXIT_SHUTDOWN:
		return ended(
			vm, VM_TRIPLE_FAULT,
			"triple fault: an exception, and its own table has no handler");
	case KVM_EXIT_INTERNAL_ERROR:
		return ended(vm, VM_CONFUSED,
			     "KVM cannot go on with it (internal error %u%s)",
			     run->internal.suberror,
			     run->internal.suberror == KVM_INTERNAL_ERROR_EMULATION
				     ? cannot_emulate
				     : "");
	case KVM_EXIT_FAIL_ENTRY:
		return ended(vm, VM_NO_ENTRY,
			     "the CPU refuses to enter it (reason 0x%llx)",
			     run->fail_entry.hardware_entry_failure_reason);
	default:
		return ended(vm, VM_UNKNOWN_EXIT,
			     "exit reason %u, which no guest here should cause",
			     run->exit_reason);
	}
}

/* errno before exit_reason: after a refusal the latter is still that of the last exit. */
static enum vm_event not_run(struct vm *vm, int err)
{
	if (err == EINTR || err == EAGAIN) {
		vm->counts.kicked++;
		vm_explain(vm, 6, -err, "ioctl(%d, KVM_RUN): kicked", vm->vcpu_fd);
		return VM_KICKED;
	}
	vm->counts.other++;
	return ended(vm, VM_RUN_FAILED, "KVM_RUN: %s", strerror(err));
}

enum vm_event vm_enter(struct vm *vm)
{
	enum vm_event event;

	if (ioctl(vm->vcpu_fd, KVM_RUN, 0) < 0)
		return not_run(vm, errno);
	vm_explain(vm, 6, 0, "ioctl(%d, KVM_RUN)", vm->vcpu_fd);
	event = serve(vm);
	if (event == VM_ENDED)
		vm_explain(vm, 7, EXPLAIN_EVENT, "the guest has ended: %s, status %u%s%s",
			   vm_end_name(vm->end), vm->status, *vm->why ? ": " : "",
			   vm->why);
	return event;
}

void vm_stop(struct vm *vm, const char *why)
{
	if (vm->end == VM_LIVES)
		ended(vm, VM_STOPPED, "%s", why);
}

uint64_t vm_exits(const struct vm *vm)
{
	const struct vm_counts *c = &vm->counts;

	return c->io_in + c->io_out + c->mmio_read + c->mmio_write + c->hlt + c->other;
}

const char *vm_end_name(enum vm_end end)
{
	static const char *const names[] = {
		[VM_LIVES] = "runs",
		[VM_EXITED] = "exited",
		[VM_EXCEPTION] = "exception",
		[VM_TRIPLE_FAULT] = "triple-fault",
		[VM_CONFUSED] = "internal-error",
		[VM_NO_ENTRY] = "entry-refused",
		[VM_UNKNOWN_EXIT] = "unknown-exit",
		[VM_RUN_FAILED] = "run-failed",
		[VM_STOPPED] = "stopped",
	};

	return names[end];
}
