// SPDX-License-Identifier: GPL-2.0-only
/* What a .ko says of itself, and what a file that is none really is. */
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <sys/stat.h>

#include "../cache.h"
#include "fs.h"
#include "modinfo.h"

#define MAX_MODINFO (1 << 20) /* bytes of the section; some KiB are usual */

void lab_modinfo_deinit(struct lab_modinfo *info)
{
	free(info->path);
	free(info->name);
	free(info->vermagic);
	free(info->release);
	strv_deinit(&info->depends);
	*info = (struct lab_modinfo){0};
}

static void elf_close(Elf **elf)
{
	if (*elf)
		elf_end(*elf);
}

/* --- what it is when it is no module -------------------------------------------------
 */

struct magic {
	const char *bytes;
	size_t len;
	const char *what, *next;
};

static const struct magic magics[] = {
	{"\xfd"
	 "7zXZ\0",
	 6, "an xz-compressed file", "unpack it with unxz first"},
	{"\x28\xb5\x2f\xfd", 4, "a zstd-compressed file", "unpack it with unzstd first"},
	{"\x1f\x8b", 2, "a gzip-compressed file", "unpack it with gunzip first"},
	{"#!", 2, "a script", "name a .ko file"},
	{"!<arch>\n", 8, "an archive of objects", "name a .ko file"},
};

static int not_elf(struct lab *lab, const char *path, const char *head, size_t n)
{
	if (n == 0)
		return lab_fail(lab, -ENOEXEC, "'%s' is empty; build the module again",
				path);
	for (size_t i = 0; i < sizeof(magics) / sizeof(*magics); i++)
		if (n >= magics[i].len && !memcmp(head, magics[i].bytes, magics[i].len))
			return lab_fail(lab, -ENOEXEC, "'%s' is %s; %s", path,
					magics[i].what, magics[i].next);
	return lab_fail(lab, -ENOEXEC,
			"'%s' is not an ELF file; name a .ko file, or the "
			"source it is built from",
			path);
}

static int truncated(struct lab *lab, const char *path)
{
	return lab_fail(lab, -ENOEXEC,
			"'%s' is cut short or damaged; build the module again", path);
}

static int check_type(struct lab *lab, const char *path, const GElf_Ehdr *h)
{
	if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_machine != EM_X86_64)
		return lab_fail(lab, -ENOEXEC,
				"'%s' is for another machine (ELF machine %u); "
				"build it for x86-64",
				path, h->e_machine);
	if (h->e_type == ET_EXEC || h->e_type == ET_DYN)
		return lab_fail(lab, -ENOEXEC,
				"'%s' is a program or shared library, not a "
				"kernel module; name a .ko file",
				path);
	if (h->e_type == ET_CORE)
		return lab_fail(lab, -ENOEXEC, "'%s' is a core dump; name a .ko file",
				path);
	if (h->e_type != ET_REL)
		return truncated(lab, path);
	return 0;
}

/* The section table lies at the end, so that a cut file shows here. */
static bool is_whole(const GElf_Ehdr *h, off_t size)
{
	return h->e_shoff && h->e_shnum && h->e_shoff <= (uint64_t)size &&
	       (uint64_t)size - h->e_shoff >= (uint64_t)h->e_shnum * h->e_shentsize;
}

/* --- reading -------------------------------------------------------------------------
 */

/* As the kernel has it (license_is_gpl_compatible). */
static bool is_gpl(const char *licence)
{
	static const char *const list[] = {"GPL",
					   "GPL v2",
					   "GPL and additional rights",
					   "Dual BSD/GPL",
					   "Dual MIT/GPL",
					   "Dual MPL/GPL",
					   NULL};

	for (const char *const *l = list; *l; l++)
		if (!strcmp(licence, *l))
			return true;
	return false;
}

static void add_depends(struct lab_modinfo *info, const char *value)
{
	_cleanup_free_ char *copy = xstrdup(value);
	char *save, *word;

	for (word = strtok_r(copy, ",", &save); word; word = strtok_r(NULL, ",", &save))
		strv_add(&info->depends, word);
}

static void set_once(char **field, const char *value)
{
	if (!*field)
		*field = xstrdup(value);
}

/* It becomes a file's name in the guest and stands in every line of a report. */
static bool is_name(const char *name)
{
	const char *s = name;

	while (*s > ' ' && *s < 0x7f && *s != '/')
		s++;
	return s != name && !*s && s - name <= 255;
}

static void parse_entry(struct lab_modinfo *info, const char *entry)
{
	if (str_starts(entry, "name="))
		set_once(&info->name, entry + 5);
	else if (str_starts(entry, "vermagic="))
		set_once(&info->vermagic, entry + 9);
	else if (str_starts(entry, "depends="))
		add_depends(info, entry + 8);
	else if (str_starts(entry, "license=") && is_gpl(entry + 8))
		info->gpl = true;
}

/* NUL-terminated "key=value" strings with any padding between; the last one may lack
 * its NUL in a damaged file. */
static void parse_modinfo(struct lab_modinfo *info, const char *data, size_t size)
{
	while (size) {
		size_t n = strnlen(data, size);
		_cleanup_free_ char *entry = xstrndup(data, n);

		if (n)
			parse_entry(info, entry);
		data += n + (n < size);
		size -= n + (n < size);
	}
}

static bool has_this_module(Elf_Scn *scn, const char *name)
{
	return scn && !strcmp(name, ".gnu.linkonce.this_module");
}

/* Return: -ENODATA without .modinfo, -ENOLINK when it is an object before modpost,
 * -EIO when a section reaches beyond the file. */
static int read_sections(Elf *elf, off_t size, struct lab_modinfo *info)
{
	bool modinfo = false, linked = false;
	Elf_Scn *scn = NULL;
	size_t names;

	if (elf_getshdrstrndx(elf, &names))
		return -EIO;
	while ((scn = elf_nextscn(elf, scn))) {
		const char *name;
		GElf_Shdr sh;
		Elf_Data *data;

		if (!gelf_getshdr(scn, &sh))
			return -EIO;
		name = elf_strptr(elf, names, sh.sh_name);
		if (!name || (sh.sh_type != SHT_NOBITS &&
			      (sh.sh_offset > (uint64_t)size ||
			       sh.sh_size > (uint64_t)size - sh.sh_offset)))
			return -EIO;
		info->has_debug |= !strcmp(name, ".debug_info");
		info->uses_btf |= !strcmp(name, ".BTF_ids");
		linked |= has_this_module(scn, name);
		if (strcmp(name, ".modinfo"))
			continue;
		if (sh.sh_size > MAX_MODINFO)
			return -EIO;
		data = elf_getdata(scn, NULL);
		if (data && data->d_buf)
			parse_modinfo(info, data->d_buf, data->d_size);
		modinfo = true;
	}
	if (!modinfo)
		return -ENODATA;
	return linked && info->vermagic ? 0 : -ENOLINK;
}

static char *name_of_path(const char *path)
{
	const char *base = fs_basename(path);
	char *name = xstrndup(base, strcspn(base, "."));

	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

static int read_elf(struct lab *lab, const char *path, int fd, off_t size,
		    struct lab_modinfo *info)
{
	_cleanup_(elf_close) Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
	GElf_Ehdr header;
	int err;

	if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return truncated(lab, path);
	err = check_type(lab, path, &header);
	if (err)
		return err;
	if (!is_whole(&header, size))
		return truncated(lab, path);
	err = read_sections(elf, size, info);
	if (err == -EIO)
		return truncated(lab, path);
	if (err == -ENODATA)
		return lab_fail(lab, -ENOEXEC,
				"'%s' is an object file without .modinfo, not a "
				"kernel module; build it with Kbuild (obj-m)",
				path);
	if (err)
		return lab_fail(lab, -ENOEXEC,
				"'%s' is a kernel object that modpost has not "
				"finished; name the .ko file beside it",
				path);
	return 0;
}

static int open_plain(struct lab *lab, const char *path, struct stat *st)
{
	_cleanup_close_ int fd = lab_cache_open(lab, path);
	int err = fd < 0 ? fd : 0;

	if (err == -EINVAL || err == -EISDIR)
		return lab_fail(lab, -ENOEXEC,
				"'%s' is not an ordinary file; name a .ko file", path);
	if (!err && fstat(fd, st) < 0)
		err = -errno;
	if (err)
		return lab_fail(lab, err, "cannot open module '%s': %s; check the path",
				path, strerror(-err));
	return take_fd(&fd);
}

int lab_modinfo_read(struct lab *lab, const char *path, struct lab_modinfo *ret)
{
	_cleanup_modinfo_ struct lab_modinfo info = {0};
	char head[8];
	struct stat st;
	_cleanup_close_ int fd = open_plain(lab, path, &st);
	ssize_t n;
	int err;

	if (fd < 0)
		return fd;
	n = pread(fd, head, sizeof(head), 0);
	if (n < 0)
		return lab_fail(lab, -errno,
				"cannot read module '%s': %s; check the disk", path,
				strerror(errno));
	if (n < SELFMAG || memcmp(head, ELFMAG, SELFMAG))
		return not_elf(lab, path, head, (size_t)n);
	elf_version(EV_CURRENT);
	err = read_elf(lab, path, fd, st.st_size, &info);
	if (err)
		return err;
	info.path = xstrdup(path);
	if (!info.name)
		info.name = name_of_path(path);
	if (!is_name(info.name))
		return lab_fail(lab, -ENOEXEC,
				"'%s' gives itself a name that no module can have; build "
				"the module again",
				path);
	info.release = xstrndup(info.vermagic, strcspn(info.vermagic, " "));
	*ret = info;
	info = (struct lab_modinfo){0};
	return 0;
}
