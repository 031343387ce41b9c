// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a field of what filp_open() returns without testing it: there is no such file, so
 * the pointer is an error code. With the offset of the field it is a small address, as
 * that of a field of NULL would be.
 *
 * expect:
 *	outcome=oops
 *	phase=load
 *	kind=error-pointer
 *	exit=111
 *	summary=error pointer, not NULL, dereferenced: -2 \(ENOENT\) in
 *	hint=plus the offset 0x[0-9a-f]+: the result of filp_open\(\) was not
 *	line=here
 *	function=error_pointer_field_init
 */
#include <linux/fs.h>
#include <linux/module.h>

static int __init error_pointer_field_init(void)
{
	struct file *log = filp_open("/no/such/directory/log", O_RDONLY, 0);
	loff_t end = READ_ONCE(log->f_pos); /* here */

	pr_info("the log ends at %lld\n", end);
	filp_close(log, NULL);
	return 0;
}
module_init(error_pointer_field_init);

static void __exit error_pointer_field_exit(void)
{
}
module_exit(error_pointer_field_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: uses an error code as a pointer");
