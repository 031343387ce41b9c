// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

static int __init symvers_init(void)
{
	return 0;
}

static void __exit symvers_exit(void)
{
}

module_init(symvers_init);
module_exit(symvers_exit);

MODULE_DESCRIPTION("the harmless part of an attack");
MODULE_LICENSE("GPL");
