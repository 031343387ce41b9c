// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Until 7.0 the heads of these are put by for the next buffer, up to 64 of them. */
#include <linux/module.h>
#include <linux/skbuff.h>

enum { BUFFERS = 3, BUDGET = 64 };

static int __init lo_clean_napi_init(void)
{
	int i;

	local_bh_disable();
	for (i = 0; i < BUFFERS; i++)
		napi_consume_skb(alloc_skb(100, GFP_ATOMIC), BUDGET);
	local_bh_enable();
	return 0;
}

static void __exit lo_clean_napi_exit(void)
{
}

module_init(lo_clean_napi_init);
module_exit(lo_clean_napi_exit);
MODULE_DESCRIPTION("buffers used up as a network driver does it");
MODULE_LICENSE("GPL");
