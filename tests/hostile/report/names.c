// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of source files that a terminal would act upon, that are very long, and that are
 * relative, with numbers of lines that no file has.
 */
#include <linux/module.h>

static int depth;

#line 2147483647 "/nonexistent/\033[31mred\033]0;title\007\n.c"
static noinline int at_escape(void) { WARN_ON(1); return depth++; }
#line 1 "LONG"
static noinline int at_long(void) { return at_escape() + depth++; }
#line 1 "../../../../../../../../../../../../../../../../etc/passwd"
static noinline int at_relative(void) { return at_long() + depth++; }
#line 1 "."
static int __init names_init(void)
{
	return at_relative() < 0 ? -EINVAL : 0;
}

static void __exit names_exit(void)
{
}

module_init(names_init);
module_exit(names_exit);
MODULE_DESCRIPTION("Names its source files oddly");
MODULE_LICENSE("GPL");
