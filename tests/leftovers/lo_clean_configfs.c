// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* The kernel's module that it needs is unloaded next, and has to wait for RCU before */
#include <linux/configfs.h>
#include <linux/module.h>

static const struct config_item_type type = {.ct_owner = THIS_MODULE};

static struct configfs_subsystem subsystem = {
	.su_group = {
		.cg_item = {.ci_namebuf = "lo_clean_configfs", .ci_type = &type},
	},
};

static int __init lo_clean_configfs_init(void)
{
	config_group_init(&subsystem.su_group);
	mutex_init(&subsystem.su_mutex);
	return configfs_register_subsystem(&subsystem);
}
module_init(lo_clean_configfs_init);

static void __exit lo_clean_configfs_exit(void)
{
	configfs_unregister_subsystem(&subsystem);
}
module_exit(lo_clean_configfs_exit);

MODULE_DESCRIPTION("Test: a subsystem of configfs");
MODULE_LICENSE("GPL");
