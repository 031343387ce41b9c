/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the kernels, each with the release that changed it. */
#ifndef ASEE_COMPAT_H
#define ASEE_COMPAT_H

#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/irq.h>
#include <linux/objtool.h>
#include <linux/uio.h>
#include <linux/version.h>

/*
 * Indirect branch tracking (5.18): objtool, which sees the address of an instruction used
 * as data, has to be told that nobody jumps there. Older kernels have nothing to tell.
 */
#ifndef ANNOTATE_NOENDBR
#define ANNOTATE_NOENDBR
#endif

/*
 * How a file without pages of its own is spliced from: since 6.5 the bytes are read into
 * fresh pages first, before that into a pipe iterator. The old function went with 6.5.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#define asee_splice_read copy_splice_read
#else
#define asee_splice_read generic_file_splice_read
#endif

/* User memory, whatever its shape: since 6.0 there is a second kind of such iterators. */
static inline bool asee_user_iter(const struct iov_iter *iter)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	return user_backed_iter(iter);
#else
	return iter_is_iovec(iter);
#endif
}

/* hrtimer_setup() came with 6.13; hrtimer_init() went with 6.15. */
static inline void asee_timer_setup(struct hrtimer *timer,
				    enum hrtimer_restart (*fn)(struct hrtimer *))
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
#else
	hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer->function = fn;
#endif
}

/*
 * generic_handle_irq() wants interrupts off. They are in an irq_work on a stock kernel;
 * on a realtime one an irq_work is a thread, and the _safe form of 5.18 turns them off.
 */
static inline void asee_handle_irq(unsigned int irq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0)
	generic_handle_irq_safe(irq);
#else
	generic_handle_irq(irq);
#endif
}

#endif
