// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes one byte behind a heap object. The slab allocator of a stock kernel has
 * rounded its 13 bytes up to 16, so nothing is hurt today: only KASAN sees it.
 *
 * expect:
 *	needs=kasan
 *	outcome=pass
 *	phase=done
 *	exit=0
 *	kasan_outcome=sanitizer
 *	kasan_kind=out-of-bounds
 *	kasan_exit=110
 */
#include <linux/module.h>
#include <linux/slab.h>

static char *buf;

static int __init heap_overflow_init(void)
{
	buf = kmalloc(13, GFP_KERNEL);
	if (!buf)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(buf); /* else the compiler knows the size and warns */
	WRITE_ONCE(buf[13], 1); /* here */
	return 0;
}
module_init(heap_overflow_init);

static void __exit heap_overflow_exit(void)
{
	kfree(buf);
}
module_exit(heap_overflow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: writes one byte behind a heap object");
