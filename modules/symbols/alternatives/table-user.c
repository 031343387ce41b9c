// SPDX-License-Identifier: GPL-2.0-only
/* Right, in another way: works from the provider's table. */
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "table.h"

static int a = 3, b = 2;
module_param(a, int, 0644);
module_param(b, int, 0644);

/* Which one is asked for, says the name of the file. */
static int result_get(char *buf, const struct kernel_param *kp)
{
	const char *name = strrchr(kp->name, '.');
	int i;

	name = name ? name + 1 : kp->name;
	for (i = 0; i < OPERATIONS; i++)
		if (!strcmp(name, arithmetic_names[i]))
			break;
	if (i == OPERATIONS)
		return -ENOENT;
	arithmetic_calls++;
	return scnprintf(buf, PAGE_SIZE, "%ld\n", arithmetic_table[i](a, b));
}

static const struct kernel_param_ops ops = { .get = result_get };

module_param_cb(sum, &ops, NULL, 0444);
module_param_cb(difference, &ops, NULL, 0444);
module_param_cb(product, &ops, NULL, 0444);

static int __init consumer_init(void)
{
	return 0;
}
module_init(consumer_init);

static void __exit consumer_exit(void)
{
}
module_exit(consumer_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Alternative: uses a table");
MODULE_IMPORT_NS(SPACE);
