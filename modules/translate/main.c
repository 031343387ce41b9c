// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which physical address is behind a virtual one of a process: in the kernel log when
 * the module is loaded with pid= and address=, and by an ioctl of /dev/translate for any
 * range. This file decides who may ask, and about which process; walk.c finds the answer.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/capability.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "uapi/translate.h"
#include "walk.h"

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "Log what is behind an address of this process when loaded");
static unsigned long address;
module_param(address, ulong, 0444);
MODULE_PARM_DESC(address, "That virtual address");

/* So many answers at a time: what goes to the user in one piece, without a lock. */
#define PIECE (4 * PAGE_SIZE / sizeof(u64))

/*
 * Physical addresses are for the administrator of the machine, as in /proc/PID/pagemap:
 * they help attacks on the memory itself. The mappings of another process are for those
 * who may trace every process: the check that ptrace() makes for a single process is not
 * exported to modules.
 */
static bool may_ask(const struct mm_struct *mm)
{
	return capable(CAP_SYS_ADMIN) && (mm == current->mm || capable(CAP_SYS_PTRACE));
}

/* With a reference, for mmput(). */
static struct mm_struct *memory_of(pid_t number)
{
	struct task_struct *task;
	struct mm_struct *mm;
	struct pid *id;

	if (!number) {
		task = get_task_struct(current);
	} else {
		id = find_get_pid(number);
		task = get_pid_task(id, PIDTYPE_PID);
		put_pid(id);
	}
	if (!task)
		return ERR_PTR(-ESRCH);
	mm = get_task_mm(task);
	put_task_struct(task);
	if (!mm)
		return ERR_PTR(-EINVAL);
	if (!may_ask(mm)) {
		mmput(mm);
		return ERR_PTR(-EPERM);
	}
	return mm;
}

/* Answers in pieces; what could not be stored is not counted. */
static int translate(struct mm_struct *mm, struct translate_range *range, u64 *words)
{
	u64 __user *to = u64_to_user_ptr(range->words);
	u64 done = 0, n;
	int err = 0;

	for (; done < range->pages; done += n) {
		n = min_t(u64, range->pages - done, PIECE);
		err = signal_pending(current) ? -EINTR :
		      walk_range(mm, range->start + done * PAGE_SIZE, n, words);
		if (err)
			break;
		if (copy_to_user(to + done, words, n * sizeof(*words))) {
			err = -EFAULT;
			break;
		}
		cond_resched();
	}
	range->pages = done;
	return err == -EINTR && done ? 0 : err;
}

/*
 * Up to the end of what user space can address, and not around it: a range beyond is
 * asked for by mistake, or to see what happens.
 */
static bool sound(struct translate_range *range)
{
	range->start &= PAGE_MASK;
	return !range->reserved && range->start <= TASK_SIZE_MAX &&
	       range->pages <= (TASK_SIZE_MAX - range->start) >> PAGE_SHIFT;
}

static long ioctl_range(struct translate_range __user *arg)
{
	struct translate_range range;
	struct mm_struct *mm;
	u64 *words;
	int err;

	if (copy_from_user(&range, arg, sizeof(range)))
		return -EFAULT;
	if (!sound(&range))
		return -EINVAL;
	mm = memory_of(range.pid);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	words = kmalloc_array(PIECE, sizeof(*words), GFP_KERNEL);
	err = words ? translate(mm, &range, words) : -ENOMEM;
	kfree(words);
	mmput(mm);
	if (!err && put_user(range.pages, &arg->pages))
		err = -EFAULT;
	return err;
}

static long translate_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	return command == TRANSLATE_RANGE ? ioctl_range((void __user *)arg) : -ENOTTY;
}

static const struct file_operations translate_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = translate_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "translate",
	.fops = &translate_fops,
	.mode = 0600,
};

static const char *kind_name(u64 word)
{
	return word & TRANSLATE_ZERO ? "zero page" :
	       word & TRANSLATE_PFNMAP ? "device" :
	       word & TRANSLATE_HUGETLB ? "hugetlb" :
	       word & TRANSLATE_KSM ? "anonymous, merged" :
	       word & TRANSLATE_ANON ? "anonymous" : "file";
}

static void log_word(u64 word)
{
	static const char * const states[] = {
		"not mapped", "mapped, nothing there yet", "swapped out", "being moved",
	};
	u64 state = word & TRANSLATE_STATE;

	if (state == TRANSLATE_PRESENT)
		pr_info("pid %d, virtual 0x%lx, physical 0x%llx (%s, %llu KiB)\n", pid,
			address,
			(word & TRANSLATE_ADDRESS) | (address & ~PAGE_MASK),
			kind_name(word), 1ULL << (TRANSLATE_SHIFT(word) - 10));
	else
		pr_info("pid %d, virtual 0x%lx: %s\n", pid, address, states[state]);
}

static int log_address(void)
{
	struct translate_range range = { .pid = pid, .start = address, .pages = 1 };
	struct mm_struct *mm;
	u64 word;
	int err;

	if (!pid)
		return 0;
	if (!sound(&range))
		return -EINVAL;
	mm = memory_of(pid);
	if (IS_ERR(mm))
		return PTR_ERR(mm);
	err = walk_range(mm, range.start, 1, &word);
	mmput(mm);
	if (!err)
		log_word(word);
	return err;
}

static int __init translate_init(void)
{
	int err = log_address();

	if (err) {
		pr_err("pid=%d address=0x%lx: error %d\n", pid, address, err);
		return err;
	}
	return misc_register(&device);
}

static void __exit translate_exit(void)
{
	misc_deregister(&device);
}

module_init(translate_init);
module_exit(translate_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("/dev/translate: the physical address behind a virtual one");
MODULE_VERSION("1.0");
