// SPDX-License-Identifier: GPL-2.0-only
/* Kernel modules as files: some distributions compress them, some do not. */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>

#include "../cache.h"
#include "fs.h"

#include "vm.h"

static int read_raw(struct archive *a, struct text *ret)
{
	struct archive_entry *entry;
	char buf[64 * 1024];
	la_ssize_t n;

	if (archive_read_next_header(a, &entry) != ARCHIVE_OK)
		return -EINVAL;
	while ((n = archive_read_data(a, buf, sizeof(buf))) > 0)
		text_add(ret, buf, (size_t)n);
	return n < 0 ? -EINVAL : 0;
}

static int read_plain(const struct lab *lab, const char *path, struct text *ret)
{
	_cleanup_close_ int fd = lab_cache_open(lab, path);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	return st.st_size > (off_t)PROTO_DISK_SIZE ? -EFBIG : text_read_fd(ret, fd);
}

static int read_compressed(const char *path, struct text *ret)
{
	struct archive *a = archive_read_new();
	int err = -ENOMEM;

	if (!a)
		return err;
	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	err = -ENOENT;
	if (archive_read_open_filename(a, path, 64 * 1024) == ARCHIVE_OK)
		err = read_raw(a, ret);
	archive_read_free(a);
	return err;
}

int module_read(struct lab *lab, const char *path, struct text *ret)
{
	int err = str_ends(path, ".ko") ? read_plain(lab, path, ret)
					: read_compressed(path, ret);

	if (err == -EFBIG)
		return lab_fail(lab, err,
				"the module '%s' is larger than the %llu MiB that a "
				"guest can be sent; build it without debug information",
				path, PROTO_DISK_SIZE >> 20);
	if (err)
		return lab_fail(lab, err,
				"cannot read the module '%s': %s; check the path", path,
				strerror(-err));
	return 0;
}
