// SPDX-License-Identifier: GPL-2.0-only
/*
 * Follows a pointer in memory that was freed and has been allocated again meanwhile. A
 * stock kernel notices because the new owner wrote no valid address there.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=general-protection|use-after-free
 *	exit=111
 *	line=here
 *	function=use_after_free_init
 */
#include <linux/module.h>
#include <linux/slab.h>

struct node {
	struct node *next;
	char text[56];
};

/*
 * One call site for all, so that they share a slab cache even on a kernel that picks one
 * of several caches by call site.
 */
static noinline struct node *node_new(int fill)
{
	struct node *n = kmalloc(sizeof(*n), GFP_KERNEL);

	if (n)
		memset(n, fill, sizeof(*n));
	return n;
}

static struct node *newer[64];

static int __init use_after_free_init(void)
{
	struct node *n = node_new(0);
	int i;

	kfree(n);
	for (i = 0; i < ARRAY_SIZE(newer); i++)
		newer[i] = node_new(0x5a);
	return READ_ONCE(READ_ONCE(n->next)->text[0]); /* here */
}
module_init(use_after_free_init);

static void __exit use_after_free_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(newer); i++)
		kfree(newer[i]);
}
module_exit(use_after_free_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: uses memory that it has freed");
