// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* A log that grows with each load: what it is made of is there as long as the file */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>

enum { WRITES = 100 };

static int __init lo_clean_files_init(void)
{
	static const char text[PAGE_SIZE];
	struct file *f = filp_open("/tmp/lo_clean_files", O_WRONLY | O_CREAT | O_APPEND, 0600);
	loff_t at = 0;
	int i;

	if (IS_ERR(f))
		return PTR_ERR(f);
	for (i = 0; i < WRITES; i++)
		kernel_write(f, text, sizeof(text), &at);
	filp_close(f, NULL);
	return 0;
}
module_init(lo_clean_files_init);

static void __exit lo_clean_files_exit(void)
{
}
module_exit(lo_clean_files_exit);

MODULE_DESCRIPTION("Test: a log that grows with each load");
MODULE_LICENSE("GPL");
