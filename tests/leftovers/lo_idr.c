// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_idr_init (again) */
/* The nodes of an IDR */
#include <linux/idr.h>
#include <linux/module.h>

static DEFINE_IDR(numbers);
static int thing;

static int __init lo_idr_init(void)
{
	int id = idr_alloc(&numbers, &thing, 1, 0, GFP_KERNEL);

	return id < 0 ? id : 0;
}
module_init(lo_idr_init);

static void __exit lo_idr_exit(void)
{
}
module_exit(lo_idr_exit);

MODULE_DESCRIPTION("Test: the nodes of an IDR");
MODULE_LICENSE("GPL");
