/* SPDX-License-Identifier: GPL-2.0-only */
/* Packages for tests: data.tar.gz inside an ar archive, which is all that is unpacked. */
#ifndef KMLAB_TEST_FAKE_DEB_H
#define KMLAB_TEST_FAKE_DEB_H

#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/types.h>

struct member {
	const char *path, *text, *link, *hardlink;
	mode_t mode;
};

/* data.tar.gz in memory */
static inline size_t make_tar(const struct member *m, size_t n, char *buffer, size_t size)
{
	struct archive *a = archive_write_new();
	size_t used = 0;

	archive_write_set_format_ustar(a);
	archive_write_add_filter_gzip(a);
	archive_write_open_memory(a, buffer, size, &used);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();

		archive_entry_set_pathname(e, m[i].path);
		archive_entry_set_filetype(e, m[i].link ? AE_IFLNK : AE_IFREG);
		archive_entry_set_perm(e, m[i].mode);
		if (m[i].link)
			archive_entry_set_symlink(e, m[i].link);
		if (m[i].hardlink)
			archive_entry_set_hardlink(e, m[i].hardlink);
		archive_entry_set_size(e, m[i].text ? (la_int64_t)strlen(m[i].text) : 0);
		archive_write_header(a, e);
		if (m[i].text)
			archive_write_data(a, m[i].text, strlen(m[i].text));
		archive_entry_free(e);
	}
	archive_write_close(a);
	archive_write_free(a);
	return used;
}

static inline void make_deb(const char *path, const struct member *m, size_t n,
			    bool damaged)
{
	static char tar[65536];
	size_t size = make_tar(m, n, tar, sizeof(tar));
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();

	if (damaged)
		memset(tar + size / 2, 0, size / 4);
	archive_write_set_format_ar_svr4(a);
	archive_write_open_filename(a, path);
	archive_entry_set_pathname(e, "data.tar.gz");
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	archive_entry_set_size(e, (la_int64_t)size);
	archive_write_header(a, e);
	archive_write_data(a, tar, size);
	archive_entry_free(e);
	archive_write_close(a);
	archive_write_free(a);
}

#endif
