// SPDX-License-Identifier: GPL-2.0-only
/* The tree: provider; not written yet. */
#include "internal.h"

int tree_open(struct lab *lab, const char *path, struct lab_kernel **ret)
{
	return lab_fail(lab, -ENOSYS, "'tree:%s' is not supported yet; use 'debian/6.1'", path);
}
