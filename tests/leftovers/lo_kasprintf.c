// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory through kasprintf */
/* A string that the kernel allocated for its caller */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>

static char *text;

static int __init lo_kasprintf_init(void)
{
	text = kasprintf(GFP_KERNEL, "a string of %d words", 5);
	return text ? 0 : -ENOMEM;
}
module_init(lo_kasprintf_init);

static void __exit lo_kasprintf_exit(void)
{
}
module_exit(lo_kasprintf_exit);

MODULE_DESCRIPTION("Test: a string that the kernel allocated for its caller");
MODULE_LICENSE("GPL");
