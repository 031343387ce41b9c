// SPDX-License-Identifier: GPL-2.0-only
/* The least that can be done with KVM's ioctls; see bare.h. */
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bare.h"

enum { RAM = 2 << 20, AREA = 3 * 4096, ENTRY = 0x10000 };

static void *map(size_t size)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

static int give_memory(int vm, unsigned int slot, unsigned long long at,
		       unsigned long long size, void *host)
{
	struct kvm_userspace_memory_region region = {.slot = slot,
						     .guest_phys_addr = at,
						     .memory_size = size,
						     .userspace_addr =
							     (unsigned long long)host};

	return ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region);
}

static int set_registers(struct bare *b)
{
	struct kvm_segment code = {.limit = 0xffffffff,
				   .selector = 8,
				   .type = 11,
				   .present = 1,
				   .s = 1,
				   .g = 1,
				   .l = 1};
	struct kvm_segment data = {.limit = 0xffffffff,
				   .selector = 16,
				   .type = 3,
				   .present = 1,
				   .s = 1,
				   .g = 1,
				   .db = 1};
	struct kvm_regs regs = {.rip = ENTRY, .rsp = RAM, .rflags = 2};
	unsigned long long *tables = b->area;
	struct kvm_sregs s;

	tables[0] = (RAM + 4096) | 3;
	tables[512] = (RAM + 8192) | 3;
	tables[1024] = 0 | 0x83;
	if (ioctl(b->vcpu, KVM_GET_SREGS, &s))
		return -1;
	s.cs = code;
	s.ds = s.es = s.fs = s.gs = s.ss = data;
	s.cr3 = RAM;
	s.cr4 = 1 << 5;
	s.cr0 = 0x80050033;
	s.efer = 0x500;
	return ioctl(b->vcpu, KVM_SET_SREGS, &s) || ioctl(b->vcpu, KVM_SET_REGS, &regs);
}

int bare_start(int kvm, const void *image, size_t size, struct bare *b)
{
	b->vm = ioctl(kvm, KVM_CREATE_VM, 0);
	b->memory = map(RAM);
	b->area = map(AREA);
	if (give_memory(b->vm, 0, 0, RAM, b->memory) ||
	    give_memory(b->vm, 1, RAM, AREA, b->area))
		return -1;
	memcpy((char *)b->memory + ENTRY, image, size);
	ioctl(b->vm, KVM_SET_TSS_ADDR, 0xfffbd000ul);
	b->vcpu = ioctl(b->vm, KVM_CREATE_VCPU, 0);
	b->run_size = (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	b->run = mmap(NULL, b->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, b->vcpu, 0);
	return b->run == MAP_FAILED ? -1 : set_registers(b);
}

int bare_exits(struct bare *b, unsigned long n)
{
	while (n--) {
		if (ioctl(b->vcpu, KVM_RUN, 0) || b->run->exit_reason != KVM_EXIT_IO)
			return -1;
		if (b->run->io.direction == KVM_EXIT_IO_IN)
			memset((char *)b->run + b->run->io.data_offset, 0xff,
			       b->run->io.size * b->run->io.count);
	}
	return 0;
}

void bare_stop(struct bare *b)
{
	munmap(b->run, b->run_size);
	close(b->vcpu);
	close(b->vm);
	munmap(b->memory, RAM);
	munmap(b->area, AREA);
}
