/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/module.h>
#include <linux/version.h>

/* Text since Linux 6.13, a bare word before. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define SPACE ARITHMETIC
#else
#define SPACE "ARITHMETIC"
#endif

enum operation { SUM, DIFFERENCE, PRODUCT, OPERATIONS };

/* For everybody: what there is. */
extern const char *const arithmetic_names[OPERATIONS];
/* For GPL-compatible modules: how often it was used. */
extern int arithmetic_calls;
/* For those who import the namespace: the functions, themselves not exported. */
extern long (*const arithmetic_table[OPERATIONS])(int a, int b);
