// SPDX-License-Identifier: GPL-2.0-only
/* The provider of those pairs whose consumer is what differs. */
#include "provider.h"

MODULE_DESCRIPTION("Alternative: a provider");
