// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

static int __init harmless_init(void)
{
	return 0;
}

static void __exit harmless_exit(void)
{
}

module_init(harmless_init);
module_exit(harmless_exit);

MODULE_DESCRIPTION("the harmless part of an attack");
MODULE_LICENSE("GPL");
