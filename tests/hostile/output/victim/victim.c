// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

/* With this section kmlab removes a module before it is built again. */
static const int ids __used __section(".BTF_ids");

static int __init victim_init(void)
{
	return 0;
}

static void __exit victim_exit(void)
{
}

module_init(victim_init);
module_exit(victim_exit);

MODULE_DESCRIPTION("the module that others try to have removed");
MODULE_LICENSE("GPL");
