// SPDX-License-Identifier: GPL-2.0-only
/* The guests inside the program; see builtin.h. The build links the files in unchanged,
 * and ld names the symbols for their begin and end after them. */
#include <string.h>

#include "builtin.h"

/* clang-format off */
#define GUESTS(guest)                                                                    \
	guest(hello, "every hypercall once")                                             \
	guest(neo, "computes primes for ever")                                           \
	guest(morpheus, "follows 3n + 1 for ever")                                       \
	guest(spinner, "never leaves by itself")                                         \
	guest(chatty, "does I/O all the time")                                           \
	guest(sleeper, "sleeps 10 ms, works a little, for ever")                         \
	guest(mixed, "computes, talks and sleeps by turns")                              \
	guest(walker, "walks through memory and asks where it is")                       \
	guest(bad_wild, "wild pointers to every hypercall")                              \
	guest(bad_string, "strings without an end")                                      \
	guest(bad_pointer, "a write to where nothing is mapped")                         \
	guest(bad_triple, "a triple fault")                                              \
	guest(bad_jump, "a jump to where no memory is")                                  \
	guest(bad_mmio, "reads and writes where no memory is")                           \
	guest(bad_flood, "every port, every width, for ever")

#define DECLARE(name, summary)                                                           \
	extern const char _binary_##name##_start[], _binary_##name##_end[];
#define ENTRY(name, summary)                                                             \
	{#name, summary, _binary_##name##_start, _binary_##name##_end},
/* clang-format on */

GUESTS(DECLARE)

bool builtin_guest(size_t i, struct builtin_guest *ret)
{
	static const struct {
		const char *name, *summary, *start, *end;
	} table[] = {GUESTS(ENTRY)};

	if (i >= sizeof(table) / sizeof(*table))
		return false;
	*ret = (struct builtin_guest){table[i].name, table[i].summary, table[i].start,
				      (size_t)(table[i].end - table[i].start)};
	return true;
}

bool builtin_guest_find(const char *name, struct builtin_guest *ret)
{
	for (size_t i = 0; builtin_guest(i, ret); i++)
		if (!strcmp(ret->name, name))
			return true;
	return false;
}
