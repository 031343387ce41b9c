// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kbuild without its first half. Before it looks at a module, the kernel's top Makefile
 * asks the compiler some thirty questions, which takes longer than compiling a small
 * module; the answers are the same for every module of a kernel. It then hands over, by
 * exported variables, to scripts/Makefile.build, .modpost and .modfinal, which do all the
 * work and see to all dependencies. So for each kernel the hand-over is recorded once,
 * with an empty module of ours, and repeated with the user's directory in its place. What
 * Kbuild makes of a module is not touched: the objects are the same, byte for byte, and
 * tests/cli/20-build.t compares them.
 *
 * Only for kernels in the cache, which cannot change, and without words for make.
 */
#include <string.h>
#include <sys/stat.h>

#include "../cache.h"
#include "build_job.h"
#include "fs.h"

/* The record: one line for each word, its kind first. A blank line begins a new call. */
#define KIND_DIR  'd'
#define KIND_ARG  'a'
#define KIND_ENV  'e'
#define KIND_FROM 'm' /* the recorded module's directory, before all calls */

/* Where the recorded make finds its directory, whatever the cache is called. */
#define RECORD_AT "/kmlab-src/record"

static const char recorder[] =
	"#!/bin/bash\n"
	"case \"$1 $2\" in '-f '*/scripts/Makefile.*)\n"
	"  { echo; echo \"l$MAKELEVEL\"; echo \"d$PWD\"; printf 'a%s\\n' \"$@\"; env -0 "
	"|\n"
	"    while IFS= read -r -d '' v; do\n"
	"      case $v in SHLVL=*|_=*|OLDPWD=*|PWD=*) continue;; esac\n"
	"      case $v in *$'\\n'*) echo bad; continue;; esac\n"
	"      printf 'e%s\\n' \"$v\"\n"
	"    done; } >> \"${0%/*}/log\";;\n"
	"esac\n"
	"exec -a make /usr/bin/make \"$@\"\n";

static const char empty_module[] = "#include <linux/module.h>\n"
				   "MODULE_LICENSE(\"GPL\");\n"
				   "MODULE_DESCRIPTION(\"empty\");\n";

static int put(const char *dir, const char *name, const char *text, mode_t mode)
{
	_cleanup_free_ char *path = xprintf("%s/%s", dir, name);

	return fs_write_file(path, text, strlen(text), mode);
}

/* --- recording -----------------------------------------------------------------------
 */

/* The calls made by the top Makefile itself are those of the lowest level; deeper ones
 * come about again when these are repeated. */
static char *keep_top_calls(const char *log, const char *from)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	const char *call;
	char top = 'z';

	for (call = strstr(log, "\n\nl"); call; call = strstr(call + 1, "\n\nl"))
		top = call[3] < top ? call[3] : top;
	text_printf(&out, "m%s\n", from);
	for (call = strstr(log, "\n\nl"); call;) {
		const char *next = strstr(call + 1, "\n\nl");
		const char *body = strchr(call + 3, '\n');
		size_t len = next ? (size_t)(next - body) : strlen(body) - 1;

		if (call[3] == top)
			text_printf(&out, "\n%.*s\n", (int)len - 1, body + 1);
		call = next;
	}
	return text_take(&out);
}

/* What cannot be repeated leaves an empty record, so that it is not tried again. */
static int save_record(const char *dir, const char *from, int status)
{
	_cleanup_free_ char *path = xprintf("%s/log", dir);
	_cleanup_free_ char *log = NULL, *text = NULL, *record = NULL;

	if (!status && fs_read_file(path, &log, NULL) == 0 && !strstr(log, "\nbad\n")) {
		text = xprintf("\n%s", log);
		record = keep_top_calls(text, from);
	}
	return put(dir, "record", record ? record : "", 0644);
}

static int run_recorded(struct build_job *job, const char *dir)
{
	static const char m[] = "M=" RECORD_AT "/src";
	static const char path[] =
		"PATH=" RECORD_AT ":/run/kmlab/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	_cleanup_text_ struct text out = TEXT_INIT;
	char *const nothing[] = {NULL};
	struct lab_sandbox box = job->box;
	char *argv[] = {
		"env", (char *)path,	     "make",	"-s",	   "--no-print-directory",
		"-C",  job->kernel->headers, (char *)m, "modules", NULL,
		NULL};
	int err, status = 0;

	if (job->spec->warnings_as_errors) {
		argv[8] = "KCFLAGS=-Werror";
		argv[9] = "modules";
	}
	box.lower = box.upper = dir;
	box.at = RECORD_AT;
	box.work = NULL;
	box.expose = nothing;
	box.hide = NULL;
	err = lab_sandbox_run(job->lab, &box, argv, "/", &out, &status);
	return err ? err : save_record(dir, RECORD_AT "/src", status);
}

static int make_record(struct build_job *job, const char *id)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_close_ int lock = lab_cache_lock(job->lab, "builds", id);
	_cleanup_free_ char *src = NULL;
	int err;

	if (lock < 0)
		return lock;
	if (lab_cache_has(job->lab, "builds", id))
		return 0;
	err = lab_stage_begin(job->lab, "builds", &stage);
	if (err)
		return err;
	src = xprintf("%s/src", stage.dir);
	err = fs_mkdir_p(src, 0755);
	if (!err)
		err = put(src, "Kbuild", "obj-m := empty.o\n", 0644);
	if (!err)
		err = put(src, "empty.c", empty_module, 0644);
	if (!err)
		err = put(stage.dir, "make", recorder, 0755);
	if (!err)
		err = run_recorded(job, stage.dir);
	if (!err)
		err = fs_remove_tree(src);
	return err ? err : lab_stage_publish(job->lab, &stage, id);
}

static char *record_id(const struct build_job *job)
{
	const struct lab_kernel *k = job->kernel;
	const char *const parts[] = {"2",
				     k->id,
				     k->root,
				     k->headers,
				     k->usr_src ? k->usr_src : "",
				     k->release,
				     job->spec->warnings_as_errors ? "-Werror" : "",
				     NULL};
	_cleanup_free_ char *key = lab_cache_key(parts);

	return xprintf("kbuild-%s", key);
}

/* --- repeating -----------------------------------------------------------------------
 */

/* @s for the shell, with @from replaced by @to. */
static void quote(struct text *t, const char *s, const char *from, const char *to)
{
	size_t n = strlen(from);

	text_puts(t, " '");
	while (*s) {
		if (!strncmp(s, from, n)) {
			text_puts(t, to);
			s += n;
		} else {
			text_puts(t, *s == '\'' ? "'\\''" : (char[]){*s, '\0'});
			s++;
		}
	}
	text_puts(t, "'");
}

struct call {
	struct text dir, env, args;
};

/* PWD stays the module's directory, as for a make that was called there: "env -i" and the
 * shell's cd would change it. */
static void add_call(struct text *script, struct call *call, const char *dir,
		     const char *more)
{
	_cleanup_text_ struct text pwd = TEXT_INIT;

	quote(&pwd, dir, "\n", "");
	if (call->args.len)
		text_printf(script, "cd%s && env -i PWD=%s%s make -j%d%s%s || exit\n",
			    call->dir.s, pwd.s + 1, call->env.s, build_cpus(),
			    call->args.s, more);
	text_deinit(&call->dir);
	text_deinit(&call->env);
	text_deinit(&call->args);
}

/* The shell text that repeats @record for @dir; @more: further words for each make. */
static char *to_script(char *record, const char *dir, const char *more)
{
	_cleanup_text_ struct text script = TEXT_INIT;
	struct call call = {TEXT_INIT, TEXT_INIT, TEXT_INIT};
	const char *from = NULL;
	char *line = record, *next;

	for (; line && *line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (line[0] == KIND_FROM)
			from = line + 1;
		else if (!from)
			break;
		else if (!line[0])
			add_call(&script, &call, dir, more);
		else if (line[0] == KIND_DIR)
			quote(&call.dir, line + 1, from, dir);
		else if (line[0] == KIND_ENV)
			quote(&call.env, line + 1, from, dir);
		else if (line[0] == KIND_ARG)
			quote(&call.args, line + 1, from, dir);
		if (next && *next == '\n' && !line[0])
			break;
	}
	add_call(&script, &call, dir, more);
	return text_take(&script);
}

char *build_shortcut(struct build_job *job, const char *symvers)
{
	_cleanup_free_ char *id = NULL, *entry = NULL, *path = NULL, *record = NULL;
	_cleanup_text_ struct text more = TEXT_INIT;
	char *script;

	if (!job->kernel->root || job->spec->clean ||
	    (job->spec->make_args && job->spec->make_args[0]))
		return NULL;
	id = record_id(job);
	if (!lab_cache_has(job->lab, "builds", id) && make_record(job, id))
		return NULL;
	entry = lab_cache_path(job->lab, "builds", id);
	path = xprintf("%s/record", entry);
	if (fs_read_file(path, &record, NULL) || !*record)
		return NULL;
	if (!job->btf)
		text_puts(&more, " " BUILD_NO_BTF);
	if (symvers)
		quote(&more, symvers, "\n", "");
	script = to_script(record, job->at, more.s ? more.s : "");
	/* One argument of a command has a limit. */
	if (!*script || strlen(script) > 120000) {
		free(script);
		return NULL;
	}
	return script;
}
