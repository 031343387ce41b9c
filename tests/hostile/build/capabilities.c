// SPDX-License-Identifier: GPL-2.0-only
/* Has or regains a capability. */
#include "attack.h"
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

static bool zero(const char *name)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "r");
	bool seen = false;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			seen = !strtoull(line + strlen(name), NULL, 16);
	return seen;
}

int main(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2],
		all[2] = {{~0U, ~0U, ~0U}, {~0U, ~0U, ~0U}};
	struct __user_cap_data_struct own[2] = {{0, 1, 1}, {0, 0, 0}};

	way(syscall(SYS_capget, &head, data) < 0 ||
		    data[0].permitted | data[0].effective | data[0].inheritable |
			    data[1].permitted | data[1].effective,
	    "capget");
	way(!zero("CapPrm:") || !zero("CapEff:") || !zero("CapBnd:") ||
		    !zero("CapAmb:") || !zero("CapInh:"),
	    "status");
	for (int cap = 0; cap < 41; cap++) {
		way(prctl(PR_CAPBSET_READ, cap) == 1, "the bounding set: %d", cap);
		way(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) == 0,
		    "ambient %d", cap);
	}
	way(syscall(SYS_capset, &head, all) == 0, "capset of all");
	way(syscall(SYS_capset, &head, own) == 0, "capset of one");
	way(prctl(PR_SET_SECUREBITS, 0) == 0, "securebits");
	way(prctl(PR_SET_KEEPCAPS, 1) == 0 && setuid(0) == 0, "keepcaps");
	way(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1, "no_new_privs");
	way(prctl(PR_GET_SECCOMP) != 2, "no seccomp filter");
	return attack_done();
}
