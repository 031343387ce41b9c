// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/hello_procfs says "Hello World!". The smallest file of /proc, made with seq_file:
 * the module says what the text is, the kernel's seq_file does everything about reading.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#define ENTRY_NAME "hello_procfs"

static const char greeting[] = "Hello World!";

/*
 * Prints the whole text into a buffer that seq_file owns. Called by the first read of an
 * open file and by each read that goes back to the beginning, never by a read that
 * continues; and called a second time when the buffer was too small, so it should change
 * nothing. It runs in the reader's system call and may sleep. seq_file holds this open
 * file's lock: one call at a time for each open file, but several at once for several of
 * them.
 */
static int hello_show(struct seq_file *m, void *unused)
{
	seq_printf(m, "%s\n", greeting);
	return 0;
}

/*
 * Gives this open file a buffer and a position of its own, so readers do not disturb each
 * other. The last argument would be found again in m->private; that is how one show
 * function can serve several files.
 */
static int hello_open(struct inode *inode, struct file *file)
{
	return single_open(file, hello_show, NULL);
}

/*
 * Read, seek and release come from seq_file. single_open() and single_release() belong
 * together: the more common seq_release() would forget what single_open() allocated.
 *
 * seq_read_iter() rather than seq_read(): with it the file can also be the source of
 * sendfile(2) and splice(2).
 *
 * There is no write here. The mode is 0444, so only root can open the file for writing,
 * and procfs then answers EIO.
 */
static const struct proc_ops hello_ops = {
	.proc_open = hello_open,
	.proc_read_iter = seq_read_iter,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/* proc_create() returns NULL when it fails, for whatever reason, and not an errno. */
static int __init hello_init(void)
{
	if (!proc_create(ENTRY_NAME, 0444, NULL, &hello_ops))
		return -ENOMEM;
	return 0;
}

/*
 * By name, so that nothing has to be kept from init. An open file of /proc does not keep
 * its module loaded: this waits for the calls that are running in here, admits no further
 * ones (they get EIO), and releases the files that are still open.
 */
static void __exit hello_exit(void)
{
	remove_proc_entry(ENTRY_NAME, NULL);
}

module_init(hello_init);
module_exit(hello_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/proc/hello_procfs, which says Hello World!");
MODULE_VERSION("1.0");
