// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* An array of probes, taken back in one call */
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/module.h>

static int before(struct kprobe *p, struct pt_regs *regs)
{
	return 0;
}

static struct kprobe probe[16], *probes[ARRAY_SIZE(probe)];

static int __init lo_clean_kprobes_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probe); i++) {
		probe[i].symbol_name = "kernel_halt";
		probe[i].pre_handler = before;
		probes[i] = &probe[i];
	}
	return register_kprobes(probes, ARRAY_SIZE(probe));
}
module_init(lo_clean_kprobes_init);

static void __exit lo_clean_kprobes_exit(void)
{
	unregister_kprobes(probes, ARRAY_SIZE(probe));
}
module_exit(lo_clean_kprobes_exit);

MODULE_DESCRIPTION("Test: an array of probes, taken back in one call");
MODULE_LICENSE("GPL");
