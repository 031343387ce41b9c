// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_sysrq */
/* A SysRq key stays */
#include <linux/module.h>
#include <linux/sysrq.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
static void pressed(u8 key)
#else
static void pressed(int key)
#endif
{
}
static const struct sysrq_key_op op = {
	.handler = pressed,
	.help_msg = "lo(x)",
	.action_msg = "Test",
	.enable_mask = SYSRQ_ENABLE_DUMP,
};

static int __init lo_sysrq_init(void)
{
	return register_sysrq_key('x', &op);
}
module_init(lo_sysrq_init);

static void __exit lo_sysrq_exit(void)
{
}
module_exit(lo_sysrq_exit);

MODULE_DESCRIPTION("Test: a SysRq key stays");
MODULE_LICENSE("GPL");
