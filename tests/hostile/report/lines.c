// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims that its functions come from files of the host; a report must quote none.
 * tests/cli/53-hostile-report.t puts real names in place of the upper-case words.
 */
#include <linux/module.h>

static int depth;

#line 1 "SECRET"
static noinline int at_secret(void) { WARN_ON(1); return depth++; }
#line 1 "BACK"
static noinline int at_back(void) { return at_secret() + depth++; }
#line 1 "LINK"
static noinline int at_link(void) { return at_back() + depth++; }
#line 1 "/dev/zero"
static noinline int at_zero(void) { return at_link() + depth++; }
#line 1 "FIFO"
static noinline int at_fifo(void) { return at_zero() + depth++; }
#line 1 "HIDDEN"
static noinline int at_hidden(void) { return at_fifo() + depth++; }
#line 20 "HONEST"
static int __init lines_init(void)
{
	return at_hidden() < 0 ? -EINVAL : 0; /* honest */
}

static void __exit lines_exit(void)
{
}

module_init(lines_init);
module_exit(lines_exit);
MODULE_DESCRIPTION("Names files of the host as its source");
MODULE_LICENSE("GPL");
