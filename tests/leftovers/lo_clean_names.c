// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Every kind of name, taken back */
#include <linux/debugfs.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/kdev_t.h>
#include <linux/kobject.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/platform_device.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/slab.h>
#include <linux/sysctl.h>
#include <linux/version.h>

/* The owner went away in 6.4 (1aaba11da9aa "driver core: class: remove module * ..."). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
#define make_class(name) class_create(THIS_MODULE, name)
#else
#define make_class(name) class_create(name)
#endif

static const struct proc_ops proc_ops;
static const struct file_operations ops = { .owner = THIS_MODULE };
static struct miscdevice misc = {
	.minor = MISC_DYNAMIC_MINOR, .name = "lo_clean_misc", .fops = &ops,
};
static int before(struct kprobe *p, struct pt_regs *regs)
{
	return 0;
}
static struct kprobe probe = { .symbol_name = "kernel_halt", .pre_handler = before };
static int notified(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}
static struct notifier_block block = { .notifier_call = notified };
static irqreturn_t handle(int irq, void *data)
{
	return IRQ_NONE;
}
static struct file_system_type type = { .owner = THIS_MODULE, .name = "lo_clean_fs" };
static const struct net_device_ops net_ops;
static struct net_device *dev;
static void setup(struct net_device *d)
{
	d->netdev_ops = &net_ops;
}
static struct platform_driver driver = { .driver = { .name = "lo_clean_driver" } };
static struct kobject *kobj;
static struct class *class;
static struct dentry *dir;
static dev_t number;

static int __init lo_clean_names_init(void)
{
	/* Unchecked in this test: what fails shows as a crash, or as the next part's leftover. */
	proc_create("lo_clean_proc", 0444, NULL, &proc_ops);
	kobj = kobject_create_and_add("lo_clean_kobject", kernel_kobj);
	alloc_chrdev_region(&number, 0, 1, "lo_clean_chrdev");
	class = make_class("lo_clean_class");
	device_create(class, NULL, number, NULL, "lo_clean_device");
	dir = debugfs_create_dir("lo_clean_debugfs", NULL);
	request_region(0x4f00, 8, "lo_clean_region");
	dev = alloc_netdev(0, "loclean%d", NET_NAME_UNKNOWN, setup);
	return register_netdev(dev) ?: misc_register(&misc) ?: register_kprobe(&probe) ?:
	       register_reboot_notifier(&block) ?: request_irq(3, handle, IRQF_SHARED, "lo", &number) ?:
	       register_filesystem(&type) ?: platform_driver_register(&driver);
}
module_init(lo_clean_names_init);

static void __exit lo_clean_names_exit(void)
{
	platform_driver_unregister(&driver);
	unregister_filesystem(&type);
	free_irq(3, &number);
	unregister_reboot_notifier(&block);
	unregister_kprobe(&probe);
	misc_deregister(&misc);
	unregister_netdev(dev);
	free_netdev(dev);
	release_region(0x4f00, 8);
	debugfs_remove(dir);
	device_destroy(class, number);
	class_destroy(class);
	unregister_chrdev_region(number, 1);
	kobject_put(kobj);
	remove_proc_entry("lo_clean_proc", NULL);
}
module_exit(lo_clean_names_exit);

MODULE_DESCRIPTION("Test: every kind of name, taken back");
MODULE_LICENSE("GPL");
