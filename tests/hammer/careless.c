// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two files that keep every promise, and one mistake of choice. /proc/careless is a fixed
 * text; /dev/careless is a queue of bytes with waiting reads and writes, and one ioctl
 * that tells how many bytes are queued. The tests beside this load it with each mistake
 * and look whether hammer notices. Each mistake is one that people really make.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/kfifo.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define CARELESS_QUEUED _IOR('c', 1, int)

static char *mistake = "none";
module_param(mistake, charp, 0444);
MODULE_PARM_DESC(mistake, "What to do wrong");

/* Strings compared at run time: slow, and easy to read. */
static bool wrong(const char *what)
{
	return !strcmp(mistake, what);
}

/* ---- /proc/careless: a fixed text ---- */

static const char text[] =
	"Every reader sees this text, whichever way it is read.\n"
	"It is long enough for small reads and short enough for one page.\n";

#define TEXT_SIZE (sizeof(text) - 1)

static bool text_done; /* of all readers, which is the mistake */
static char text_buffer[TEXT_SIZE]; /* of all readers, without a lock */

/* How it should be. */
static ssize_t read_well(char __user *buf, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, text, TEXT_SIZE);
}

/* As in many a course. */
static ssize_t read_all_or_nothing(char __user *buf, size_t count, loff_t *pos)
{
	if (*pos > 0 || count < TEXT_SIZE)
		return 0;
	return read_well(buf, count, pos);
}

static ssize_t read_no_end(char __user *buf, size_t count, loff_t *pos)
{
	*pos = 0;
	return read_well(buf, count, pos);
}

static ssize_t read_done_for_all(char __user *buf, size_t count, loff_t *pos)
{
	text_done = !text_done;
	return text_done ? read_well(buf, count, pos) : 0;
}

static ssize_t read_ignoring_count(char __user *buf, size_t count, loff_t *pos)
{
	return read_well(buf, count ? TEXT_SIZE : 0, pos);
}

static ssize_t read_claiming_too_much(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	return n > 0 ? count : n;
}

/* What copy_to_user returns is not what a read should return. */
static ssize_t read_returning_the_rest(char __user *buf, size_t count, loff_t *pos)
{
	return copy_to_user(buf, text, min_t(size_t, count, TEXT_SIZE));
}

static ssize_t read_ending_with_an_error(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	return n > 0 && *pos == TEXT_SIZE ? -EIO : n;
}

/* The zero that ends a string is copied, and not counted. */
static ssize_t read_with_its_zero(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	if (n > 0 && n < count && put_user(0, buf + n))
		return -EFAULT;
	return n;
}

/* Records of a letter and a number; between them is what the compiler left free. */
static ssize_t read_records(char __user *buf, size_t count, loff_t *pos)
{
	struct record {
		char letter;
		u32 number;
	} __user *to = (struct record __user *)buf;
	ssize_t n;

	if (count < sizeof(*to))
		return -EINVAL;
	count = min(count, 50 * sizeof(*to));
	for (n = 0; n + sizeof(*to) <= count; n += sizeof(*to), to++)
		if (put_user('a', &to->letter) || put_user(jiffies, &to->number))
			return -EFAULT;
	return n;
}

/* The rest of copy_to_user's result is what matters, and nobody looks. */
static ssize_t read_unchecked(char __user *buf, size_t count, loff_t *pos)
{
	if (*pos >= TEXT_SIZE)
		return 0;
	count = min_t(size_t, count, TEXT_SIZE - *pos);
	if (copy_to_user(buf, text + *pos, count))
		pr_debug("who cares\n");
	*pos += count;
	return count;
}

/* -1 is -EPERM. */
static ssize_t read_minus_one(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	return n < 0 ? -1 : n;
}

/* Made, and copied a little later; in between another reader makes it anew. */
static ssize_t read_one_buffer(char __user *buf, size_t count, loff_t *pos)
{
	memset(text_buffer, 0, TEXT_SIZE);
	usleep_range(20, 50);
	memcpy(text_buffer, text, TEXT_SIZE);
	usleep_range(20, 50);
	return simple_read_from_buffer(buf, count, pos, text_buffer, TEXT_SIZE);
}

/* ---- /proc/careless: what only looks like a mistake ---- */

static ssize_t read_random(char __user *buf, size_t count, loff_t *pos)
{
	char data[256];

	count = min(count, sizeof(data));
	get_random_bytes(data, count);
	return copy_to_user(buf, data, count) ? -EFAULT : count;
}

/* Negative numbers: those near -2^31 look like addresses of the kernel's code. */
static ssize_t read_numbers(char __user *buf, size_t count, loff_t *pos)
{
	s64 data[32];
	int i;

	get_random_bytes(data, sizeof(data));
	for (i = 0; i < ARRAY_SIZE(data); i++)
		data[i] = i % 8 ? (s32)data[i] : -i;
	count = min(count, sizeof(data));
	return copy_to_user(buf, data, count) ? -EFAULT : count;
}

static ssize_t read_hashed(char __user *buf, size_t count, loff_t *pos)
{
	char line[64];
	int n = scnprintf(line, sizeof(line), "%p %p\n", text, line);

	return simple_read_from_buffer(buf, count, pos, line, n);
}

/* ---- /proc/careless: addresses of the kernel ---- */

struct entry {
	u8 kind;
	struct list_head others;
} __packed;

static ssize_t read_entry(char __user *buf, size_t count, loff_t *pos)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	ssize_t n;

	if (!entry)
		return -ENOMEM;
	entry->others.next = (struct list_head *)entry;
	entry->others.prev = (struct list_head *)entry;
	n = simple_read_from_buffer(buf, count, pos, entry, sizeof(*entry));
	kfree(entry);
	return n;
}

#ifndef __has_attribute
#define __has_attribute(x) 0
#endif

/* Newer kernels clear what is on the stack, unless they are told not to. */
#if __has_attribute(uninitialized)
#define OLD __attribute__((uninitialized))
#else
#define OLD
#endif

static ssize_t read_old_stack(char __user *buf, size_t count, loff_t *pos)
{
	char data[300] OLD;
	size_t n = min(count, sizeof(data));

	strscpy(data, "hello", sizeof(data));
	OPTIMIZER_HIDE_VAR(n);
	if (copy_to_user(buf, data, n))
		return -EFAULT;
	return n;
}

static ssize_t read_own_stack(char __user *buf, size_t count, loff_t *pos)
{
	struct {
		u64 n;
		void *self;
	} data = { 1, &data };

	return simple_read_from_buffer(buf, count, pos, &data, sizeof(data));
}

static ssize_t read_return(char __user *buf, size_t count, loff_t *pos)
{
	unsigned long caller = _RET_IP_;

	return simple_read_from_buffer(buf, count, pos, &caller, sizeof(caller));
}

static ssize_t read_symbol(char __user *buf, size_t count, loff_t *pos)
{
	const void *data[] = { noop_llseek, NULL };

	return simple_read_from_buffer(buf, count, pos, data, sizeof(data));
}

static ssize_t read_pointer_as_text(char __user *buf, size_t count, loff_t *pos)
{
	char line[64];
	int n = scnprintf(line, sizeof(line), "it is at 0x%016lx, you see\n", (long)text);

	return simple_read_from_buffer(buf, count, pos, line, n);
}

static const struct {
	const char *mistake;
	ssize_t (*read)(char __user *buf, size_t count, loff_t *pos);
} readers[] = {
	{ "text-all-or-nothing", read_all_or_nothing },
	{ "text-no-end", read_no_end },
	{ "text-done-for-all", read_done_for_all },
	{ "text-ignores-count", read_ignoring_count },
	{ "text-claims-too-much", read_claiming_too_much },
	{ "text-returns-the-rest", read_returning_the_rest },
	{ "text-ends-with-error", read_ending_with_an_error },
	{ "text-with-zero", read_with_its_zero },
	{ "text-records", read_records },
	{ "text-unchecked", read_unchecked },
	{ "text-minus-one", read_minus_one },
	{ "text-one-buffer", read_one_buffer },
	{ "fine-random", read_random },
	{ "fine-numbers", read_numbers },
	{ "fine-hashed", read_hashed },
	{ "leaks-entry", read_entry },
	{ "leaks-old-stack", read_old_stack },
	{ "leaks-own-stack", read_own_stack },
	{ "leaks-return", read_return },
	{ "leaks-symbol", read_symbol },
	{ "leaks-text", read_pointer_as_text },
};

static ssize_t text_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(readers); i++)
		if (wrong(readers[i].mistake))
			return readers[i].read(buf, count, pos);
	return read_well(buf, count, pos);
}

static loff_t text_lseek(struct file *file, loff_t off, int whence)
{
	if (wrong("text-lseek-unchecked") && whence == SEEK_SET) {
		file->f_pos = off;
		return off;
	}
	if (wrong("text-lseek-moves") && off < 0)
		file->f_pos = 1;
	return fixed_size_llseek(file, off, whence, TEXT_SIZE);
}

static const struct proc_ops text_ops = {
	.proc_read = text_read,
	.proc_lseek = text_lseek,
};

/* ---- /dev/careless: a queue ---- */

static DEFINE_KFIFO(queue, char, 4096);
static DEFINE_MUTEX(queue_lock); /* of the fifo and of the counter */
static DECLARE_WAIT_QUEUE_HEAD(queue_changed);
static int queue_opens;

static int queue_open(struct inode *inode, struct file *file)
{
	int opens;

	mutex_lock(&queue_lock);
	opens = ++queue_opens;
	mutex_unlock(&queue_lock);
	if (wrong("open-counts-up") && opens > 1500)
		return -EBUSY;
	file->private_data = &queue;
	return stream_open(inode, file);
}

static int queue_release(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

/* Called at each close, also at the one of a child that inherited the file. */
static int queue_flush(struct file *file, fl_owner_t id)
{
	if (wrong("flush-is-release"))
		return queue_release(file_inode(file), file);
	return 0;
}

static bool has_bytes(bool reading)
{
	return reading ? !kfifo_is_empty(&queue) : !kfifo_is_full(&queue);
}

/* Until there are bytes, or room. */
static int queue_wait(struct file *file, bool reading)
{
	if (has_bytes(reading))
		return 0;
	if (wrong("knows-no-nonblock"))
		return wait_event_interruptible(queue_changed, has_bytes(reading));
	if (wrong("restarts-nonblock") && (file->f_flags & O_NONBLOCK))
		return -ERESTARTSYS;
	if (file->f_flags & O_NONBLOCK)
		return -EAGAIN;
	if (wrong("deaf-to-everything")) {
		wait_event(queue_changed, has_bytes(reading));
		return 0;
	}
	if (wrong("deaf-to-signals"))
		return wait_event_killable(queue_changed, has_bytes(reading));
	return wait_event_interruptible(queue_changed, has_bytes(reading));
}

/* Holds the lock and has bytes or room when it returns 0. */
static int queue_get(struct file *file, bool reading)
{
	int err;

	for (;;) {
		err = mutex_lock_interruptible(&queue_lock);
		if (err)
			return err;
		if (has_bytes(reading))
			return 0;
		mutex_unlock(&queue_lock);
		err = queue_wait(file, reading);
		if (err)
			return err;
	}
}

static ssize_t answer(unsigned int copied, int err)
{
	/* Both become unsigned int here, and -EFAULT more than four thousand million. */
	if (wrong("error-is-unsigned"))
		return copied ? copied : err;
	if (copied)
		return copied;
	return err;
}

static ssize_t queue_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	unsigned int copied = 0;
	int err;

	if (!file->private_data)
		return -ENODEV;
	if (!count && !wrong("zero-waits"))
		return 0;
	err = queue_get(file, true);
	if (err == -ERESTARTSYS && wrong("signal-is-end"))
		return 0;
	if (err)
		return err;
	err = kfifo_to_user(&queue, buf, count, &copied);
	if (err && !copied && wrong("keeps-the-lock"))
		return err;
	mutex_unlock(&queue_lock);
	if (!wrong("read-wakes-nobody"))
		wake_up_interruptible(&queue_changed);
	return answer(copied, err);
}

static ssize_t queue_write(struct file *file, const char __user *buf, size_t count,
			   loff_t *pos)
{
	unsigned int copied = 0;
	int err;

	if (!file->private_data)
		return -ENODEV;
	if (!count)
		return 0;
	err = queue_get(file, false);
	if (err)
		return err;
	err = kfifo_from_user(&queue, buf, count, &copied);
	mutex_unlock(&queue_lock);
	if (!wrong("write-wakes-nobody"))
		wake_up_interruptible(&queue_changed);
	if (wrong("write-claims-all"))
		return count;
	if (wrong("write-returns-zero"))
		return err;
	return answer(copied, err);
}

static __poll_t queue_poll(struct file *file, poll_table *wait)
{
	__poll_t mask = 0;

	if (!wrong("poll-does-not-wait"))
		poll_wait(file, &queue_changed, wait);
	if (has_bytes(true) || wrong("poll-says-yes"))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (has_bytes(false))
		mask |= EPOLLOUT | EPOLLWRNORM;
	return mask;
}

static long queue_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	int queued = kfifo_len(&queue);

	if (wrong("ioctl-number-only") && _IOC_NR(cmd) == _IOC_NR(CARELESS_QUEUED))
		cmd = CARELESS_QUEUED;
	if (wrong("ioctl-any-size") && !((cmd ^ CARELESS_QUEUED) & ~IOCSIZE_MASK))
		cmd = CARELESS_QUEUED;
	if (cmd != CARELESS_QUEUED) {
		if (wrong("ioctl-says-yes"))
			return 0;
		return wrong("ioctl-minus-one") ? -1 : -ENOTTY;
	}
	if (copy_to_user((void __user *)arg, &queued, sizeof(queued)))
		return wrong("ioctl-copies-half") && arg > PAGE_SIZE ? 0 : -EFAULT;
	return 0;
}

/* Says yes, and maps nothing. */
static int queue_mmap(struct file *file, struct vm_area_struct *vma)
{
	return wrong("mmap-says-yes") ? 0 : -ENODEV;
}

static const struct file_operations queue_ops = {
	.owner = THIS_MODULE,
	.open = queue_open,
	.flush = queue_flush,
	.release = queue_release,
	.read = queue_read,
	.write = queue_write,
	.poll = queue_poll,
	.mmap = queue_mmap,
	.unlocked_ioctl = queue_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice queue_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "careless",
	.fops = &queue_ops,
	.mode = 0666,
};

/* ---- both ---- */

static int __init careless_init(void)
{
	int err = misc_register(&queue_device);

	if (err)
		return err;
	if (!proc_create("careless", 0444, NULL, &text_ops)) {
		misc_deregister(&queue_device);
		return -ENOMEM;
	}
	return 0;
}
module_init(careless_init);

static void __exit careless_exit(void)
{
	remove_proc_entry("careless", NULL);
	misc_deregister(&queue_device);
}
module_exit(careless_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Two good files, and one mistake of choice");
MODULE_VERSION("1.0");
