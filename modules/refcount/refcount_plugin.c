// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plug-in for refcount.c. It takes no reference and gives none back: that is the
 * business of those who call it. All it does is to say who it is when it is asked.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "refcount.h"

static unsigned int limit = 4;
module_param(limit, uint, 0444);
MODULE_PARM_DESC(limit, "How many users may be attached at a time");

static unsigned int linger_ms;
module_param(linger_ms, uint, 0444);
MODULE_PARM_DESC(linger_ms, "How long the exit function waits, so that it can be watched");

static bool stuck;
module_param(stuck, bool, 0444);
MODULE_PARM_DESC(stuck, "Take a reference that is never given back, as a bug would");

static atomic_t users;

static int plugin_attach(void)
{
	if (atomic_inc_return(&users) > limit) {
		atomic_dec(&users);
		return -EUSERS;
	}
	return 0;
}

static void plugin_detach(void)
{
	atomic_dec(&users);
}

static size_t plugin_speak(char *buf, size_t size)
{
	return scnprintf(buf, size, "this is %s for %d\n", KBUILD_MODNAME,
			 atomic_read(&users));
}

static struct refcount_plugin plugin = {
	.owner = THIS_MODULE,
	.name = KBUILD_MODNAME,
	.attach = plugin_attach,
	.detach = plugin_detach,
	.speak = plugin_speak,
};

/*
 * The one moment at which a module may take a reference to itself: the loader holds one
 * for as long as init runs, so that the module cannot be unloaded at this moment.
 */
static int __init plugin_init(void)
{
	if (stuck)
		__module_get(THIS_MODULE);
	return refcount_plugin_register(&plugin);
}

/*
 * The count was zero and stays so: try_module_get() has been failing since before this
 * was called, and the state in /sys/module/refcount_plugin/initstate says "going". That
 * the plug-in is still in the core's list meanwhile does no harm.
 *
 * After a forced unload none of that holds. A file that is attached, or a task inside one
 * of the functions above, goes on to use memory that is free once this returns.
 */
static void __exit plugin_exit(void)
{
	if (linger_ms)
		msleep(linger_ms);
	refcount_plugin_unregister(&plugin);
}

module_init(plugin_init);
module_exit(plugin_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Reference counts of modules: a plug-in that the core calls");
MODULE_VERSION("1.0");
