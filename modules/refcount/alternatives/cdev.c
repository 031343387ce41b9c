// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, in another way: a character device of its own instead of a misc device, so
 * that cdev.owner pins this module; a fixed table of plug-ins under a spinlock instead
 * of a list under a mutex; and no lock in the open file: users are switched with
 * cmpxchg, and a read takes a reference of its own for as long as it is in the plug-
 * in.
 *
 * expect:
 *	with=plugin
 *	outcome=pass
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/version.h>

#include "plugin.h"

/* The module argument went in Linux 6.4. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define new_class(name) class_create(THIS_MODULE, name)
#else
#define new_class(name) class_create(name)
#endif

#define SLOTS 8

static const struct plugin *slot[SLOTS];
static DEFINE_SPINLOCK(slots_lock);

/* What the lock guards of an open file: which plug-in, whose module is pinned. */
static DEFINE_SPINLOCK(files_lock);

int plugin_add(const struct plugin *plugin)
{
	int i, err = -ENOSPC;

	spin_lock(&slots_lock);
	for (i = 0; i < SLOTS && err; i++) {
		if (slot[i])
			continue;
		slot[i] = plugin;
		err = 0;
	}
	spin_unlock(&slots_lock);
	return err;
}
EXPORT_SYMBOL(plugin_add);

void plugin_remove(const struct plugin *plugin)
{
	int i;

	spin_lock(&slots_lock);
	for (i = 0; i < SLOTS; i++)
		if (slot[i] == plugin)
			slot[i] = NULL;
	spin_unlock(&slots_lock);
}
EXPORT_SYMBOL(plugin_remove);

static const struct plugin *find(const char *name)
{
	const struct plugin *found = NULL;
	int i;

	spin_lock(&slots_lock);
	for (i = 0; i < SLOTS && !found; i++)
		if (slot[i] && !strcmp(slot[i]->name, name) &&
		    try_module_get(slot[i]->owner))
			found = slot[i];
	spin_unlock(&slots_lock);
	return found;
}

static int device_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static void detach(struct file *file)
{
	const struct plugin *plugin;

	spin_lock(&files_lock);
	plugin = file->private_data;
	file->private_data = NULL;
	spin_unlock(&files_lock);
	if (!plugin)
		return;
	plugin->detach();
	module_put(plugin->owner);
}

static int device_release(struct inode *inode, struct file *file)
{
	detach(file);
	return 0;
}

static int attach(struct file *file, const char *name)
{
	const struct plugin *plugin = find(name);
	int err;

	if (!plugin)
		return -ENODEV;
	err = plugin->attach();
	if (!err) {
		spin_lock(&files_lock);
		if (file->private_data)
			err = -EBUSY;
		else
			file->private_data = (void *)plugin;
		spin_unlock(&files_lock);
		if (!err)
			return 0;
		plugin->detach();
	}
	module_put(plugin->owner);
	return err;
}

static ssize_t device_write(struct file *file, const char __user *buf, size_t len,
			    loff_t *pos)
{
	char *name;
	int err = 0;

	if (len > MODULE_NAME_LEN)
		return -EINVAL;
	if (!len)
		return 0;
	name = memdup_user_nul(buf, len);
	if (IS_ERR(name))
		return PTR_ERR(name);
	strreplace(name, '\n', '\0');
	if (*name)
		err = attach(file, name);
	else
		detach(file);
	kfree(name);
	return err ? err : len;
}

static ssize_t device_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	const struct plugin *plugin;
	char line[40];
	int n;

	if (!len)
		return 0;
	/* The file's reference makes the count more than zero: no need to ask. */
	spin_lock(&files_lock);
	plugin = file->private_data;
	if (plugin)
		__module_get(plugin->owner);
	spin_unlock(&files_lock);
	if (!plugin)
		return 0;
	n = plugin->speak(line, sizeof(line));
	module_put(plugin->owner);
	return simple_read_from_buffer(buf, len, pos, line, n);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.write = device_write,
	.llseek = default_llseek,
};

static struct cdev cdev;
static struct class *class;
static dev_t number;

static int __init refcount_init(void)
{
	struct device *device;
	int err = alloc_chrdev_region(&number, 0, 1, "refcount");

	if (err)
		return err;
	class = new_class("refcount");
	err = PTR_ERR_OR_ZERO(class);
	if (err)
		goto no_class;
	cdev_init(&cdev, &fops);
	cdev.owner = THIS_MODULE;
	err = cdev_add(&cdev, number, 1);
	if (err)
		goto no_cdev;
	device = device_create(class, NULL, number, NULL, "refcount");
	err = PTR_ERR_OR_ZERO(device);
	if (!err)
		return 0;
	cdev_del(&cdev);
no_cdev:
	class_destroy(class);
no_class:
	unregister_chrdev_region(number, 1);
	return err;
}
module_init(refcount_init);

static void __exit refcount_exit(void)
{
	device_destroy(class, number);
	cdev_del(&cdev);
	class_destroy(class);
	unregister_chrdev_region(number, 1);
}
module_exit(refcount_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Alternative: a character device and a table");
