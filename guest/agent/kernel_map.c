// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where the kernel keeps its list of modules, for the host, which looks for itself once
 * the job is over. Asked before the save, when nothing of the job's has run yet.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"

#include "guest/leftovers/btf.h"
#include "steps.h"

/* "  01000000-01ffffff : Kernel code" */
static uint64_t physical_text(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/iomem", "re");
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (strstr(line, ": Kernel code"))
			return strtoull(line, NULL, 16);
	return 0;
}

static uint32_t count_modules(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/modules", "re");
	char line[512];
	uint32_t n = 0;

	while (f && fgets(line, sizeof(line), f))
		n++;
	return n;
}

/* The kernel shows the flag only where it uses five levels. */
static uint32_t page_levels(void)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/cpuinfo", "re");
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, "flags", 5))
			return strstr(line, " la57") ? 5 : 4;
	return 4;
}

static uint32_t offset(const struct btf *btf, const char *member)
{
	int at = btf_member(btf, "module", member);

	return at < 0 ? 0 : (uint32_t)at;
}

void kernel_map(struct proto_kernel_map *ret)
{
	struct symbol symbols[] = {{"_text", 0}, {"init_top_pgt", 0}, {"modules", 0}};
	struct btf *btf = btf_open();

	symbols_find(symbols, 3);
	*ret = (struct proto_kernel_map){
		.text = symbols[0].address,
		.text_physical = physical_text(),
		.page_tables = symbols[1].address,
		.modules = symbols[2].address,
		.levels = page_levels(),
		.loaded = count_modules(),
		.state_at = offset(btf, "state"),
		.list_at = offset(btf, "list"),
		.name_at = offset(btf, "name"),
	};
	btf_close(btf);
}
