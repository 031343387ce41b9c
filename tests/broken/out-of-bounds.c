// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes one byte behind a vmalloc buffer, where the kernel keeps an unmapped page.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=page-fault|stack-overflow
 *	exit=111
 *	line=here
 *	function=out_of_bounds_init
 */
#include <linux/module.h>
#include <linux/vmalloc.h>

static char *buf;

static int __init out_of_bounds_init(void)
{
	buf = vmalloc(PAGE_SIZE);
	if (!buf)
		return -ENOMEM;
	WRITE_ONCE(buf[PAGE_SIZE], 1); /* here */
	return 0;
}
module_init(out_of_bounds_init);

static void __exit out_of_bounds_exit(void)
{
	vfree(buf);
}
module_exit(out_of_bounds_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: writes behind the end of its buffer");
