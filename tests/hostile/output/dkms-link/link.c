// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

static int __init link_init(void)
{
	return 0;
}

static void __exit link_exit(void)
{
}

module_init(link_init);
module_exit(link_exit);

MODULE_DESCRIPTION("the harmless part of an attack");
MODULE_LICENSE("GPL");
