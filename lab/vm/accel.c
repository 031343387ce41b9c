// SPDX-License-Identifier: GPL-2.0-only
/* Which accelerator: a KVM device that opens proves nothing, so it is tried. */
#include <string.h>

#include "vm.h"

const char *accel_name(enum lab_accel accel)
{
	return accel == LAB_ACCEL_KVM ? "kvm" : "tcg";
}

int lab_accel_probe(struct lab *lab, bool refresh, struct lab_accel_probe *ret)
{
	*ret = (struct lab_accel_probe){ .accel = LAB_ACCEL_TCG,
					 .reason = xstrdup("not probed yet") };
	return 0;
}
