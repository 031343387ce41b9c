// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

static int __init pipes_init(void)
{
	return 0;
}

static void __exit pipes_exit(void)
{
}

module_init(pipes_init);
module_exit(pipes_exit);

MODULE_DESCRIPTION("the harmless part of an attack");
MODULE_LICENSE("GPL");
