/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef KMLAB_SYMBOLS_COMPAT_H
#define KMLAB_SYMBOLS_COMPAT_H

#include <linux/export.h>
#include <linux/module.h>
#include <linux/version.h>

/*
 * The namespace was a bare word, which the macros turned into text; since Linux 6.13 it
 * is the text itself. Nothing but the version tells the two apart.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
#define EXPORT_SYMBOL_TO(symbol, space) EXPORT_SYMBOL_NS_GPL(symbol, space)
#define IMPORT_FROM(space)	 MODULE_IMPORT_NS(space)
#else
#define EXPORT_SYMBOL_TO(symbol, space) EXPORT_SYMBOL_NS_GPL(symbol, #space)
#define IMPORT_FROM(space)	 MODULE_IMPORT_NS(#space)
#endif

#endif /* KMLAB_SYMBOLS_COMPAT_H */
