// SPDX-License-Identifier: GPL-2.0-only
/* Names of kernels: what they look like, which suites may have them, and suggestions for
 * a mistyped one. */
#include <ctype.h>
#include <string.h>

#include "internal.h"

#define BACKPORTS "-backports"

/* All suites that there are, newest first. No other place has to be changed when one
 * comes. */
static const struct {
	const char *suite;
	const char *alias; /* what it is called this year, or NULL */
	bool backports;
} debian_suites[] = {
	{"sid", "unstable", false},	     {"forky", "testing", false},
	{"trixie", "stable", true},	     {"bookworm", "oldstable", true},
	{"bullseye", "oldoldstable", false},
};

/* Where to look first for a series. One that is not here is looked for in all suites. */
static const struct {
	const char *series, *suite;
} series_hints[] = {
	{"5.10", "bullseye"},
	{"6.1", "bookworm"},
	{"6.12", "trixie"},
	{"7.2", "trixie" BACKPORTS},
};

#define N_SUITES (sizeof(debian_suites) / sizeof(debian_suites[0]))
#define N_HINTS	 (sizeof(series_hints) / sizeof(series_hints[0]))

void kernel_name_deinit(struct kernel_name *name)
{
	free(name->arg);
	name->arg = NULL;
}

/* "trixie", "stable", "trixie-backports"; NULL: no suite of ours. */
static char *suite_canonical(const char *s)
{
	size_t len = strlen(s);
	const char *tail = "";

	if (str_ends(s, BACKPORTS)) {
		tail = BACKPORTS;
		len -= strlen(BACKPORTS);
	}
	for (size_t i = 0; i < N_SUITES; i++) {
		const char *names[] = {debian_suites[i].suite, debian_suites[i].alias};

		for (int k = 0; k < 2; k++)
			if (strlen(names[k]) == len && !strncmp(s, names[k], len))
				return xprintf("%s%s", debian_suites[i].suite, tail);
	}
	return NULL;
}

char *kernel_series(const char *version)
{
	const char *p = version;

	if (!isdigit((unsigned char)*p))
		return NULL;
	while (isdigit((unsigned char)*p))
		p++;
	if (*p++ != '.' || !isdigit((unsigned char)*p))
		return NULL;
	while (isdigit((unsigned char)*p))
		p++;
	return xstrndup(version, (size_t)(p - version));
}

static bool is_version(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789.+~:-") == strlen(s);
}

static bool parse_debian(const char *arg, struct kernel_name *ret)
{
	_cleanup_free_ char *series = kernel_series(arg);
	char *suite = suite_canonical(arg);

	if (suite) {
		*ret = (struct kernel_name){NAME_SUITE, suite};
		return true;
	}
	if (!series || !is_version(arg))
		return false;
	ret->arg = xstrdup(arg);
	if (!strcmp(series, arg))
		ret->kind = NAME_SERIES;
	else if (str_ends(arg, "-" DEBIAN_ARCH))
		ret->kind = NAME_RELEASE;
	else
		ret->kind = NAME_VERSION;
	return true;
}

int kernel_name_parse(struct lab *lab, const char *name, struct kernel_name *ret)
{
	_cleanup_free_ char *near = NULL;

	if (!strcmp(name, "host")) {
		*ret = (struct kernel_name){NAME_HOST, NULL};
		return 0;
	}
	if (str_starts(name, "tree:") && name[5]) {
		*ret = (struct kernel_name){NAME_TREE, xstrdup(name + 5)};
		return 0;
	}
	if (str_starts(name, "debian/") && parse_debian(name + 7, ret))
		return 0;
	near = kernel_name_near(name, NULL);
	return lab_fail(lab, -EINVAL, "no kernel can have the name '%s'%s", name,
			*near ? near
			      : "; names look like 'debian/6.1', 'debian/trixie', "
				"'tree:PATH' or 'host'");
}

struct near_name {
	const char *name;
	unsigned int distance;
	size_t prefix;
};

static size_t common_prefix(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] && a[n] == b[n])
		n++;
	return n;
}

static int near_compare(const void *a, const void *b)
{
	const struct near_name *x = a, *y = b;

	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	if (x->prefix != y->prefix)
		return x->prefix > y->prefix ? -1 : 1;
	return strverscmp(x->name, y->name);
}

static void known_names(struct strv *names)
{
	for (size_t i = 0; i < N_HINTS; i++)
		strv_printf(names, "debian/%s", series_hints[i].series);
	for (size_t i = 0; i < N_SUITES; i++) {
		strv_printf(names, "debian/%s", debian_suites[i].suite);
		if (debian_suites[i].backports)
			strv_printf(names, "debian/%s" BACKPORTS, debian_suites[i].suite);
	}
	strv_add(names, "host");
}

char *kernel_name_near(const char *name, const struct strv *known)
{
	_cleanup_free_ char *bare = xprintf("debian/%s", name);
	_cleanup_free_ struct near_name *near = NULL;
	_cleanup_strv_ struct strv names = STRV_INIT;
	size_t n = 0;

	known_names(&names);
	for (size_t i = 0; known && i < known->n; i++)
		if (!strv_contains(&names, known->v[i]))
			strv_add(&names, known->v[i]);
	near = xcalloc(names.n, sizeof(*near));
	for (size_t i = 0; i < names.n; i++) {
		unsigned int d = str_distance(name, names.v[i]);
		unsigned int e = str_distance(bare, names.v[i]);
		bool whole = d <= e;

		if (d == 0)
			return xstrdup(""); /* it is spelt right */
		if ((whole ? d : e) <= 2)
			near[n++] = (struct near_name){
				names.v[i], whole ? d : e,
				common_prefix(whole ? name : bare, names.v[i])};
	}
	if (!n)
		return xstrdup("");
	qsort(near, n, sizeof(*near), near_compare);
	if (n > 1 && near[1].distance == near[0].distance)
		return xprintf("; did you mean '%s' or '%s'?", near[0].name,
			       near[1].name);
	return xprintf("; did you mean '%s'?", near[0].name);
}

/* How Debian sorts the characters between numbers: '~' comes before the end of the text,
 * letters before all others. */
static int weight(char c)
{
	if (c == '~')
		return -1;
	if (!c || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? (unsigned char)c : (unsigned char)c + 256;
}

static int compare_part(const char *a, const char *b)
{
	while (*a || *b) {
		size_t la, lb;
		int c;

		while ((*a && !isdigit((unsigned char)*a)) ||
		       (*b && !isdigit((unsigned char)*b))) {
			c = weight(*a) - weight(*b);
			if (c)
				return c;
			a++;
			b++;
		}
		a += strspn(a, "0");
		b += strspn(b, "0");
		la = strspn(a, "0123456789");
		lb = strspn(b, "0123456789");
		c = la != lb ? (la < lb ? -1 : 1) : strncmp(a, b, la);
		if (c)
			return c;
		a += la;
		b += lb;
	}
	return 0;
}

int kernel_version_compare(const char *a, const char *b)
{
	long ea = strchr(a, ':') ? strtol(a, NULL, 10) : 0;
	long eb = strchr(b, ':') ? strtol(b, NULL, 10) : 0;
	const char *pa = strchr(a, ':') ? strchr(a, ':') + 1 : a;
	const char *pb = strchr(b, ':') ? strchr(b, ':') + 1 : b;
	const char *ra = strrchr(pa, '-'), *rb = strrchr(pb, '-');
	_cleanup_free_ char *ua = xstrndup(pa, ra ? (size_t)(ra - pa) : strlen(pa));
	_cleanup_free_ char *ub = xstrndup(pb, rb ? (size_t)(rb - pb) : strlen(pb));
	int c;

	if (ea != eb)
		return ea < eb ? -1 : 1;
	c = compare_part(ua, ub);
	return c ? c : compare_part(ra ? ra + 1 : "", rb ? rb + 1 : "");
}

static void add_once(struct strv *v, const char *s)
{
	if (!strv_contains(v, s))
		strv_add(v, s);
}

void debian_suites_for(const struct kernel_name *name, struct strv *ret)
{
	_cleanup_free_ char *series = NULL;

	if (name->kind == NAME_SUITE) {
		strv_add(ret, name->arg);
		return;
	}
	series = kernel_series(name->arg);
	for (size_t i = 0; i < N_HINTS; i++)
		if (!strcmp(series, series_hints[i].series))
			add_once(ret, series_hints[i].suite);
	/* The backports are looked at together with their base suite. */
	for (size_t i = 0; i < N_SUITES; i++) {
		_cleanup_free_ char *suite =
			xprintf("%s%s", debian_suites[i].suite,
				debian_suites[i].backports ? BACKPORTS : "");

		add_once(ret, suite);
	}
}
