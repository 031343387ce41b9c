/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/module.h>
#include <linux/version.h>

/* Text since Linux 6.13, a bare word before. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define SPACE ARITHMETIC
#else
#define SPACE "ARITHMETIC"
#endif

long arithmetic_sum(int a, int b);
long arithmetic_difference(int a, int b);
long arithmetic_product(int a, int b);
