// SPDX-License-Identifier: GPL-2.0-only
/* The consumer of those pairs whose provider is what differs. */
#include "consumer.h"

MODULE_DESCRIPTION("Alternative: a consumer");
