// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Nothing at all */
#include <linux/module.h>

static int __init lo_hello_init(void)
{
	return 0;
}
module_init(lo_hello_init);

static void __exit lo_hello_exit(void)
{
}
module_exit(lo_hello_exit);

MODULE_DESCRIPTION("Test: nothing at all");
MODULE_LICENSE("GPL");
