// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a build leaves is a stranger's work: links, FIFOs, names that lead out. None of it
 * may be followed, waited for or believed, on the first build and on the second. The
 * "headers" here run the source's file attack.h in the sandbox, in place of Kbuild.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kbuild/build.h"
#include "kbuild/build_job.h"
#include "kbuild/programs.h"
#include "fs.h"
#include "process.h"

#include "scratch.h"
#include "tap.h"

/* A test that waits has failed. */
#define PATIENCE_S 600

static struct lab lab;
static char base[] = "/tmp/kmlab-output-XXXXXX";

static const char headers[] = "modules:\n"
			      "\t@cd $(M) && V=" /* the victims */
			      "$(VICTIM) U=../../../../victim sh -e ./attack.h\n";

static struct lab_kernel kernel = {
	.name = "fake",
	.id = "fake",
	.provider = "tree",
	.release = "1.2.3-fake",
};

static bool mirror;

/* Return: 0, make's status, or -errno. */
static int build(const char *source, struct lab_build *ret)
{
	_cleanup_free_ char *path = in_scratch(source), *victim = in_scratch("victim");
	_cleanup_free_ char *word = xprintf("VICTIM=%s", victim);
	char *args[] = {word, NULL};
	struct lab_build_spec spec = {
		.kernel = &kernel, .source = path, .make_args = args};
	int err;

	lab_build_deinit(ret);
	err = build_run_job(&lab, &spec, mirror, ret);
	return err ? err : ret->status;
}

static bool unharmed(void)
{
	_cleanup_free_ char *path = in_scratch("victim/secret.ko"), *text = NULL;
	_cleanup_free_ char *dir = in_scratch("victim");
	_cleanup_strv_ struct strv names = STRV_INIT;

	fs_list(dir, true, &names);
	return names.n == 3 && fs_read_file(path, &text, NULL) == 0 &&
	       !strcmp(text, "secret");
}

/* The attack fails in the same way twice, with a sentence that has @says. */
static void refused(const char *name, const char *attack, int want, const char *says)
{
	_cleanup_free_ char *source = xprintf("%s/Kbuild", name);
	_cleanup_free_ char *script = xprintf("%s/attack.h", name);

	put(source, "");
	put(script, attack);
	for (int i = 0; i < 2; i++) {
		_cleanup_build_ struct lab_build b = {0};

		if (!is_int(build(name, &b), want, name) ||
		    !strstr(lab_error(&lab), says))
			printf("# %s%s\n", lab_error(&lab), b.log ? b.log : "");
		ok(strstr(lab_error(&lab), says), says);
		ok(!strpbrk(lab_error(&lab), "\n\033"), "in one clean line");
		ok(unharmed(), "nobody else's files are touched");
	}
}

static void test_names(void)
{
	refused("outside", "touch x.ko; echo $U/secret.ko > modules.order", -EXDEV,
		"'modules.order' names '../../../../victim/secret.ko', which is outside "
		"of the build's output; correct the Makefile");
	refused("later", "mkdir -p a; echo a/../../x/../x.ko > modules.order", -EXDEV,
		"which is outside");
	refused("absolute", "echo $V/secret.ko > modules.order", -EXDEV,
		"which is outside");
	refused("link", "ln -sf $V/secret.ko x.ko; echo x.ko > modules.order", -ELOOP,
		"'x.ko', which is reached by a symlink");
	refused("inner", "touch y.ko; ln -sf y.ko x.ko; echo x.ko > modules.order",
		-ELOOP, "which is reached by a symlink");
	refused("way", "ln -sfn $V sub; echo sub/secret.ko > modules.order", -ELOOP,
		"'sub/secret.ko', which is reached by a symlink");
	refused("pipe", "rm -f x.ko; mkfifo x.ko; echo x.ko > modules.order", -EINVAL,
		"'x.ko', which is not a regular file");
	refused("folder", "mkdir -p x.ko; echo x.ko > modules.order", -EINVAL,
		"'x.ko', which is not a regular file");
	refused("absent", "touch y.ko; printf 'y.ko\\nx.ko\\n' > modules.order", -ENOENT,
		"cannot open 'x.ko', which 'modules.order' names");
	refused("escape",
		"n=$(printf 'a\\033[2Jb.ko'); touch \"$n\"; echo \"$n\" > modules.order",
		-EILSEQ, "'a\\x1b[2Jb.ko', which is no name for a module");
	refused("long",
		"d=$(printf %0200d 0); n=$d/$d/$d/$d/$d/$d; mkdir -p $n; touch $n/x.ko; "
		"echo $n/x.ko > modules.order",
		-EILSEQ, "is too long");
}

static void test_lists(void)
{
	refused("many",
		"i=0; while [ $i -lt 4100 ]; do : > $i.ko; echo $i.ko; i=$((i + 1)); "
		"done > modules.order",
		-E2BIG, "'modules.order' names more than 4096 modules");
	refused("order-pipe", "rm -f modules.order; mkfifo modules.order", -EINVAL,
		"cannot read the build's 'modules.order'");
	refused("order-link", "ln -sf $V/order modules.order", -ELOOP,
		"cannot read the build's 'modules.order'");
	refused("order-sparse", "truncate -s 4G modules.order", -EFBIG,
		"cannot read the build's 'modules.order'");
}

/* What stands beside the modules is read, too. */
static void test_records(void)
{
	_cleanup_build_ struct lab_build b = {0};
	static const char good[] =
		"touch x.ko x.o; echo x.ko > modules.order; rm -rf .x.o.cmd x.mod "
		".Module.symvers.cmd Module.symvers\n"
		"echo $PWD/x.c:1:1: warning: w\n";
	static const char *const attacks[] = {
		"mkfifo .x.o.cmd x.mod Module.symvers .Module.symvers.cmd",
		"ln -s /dev/zero .x.o.cmd; ln -s /dev/zero x.mod; ln -s $V/order "
		"Module.symvers",
		"truncate -s 4G .x.o.cmd x.mod; mkdir Module.symvers",
		"{ echo 'savedcmd_x.o := gcc x.c'; echo 'deps_x.o := a'; "
		"seq -f ' /gone/%g' 1 30000; } > .x.o.cmd",
		NULL,
	};

	put("records/Kbuild", "");
	for (const char *const *attack = attacks; *attack; attack++) {
		_cleanup_free_ char *text = xprintf("%s%s\n", good, *attack);

		put("records/attack.h", text);
		for (int i = 0; i < 2; i++) {
			put("records/again", i ? "once" : "twice");
			is_int(build("records", &b), 0, *attack);
			is_int((long long)b.modules.n, 1, "the module is found");
			ok(!b.symvers, "the list of symbols is none");
			ok(unharmed(), "nobody else's files are touched");
		}
	}
}

static void test_log(void)
{
	_cleanup_build_ struct lab_build b = {0};

	put("loud/Kbuild", "");
	put("loud/attack.h",
	    "echo first; seq -f 'f%g.c:1:1: warning: x' 1 200000; echo last; false");
	ok(build("loud", &b) > 0, "a build of many words");
	ok(b.log && strlen(b.log) < 8 << 20, "of which not all are kept");
	ok(b.log && strstr(b.log, "first") && strstr(b.log, "last"),
	   "the first and the last are");
	ok(b.log && strstr(b.log, "bytes of output left out here"), "and it says so");
	put("loud/attack.h", "seq -f 'f%g.c:1:1: warning: x' 1 50000; touch x.ko; "
			     "echo x.ko > modules.order");
	is_int(build("loud", &b), 0, "warnings of 50000 files are sorted out in time");
}

/* The next build puts things into order; it must not do so in somebody else's house. */
static void test_mirror(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *gone = in_scratch("copied/sub");
	_cleanup_free_ char *victim = in_scratch("victim");

	mirror = true;
	put("copied/Kbuild", "");
	put("copied/attack.h", "touch x.ko; echo x.ko > modules.order\n"
			       "rm -rf sub kept; ln -s $V sub; ln -s $V kept\n");
	put("copied/sub/deep/x", "");
	put("copied/sub/secret.ko", "");
	put("copied/kept/x", "");
	is_int(build("copied", &b), 0, "a build that puts symlinks for directories");
	fs_remove_tree(gone);
	/* What was a directory leads elsewhere now, and all in it seems to be gone. */
	if (symlink(victim, gone) < 0)
		printf("Bail out! cannot make a symlink\n");
	utimensat(AT_FDCWD, victim, NULL, 0); /* as new as the source */
	put("copied/kept/new", "");
	is_int(build("copied", &b), 0, "the source loses some and gains some");
	ok(unharmed(), "nothing is removed or written through them");
	mirror = false;
}

static void test_one_file(void)
{
	_cleanup_build_ struct lab_build b = {0};
	static const char *const attacks[] = {"ln -s $V/secret.ko Kbuild",
					      "mkfifo Kbuild", "mkdir Kbuild", NULL};

	for (const char *const *attack = attacks; *attack; attack++) {
		_cleanup_free_ char *text =
			xprintf("cp it.c it.ko; echo it.ko > modules.order\n"
				"rm -rf Kbuild; %s\n",
				*attack);

		put("loose/attack.h", text);
		for (int i = 0; i < 2; i++) {
			_cleanup_free_ char *fresh = xprintf("%s %d", *attack, i);

			put("loose/it.c", fresh);
			is_int(build("loose/it.c", &b), 0, *attack);
			ok(unharmed(), "our own Kbuild is written over it");
		}
	}
}

static void test_source(void)
{
	_cleanup_build_ struct lab_build b = {0};
	_cleanup_free_ char *fifo = NULL, *conf = NULL, *zero = NULL;

	put("src1/x", "");
	put("src2/Makefile", "");
	put("src3/x", "");
	fifo = in_scratch("src1/Kbuild");
	conf = in_scratch("src2/dkms.conf");
	zero = in_scratch("src3/Makefile");
	if (mkfifo(fifo, 0644) || mkfifo(conf, 0644) || symlink("/dev/zero", zero))
		printf("Bail out! cannot make a FIFO\n");
	is_int(build("src1", &b), -EINVAL, "a Kbuild that is a FIFO");
	ok(strstr(lab_error(&lab), "src1/Kbuild' is not a regular file"), "is named");
	is_int(build("src2", &b), -EINVAL, "so is a dkms.conf");
	is_int(build("src3", &b), -EINVAL, "and a Makefile that is a device");
}

static void refused_conf(const char *conf, int want, const char *says)
{
	put("dk/dkms.conf", conf);
	for (int i = 0; i < 2; i++) {
		_cleanup_build_ struct lab_build b = {0};

		is_int(build("dk", &b), want, "a dkms.conf is refused");
		if (!ok(strstr(lab_error(&lab), says), says))
			printf("# %s\n", lab_error(&lab));
		ok(!strpbrk(lab_error(&lab), "\n\033"), "in one clean line");
		ok(unharmed(), "nobody else's files are touched");
	}
}

#define CONF "PACKAGE_NAME=dk\nPACKAGE_VERSION=1\n"

static void test_dkms(void)
{
	refused_conf(CONF "BUILT_MODULE_LOCATION[0]=../../../../victim\n"
			  "BUILT_MODULE_NAME[0]=secret\nMAKE[0]=true\n",
		     -EXDEV,
		     "'dkms.conf' names '../../../../victim/secret.ko', which is "
		     "outside of the build's output; correct dkms.conf");
	refused_conf(CONF "MAKE[0]='ln -sf /dev/zero dk.ko'\n"
			  "BUILT_MODULE_NAME[0]=dk\n",
		     -ELOOP, "which is reached by a symlink");
	refused_conf(CONF "MAKE[0]='rm -f dk.ko; mkfifo dk.ko'\n"
			  "BUILT_MODULE_NAME[0]=dk\n",
		     -EINVAL, "which is not a regular file");
	refused_conf(CONF "for i in {0..5000}; do BUILT_MODULE_NAME[$i]=m$i; done\n",
		     -E2BIG, "names more than 4096 modules");
	refused_conf(CONF "BUILD_EXCLUSIVE_KERNEL=$'^9\\033[2J'\n", -ENOTSUP,
		     "excludes kernel");
	refused_conf("printf 'no\\033[2J\\nmore\\n' >&2; exit 1\n", -EINVAL,
		     "no\\x1b[2J; correct it");
}

static void test_program(void)
{
	_cleanup_free_ char *source = in_scratch("prog/tests/t.c"), *path = NULL;
	_cleanup_free_ char *log = NULL, *log2 = NULL, *module = in_scratch("prog");
	_cleanup_free_ char *fifo = in_scratch("prog/pipe.h"), *none = NULL;
	_cleanup_free_ char *a = in_scratch("prog/a"), *b = in_scratch("prog/b");
	_cleanup_free_ char *out = in_scratch("prog/tests/out.c");
	_cleanup_free_ char *victim = in_scratch("victim/order");

	put("prog/tests/t.c", "int main(void) { return 0; }\n");
	if (mkfifo(fifo, 0644) || symlink(".", a) || symlink("/", b) ||
	    symlink(victim, out))
		printf("Bail out! cannot make a FIFO\n");
	is_int(lab_build_program(&lab, &kernel, source, module, &path, &log), 0,
	       "FIFOs and links to everywhere beside a program");
	is_int(lab_build_program(&lab, &kernel, out, module, &none, &log2), -EXDEV,
	       "a program that is a link to a file elsewhere");
	ok(strstr(lab_error(&lab), "leads out of"), "is refused");
}

static bool has_programs(void)
{
	_cleanup_free_ char *make = process_find("make"), *bash = process_find("bash");
	_cleanup_free_ char *gcc = process_find("gcc");

	return make && bash && gcc;
}

static bool host_allows(void)
{
	struct lab_sandbox box = {0};
	_cleanup_text_ struct text out = TEXT_INIT;
	char *argv[] = {"true", NULL};
	int status = -1;

	return lab_sandbox_run(&lab, &box, argv, "/", &out, &status) == 0 && !status;
}

int main(void)
{
	_cleanup_free_ char *cache = NULL, *made = NULL;

	alarm(PATIENCE_S);
	scratch = mkdtemp(base);
	if (!scratch)
		return 1;
	cache = in_scratch("cache");
	setenv("KMLAB_CACHE", cache, 1);
	if (lab_init(&lab)) {
		printf("Bail out! %s\n", lab_error(&lab));
		return 1;
	}
	if (!has_programs() || !host_allows()) {
		printf("1..0 # SKIP no make, bash and gcc, or: %s\n", lab_error(&lab));
		return 0;
	}
	put("victim/secret.ko", "secret");
	put("victim/order", "x.ko\n");
	put("victim/deep/x", "");
	put("headers/Makefile", headers);
	made = in_scratch("headers");
	kernel.headers = made;
	test_names();
	test_lists();
	test_records();
	test_log();
	test_mirror();
	test_one_file();
	test_source();
	test_dkms();
	test_program();
	fs_remove_tree(scratch);
	lab_deinit(&lab);
	return tap_done();
}
