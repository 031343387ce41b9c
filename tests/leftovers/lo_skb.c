// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_skb_init (again) */
/* A socket buffer */
#include <linux/module.h>
#include <linux/skbuff.h>

static struct sk_buff *skb;

static int __init lo_skb_init(void)
{
	skb = alloc_skb(200, GFP_KERNEL);
	return skb ? 0 : -ENOMEM;
}
module_init(lo_skb_init);

static void __exit lo_skb_exit(void)
{
}
module_exit(lo_skb_exit);

MODULE_DESCRIPTION("Test: a socket buffer");
MODULE_LICENSE("GPL");
