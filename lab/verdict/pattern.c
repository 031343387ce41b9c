// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stddef.h>

#include "pattern.h"

static const char *skip_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

/* Goes back to the last '*' only, so the time is bounded by the product of lengths. */
bool pattern_match(const char *pattern, const char *s)
{
	const char *star = NULL, *from = NULL;

	while (*pattern) {
		if (*pattern == '*') {
			star = ++pattern;
			from = s;
		} else if (*pattern == '%' && isdigit((unsigned char)*s)) {
			pattern++;
			s = skip_digits(s);
		} else if (*pattern == *s && *s && *pattern != '%') {
			pattern++;
			s++;
		} else if (star && *from) {
			pattern = star;
			s = ++from;
		} else {
			return false;
		}
	}
	return true;
}
