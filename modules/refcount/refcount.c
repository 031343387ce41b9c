// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reference counts of modules: who takes them, when, and what for. A module's count says
 * how many others rely on its code and data being there; while it is not zero,
 * delete_module(2) refuses with EWOULDBLOCK.
 *
 * The rule behind everything here: a reference is taken by the one who CALLS, before the
 * call, and never by the module on itself. Code that runs try_module_get(THIS_MODULE) is
 * running already; if nobody else holds the module, it may be unloaded one instruction
 * before that line. And module_put(THIS_MODULE) is worse: the return from it may lead
 * into memory that is free.
 *
 * Three such callers can be watched in /sys/module/refcount/refcnt and its neighbours:
 *
 *  - the VFS calls this module's file_operations. It takes a reference to .owner at open
 *    and gives it back after release;
 *  - the module loader links refcount_plugin to the functions exported below. That is a
 *    reference to this module for as long as the plug-in is loaded;
 *  - this module calls functions of a plug-in. It knows them by pointers that were handed
 *    over at run time, of which the loader knows nothing, so it takes the references.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "refcount.h"

static LIST_HEAD(plugins);
static DEFINE_MUTEX(plugins_lock); /* guards the list and its entries */

/* One for each open file. */
struct client {
	struct mutex lock; /* several threads may use the file; taken before the other */
	struct refcount_plugin *plugin; /* NULL, or we hold a reference to its module */
};

int refcount_plugin_register(struct refcount_plugin *plugin)
{
	mutex_lock(&plugins_lock);
	list_add_tail(&plugin->list, &plugins);
	mutex_unlock(&plugins_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(refcount_plugin_register);

/* No file is attached, or the plug-in's exit function would not have been called. */
void refcount_plugin_unregister(struct refcount_plugin *plugin)
{
	mutex_lock(&plugins_lock);
	list_del(&plugin->list);
	mutex_unlock(&plugins_lock);
}
EXPORT_SYMBOL_GPL(refcount_plugin_unregister);

/*
 * The plug-in of this name, with a reference to its module; NULL when there is none.
 *
 * try_module_get() says false when the module is being unloaded: its count was zero, and
 * delete_module() has closed it for good, in one atomic step. On another CPU its exit
 * function runs at this moment or is about to; perhaps it waits for our lock, in
 * refcount_plugin_unregister(). Such a module must not be called any more, so for us it
 * does not exist. __module_get(), which does not check, would give a reference that does
 * not keep the module.
 *
 * The lock is what makes it safe to ask. Until it is released, the plug-in cannot leave
 * the list, so the exit function cannot end, so plugin->owner is not freed.
 */
static struct refcount_plugin *plugin_get(const char *name)
{
	struct refcount_plugin *plugin, *found = NULL;

	mutex_lock(&plugins_lock);
	list_for_each_entry(plugin, &plugins, list) {
		if (strcmp(plugin->name, name) != 0)
			continue;
		if (try_module_get(plugin->owner))
			found = plugin;
		break;
	}
	mutex_unlock(&plugins_lock);
	return found;
}

/* With the reference the lock is no longer needed: the plug-in may sleep in its calls. */
static int attach(struct client *client, const char *name)
{
	struct refcount_plugin *plugin;
	int err;

	if (client->plugin)
		return -EBUSY;
	plugin = plugin_get(name);
	if (!plugin)
		return -ENODEV;
	err = plugin->attach();
	if (err) {
		/* Easily forgotten; then the plug-in can never be unloaded again. */
		module_put(plugin->owner);
		return err;
	}
	client->plugin = plugin;
	return 0;
}

/* The plug-in may be gone as soon as module_put() has been called: it comes last. */
static void detach(struct client *client)
{
	struct refcount_plugin *plugin = client->plugin;

	if (!plugin)
		return;
	client->plugin = NULL;
	plugin->detach();
	module_put(plugin->owner);
}

/* Called by the VFS, which holds a reference to us: there is nothing to take here. */
static int core_open(struct inode *inode, struct file *file)
{
	struct client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	if (!client)
		return -ENOMEM;
	mutex_init(&client->lock);
	file->private_data = client;
	return 0;
}

/* The last descriptor is gone, also when its process was killed. */
static int core_release(struct inode *inode, struct file *file)
{
	struct client *client = file->private_data;

	detach(client);
	mutex_destroy(&client->lock);
	kfree(client);
	return 0;
}

/* Write the name of a plug-in to attach to it, an empty line to detach. */
static ssize_t core_write(struct file *file, const char __user *buf, size_t len,
			  loff_t *pos)
{
	struct client *client = file->private_data;
	char name[MODULE_NAME_LEN + 1] = "";
	int err = 0;

	if (!len)
		return 0;
	if (len >= sizeof(name))
		return -EINVAL;
	if (copy_from_user(name, buf, len))
		return -EFAULT;
	strim(name); /* the line break that echo adds */

	if (mutex_lock_interruptible(&client->lock))
		return -ERESTARTSYS;
	if (name[0])
		err = attach(client, name);
	else
		detach(client);
	mutex_unlock(&client->lock);
	return err ? err : len;
}

/*
 * The line of the plug-in; nothing when the file is not attached. Its code runs under our
 * reference, which nobody can give back while we hold the lock.
 */
static ssize_t core_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct client *client = file->private_data;
	char line[80];
	size_t n = 0;

	if (mutex_lock_interruptible(&client->lock))
		return -ERESTARTSYS;
	if (client->plugin)
		n = client->plugin->speak(line, sizeof(line));
	mutex_unlock(&client->lock);
	return simple_read_from_buffer(buf, len, pos, line, n);
}

static const struct file_operations core_fops = {
	.owner = THIS_MODULE, /* for the VFS: take a reference to this while open */
	.open = core_open,
	.release = core_release,
	.read = core_read,
	.write = core_write,
	.llseek = default_llseek,
};

/* 0600: a program that may open it can keep two modules from being unloaded. */
static struct miscdevice core_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "refcount",
	.fops = &core_fops,
	.mode = 0600,
};

static int __init core_init(void)
{
	return misc_register(&core_device);
}

/* No file is open and no plug-in is loaded: both would have kept us from getting here. */
static void __exit core_exit(void)
{
	misc_deregister(&core_device);
}

module_init(core_init);
module_exit(core_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Reference counts of modules: a core that calls plug-ins");
MODULE_VERSION("1.0");
