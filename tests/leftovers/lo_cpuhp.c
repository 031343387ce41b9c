// SPDX-License-Identifier: GPL-2.0-only
/* expect: pointer lo_cpuhp */
/* A callback for CPUs that come up stays */
#include <linux/module.h>
#include <linux/cpuhotplug.h>

static int came_up(unsigned int cpu)
{
	return 0;
}

static int __init lo_cpuhp_init(void)
{
	int state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "lo_cpuhp", came_up, NULL);

	return state < 0 ? state : 0;
}
module_init(lo_cpuhp_init);

static void __exit lo_cpuhp_exit(void)
{
}
module_exit(lo_cpuhp_exit);

MODULE_DESCRIPTION("Test: a callback for CPUs that come up stays");
MODULE_LICENSE("GPL");
