// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a template boots from: our own programs, the agent as /init, busybox under all its
 * names, and the drivers of our own devices. A newc archive, not compressed: QEMU copies
 * it in no time, while an emulated CPU takes long to unpack.
 */
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"
#include "process.h"

#include "../kernel/module_index.h"
#include "vm.h"

/* In load order, where the kernel's own list of dependencies does not give one. */
static const char *const drivers[] = {"virtio_ring", "virtio", "virtio_pci", "virtio_blk",
				      "virtio_console"};

static const struct {
	const char *program, *as;
} programs[] = {
	{"agent", "init"}, {"hammer", "usr/bin/hammer"}, {"reload", "usr/bin/reload"}};

static const char *const folders[] = {
	"bin", "sbin",	      "usr", "usr/bin", "usr/sbin", "usr/local", "usr/local/bin",
	"lib", "lib/modules", "etc", "proc",	"sys",	    "dev",	 "tmp",
	"run", "root",	      "lab", "mnt",	"var",	    "var/tmp",
};

static char *find_data(const struct lab *lab, const char *name)
{
	_cleanup_free_ char *here = xprintf("%s/%s", lab->data_dir, name);

	if (fs_exists(here))
		return take_ptr(here);
	return xprintf("%s/guest/%s", lab->data_dir, name);
}

static int find_busybox(struct lab *lab, char **ret)
{
	*ret = process_find("busybox");
	if (*ret)
		return 0;
	return lab_fail(lab, -ENOPKG,
			"no 'busybox' in PATH; install the package "
			"'busybox-static'");
}

/* ---- the archive ---- */

struct image {
	struct lab *lab;
	struct archive *a;
	struct strv have; /* paths already in */
};

static int put(struct image *im, const char *path, mode_t mode, const char *link,
	       const void *data, size_t size)
{
	struct archive_entry *e = archive_entry_new();
	bool good;

	archive_entry_set_pathname(e, path);
	archive_entry_set_mode(e, (__LA_MODE_T)mode);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_mtime(e, 0, 0);
	archive_entry_set_size(e, (la_int64_t)size);
	if (link)
		archive_entry_set_symlink(e, link);
	good = archive_write_header(im->a, e) == ARCHIVE_OK &&
	       (!size || archive_write_data(im->a, data, size) == (la_ssize_t)size);
	archive_entry_free(e);
	if (good)
		return 0;
	return lab_fail(im->lab, -EIO,
			"cannot write '%s' into the initramfs: %s; free space "
			"in the cache",
			path, archive_error_string(im->a));
}

static int put_file(struct image *im, const char *path, const char *from, mode_t mode)
{
	_cleanup_free_ char *data = NULL;
	size_t size = 0;
	int err = fs_read_file(from, &data, &size);

	if (err)
		return lab_fail(im->lab, err,
				"cannot read '%s': %s; is the build complete?", from,
				strerror(-err));
	return put(im, path, S_IFREG | mode, NULL, data, size);
}

/* ---- its parts ---- */

static int put_busybox(struct image *im)
{
	_cleanup_free_ char *busybox = NULL;
	_cleanup_text_ struct text list = TEXT_INIT;
	struct process_spec spec = PROCESS_SPEC_INIT;
	char *save = NULL, *word;
	int status = 0, err = find_busybox(im->lab, &busybox);
	char *argv[] = {busybox, (char *)"--list-full", NULL};

	if (err)
		return err;
	spec.argv = argv;
	err = process_capture(&spec, 10000, im->lab->cancel_fd, &list, NULL, &status);
	if (err || status)
		return lab_fail(im->lab, err ? err : -ENOTSUP,
				"'%s --list-full' fails; "
				"install the package 'busybox-static'",
				busybox);
	err = put_file(im, "bin/busybox", busybox, 0755);
	for (word = strtok_r(list.s, "\n", &save); word && !err;
	     word = strtok_r(NULL, "\n", &save))
		if (strcmp(word, "bin/busybox") && !strchr(fs_basename(word), '/') &&
		    strcmp(word, "linuxrc"))
			err = put(im, word, S_IFLNK | 0777, "/bin/busybox", NULL, 0);
	return err;
}

static int put_etc(struct image *im)
{
	static const char passwd[] = "root::0:0:root:/root:/bin/sh\n"
				     "nobody:x:65534:65534:nobody:/:/bin/false\n";
	static const char group[] = "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n";
	int err = put(im, "etc/passwd", S_IFREG | 0644, NULL, passwd, sizeof(passwd) - 1);

	return err ? err
		   : put(im, "etc/group", S_IFREG | 0644, NULL, group, sizeof(group) - 1);
}

static int list_drivers(struct lab *lab, const struct lab_kernel *k, struct strv *paths)
{
	_cleanup_module_index_ struct module_index *index = NULL;
	int err = module_index_open(lab, k->modules, &index);

	for (size_t i = 0; !err && i < sizeof(drivers) / sizeof(*drivers); i++) {
		err = module_index_add(lab, index, drivers[i], paths);
		if (err == -ESRCH)
			return lab_fail(
				lab, -ENOENT,
				"kernel '%s' has no driver '%s'; build "
				"it with CONFIG_VIRTIO_PCI, CONFIG_VIRTIO_BLK and "
				"CONFIG_VIRTIO_CONSOLE",
				k->name, drivers[i]);
	}
	return err;
}

static int put_driver(struct image *im, const char *path, struct text *list)
{
	_cleanup_text_ struct text ko = TEXT_INIT;
	_cleanup_free_ char *name =
		xstrndup(fs_basename(path), strcspn(fs_basename(path), "."));
	_cleanup_free_ char *to = xprintf("lab/%s.ko", name);
	int err = module_read(im->lab, path, &ko);

	if (err)
		return err;
	text_printf(list, "%s.ko\n", name);
	return put(im, to, S_IFREG | 0644, NULL, ko.s, ko.len);
}

static int put_drivers(struct image *im, const struct lab_kernel *k)
{
	_cleanup_strv_ struct strv paths = STRV_INIT;
	_cleanup_text_ struct text list = TEXT_INIT;
	int err = list_drivers(im->lab, k, &paths);

	for (size_t i = 0; !err && i < paths.n; i++)
		err = put_driver(im, paths.v[i], &list);
	text_puts(&list, "");
	return err ? err : put(im, "lab/modules", S_IFREG | 0644, NULL, list.s, list.len);
}

static int put_own(struct image *im)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(programs) / sizeof(*programs); i++) {
		_cleanup_free_ char *path = find_data(im->lab, programs[i].program);

		err = put_file(im, programs[i].as, path, 0755);
	}
	return err;
}

static int put_all(struct image *im, const struct lab_kernel *kernel)
{
	int err = 0;

	for (size_t i = 0; !err && i < sizeof(folders) / sizeof(*folders); i++)
		err = put(im, folders[i], S_IFDIR | 0755, NULL, NULL, 0);
	if (!err)
		err = put_own(im);
	if (!err)
		err = put_busybox(im);
	if (!err)
		err = put_etc(im);
	return err ? err : put_drivers(im, kernel);
}

int initramfs_build(struct lab *lab, const struct lab_kernel *kernel, const char *path)
{
	struct image im = {.lab = lab, .a = archive_write_new()};
	int err;

	if (!im.a)
		return lab_fail(lab, -ENOMEM, "no memory for the initramfs");
	archive_write_set_format_cpio_newc(im.a);
	archive_write_add_filter_none(im.a);
	if (archive_write_open_filename(im.a, path) != ARCHIVE_OK)
		err = lab_fail(lab, -EIO,
			       "cannot write '%s': %s; free space in the cache", path,
			       archive_error_string(im.a));
	else
		err = put_all(&im, kernel);
	if (!err && archive_write_close(im.a) != ARCHIVE_OK)
		err = lab_fail(lab, -EIO,
			       "cannot write '%s': %s; free space in the cache", path,
			       archive_error_string(im.a));
	archive_write_free(im.a);
	return err;
}

/* ---- its identity ---- */

static int add_stat(struct lab *lab, const char *path, struct strv *key)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return lab_fail(lab, -errno,
				"cannot read '%s': %s; is the build complete?", path,
				strerror(errno));
	strv_printf(key, "%s:%lld:%lld.%09ld", fs_basename(path), (long long)st.st_size,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return 0;
}

int initramfs_key(struct lab *lab, struct strv *key)
{
	_cleanup_free_ char *busybox = NULL;
	int err = find_busybox(lab, &busybox);

	for (size_t i = 0; !err && i < sizeof(programs) / sizeof(*programs); i++) {
		_cleanup_free_ char *path = find_data(lab, programs[i].program);

		err = add_stat(lab, path, key);
	}
	return err ? err : add_stat(lab, busybox, key);
}
