// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/ioctl_test: a file that takes a command. IOCTL_TEST hands over a struct of two
 * fields, which appear in the kernel log. Shows what an ioctl has to get right: which
 * commands are ours, an argument that lies in user memory, 32-bit callers, and a log that
 * its callers can neither corrupt nor drown.
 *
 * No call leaves anything behind, so no lock is needed: any number of processes on any
 * number of CPUs may be in each of the functions below at the same time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>
#include <linux/capability.h>
#include <linux/ctype.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/ratelimit.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

#include "uapi/ioctl_test.h"

/*
 * Programs have these numbers compiled in. If a change of the header changes them, this
 * fails.
 */
static_assert(sizeof(struct ioctl_test_t) == 8);
static_assert(IOCTL_TEST == 0x40080006);

/*
 * Everybody may open the file, and each call writes a line: a loop in any user's
 * program would soon have pushed all other messages out of the log. So those who have
 * no right to the log itself get so many lines in five seconds, and the kernel adds how
 * many it left out. pr_info_ratelimited() would have limited the administrator too, all
 * callers together: with it, one user's flood would hide another's single call as well
 * as root's.
 */
static DEFINE_RATELIMIT_STATE(limit, DEFAULT_RATELIMIT_INTERVAL, DEFAULT_RATELIMIT_BURST);
module_param_named(burst, limit.burst, int, 0644);
MODULE_PARM_DESC(burst, "Lines in five seconds for callers without CAP_SYSLOG");

/*
 * capable() first: __ratelimit() counts every call, and would report lines as suppressed
 * that were printed after all.
 */
static bool may_log(void)
{
	return capable(CAP_SYSLOG) || __ratelimit(&limit);
}

/*
 * The log is text, one record a line, read on terminals. A field that is a newline
 * would begin a line that looks like another module's, an escape character would reach
 * the terminal of whoever reads it, a NUL would end the text for many readers.
 * isprint() alone is not enough: the kernel's also accepts the upper half of Latin-1.
 */
static void show(const struct ioctl_test_t *arg)
{
	unsigned char c = arg->field2;
	char text[sizeof("\\xff")];

	if (isascii(c) && isprint(c))
		snprintf(text, sizeof(text), "%c", c);
	else
		snprintf(text, sizeof(text), "\\x%02x", c);
	pr_info("ioctl: call to IOCTL_TEST (%d,%s)!\n", arg->field1, text);
}

/*
 * The argument is a number that the caller claims to be an address in its own memory.
 * It may be unmapped, in swap, or the kernel's own: only copy_from_user() may go there.
 * It checks that the address is a user's, sleeps while the page is brought in, and
 * returns how many bytes it could NOT copy. Any but 0 means that the struct is not
 * whole: nothing is shown.
 *
 * One copy, used for everything after it. Another thread may rewrite the original at any
 * time, so checking it in place and then reading it again might read something else.
 */
static long ioctl_test_command(const struct ioctl_test_t __user *user)
{
	struct ioctl_test_t arg;

	if (copy_from_user(&arg, user, sizeof(arg)))
		return -EFAULT;
	if (may_log())
		show(&arg);
	return 0;
}

/*
 * Runs in the calling process, which may sleep here. The command is compared as a
 * whole: with _IOC_NR(cmd) alone, a program that was built with another struct would be
 * accepted, and we would read more, or less, than the program has.
 *
 * -ENOTTY says "this file does not know that command". -EINVAL is for a command that is
 * known and an argument that is wrong in itself; every value of the two fields is right.
 */
static long ioctl_test_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case IOCTL_TEST:
		return ioctl_test_command((const struct ioctl_test_t __user *)arg);
	default:
		return -ENOTTY;
	}
}

/* A user who reads the file with cat learns what it is for. */
static int ioctl_test_show(struct seq_file *seq, void *unused)
{
	seq_printf(seq, "IOCTL_TEST %#lx: struct { int; char; } of %zu bytes\n",
		   (unsigned long)IOCTL_TEST, sizeof(struct ioctl_test_t));
	return 0;
}

static int ioctl_test_open(struct inode *inode, struct file *file)
{
	return single_open(file, ioctl_test_show, NULL);
}

/*
 * A 32-bit program on a 64-bit kernel is served by .proc_compat_ioctl and gets ENOTTY
 * when there is none. Its struct is the same, only its pointer is narrower:
 * compat_ptr_ioctl() widens that and calls ours.
 *
 * No .proc_write: mode 0444 keeps others from opening the file for writing, and root, for
 * whom the mode is no obstacle, gets EIO from procfs. .proc_lseek is always set: older
 * kernels fall back on a default for NULL, newer ones do not.
 */
static const struct proc_ops ioctl_test_ops = {
	.proc_open = ioctl_test_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
	.proc_ioctl = ioctl_test_ioctl,
#ifdef CONFIG_COMPAT
	.proc_compat_ioctl = compat_ptr_ioctl,
#endif
};

static struct proc_dir_entry *entry;

static int __init ioctl_test_init(void)
{
	entry = proc_create("ioctl_test", 0444, NULL, &ioctl_test_ops);
	return entry ? 0 : -ENOMEM;
}

/*
 * An open file of procfs does not keep its module. That is safe: proc_remove() waits for
 * calls that are in our functions at this moment, runs our release for each file that is
 * still open, and lets procfs answer for those files from then on (ENOTTY, EIO).
 */
static void __exit ioctl_test_exit(void)
{
	proc_remove(entry);
}

module_init(ioctl_test_init);
module_exit(ioctl_test_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("A file in /proc that takes an ioctl and shows its argument in the log");
MODULE_VERSION("1.0");
