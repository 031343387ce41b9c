// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "below.h"
#include "fs.h"

#include "event.h"
#include "quote.h"

enum { FILE_MAX = 4 << 20, LINE_MAX_BYTES = 240, CHUNK = 65536 };

void quote_trees_deinit(struct quote_trees *trees)
{
	for (size_t i = 0; i < trees->n; i++) {
		free(trees->v[i].at);
		free(trees->v[i].dir);
	}
	free(trees->v);
	*trees = (struct quote_trees){NULL, 0};
}

void quote_trees_add(struct quote_trees *trees, const char *at, const char *dir,
		     bool bare)
{
	trees->v = xreallocarray(trees->v, trees->n + 1, sizeof(*trees->v));
	trees->v[trees->n++] =
		(struct quote_tree){.at = xstrdup(at), .dir = xstrdup(dir), .bare = bare};
}

static bool is_hidden(const char *path)
{
	for (const char *s = path; *s; s += strspn(s, "/")) {
		size_t n = strcspn(s, "/");

		if (s[0] == '.' && n > 1 && !(n == 2 && s[1] == '.'))
			return true;
		s += n;
	}
	return false;
}

static bool is_bare_source(const char *path)
{
	return !strchr(path, '/') && (str_ends(path, ".c") || str_ends(path, ".h") ||
				      str_ends(path, ".S") || str_ends(path, ".inc"));
}

/* An empty file has no lines: in a build's output it is the place over which a file of
 * the source was mounted. */
static int open_below(const char *dir, const char *path)
{
	_cleanup_close_ int top = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (top < 0)
		return -errno;
	fd = below_file(top, path, &st);
	if (fd < 0)
		return fd;
	return st.st_size ? take_fd(&fd) : -ENODATA;
}

static int open_source(const struct quote_trees *trees, const char *file)
{
	for (size_t i = 0; i < trees->n; i++) {
		const struct quote_tree *t = &trees->v[i];
		/* It may still lead out by "..": the kernel sees to that. */
		const char *path = path_rest(file, t->at);
		int fd;

		if (!path || !*path || is_hidden(path) ||
		    (t->bare && !is_bare_source(path)))
			continue;
		fd = open_below(t->dir, path);
		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* Adds what @s holds of the line; true at its end. */
static bool add_part(struct text *line, const char *s, size_t n)
{
	const char *end = memchr(s, '\n', n);

	n = end ? (size_t)(end - s) : n;
	if (!line->len) {
		while (n && (*s == ' ' || *s == '\t')) {
			s++;
			n--;
		}
	}
	if (line->len < LINE_MAX_BYTES)
		text_add(line, s,
			 n < LINE_MAX_BYTES - line->len ? n : LINE_MAX_BYTES - line->len);
	return end || line->len >= LINE_MAX_BYTES;
}

/* Not in the middle of a UTF-8 character. */
static void trim(struct text *line)
{
	if (line->len >= LINE_MAX_BYTES) {
		while (line->len &&
		       ((unsigned char)line->s[line->len - 1] & 0xc0) == 0x80)
			line->len--;
		if (line->len && (unsigned char)line->s[line->len - 1] >= 0xc0)
			line->len--;
		line->s[line->len] = '\0';
		text_puts(line, "...");
	} else if (line->len && line->s[line->len - 1] == '\r') {
		line->s[--line->len] = '\0';
	}
}

static char *read_line(int fd, int number)
{
	_cleanup_free_ char *buf = xcalloc(1, CHUNK);
	_cleanup_text_ struct text line = TEXT_INIT;
	int left = number - 1; /* line ends before it */
	bool found = false;
	ssize_t n = 0;

	for (size_t done = 0; done < FILE_MAX && !found; done += (size_t)n) {
		const char *s = buf, *end;

		n = read(fd, buf, CHUNK);
		if (n <= 0)
			break;
		while (left && (end = memchr(s, '\n', (size_t)(buf + n - s)))) {
			s = end + 1;
			left--;
		}
		if (!left && s < buf + n)
			found = add_part(&line, s, (size_t)(buf + n - s));
	}
	trim(&line);
	return line.len && line.s[0] ? text_take(&line) : NULL;
}

char *quote_line(const struct quote_trees *trees, const char *file, int number)
{
	_cleanup_close_ int fd = -1;

	if (!file || number < 1 || strlen(file) >= PATH_MAX)
		return NULL;
	fd = open_source(trees, file);
	return fd < 0 ? NULL : read_line(fd, number);
}

void lab_result_quote(struct lab_result *r, const struct quote_trees *trees)
{
	const struct lab_event *worst = lab_result_worst(r);

	for (size_t i = 0; worst && i < worst->n_frames; i++) {
		struct lab_frame *f = &worst->frames[i];

		if (!f->module || f->text)
			continue;
		f->text = quote_line(trees, f->file, f->line);
	}
}
