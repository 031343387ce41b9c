// SPDX-License-Identifier: GPL-2.0-only
/* expect: memory lo_mempool_init (again) */
/* A memory pool */
#include <linux/mempool.h>
#include <linux/module.h>

static mempool_t *pool;

static int __init lo_mempool_init(void)
{
	pool = mempool_create_kmalloc_pool(4, 64);
	return pool ? 0 : -ENOMEM;
}
module_init(lo_mempool_init);

static void __exit lo_mempool_exit(void)
{
}
module_exit(lo_mempool_exit);

MODULE_DESCRIPTION("Test: a memory pool");
MODULE_LICENSE("GPL");
