// SPDX-License-Identifier: GPL-2.0-only
/* /sys/kernel/asee_mod: one value a file. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/kobject.h>
#include <linux/sysfs.h>

#include "asee_mod.h"

static struct kobject *folder;

#define ATTRIBUTE(name, mode, show, store) \
	static struct kobj_attribute name##_attribute = __ATTR(name, mode, show, store)

static ssize_t size_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(asee.channel.capacity));
}

static const char *why_not(int err)
{
	switch (err) {
	case -EBUSY:
		return "more than that is queued";
	case -ERANGE:
	case -EINVAL:
		return "not a number of bytes from 1 to 16777216";
	case -ENOMEM:
		return "no memory";
	default:
		return "interrupted";
	}
}

static ssize_t size_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t n)
{
	unsigned long size;
	int err;

	err = kstrtoul(buf, 10, &size);
	if (!err)
		err = channel_resize(&asee.channel, size);
	if (!err)
		return n;
	/* What was written is not logged as it is: it may contain any bytes. */
	pr_err("asee_buf_size stays %u, asked for '%*pE': %s\n",
	       READ_ONCE(asee.channel.capacity), (int)min_t(size_t, n, 32), buf,
	       why_not(err));
	return err;
}
ATTRIBUTE(asee_buf_size, 0644, size_show, size_store);

static ssize_t count_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", channel_count(&asee.channel));
}
ATTRIBUTE(asee_buf_count, 0444, count_show, NULL);

static ssize_t blocked_readers_show(struct kobject *kobj, struct kobj_attribute *attr,
				    char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&asee.channel.readers.blocked));
}
ATTRIBUTE(blocked_readers, 0444, blocked_readers_show, NULL);

static ssize_t blocked_writers_show(struct kobject *kobj, struct kobj_attribute *attr,
				    char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&asee.channel.writers.blocked));
}
ATTRIBUTE(blocked_writers, 0444, blocked_writers_show, NULL);

static ssize_t wakeups_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%lu\n", READ_ONCE(asee.channel.readers.wakeups) +
					READ_ONCE(asee.channel.writers.wakeups));
}
ATTRIBUTE(wakeups, 0444, wakeups_show, NULL);

/*
 * Counted by the task that holds that end, but read without it: the value may be a moment
 * old.
 */
static ssize_t bytes_in_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(asee.channel.in.bytes));
}
ATTRIBUTE(bytes_in, 0444, bytes_in_show, NULL);

static ssize_t bytes_out_show(struct kobject *kobj, struct kobj_attribute *attr,
			      char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(asee.channel.out.bytes));
}
ATTRIBUTE(bytes_out, 0444, bytes_out_show, NULL);

static ssize_t bytes_dropped_show(struct kobject *kobj, struct kobj_attribute *attr,
				  char *buf)
{
	return sysfs_emit(buf, "%llu\n", READ_ONCE(asee.channel.dropped));
}
ATTRIBUTE(bytes_dropped, 0444, bytes_dropped_show, NULL);

static ssize_t interrupts_show(struct kobject *kobj, struct kobj_attribute *attr,
			       char *buf)
{
	return sysfs_emit(buf, "%u\n", asee_interrupt_count());
}
ATTRIBUTE(interrupts, 0444, interrupts_show, NULL);

/*
 * Any text will do. The mode lets only root open the file; the capability stops a file
 * that was opened by root and handed to somebody else.
 */
static ssize_t interrupt_store(struct kobject *kobj, struct kobj_attribute *attr,
			       const char *buf, size_t n)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return asee_interrupt_raise() ?: n;
}
ATTRIBUTE(interrupt, 0200, NULL, interrupt_store);

static struct attribute *attributes[] = {
	&asee_buf_size_attribute.attr,
	&asee_buf_count_attribute.attr,
	&blocked_readers_attribute.attr,
	&blocked_writers_attribute.attr,
	&wakeups_attribute.attr,
	&bytes_in_attribute.attr,
	&bytes_out_attribute.attr,
	&bytes_dropped_attribute.attr,
	&interrupts_attribute.attr,
	&interrupt_attribute.attr,
	NULL,
};

static const struct attribute_group group = {
	.attrs = attributes,
};

int asee_sysfs_init(void)
{
	int err;

	folder = kobject_create_and_add(KBUILD_MODNAME, kernel_kobj);
	if (!folder)
		return -ENOMEM;
	err = sysfs_create_group(folder, &group);
	if (err)
		kobject_put(folder);
	return err;
}

/* Removing a file waits until whoever is in its show or store function has returned. */
void asee_sysfs_exit(void)
{
	sysfs_remove_group(folder, &group);
	kobject_put(folder);
}
