// SPDX-License-Identifier: GPL-2.0-only
/* The provider for symbol-put.c: symbol_get() finds symbols for the GPL only. */
#define EXPORT_SUM EXPORT_SYMBOL_GPL
#define EXPORT_PRODUCT EXPORT_SYMBOL_GPL
#include "provider.h"

MODULE_DESCRIPTION("Alternative: a provider");
