// SPDX-License-Identifier: GPL-2.0-only
#include "symbolize.h"

struct symbolizer {
	int unused;
};

struct symbolizer *symbolizer_create(void)
{
	return xcalloc(1, sizeof(struct symbolizer));
}

void symbolizer_destroy(struct symbolizer *s)
{
	free(s);
}

void symbolizer_add(struct symbolizer *s, const char *name, const char *path)
{
}

void symbolizer_sections(struct symbolizer *s, const struct lab_section *v, size_t n)
{
}

const struct lab_section *symbolizer_owner(struct symbolizer *s, unsigned long long address)
{
	return NULL;
}

void symbolizer_event(struct symbolizer *s, struct lab_event *event)
{
}

bool symbolizer_address(struct symbolizer *s, unsigned long long address, bool call,
			struct lab_frame *ret)
{
	return false;
}

bool symbolizer_has(struct symbolizer *s, const char *module, const char *symbol)
{
	return true;
}
