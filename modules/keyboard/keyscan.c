// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scan codes of the keyboard for user space: runs when a key event arrives, or with raw=1
 * when a byte arrives from the PS/2 controller, and passes it to every open file of
 * /dev/keyboard.
 *
 * What must not be done, although it looks obvious, is to share the keyboard's interrupt
 * and to read the data port in the handler: the port gives each byte only once, so the
 * kernel's own driver would never see a byte that we took. So this module only listens:
 * as an input handler beside those of the console and of /dev/input, or as the filter
 * that the i8042 driver asks about each byte before it passes it on.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/capability.h>
#include <linux/compat.h>
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/input.h>
#include <linux/interrupt.h>
#include <linux/kfifo.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "compat.h"
#include "uapi/keyboard.h"

#define QUEUE_EVENTS 256 /* for each open file; a power of two */
#define MAX_READERS  64	 /* the interrupt handler walks over all of them */
#define KEYBOARD_IRQ 1	 /* the keyboard's interrupt on every PC since 1981 */

static bool raw;
module_param(raw, bool, 0444);
MODULE_PARM_DESC(raw, "Collect the bytes of the PS/2 controller, not the events of all keyboards");

/* One open file. Lives from open to release; release runs when the last user is gone. */
struct reader {
	struct list_head node;	/* in readers */
	wait_queue_head_t wait; /* for an event */
	struct mutex taking;	/* one at a time takes out of the queue */
	u64 seen;		/* under readers_lock */
	u64 lost;		/* under readers_lock */
	DECLARE_KFIFO(queue, struct keyboard_event, QUEUE_EVENTS);
};

/*
 * Guards the list, the counters, and the putting end of every queue. Taken in hard
 * interrupts, hence irqsave or irq everywhere. The taking end needs no lock against the
 * putting end: a kfifo with one of each is safe, and what is taken goes to user memory,
 * which may fault and sleep, which is forbidden under a spinlock.
 */
static DEFINE_SPINLOCK(readers_lock);
static LIST_HEAD(readers);
static unsigned int readers_open;

static atomic64_t interrupts = ATOMIC64_INIT(0);
static bool counting;

/*
 * Give one event to every reader. Any context up to hard interrupt, several CPUs at a
 * time: two keyboards do not wait for each other. A full queue keeps its old events; the
 * number not used tells the reader what is missing, and where.
 */
static void publish(u8 fields, u32 scan, u16 code, u8 value)
{
	struct keyboard_event event = {
		.time_ns = ktime_get_ns(),
		.scan = scan,
		.code = code,
		.value = value,
		.fields = fields,
	};
	struct reader *reader;
	unsigned long flags;

	spin_lock_irqsave(&readers_lock, flags);
	list_for_each_entry(reader, &readers, node) {
		event.seq = reader->seen++;
		if (!kfifo_put(&reader->queue, event))
			reader->lost++;
		wake_up_interruptible_poll(&reader->wait, EPOLLIN | EPOLLRDNORM);
	}
	spin_unlock_irqrestore(&readers_lock, flags);
}

/*
 * The usual source: an input handler, connected to every keyboard whatever its bus.
 *
 * A keyboard driver sends packets: a scan code (EV_MSC, MSC_SCAN), the key it stands for
 * (EV_KEY), and so on for more keys, then SYN_REPORT. The input core holds the device's
 * event_lock with interrupts off meanwhile, so one source never runs twice at once.
 */
struct source {
	struct input_handle handle;
	bool has_scan; /* a scan code waits for its key */
	u32 scan;
};

/* A scan code whose key did not come is worth telling, too. */
static void flush_scan(struct source *source)
{
	if (source->has_scan)
		publish(KEYBOARD_SCAN, source->scan, 0, 0);
	source->has_scan = false;
}

/* From BTN_MISC to below KEY_OK are the buttons of mice, pads, and tablets. */
static bool is_button(unsigned int code)
{
	return code >= BTN_MISC && code < KEY_OK;
}

static void key_event(struct source *source, unsigned int code, int value)
{
	u8 fields = KEYBOARD_KEY;

	if (source->has_scan)
		fields |= KEYBOARD_SCAN;
	if (!is_button(code))
		publish(fields, source->has_scan ? source->scan : 0, code, value);
	source->has_scan = false;
}

static void source_event(struct input_handle *handle, unsigned int type,
			 unsigned int code, int value)
{
	struct source *source = container_of(handle, struct source, handle);

	if (type == EV_MSC && code == MSC_SCAN) {
		flush_scan(source);
		source->scan = value;
		source->has_scan = true;
	} else if (type == EV_KEY) {
		key_event(source, code, value);
	} else if (type == EV_SYN && code == SYN_REPORT) {
		flush_scan(source);
	}
}

/*
 * Anything with a key, so also the power button, but no mouse: the codes of its buttons
 * are higher.
 */
static bool source_match(struct input_handler *handler, struct input_dev *dev)
{
	return find_first_bit(dev->keybit, BTN_MISC) < BTN_MISC;
}

/* A keyboard appeared, or was there when we came. Process context, may sleep. */
static int source_connect(struct input_handler *handler, struct input_dev *dev,
			  const struct input_device_id *id)
{
	struct source *source = kzalloc(sizeof(*source), GFP_KERNEL);
	int err;

	if (!source)
		return -ENOMEM;
	source->handle.dev = dev;
	source->handle.handler = handler;
	source->handle.name = KBUILD_MODNAME;
	err = input_register_handle(&source->handle);
	if (err)
		goto out_free;
	err = input_open_device(&source->handle); /* from here on events arrive */
	if (err)
		goto out_unregister;
	return 0;

out_unregister:
	input_unregister_handle(&source->handle);
out_free:
	kfree(source);
	return err;
}

/* It was unplugged, or we leave. Closing waits until no event of ours is under way. */
static void source_disconnect(struct input_handle *handle)
{
	struct source *source = container_of(handle, struct source, handle);

	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(source);
}

/*
 * No MODULE_DEVICE_TABLE() for this, on purpose: udev would load the module for each
 * keyboard it finds, and nobody wants that of a program that watches keys.
 */
static const struct input_device_id source_ids[] = {
	{
		.flags = INPUT_DEVICE_ID_MATCH_EVBIT,
		.evbit = { BIT_MASK(EV_KEY) },
	},
	{}
};

static struct input_handler source_handler = {
	.event = source_event,
	.match = source_match,
	.connect = source_connect,
	.disconnect = source_disconnect,
	.name = KBUILD_MODNAME,
	.id_table = source_ids,
};

/*
 * The other source: the filter of the i8042, the controller of PS/2 keyboards and of most
 * built-in ones. It sees each byte, the e0 before extended keys and the release bit too.
 * In hard interrupt, with the controller's lock held. Returning true would swallow the
 * byte, so this never does. Bytes of the mouse port are ignored.
 */
DEFINE_I8042_FILTER(raw_filter)
{
	if (!(str & I8042_STR_AUXDATA))
		publish(KEYBOARD_BYTE, data, 0, 0);
	return false;
}

/* The filter can be installed where there is no controller; it would wait for ever. */
static bool have_i8042(void)
{
	struct device *dev = bus_find_device_by_name(&platform_bus_type, NULL, "i8042");

	put_device(dev); /* NULL is fine */
	return dev;
}

static int raw_start(void)
{
	int err;

	if (!have_i8042()) {
		pr_err("raw=1 needs a PS/2 controller (i8042), and this machine has none\n");
		return -ENODEV;
	}
	err = compat_i8042_install_filter(raw_filter);
	if (err == -EBUSY)
		pr_err("another driver has the i8042's only filter; unload it, or load without raw=1\n");
	return err;
}

static int source_start(void)
{
	return raw ? raw_start() : input_register_handler(&source_handler);
}

/* After this no event is under way any more; both functions see to that. */
static void source_stop(void)
{
	if (raw)
		i8042_remove_filter(raw_filter);
	else
		input_unregister_handler(&source_handler);
}

/*
 * One more handler of the keyboard's interrupt. It looks at nothing, least of all at the
 * data port, and says that the interrupt was not for it.
 */
static irqreturn_t count_interrupt(int irq, void *cookie)
{
	atomic64_inc(&interrupts);
	return IRQ_NONE;
}

/*
 * Counting is optional: the module works without it where the interrupt cannot be shared.
 */
static void counter_start(void)
{
	int err;

	if (!have_i8042()) {
		pr_info("no PS/2 controller, so no keyboard interrupts to count\n");
		return;
	}
	/* PROBE_SHARED: we expect that it may fail, the kernel need not complain. */
	err = request_irq(KEYBOARD_IRQ, count_interrupt, IRQF_SHARED | IRQF_PROBE_SHARED,
			  KBUILD_MODNAME, &interrupts);
	if (err)
		pr_notice("interrupt %d cannot be shared here (error %d); not counting it\n",
			  KEYBOARD_IRQ, -err);
	else
		counting = true;
}

static void counter_stop(void)
{
	if (counting)
		free_irq(KEYBOARD_IRQ, &interrupts);
}

static int reader_add(struct reader *reader)
{
	int err = 0;

	spin_lock_irq(&readers_lock);
	if (readers_open < MAX_READERS) {
		list_add_tail(&reader->node, &readers);
		readers_open++;
	} else {
		err = -EBUSY;
	}
	spin_unlock_irq(&readers_lock);
	return err;
}

/*
 * A program that sees keys sees passwords. The mode of the file keeps users out; this
 * check keeps out root in a container, which is not root of the machine. Checked at open
 * only, so an open file can be handed to a program with fewer rights.
 */
static int keyscan_open(struct inode *inode, struct file *file)
{
	struct reader *reader;
	int err;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	reader = kzalloc(sizeof(*reader), GFP_KERNEL_ACCOUNT);
	if (!reader)
		return -ENOMEM;
	init_waitqueue_head(&reader->wait);
	mutex_init(&reader->taking);
	INIT_KFIFO(reader->queue);
	err = reader_add(reader);
	if (err) {
		kfree(reader);
		return err;
	}
	file->private_data = reader;
	return stream_open(inode, file); /* no position: pread and lseek are refused */
}

/* Nobody is inside read or poll any more. What was not read must not stay in memory. */
static int keyscan_release(struct inode *inode, struct file *file)
{
	struct reader *reader = file->private_data;

	spin_lock_irq(&readers_lock);
	list_del(&reader->node);
	readers_open--;
	spin_unlock_irq(&readers_lock);
	kfree_sensitive(reader); /* zeroed before it is freed */
	return 0;
}

/* 0 when there is something in the queue; a signal or O_NONBLOCK ends the wait. */
static int wait_for_event(struct reader *reader, struct file *file)
{
	if (!kfifo_is_empty(&reader->queue))
		return 0;
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	return wait_event_interruptible(reader->wait, !kfifo_is_empty(&reader->queue));
}

/*
 * As many whole events as there are and fit. Somebody who shares the file may be faster
 * between our wake-up and our turn, so then wait again; the mutex is not held while
 * waiting, or a second reader with O_NONBLOCK would sleep on it. A fault in the middle
 * ends the copy there: events leave the queue only after they have been copied.
 */
static ssize_t keyscan_read(struct file *file, char __user *buf, size_t count,
			    loff_t *ppos)
{
	struct reader *reader = file->private_data;
	unsigned int copied = 0;
	int err = 0;

	if (!count)
		return 0;
	if (count < sizeof(struct keyboard_event))
		return -EINVAL;
	while (!copied && !err) {
		err = wait_for_event(reader, file);
		if (err)
			break;
		err = mutex_lock_interruptible(&reader->taking);
		if (err)
			break;
		err = kfifo_to_user(&reader->queue, buf, count, &copied);
		mutex_unlock(&reader->taking);
	}
	if (copied)
		return copied;
	return err; /* not in one expression: err would become unsigned */
}

static __poll_t keyscan_poll(struct file *file, poll_table *table)
{
	struct reader *reader = file->private_data;

	poll_wait(file, &reader->wait, table);
	return kfifo_is_empty(&reader->queue) ? 0 : EPOLLIN | EPOLLRDNORM;
}

static long get_status(struct reader *reader, struct keyboard_status __user *arg)
{
	struct keyboard_status status = {
		.version = KEYBOARD_VERSION,
		.flags = (raw ? KEYBOARD_RAW : 0) | (counting ? KEYBOARD_INTERRUPTS : 0),
		.interrupts = atomic64_read(&interrupts),
	};

	spin_lock_irq(&readers_lock);
	status.seen = reader->seen;
	status.lost = reader->lost;
	spin_unlock_irq(&readers_lock);
	return copy_to_user(arg, &status, sizeof(status)) ? -EFAULT : 0;
}

static long keyscan_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd == KEYBOARD_GET_STATUS)
		return get_status(file->private_data, (void __user *)arg);
	return -ENOTTY;
}

/* The owner pins the module while a file is open, so also while somebody waits in it. */
static const struct file_operations keyscan_fops = {
	.owner = THIS_MODULE,
	.open = keyscan_open,
	.release = keyscan_release,
	.read = keyscan_read,
	.poll = keyscan_poll,
	.unlocked_ioctl = keyscan_ioctl,
	.compat_ioctl = compat_ptr_ioctl, /* the structures are the same for 32 bits */
};

static struct miscdevice keyscan_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "keyboard",
	.fops = &keyscan_fops,
	.mode = 0400,
};

/* The file comes last: from then on it can be opened, and everything is in place. */
static int __init keyscan_init(void)
{
	int err;

	err = source_start();
	if (err)
		return err;
	counter_start();
	err = misc_register(&keyscan_device);
	if (err)
		goto out_stop;
	pr_info("/dev/keyboard: %s\n",
		raw ? "bytes of the PS/2 controller" : "events of all keyboards");
	return 0;

out_stop:
	counter_stop();
	source_stop();
	return err;
}

/* No file is open here, so the list is empty; what still arrives reaches nobody. */
static void __exit keyscan_exit(void)
{
	misc_deregister(&keyscan_device);
	counter_stop();
	source_stop();
}

module_init(keyscan_init);
module_exit(keyscan_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Hands the scan codes of the keyboard to user space, stealing none");
MODULE_VERSION("1.0");
