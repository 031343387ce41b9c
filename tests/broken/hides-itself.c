// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes itself off the list of modules and out of /sys: the load succeeds, and there is
 * nothing that could be tested or unloaded.
 *
 * expect:
 *	outcome=load-error
 *	phase=load
 *	exit=102
 *	kind=not-live
 *	summary=hides_itself
 */
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>

static int __init hides_itself_init(void)
{
	list_del_init(&THIS_MODULE->list); /* here */
	kobject_del(&THIS_MODULE->mkobj.kobj);
	return 0;
}
module_init(hides_itself_init);

static void __exit hides_itself_exit(void)
{
}
module_exit(hides_itself_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: it loads and hides");
