// SPDX-License-Identifier: GPL-2.0-only
/* lib/text: growth, binary bytes, numbers, near names. */
#include <stdlib.h>

#include "text.h"

#include "tap.h"

static void test_text(void)
{
	struct text t = TEXT_INIT;
	char *s;

	for (int i = 0; i < 1000; i++)
		text_printf(&t, "%d,", i % 10);
	is_int(t.len, 2000, "a thousand appends");
	text_add(&t, "a\0b", 3);
	ok(t.len == 2003 && t.s[2001] == '\0' && t.s[2002] == 'b', "NUL bytes are kept");
	text_keep_tail(&t, 2);
	ok(t.len == 2 && t.s[1] == 'b' && t.s[2] == '\0', "the tail is kept");
	s = text_take(&t);
	ok(s && !t.s && !t.len, "taken, and empty again");
	free(s);
	s = text_take(&t);
	is_str(s, "", "an empty text is an empty string");
	free(s);
}

static void test_numbers(void)
{
	long long n = -1;

	is_int(str_number("42", 0, 100, &n), 0, "a number");
	is_int(n, 42, "its value");
	is_int(str_number("-3", -5, 5, &n), 0, "a negative one");
	is_int(str_number("101", 0, 100, &n), -ERANGE, "too large");
	is_int(str_number("99999999999999999999", 0, 100, &n), -ERANGE, "far too large");
	is_int(str_number("4x", 0, 100, &n), -EINVAL, "rubbish behind");
	is_int(str_number(" 4", 0, 100, &n), -EINVAL, "blank before");
	is_int(str_number("+4", 0, 100, &n), -EINVAL, "plus sign");
	is_int(str_number("", 0, 100, &n), -EINVAL, "nothing");
	is_int(n, -3, "untouched on failure");
}

static void test_distance(void)
{
	is_int(str_distance("run", "run"), 0, "equal");
	is_int(str_distance("debain", "debian"), 1, "two letters swapped are one edit");
	is_int(str_distance("trxie", "trixie"), 1, "one missing");
	is_int(str_distance("", "abc"), 3, "from nothing");
	is_int(str_distance("kitten", "sitting"), 3, "the classic");
	is_str(str_nearer("rnu", NULL, "run"), "run", "a name that is near");
	is_str(str_nearer("lst", "last", "list"), "last", "the first of two as near");
	is_str(str_nearer("kmlba", "kml", "kmlab"), "kmlab", "a nearer one");
	ok(!str_nearer("xyz", NULL, "run"), "none is near");
}

static void test_strv(void)
{
	struct strv v = STRV_INIT;
	char lines[] = "k-6.11\n\nk-5.15\nk-6.2", *joined;

	ok(!strv_sorted_contains(&v, "k-6.1"), "nothing is in an empty one");
	strv_add(&v, "k-6.12");
	strv_add(&v, "k-6.1");
	strv_printf(&v, "k-%d.%d", 5, 10);
	strv_sort(&v);
	joined = strv_join(&v, " ");
	is_str(joined, "k-5.10 k-6.1 k-6.12", "sorted as versions");
	ok(strv_contains(&v, "k-6.1") && !strv_contains(&v, "k-6"), "contains");
	ok(!v.v[3], "ends with NULL");
	free(joined);
	strv_add_lines(&v, lines);
	strv_sort(&v);
	joined = strv_join(&v, " ");
	is_str(joined, "k-5.10 k-5.15 k-6.1 k-6.2 k-6.11 k-6.12",
	       "lines, without empty ones");
	ok(strv_sorted_contains(&v, "k-6.2") && !strv_sorted_contains(&v, "k-6.02"),
	   "found in the sorted ones");
	free(joined);
	strv_deinit(&v);
	ok(!v.v && !v.n, "empty after deinit");
}

int main(void)
{
	test_text();
	test_numbers();
	test_distance();
	test_strv();
	ok(str_ends("x.ko", ".ko") && !str_ends("ko", ".ko"), "str_ends");
	return tap_done();
}
