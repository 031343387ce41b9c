/* SPDX-License-Identifier: GPL-2.0-only */
/* What matrix is compared with: the least that can be done with KVM's ioctls, checked
 * only for success. */
#ifndef BENCH_MATRIX_BARE_H
#define BENCH_MATRIX_BARE_H

#include <stddef.h>

struct bare {
	int vm, vcpu;
	struct kvm_run *run;
	size_t run_size;
	void *memory, *area;
};

/** bare_start - start the guest's flat @image at 64 KiB, in long mode; 2 MiB of memory.
 */
int bare_start(int kvm, const void *image, size_t size, struct bare *ret);
/** bare_exits - enter it @n times, answering each IN with all ones. */
int bare_exits(struct bare *b, unsigned long n);
void bare_stop(struct bare *b);

#endif
