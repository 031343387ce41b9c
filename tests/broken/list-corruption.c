// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deletes the same entry from a list twice.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=list-double-del|list-corruption
 *	exit=111
 *	line=here
 *	function=list_corruption_init
 */
#include <linux/list.h>
#include <linux/module.h>

static LIST_HEAD(head);
static LIST_HEAD(entry);

static int __init list_corruption_init(void)
{
	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry); /* here */
	return 0;
}
module_init(list_corruption_init);

static void __exit list_corruption_exit(void)
{
}
module_exit(list_corruption_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: deletes a list entry twice");
