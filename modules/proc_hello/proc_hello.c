// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/hello keeps one message: what was written last is what is read.
 *
 * A message never changes once it can be seen. A writer makes a new one and puts it in
 * the place of the old; a reader keeps the message that it began with until it has read
 * all of it. So nobody ever sees half of one message and half of another, and no lock is
 * held while memory of a process is touched, which may take as long as that process
 * likes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/overflow.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#define ENTRY_NAME "hello"
#define ENTRY_MODE 0666 /* every user of the machine may write: it is a blackboard */
#define MESSAGE_MAX 100

/*
 * Bytes, not a string: there is no NUL at the end, and there may be some inside. The
 * length is kept beside them because nothing else could tell where they end.
 */
struct message {
	struct kref users;
	size_t len;
	char text[];
};

static struct proc_dir_entry *entry;

/*
 * Guards the pointer to the newest message and the one that each open file keeps in its
 * private_data, not what they point to. Held for a few instructions only, never while
 * anything sleeps. It is taken in system calls only, so interrupts may stay on.
 */
static DEFINE_SPINLOCK(lock);
static struct message *newest;

static void message_free(struct kref *users)
{
	kfree(container_of(users, struct message, users));
}

static struct message *message_get(struct message *msg)
{
	kref_get(&msg->users);
	return msg;
}

static void message_put(struct message *msg)
{
	if (msg)
		kref_put(&msg->users, message_free);
}

/*
 * GFP_KERNEL: this may sleep, we are in a system call and hold nothing. _ACCOUNT: anyone
 * may write, so the memory is charged to whoever does, like other memory of processes.
 */
static struct message *message_new(size_t len)
{
	struct message *msg;

	msg = kmalloc(struct_size(msg, text, len), GFP_KERNEL_ACCOUNT);
	if (!msg)
		return ERR_PTR(-ENOMEM);
	kref_init(&msg->users);
	msg->len = len;
	return msg;
}

/*
 * copy_from_user() sleeps when a page has to come from a disk or a network, and fails if
 * there is none. Here that hurts nobody: the message is still ours alone, and when it
 * cannot be completed it is thrown away and the old one stays what it was.
 */
static struct message *message_from_user(const char __user *ubuf, size_t len)
{
	struct message *msg = message_new(len);

	if (IS_ERR(msg))
		return msg;
	if (copy_from_user(msg->text, ubuf, len)) {
		message_put(msg);
		return ERR_PTR(-EFAULT);
	}
	return msg;
}

/*
 * The caller's reference becomes that of "newest". The open file that wrote forgets what
 * it was reading: a program finds again what it has written itself, at any offset.
 */
static void message_publish(struct file *file, struct message *msg)
{
	struct message *old, *view;

	spin_lock(&lock);
	old = newest;
	newest = msg;
	view = file->private_data;
	file->private_data = NULL;
	spin_unlock(&lock);
	message_put(view);
	message_put(old);
}

/*
 * The message that this open file reads, with a reference for the caller. The first read
 * chooses it, and each read from the beginning chooses again; in between the reader keeps
 * it, whatever is written meanwhile. The caller's own reference matters when two threads
 * read through one open file: one may begin anew while the other is still copying.
 */
static struct message *message_view(struct file *file, bool anew)
{
	struct message *msg, *old = NULL;

	spin_lock(&lock);
	if (anew || !file->private_data) {
		old = file->private_data;
		file->private_data = message_get(newest);
	}
	msg = message_get(file->private_data);
	spin_unlock(&lock);
	message_put(old);
	return msg;
}

/* Nothing chosen yet. Each open file has its own private_data; fork() shares the file. */
static int hello_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;
	return 0;
}

/*
 * When the last descriptor is gone, be it because its process was killed; or before that,
 * when the module is unloaded: proc_remove() calls this for each file that is still open.
 * Nothing else is running on the file any more, so the lock is not needed.
 */
static int hello_release(struct inode *inode, struct file *file)
{
	message_put(file->private_data);
	return 0;
}

/*
 * Gives as much as was asked for and is there, from the offset on, so that the message is
 * the same when it is read in pieces of any size; 0 at its end and beyond, which is how
 * cat knows when to stop. simple_read_from_buffer() does the sums and moves the offset. A
 * bad pointer is EFAULT, unless some bytes could be given.
 */
static ssize_t hello_read(struct file *file, char __user *ubuf, size_t count,
			  loff_t *ppos)
{
	struct message *msg = message_view(file, *ppos == 0);
	ssize_t ret;

	ret = simple_read_from_buffer(ubuf, count, ppos, msg->text, msg->len);
	message_put(msg);
	return ret;
}

/*
 * One write is one message, wherever the offset stands and whether or not the file was
 * opened with O_APPEND or O_TRUNC.
 *
 * Too long is refused. Taking the first 100 bytes would be worse than it looks: "I took
 * only 100" makes echo, cat and every other program write the rest in a second call, and
 * that would be the next message. Nobody would be told, and the text would be lost.
 *
 * Writing nothing changes nothing, as POSIX has it for a file.
 */
static ssize_t hello_write(struct file *file, const char __user *ubuf, size_t count,
			   loff_t *ppos)
{
	struct message *msg;

	if (count > MESSAGE_MAX)
		return -EMSGSIZE;
	if (!count)
		return 0;
	msg = message_from_user(ubuf, count);
	if (IS_ERR(msg))
		return PTR_ERR(msg);
	message_publish(file, msg);
	*ppos += count;
	return count;
}

/*
 * Never leave .proc_lseek out: on some kernels a seek then jumps through a NULL pointer.
 * The size in the inode is 0, as everywhere in /proc, so the end of the message is given
 * to SEEK_END here.
 */
static loff_t hello_lseek(struct file *file, loff_t offset, int whence)
{
	struct message *msg = message_view(file, false);
	loff_t ret;

	ret = generic_file_llseek_size(file, offset, whence, MAX_LFS_FILESIZE, msg->len);
	message_put(msg);
	return ret;
}

static const struct proc_ops hello_ops = {
	.proc_open = hello_open,
	.proc_read = hello_read,
	.proc_write = hello_write,
	.proc_lseek = hello_lseek,
	.proc_release = hello_release,
};

/*
 * The file can be opened before proc_create() has even returned, so everything it needs
 * is there before. proc_create() returns NULL when it fails, and not an errno.
 */
static int __init hello_init(void)
{
	newest = message_new(0);
	if (IS_ERR(newest))
		return PTR_ERR(newest);
	entry = proc_create(ENTRY_NAME, ENTRY_MODE, NULL, &hello_ops);
	if (!entry) {
		message_put(newest);
		return -ENOMEM;
	}
	return 0;
}

/*
 * An open file of /proc does not keep its module loaded. proc_remove() makes that safe:
 * it waits for the calls that are running in here, admits no further ones (they get EIO),
 * and releases what is still open. Only then may the last message go.
 */
static void __exit hello_exit(void)
{
	proc_remove(entry);
	message_put(newest);
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/hello, which gives back what was last written to it");
MODULE_VERSION("1.0");
