// SPDX-License-Identifier: GPL-2.0-only
/* Learns kernel addresses, which would break its address randomisation for an exploit. */
#include "attack.h"

static bool has_address(const char *path)
{
	char line[512];
	unsigned long address;
	FILE *f = fopen(path, "r");
	bool found = false;

	while (f && fgets(line, sizeof(line), f) && !found)
		found = sscanf(line, "%lx", &address) == 1 && address > 1UL << 63;
	if (f)
		fclose(f);
	return found;
}

static bool reads(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	char byte;

	return fd >= 0 && read(fd, &byte, 1) == 1;
}

int main(void)
{
	static const char *const closed[] = {
		"/proc/kcore",	       "/proc/kmsg",	    "/proc/iomem/x",
		"/proc/slabinfo",      "/proc/vmallocinfo", "/proc/timer_list",
		"/proc/pagetypeinfo",  "/proc/kpagecgroup", "/proc/kpageflags",
		"/proc/kpagecount",    "/proc/1/stack",	    "/sys/kernel/debug",
		"/sys/kernel/tracing", "/sys/module",	    "/proc/self/stack"};

	way(has_address("/proc/kallsyms"), "kallsyms");
	way(has_address("/proc/modules"), "modules");
	for (size_t i = 0; i < sizeof(closed) / sizeof(*closed); i++)
		way(reads(closed[i]), "%s", closed[i]);
	return attack_done();
}
