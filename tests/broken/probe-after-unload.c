// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hooks the end of system calls and never lets go: the next one, of whatever process,
 * runs code that is gone. One is that of process 1, so the kernel panics; the cause is
 * the oops before.
 *
 * expect:
 *	outcome=panic
 *	phase=unload
 *	kind=use-after-unload
 *	exit=112
 *	summary=^kernel panic: code of the unloaded module was run in probe_exit
 *	function=probe_exit
 */
#include <linux/module.h>
#include <linux/tracepoint.h>

static struct tracepoint *point;

static void probe_exit(void *data, struct pt_regs *regs, long status)
{
}

static void look(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "sys_exit"))
		point = tp;
}

static int __init probe_after_unload_init(void)
{
	for_each_kernel_tracepoint(look, NULL);
	if (!point)
		return -ENOENT;
	return tracepoint_probe_register(point, probe_exit, NULL);
}
module_init(probe_after_unload_init);

static void __exit probe_after_unload_exit(void)
{
}
module_exit(probe_after_unload_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: a hook outlives its module");
