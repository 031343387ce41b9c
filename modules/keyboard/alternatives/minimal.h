/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/keyboard in another way than modules/keyboard: one ring for all, in which every
 * open file has a place; the oldest events make room for new ones; one spinlock.
 * The input handler is a filter that lets everything pass. Interrupts are not counted.
 *
 * As it stands it is right (ring/). Each wrong implementation switches on one mistake.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/i8042.h>
#include <linux/input.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/serio.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/version.h>

#include "../uapi/keyboard.h"

#ifndef STEALS /* bytes, from the keyboard's own driver */
#define STEALS 0
#endif
#ifndef SILENT_LOSS /* overwritten events are not counted */
#define SILENT_LOSS 0
#endif
#ifndef DEAF /* signals do not end the wait */
#define DEAF 0
#endif
#ifndef ALWAYS_BLOCKS /* O_NONBLOCK or not */
#define ALWAYS_BLOCKS 0
#endif
#ifndef ONE_QUEUE /* what one file has read is gone for all others */
#define ONE_QUEUE 0
#endif

#define RING 128

static bool raw;
module_param(raw, bool, 0444);
MODULE_PARM_DESC(raw, "Bytes of the PS/2 keyboard instead of keys");

struct place {
	struct mutex taking; /* one reader at a time */
	u64 opened_at;
	u64 next;
	u64 lost;
};

static struct keyboard_event ring[RING];
static u64 written; /* since the module was loaded */
static u64 common_next;
static DEFINE_SPINLOCK(lock);
static DECLARE_WAIT_QUEUE_HEAD(queue);

static void put(u8 fields, u32 scan, u16 code, u8 value)
{
	unsigned long flags;

	spin_lock_irqsave(&lock, flags);
	ring[written++ % RING] = (struct keyboard_event){
		.time_ns = ktime_get_ns(),
		.scan = scan,
		.code = code,
		.value = value,
		.fields = fields,
	};
	spin_unlock_irqrestore(&lock, flags);
	wake_up_all(&queue);
}

/* With the lock held: behind what has been overwritten. */
static void catch_up(struct place *p)
{
	u64 oldest = written > RING ? written - RING : 0;

	if (ONE_QUEUE)
		p->next = max(p->opened_at, common_next);
	if (p->next >= oldest)
		return;
	if (SILENT_LOSS)
		p->opened_at += oldest - p->next; /* so that the numbers have no gap */
	else
		p->lost += oldest - p->next;
	p->next = oldest;
}

/* The next event without taking it. */
static bool peek(struct place *p, struct keyboard_event *ret)
{
	bool there;

	spin_lock_irq(&lock);
	catch_up(p);
	there = p->next < written;
	if (there) {
		*ret = ring[p->next % RING];
		ret->seq = p->next - p->opened_at;
	}
	spin_unlock_irq(&lock);
	return there;
}

/* It may have been overwritten meanwhile; then catch_up() has counted it as lost. */
static void take(struct place *p, const struct keyboard_event *e)
{
	spin_lock_irq(&lock);
	if (p->next - p->opened_at == e->seq)
		p->next++;
	common_next = p->next;
	spin_unlock_irq(&lock);
}

static int wait_for_key(struct place *p, bool nonblock)
{
	struct keyboard_event e;
	DEFINE_WAIT(wait);
	int err = 0;

	for (;;) {
		prepare_to_wait(&queue, &wait,
				DEAF ? TASK_UNINTERRUPTIBLE : TASK_INTERRUPTIBLE);
		if (peek(p, &e))
			break;
		if (nonblock && !ALWAYS_BLOCKS)
			err = -EAGAIN;
		else if (!DEAF && signal_pending(current))
			err = -ERESTARTSYS;
		if (err)
			break;
		schedule();
	}
	finish_wait(&queue, &wait);
	return err;
}

static ssize_t take_all(struct place *p, struct iov_iter *to)
{
	struct keyboard_event e;
	ssize_t done = 0;

	while (iov_iter_count(to) >= sizeof(e) && peek(p, &e)) {
		if (copy_to_iter(&e, sizeof(e), to) != sizeof(e))
			return done ? done : -EFAULT;
		take(p, &e);
		done += sizeof(e);
	}
	return done;
}

static ssize_t kbd_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct place *p = iocb->ki_filp->private_data;
	ssize_t done = 0;
	int err;

	if (!iov_iter_count(to))
		return 0;
	if (iov_iter_count(to) < sizeof(struct keyboard_event))
		return -EINVAL;
	while (!done) {
		err = wait_for_key(p, iocb->ki_filp->f_flags & O_NONBLOCK);
		if (err)
			return err;
		mutex_lock(&p->taking);
		done = take_all(p, to);
		mutex_unlock(&p->taking);
	}
	return done;
}

static __poll_t kbd_poll(struct file *file, poll_table *table)
{
	struct keyboard_event e;

	poll_wait(file, &queue, table);
	return peek(file->private_data, &e) ? EPOLLIN | EPOLLRDNORM : 0;
}

static long kbd_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct place *p = file->private_data;
	struct keyboard_status status = {
		.version = KEYBOARD_VERSION,
		.flags = raw ? KEYBOARD_RAW : 0,
	};

	if (cmd != KEYBOARD_GET_STATUS)
		return -ENOTTY;
	spin_lock_irq(&lock);
	catch_up(p);
	status.seen = written - p->opened_at;
	status.lost = p->lost;
	spin_unlock_irq(&lock);
	return copy_to_user((void __user *)arg, &status, sizeof(status)) ? -EFAULT : 0;
}

static int kbd_open(struct inode *inode, struct file *file)
{
	struct place *p;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	p = kzalloc(sizeof(*p), GFP_KERNEL);
	if (!p)
		return -ENOMEM;
	mutex_init(&p->taking);
	spin_lock_irq(&lock);
	p->opened_at = written;
	p->next = written;
	spin_unlock_irq(&lock);
	file->private_data = p;
	return stream_open(inode, file);
}

static int kbd_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations kbd_fops = {
	.owner = THIS_MODULE,
	.open = kbd_open,
	.release = kbd_release,
	.read_iter = kbd_read_iter,
	.poll = kbd_poll,
	.unlocked_ioctl = kbd_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice kbd_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "keyboard",
	.fops = &kbd_fops,
	.mode = 0400,
};

struct listener {
	struct input_handle handle;
	s64 scan; /* negative: none */
};

static bool kbd_filter(struct input_handle *handle, unsigned int type, unsigned int code,
		       int value)
{
	struct listener *l = container_of(handle, struct listener, handle);
	u8 scan = l->scan < 0 ? 0 : KEYBOARD_SCAN;

	if (type == EV_KEY && (code < BTN_MISC || code >= KEY_OK))
		put(KEYBOARD_KEY | scan, scan ? l->scan : 0, code, value);
	else if (scan && type != EV_KEY)
		put(scan, l->scan, 0, 0);
	l->scan = type == EV_MSC && code == MSC_SCAN ? (s64)(u32)value : -1;
	return false;
}

static bool kbd_match(struct input_handler *handler, struct input_dev *dev)
{
	return find_first_bit(dev->keybit, BTN_MISC) < BTN_MISC;
}

static int kbd_connect(struct input_handler *handler, struct input_dev *dev,
		       const struct input_device_id *id)
{
	struct listener *l = kzalloc(sizeof(*l), GFP_KERNEL);
	int err;

	if (!l)
		return -ENOMEM;
	l->scan = -1;
	l->handle.dev = dev;
	l->handle.handler = handler;
	l->handle.name = KBUILD_MODNAME;
	err = input_register_handle(&l->handle);
	if (!err) {
		err = input_open_device(&l->handle);
		if (err)
			input_unregister_handle(&l->handle);
	}
	if (err)
		kfree(l);
	return err;
}

static void kbd_disconnect(struct input_handle *handle)
{
	input_close_device(handle);
	input_unregister_handle(handle);
	kfree(container_of(handle, struct listener, handle));
}

static const struct input_device_id kbd_ids[] = {
	{ .flags = INPUT_DEVICE_ID_MATCH_EVBIT, .evbit = { BIT_MASK(EV_KEY) } },
	{}
};

static struct input_handler kbd_handler = {
	.filter = kbd_filter,
	.match = kbd_match,
	.connect = kbd_connect,
	.disconnect = kbd_disconnect,
	.name = KBUILD_MODNAME,
	.id_table = kbd_ids,
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
static bool kbd_byte(unsigned char data, unsigned char str, struct serio *port,
		     void *context)
#else
#define i8042_install_filter(filter, context) i8042_install_filter(filter)
static bool kbd_byte(unsigned char data, unsigned char str, struct serio *port)
#endif
{
	if (!(str & I8042_STR_AUXDATA))
		put(KEYBOARD_BYTE, data, 0, 0);
	return false;
}

/* The port gives each byte once, and who comes second reads what was for the other. */
static irqreturn_t kbd_interrupt(int irq, void *cookie)
{
	return inb(0x60) ? IRQ_HANDLED : IRQ_NONE;
}

static int __init kbd_init(void)
{
	int err = raw ? i8042_install_filter(kbd_byte, NULL) :
			input_register_handler(&kbd_handler);

	if (!err && STEALS)
		err = request_irq(1, kbd_interrupt, IRQF_SHARED, KBUILD_MODNAME, ring);
	return err ? err : misc_register(&kbd_device);
}
module_init(kbd_init);

static void __exit kbd_exit(void)
{
	misc_deregister(&kbd_device);
	if (STEALS)
		free_irq(1, ring);
	if (raw)
		i8042_remove_filter(kbd_byte);
	else
		input_unregister_handler(&kbd_handler);
}
module_exit(kbd_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Another /dev/keyboard");
