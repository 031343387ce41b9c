// SPDX-License-Identifier: GPL-2.0-only
/* One virtual machine; see vm.h. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "cleanup.h"
#include "exception.h"
#include "text.h"
#include "vm.h"
#include "x86.h"

static int set_memory(struct vm *vm, unsigned int slot, const struct guest_region *r)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = r->base,
		.memory_size = r->size,
		.userspace_addr = (uintptr_t)r->host,
	};
	char what[96];

	snprintf(what, sizeof(what), "slot %u: guest 0x%llx + 0x%llx at host %p", slot,
		 (unsigned long long)r->base, (unsigned long long)r->size, r->host);
	return (int)KVM_IOCTL(&vm->config.explain, 3, vm->vm_fd,
			      KVM_SET_USER_MEMORY_REGION, &region, what);
}

static int make_memory(struct vm *vm)
{
	uint64_t ram = vm->config.ram;
	int low = vm->config.profile->low_host_addresses, err;

	if (!ram || ram % RAM_UNIT || ram > RAM_MAX)
		return -EINVAL;
	err = guest_region_map(&vm->memory.ram, 0, ram, low);
	explain_say(&vm->config.explain, 3, err, "mmap(%llu KiB) for the guest's RAM",
		    (unsigned long long)ram >> 10);
	err = err ? err
		  : guest_region_map(&vm->memory.area, ram, AREA_PAGES * GUEST_PAGE, low);
	err = err ? err : set_memory(vm, 0, &vm->memory.ram);
	return err ? err : set_memory(vm, 1, &vm->memory.area);
}

static int make_vcpu(struct vm *vm)
{
	const struct explain *explain = &vm->config.explain;
	void *run;
	long err;

	/* Three pages that Intel's CPUs need for real mode; above all memory of ours. */
	if (vm->kvm->tss_addr) {
		err = KVM_IOCTL(explain, 4, vm->vm_fd, KVM_SET_TSS_ADDR, 0xfffbd000ul,
				"");
		if (err)
			return (int)err;
	}
	vm->vcpu_fd = (int)KVM_IOCTL(explain, 4, vm->vm_fd, KVM_CREATE_VCPU, 0, "0");
	if (vm->vcpu_fd < 0)
		return vm->vcpu_fd;
	run = mmap(NULL, (size_t)vm->kvm->run_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		   vm->vcpu_fd, 0);
	err = run == MAP_FAILED ? -errno : 0;
	explain_say(explain, 4, err, "mmap(%d) for the vCPU's struct kvm_run",
		    vm->kvm->run_size);
	if (err)
		return (int)err;
	vm->run = run;
	return (int)KVM_IOCTL(explain, 4, vm->vcpu_fd, KVM_SET_CPUID2, vm->kvm->cpuid,
			      "");
}

static int load_image(struct vm *vm, char *why)
{
	const struct vm_config *c = &vm->config;
	int err;

	if (c->profile->real_mode && image_is_elf(c->image, c->image_size)) {
		snprintf(why, IMAGE_WHY,
			 "it is an ELF file; a real-mode guest is a flat one");
		return -ENOEXEC;
	}
	err = image_load(c->image, c->image_size, &vm->memory.ram, c->profile->flat_at,
			 &vm->image, why);
	explain_say(&c->explain, 3, err, "load %s image of %zu bytes, entry 0x%llx",
		    vm->image.elf ? "ELF" : "flat", c->image_size,
		    (unsigned long long)vm->image.entry);
	return err;
}

static int set_registers(struct vm *vm)
{
	const struct explain *explain = &vm->config.explain;
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	char what[96];
	long err = KVM_IOCTL(explain, 5, vm->vcpu_fd, KVM_GET_SREGS, &sregs, "");

	if (err)
		return (int)err;
	if (vm->config.profile->real_mode) {
		x86_real_mode(vm->image.entry, &sregs, &regs);
	} else {
		x86_long_mode_tables(&vm->memory);
		x86_long_mode(&vm->memory, vm->image.entry, vm->memory.ram.size, &sregs,
			      &regs);
		exception_tables(vm, &sregs);
	}
	snprintf(what, sizeof(what), "cr0 0x%llx cr3 0x%llx cr4 0x%llx efer 0x%llx",
		 sregs.cr0, sregs.cr3, sregs.cr4, sregs.efer);
	err = KVM_IOCTL(explain, 5, vm->vcpu_fd, KVM_SET_SREGS, &sregs, what);
	if (err)
		return (int)err;
	snprintf(what, sizeof(what), "rip 0x%llx rsp 0x%llx rflags 0x%llx", regs.rip,
		 regs.rsp, regs.rflags);
	return (int)KVM_IOCTL(explain, 5, vm->vcpu_fd, KVM_SET_REGS, &regs, what);
}

/* The kernel's signal sets have 8 bytes; libc's have 128, which is refused (EINVAL). The
 * set follows the header, in an array of no length. */
static int set_run_mask(struct vm *vm)
{
	enum { SET = 8 };
	_cleanup_free_ struct kvm_signal_mask *mask = xcalloc(1, sizeof(*mask) + SET);

	if (!vm->config.run_mask)
		return 0;
	mask->len = SET;
	memcpy(mask->sigset, vm->config.run_mask, SET);
	return (int)KVM_IOCTL(&vm->config.explain, 5, vm->vcpu_fd, KVM_SET_SIGNAL_MASK,
			      mask, "the kick unblocked");
}

static int build(struct vm *vm, char *why)
{
	int err;

	vm->vm_fd = (int)KVM_IOCTL(&vm->config.explain, 2, vm->kvm->fd, KVM_CREATE_VM, 0,
				   "0");
	if (vm->vm_fd < 0)
		return vm->vm_fd;
	err = make_memory(vm);
	err = err ? err : load_image(vm, why);
	err = err ? err : make_vcpu(vm);
	err = err ? err : set_registers(vm);
	err = err ? err : set_run_mask(vm);
	err = err ? err : hypercall_attach(vm);
	return err || vm->config.profile->real_mode ? err : exception_attach(vm);
}

int vm_create(const struct kvm *kvm, const struct vm_config *config, struct vm **ret,
	      char *why)
{
	struct vm *vm = xcalloc(1, sizeof(*vm));
	int err;

	*vm = (struct vm){
		.name = xstrdup(config->name),
		.kvm = kvm,
		.config = *config,
		.vm_fd = -1,
		.vcpu_fd = -1,
	};
	*why = '\0';
	err = build(vm, why);
	vm->config.image = NULL;
	vm->config.name = NULL;
	vm->config.run_mask = NULL;
	if (err)
		vm_destroy(vm);
	else
		*ret = vm;
	return err;
}

void vm_destroy(struct vm *vm)
{
	if (!vm)
		return;
	if (vm->run)
		munmap(vm->run, (size_t)vm->kvm->run_size);
	cleanup_close(&vm->vcpu_fd);
	cleanup_close(&vm->vm_fd);
	guest_region_unmap(&vm->memory.ram);
	guest_region_unmap(&vm->memory.area);
	explain_say(&vm->config.explain, 10, 0,
		    "munmap and close: vCPU, VM and memory of '%s' are gone", vm->name);
	free(vm->name);
	free(vm);
}

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
		/* The strongest of what the elements mean; an end ends at once. */
		event = one > event ? one : event;
		if (event == VM_ENDED)
			break;
	}
	return event;
}

/* Nothing is there: the read floats high, the write is lost, as on a bus without devices.
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
		/* Copy first and look at the copy. */
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
