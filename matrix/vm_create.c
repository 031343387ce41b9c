// SPDX-License-Identifier: GPL-2.0-only
/* Making and unmaking a VM; see vm.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "cleanup.h"
#include "exception.h"
#include "hypercall.h"
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
