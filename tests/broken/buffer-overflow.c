// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies 64 bytes into 16. The size of the buffer is known when compiling, the length
 * is not: the check that FORTIFY_SOURCE put there fires.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=buffer-overflow
 *	exit=111
 *	line=here
 *	function=buffer_overflow_init
 */
#include <linux/module.h>
#include <linux/string.h>

static char small[16];
static const char large[64] = "more than fits";
/* volatile: the compiler must not see that it is too much */
static volatile size_t len = sizeof(large);

static int __init buffer_overflow_init(void)
{
	memcpy(small, large, len); /* here */
	return small[0] == 'x';
}
module_init(buffer_overflow_init);

static void __exit buffer_overflow_exit(void)
{
}
module_exit(buffer_overflow_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: copies more than its buffer holds");
