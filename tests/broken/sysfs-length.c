// SPDX-License-Identifier: GPL-2.0-only
/*
 * The show function of its attribute returns more than the page it was given. The
 * kernel only says so, and cuts it.
 *
 * expect:
 *	command=cat /sys/class/misc/sysfs-length/words
 *	outcome=warning
 *	phase=test
 *	kind=sysfs-count
 *	exit=105
 *	line=here
 *	function=words_show
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>

static ssize_t words_show(struct device *dev, struct device_attribute *attr, char *buf)
{ /* here */
	return scnprintf(buf, PAGE_SIZE, "%s\n", "many words") + PAGE_SIZE;
}
static DEVICE_ATTR_RO(words);

static struct attribute *sysfs_length_attrs[] = {
	&dev_attr_words.attr,
	NULL,
};
ATTRIBUTE_GROUPS(sysfs_length);

static const struct file_operations ops = {
	.owner = THIS_MODULE,
};

static struct miscdevice dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "sysfs-length",
	.fops = &ops,
	.groups = sysfs_length_groups,
};
module_misc_device(dev);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its sysfs attribute is longer than a page");
