// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <string.h>

#include "include_hint.h"

/* Each held against the headers of 5.10, 6.1, 6.12 and 7.2. */
static const struct header {
	const char *name, *gives;
} headers[] = {
	{"linux/uaccess.h",
	 "copy_to_user copy_from_user put_user get_user clear_user strncpy_from_user"},
	{"linux/slab.h", "kmalloc kzalloc kcalloc kfree krealloc kmem_cache_create "
			 "kmem_cache_alloc GFP_KERNEL GFP_ATOMIC"},
	{"linux/vmalloc.h", "vmalloc vzalloc vfree"},
	{"linux/mm.h", "kvfree remap_pfn_range"},
	{"linux/delay.h",
	 "msleep mdelay udelay usleep_range ssleep msleep_interruptible"},
	{"linux/kthread.h",
	 "kthread_run kthread_create kthread_stop kthread_should_stop"},
	{"linux/wait.h",
	 "wake_up wake_up_interruptible wait_event wait_event_interruptible "
	 "init_waitqueue_head DECLARE_WAIT_QUEUE_HEAD"},
	{"linux/sched.h", "schedule set_current_state schedule_timeout wake_up_process "
			  "TASK_INTERRUPTIBLE TASK_UNINTERRUPTIBLE"},
	{"linux/sched/signal.h", "signal_pending send_sig for_each_process allow_signal"},
	{"linux/proc_fs.h", "proc_create proc_mkdir remove_proc_entry proc_remove"},
	{"linux/seq_file.h", "seq_printf seq_puts seq_read seq_open seq_lseek "
			     "seq_release single_open single_release"},
	{"linux/miscdevice.h", "misc_register misc_deregister MISC_DYNAMIC_MINOR"},
	{"linux/cdev.h", "cdev_init cdev_add cdev_del cdev_alloc"},
	{"linux/fs.h", "alloc_chrdev_region unregister_chrdev_region register_chrdev "
		       "unregister_chrdev simple_read_from_buffer filp_open"},
	{"linux/file.h", "fput fget fdget fdput get_unused_fd_flags fd_install"},
	{"linux/kdev_t.h", "MKDEV MAJOR MINOR"},
	{"linux/sched/task.h", "get_task_struct put_task_struct"},
	{"linux/sched/mm.h", "mmgrab mmdrop mmget mmput get_task_mm"},
	{"linux/device.h", "device_create device_destroy class_create class_destroy"},
	{"linux/interrupt.h",
	 "request_irq free_irq tasklet_schedule tasklet_init IRQF_SHARED"},
	{"linux/debugfs.h", "debugfs_create_dir debugfs_create_file "
			    "debugfs_remove_recursive debugfs_remove"},
	{"linux/io.h", "ioremap iounmap readl writel"},
	{"linux/timer.h", "timer_setup mod_timer add_timer"},
	{"linux/hrtimer.h", "hrtimer_start hrtimer_cancel HRTIMER_MODE_REL"},
	{"linux/workqueue.h",
	 "schedule_work INIT_WORK queue_work cancel_work_sync flush_work "
	 "schedule_delayed_work alloc_workqueue destroy_workqueue"},
	{"linux/random.h", "get_random_bytes get_random_u32"},
	{"linux/prandom.h", "prandom_u32_state"},
	{"linux/string.h", "strscpy memcpy memset strcmp strlen kstrdup"},
	{"linux/mutex.h", "mutex_lock mutex_unlock mutex_init DEFINE_MUTEX"},
	{"linux/spinlock.h",
	 "spin_lock spin_unlock spin_lock_init DEFINE_SPINLOCK spin_lock_irqsave"},
	{"linux/completion.h", "init_completion wait_for_completion complete"},
	{"linux/kprobes.h", "register_kprobe unregister_kprobe register_kretprobe"},
	{"linux/kobject.h", "kobject_create_and_add kobject_put kobject_init"},
	{"linux/sysfs.h", "sysfs_create_group sysfs_create_file sysfs_emit"},
	{"linux/platform_device.h",
	 "platform_driver_register platform_device_register_simple "
	 "platform_driver_unregister"},
	{"linux/ktime.h", "ktime_get ktime_sub ktime_to_ns"},
	{"linux/jiffies.h", "msecs_to_jiffies time_after"},
	{"linux/poll.h", "poll_wait EPOLLIN EPOLLOUT"},
	{"linux/kfifo.h", "kfifo_in kfifo_out kfifo_alloc kfifo_free"},
	{"linux/gpio.h", "gpio_request gpio_set_value"},
	{"linux/gpio/consumer.h", "gpiod_get gpiod_put gpiod_set_value"},
	{"linux/rcupdate.h",
	 "rcu_read_lock rcu_dereference call_rcu synchronize_rcu kfree_rcu"},
	{"linux/list.h", "list_add list_del INIT_LIST_HEAD list_for_each_entry"},
	{"linux/netdevice.h",
	 "alloc_netdev register_netdev unregister_netdev free_netdev netif_rx"},
	{"linux/etherdevice.h", "alloc_etherdev eth_type_trans"},
	{"linux/skbuff.h", "dev_kfree_skb skb_put"},
	{"linux/dma-mapping.h", "dma_alloc_coherent dma_free_coherent dma_map_single"},
	{"linux/pci.h", "pci_register_driver pci_unregister_driver pci_enable_device"},
	{"linux/usb.h", "usb_register usb_deregister usb_alloc_urb"},
	{"linux/kmod.h", "call_usermodehelper request_module"},
	{"linux/notifier.h", "blocking_notifier_chain_register"},
	{"linux/reboot.h", "register_reboot_notifier"},
	{"linux/cred.h", "current_uid"},
	{"linux/err.h", "IS_ERR PTR_ERR ERR_PTR"},
	{"linux/version.h", "LINUX_VERSION_CODE KERNEL_VERSION"},
	{"linux/ioctl.h", "_IOR _IOW _IO"},
};

/* The name that @c does not know, between its quotes; what the compiler proposes stands
 * behind it. */
static char *unknown_name(const struct complaint *c)
{
	static const char *const starts[] = {
		"implicit declaration of function '",
		"call to undeclared function '",
		"call to undeclared library function '",
		"use of undeclared identifier '",
		"'",
	};
	const char *s = c->message, *end;

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		if (!str_starts(s, starts[i]))
			continue;
		s += strlen(starts[i]);
		end = strchr(s, '\'');
		if (!end || (i + 1 == sizeof(starts) / sizeof(*starts) &&
			     !str_starts(end, "' undeclared")))
			return NULL;
		return xstrndup(s, (size_t)(end - s));
	}
	return NULL;
}

static bool gives(const struct header *h, const char *name)
{
	size_t n = strlen(name);

	for (const char *s = h->gives; (s = strstr(s, name)); s++)
		if ((s == h->gives || s[-1] == ' ') && (!s[n] || s[n] == ' '))
			return true;
	return false;
}

/* A macro with a wrong number of arguments is not replaced, and its name then is unknown.
 */
static bool is_known_macro(const char *name, const char *log)
{
	_cleanup_free_ char *words = xprintf("macro \"%s\" ", name);

	return log && strstr(log, words);
}

char *include_hint(const struct complaint *c, const char *log)
{
	_cleanup_free_ char *name = unknown_name(c);

	if (name && is_known_macro(name, log))
		return NULL;
	for (size_t i = 0; name && *name && i < sizeof(headers) / sizeof(*headers); i++)
		if (gives(&headers[i], name))
			return xprintf("%s%s needs #include <%s>", name,
				       islower((unsigned char)*name) ? "()" : "",
				       headers[i].name);
	return NULL;
}
