// SPDX-License-Identifier: GPL-2.0-only
/* A plug-in like any other; what its alternative is about is in the core. */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>

#include "plugin.h"

static unsigned int linger_ms;
module_param(linger_ms, uint, 0444);

static atomic_t users;

static int one_more(void)
{
	if (atomic_add_unless(&users, 1, 3))
		return 0;
	return -EUSERS;
}

static void one_less(void)
{
	atomic_dec(&users);
}

static int speak(char *buf, size_t size)
{
	return scnprintf(buf, size, "%d here\n", atomic_read(&users));
}

static const struct plugin plugin = {
	.owner = THIS_MODULE,
	.name = KBUILD_MODNAME,
	.attach = one_more,
	.detach = one_less,
	.speak = speak,
};

static int __init plugin_init(void)
{
	return plugin_add(&plugin);
}
module_init(plugin_init);

static void __exit plugin_exit(void)
{
	if (linger_ms)
		msleep(linger_ms);
	plugin_remove(&plugin);
}
module_exit(plugin_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Alternative: a plug-in");
