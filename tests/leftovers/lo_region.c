// SPDX-License-Identifier: GPL-2.0-only
/* expect: region */
/* A range of I/O ports stays taken */
#include <linux/ioport.h>
#include <linux/module.h>

static int __init lo_region_init(void)
{
	return request_region(0x4f00, 8, "lo_region") ? 0 : -EBUSY;
}
module_init(lo_region_init);

static void __exit lo_region_exit(void)
{
}
module_exit(lo_region_exit);

MODULE_DESCRIPTION("Test: a range of i/o ports stays taken");
MODULE_LICENSE("GPL");
