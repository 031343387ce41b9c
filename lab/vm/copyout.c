// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files from the guest. Paths come from a kernel that may be in the hands of a hostile
 * module: nothing is written outside the places the job names, and no link is followed
 * below them. Nor is anything opened there that is no regular file: a FIFO would wait for
 * its other end. How much came is counted here, whatever the guest says.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "below.h"
#include "fs.h"

#include "vm.h"

/* @err: negative. */
static void problem(struct copyout *c, const char *path, int err)
{
	if (!c->problem)
		c->problem = xprintf("cannot write '%s': %s", path, strerror(-err));
}

/* What was there before may be anything. Its contents go once it is known to be a file.
 */
static int open_below(int top, const char *path, mode_t mode)
{
	_cleanup_close_ int fd =
		below_open(top, path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY, mode);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || ftruncate(fd, 0) < 0)
		return -EEXIST;
	return take_fd(&fd);
}

/* The user may have named a terminal or a pipe; they are written as they are. */
static int open_named(const char *path, mode_t mode)
{
	int fd = open(path,
		      O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
		      mode);

	if (fd < 0)
		return -errno;
	fcntl(fd, F_SETFL, 0);
	return fd;
}

/* The place on the host is what the user named: missing parents are made, and links in
 * its path are followed. */
static int open_place(const char *path, bool dir, mode_t mode)
{
	_cleanup_free_ char *parent = xstrndup(path, (size_t)(fs_basename(path) - path));

	if (*parent)
		fs_mkdir_p(parent, 0777);
	if (!dir)
		return open_named(path, mode);
	if (mkdir(path, mode | 0700) < 0 && errno != EEXIST)
		return -errno;
	return below_top(path);
}

static int write_below(struct copyout *c, const char *place, const char *path,
		       const struct proto_file *f)
{
	_cleanup_close_ int top = open_place(place, true, 0755);
	int fd;

	if (top < 0)
		return top;
	if (f->type == PROTO_FILE_DIR)
		return below_mkdir(top, path, (f->mode & 0777) | 0700);
	fd = open_below(top, path, f->mode & 0777);
	if (fd < 0)
		return fd;
	c->fd = fd;
	return 0;
}

static int write_place(struct copyout *c, const char *place, const struct proto_file *f)
{
	int fd = open_place(place, f->type == PROTO_FILE_DIR, f->mode & 0777);

	if (fd < 0)
		return fd;
	if (f->type == PROTO_FILE_REGULAR)
		c->fd = fd;
	else
		close(fd);
	return 0;
}

/* ---- limits ---- */

static void fill_up(struct copyout *c, const char *guest, const char *what)
{
	cleanup_close(&c->fd);
	c->fd = -1;
	c->full = true;
	if (!c->unfinished)
		c->unfinished = xprintf("the guest sent %s for '--out %s'", what, guest);
}

static bool too_deep(const char *path)
{
	size_t depth = 0;

	for (; *path; path++)
		depth += *path == '/';
	return depth >= COPYOUT_MAX_DEPTH;
}

static bool has_room(struct copyout *c, const char *guest, const char *path)
{
	char words[80];

	if (c->full)
		return false;
	if (++c->files > COPYOUT_MAX_FILES) {
		snprintf(words, sizeof(words), "more than %d files", COPYOUT_MAX_FILES);
		fill_up(c, guest, words);
	} else if (too_deep(path)) {
		snprintf(words, sizeof(words), "directories more than %d deep",
			 COPYOUT_MAX_DEPTH);
		fill_up(c, guest, words);
	}
	return !c->full;
}

/* ---- frames ---- */

/* What the guest could not read: the whole of the file's name there. */
static void cannot_read(struct copyout *c, const char *guest, const char *path,
			const struct proto_file *f)
{
	_cleanup_free_ char *name = xprintf("%s%s%s", guest, *path ? "/" : "", path);

	if (f->type == PROTO_FILE_UNREAD && !c->unread)
		c->unread = xprintf("'%s' could not be read to its end: %s", name,
				    strerror(f->error));
	if (f->type == PROTO_FILE_UNREAD || c->unfinished)
		return;
	if (f->type == PROTO_FILE_MISSING)
		c->unfinished =
			xprintf("the guest has no '%s': %s", name, strerror(f->error));
	else if (f->type == PROTO_FILE_STUCK)
		c->unfinished = xprintf("'%s' could not be copied out: reading it does "
					"not end",
					name);
	else
		c->unfinished = xprintf("'%s' could not be copied out: what read it was "
					"killed (signal %d)",
					name, f->error);
}

void copyout_file(struct copyout *c, const struct frame *frame)
{
	const struct lab_guest_file *place;
	struct proto_file f;
	const char *path = frame->data + sizeof(f);
	int err;

	cleanup_close(&c->fd);
	c->fd = -1;
	if (frame->len <= sizeof(f) || frame->data[frame->len - 1])
		return;
	memcpy(&f, frame->data, sizeof(f));
	if (f.index >= c->job->n_out)
		return;
	place = &c->job->out[f.index];
	if (!has_room(c, place->guest, path))
		return;
	if (f.type != PROTO_FILE_REGULAR && f.type != PROTO_FILE_DIR) {
		cannot_read(c, place->guest, path, &f);
		return;
	}
	c->index = f.index;
	err = *path ? write_below(c, place->host, path, &f)
		    : write_place(c, place->host, &f);
	if (err)
		problem(c, place->host, err);
}

void copyout_data(struct copyout *c, const struct frame *frame)
{
	int err;

	if (c->full)
		return;
	c->bytes += frame->len;
	if (c->bytes > COPYOUT_MAX_BYTES) {
		char words[80];

		snprintf(words, sizeof(words), "more than %llu MiB",
			 COPYOUT_MAX_BYTES >> 20);
		fill_up(c, c->job->out[c->index].guest, words);
		return;
	}
	err = c->fd < 0 ? 0 : fs_write_all(c->fd, frame->data, frame->len);
	if (err)
		problem(c, "a file copied out of the guest", err);
}

void copyout_deinit(struct copyout *c)
{
	cleanup_close(&c->fd);
	c->fd = -1;
	free(c->problem);
	free(c->unfinished);
	free(c->unread);
	c->problem = c->unfinished = c->unread = NULL;
}
