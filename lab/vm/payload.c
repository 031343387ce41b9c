// SPDX-License-Identifier: GPL-2.0-only
/*
 * The job as a disk image: a memory file of the size that the template has seen, sparse,
 * with the entries of guest/proto.h behind PROTO_PAYLOAD_AT. It has no name and goes with
 * its last descriptor.
 */
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "../cache.h"
#include "fs.h"

#include "vm.h"

struct payload {
	struct lab *lab;
	int fd;
	uint64_t size;
};

static int make_disk(struct lab *lab)
{
	int fd = memfd_create("kmlab-payload", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, PROTO_DISK_SIZE) < 0) {
		int err = -errno;

		cleanup_close(&fd);
		return lab_fail(lab, err, "cannot make the payload disk: %s",
				strerror(-err));
	}
	if (lseek(fd, PROTO_PAYLOAD_AT, SEEK_SET) < 0) {
		close(fd);
		return lab_fail(lab, -EIO, "cannot make the payload disk");
	}
	return fd;
}

/* QEMU insists on a descriptor that is read-only like the drive. */
static int reopen_read_only(struct lab *lab, int fd)
{
	_cleanup_free_ char *path = xprintf("/proc/self/fd/%d", fd);
	int ro = open(path, O_RDONLY | O_CLOEXEC);

	if (ro < 0)
		return lab_fail(lab, -errno,
				"cannot open the payload disk: %s; is /proc "
				"mounted?",
				strerror(errno));
	return ro;
}

int payload_empty(struct lab *lab)
{
	_cleanup_close_ int fd = make_disk(lab);

	return fd < 0 ? fd : reopen_read_only(lab, fd);
}

static int too_much(struct payload *p)
{
	return lab_fail(p->lab, -EFBIG,
			"the modules and the files to copy in exceed %llu MiB; copy in "
			"less",
			(PROTO_DISK_SIZE - PROTO_PAYLOAD_AT) >> 20);
}

static int append(struct payload *p, const void *data, size_t len)
{
	int err = 0;

	if (len > PROTO_DISK_SIZE - PROTO_PAYLOAD_AT - p->size)
		return too_much(p);
	if (len)
		err = fs_write_all(p->fd, data, len);
	if (err)
		return lab_fail(p->lab, err, "cannot write the payload disk: %s",
				strerror(-err));
	p->size += len;
	return 0;
}

static int put(struct payload *p, struct proto_entry e, const char *name,
	       const char *extra, const void *data, size_t len)
{
	static const char zeros[8];
	size_t all;
	int err;

	e.name_len = (uint32_t)strlen(name) + 1;
	e.extra_len = (uint32_t)strlen(extra) + 1;
	e.data_len = len;
	all = e.name_len + e.extra_len + len;
	err = append(p, &e, sizeof(e));
	if (!err)
		err = append(p, name, e.name_len);
	if (!err)
		err = append(p, extra, e.extra_len);
	if (!err)
		err = append(p, data, len);
	return err ? err : append(p, zeros, -all & 7);
}

static int put_module(struct payload *p, const struct lab_guest_module *m)
{
	struct proto_entry e = {.type = PROTO_ENTRY_MODULE, .flags = m->intree};
	_cleanup_text_ struct text ko = TEXT_INIT;
	int err = module_read(p->lab, m->path, &ko);

	return err ? err : put(p, e, m->name, m->params ? m->params : "", ko.s, ko.len);
}

static int put_path(struct payload *p, const char *host, const char *guest);

static int put_dir(struct payload *p, const char *host, const char *guest, mode_t mode)
{
	struct proto_entry e = {.type = PROTO_ENTRY_DIR, .mode = mode};
	_cleanup_strv_ struct strv names = STRV_INIT;
	int err = fs_list(host, true, &names);

	if (err)
		return lab_fail(p->lab, err, "cannot read the directory '%s': %s", host,
				strerror(-err));
	err = put(p, e, guest, "", NULL, 0);
	for (size_t i = 0; !err && i < names.n; i++) {
		_cleanup_free_ char *from = xprintf("%s/%s", host, names.v[i]);
		_cleanup_free_ char *to = xprintf("%s/%s", guest, names.v[i]);

		err = put_path(p, from, to);
	}
	return err;
}

static int put_link(struct payload *p, const char *host, const char *guest)
{
	struct proto_entry e = {.type = PROTO_ENTRY_SYMLINK};
	char target[PATH_MAX];
	ssize_t n = readlink(host, target, sizeof(target) - 1);

	if (n < 0)
		return lab_fail(p->lab, -errno, "cannot read the link '%s': %s", host,
				strerror(errno));
	target[n] = '\0';
	return put(p, e, guest, target, NULL, 0);
}

static int put_file(struct payload *p, const char *host, const char *guest, mode_t mode)
{
	struct proto_entry e = {.type = PROTO_ENTRY_FILE, .mode = mode};
	_cleanup_close_ int fd = lab_cache_open(p->lab, host);
	_cleanup_free_ char *data = NULL;
	size_t size = 0;
	int err = fd < 0 ? fd : fs_read_fd(fd, PROTO_DISK_SIZE, &data, &size);

	if (err == -EFBIG)
		return too_much(p);
	if (err)
		return lab_fail(p->lab, err, "cannot read '%s': %s", host,
				strerror(-err));
	return put(p, e, guest, "", data, size);
}

/* Sockets, devices and the like mean nothing in the guest and are left out. */
static int put_node(struct payload *p, const char *host, const char *guest,
		    const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return put_dir(p, host, guest, st->st_mode & 07777);
	if (S_ISLNK(st->st_mode))
		return put_link(p, host, guest);
	if (S_ISREG(st->st_mode))
		return put_file(p, host, guest, st->st_mode & 07777);
	return 0;
}

static int put_path(struct payload *p, const char *host, const char *guest)
{
	struct stat st;

	if (lstat(host, &st) < 0)
		return lab_fail(p->lab, -errno, "cannot read '%s': %s", host,
				strerror(errno));
	return put_node(p, host, guest, &st);
}

/* The path that the user names may be a link: its target is copied. */
static int put_named(struct payload *p, const struct lab_guest_file *f)
{
	struct stat st;

	if (stat(f->host, &st) < 0)
		return lab_fail(p->lab, -errno,
				"cannot copy '%s' into the guest: %s; check "
				"the path",
				f->host, strerror(errno));
	return put_node(p, f->host, f->guest, &st);
}

static int put_strings(struct payload *p, enum proto_entry_type type,
		       char *const *strings)
{
	struct proto_entry e = {.type = (uint16_t)type};
	int err = 0;

	for (; strings && *strings && !err; strings++)
		err = put(p, e, *strings, "", NULL, 0);
	return err;
}

static int put_job(struct payload *p, const struct lab_guest_job *job)
{
	struct proto_entry out = {.type = PROTO_ENTRY_OUT},
			   end = {.type = PROTO_ENTRY_END};
	int err = 0;

	for (size_t i = 0; !err && i < job->n_modules; i++)
		err = put_module(p, &job->modules[i]);
	for (size_t i = 0; !err && i < job->n_in; i++)
		err = put_named(p, &job->in[i]);
	if (!err)
		err = put_strings(p, PROTO_ENTRY_ARG, job->argv);
	if (!err)
		err = put_strings(p, PROTO_ENTRY_ENV, job->env);
	for (size_t i = 0; !err && i < job->n_out; i++)
		err = put(p, out, job->out[i].guest, "", NULL, 0);
	return err ? err : put(p, end, "", "", NULL, 0);
}

int payload_build(struct lab *lab, const struct lab_guest_job *job, int *ret,
		  uint64_t *size)
{
	struct payload p = {.lab = lab};
	_cleanup_close_ int fd = make_disk(lab);
	int ro, err;

	if (fd < 0)
		return fd;
	p.fd = fd;
	err = put_job(&p, job);
	if (err)
		return err;
	ro = reopen_read_only(lab, fd);
	if (ro < 0)
		return ro;
	*ret = ro;
	*size = p.size;
	return 0;
}
