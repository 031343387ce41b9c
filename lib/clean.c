// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <string.h>

#include "clean.h"

/* Decodes one character; 0 when the bytes are not UTF-8 (overlong, surrogate, cut). */
static size_t decode(const unsigned char *s, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : 4;
	uint32_t c = n == 1 ? s[0] : s[0] & (0xff >> (n + 1));

	if (s[0] >= 0xf8 || (s[0] & 0xc0) == 0x80)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	*ret = c;
	return n;
}

/* Invisible, or able to make a line say something else than its bytes. */
static bool is_harmful(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfeff ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || (c & 0xfffe) == 0xfffe;
}

static const char *entity(uint32_t c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&apos;";
	}
	return NULL;
}

static void add_char(struct text *t, const char *s, size_t len, uint32_t c,
		     enum clean_flags flags)
{
	if (c == '\t' && !(flags & CLEAN_LINES))
		text_puts(t, " ");
	else if ((c == '\n' || c == '\t') && (flags & CLEAN_LINES))
		text_add(t, s, len);
	else if (c < 0x80 && is_harmful(c))
		text_printf(t, "\\x%02x", c);
	else if (is_harmful(c))
		text_printf(t, "\\u{%x}", c);
	else if ((flags & CLEAN_XML) && entity(c))
		text_puts(t, entity(c));
	else
		text_add(t, s, len);
}

void text_add_clean(struct text *t, const char *s, enum clean_flags flags)
{
	uint32_t c = 0;
	size_t len;

	for (; s && *s; s += len) {
		len = decode((const unsigned char *)s, &c);
		if (len) {
			add_char(t, s, len, c, flags);
			continue;
		}
		text_printf(t, "\\x%02x", (unsigned char)*s);
		len = 1;
	}
}

char *clean(const char *s, enum clean_flags flags)
{
	struct text t = TEXT_INIT;

	text_add_clean(&t, s, flags);
	return text_take(&t);
}
