// SPDX-License-Identifier: GPL-2.0-only
/* From make's output to what a user needs to read. */
#include <string.h>

#include "build_job.h"
#include "fs.h"

/* Bytes kept of output that has more: the first errors, and the last words. */
#define LOG_HEAD (1 << 20)
#define LOG_TAIL (1 << 20)

char *build_log_shorten(const char *raw)
{
	size_t size = strlen(raw);
	const char *head = raw + LOG_HEAD, *tail, *line;

	if (size <= LOG_HEAD + LOG_TAIL)
		return xstrdup(raw);
	/* Whole lines, unless they are very long. */
	line = memrchr(raw, '\n', LOG_HEAD);
	head = line ? line : head;
	tail = raw + size - LOG_TAIL;
	line = memchr(tail, '\n', LOG_TAIL / 2);
	tail = line ? line + 1 : tail;
	return xprintf("%.*s\n(%zu bytes of output left out here)\n%s", (int)(head - raw),
		       raw, (size_t)(tail - head), tail);
}

/* True of every out-of-tree build here, and nothing a user could or should change. */
static bool is_noise(const char *line)
{
	static const char *const starts[] = {
		"Skipping BTF generation for ",
		"warning: the compiler differs from the one used to build the kernel",
		"  The kernel was built by: ",
		"  You are using: ",
		NULL,
	};

	for (const char *const *s = starts; *s; s++)
		if (str_starts(line, *s))
			return true;
	/* "  CC [M]  /home/u/hello.o", where a dkms.conf runs make without -s */
	if (line[0] == ' ' && line[1] == ' ' && line[2] >= 'A' && line[2] <= 'Z' &&
	    strspn(line + 2, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") >= 2 && strchr(line, '/'))
		return true;
	return !strncmp(line, "make", 4) && (strstr(line, ": Entering directory '") ||
					     strstr(line, ": Leaving directory '"));
}

/* "make[2]: *** [...: hello.o] Error 1": the cause stands above. */
static bool is_echo(const char *line)
{
	return !strncmp(line, "make", 4) && strstr(line, "*** [") &&
	       strstr(line, "] Error ");
}

/* From 6.13 on Kbuild works in the module's directory and names files relative to it. */
static void add_line(struct text *out, const char *line, const char *dir)
{
	static const char *const intro[] = {"In file included from ",
					    "                 from ", NULL};
	const char *name = line, *colon;
	_cleanup_free_ char *path = NULL;

	for (const char *const *s = intro; *s; s++)
		if (str_starts(line, *s))
			name = line + strlen(*s);
	colon = strchr(name, ':');
	if (*name && *name != '/' && colon && colon != name) {
		path = xprintf("%s/%.*s", dir, (int)(colon - name), name);
		if (!fs_exists(path))
			path = (free(path), NULL);
	}
	text_add(out, line, (size_t)(name - line));
	text_printf(out, "%s%s\n", path ? path : name, path ? colon : "");
}

char *build_log_filter(const char *raw, const char *dir)
{
	_cleanup_text_ struct text out = TEXT_INIT, echoes = TEXT_INIT;
	_cleanup_free_ char *copy = xstrdup(raw ? raw : "");
	char *save, *line;

	for (line = strtok_r(copy, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (is_noise(line))
			continue;
		if (is_echo(line))
			text_printf(&echoes, "%s\n", line);
		else
			add_line(&out, line, dir);
	}
	return text_take(out.len ? &out : &echoes);
}

unsigned int build_log_warnings(const char *log)
{
	unsigned int n = 0;

	for (; log && *log; log = strchr(log, '\n') ? strchr(log, '\n') + 1 : NULL) {
		size_t len = strcspn(log, "\n");
		const char *hit = memmem(log, len, ": warning: ", 11);

		if (hit)
			n++;
	}
	return n;
}
