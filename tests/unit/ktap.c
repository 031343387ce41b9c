// SPDX-License-Identifier: GPL-2.0-only
/* lib/ktap: nesting, plans, directives, and what must not count as a pass. */
#include "ktap.h"

#include "tap.h"

static struct ktap k;

static void parse(const char *text)
{
	ktap_deinit(&k);
	ktap_init(&k);
	ktap_text(&k, text);
	ktap_finish(&k);
}

static void test_flat(void)
{
	parse("KTAP version 1\n1..3\nok 1 - a\n# note\nnot ok 2 b\nok 3 c # SKIP no "
	      "disk\n");
	is_int(k.n, 3, "three results");
	is_str(k.tests[0].name, "a", "the dash is no part of the name");
	is_int(k.tests[1].status, KTAP_FAIL, "a failure");
	is_str(k.tests[1].diagnostic, "# note\n", "the lines before it");
	is_int(k.tests[2].status, KTAP_SKIP, "a skip");
	is_str(k.tests[2].name, "c", "without its directive");
	ok(!k.problem && !ktap_passed(&k), "well-formed, but failed");
	parse("1..2\nok 1\nok 2 # TODO later\n");
	ok(ktap_passed(&k), "todo is no failure");
	is_str(k.tests[0].name, "1", "a nameless test has its number");
	parse("1..1\nok 1 fd #3 is open\n");
	is_str(k.tests[0].name, "fd #3 is open", "a hash is not always a directive");
}

/* KTAP has a failure's comments before it, TAP behind it. */
static void test_comments(void)
{
	parse("1..3\nnot ok 1 a\n# of a\n#  too\nok 2 b\n# of c\nnot ok 3 c\n# lost\n");
	is_str(k.tests[0].diagnostic, "# of a\n#  too\n", "the lines behind a failure");
	ok(!k.tests[1].diagnostic, "are not those of the next result");
	is_str(k.tests[2].diagnostic, "# of c\n", "unless it had some before it");
	parse("1..3\nok 1 a\n# of b\nnot ok 2 b\n# of c\nnot ok 3 c\n");
	is_str(k.tests[2].diagnostic, "# of c\n",
	       "then the next ones are the next one's");
	parse("1..2\ntalk\nnot ok 1 a\n# of a\ntalk\n# of b\nok 2 b\n");
	is_str(k.tests[0].diagnostic, "talk\n# of a\n", "what a program prints is both");
	is_str(k.tests[1].diagnostic, "talk\n# of b\n", "and ends the comments");
}

static void test_nested(void)
{
	parse("KTAP version 1\n1..2\n    KTAP version 1\n    1..2\n    ok 1 x\n"
	      "    not ok 2 y\nnot ok 1 first\nok 2 second\n");
	is_int(k.n, 3, "subtests and one plain test");
	is_str(k.tests[0].name, "first/x", "names are joined");
	is_str(k.tests[1].name, "first/y", "for all of them");
	ok(!k.problem, "each level had its plan");
	parse("1..1\n    1..1\n    ok 1 x\nnot ok 1 parent\n");
	is_int(k.n, 2, "a parent that fails alone is listed");
	ok(!ktap_passed(&k), "and fails the whole");
	parse("1..1\n    1..2\n    ok 1 x\nok 1 parent\n");
	ok(k.problem && !ktap_passed(&k), "a short subtest is no pass");
}

static void test_broken(void)
{
	parse("ok 1 a\nok 2 b\n");
	ok(k.problem && !ktap_passed(&k), "no plan is no pass");
	parse("1..3\nok 1 a\n");
	ok(k.problem && !ktap_passed(&k), "broken off is no pass");
	parse("1..1\nok 2 a\n");
	ok(k.problem, "a number out of order");
	parse("1..2\nok 1 a\nBail out! no device\n");
	ok(k.bail && !ktap_passed(&k), "bail out");
	parse("hello\n");
	ok(!k.seen && !ktap_passed(&k), "prose is no pass");
	parse("");
	ok(!ktap_passed(&k), "nothing is no pass");
	parse("KTAP version 1\n");
	ok(k.problem && !ktap_passed(&k), "a heading alone is no pass");
	parse("ok 1 a\n1..1\n");
	ok(ktap_passed(&k), "the plan may come last");
}

static void test_skipped(void)
{
	parse("1..0 # SKIP no device\n");
	ok(!k.problem, "an empty plan is one");
	is_str(k.skipped, "no device", "but nothing was tested");
	parse("1..0 # Skipped: no device\n");
	is_str(k.skipped, "no device", "also in another spelling");
	parse("1..0\n");
	is_str(k.skipped, "no reason given", "and without a reason");
	parse("1..2\nok 1 a # SKIP no disk\nok 2 b # skip\n");
	is_str(k.skipped, "all its tests: no disk", "skips alone test nothing");
	is_str(k.tests[0].diagnostic, "no disk", "each has its reason");
	ok(!k.tests[1].diagnostic, "or none");
	parse("1..2\nok 1 a\nnot ok 2 b # SKIP no disk\n");
	is_int(k.tests[1].status, KTAP_SKIP, "a skip may be 'not ok'");
	is_str(k.tests[1].diagnostic, "no disk", "with its reason");
	ok(ktap_passed(&k), "and is no failure");
	parse("1..2\nok 1 a # SKIP no disk\nok 2 b\n");
	ok(!k.skipped && ktap_passed(&k), "one test that ran is something");
	parse("1..2\nok 1 a # SKIP no disk\nnot ok 2 b\n");
	ok(!k.skipped && !ktap_passed(&k), "or failed");
	parse("1..2\nok 1 a\n    1..0 # SKIP no disk\nok 2 b\n");
	is_int(k.tests[1].status, KTAP_SKIP, "a group that tests nothing is a skip");
	is_str(k.tests[1].diagnostic, "no disk", "for its reason");
	ok(!k.skipped && ktap_passed(&k), "of one test");
	parse("1..1\n    1..0 # SKIP no disk\nnot ok 1 b\n");
	is_int(k.tests[0].status, KTAP_FAIL, "unless it says that it failed");
	parse("1..1\nok 1 a # SKIP x\nBail out!\n");
	ok(!k.skipped, "broken off is not skipped");
}

int main(void)
{
	test_flat();
	test_comments();
	test_nested();
	test_broken();
	test_skipped();
	ktap_deinit(&k);
	return tap_done();
}
