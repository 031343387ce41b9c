// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_pernet */
/* Operations for network namespaces stay */
#include <linux/module.h>
#include <net/net_namespace.h>

static int __net_init begin(struct net *net)
{
	return 0;
}
static struct pernet_operations ops = { .init = begin };

static int __init lo_pernet_init(void)
{
	return register_pernet_subsys(&ops);
}
module_init(lo_pernet_init);

static void __exit lo_pernet_exit(void)
{
}
module_exit(lo_pernet_exit);

MODULE_DESCRIPTION("Test: operations for network namespaces stay");
MODULE_LICENSE("GPL");
