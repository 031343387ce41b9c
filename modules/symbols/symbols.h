/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the provider offers. Both sides include this: the consumer needs the prototypes,
 * and the compiler checks them against the definitions. An exported function without a
 * prototype is a warning (-Wmissing-prototypes, on by default since Linux 6.8).
 *
 * Any module may be the caller, in any context: nothing here sleeps or takes a lock.
 */
#ifndef KMLAB_SYMBOLS_H
#define KMLAB_SYMBOLS_H

long symbols_sum(int a, int b); /* for every module */
long symbols_difference(int a, int b); /* for GPL-compatible modules */
long symbols_product(int a, int b); /* the same, and they have to import KMLAB_SYMBOLS */

#endif /* KMLAB_SYMBOLS_H */
