// SPDX-License-Identifier: GPL-2.0-only
/* Growable strings and string vectors; see text.h for the rules. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return must(calloc(n ? n : 1, size ? size : 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	return must(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
	return s ? must(strdup(s)) : NULL;
}

char *xstrndup(const char *s, size_t n)
{
	return must(strndup(s, n));
}

char *xprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		abort();
	va_end(ap);
	return s;
}

void text_deinit(struct text *t)
{
	free(t->s);
	*t = (struct text)TEXT_INIT;
}

/* Room for @more bytes and the NUL; doubles, so that appending is linear over time. */
static void text_reserve(struct text *t, size_t more)
{
	size_t need = t->len + more + 1;

	if (need <= t->cap)
		return;
	t->cap = need > 2 * t->cap ? need + 31 : 2 * t->cap;
	t->s = xreallocarray(t->s, t->cap, 1);
}

void text_add(struct text *t, const void *data, size_t len)
{
	text_reserve(t, len);
	if (len)
		memcpy(t->s + t->len, data, len);
	t->len += len;
	t->s[t->len] = '\0';
}

void text_puts(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_vprintf(struct text *t, const char *fmt, va_list ap)
{
	char *s;
	int n = vasprintf(&s, fmt, ap);

	if (n < 0)
		abort();
	text_add(t, s, (size_t)n);
	free(s);
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(t, fmt, ap);
	va_end(ap);
}

void text_keep_tail(struct text *t, size_t max)
{
	if (t->len <= max)
		return;
	memmove(t->s, t->s + t->len - max, max + 1);
	t->len = max;
}

char *text_take(struct text *t)
{
	char *s = t->s ? t->s : xcalloc(1, 1);

	*t = (struct text)TEXT_INIT;
	return s;
}

int text_read_fd(struct text *t, int fd)
{
	for (;;) {
		text_reserve(t, 65536);
		ssize_t n = read(fd, t->s + t->len, t->cap - t->len - 1);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		t->len += (size_t)n;
		t->s[t->len] = '\0';
		if (n == 0)
			return 0;
	}
}

bool str_starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

bool str_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && !memcmp(s + n - m, suffix, m);
}

int str_number(const char *s, long long min, long long max, long long *ret)
{
	long long value;
	char *end;

	/* strtoll skips white space and takes a plus sign; a name is neither. */
	if (!isdigit((unsigned char)s[0]) &&
	    !(s[0] == '-' && isdigit((unsigned char)s[1])))
		return -EINVAL;
	errno = 0;
	value = strtoll(s, &end, 10);
	if (*end)
		return -EINVAL;
	if (errno || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment distance; three rows are enough. */
unsigned int str_distance(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	_cleanup_free_ unsigned int *rows = xcalloc(3 * (m + 1), sizeof(*rows));
	unsigned int *before = rows, *above = rows + m + 1, *row = rows + 2 * (m + 1);

	for (size_t j = 0; j <= m; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		unsigned int *spare = before;

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= m; j++) {
			unsigned int edit = a[i - 1] != b[j - 1];

			row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + edit);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = spare;
	}
	return above[m];
}

const char *str_nearer(const char *word, const char *best, const char *name)
{
	unsigned int limit = best ? str_distance(word, best) : 3;

	return str_distance(word, name) < limit ? name : best;
}

void strv_deinit(struct strv *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i]);
	free(v->v);
	*v = (struct strv)STRV_INIT;
}

void strv_take(struct strv *v, char *s)
{
	v->v = xreallocarray(v->v, v->n + 2, sizeof(*v->v));
	v->v[v->n++] = s;
	v->v[v->n] = NULL;
}

void strv_add(struct strv *v, const char *s)
{
	strv_take(v, xstrdup(s));
}

void strv_printf(struct strv *v, const char *fmt, ...)
{
	struct text t = TEXT_INIT;
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&t, fmt, ap);
	va_end(ap);
	strv_take(v, text_take(&t));
}

void strv_add_all(struct strv *v, char *const *from)
{
	for (; from && *from; from++)
		strv_add(v, *from);
}

void strv_add_lines(struct strv *v, char *text)
{
	char *save, *line;

	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		strv_add(v, line);
}

bool strv_contains(const struct strv *v, const char *s)
{
	for (size_t i = 0; i < v->n; i++)
		if (!strcmp(v->v[i], s))
			return true;
	return false;
}

static int by_version(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(struct strv *v)
{
	if (v->n > 1)
		qsort(v->v, v->n, sizeof(*v->v), by_version);
}

bool strv_sorted_contains(const struct strv *v, const char *s)
{
	return v->n && bsearch(&s, v->v, v->n, sizeof(*v->v), by_version);
}

char *strv_join(const struct strv *v, const char *sep)
{
	struct text t = TEXT_INIT;

	for (size_t i = 0; i < v->n; i++)
		text_printf(&t, "%s%s", i ? sep : "", v->v[i]);
	return text_take(&t);
}
