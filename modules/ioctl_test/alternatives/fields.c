// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, in another way: the fields are fetched one by one with get_user(), commands
 * are looked up in a table, an open file keeps the module, old error code for unknown
 * commands.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

struct ioctl_test_t {
	int field1;
	char field2;
};

#define IOCTL_TEST _IOW(0, 6, struct ioctl_test_t)

static int print_fields(unsigned long arg)
{
	struct ioctl_test_t __user *user = (void __user *)arg;
	char shown[8];
	u8 byte;
	int number;

	if (get_user(number, &user->field1) || get_user(byte, (u8 __user *)&user->field2))
		return -EFAULT;
	if (byte < 0x20 || byte > 0x7e)
		sprintf(shown, "<%u>", byte);
	else
		sprintf(shown, "%c", byte);
	pr_notice("ioctl: call to IOCTL_TEST (%d,%s)!\n", number, shown);
	return 0;
}

static const struct {
	unsigned int command;
	int (*run)(unsigned long arg);
} commands[] = {
	{ IOCTL_TEST, print_fields },
};

static long fields_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (commands[i].command == command)
			return commands[i].run(arg);
	return -EINVAL;
}

#ifdef CONFIG_COMPAT
static long fields_compat(struct file *file, unsigned int command, unsigned long arg)
{
	return fields_ioctl(file, command, (u32)arg);
}
#endif

static int fields_open(struct inode *inode, struct file *file)
{
	/* Safe here: procfs keeps the module while it calls us. */
	return try_module_get(THIS_MODULE) ? 0 : -ENODEV;
}

static int fields_release(struct inode *inode, struct file *file)
{
	module_put(THIS_MODULE);
	return 0;
}

static ssize_t fields_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	return 0;
}

static const struct proc_ops fields_ops = {
	.proc_open = fields_open,
	.proc_release = fields_release,
	.proc_read = fields_read,
	.proc_lseek = noop_llseek,
	.proc_ioctl = fields_ioctl,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = fields_compat,
#endif
};

static int __init fields_init(void)
{
	return proc_create("ioctl_test", 0444, NULL, &fields_ops) ? 0 : -ENOMEM;
}
module_init(fields_init);

static void __exit fields_exit(void)
{
	remove_proc_entry("ioctl_test", NULL);
}
module_exit(fields_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Another right /proc/ioctl_test");
