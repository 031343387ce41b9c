// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a file that is not there, keeps the error code as if it were the file, and closes
 * it in exit. The last call of exit is a jump, so exit has no frame in the trace.
 *
 * expect:
 *	outcome=oops
 *	phase=unload
 *	kind=error-pointer
 *	exit=111
 *	summary=error pointer, not NULL, .* -2 \(ENOENT\) in [a-z_]+, called from
 *	hint=the result of filp_open\(\) was not
 *	line=here
 *	function=error_pointer_exit_exit
 */
#include <linux/fs.h>
#include <linux/module.h>

static struct file *log;

static int __init error_pointer_exit_init(void)
{
	log = filp_open("/no/such/directory/log", O_RDONLY, 0);
	return 0;
}
module_init(error_pointer_exit_init);

static void __exit error_pointer_exit_exit(void)
{
	filp_close(log, NULL); /* here */
}
module_exit(error_pointer_exit_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Broken on purpose: closes an error code");
