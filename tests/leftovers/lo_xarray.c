// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_xarray_init (again) */
/* The nodes of an XArray */
#include <linux/module.h>
#include <linux/xarray.h>

static DEFINE_XARRAY(things);
static int thing;

static int __init lo_xarray_init(void)
{
	return xa_err(xa_store(&things, 77, &thing, GFP_KERNEL));
}
module_init(lo_xarray_init);

static void __exit lo_xarray_exit(void)
{
}
module_exit(lo_xarray_exit);

MODULE_DESCRIPTION("Test: the nodes of an XArray");
MODULE_LICENSE("GPL");
