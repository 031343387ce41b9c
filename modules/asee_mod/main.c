// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/asee_mod: a channel of bytes between any number of writers and readers, global
 * to the machine and kept while nobody has it open. What it does when full or empty,
 * and how tasks are kept apart, are chosen at load.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "asee_mod.h"

struct asee asee;

static char *policy = "block";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "When full or empty: block (a pipe), overwrite (the last bytes)");

static char *lock = "split";
module_param(lock, charp, 0444);
MODULE_PARM_DESC(lock, "How tasks are kept apart: spin, mutex, split (one mutex an end)");

static unsigned int size;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "Initial size in bytes (65536, policy=overwrite: 16)");

/* A third value means "not given": then the policy decides. */
static bool chomp_given;

static int chomp_set(const char *val, const struct kernel_param *kp)
{
	chomp_given = true;
	return param_set_bool(val, kp);
}

static const struct kernel_param_ops chomp_ops = {
	.flags = KERNEL_PARAM_OPS_FL_NOARG,
	.set = chomp_set,
	.get = param_get_bool,
};

module_param_cb(chomp, &chomp_ops, &asee.chomp, 0444);
MODULE_PARM_DESC(chomp, "Leave out a newline at the end of a write (N, policy=overwrite: Y)");

static unsigned short mode = 0600;

/* Octal with and without the leading zero: mode=666 read as decimal would be 01232. */
static int mode_set(const char *val, const struct kernel_param *kp)
{
	u16 bits;
	int err = kstrtou16(val, 8, &bits);

	if (err)
		return err;
	if (bits & ~0777)
		return -EINVAL;
	mode = bits;
	return 0;
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sprintf(buf, "%04o\n", mode);
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};

module_param_cb(mode, &mode_ops, NULL, 0444);
MODULE_PARM_DESC(mode, "Mode of the device, octal (0600)");

static const struct policy *const policies[] = { &policy_block, &policy_overwrite };

static const struct discipline *const disciplines[] = {
	&lock_spin, &lock_mutex, &lock_split,
};

static const struct policy *find_policy(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++)
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	pr_err("policy '%s' is neither block nor overwrite\n", name);
	return NULL;
}

static const struct discipline *find_discipline(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(disciplines); i++)
		if (!strcmp(disciplines[i]->name, name))
			return disciplines[i];
	pr_err("lock '%s' is none of spin, mutex, split\n", name);
	return NULL;
}

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = KBUILD_MODNAME,
};

static int __init choose(void)
{
	const struct policy *rules = find_policy(policy);
	const struct discipline *discipline = find_discipline(lock);

	if (!rules || !discipline)
		return -EINVAL;
	if (!size)
		size = rules->default_size;
	if (size > ASEE_MAX_SIZE) {
		pr_err("size %u is above %u\n", size, ASEE_MAX_SIZE);
		return -EINVAL;
	}
	if (!chomp_given)
		asee.chomp = rules->default_chomp;
	device.fops = rules->fops;
	device.mode = mode;
	return channel_init(&asee.channel, discipline, size);
}

/* The device comes last: from then on all of this may be in use. */
static int __init asee_init(void)
{
	int err;

	err = choose();
	if (err)
		return err;
	err = asee_interrupt_init();
	if (err)
		goto no_interrupt;
	err = asee_sysfs_init();
	if (err)
		goto no_sysfs;
	err = misc_register(&device);
	if (err)
		goto no_device;
	pr_info("policy %s, lock %s, %u bytes\n", policy, lock, size);
	return 0;

no_device:
	asee_sysfs_exit();
no_sysfs:
	asee_interrupt_exit();
no_interrupt:
	channel_destroy(&asee.channel);
	return err;
}

/*
 * Nobody has the device open, or we would not be here; and nobody can open it
 * meanwhile.
 */
static void __exit asee_exit(void)
{
	misc_deregister(&device);
	asee_sysfs_exit();
	asee_interrupt_exit();
	channel_destroy(&asee.channel);
}

module_init(asee_init);
module_exit(asee_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("A channel of bytes between any number of writers and readers");
MODULE_VERSION("1.0");
