// SPDX-License-Identifier: GPL-2.0-only
/*
 * Right, by the whole of seq_file: a file of two records, a word each, which a reader
 * may cut anywhere.
 *
 * expect:
 *	outcome=pass
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static const char *const words[] = { "Hello ", "World!\n" };

static void *lines_start(struct seq_file *m, loff_t *pos)
{
	return *pos < ARRAY_SIZE(words) ? (void *)&words[*pos] : NULL;
}

static void *lines_next(struct seq_file *m, void *word, loff_t *pos)
{
	++*pos;
	return lines_start(m, pos);
}

static void lines_stop(struct seq_file *m, void *word)
{
}

static int lines_show(struct seq_file *m, void *word)
{
	seq_puts(m, *(const char **)word);
	return 0;
}

static const struct seq_operations lines_ops = {
	.start = lines_start,
	.next = lines_next,
	.stop = lines_stop,
	.show = lines_show,
};

static int __init lines_init(void)
{
	return proc_create_seq("hello_procfs", 0444, NULL, &lines_ops) ? 0 : -ENOMEM;
}

static void __exit lines_exit(void)
{
	remove_proc_entry("hello_procfs", NULL);
}

module_init(lines_init);
module_exit(lines_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("/proc/hello_procfs in two records");
