// SPDX-License-Identifier: GPL-2.0-only
/* User-space programs in C, compiled once for each content; see programs.h. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "../cache.h"
#include "../checkout.h"
#include "below.h"
#include "digest.h"
#include "fs.h"
#include "programs.h"
#include "../sandbox/sandbox.h"

/* Bytes: more is no header and no program that somebody wrote. */
#define MAX_TEXT    (64 << 20)
#define MAX_HEADERS 20000

/* What is not a regular file is no header. */
static int add_header(const char *path, struct strv *parts)
{
	char *text;
	int err = fs_read_limited(path, MAX_TEXT, &text);

	if (err)
		return err == -EINVAL || err == -EISDIR || err == -ENOENT ? 0 : err;
	strv_add(parts, path);
	strv_take(parts, text);
	return parts->n > 2 * MAX_HEADERS ? -E2BIG : 0;
}

/* A directory behind a symlink may be anything, "/" or the one that we come from. What
 * the compiler finds there is noted afterwards, see note_files(). */
static int add_headers(const char *dir, struct strv *parts)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(dir, false, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, names.v[i]);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			err = add_headers(path, parts);
		else if (str_ends(path, ".h"))
			err = add_header(path, parts);
	}
	return err;
}

/* Everything that shapes the program: its text, the headers it may include from beside
 * itself and from @include, and the compiler, which the build root stands for. */
static int program_id(const struct lab *lab, const struct lab_kernel *kernel,
		      const char *source, const char *include, char **ret)
{
	_cleanup_strv_ struct strv parts = STRV_INIT;
	_cleanup_free_ char *dir =
		xstrndup(source, (size_t)(fs_basename(source) - source));
	_cleanup_free_ char *helpers = xprintf("%s/guest", lab->data_dir);
	_cleanup_free_ char *key = NULL;
	char *text = NULL;
	int err = fs_read_limited(source, MAX_TEXT, &text);

	if (err)
		return err;
	strv_add(&parts, kernel->root ? kernel->root : kernel->id);
	strv_add(&parts, source);
	strv_take(&parts, text);
	if (!include || !str_starts(dir, include))
		err = add_headers(dir, &parts);
	if (!err && include)
		err = add_headers(include, &parts);
	if (!err && fs_is_dir(helpers))
		err = add_headers(helpers, &parts);
	if (err)
		return err;
	key = lab_cache_key((const char *const *)parts.v);
	*ret = xprintf("prog-%s", key);
	return 0;
}

/* ---- what else the compiler read ---- */

/* The next name in a list that gcc made for make: blanks end it, "\\ " is one in it. */
static char *next_name(const char **list)
{
	struct text name = TEXT_INIT;
	const char *s = *list;

	while (*s == ' ' || *s == '\n' || (s[0] == '\\' && s[1] == '\n'))
		s++;
	for (; *s && *s != ' ' && *s != '\n'; s++) {
		if (*s == '\\' && s[1] == '\n')
			break;
		if ((*s == '\\' || *s == '$') && s[1])
			s++;
		text_add(&name, s, 1);
	}
	*list = s;
	return name.len ? text_take(&name) : NULL;
}

/* NULL: nothing whose content could be known, such as a terminal, or far too large. */
static char *content_key(const char *path)
{
	struct digest d;
	struct stat st;

	if (stat(path, &st) == 0 && (!S_ISREG(st.st_mode) || st.st_size > MAX_TEXT))
		return NULL;
	digest_init(&d);
	if (digest_file(&d, path))
		return xstrdup("missing");
	return digest_end(&d);
}

/* "KEY PATH" for each file that is not the build root's own, which cannot change. */
static int note_files(int dir)
{
	_cleanup_text_ struct text all = TEXT_INIT;
	_cleanup_free_ char *text = NULL;
	const char *rest;
	char *name;
	int err = below_read(dir, "program.d", MAX_TEXT, &text, NULL);

	if (err)
		return err;
	rest = strstr(text, ": ");
	for (rest = rest ? rest + 1 : ""; (name = next_name(&rest)); free(name)) {
		_cleanup_free_ char *key = NULL;

		if (str_starts(name, "/usr/"))
			continue;
		key = content_key(name);
		text_printf(&all, "%s %s\n", key ? key : "unknown", name);
	}
	return below_write(dir, "read", all.s ? all.s : "", all.len, 0644);
}

/* Is each of them as it was? Those in the program's own key are, too. */
static bool files_as_noted(struct lab *lab, const char *id)
{
	_cleanup_free_ char *entry = lab_cache_path(lab, "builds", id);
	_cleanup_free_ char *path = xprintf("%s/read", entry), *text = NULL;
	char *save, *line;

	if (fs_read_file(path, &text, NULL))
		return false;
	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *name = strchr(line, ' ');
		_cleanup_free_ char *key = name ? content_key(name + 1) : NULL;

		if (!key || strncmp(line, key, (size_t)(name - line)) || key[name - line])
			return false;
	}
	return true;
}

/* The directory of the source, that of the module it belongs to, the checkout around them
 * and what guests bring. */
static void what_it_reads(struct lab *lab, const char *source, const char *include,
			  struct strv *ret)
{
	_cleanup_free_ char *dir =
		xstrndup(source, (size_t)(fs_basename(source) - source) - 1);
	_cleanup_free_ char *helpers = xprintf("%s/guest", lab->data_dir);
	char *top = lab_checkout_of(include ? include : dir);

	if (top)
		strv_take(ret, top);
	if (include)
		strv_add(ret, include);
	if (*dir)
		strv_add(ret, dir);
	strv_add(ret, helpers);
}

static int compile(struct lab *lab, const struct lab_kernel *kernel, const char *source,
		   const char *include, const char *dir, struct text *log, int *status)
{
	char *const nothing[] = {NULL};
	struct lab_sandbox box = {
		.root = kernel->root, .lower = dir, .upper = dir, .expose = nothing};
	_cleanup_strv_ struct strv argv = STRV_INIT, see = STRV_INIT;

	what_it_reads(lab, source, include, &see);
	box.see = see.v;
	strv_add(&argv, "gcc");
	strv_add(&argv, "-O2");
	strv_add(&argv, "-g");
	strv_add(&argv, "-Wall");
	strv_add(&argv, "-static");
	strv_add(&argv, "-pthread");
	strv_add(&argv, "-MD");
	strv_add(&argv, "-MF");
	strv_printf(&argv, "%s/program.d", dir);
	if (include)
		strv_printf(&argv, "-I%s", include);
	strv_printf(&argv, "-I%s/guest", lab->data_dir); /* guest/kit/k*.h */
	strv_add(&argv, "-o");
	strv_printf(&argv, "%s/program", dir);
	strv_add(&argv, source);
	return lab_sandbox_run(lab, &box, argv.v, "/", log, status);
}

/* Its name tells one content from another, as its entry's name alone does not. */
static char *program_path(const char *entry)
{
	_cleanup_free_ char *read = xprintf("%s/read", entry);
	_cleanup_free_ char *key = content_key(read);

	return xprintf("%s/program-%s", entry, key);
}

static int name_program(const char *dir)
{
	_cleanup_free_ char *named = NULL;
	_cleanup_close_ int top = below_top(dir), made = -1;
	int err = top < 0 ? top : note_files(top);

	if (err)
		return err;
	made = below_file(top, "program", NULL);
	if (made < 0)
		return made;
	named = program_path(dir);
	return renameat(top, "program", AT_FDCWD, named) < 0 ? -errno : 0;
}

static bool is_ready(struct lab *lab, const char *id)
{
	return lab_cache_has(lab, "builds", id) && files_as_noted(lab, id);
}

/* -ENOEXEC: the compiler refused it, and said why in @log. */
static int make_entry(struct lab *lab, const struct lab_kernel *kernel,
		      const char *source, const char *include, const char *id,
		      struct text *log)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_close_ int lock = lab_cache_lock(lab, "builds", id);
	_cleanup_free_ char *path = NULL;
	int err, status = 0;

	if (lock < 0)
		return lock;
	if (is_ready(lab, id))
		return 0;
	err = lab_cache_remove(lab, "builds", id);
	if (!err)
		err = lab_stage_begin(lab, "builds", &stage);
	if (!err)
		err = compile(lab, kernel, source, include, stage.dir, log, &status);
	if (err)
		return err;
	if (status)
		return -ENOEXEC;
	path = xprintf("%s/log", stage.dir);
	err = name_program(stage.dir);
	if (!err)
		err = fs_write_file(path, log->s ? log->s : "", log->len, 0644);
	if (err)
		return lab_fail(lab, err, "cannot write '%s': %s; free some space", path,
				strerror(-err));
	return lab_stage_publish(lab, &stage, id);
}

int lab_build_program(struct lab *lab, const struct lab_kernel *kernel,
		      const char *source, const char *include, char **ret_path,
		      char **ret_log)
{
	_cleanup_free_ char *real = realpath(source, NULL), *id = NULL, *log_path = NULL;
	_cleanup_free_ char *inc = include ? realpath(include, NULL) : NULL;
	_cleanup_free_ char *entry = NULL;
	_cleanup_text_ struct text log = TEXT_INIT;
	char *saved = NULL;
	int err = 0;

	if (!real || (include && !inc))
		return lab_fail(lab, -errno, "cannot open '%s': %s; check the path",
				real ? include : source, strerror(errno));
	if (inc && !path_below(real, inc))
		return lab_fail(lab, -EXDEV,
				"'%s' leads out of '%s'; copy the file there", source,
				inc);
	err = program_id(lab, kernel, real, inc, &id);
	if (err)
		return lab_fail(lab, err,
				"cannot read '%s' and its headers: %s; check their "
				"permissions",
				source, strerror(-err));
	if (!is_ready(lab, id)) {
		err = make_entry(lab, kernel, real, inc, id, &log);
		if (err && err != -ENOEXEC)
			return err;
	}
	if (err == -ENOEXEC) {
		*ret_log = text_take(&log);
		return lab_fail(lab, err, "'%s' does not compile; correct it", source);
	}
	entry = lab_cache_path(lab, "builds", id);
	log_path = xprintf("%s/log", entry);
	(void)fs_read_file(log_path, &saved, NULL);
	*ret_path = program_path(entry);
	*ret_log = saved ? saved : xstrdup("");
	return 0;
}

/* ---- all that a guest gets, side by side ---- */

void lab_programs_deinit(struct lab_programs *p)
{
	strv_deinit(&p->sources);
	strv_deinit(&p->includes);
}

static bool has_name(const struct lab_programs *p, const char *name)
{
	for (size_t i = 0; i < p->sources.n; i++)
		if (!strcmp(fs_basename(p->sources.v[i]), name))
			return true;
	return false;
}

void lab_programs_add(struct lab_programs *p, const char *module, const char *folder,
		      const char *name)
{
	if (!str_ends(name, ".c") || has_name(p, name))
		return;
	strv_printf(&p->sources, "%s/%s/%s", module, folder, name);
	strv_add(&p->includes, module);
}

void lab_programs_add_clients(struct lab_programs *p, const char *module)
{
	_cleanup_free_ char *dir = xprintf("%s/client", module);
	_cleanup_strv_ struct strv names = STRV_INIT;

	if (!fs_is_dir(dir) || fs_list(dir, false, &names))
		return;
	for (size_t i = 0; i < names.n; i++)
		lab_programs_add(p, module, "client", names.v[i]);
}

static int build_all(struct lab *lab, const struct lab_kernel *kernel,
		     const struct lab_programs *p, struct strv *built, char **source,
		     char **log)
{
	for (size_t i = 0; i < p->sources.n; i++) {
		_cleanup_free_ char *said = NULL;
		char *program = NULL;
		int err = lab_build_program(lab, kernel, p->sources.v[i],
					    p->includes.v[i], &program, &said);

		if (err == -ENOEXEC) {
			*source = xstrdup(p->sources.v[i]);
			*log = take_ptr(said);
		}
		if (err)
			return err;
		strv_take(built, program);
	}
	return 0;
}

static int gather(struct lab *lab, const struct lab_programs *p, const struct strv *built,
		  const char *key)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_close_ int top = -1;
	int err = lab_stage_begin(lab, "builds", &stage);

	/* In the guest others than root call them, too. */
	if (!err && chmod(stage.dir, 0755) < 0)
		err = lab_fail(lab, -errno, "cannot change the mode of '%s': %s",
			       stage.dir, strerror(errno));
	if (!err)
		top = below_top(stage.dir);
	for (size_t i = 0; i < built->n && !err; i++) {
		const char *name = fs_basename(p->sources.v[i]);
		_cleanup_free_ char *to = xstrndup(name, strlen(name) - 2);
		_cleanup_close_ int from = lab_cache_open(lab, built->v[i]);

		err = from < 0 ? from : below_copy(from, top, to, 0755);
		if (err)
			lab_fail(lab, err,
				 "cannot write '%s/%s': %s; free space or set "
				 "KMLAB_CACHE",
				 stage.dir, to, strerror(-err));
	}
	return err ? err : lab_stage_publish(lab, &stage, key);
}

/* A program's path in the cache is a hash of its content, so the key names the content.
 */
static char *key_of(const struct lab_programs *p, const struct strv *built)
{
	_cleanup_strv_ struct strv parts = STRV_INIT;

	strv_add(&parts, "programs, layout 2");
	for (size_t i = 0; i < built->n; i++) {
		strv_add(&parts, fs_basename(p->sources.v[i]));
		strv_add(&parts, built->v[i]);
	}
	return lab_cache_key((const char *const *)parts.v);
}

int lab_programs_build(struct lab *lab, const struct lab_kernel *kernel,
		       const struct lab_programs *p, char **ret_dir, char **source,
		       char **log)
{
	_cleanup_strv_ struct strv built = STRV_INIT;
	_cleanup_free_ char *key = NULL;
	int err = build_all(lab, kernel, p, &built, source, log);

	if (err)
		return err;
	key = key_of(p, &built);
	if (!lab_cache_has(lab, "builds", key))
		err = gather(lab, p, &built, key);
	if (!err)
		*ret_dir = lab_cache_path(lab, "builds", key);
	return err;
}
