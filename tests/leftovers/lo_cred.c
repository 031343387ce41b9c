// SPDX-License-Identifier: GPL-2.0-only
/* expect: cred reference to its credentials (again) */
/* A reference to the credentials of the task that loaded it */
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/cred.h>

static const struct cred *cred;

static int __init lo_cred_init(void)
{
	cred = get_current_cred();
	return 0;
}
module_init(lo_cred_init);

static void __exit lo_cred_exit(void)
{
}
module_exit(lo_cred_exit);

MODULE_DESCRIPTION("Test: a reference to the credentials of the task that loaded it");
MODULE_LICENSE("GPL");
