/* SPDX-License-Identifier: GPL-2.0-only */
/* Where symbols are, as the kernel's own table says. Include <stdio.h> first. */
#ifndef TESTS_KALLSYMS_H
#define TESTS_KALLSYMS_H

#include <stdlib.h>
#include <string.h>

struct symbol {
	const char *name;
	unsigned long long address; /* 0: not found, or hidden */
};

/*
 * Fills in all of them in one pass: the kernel needs its time to print 200000 lines. The
 * first of several with one name counts.
 */
static inline void find_in_kallsyms(struct symbol *symbols, int n)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[1024];

	while (file && fgets(line, sizeof(line), file)) {
		char *name = strchr(line, ' ');

		if (!name || strlen(name) < 4)
			continue;
		name += 3; /* behind the letter of the type */
		name[strcspn(name, "\t\n")] = '\0';
		for (int i = 0; i < n; i++)
			if (!symbols[i].address && !strcmp(symbols[i].name, name))
				symbols[i].address = strtoull(line, NULL, 16);
	}
	if (file)
		fclose(file);
}

#endif /* TESTS_KALLSYMS_H */
