// SPDX-License-Identifier: GPL-2.0-only
/* The host provider; not written yet. */
#include "internal.h"

int host_open(struct lab *lab, const char *prefix, struct lab_kernel **ret)
{
	return lab_fail(lab, -ENOSYS, "'host' is not supported yet; use 'debian/6.1'");
}
