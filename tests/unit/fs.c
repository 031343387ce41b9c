// SPDX-License-Identifier: GPL-2.0-only
/* lib/fs and lib/below against what a stranger may leave in a directory of ours. */
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "below.h"

#include "scratch.h"
#include "tap.h"

/* A test that waits has failed. */
#define PATIENCE_S 600

static char dir[] = "/tmp/kmlab-fs-XXXXXX";
static int top;

static void lead(const char *target, const char *name)
{
	_cleanup_free_ char *path = in_scratch(name);

	if (symlink(target, path) < 0)
		printf("Bail out! cannot make the symlink %s\n", path);
}

static void make_fifo(const char *name)
{
	_cleanup_free_ char *path = in_scratch(name);

	if (mkfifo(path, 0644) < 0)
		printf("Bail out! cannot make the FIFO %s\n", path);
}

static void make_sparse(const char *name, off_t size)
{
	_cleanup_free_ char *path = in_scratch(name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT, 0644);

	if (fd < 0 || ftruncate(fd, size) < 0)
		printf("Bail out! cannot make %s\n", path);
}

/* SCRATCH/victim is what all attacks are after; SCRATCH/top is the directory of ours. */
static bool unharmed(void)
{
	_cleanup_free_ char *path = in_scratch("victim/secret"), *text = NULL;

	return fs_read_file(path, &text, NULL) == 0 && !strcmp(text, "secret");
}

static int reads(const char *name)
{
	_cleanup_free_ char *text = NULL;

	return below_read(top, name, 100, &text, NULL);
}

static void test_read(void)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;

	put("top/sub/plain", "hello");
	lead("../victim/secret", "top/link");
	lead("../victim", "top/dirlink");
	lead("sub", "top/inside");
	make_fifo("top/fifo");
	make_sparse("top/sparse", (off_t)1 << 40);
	is_int(below_read(top, "sub/plain", 5, &text, &size), 0, "a file below is read");
	is_str(text, "hello", "whole");
	is_int((long long)size, 5, "with its size");
	is_int(reads("sub/../sub/plain"), 0, "'..' that stays below");
	is_int(below_read(top, "sub/plain", 4, &text, NULL), -EFBIG, "a limit of size");
	is_int(reads("../victim/secret"), -EXDEV, "'..' that leads out");
	is_int(reads("sub/../../victim/secret"), -EXDEV, "later, too");
	is_int(reads("/etc/passwd"), -EXDEV, "an absolute name");
	is_int(reads("link"), -ELOOP, "a symlink");
	is_int(reads("dirlink/secret"), -ELOOP, "a symlink in the way");
	is_int(reads("inside/plain"), -ELOOP, "even one that leads nowhere else");
	is_int(reads("fifo"), -EINVAL, "a FIFO is not waited for");
	is_int(reads("sub"), -EINVAL, "a directory");
	is_int(reads("sparse"), -EFBIG, "a file of 1 TiB");
	is_int(reads("absent"), -ENOENT, "nothing");
	is_int(reads(""), -ENOENT, "no name");
}

static void test_write(void)
{
	_cleanup_free_ char *victim = in_scratch("victim"), *text = NULL;
	_cleanup_strv_ struct strv names = STRV_INIT;

	lead("../victim/secret", "top/Kbuild");
	is_int(below_write(top, "Kbuild", "ours", 4, 0644), 0, "over a symlink");
	is_int(below_read(top, "Kbuild", 10, &text, NULL), 0, "which is replaced");
	ok(unharmed(), "what it led to is not");
	put("top/full/x", "");
	is_int(below_write(top, "full", "ours", 4, 0644), 0, "over a directory");
	make_fifo("top/pipe");
	is_int(below_write(top, "pipe", "ours", 4, 0644), 0, "over a FIFO");
	is_int(below_write(top, "dirlink/x", "ours", 4, 0644), -ELOOP,
	       "not through a symlink");
	is_int(below_write(top, "../victim/x", "ours", 4, 0644), -EXDEV,
	       "nor out by '..'");
	is_int(below_mkdir(top, "dirlink/d", 0755), -ELOOP, "nor a directory");
	is_int(below_mkdir(top, "dirlink", 0755), -ENOTDIR, "which a symlink is not");
	is_int(below_symlink("x", top, "dirlink/l"), -ELOOP, "nor a link");
	fs_list(victim, true, &names);
	is_int((long long)names.n, 1, "nothing is new there");
}

static void test_remove(void)
{
	lead("../victim", "top/sub/out");
	is_int(below_remove(top, "dirlink/secret"), 0,
	       "what is beyond a symlink is not here");
	is_int(below_remove(top, "../victim/secret"), -EXDEV, "nor by '..'");
	is_int(below_remove(top, ".."), -EXDEV, "nor the directory above");
	is_int(below_remove(top, "sub/."), -EINVAL, "'.' is no name");
	is_int(below_remove(top, "sub"), 0, "a tree with a symlink in it");
	ok(!there("top/sub") && unharmed(), "goes without what it leads to");
	is_int(below_remove(top, "dirlink"), 0, "the symlink itself");
	ok(unharmed(), "goes alone");
	is_int(below_remove(top, "absent/x"), 0, "nothing is removed easily");
}

/* For all callers: the last part of a path may be a stranger's. */
static void test_paths(void)
{
	_cleanup_free_ char *fifo = in_scratch("top/fifo"), *to = in_scratch("top/copy");
	_cleanup_free_ char *link = in_scratch("top/zero"),
			    *ours = in_scratch("top/ours");
	_cleanup_free_ char *sparse = in_scratch("top/sparse"), *text = NULL;

	lead("/dev/zero", "top/zero");
	lead("../victim/secret", "top/ours");
	is_int(fs_read_file(fifo, &text, NULL), -EINVAL, "a FIFO is no file to read");
	is_int(fs_read_file(link, &text, NULL), -EINVAL, "nor is a device");
	is_int(fs_read_file(dir, &text, NULL), -EISDIR, "nor a directory");
	is_int(fs_read_file(sparse, &text, NULL), -EFBIG,
	       "nor what no memory could hold");
	is_int(fs_copy_file(fifo, to), -EINVAL, "a FIFO is not copied");
	is_int(fs_copy_file(link, to), -EINVAL, "nor is a device");
	is_int(fs_write_file(ours, "x", 1, 0644), 0, "a symlink is written over");
	ok(unharmed(), "and not followed");
	is_int(fs_read_file("/proc/self/status", &text, NULL), 0, "/proc can be read");
	ok(text && strstr(text, "Pid:"), "to its end");
}

/* Deeper than a path can be long, and than a process may have files open. */
static void test_deep(void)
{
	_cleanup_close_ int at = openat(top, ".", O_RDONLY | O_DIRECTORY);
	struct rlimit few = {40 + 64, 4096}, old;
	bool made = true;

	for (int i = 0; i < 3000 && made; i++) {
		int next;

		made = mkdirat(at, "deep", 0755) == 0;
		next = openat(at, "deep", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	made = made && mkdirat(at, "closed", 0) == 0;
	ok(made, "a tree of 3000 levels");
	getrlimit(RLIMIT_NOFILE, &old);
	few.rlim_max = old.rlim_max;
	setrlimit(RLIMIT_NOFILE, &few);
	is_int(below_remove(top, "deep"), 0, "is removed");
	setrlimit(RLIMIT_NOFILE, &old);
	ok(!there("top/deep"), "whole");
}

static void test_modes(void)
{
	_cleanup_free_ char *blind = in_scratch("top/blind"), *nothing = NULL;

	put("top/blind/x", "");
	put("top/blind/none/y", "");
	nothing = in_scratch("top/blind/none");
	chmod(nothing, 0);
	chmod(blind, 0400);
	is_int(below_remove(top, "blind"), 0, "directories without rights are removed");
	ok(!there("top/blind"), "whole");
}

static void test_rest(void)
{
	is_str(path_rest("/a/b/c", "/a"), "b/c", "the rest of a path");
	is_str(path_rest("/a//b", "/a/"), "b", "without slashes before it");
	is_str(path_rest("/a", "/a"), "", "none of the directory itself");
	is_str(path_rest("/ab", "/a"), NULL, "a neighbour lies elsewhere");
	is_str(path_rest("a/b", "/a"), NULL, "and so does a relative path");
	is_str(path_rest("/a/b", "/"), "a/b", "all lies below the root directory");
	is_str(path_rest("", "/"), NULL, "but what has no name");
	ok(path_below("/a/b", "/a") && !path_below("/ab", "/a"), "below or not");
}

int main(void)
{
	_cleanup_free_ char *path = NULL;

	alarm(PATIENCE_S);
	scratch = mkdtemp(dir);
	if (!scratch)
		return 1;
	put("victim/secret", "secret");
	put("top/x", "");
	path = in_scratch("top");
	top = below_top(path);
	test_read();
	test_write();
	test_remove();
	test_paths();
	test_rest();
	test_modes();
	test_deep();
	is_int(below_top("/dev/null"), -ENOTDIR, "a top is a directory");
	fs_remove_tree(scratch);
	return tap_done();
}
