// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files from the guest. Paths come from a kernel that may be in the hands of a hostile
 * module: nothing is written outside the places the job names, and no link is followed
 * below them.
 */
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fs.h"

#include "vm.h"

static void problem(struct copyout *c, const char *path, int err)
{
	if (!c->problem)
		c->problem = xprintf("cannot write '%s': %s", path, strerror(err));
}

static int open_below(int dir, const char *path, uint64_t flags, mode_t mode)
{
	struct open_how how = {
		.flags = flags | O_CLOEXEC | O_NOFOLLOW,
		.mode = flags & O_CREAT ? mode : 0,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS,
	};

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

/* The place on the host is what the user named: missing parents are made, and links in
 * its path are followed. */
static int open_place(const char *path, bool dir, mode_t mode)
{
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(fs_basename(path) - path));

	if (*parent)
		fs_mkdir_p(parent, 0777);
	if (!dir)
		return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (mkdir(path, mode | 0700) < 0 && errno != EEXIST)
		return -1;
	return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static int make_dir_below(int top, const char *path, mode_t mode)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *parent =
		slash ? xstrndup(path, (size_t)(slash - path)) : xstrdup(".");
	_cleanup_close_ int fd = open_below(top, parent, O_RDONLY | O_DIRECTORY, 0);

	if (fd < 0)
		return -1;
	return mkdirat(fd, slash ? slash + 1 : path, mode | 0700) < 0 && errno != EEXIST
		       ? -1
		       : 0;
}

static int write_below(struct copyout *c, const char *place, const char *path,
		       const struct proto_file *f)
{
	_cleanup_close_ int top = open_place(place, true, 0755);

	if (top < 0)
		return -1;
	if (f->type == PROTO_FILE_DIR)
		return make_dir_below(top, path, f->mode);
	c->fd = open_below(top, path, O_WRONLY | O_CREAT | O_TRUNC, f->mode & 0777);
	return c->fd < 0 ? -1 : 0;
}

static int write_place(struct copyout *c, const char *place, const struct proto_file *f)
{
	int fd = open_place(place, f->type == PROTO_FILE_DIR, f->mode & 0777);

	if (fd < 0)
		return -1;
	if (f->type == PROTO_FILE_REGULAR)
		c->fd = fd;
	else
		close(fd);
	return 0;
}

void copyout_file(struct copyout *c, const struct frame *frame)
{
	struct proto_file f;
	const char *path = frame->data + sizeof(f);
	const char *place;
	int err;

	cleanup_close(&c->fd);
	c->fd = -1;
	if (frame->len <= sizeof(f) || frame->data[frame->len - 1])
		return;
	memcpy(&f, frame->data, sizeof(f));
	if (f.index >= c->job->n_out)
		return;
	place = c->job->out[f.index].host;
	if (f.type == PROTO_FILE_MISSING) {
		if (!c->problem)
			c->problem =
				xprintf("the guest has no '%s': %s",
					c->job->out[f.index].guest, strerror(f.error));
		return;
	}
	err = *path ? write_below(c, place, path, &f) : write_place(c, place, &f);
	if (err)
		problem(c, place, errno);
}

void copyout_data(struct copyout *c, const struct frame *frame)
{
	int err = c->fd < 0 ? 0 : fs_write_all(c->fd, frame->data, frame->len);

	if (err)
		problem(c, "a file copied out of the guest", -err);
}

void copyout_deinit(struct copyout *c)
{
	cleanup_close(&c->fd);
	c->fd = -1;
	free(c->problem);
	c->problem = NULL;
}
