// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "pattern.h"

static const char *skip_digits(const char *s)
{
	while (isdigit((unsigned char)*s))
		s++;
	return s;
}

/* Where it may go on behind a star: most lines have no such place. */
static const char *skip_to(char c, const char *s)
{
	return c == '*' || c == '%' ? s : strchr(s, c);
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
			s = from = skip_to(*star, from + 1);
			if (!s)
				return false;
		} else {
			return false;
		}
	}
	return true;
}
