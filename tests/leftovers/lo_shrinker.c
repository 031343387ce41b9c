// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_shrinker */
/* A shrinker stays */
#include <linux/module.h>
#include <linux/shrinker.h>
#include <linux/version.h>

static unsigned long count(struct shrinker *s, struct shrink_control *control)
{
	return 0;
}
static unsigned long scan(struct shrinker *s, struct shrink_control *control)
{
	return SHRINK_STOP;
}
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static struct shrinker shrinker = {
	.count_objects = count,
	.scan_objects = scan,
	.seeks = DEFAULT_SEEKS,
};
#endif

static int __init lo_shrinker_init(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	struct shrinker *s = shrinker_alloc(0, "lo_shrinker");

	if (!s)
		return -ENOMEM;
	s->count_objects = count;
	s->scan_objects = scan;
	shrinker_register(s);
	return 0;
#elif LINUX_VERSION_CODE >= KERNEL_VERSION(6, 0, 0)
	return register_shrinker(&shrinker, "lo_shrinker");
#else
	return register_shrinker(&shrinker);
#endif
}
module_init(lo_shrinker_init);

static void __exit lo_shrinker_exit(void)
{
}
module_exit(lo_shrinker_exit);

MODULE_DESCRIPTION("Test: a shrinker stays");
MODULE_LICENSE("GPL");
