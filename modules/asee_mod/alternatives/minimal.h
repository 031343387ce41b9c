/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/asee_mod in another way than modules/asee_mod: a turnstile at each end, a mutex
 * that is held while waiting, so that no more than one task waits for bytes and one
 * for room, and a spinlock around an array that is copied from and to by way of a page
 * of its own. The interrupt is injected, not raised by an instruction.
 *
 * * As it stands it is right (turnstiles/). Each wrong implementation switches on one
 * mistake.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/splice.h>
#include <linux/sysfs.h>
#include <linux/uio.h>
#include <linux/version.h>

#ifndef ONE_LESS /* full and empty look the same, so it is never quite full */
#define ONE_LESS 0
#endif
#ifndef TRUNCATES /* a smaller size cuts off what does not fit */
#define TRUNCATES 0
#endif
#ifndef SWALLOWS /* bytes are taken before it is known whether they arrived */
#define SWALLOWS 0
#endif
#ifndef ONE_FLAG /* the interrupt sets a flag, which the first one clears */
#define ONE_FLAG 0
#endif
#ifndef KEEPS_TO_ITSELF /* one is woken, and wakes nobody else for what is left */
#define KEEPS_TO_ITSELF 0
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define copy_splice_read generic_file_splice_read
#endif

#define MAX_SIZE (1 << 20)

static char *policy = "block";
module_param(policy, charp, 0444);

static bool overwrites;
static DEFINE_SPINLOCK(lock);
static u8 *array;
static size_t size = 65536, first, count;
static DEFINE_MUTEX(reader);
static DEFINE_MUTEX(writer);
static DECLARE_WAIT_QUEUE_HEAD(bytes);
static DECLARE_WAIT_QUEUE_HEAD(space);
static atomic_t epoch, handled;
static bool flag;

static size_t room(void)
{
	return size - count - (ONE_LESS && count < size);
}

/* A task that waits and one that does so at the turnstile ask the same question. */
static bool interrupted(int begin)
{
	return ONE_FLAG ? flag : atomic_read(&epoch) != begin;
}

static int give_up(struct mutex *turnstile)
{
	mutex_unlock(turnstile);
	flag = false;
	return -EIO;
}

static int pass(struct mutex *turnstile, bool nonblock)
{
	if (nonblock)
		return mutex_trylock(turnstile) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(turnstile) ? -ERESTARTSYS : 0;
}

static void copy_out(u8 *to, size_t n)
{
	size_t end = min(n, size - first);

	memcpy(to, array + first, end);
	memcpy(to + end, array, n - end);
}

static void copy_in(const u8 *from, size_t n)
{
	size_t at = (first + count) % size, end = min(n, size - at);

	memcpy(array + at, from, end);
	memcpy(array, from + end, n - end);
}

static size_t peek(u8 *page, size_t n)
{
	spin_lock(&lock);
	n = min3(n, count, (size_t)PAGE_SIZE);
	copy_out(page, n);
	spin_unlock(&lock);
	return n;
}

static void drop(size_t n)
{
	spin_lock(&lock);
	n = min(n, count); /* TRUNCATES */
	first = (first + n) % size;
	count -= n;
	spin_unlock(&lock);
}

/* Only this reader takes anything out: what was seen is still there to be dropped. */
static ssize_t take(struct iov_iter *to, u8 *page)
{
	size_t n, good, sum = 0;

	do {
		n = peek(page, iov_iter_count(to));
		good = copy_to_iter(page, n, to);
		drop(SWALLOWS ? n : good);
		sum += good;
	} while (n && good == n && iov_iter_count(to));
	return n && !sum ? -EFAULT : sum;
}

static ssize_t read(struct kiocb *iocb, struct iov_iter *to)
{
	bool nonblock = iocb->ki_filp->f_flags & O_NONBLOCK;
	int begin = atomic_read(&epoch), err;
	u8 *page;
	ssize_t n;

	if (!iov_iter_count(to))
		return 0;
	if (KEEPS_TO_ITSELF && !nonblock && !overwrites &&
	    wait_event_interruptible_exclusive(bytes, count || interrupted(begin)))
		return -ERESTARTSYS;
	err = pass(&reader, nonblock && !overwrites);
	if (err)
		return err;
	if (!overwrites && !nonblock &&
	    wait_event_interruptible(bytes, count || interrupted(begin))) {
		mutex_unlock(&reader);
		return -ERESTARTSYS;
	}
	if (!overwrites && !nonblock && interrupted(begin))
		return give_up(&reader);
	page = (u8 *)__get_free_page(GFP_KERNEL);
	n = page ? take(to, page) : -ENOMEM;
	free_page((unsigned long)page);
	mutex_unlock(&reader);
	wake_up_interruptible(&space);
	return n || overwrites ? n : -EAGAIN;
}

/*
 * Makes room where it may, and stores what there is room for: the size may have changed
 * since that was asked. Returns how much of it is done with.
 */
static size_t store(const u8 *page, size_t n, bool whole)
{
	size_t rest, lost, all = n;
	bool was_empty;

	spin_lock(&lock);
	if (overwrites && n > size - ONE_LESS) {
		page += n - (size - ONE_LESS);
		n = size - ONE_LESS;
	}
	lost = overwrites && n > room() ? n - room() : 0;
	first = (first + lost) % size;
	count -= lost;
	rest = min(n, room());
	if (whole && rest < n)
		rest = 0;
	was_empty = !count;
	copy_in(page, rest);
	count += rest;
	spin_unlock(&lock);
	if (!KEEPS_TO_ITSELF || was_empty)
		wake_up_interruptible(&bytes);
	return overwrites ? all : rest;
}

/* Waits for room: for all of a write that must go whole, else for a byte. */
static int await_room(size_t need, int begin, bool nonblock)
{
	if (overwrites || room() >= need)
		return 0;
	if (nonblock)
		return -EAGAIN;
	if (wait_event_interruptible(space, room() >= min(need, size) || interrupted(begin)))
		return -ERESTARTSYS;
	return interrupted(begin) ? -EIO : 0;
}

static ssize_t put(struct iov_iter *from, u8 *page, int begin, bool nonblock)
{
	size_t all = iov_iter_count(from), n, stored, done = 0;
	bool whole;
	int err;

	while (iov_iter_count(from)) {
		whole = !overwrites && !done && all <= PIPE_BUF && all <= READ_ONCE(size);
		err = await_room(whole ? all : 1, begin, nonblock);
		if (err)
			return err == -EIO || !done ? err : done;
		n = min3(iov_iter_count(from),
			 overwrites || whole ? PAGE_SIZE : max_t(size_t, room(), 1),
			 (size_t)PAGE_SIZE);
		if (copy_from_iter(page, n, from) != n)
			return done ?: -EFAULT;
		stored = store(page, n, whole);
		iov_iter_revert(from, n - stored);
		done += stored;
	}
	return done;
}

static bool chomps(const struct iov_iter *from)
{
	struct iov_iter last = *from;
	char byte = 0;

	iov_iter_advance(&last, iov_iter_count(&last) - 1);
	return overwrites && copy_from_iter(&byte, 1, &last) == 1 && byte == '\n';
}

static ssize_t write(struct kiocb *iocb, struct iov_iter *from)
{
	bool nonblock = iocb->ki_filp->f_flags & O_NONBLOCK;
	int begin = atomic_read(&epoch), err;
	size_t all = iov_iter_count(from);
	u8 *page;
	ssize_t n;

	if (!all)
		return 0;
	if (chomps(from))
		iov_iter_truncate(from, all - 1);
	err = pass(&writer, nonblock && !overwrites);
	if (err)
		return err;
	if (!overwrites && !nonblock && interrupted(begin))
		return give_up(&writer);
	page = (u8 *)__get_free_page(GFP_KERNEL);
	n = page ? put(from, page, begin, nonblock) : -ENOMEM;
	free_page((unsigned long)page);
	if (n == -EIO)
		return give_up(&writer);
	mutex_unlock(&writer);
	return n >= 0 && !iov_iter_count(from) ? all : n;
}

static __poll_t poll(struct file *file, poll_table *wait)
{
	poll_wait(file, &bytes, wait);
	poll_wait(file, &space, wait);
	smp_mb();
	return (count || overwrites ? EPOLLIN | EPOLLRDNORM : 0) |
	       (room() >= min_t(size_t, PIPE_BUF, size) || overwrites ?
		EPOLLOUT | EPOLLWRNORM : 0);
}

static int open(struct inode *inode, struct file *file)
{
	return stream_open(inode, file);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open,
	.read_iter = read,
	.write_iter = write,
	.poll = poll,
	.splice_read = copy_splice_read,
	.splice_write = iter_file_splice_write,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "asee_mod",
	.fops = &fops,
	.mode = 0600,
};

static int resize(size_t wanted)
{
	u8 *fresh = kvmalloc(wanted, GFP_KERNEL), *old = fresh;
	int err = -EBUSY;

	if (!fresh)
		return -ENOMEM;
	spin_lock(&lock);
	if (TRUNCATES)
		count = min(count, wanted);
	if (count <= wanted) {
		copy_out(fresh, count);
		old = array;
		array = fresh;
		first = 0;
		size = wanted;
		err = 0;
	}
	spin_unlock(&lock);
	kvfree(old);
	wake_up_interruptible(&space);
	return err;
}

static ssize_t size_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sprintf(buf, "%zu\n", size);
}

static ssize_t size_store(struct kobject *k, struct kobj_attribute *a, const char *buf,
			  size_t n)
{
	unsigned int wanted;
	int err = kstrtouint(buf, 10, &wanted);

	if (!err && (!wanted || wanted > MAX_SIZE))
		err = -EINVAL;
	if (!err)
		err = resize(wanted);
	if (err)
		pr_err("no such size: %d\n", err);
	return err ?: n;
}

static ssize_t count_show(struct kobject *k, struct kobj_attribute *a, char *buf)
{
	return sprintf(buf, "%zu\n", count);
}

static int irq;

static irqreturn_t handle(int number, void *unused)
{
	atomic_inc(&epoch);
	flag = true;
	wake_up_interruptible_all(&bytes);
	wake_up_interruptible_all(&space);
	atomic_inc(&handled);
	return IRQ_HANDLED;
}

static ssize_t interrupt_store(struct kobject *k, struct kobj_attribute *a,
			       const char *buf, size_t n)
{
	int before = atomic_read(&handled), err = irq_inject_interrupt(irq);

	while (!err && atomic_read(&handled) == before)
		usleep_range(50, 100); /* a tasklet does it, and that may wait its turn */
	return err ?: n;
}

static struct kobj_attribute size_file = __ATTR(asee_buf_size, 0644, size_show, size_store);
static struct kobj_attribute count_file = __ATTR(asee_buf_count, 0444, count_show, NULL);
static struct kobj_attribute interrupt_file = __ATTR(interrupt, 0200, NULL, interrupt_store);
static struct kobject *folder;

static int __init start(void)
{
	overwrites = !strcmp(policy, "overwrite");
	if (overwrites)
		size = 16;
	else if (strcmp(policy, "block"))
		return -EINVAL;
	array = kvmalloc(size, GFP_KERNEL);
	irq = __irq_alloc_descs(-1, 0, 1, NUMA_NO_NODE, NULL, NULL);
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	if (request_irq(irq, handle, 0, KBUILD_MODNAME, &device))
		return -EBUSY;
	folder = kobject_create_and_add("asee_mod", kernel_kobj);
	if (sysfs_create_file(folder, &size_file.attr) ||
	    sysfs_create_file(folder, &count_file.attr) ||
	    sysfs_create_file(folder, &interrupt_file.attr))
		return -ENOMEM;
	return misc_register(&device);
}
module_init(start);

static void __exit stop(void)
{
	misc_deregister(&device);
	kobject_put(folder);
	free_irq(irq, &device);
	irq_free_desc(irq);
	kvfree(array);
}
module_exit(stop);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/dev/asee_mod with a turnstile at each end");
