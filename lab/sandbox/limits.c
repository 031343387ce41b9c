// SPDX-License-Identifier: GPL-2.0-only
/* How much a command may take: defaults, and what the user says instead. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

static uint64_t machine_memory(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 4 * GIB;
}

struct lab_limits lab_limits_fill(const struct lab_limits *given)
{
	struct lab_limits l = *given;

	if (!l.time_s)
		l.time_s = 30 * 60;
	if (!l.processes)
		l.processes = 1000;
	if (!l.memory)
		l.memory = machine_memory() / 2;
	if (!l.disk)
		l.disk = 8 * GIB;
	if (!l.output)
		l.output = 32 * MIB;
	return l;
}

/* A whole number and at most one of @letters, which stand for @factors. */
static int parse(const char *text, const char *letters, const uint64_t *factors,
		 uint64_t most, uint64_t *ret)
{
	char *end = (char *)text;
	unsigned long long value = 0;
	const char *letter;
	uint64_t factor = 1;

	errno = 0;
	if (*text >= '0' && *text <= '9')
		value = strtoull(text, &end, 10);
	if (end == text || errno || !value)
		return -EINVAL;
	if (*end) {
		letter = strchr(letters, *end);
		if (!letter || end[1])
			return -EINVAL;
		factor = factors[letter - letters];
	}
	if (value > most / factor)
		return -EINVAL;
	*ret = value * factor;
	return 0;
}

int lab_limits_parse(const char *word, struct lab_limits *limits)
{
	static const uint64_t spans[] = {1, 60, 3600};
	static const uint64_t sizes[] = {1ULL << 10, MIB, GIB, 1ULL << 10, MIB, GIB};
	struct {
		const char *name;
		uint64_t *size;
	} const fields[] = {{"memory=", &limits->memory},
			    {"disk=", &limits->disk},
			    {"output=", &limits->output}};
	uint64_t value;

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (str_starts(word, fields[i].name))
			return parse(word + strlen(fields[i].name), "KMGkmg", sizes,
				     UINT64_MAX / 2, fields[i].size);
	if (str_starts(word, "time=") &&
	    !parse(word + 5, "smh", spans, 365 * 86400, &value)) {
		limits->time_s = (unsigned int)value;
		return 0;
	}
	if (str_starts(word, "processes=") &&
	    !parse(word + 10, "", spans, 1 << 22, &value)) {
		limits->processes = (unsigned int)value;
		return 0;
	}
	return -EINVAL;
}
