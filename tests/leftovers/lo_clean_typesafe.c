// SPDX-License-Identifier: GPL-2.0-only
/* expect: clean */
/* Destroyed caches whose names the kernel takes out when RCU has had its time */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>

enum { CACHES = 7 };

static struct kmem_cache *caches[CACHES];

static void destroy_all(void)
{
	int i;

	for (i = 0; i < CACHES; i++)
		kmem_cache_destroy(caches[i]);
}

static int __init lo_clean_typesafe_init(void)
{
	char name[32];
	int i;

	for (i = 0; i < CACHES; i++) {
		snprintf(name, sizeof(name), "lo_typesafe_%d", i);
		caches[i] = kmem_cache_create(name, 40 + i * 48, 0, SLAB_TYPESAFE_BY_RCU, NULL);
		if (!caches[i]) {
			destroy_all();
			return -ENOMEM;
		}
	}
	return 0;
}
module_init(lo_clean_typesafe_init);

static void __exit lo_clean_typesafe_exit(void)
{
	destroy_all();
}
module_exit(lo_clean_typesafe_exit);

MODULE_DESCRIPTION("Test: caches whose names go late");
MODULE_LICENSE("GPL");
