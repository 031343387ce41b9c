// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_ldisc */
/* A line discipline stays */
#include <linux/module.h>
#include <linux/tty.h>
#include <linux/tty_ldisc.h>
#include <linux/version.h>

static struct tty_ldisc_ops ops = {
	.owner = THIS_MODULE,
	.name = "lo_ldisc",
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	.num = N_DEVELOPMENT,
#endif
};
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 14, 0)
#define tty_register_ldisc(ops) tty_register_ldisc(NR_LDISCS - 1, ops)
#endif

static int __init lo_ldisc_init(void)
{
	return tty_register_ldisc(&ops);
}
module_init(lo_ldisc_init);

static void __exit lo_ldisc_exit(void)
{
}
module_exit(lo_ldisc_exit);

MODULE_DESCRIPTION("Test: a line discipline stays");
MODULE_LICENSE("GPL");
