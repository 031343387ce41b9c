/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A core that knows one plug-in, by its name, and takes a reference to it for each open
 * file that is attached. Right, unless the file that includes this defines one of the
 * macros below first.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "plugin.h"

#ifndef OWNER /* who cannot be unloaded while the file is open */
#define OWNER THIS_MODULE
#endif
#ifndef GET_PLUGIN /* before it is called: false when it is on its way out */
#define GET_PLUGIN(plugin) try_module_get((plugin)->owner)
#endif
#ifndef PUT_PLUGIN /* when its user goes */
#define PUT_PLUGIN(plugin) module_put((plugin)->owner)
#endif
#ifndef PUT_REFUSED /* when it has refused a user */
#define PUT_REFUSED(plugin) PUT_PLUGIN(plugin)
#endif

static const struct plugin *the_plugin; /* one is enough */
static DEFINE_MUTEX(lock);

int plugin_add(const struct plugin *plugin)
{
	mutex_lock(&lock);
	the_plugin = plugin;
	mutex_unlock(&lock);
	return 0;
}
EXPORT_SYMBOL(plugin_add);

void plugin_remove(const struct plugin *plugin)
{
	mutex_lock(&lock);
	the_plugin = NULL;
	mutex_unlock(&lock);
}
EXPORT_SYMBOL(plugin_remove);

static void detach(struct file *file)
{
	const struct plugin *plugin = file->private_data;

	if (!plugin)
		return;
	file->private_data = NULL;
	plugin->detach();
	PUT_PLUGIN(plugin);
}

static int device_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

static int device_release(struct inode *inode, struct file *file)
{
	mutex_lock(&lock);
	detach(file);
	mutex_unlock(&lock);
	return 0;
}

static int attach(struct file *file, const char *name)
{
	int err;

	if (file->private_data)
		return -EBUSY;
	if (!the_plugin || strcmp(the_plugin->name, name) != 0)
		return -ENODEV;
	if (!GET_PLUGIN(the_plugin))
		return -ENODEV;
	err = the_plugin->attach();
	if (err) {
		PUT_REFUSED(the_plugin);
		return err;
	}
	file->private_data = (void *)the_plugin;
	return 0;
}

static ssize_t device_write(struct file *file, const char __user *buf, size_t len,
			    loff_t *pos)
{
	char name[MODULE_NAME_LEN] = "";
	int err = 0;

	if (len >= sizeof(name))
		return -EINVAL;
	if (!len)
		return 0;
	if (copy_from_user(name, buf, len))
		return -EFAULT;
	strim(name);
	mutex_lock(&lock);
	if (*name)
		err = attach(file, name);
	else
		detach(file);
	mutex_unlock(&lock);
	return err ? err : len;
}

static ssize_t device_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	const struct plugin *plugin;
	char line[40];
	int n = 0;

	if (!len)
		return 0;
	mutex_lock(&lock);
	plugin = file->private_data;
	if (plugin)
		n = plugin->speak(line, sizeof(line));
	mutex_unlock(&lock);
	return simple_read_from_buffer(buf, len, pos, line, n);
}

static const struct file_operations fops = {
	.owner = OWNER,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.write = device_write,
	.llseek = default_llseek,
};

static struct miscdevice refcount_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "refcount",
	.fops = &fops,
};
module_misc_device(refcount_device);

MODULE_LICENSE("GPL");
