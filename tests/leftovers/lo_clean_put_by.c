// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* The kernel puts something by at the first load: that there is no such file */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

static int __init lo_clean_put_by_init(void)
{
	struct file *file = filp_open("/lo_put_by", O_RDONLY, 0);

	if (IS_ERR(file))
		return 0;
	filp_close(file, NULL);
	return -EEXIST;
}
module_init(lo_clean_put_by_init);

static void __exit lo_clean_put_by_exit(void)
{
}
module_exit(lo_clean_put_by_exit);

MODULE_DESCRIPTION("Test: the kernel puts something by at the first load: that there is no such file");
MODULE_LICENSE("GPL");
