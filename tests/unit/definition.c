// SPDX-License-Identifier: GPL-2.0-only
/* A missing symbol, and what else a failed build can be told to do next. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"
#include "verdict/complaint.h"
#include "verdict/definition.h"
#include "verdict/judge_build.h"

#include "scratch.h"
#include "tap.h"

static char base[] = "/tmp/kmlab-definition-XXXXXX";

static void test_text(void)
{
	static const struct {
		const char *text;
		enum definition_kind kind;
	} cases[] = {
		{"int foo(int x)\n{\n\treturn x;\n}\n", DEFINITION_GLOBAL},
		{"int foo(void) __must_hold(&lock)\n{ return 1; }", DEFINITION_GLOBAL},
		{"static int foo(void) { return 1; }", DEFINITION_STATIC},
		{"int foo(void);", DEFINITION_NONE},
		{"extern int foo;", DEFINITION_NONE},
		{"int foo = 3;", DEFINITION_GLOBAL},
		{"struct bar foo[4];", DEFINITION_GLOBAL},
		{"int a, foo;", DEFINITION_GLOBAL},
		{"DEFINE_MUTEX(foo);", DEFINITION_GLOBAL},
		{"static DEFINE_MUTEX(foo);", DEFINITION_NONE},
		{"int foo(void) { return 1; }\nEXPORT_SYMBOL_GPL(foo);",
		 DEFINITION_EXPORTED},
		{"int bar(void) { foo(); int foo = 3; return foo; }", DEFINITION_NONE},
		{"/* int foo(void) { */", DEFINITION_NONE},
		{"// int foo(void) {\nint foo(void);", DEFINITION_NONE},
		{"char *s = \"int foo(void) {\";", DEFINITION_NONE},
		{"#define X int foo(void) { \\\n} int foo(void) { }\n", DEFINITION_NONE},
		{"int foobar(void) { return 1; } int xfoo(void) { return 1; }",
		 DEFINITION_NONE},
		{"typedef int foo;", DEFINITION_NONE},
		{"int bar(int foo) { return foo; }", DEFINITION_NONE},
		{"module_init(foo);", DEFINITION_NONE},
		{"}}}} (((( int foo", DEFINITION_NONE},
		{"", DEFINITION_NONE},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		_cleanup_free_ char *name =
			xprintf("text %zu: %.*s", i, (int)strcspn(cases[i].text, "\n"),
				cases[i].text);

		is_int(definition_in(cases[i].text, "foo"), cases[i].kind, name);
	}
}

static char *hint(const char *dir, const char *module, bool file)
{
	_cleanup_free_ char *path = in_scratch(dir);

	return definition_hint(&(struct definition_query){
		.dir = path,
		.below = "",
		.module = module,
		.symbol = "foo",
		.file = file,
	});
}

static void hint_is(const char *dir, bool file, const char *want, const char *name)
{
	_cleanup_free_ char *got = hint(dir, "mod", file);

	is_str(got, want, name);
}

static const char foo[] = "int foo(void);\nint foo(void) { return 1; }\n";
static const char exported[] = "int foo(void) { return 1; }\nEXPORT_SYMBOL(foo);\n";
static const char caller[] = "int foo(void);\nint bar(void) { return foo(); }\n";

static void test_hints(void)
{
	put("single/mod.c", caller);
	put("single/other.c", foo);
	put("single/Kbuild", "obj-m := mod.o\n");
	hint_is("single", false,
		"'foo' is defined in 'other.c', which is not part of the module: 'obj-m "
		":= "
		"NAME.o' and 'NAME-objs := mod.o other.o' make one module of both, NAME "
		"being another name",
		"an object cannot be made of itself");
	put("parts/main.c", caller);
	put("parts/other.c", foo);
	put("parts/Kbuild", "obj-m := mod.o\nmod-y := \\\n main.o\n");
	hint_is("parts", false,
		"'foo' is defined in 'other.c', which is not part of the module: add "
		"'other.o' to 'mod-y' in its Kbuild or Makefile",
		"a list of parts gets one more");
	put("parts/Kbuild", "obj-m := mod.o\nmod-objs := main.o \\\n other.o\n");
	hint_is("parts", false,
		"'foo' is defined in 'other.c', but was not compiled there: look at the "
		"#if "
		"around it",
		"a part that does not define it after all");
	put("parts/Kbuild", "obj-m := mod.o other.o\nmod-objs := main.o\n");
	hint_is("parts", false,
		"'foo' is defined in 'other.c', which is a module of its own: write "
		"EXPORT_SYMBOL_GPL(foo); there",
		"a module that does not export it");
	put("export/mod.c", caller);
	put("export/other.c", exported);
	put("export/Makefile", "obj-m := mod.o\n");
	hint_is("export", false,
		"'other.c' exports 'foo' but is not built: add 'obj-m += other.o' to the "
		"Kbuild or Makefile",
		"a module that was not built");
	hint_is("export", true,
		"'other.c' exports 'foo': name it first, as in 'kmlab run other.c mod.c'",
		"one file was named");
	put("hidden/mod.c", caller);
	put("hidden/other.c", "static int foo(void) { return 1; }\n");
	hint_is("hidden", false,
		"'foo' is static in 'other.c', no other file can use it: drop the "
		"'static', "
		"and make 'other.c' part of the module",
		"a static function");
	put("none/mod.c", caller);
	hint_is("none", false, NULL, "nobody defines it");
	put("user/mod.c", caller);
	put("user/prog.c",
	    "int foo(void) { return 1; }\nint main(void)\n{ return foo(); }\n");
	put("user/tool.c", "#include <stdio.h>\nint foo(void) { return puts(\"\"); }\n");
	hint_is("user", false, NULL, "nor a program for user space");
	put("user/other.c", "/* main() */\nint foo(void) { return 1; }\n");
	hint_is("user", false,
		"'foo' is defined in 'other.c', which is not part of the module: 'obj-m "
		":= "
		"NAME.o' and 'NAME-objs := mod.o other.o' make one module of both, NAME "
		"being another name",
		"but a source that only speaks of one");
}

static void test_hostile(void)
{
	_cleanup_free_ char *link = in_scratch("hostile/link.c"),
			    *fifo = in_scratch("hostile/fifo.c"),
			    *deep = in_scratch("hostile/dir.c");
	_cleanup_free_ char *large = xcalloc(1, (2 << 20) + 100);

	put("victim.c", foo);
	put("hostile/mod.c", caller);
	ok(symlink("../victim.c", link) == 0 && mkfifo(fifo, 0600) == 0 &&
		   mkdir(deep, 0700) == 0,
	   "a link, a FIFO and a directory are no sources");
	memset(large, ' ', 2 << 20);
	strcat(large, foo);
	put("hostile/large.c", large);
	put("hostile/.hidden.c", foo);
	put("hostile/bad\033name.c", foo);
	put("hostile/mod.mod.c", foo);
	hint_is("hostile", false, NULL,
		"and nothing large, hidden or unshowable is read");
}

/* The verdict on a build with this log; the hint is freed by the caller. */
static char *judged(const char *dir, const char *release, const char *log, char **title)
{
	_cleanup_free_ char *path = in_scratch(dir);
	_cleanup_result_ struct lab_result *r = lab_result_create();

	lab_judge_build(
		r, &(struct build_facts){.log = log, .source = path, .release = release});
	is_int(r->outcome, LAB_BUILD_ERROR, "it does not build");
	if (title)
		*title = xstrdup(r->summary);
	return xstrdup(r->hint);
}

static void judged_is(const char *dir, const char *release, const char *log,
		      const char *want, const char *name)
{
	_cleanup_free_ char *got = judged(dir, release, log, NULL);

	is_str(got, want, name);
}

static void test_build(void)
{
	_cleanup_free_ char *title = NULL, *got = NULL;

	put("flags/mod.c", caller);
	put("flags/Makefile", "obj-m := mod.o\nEXTRA_CFLAGS += -Iinclude\n");
	judged_is("flags", "7.2.1",
		  "/x/mod.c:1:10: fatal error: mod.h: No such file or "
		  "directory\n",
		  "since 6.15 Kbuild ignores EXTRA_CFLAGS: write ccflags-y in its place",
		  "a header that EXTRA_CFLAGS would have found");
	judged_is("flags", "6.12.1",
		  "/x/mod.c:1:10: fatal error: mod.h: No such file or "
		  "directory\n",
		  NULL, "but not before 6.15");
	put("flags/Makefile",
	    "EXTRA_CFLAGS += -Iinclude\nccflags-y := $(EXTRA_CFLAGS)\n");
	judged_is("flags", "7.2.1",
		  "/x/mod.c:1:10: fatal error: mod.h: No such file or "
		  "directory\n",
		  NULL, "nor when it is handed on");
	judged_is("none", "7.2.1",
		  "/x/mod.c:3:1: error: implicit declaration of function 'copy_to_user'; "
		  "did you mean 'copy_page'? [-Werror=implicit-function-declaration]\n",
		  "copy_to_user() needs #include <linux/uaccess.h>",
		  "a header that is not included");
	judged_is("none", "6.1.1",
		  "/x/mod.c:3:1: error: call to undeclared function 'msleep'; ISO C99\n",
		  "msleep() needs #include <linux/delay.h>", "in clang's words");
	judged_is("none", "6.1.1",
		  "/x/mod.c:3:1: error: 'GFP_KERNEL' undeclared (first use in this "
		  "function)\n",
		  "GFP_KERNEL needs #include <linux/slab.h>", "a constant");
	judged_is("none", "6.1.1",
		  "/x/mod.c:3:1: error: implicit declaration of function 'my_sleep'; did "
		  "you mean 'msleep'?\n",
		  NULL, "a name that the compiler proposes is not the user's");
	put("header/mod.c", "#include <pw.h>\n");
	put("header/Kbuild", "obj-m := mod.o\n");
	judged_is("header", "7.2.1",
		  "/x/mod.c:1:10: fatal error: pw.h: No such file or directory\n", NULL,
		  "a header that is nowhere");
	put("header/deep/inc/pw.h", "\n");
	judged_is("header", "7.2.1",
		  "/x/mod.c:1:10: fatal error: pw.h: No such file or directory\n",
		  "'deep/inc/pw.h' is there, where the compiler does not look: write "
		  "'ccflags-y += -I$(src)/deep/inc' into the Kbuild file or Makefile",
		  "a header in another directory of the source");
	judged_is("header", "7.2.1",
		  "/x/mod.c:1:10: fatal error: 'pw.h' file not found\n",
		  "'deep/inc/pw.h' is there, where the compiler does not look: write "
		  "'ccflags-y += -I$(src)/deep/inc' into the Kbuild file or Makefile",
		  "in clang's words");
	judged_is("none", "7.2.1",
		  "ERROR: modpost: module mod uses symbol f from namespace NS, but does "
		  "not import it.\n",
		  "add MODULE_IMPORT_NS(\"NS\"); (since 6.13 the name is a string, "
		  "before it "
		  "is a bare word)",
		  "a namespace");
	judged_is("none", "6.1.1",
		  "ERROR: modpost: module mod uses symbol f from namespace NS, but does "
		  "not import it.\n",
		  "add MODULE_IMPORT_NS(NS); (since 6.13 the name is a string, before it "
		  "is "
		  "a bare word)",
		  "as an older kernel wants it");
	judged_is(
		"none", "7.2.1",
		"mod.o: error: objtool: cleanup_module(): Magic init_module() function "
		"name is deprecated, use module_init(fn) instead\n",
		"give init_module() and cleanup_module() names of their own, static, and "
		"register them: module_init(my_init); module_exit(my_exit);",
		"objtool's magic name");
	judged_is(
		"single", "7.2.1", "ERROR: modpost: \"foo\" [mod.ko] undefined!\n",
		"'foo' is defined in 'other.c', which is not part of the module: 'obj-m "
		":= "
		"NAME.o' and 'NAME-objs := mod.o other.o' make one module of both, NAME "
		"being another name",
		"a symbol that a source beside it has");
	got = judged("single", "6.1.1",
		     "make[2]: Circular /x/mod.o <- /x/mod.o dependency dropped.\n"
		     "ERROR: modpost: missing MODULE_LICENSE() in mod.o\n",
		     &title);
	is_str(title, "does not build: Circular /x/mod.o <- /x/mod.o dependency dropped.",
	       "a source that make leaves out");
	is_str(got,
	       "an object cannot be made of itself, so 'mod.c' is left out: give the "
	       "module "
	       "another name than its source, as in 'obj-m := NAME.o' and 'NAME-objs := "
	       "mod.o ...'",
	       "says what to do");
	ok(complaint_left_out("x\nmake[2]: Circular a.o <- a.o dependency dropped.\n") &&
		   !complaint_left_out(
			   "make: Circular a.o <- b.o dependency dropped.\n") &&
		   !complaint_left_out(NULL),
	   "only an object made of itself leaves a source out");
}

static void test_several(void)
{
	_cleanup_free_ char *path = in_scratch("none");
	_cleanup_result_ struct lab_result *r = lab_result_create();

	lab_judge_build(
		r, &(struct build_facts){
			   .log = "/x/a.c:3:1: error: 'mine' undeclared\n"
				  "/x/a.c:4:1: error: implicit declaration of function "
				  "'del_timer'\n"
				  "/x/a.c:5:1: error: implicit declaration of function "
				  "'del_timer'\n"
				  "/x/a.c:6:1: error: implicit declaration of function "
				  "'from_timer'\n",
			   .source = path,
			   .release = "7.2.1"});
	is_str(r->summary, "does not build: a.c:3: 'mine' undeclared", "the first error");
	is_str(r->hint,
	       "of another error, a.c:4: since 6.15 del_timer() is timer_delete()",
	       "the first next step that is known does not read as the first error's");
	is_int((long long)r->notes.n, 1, "each once");
	is_str(r->notes.n ? r->notes.v[0] : NULL,
	       "a.c:6: since 6.16 from_timer() is timer_container_of()",
	       "others are notes");
}

static void test_loading(void)
{
	_cleanup_free_ char *path = in_scratch("export");
	_cleanup_result_ struct lab_result *r = lab_result_create();
	struct quote_trees trees = {NULL, 0};
	struct lab_event event = {
		.outcome = LAB_LOAD_ERROR,
		.phase = LAB_PHASE_LOAD,
		.kind = xstrdup("load-error"),
		.title = xstrdup("not loaded"),
	};

	strv_add(&event.detail, "mod: Unknown symbol foo (err -2)");
	lab_result_add_event(r, &event);
	lab_judge_missing(r, &trees);
	is_str(r->hint, NULL, "no source is known");
	quote_trees_add(&trees, path, path, true);
	lab_judge_missing(r, &trees);
	is_str(r->hint,
	       "'other.c' exports 'foo': build that too and name it before this one, as "
	       "in "
	       "'kmlab run other.c mod.c'",
	       "the loader misses what a source beside it exports");
	quote_trees_deinit(&trees);
}

int main(void)
{
	if (!mkdtemp(base))
		return 1;
	scratch = base;
	test_text();
	test_hints();
	test_hostile();
	test_build();
	test_several();
	test_loading();
	fs_remove_tree(base);
	return tap_done();
}
