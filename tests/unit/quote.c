// SPDX-License-Identifier: GPL-2.0-only
/* Which files a report quotes, and which it must not even open. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"
#include "tap.h"
#include "trees.h"

#define SECRET "the secret line"

static char *top, *tree;

static char *put(const char *name, const char *text)
{
	char *path = xprintf("%s/%s", top, name);
	_cleanup_free_ char *dir = xstrdup(path);

	*strrchr(dir, '/') = '\0';
	fs_mkdir_p(dir, 0755);
	fs_write_file(path, text, strlen(text), 0644);
	return path;
}

static void put_all(void)
{
	static const char *const files[][2] = {
		{"tree/a.c", "one\n\t  two\nthree"}, {"tree/sub/b.h", "deep\n"},
		{"tree/.env", SECRET "\n"},	     {"tree/.git/config", SECRET "\n"},
		{"secret.c", SECRET "\n"},	     {"tree-too/c.c", SECRET "\n"},
	};
	_cleanup_free_ char *link = xprintf("%s/tree/link.c", top);
	_cleanup_free_ char *dir_link = xprintf("%s/tree/out", top);
	_cleanup_free_ char *proc_link = xprintf("%s/tree/magic", top);
	_cleanup_free_ char *fifo = xprintf("%s/tree/fifo.c", top);

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		free(put(files[i][0], files[i][1]));
	ok(symlink("../secret.c", link) == 0 && symlink("..", dir_link) == 0 &&
		   symlink("/proc/self/root", proc_link) == 0 && mkfifo(fifo, 0600) == 0,
	   "the tree has links and a FIFO");
}

/* @name: below the tree. */
static char *line_of(const char *name, int number, bool bare)
{
	_cleanup_free_ char *path =
		name[0] == '/' ? xstrdup(name) : xprintf("%s/%s", tree, name);
	struct quote_trees trees = {NULL, 0};
	char *line;

	quote_trees_add(&trees, tree, tree, bare);
	line = quote_line(&trees, path, number);
	quote_trees_deinit(&trees);
	return line;
}

static void is_line(const char *name, int number, const char *want, const char *what)
{
	_cleanup_free_ char *line = line_of(name, number, false);

	is_str(line, want, what);
}

static void test_lines(void)
{
	is_line("a.c", 1, "one", "a line of a file of the tree is quoted");
	is_line("a.c", 2, "two", "without the blanks before it");
	is_line("a.c", 3, "three", "also the last one without an end");
	is_line("a.c", 4, NULL, "but no line behind it");
	is_line("a.c", 0, NULL, "and none before the first");
	is_line("a.c", -5, NULL, "or far before it");
	is_line("a.c", 2147483647, NULL, "or far behind it");
	is_line("sub/b.h", 1, "deep", "a directory below belongs to the tree");
	is_line("sub/../a.c", 1, "one", "so does a way back that stays inside");
	is_line(".//a.c", 1, "one", "and one with empty steps");
}

static void test_outside(void)
{
	_cleanup_free_ char *secret = xprintf("%s/secret.c", top);
	_cleanup_free_ char *alike = xprintf("%s/tree-too/c.c", top);

	is_line(secret, 1, NULL, "no file outside the tree");
	is_line(alike, 1, NULL, "nor one of a directory that only begins alike");
	is_line("../secret.c", 1, NULL, "nor one reached by '..'");
	is_line("sub/../../secret.c", 1, NULL, "nor by more of them");
	is_line("../../../../../../../../../../etc/passwd", 1, NULL, "up to the root");
	is_line("link.c", 1, NULL, "nor through a symlink");
	is_line("out/secret.c", 1, NULL, "nor through one to a directory");
	is_line("magic/etc/passwd", 1, NULL, "nor through one of /proc");
	is_line(".env", 1, NULL, "no file whose name begins with a dot");
	is_line(".git/config", 1, NULL, "nor one in such a directory");
	is_line("./.git/config", 1, NULL, "however it is spelled");
}

static void test_kinds(void)
{
	_cleanup_free_ char *fifo = xprintf("%s/fifo.c", tree);
	_cleanup_close_ int fd = -1;

	is_line("/dev/zero", 1, NULL, "no device");
	is_line("fifo.c", 1, NULL, "no FIFO, and nobody waits for its writer");
	fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	ok(write(fd, "spoken\n", 7) == 7, "the FIFO has a writer");
	is_line("fifo.c", 1, NULL, "and is not listened to");
	is_line("sub", 1, NULL, "no directory");
	is_line("", 1, NULL, "not the tree itself");
}

/* 5 GiB with nothing in it, a line that has no end, a name that has none. */
static void test_sizes(void)
{
	_cleanup_free_ char *big = put("tree/big.c", "first\n");
	_cleanup_free_ char *text = xcalloc(1, 100001);
	_cleanup_free_ char *line = NULL, *name = xcalloc(1, (1 << 20) + 1), *path;

	ok(truncate(big, 5LL << 30) == 0, "a sparse file of 5 GiB");
	is_line("big.c", 1, "first", "its first line is quoted");
	is_line("big.c", 2, NULL, "the rest is no line");
	is_line("big.c", 2147483647, NULL, "and is not read to its end");
	for (int i = 0; i < 100000; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	free(put("tree/long.c", text));
	line = line_of("long.c", 1, false);
	ok(line && strlen(line) < 300 && str_ends(line, "\xc3\xa4..."),
	   "a long line is cut between two characters");
	memset(name, 'x', 1 << 20);
	path = xprintf("%s/%s", tree, name);
	is_line(path, 1, NULL, "a name of 1 MiB names nothing");
}

static void test_bare(void)
{
	static const struct {
		const char *name, *want, *what;
	} rows[] = {
		{"a.c", "one", "around a single .c file: the sources beside it"},
		{"sub/b.h", NULL, "but nothing below"},
		{"notes.txt", NULL, "and nothing else"},
	};

	free(put("tree/notes.txt", SECRET "\n"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		_cleanup_free_ char *line = line_of(rows[i].name, 1, true);

		is_str(line, rows[i].want, rows[i].what);
	}
}

/* ---- what counts as built ---- */

static void quotes(const struct quote_trees *trees, const char *name, const char *want,
		   const char *what)
{
	_cleanup_free_ char *path = xprintf("%s/%s", top, name);
	_cleanup_free_ char *line = quote_line(trees, path, 1);

	is_str(line, want, what);
}

static void test_checkout(void)
{
	_cleanup_free_ char *source = put("repo/mod/m.c", "module\n");
	_cleanup_free_ char *dir = xprintf("%s/repo/mod", top);
	_cleanup_free_ char *repo = xprintf("%s/repo", top);
	struct quote_trees trees = {NULL, 0};

	free(put("repo/include/x.h", "shared\n"));
	free(put("upper/m.mod.c", "generated\n"));
	free(put("upper/m.c", "patched\n"));
	lab_trees_built(&trees, dir, NULL);
	quotes(&trees, "repo/mod/m.c", "module", "a directory's file is quoted");
	quotes(&trees, "repo/include/x.h", NULL, "one above it is not");
	quote_trees_deinit(&trees);
	free(put("repo/.git/HEAD", "ref\n"));
	lab_trees_built(&trees, dir, NULL);
	quotes(&trees, "repo/mod/../include/x.h", "shared",
	       "unless both are of a checkout");
	quotes(&trees, "repo/../secret.c", NULL, "which ends there");
	quotes(&trees, "repo/.git/HEAD", NULL, "and whose own files are none");
	quote_trees_deinit(&trees);
	setenv("HOME", repo, 1);
	lab_trees_built(&trees, source, NULL);
	quotes(&trees, "repo/include/x.h", NULL, "a home directory is no checkout");
	quotes(&trees, "repo/mod/m.c", "module", "a single file of it is quoted");
	quote_trees_deinit(&trees);
	free(put("repo/own.c", "own\n"));
	lab_trees_built(&trees, repo, NULL);
	quotes(&trees, "repo/own.c", "own", "of a home directory the files in it are");
	quotes(&trees, "repo/mod/m.c", NULL, "but not what lies deeper");
	quote_trees_deinit(&trees);
	setenv("HOME", "/nonexistent", 1);
}

static void test_upper(void)
{
	_cleanup_free_ char *dir = xprintf("%s/repo/mod", top);
	_cleanup_free_ char *upper = xprintf("%s/upper", top);
	struct quote_trees trees = {NULL, 0};

	lab_trees_built(&trees, dir, upper);
	quotes(&trees, "repo/mod/m.mod.c", "generated", "what the build made is quoted");
	quotes(&trees, "repo/mod/m.c", "patched",
	       "and what it changed, as it changed it");
	quote_trees_deinit(&trees);
}

static void test_given(void)
{
	_cleanup_free_ char *ko = put("repo/mod/m.ko", "");
	_cleanup_free_ char *built = put("cache/builds/key/upper/m.ko", "");
	_cleanup_free_ char *fake = put("cache/builds/key2/upper/upper/m.ko", "");
	_cleanup_free_ char *cache = xprintf("%s/cache", top);
	_cleanup_free_ char *dir = xprintf("%s/repo/mod", top);
	struct quote_trees trees = {NULL, 0};

	free(put("cache/builds/key/stamp", dir));
	free(put("cache/builds/key2/upper/stamp", top));
	lab_trees_given(&trees, cache, ko);
	lab_trees_given(&trees, cache, "/nonexistent/m.ko");
	ok(trees.n == 0, "a .ko that was given quotes nothing, not even beside it");
	lab_trees_given(&trees, cache, fake);
	ok(trees.n == 0, "nor one whose build wrote where it comes from");
	lab_trees_given(&trees, cache, built);
	quotes(&trees, "repo/mod/m.c", "module",
	       "one of our own builds quotes its source");
	quotes(&trees, "secret.c", NULL, "and nothing else");
	quote_trees_deinit(&trees);
}

/* As the build sees them, and where they lie. */
static void test_kernel(void)
{
	_cleanup_free_ char *header =
		put("kernel/src/common/include/linux/l.h", "inline\n");
	_cleanup_free_ char *dir = xprintf("%s/kernel/src", top);
	struct lab_kernel kernel = {.usr_src = dir, .root = dir};
	struct quote_trees trees = {NULL, 0};
	_cleanup_free_ char *line = NULL;

	lab_trees_kernel(&trees, &kernel);
	line = quote_line(&trees, "/usr/src/common/include/linux/l.h", 1);
	is_str(line, "inline", "a header of the kernel is quoted, from where it lies");
	ok(!quote_line(&trees, header, 1), "under the name that the build sees only");
	quote_trees_deinit(&trees);
}

int main(void)
{
	_cleanup_free_ char *made = xstrdup("/tmp/kmlab-test-quote-XXXXXX");

	if (!mkdtemp(made))
		return 1;
	top = realpath(made, NULL);
	tree = xprintf("%s/tree", top);
	setenv("HOME", "/nonexistent", 1);
	put_all();
	test_lines();
	test_outside();
	test_kinds();
	test_sizes();
	test_bare();
	test_checkout();
	test_upper();
	test_given();
	test_kernel();
	fs_remove_tree(top);
	free(top);
	free(tree);
	return tap_done();
}
