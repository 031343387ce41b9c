// SPDX-License-Identifier: GPL-2.0-only
/*
 * The .next function of its seq_file leaves the position as it was at the last item.
 * The kernel only says so, and then corrects it.
 *
 * expect:
 *	command=cat /proc/seq-position
 *	outcome=warning
 *	phase=test
 *	kind=seq-next
 *	exit=105
 *	line=here
 *	function=next_item
 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static int items[] = { 1, 2, 3 };

static void *first_item(struct seq_file *seq, loff_t *pos)
{
	return *pos < ARRAY_SIZE(items) ? &items[*pos] : NULL;
}

static void *next_item(struct seq_file *seq, void *v, loff_t *pos)
{ /* here */
	int *item = v;

	if (item == &items[ARRAY_SIZE(items) - 1])
		return NULL;
	++*pos;
	return item + 1;
}

static void stop(struct seq_file *seq, void *v)
{
}

static int show(struct seq_file *seq, void *v)
{
	seq_printf(seq, "%d\n", *(int *)v);
	return 0;
}

static const struct seq_operations ops = {
	.start = first_item,
	.next = next_item,
	.stop = stop,
	.show = show,
};

static int __init seq_position_init(void)
{
	return proc_create_seq("seq-position", 0444, NULL, &ops) ? 0 : -ENOMEM;
}
module_init(seq_position_init);

static void __exit seq_position_exit(void)
{
	remove_proc_entry("seq-position", NULL);
}
module_exit(seq_position_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: its seq_file does not move on at the end");
