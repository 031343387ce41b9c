// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nothing crashes and nothing leaks; it only gives the wrong answer.
 *
 * expect:
 *	command=grep -qx 42 /proc/wrong-answer
 *	outcome=test-failed
 *	phase=test
 *	exit=1
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int show(struct seq_file *m, void *v)
{
	seq_puts(m, "41\n"); /* here */
	return 0;
}

static int __init wrong_answer_init(void)
{
	return proc_create_single("wrong-answer", 0444, NULL, show) ? 0 : -ENOMEM;
}
module_init(wrong_answer_init);

static void __exit wrong_answer_exit(void)
{
	remove_proc_entry("wrong-answer", NULL);
}
module_exit(wrong_answer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its proc file says 41");
