// SPDX-License-Identifier: GPL-2.0-only
/* The records that Kbuild keeps beside each object: .NAME.cmd. */
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "below.h"
#include "build_job.h"
#include "fs.h"

#define MAX_RECORD  (4 << 20) /* bytes; that of an object has some 100 KiB */
#define MAX_RECORDS 50000     /* the kernel itself has fewer */

void build_cmd_deinit(struct build_cmd *cmd)
{
	free(cmd->target);
	free(cmd->command);
	free(cmd->source);
	strv_deinit(&cmd->deps);
}

/* As make reads it: "$$" is "$", "\#" is "#". */
static char *unescape_make(const char *s)
{
	_cleanup_text_ struct text t = TEXT_INIT;

	for (; *s; s++) {
		if ((s[0] == '$' && s[1] == '$') || (s[0] == '\\' && s[1] == '#'))
			s++;
		text_add(&t, s, 1);
	}
	return text_take(&t);
}

/* One line of "deps_X := \": a path, or $(wildcard ...) for a config option. */
static void parse_dep(struct build_cmd *cmd, char *line)
{
	size_t n;

	line += strspn(line, " \t");
	n = strlen(line);
	while (n && (line[n - 1] == '\\' || line[n - 1] == ' '))
		line[--n] = '\0';
	if (n && line[0] != '$')
		strv_add(&cmd->deps, line);
}

static void parse_line(struct build_cmd *cmd, char *line, bool *in_deps)
{
	char *value = strstr(line, " := ");

	if (*in_deps) {
		*in_deps = line[0] == ' ' || line[0] == '\t';
		if (*in_deps)
			parse_dep(cmd, line);
		return;
	}
	if (!value)
		return;
	*value = '\0';
	value += 4;
	if (!cmd->command &&
	    (str_starts(line, "cmd_") || str_starts(line, "savedcmd_"))) {
		cmd->target = xstrdup(strchr(line, '_') + 1);
		cmd->command = unescape_make(value);
	} else if (!cmd->source && str_starts(line, "source_")) {
		cmd->source = xstrdup(value);
	} else if (str_starts(line, "deps_")) {
		*in_deps = true;
	}
}

int build_cmd_read(int top, const char *name, struct build_cmd *ret)
{
	_cleanup_free_ char *text = NULL;
	struct build_cmd cmd = {0};
	bool in_deps = false;
	char *save, *line;
	int err = below_read(top, name, MAX_RECORD, &text, NULL);

	if (err)
		return err;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		parse_line(&cmd, line, &in_deps);
	if (!cmd.command) {
		build_cmd_deinit(&cmd);
		return -ENODATA;
	}
	*ret = cmd;
	return 0;
}

static int collect(const char *dir, const char *sub, struct strv *ret)
{
	_cleanup_free_ char *path = xprintf("%s/%s", dir, sub);
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(path, true, &names);

	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *rel = xprintf("%s%s", sub, names.v[i]);
		_cleanup_free_ char *full = xprintf("%s/%s", dir, rel);
		struct stat st;

		if (lstat(full, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			_cleanup_free_ char *below = xprintf("%s/", rel);

			/* a mount point that a sandbox left behind may be unreadable */
			if (collect(dir, below, ret) == -E2BIG)
				err = -E2BIG;
		} else if (S_ISREG(st.st_mode) && names.v[i][0] == '.' &&
			   str_ends(rel, ".cmd")) {
			strv_take(ret, take_ptr(rel));
			err = ret->n > MAX_RECORDS ? -E2BIG : 0;
		}
	}
	return err;
}

int build_cmd_files(const char *dir, struct strv *ret)
{
	return collect(dir, "", ret);
}

/* The compiler's own command: what comes before the first "; " is it; objtool follows. */
static json_t *command_entry(struct build_job *job, const struct build_cmd *cmd)
{
	const char *end = strstr(cmd->command, " ; ");
	size_t len = end ? (size_t)(end - cmd->command) : strlen(cmd->command);
	bool relative = cmd->source[0] != '/';
	_cleanup_free_ char *file = relative ? xprintf("%s/%s", job->dir, cmd->source)
					     : build_path_user(job, cmd->source, false);
	_cleanup_free_ char *recorded = xstrndup(cmd->command, len);
	_cleanup_free_ char *command = build_path_user(job, recorded, true);

	return json_pack("{s:s, s:s, s:s}", "directory",
			 relative ? job->dir : job->kernel->headers, "command", command,
			 "file", file);
}

static bool wanted(const struct build_cmd *cmd)
{
	return cmd->source && str_ends(cmd->source, ".c") &&
	       !str_ends(cmd->source, ".mod.c") &&
	       !strstr(cmd->source, "module-common.c");
}

int build_compile_commands(struct build_job *job)
{
	_cleanup_strv_ struct strv files = STRV_INIT;
	_cleanup_free_ char *path = xprintf("%s/compile_commands.json", job->dir);
	_cleanup_free_ char *text = NULL;
	json_t *array = json_array();
	int err = build_cmd_files(job->upper, &files);

	for (size_t i = 0; !err && i < files.n; i++) {
		_cleanup_build_cmd_ struct build_cmd cmd = {0};

		if (str_ends(files.v[i], ".o.cmd") &&
		    build_cmd_read(job->top, files.v[i], &cmd) == 0 && wanted(&cmd))
			json_array_append_new(array, command_entry(job, &cmd));
	}
	text = json_dumps(array, JSON_INDENT(2));
	json_decref(array);
	if (!err && text)
		err = fs_write_file(path, text, strlen(text), 0644);
	if (err)
		return lab_fail(job->lab, err,
				"cannot write '%s': %s; check its permissions", path,
				strerror(-err));
	return 0;
}
