// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab/kbuild without a kernel: the sandbox over the host's own /usr, and builds against
 * "headers" whose Makefile stands in for Kbuild's.
 */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "kbuild/build.h"
#include "kbuild/build_job.h"
#include "kbuild/programs.h"
#include "sandbox/sandbox.h"
#include "fs.h"
#include "process.h"

#include "tap.h"

static struct lab lab;
static char base[] = "/tmp/kmlab build,:-XXXXXX"; /* what mount options trip over */
static char dir[] = "/tmp/kmlab-build-XXXXXX";

static char *path_of(const char *name)
{
	return xprintf("%s/%s", dir, name);
}

static void put(const char *name, const char *text)
{
	_cleanup_free_ char *path = path_of(name);
	_cleanup_free_ char *parent =
		xstrndup(path, (size_t)(fs_basename(path) - path) - 1);

	fs_mkdir_p(parent, 0755);
	fs_write_file(path, text, strlen(text), 0644);
}

static char *get(const char *name)
{
	_cleanup_free_ char *path = path_of(name);
	char *text = NULL;

	return fs_read_file(path, &text, NULL) ? NULL : text;
}

static bool there(const char *name)
{
	_cleanup_free_ char *path = path_of(name);

	return fs_exists(path);
}

/* --- sandbox -------------------------------------------------------------------------
 */

static int run(const struct lab_sandbox *box, const char *shell, struct text *out)
{
	char *argv[] = {"sh", "-c", (char *)shell, NULL};
	int status = -1, err = lab_sandbox_run(&lab, box, argv, "/", out, &status);

	return err ? err : status;
}

static void test_readonly(void)
{
	struct lab_sandbox box = {0};
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_free_ char *inside = xprintf("touch %s/evil", dir);

	is_int(run(&box, "echo good; echo bad >&2; exit 7", &out), 7,
	       "status comes back");
	is_str(out.s, "good\nbad\n", "stdout and stderr come back in order");
	ok(run(&box, inside, &out) != 0 && !there("evil"), "the host cannot be written");
	ok(run(&box,
	       "touch /usr/evil || touch /etc/evil || touch /home/evil || "
	       "echo 1 > /proc/sys/kernel/printk",
	       &out) != 0,
	   "nor /usr, /etc, /home, /proc/sys");
	is_int(run(&box,
		   "echo x > $TMPDIR/a && echo x > /dev/null && test ! -e /sys/kernel",
		   &out),
	       0, "TMPDIR and /dev/null can; /sys is not there");
	is_int(run(&box, "test \"$(cat /dev/fd/0 </dev/null | wc -c)\" = 0", &out), 0,
	       "/dev/fd works");
}

static void test_environment(void)
{
	struct lab_sandbox box = {0};
	_cleanup_text_ struct text out = TEXT_INIT;

	setenv("MAKEFLAGS", "-n --question", 1);
	setenv("EVIL", "1", 1);
	is_int(run(&box, "test -z \"$MAKEFLAGS$EVIL\" && test \"$LC_ALL\" = C", &out), 0,
	       "the caller's environment stays outside");
	unsetenv("MAKEFLAGS");
	unsetenv("EVIL");
}

static void test_overlay(const char *parent)
{
	_cleanup_free_ char *lower = xprintf("%s/lower", parent);
	_cleanup_free_ char *upper = xprintf("%s/upper", parent);
	_cleanup_free_ char *work = xprintf("%s/work", parent);
	_cleanup_free_ char *file = xprintf("%s/kept", lower);
	_cleanup_free_ char *new = xprintf("%s/new", lower);
	_cleanup_free_ char *new_up = xprintf("%s/new", upper);
	_cleanup_free_ char *text = NULL;
	_cleanup_text_ struct text out = TEXT_INIT, cmd = TEXT_INIT;
	char *const hide[] = {"hidden", "absent", NULL};
	struct lab_sandbox box = {
		.lower = lower, .upper = upper, .work = work, .hide = hide};

	fs_mkdir_p(lower, 0755);
	fs_mkdir_p(upper, 0755);
	fs_mkdir_p(work, 0755);
	fs_write_file(file, "old", 3, 0644);
	text_printf(&cmd,
		    "cd '%s' && test ! -e hidden && cat kept && echo new > kept && "
		    "echo x > new && rm -f ../upper/new",
		    lower);
	ok(run(&box, cmd.s, &out) != 0 || fs_exists(new_up),
	   "only the overlay is writable");
	is_str(out.s ? strndupa(out.s, 3) : "", "old",
	       "the source is seen at its own path");
	ok(fs_exists(new_up), "a new file lands in the upper directory");
	ok(!fs_exists(new), "not in the source");
	fs_read_file(file, &text, NULL);
	is_str(text, "old", "the source is as it was");
}

static void test_expose(void)
{
	_cleanup_free_ char *lower = path_of("home"),
			    *upper = path_of("home/cache/upper");
	_cleanup_text_ struct text out = TEXT_INIT;
	char *const names[] = {"a.c", "sub", NULL};
	struct lab_sandbox box = {.lower = lower, .upper = upper, .expose = names};
	_cleanup_strv_ struct strv left = STRV_INIT;

	put("home/a.c", "A");
	put("home/b.c", "B");
	put("home/sub/x.h", "X");
	fs_mkdir_p(upper, 0755);
	_cleanup_free_ char *cmd =
		xprintf("cd %s && cat a.c sub/x.h && test ! -e b.c && "
			"echo o > a.o && ! touch sub/y && ! sh -c 'echo z > a.c'",
			lower);
	is_int(run(&box, cmd, &out), 0,
	       "chosen children, read-only, and a writable directory");
	ok(there("home/cache/upper/a.o"), "though the cache lies below it");
	is_int(lab_sandbox_sweep(upper), 0, "swept");
	fs_list(upper, true, &left);
	is_int((long long)left.n, 1, "only the new file is left");
}

static void test_no_command(void)
{
	struct lab_sandbox box = {0};
	char *argv[] = {"no-such-command", NULL};
	_cleanup_text_ struct text out = TEXT_INIT;
	int status;

	is_int(lab_sandbox_run(&lab, &box, argv, "/", &out, &status), -ENOENT,
	       "a command that is not there");
	ok(strstr(lab_error(&lab), "no-such-command"), "the sentence names it");
	argv[0] = "true";
	is_int(lab_sandbox_run(&lab, &box, argv, "/no/such/place", &out, &status),
	       -ENOENT, "a directory that is not there");
	box.root = "/no/such/root";
	is_int(lab_sandbox_run(&lab, &box, argv, "/", &out, &status), -ENOENT,
	       "a build root that is not there");
}

static void *cancel_later(void *fd)
{
	nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
	(void)!write(*(int *)fd, "x", 1);
	return NULL;
}

/* Is there a process with this word? */
static bool runs(const char *word)
{
	_cleanup_strv_ struct strv pids = STRV_INIT;
	bool found = false;

	fs_list("/proc", false, &pids);
	for (size_t i = 0; i < pids.n && !found; i++) {
		_cleanup_free_ char *path = xprintf("/proc/%s/cmdline", pids.v[i]);
		_cleanup_fclose_ FILE *f = fopen(path, "re");
		char line[256];
		size_t n = f ? fread(line, 1, sizeof(line), f) : 0;

		found = memmem(line, n, word, strlen(word)) != NULL;
	}
	return found;
}

/* What the command started in the background must die with it. */
static void test_cancel(void)
{
	struct lab_sandbox box = {0};
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_free_ char *span = xprintf("1000.%d", (int)getpid());
	_cleanup_free_ char *cmd =
		xprintf("sleep %s & setsid sleep %s & wait", span, span);
	pthread_t thread;
	int pipes[2];

	if (pipe(pipes))
		return;
	lab.cancel_fd = pipes[0];
	pthread_create(&thread, NULL, cancel_later, &pipes[1]);
	is_int(run(&box, cmd, &out), -ECANCELED, "a command can be cancelled");
	pthread_join(thread, NULL);
	lab.cancel_fd = -1;
	for (int i = 0; i < 500 && runs(span); i++)
		nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	ok(!runs(span), "and nothing it started lives on");
	close(pipes[0]);
	close(pipes[1]);
}

/* --- builds --------------------------------------------------------------------------
 */

/* Does as Kbuild does: products and their records in M, modules.order at the end. */
static const char fake_kbuild[] =
	"-include $(M)/Kbuild\n"
	"modules:\n"
	"\t@echo \"make[1]: Entering directory '/x'\"\n"
	"\t@: > $(M)/modules.order\n"
	"\t@for o in $(obj-m); do b=$${o%.o}; test ! -e $(M)/.$$o.cmd || echo reuse $$o; "
	"\\\n"
	"\t  { cat $(M)/$$b.c && cat $(M)/extra.h 2>/dev/null; } > $(M)/$$b.ko; \\\n"
	"\t  grep -q broken $(M)/$$b.c && { echo \"$(M)/$$b.c:1:1: error: broken\"; exit "
	"1; }; \\\n"
	"\t  cmp -s $(M)/$$b.c $(M)/.$$b.seen || { cp $(M)/$$b.c $(M)/.$$b.seen; \\\n"
	"\t    : > $(M)/$$o; echo $(M)/$$o > $(M)/$$b.mod; grep -q warn $(M)/$$b.c && "
	"\\\n"
	"\t    echo \"$(M)/$$b.c:1:1: warning: careful\"; }; \\\n"
	"\t  { echo \"savedcmd_$(M)/$$o := gcc -DX='\\\"a\\\"' -c -o $(M)/$$o $(M)/$$b.c "
	"; objtool $$o\"; \\\n"
	"\t    echo; echo \"source_$(M)/$$o := $(M)/$$b.c\"; echo; \\\n"
	"\t    echo \"deps_$(M)/$$o := \\\\\\\\\"; echo \"  $(DEP) \\\\\\\\\"; } > "
	"$(M)/.$$o.cmd; \\\n"
	"\t  echo $(M)/$$b.ko >> $(M)/modules.order; done\n"
	"\t@echo 'Skipping BTF generation for x due to unavailability of vmlinux'\n";

static struct lab_kernel kernel = {
	.name = "fake",
	.id = "fake",
	.provider = "tree",
	.release = "1.2.3-fake",
};

static bool mirror;

static int build(const char *source, struct lab_build *ret)
{
	_cleanup_free_ char *path = path_of(source);
	_cleanup_free_ char *dep = xprintf("DEP=%s/outside.h", dir);
	char *args[] = {dep, NULL};
	struct lab_build_spec spec = {
		.kernel = &kernel, .source = path, .make_args = args};

	lab_build_deinit(ret);
	return build_run_job(&lab, &spec, mirror, ret);
}

static void test_build(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_free_ char *path = path_of("mod"), *ko = NULL;

	put("mod/Kbuild", "obj-m := one.o two.o\n");
	put("mod/one.c", "one warn\n");
	put("mod/two.c", "two\n");
	put("outside.h", "x");
	is_int(build("mod", &b), 0, "make runs");
	is_int(b.status, 0, "and is content");
	is_int((long long)b.modules.n, 2, "two modules");
	is_int(b.warnings, 1, "one warning counted");
	ok(!strstr(b.log, "Entering") && !strstr(b.log, "BTF"), "no noise in the log");
	fs_list(path, true, &names);
	is_int((long long)names.n, 3, "the source directory has nothing new");
	fs_read_file(b.modules.v[0], &ko, NULL);
	is_str(ko, "one warn\n", "sorted by name");
}

static void test_cached(void)
{
	_cleanup_build_ struct lab_build b = {0};

	build("mod", &b);
	ok(b.cached, "nothing changed: not made again");
	is_int((long long)b.modules.n, 2, "the same modules");
	is_int(b.warnings, 1, "the same warnings");
	put("mod/two.c", "TWO\n");
	build("mod", &b);
	ok(!b.cached, "a changed source is made");
	build("mod", &b);
	ok(b.cached, "once");
	put("outside.h", "y");
	build("mod", &b);
	ok(!b.cached, "a header outside the directory counts");
	build("mod", &b);
	put("mod/new.h", "");
	build("mod", &b);
	ok(!b.cached, "a new file counts");
	truncate(b.modules.v[0], 1);
	build("mod", &b);
	ok(!b.cached, "a damaged result is made again");
}

static void test_vanished(void)
{
	_cleanup_build_ struct lab_build b = {0};

	put("mod/Kbuild", "obj-m := two.o\n");
	build("mod", &b);
	is_int((long long)b.modules.n, 1,
	       "a module no longer built is no longer a result");
	put("mod/Kbuild", "\n");
	is_int(build("mod", &b), -ENODATA, "no module at all is an error");
	put("mod/Kbuild", "obj-m := two.o\n");
}

static void test_broken(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *want = xprintf("%s/mod/two.c:1:1: error: broken", dir);

	put("mod/two.c", "broken\n");
	is_int(build("mod", &b), 0, "a compiler error is an answer, not a failure");
	ok(b.status != 0 && !b.modules.n, "with a status and no modules");
	ok(strstr(b.log, want), "the log names the user's own path");
	build("mod", &b);
	ok(!b.cached, "an error is never remembered");
	put("mod/two.c", "two\n");
}

/* Objects that the user's own build left there are of another kernel. */
static void test_stale(void)
{
	_cleanup_build_ struct lab_build b = {0};

	put("mod/two.o", "stale");
	put("mod/.two.o.cmd", "cmd_two.o := stale\n");
	put("mod/modules.order", "gone.ko\n");
	put("stale/Kbuild", "obj-m := two.o\n");
	put("stale/two.c", "two\n");
	put("stale/two.o", "stale");
	put("stale/.two.o.cmd", "cmd_two.o := stale\n");
	build("stale", &b);
	ok(b.status == 0 && !strstr(b.log, "reuse"), "the user's objects are not seen");
	_cleanup_free_ char *still = get("stale/two.o");
	is_str(still, "stale", "and not touched");
	build("stale", &b);
	put("stale/two.c", "TWO\n");
	build("stale", &b);
	ok(strstr(b.log, "reuse two.o"), "our own objects are used again");
}

/* A build may write over a source file; the user's next edit must count. */
static void test_shadow(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *first = NULL, *second = NULL;

	put("gen/Kbuild", "obj-m := g.o\n$(shell echo made > $(M)/extra.h)\n");
	put("gen/g.c", "g\n");
	put("gen/extra.h", "user\n");
	build("gen", &b);
	if (b.modules.n)
		fs_read_file(b.modules.v[0], &first, NULL);
	is_str(first, "g\nmade\n", "a build may write over its source");
	_cleanup_free_ char *mine = get("gen/extra.h");
	is_str(mine, "user\n", "in its own view only");
	put("gen/Kbuild", "obj-m := g.o\n");
	put("gen/extra.h", "edited\n");
	build("gen", &b);
	if (b.modules.n)
		fs_read_file(b.modules.v[0], &second, NULL);
	is_str(second, "g\nedited\n", "an edit afterwards is seen");
}

static void test_one_file(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_free_ char *ko = NULL;

	put("loose/it.c", "it\n");
	put("loose/extra.h", "h\n");
	put("loose/Kbuild", "obj-m := other.o\n");
	is_int(build("loose/it.c", &b), 0, "one .c file builds");
	is_int((long long)b.modules.n, 1, "to one module");
	if (b.modules.n)
		fs_read_file(b.modules.v[0], &ko, NULL);
	is_str(ko, "it\nh\n", "with the headers beside it, not their Kbuild");
	build("loose/it.c", &b);
	ok(b.cached, "and is remembered");
	_cleanup_free_ char *path = path_of("loose");
	fs_list(path, true, &names);
	is_int((long long)names.n, 3, "nothing new beside it");
}

static void test_nothing(void)
{
	_cleanup_build_ struct lab_build b = {0};

	put("empty/README", "x");
	is_int(build("empty", &b), -ENODATA, "a directory without Kbuild");
	is_int(build("empty/README", &b), -ENODATA, "a file that is not C");
	is_int(build("nowhere", &b), -ENOENT, "a path that is not there");
}

static void test_commands(void)
{
	_cleanup_free_ char *path = path_of("mod"), *text = NULL;
	_cleanup_free_ char *dep = xprintf("DEP=%s/outside.h", dir);
	char *args[] = {dep, NULL};
	struct lab_build_spec spec = {.kernel = &kernel,
				      .source = path,
				      .make_args = args,
				      .compile_commands = true};
	_cleanup_build_ struct lab_build b = {0};

	is_int(lab_build_run(&lab, &spec, &b), 0, "compile_commands.json is written");
	text = get("mod/compile_commands.json");
	ok(text && strstr(text, "mod/two.c\""), "it names the source");
	ok(text && strstr(text, "gcc -DX=") && !strstr(text, "objtool"),
	   "and the compiler's command only");
	build("mod", &b);
	ok(b.cached, "it does not count as a change");
}

/* Characters that make, the shell or mount(2) take for their own. */
static void test_odd_path(const char *at)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *path = xprintf("%s/%s", dir, at), *text = NULL,
			    *quoted = NULL;
	_cleanup_free_ char *json = xprintf("%s/compile_commands.json", at);
	_cleanup_free_ char *source = xprintf("%s/one.c", at), *build_file = NULL;
	_cleanup_free_ char *want = xprintf("%s/one.c:1:1: warning: careful\n", path);
	_cleanup_free_ char *made = xprintf("%s/one.o", at), *git = NULL;
	_cleanup_free_ char *file = xprintf("%s/one.c\"", path);
	struct lab_build_spec spec = {
		.kernel = &kernel, .source = path, .compile_commands = true};

	build_file = xprintf("%s/Kbuild", at);
	put(build_file,
	    "obj-m := one.o\n$(if $(wildcard $(M)/../beside.h),,$(error lost))\n");
	put(source, "one warn\n");
	free(quoted);
	quoted = xprintf("%s/../beside.h", at);
	put(quoted, "");
	git = xprintf("%s/../.git/HEAD", at);
	put(git, "");
	is_int(lab_build_run(&lab, &spec, &b), 0,
	       "a path that make cannot read: it runs");
	if (!is_int(b.status, 0, "and is content"))
		printf("# %s\n", b.log);
	is_int((long long)b.modules.n, 1, "a module comes out");
	is_str(b.log, want, "the log names the user's own path");
	text = get(json);
	ok(text && strstr(text, strchr(at, '\\') ? "one.c\"" : file) &&
		   !strstr(text, "kmlab-src"),
	   "so does compile_commands.json");
	ok(!there(made), "nothing else is left there");
	lab_build_deinit(&b);
	lab_build_run(&lab, &spec, &b);
	ok(b.cached, "it is remembered");
}

static void test_warnings(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *first = NULL;

	put("warn/Kbuild", "obj-m := x.o y.o\n");
	put("warn/x.c", "x warn\n");
	put("warn/y.c", "y warn\n");
	build("warn", &b);
	is_int(b.warnings, 2, "two files, two warnings");
	first = xstrdup(b.log);
	put("warn/README", "");
	build("warn", &b);
	ok(!b.cached, "make runs again, the compiler does not");
	ok(b.log && str_ends(b.log, first), "and the warnings are the same");
	put("warn/y.c", "y broken\n");
	build("warn", &b);
	ok(b.status && !strstr(b.log, "careful"), "an error is shown alone");
	put("warn/y.c", "y\n");
	build("warn", &b);
	is_int(b.warnings, 1, "a warning corrected is gone, the other still there");
	put("warn/x.c", "x\n");
	build("warn", &b);
	is_int(b.warnings, 0, "both corrected");
	put("warn/x.c", "x warn\n");
	build("warn", &b);
	put("warn/Kbuild", "obj-m := y.o\n");
	build("warn", &b);
	is_int(b.warnings, 0, "a file no longer built has none");
}

/* As where the cache cannot carry an overlay. */
static void test_mirror(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_free_ char *path = path_of("copied"), *ko = NULL, *up = NULL;

	mirror = true;
	put("copied/Kbuild", "obj-m := m.o\nall := $(shell echo over > $(M)/over.txt)\n");
	put("copied/m.c", "first\n");
	put("copied/extra.h", "extra\n");
	put("copied/over.txt", "mine\n");
	put("copied/sub/gone.h", "");
	put("copied/.git/config", "");
	put("copied/m.o", "stale");
	put("copied/.m.o.cmd", "cmd_m.o := stale\n");
	is_int(build("copied", &b), 0, "a copy in the cache builds");
	ok(b.status == 0 && !strstr(b.log, "reuse"), "without the user's objects");
	ok(b.modules.n && fs_read_file(b.modules.v[0], &ko, NULL) == 0, "to a module");
	is_str(ko, "first\nextra\n", "of all its files");
	fs_list(path, false, &names);
	is_int((long long)names.n, 6, "the source has nothing new");
	_cleanup_free_ char *over = get("copied/over.txt");
	is_str(over, "mine\n", "and is not changed");
	up = xprintf("%s/.git", b.dir);
	ok(!fs_exists(up), ".git is left out");
	build("copied", &b);
	ok(b.cached, "it is remembered");
	put("copied/m.c", "second\n");
	_cleanup_free_ char *extra = path_of("copied/extra.h"),
			    *sub = path_of("copied/sub");
	unlink(extra);
	fs_remove_tree(sub);
	mirror = false; /* once a copy, always a copy */
	is_int(build("copied", &b), 0, "after a change");
	free(ko);
	ko = NULL;
	if (b.modules.n)
		fs_read_file(b.modules.v[0], &ko, NULL);
	is_str(ko, "second\n", "edits and deletions are followed");
	ok(b.log && strstr(b.log, "reuse"), "the copy's own objects stay");
	_cleanup_free_ char *sub_up = xprintf("%s/sub", b.dir);
	ok(!fs_exists(sub_up), "also of directories");
}

static void test_program(void)
{
	_cleanup_free_ char *source = path_of("prog dir/t.c");
	_cleanup_free_ char *path = NULL, *log = NULL, *log2 = NULL;
	char *none = NULL;

	put("prog dir/t.c", "#include \"t.h\"\nint main(void) { return T; }\n");
	put("prog dir/t.h", "#define T 0\n");
	is_int(lab_build_program(&lab, &kernel, source, NULL, &path, &log), 0,
	       "a test program");
	ok(path && access(path, X_OK) == 0, "can be run");
	put("prog dir/t.h", "#define T nothing_like_it\n");
	is_int(lab_build_program(&lab, &kernel, source, NULL, &none, &log2), -ENOEXEC,
	       "one that does not compile");
	ok(!none && log2 && strstr(log2, "nothing_like_it"), "and why");
	free(none);
}

/* What a killed build left may be half written, though newer than its source. */
static void test_killed(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *mark = NULL, *cmd = NULL;

	put("killed/Kbuild", "-include $(M)/.k.o.cmd\nobj-m := k.o\n");
	put("killed/k.c", "k\n");
	build("killed", &b);
	is_int(b.status, 0, "a build");
	mark = xprintf("%s/../building", b.dir);
	cmd = xprintf("%s/.k.o.cmd", b.dir);
	ok(!fs_exists(mark), "that came to its end");
	put("killed/k.c", "K\n");
	fs_write_file(mark, "", 0, 0644);
	fs_write_file(cmd, "deps := $(wildcard", 18, 0644);
	build("killed", &b);
	is_int(b.status, 0, "one that was killed is taken up");
	ok(b.log && !strstr(b.log, "reuse"), "without what it left");
}

/* "kmlab clean" goes by the time of an entry. */
static void test_used(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *entry = NULL;
	struct stat st;

	build("mod", &b);
	entry = xprintf("%s/..", b.dir);
	utimensat(AT_FDCWD, entry, (struct timespec[]){{1000, 0}, {1000, 0}}, 0);
	build("mod", &b);
	ok(b.cached && stat(entry, &st) == 0 && st.st_mtime > 1000,
	   "a build that was remembered counts as used");
}

static void test_dkms(void)
{
	_cleanup_build_ struct lab_build b = {0};

	put("dk/dkms.conf",
	    "PACKAGE_NAME=\"dk\"\nPACKAGE_VERSION=\"1\"\n"
	    "BUILT_MODULE_NAME[0]=\"$PACKAGE_NAME\"\nBUILT_MODULE_LOCATION[0]=\"sub\"\n"
	    "BUILT_MODULE_NAME[1]=\"top\"\n"
	    "MAKE[0]=\"make KVER=${kernelver} D=${dkms_tree}/dk/1/build all\"\n"
	    "PRE_BUILD=\"prepare x\"\n");
	put("dk/Makefile", "all:\n\techo $(KERNELRELEASE) $(KVER) `cat pre` > sub/dk.ko\n"
			   "\techo $(D) > top.ko\n");
	put("dk/sub/x", "");
	put("dk/prepare", "#!/bin/sh\ntest ! -e pre && echo $1 > pre\n");
	_cleanup_free_ char *script = path_of("dk/prepare");
	chmod(script, 0755);
	is_int(build("dk", &b), 0, "a dkms.conf is followed");
	if (!is_int(b.status, 0, "to its end"))
		printf("# %s\n", b.log);
	if (is_int((long long)b.modules.n, 2, "it names the modules")) {
		_cleanup_free_ char *text = NULL, *top = NULL, *want = path_of("dk\n");

		fs_read_file(b.modules.v[0], &text, NULL);
		fs_read_file(b.modules.v[1], &top, NULL);
		is_str(text, "1.2.3-fake 1.2.3-fake x\n",
		       "release and PRE_BUILD as in dkms");
		is_str(top, want, "its build directory is the source");
	}
	build("dk", &b);
	ok(b.cached, "remembered");
	put("dk/sub/x", "changed");
	build("dk", &b);
	ok(!b.cached && b.status == 0, "PRE_BUILD runs on an untouched source again");
	put("dk/dkms.conf", "PACKAGE_NAME=dk\nPACKAGE_VERSION=1\n"
			    "BUILD_EXCLUSIVE_KERNEL=\"^9\\.\"\n");
	is_int(build("dk", &b), -ENOTSUP, "an excluded kernel is refused");
}

static void test_log(void)
{
	_cleanup_free_ char *path = path_of("mod");
	_cleanup_free_ char *log = build_log_filter(
		"two.c: In function 'f':\ntwo.c:3:1: warning: w\n"
		"In file included from two.c:1:\nmake[3]: *** [x:1: two.o] Error 1\n",
		path);
	_cleanup_free_ char *only =
		build_log_filter("make: *** [x:1: y] Error 2\n", path);
	_cleanup_free_ char *want =
		xprintf("%s/two.c: In function 'f':\n"
			"%s/two.c:3:1: warning: w\nIn file included from %s/two.c:1:\n",
			path, path, path);

	is_str(log, want, "relative names become the user's, make's echo goes");
	is_str(only, "make: *** [x:1: y] Error 2\n", "unless nothing else is there");
}

static bool has_program(const char *name)
{
	_cleanup_free_ char *path = process_find(name);

	return path;
}

static bool host_allows(void)
{
	struct lab_sandbox box = {0};
	_cleanup_text_ struct text out = TEXT_INIT;

	return run(&box, "true", &out) == 0;
}

int main(void)
{
	_cleanup_free_ char *cache = NULL, *headers = NULL;

	if (!mkdtemp(dir) || !mkdtemp(base))
		return 1;
	cache = path_of("cache");
	setenv("KMLAB_CACHE", cache, 1);
	if (lab_init(&lab)) {
		printf("Bail out! %s\n", lab_error(&lab));
		return 1;
	}
	if (!host_allows()) {
		printf("1..0 # SKIP %s\n", lab_error(&lab));
		return 0;
	}
	headers = path_of("headers");
	put("headers/Makefile", fake_kbuild);
	kernel.headers = headers;
	test_readonly();
	test_environment();
	test_overlay(dir);
	test_overlay(base);
	test_expose();
	test_no_command();
	test_cancel();
	if (has_program("make") && has_program("bash")) {
		test_build();
		test_cached();
		test_vanished();
		test_broken();
		test_stale();
		test_shadow();
		test_one_file();
		test_nothing();
		test_commands();
		test_used();
		test_killed();
		test_odd_path("odd dir/mod");
		test_odd_path("a,b:c/odd mod$x");
		test_odd_path("back\\slash#1 %2/plain/mod");
		test_warnings();
		test_mirror();
		test_dkms();
	}
	if (has_program("gcc"))
		test_program();
	test_log();
	fs_remove_tree(dir);
	fs_remove_tree(base);
	lab_deinit(&lab);
	return tap_done();
}
