// SPDX-License-Identifier: GPL-2.0-only
/* Changes the kernel's settings: core_pattern alone would run a program as root. */
#include "attack.h"

int main(void)
{
	static const char *const files[] = {"/proc/sys/kernel/core_pattern",
					    "/proc/sys/kernel/modprobe",
					    "/proc/sys/kernel/hotplug",
					    "/proc/sys/kernel/hostname",
					    "/proc/sys/kernel/sysrq",
					    "/proc/sysrq-trigger",
					    "/proc/sys/kernel/usermodehelper/bset",
					    "/proc/sys/vm/drop_caches",
					    "/proc/sys/vm/overcommit_memory",
					    "/proc/sys/fs/binfmt_misc/register",
					    "/proc/sys/fs/file-max",
					    "/proc/sys/net/ipv4/ip_forward",
					    "/proc/sys/net/ipv4/ping_group_range",
					    "/proc/sys/kernel/shmmax",
					    "/proc/sys/user/max_user_namespaces",
					    "/proc/sys/kernel/ns_last_pid",
					    "/proc/irq/default_smp_affinity",
					    "/proc/mtrr",
					    "/proc/scsi/scsi",
					    "/proc/acpi/wakeup",
					    "/proc/bus/pci/00/00.0",
					    "/proc/fs/nfsd/threads",
					    "/sys/kernel/uevent_helper",
					    "/sys/power/state",
					    "/sys/fs/cgroup/cgroup.procs",
					    "/sys/kernel/mm/ksm/run"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		way(opens(files[i], O_WRONLY), "writing %s", files[i]);
		way(chmod(files[i], 0666) == 0, "chmod of %s", files[i]);
	}
	return attack_done();
}
