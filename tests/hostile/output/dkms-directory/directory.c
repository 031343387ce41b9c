// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

static int __init directory_init(void)
{
	return 0;
}

static void __exit directory_exit(void)
{
}

module_init(directory_init);
module_exit(directory_exit);

MODULE_DESCRIPTION("the harmless part of an attack");
MODULE_LICENSE("GPL");
