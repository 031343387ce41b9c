// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_key_type */
/* A type of keys stays */
#include <linux/module.h>
#include <linux/key-type.h>
#include <keys/user-type.h>

static struct key_type type = {
	.name = "lo_key_type",
	.preparse = user_preparse,
	.free_preparse = user_free_preparse,
	.instantiate = generic_key_instantiate,
	.revoke = user_revoke,
	.destroy = user_destroy,
};

static int __init lo_key_type_init(void)
{
	return register_key_type(&type);
}
module_init(lo_key_type_init);

static void __exit lo_key_type_exit(void)
{
}
module_exit(lo_key_type_exit);

MODULE_DESCRIPTION("Test: a type of keys stays");
MODULE_LICENSE("GPL");
