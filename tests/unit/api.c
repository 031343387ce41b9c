// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which change of the kernel is behind a compiler's complaint. The complaints are those
 * that gcc, clang and modpost made of small modules with one fault each, built for 5.10,
 * 6.1, 6.12 and 7.2. In api/: "@ KERNEL COMPILER WHEN RELEASE", then their words.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fs.h"
#include "verdict/api_change.h"

#include "tap.h"

static const struct api_change *const tables[] = {api_core, api_driver, api_time, api_fs,
						  api_mm,   api_net,	api_block};

static struct strv seen;

static char *hint_of(const char *words, const char *release)
{
	char *hint = NULL;

	for (;;) {
		_cleanup_complaint_ struct complaint c = {0};

		if (hint || !complaint_next(&words, "/src", &c))
			return hint;
		hint = api_change_find(&c, release);
	}
}

/* A release on the other side of the change: its API is not this kernel's. */
static char *other_side(const char *when, const char *release)
{
	unsigned int major, minor;

	if (!strcmp(when, "before"))
		return xstrdup(release);
	if (str_starts(release, "2.6."))
		return xstrdup("2.6");
	if (sscanf(release, "%u.%u", &major, &minor) != 2)
		abort();
	return minor ? xprintf("%u.%u", major, minor - 1) : xprintf("%u.99", major - 1);
}

static void test_block(const char *head, const char *words)
{
	char kernel[16], compiler[16], when[16], release[16];
	_cleanup_free_ char *hint = NULL, *want = NULL, *name = NULL, *other = NULL,
			    *wrong = NULL;

	if (sscanf(head, "@ %15s %15s %15s %15s", kernel, compiler, when, release) != 4)
		abort();
	want = xprintf("%s %s ", when, release);
	name = xprintf("%s on %s: %.*s", compiler, kernel, (int)strcspn(words, "\n"),
		       words);
	hint = hint_of(words, kernel);
	if (!ok(hint && str_starts(hint, want), name))
		printf("# got '%s', want '%s'\n", hint ? hint : "", want);
	if (hint)
		strv_add(&seen, hint);
	other = other_side(when, release);
	wrong = hint_of(words, other);
	if (wrong && str_starts(wrong, want))
		ok(false, other);
}

static void test_file(const char *file)
{
	_cleanup_free_ char *path = xprintf("%s/tests/unit/api/%s", KMLAB_SOURCE, file);
	_cleanup_free_ char *text = NULL, *head = NULL;
	_cleanup_text_ struct text words = TEXT_INIT;
	char *line, *save;

	if (!ok(fs_read_file(path, &text, NULL) == 0, file))
		return;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '#')
			continue;
		if (line[0] != '@') {
			text_printf(&words, "%s\n", line);
			continue;
		}
		if (head)
			test_block(head, words.s);
		text_deinit(&words);
		free(head);
		head = xstrdup(line);
	}
	if (head)
		test_block(head, words.s);
}

static bool was_seen(const char *sentence)
{
	for (size_t i = 0; i < seen.n; i++)
		if (!sentence || str_ends(seen.v[i], sentence))
			return true;
	return false;
}

/* Every sentence of the tables was somebody's hint. */
static void test_tables(void)
{
	size_t n = 0, unseen = 0;

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct api_change *a = tables[i]; a->gone; a++, n++) {
			const char *miss = !was_seen(a->since)	  ? a->since
					   : !was_seen(a->before) ? a->before
								  : NULL;

			unseen += miss != NULL;
			if (miss)
				printf("# never: %s\n", miss);
		}
	is_int((long long)api_change_count(), (long long)n, "all tables are searched");
	ok(n >= 60, "at least sixty changes are known");
	is_int((long long)unseen, 0, "each of them was recognised by a compiler's words");
}

static void hint_is(const char *words, const char *release, const char *want,
		    const char *name)
{
	_cleanup_free_ char *hint = hint_of(words, release);

	is_str(hint, want, name);
}

static void test_others(void)
{
	hint_is("/src/a.c:3:2: error: implicit declaration of function "
		"'my_timer_delete'; "
		"did you mean 'timer_delete'? [-Werror]\n",
		"5.10.0", NULL, "a name that the compiler proposes is not the user's");
	hint_is("/src/a.c:3:2: error: implicit declaration of function 'del_timer2'\n",
		"7.2.1", NULL, "nor is a longer name");
	hint_is("/src/a.c:3:2: error: \u2018del_timer\u2019 undeclared here\n",
		"6.15.0-rc1", "since 6.15 del_timer() is timer_delete()",
		"quotes of another locale");
	hint_is("/src/a.c:3:2: error: initialization of 'void (*)(struct platform_device "
		"*)' from incompatible pointer type 'int (*)(struct device *)'\n"
		"    3 |  .remove = f,\n",
		"7.2.1", NULL,
		"a function that never was right is no change of the kernel");
	hint_is("/src/a.c:3:2: error: too many arguments to function 'class_create'\n",
		"unknown", NULL, "a kernel without a number");
}

static void place_is(const char *words, const char *want, const char *name)
{
	_cleanup_complaint_ struct complaint c = {0};
	_cleanup_free_ char *place = NULL;

	ok(complaint_next(&words, "/src", &c), name);
	place = complaint_place(&c);
	is_str(place, want, name);
}

static void test_places(void)
{
	const char *none = "make: nothing\n/src/a.c:1:1: warning: w [-Wx]\n";
	_cleanup_complaint_ struct complaint c = {0};

	place_is("/src/a.c:1:1: warning: error: no\n/src/sub/b.c:12:5: error: x\n",
		 "b.c:12", "the first error");
	place_is("/usr/src/linux/include/linux/init.h:174:22: error: passing argument\n"
		 "  174 | #define THIS_MODULE (&__this_module)\n"
		 "/src/a.c:6:40: note: in expansion of macro 'THIS_MODULE'\n",
		 "a.c:6", "in a macro of a header: where it is used");
	place_is("In file included from /usr/src/linux/include/linux/x.h:3,\n"
		 "                 from /src/own.h:7,\n"
		 "                 from /src/a.c:1:\n"
		 "/usr/src/linux/include/linux/y.h:9:1: error: #error no\n",
		 "own.h:7", "in a header: where it is included");
	place_is("/usr/src/linux/include/linux/y.h:9:1: error: #error no\n", "y.h:9",
		 "in a header that nobody included");
	place_is("a.o: error: objtool: f(): x\n", "a.o", "objtool knows no line");
	place_is("ERROR: modpost: \"f\" [a.ko] undefined!\n", NULL, "modpost no file");
	ok(!complaint_next(&none, "/src", &c), "no error, no complaint");
}

int main(void)
{
	test_file("gcc.log");
	test_file("clang.log");
	test_file("other.log");
	test_tables();
	test_others();
	test_places();
	strv_deinit(&seen);
	return tap_done();
}
