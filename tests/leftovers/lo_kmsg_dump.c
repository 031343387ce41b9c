// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_kmsg_dump */
/* What is to be called with the log of a crash stays */
#include <linux/module.h>
#include <linux/kmsg_dump.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
static void dump(struct kmsg_dumper *dumper, struct kmsg_dump_detail *detail)
#else
static void dump(struct kmsg_dumper *dumper, enum kmsg_dump_reason reason)
#endif
{
}
static struct kmsg_dumper dumper = { .dump = dump };

static int __init lo_kmsg_dump_init(void)
{
	return kmsg_dump_register(&dumper);
}
module_init(lo_kmsg_dump_init);

static void __exit lo_kmsg_dump_exit(void)
{
}
module_exit(lo_kmsg_dump_exit);

MODULE_DESCRIPTION("Test: what is to be called with the log of a crash stays");
MODULE_LICENSE("GPL");
