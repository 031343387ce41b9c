// SPDX-License-Identifier: GPL-2.0-only
/* lab/kbuild/modinfo: crafted ELF files, each wrong in one way, and load orders. */
#include <fcntl.h>
#include <libelf.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fs.h"
#include "kbuild/modinfo.h"
#include "kernel/internal.h"
#include "kernel/module_index.h"
#include "process.h"

#include "tap.h"

static struct lab lab;
static char dir[] = "/tmp/kmlab-modinfo-XXXXXX";

struct section {
	const char *name;
	const void *data;
	size_t size;
};

/* Enough of an ELF file that libelf and a reader of sections believe it. */
static void write_elf(const char *path, unsigned int type, unsigned int machine,
		      const struct section *sections, size_t n)
{
	static char names[256];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	Elf *elf = elf_begin(fd, ELF_C_WRITE, NULL);
	Elf64_Ehdr *eh = elf64_newehdr(elf);
	size_t at = 1;

	eh->e_type = (Elf64_Half)type;
	eh->e_machine = (Elf64_Half)machine;
	eh->e_version = EV_CURRENT;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	for (size_t i = 0; i <= n; i++) {
		const char *name = i < n ? sections[i].name : ".shstrtab";
		Elf_Scn *scn = elf_newscn(elf);
		Elf_Data *data = elf_newdata(scn);
		Elf64_Shdr *sh = elf64_getshdr(scn);

		sh->sh_name = (Elf64_Word)at;
		sh->sh_type = i < n ? SHT_PROGBITS : SHT_STRTAB;
		memcpy(names + at, name, strlen(name) + 1);
		at += strlen(name) + 1;
		data->d_align = 1;
		data->d_version = EV_CURRENT;
		data->d_buf = i < n ? (void *)sections[i].data : names;
		data->d_size = i < n ? sections[i].size : at;
		if (i == n)
			eh->e_shstrndx = (Elf64_Half)elf_ndxscn(scn);
	}
	elf_update(elf, ELF_C_WRITE);
	elf_end(elf);
	close(fd);
}

static char *path_of(const char *name)
{
	return xprintf("%s/%s", dir, name);
}

/* @info: "key=value" words separated by '|'. */
static char *make_module(const char *file, const char *info)
{
	char *path = path_of(file);
	_cleanup_free_ char *data = xstrdup(info);
	size_t size = strlen(info) + 1;
	struct section sections[] = {
		{".modinfo", data, size},
		{".gnu.linkonce.this_module", "", 1},
	};

	for (size_t i = 0; i < size; i++)
		if (data[i] == '|')
			data[i] = '\0';
	write_elf(path, ET_REL, EM_X86_64, sections, 2);
	return path;
}

static void test_good(void)
{
	_cleanup_free_ char *path =
		make_module("a-b.ko", "license=GPL|depends=x-y,z|name=a_b|vermagic=6.1.0-"
				      "1-amd64 SMP mod_unload ");
	_cleanup_modinfo_ struct lab_modinfo info = {0};

	is_int(lab_modinfo_read(&lab, path, &info), 0, "a module is read");
	is_str(info.name, "a_b", "name");
	is_str(info.release, "6.1.0-1-amd64", "release is the first word of vermagic");
	is_str(info.vermagic, "6.1.0-1-amd64 SMP mod_unload ", "vermagic as it is");
	is_int((long long)info.depends.n, 2, "two dependencies");
	ok(info.gpl && !info.has_debug, "GPL, no debug information");
}

static void test_old(void)
{
	_cleanup_free_ char *path = make_module(
		"my-mod.ko", "license=Proprietary|depends=||vermagic=5.10 SMP");
	_cleanup_modinfo_ struct lab_modinfo info = {0};

	is_int(lab_modinfo_read(&lab, path, &info), 0, "a module without name= is read");
	is_str(info.name, "my_mod", "the file names it, '-' as '_'");
	is_int((long long)info.depends.n, 0, "no dependencies");
	ok(!info.gpl, "not GPL");
}

/* The sentence must hold @want. */
static void refused(const char *path, const char *want, const char *name)
{
	struct lab_modinfo info = {0};
	int err = lab_modinfo_read(&lab, path, &info);

	is_int(err, -ENOEXEC, name);
	if (!ok(strstr(lab_error(&lab), want) != NULL, want))
		printf("# got: %s\n", lab_error(&lab));
}

static void bytes_refused(const char *data, size_t size, const char *want)
{
	_cleanup_free_ char *path = path_of("bytes");

	fs_write_file(path, data, size, 0644);
	refused(path, want, "refused");
}

static void test_not_elf(void)
{
	bytes_refused("", 0, "is empty");
	bytes_refused("\xfd"
		      "7zXZ\0....",
		      10, "xz-compressed");
	bytes_refused("\x28\xb5\x2f\xfd....", 8, "zstd-compressed");
	bytes_refused("\x1f\x8b......", 8, "gzip-compressed");
	bytes_refused("#!/bin/sh\n", 10, "is a script");
	bytes_refused("obj-m := a.o\n", 13, "is not an ELF file");
	bytes_refused("\x7f"
		      "ELF",
		      4, "cut short");
	refused(dir, "not an ordinary file", "a directory is refused");
}

static void test_wrong_elf(void)
{
	_cleanup_free_ char *path = path_of("wrong");
	const struct section modinfo = {".modinfo", "license=GPL", 12};
	const struct section text = {".text", "\xc3", 1};

	write_elf(path, ET_EXEC, EM_X86_64, &text, 1);
	refused(path, "a program", "an executable is refused");
	write_elf(path, ET_DYN, EM_X86_64, &text, 1);
	refused(path, "a program", "a shared object is refused");
	write_elf(path, ET_REL, EM_AARCH64, &modinfo, 1);
	refused(path, "another machine", "arm64 is refused");
	write_elf(path, ET_REL, EM_X86_64, &text, 1);
	refused(path, "without .modinfo", "a plain object is refused");
	write_elf(path, ET_REL, EM_X86_64, &modinfo, 1);
	refused(path, "modpost", "an object before modpost is refused");
}

/* However much is cut off, the reader refuses; it never crashes or believes. */
static void test_truncated(void)
{
	_cleanup_free_ char *path = make_module("cut.ko", "license=GPL|vermagic=6.1 SMP");
	struct stat st;
	int believed = 0;

	stat(path, &st);
	for (off_t size = st.st_size - 1; size >= 0; size--) {
		struct lab_modinfo info = {0};

		if (truncate(path, size) < 0 ||
		    lab_modinfo_read(&lab, path, &info) != -ENOEXEC)
			believed++;
	}
	is_int(believed, 0, "a file cut at any byte is refused");
}

static void test_missing(void)
{
	_cleanup_free_ char *path = path_of("nowhere.ko");
	struct lab_modinfo info = {0};

	is_int(lab_modinfo_read(&lab, path, &info), -ENOENT, "a missing file");
	ok(strstr(lab_error(&lab), path), "the sentence names it");
}

/* --- order ---------------------------------------------------------------------------
 */

static char *tree; /* lib/modules/RELEASE of a kernel with four modules of its own */

/* One of them: exports the symbol @exports, needs the symbol @needs. */
static char *make_own(const char *file, const char *exports, const char *needs)
{
	_cleanup_free_ char *path = xprintf("%s/kernel/net/%s", tree, file);
	_cleanup_free_ char *strings = xprintf("-%s", needs);
	Elf64_Sym symbols[2] = {
		[1] = {.st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE)}};
	struct section sections[] = {
		{".modinfo", "license=GPL", sizeof("license=GPL")},
		{"__ksymtab_strings", exports, strlen(exports) + 1},
		{".symtab", symbols, sizeof(symbols)},
		{".strtab", strings, strlen(needs) + 2},
	};

	strings[0] = '\0';
	write_elf(path, ET_REL, EM_X86_64, sections, 4);
	return take_ptr(path);
}

static void run_xz(char *path)
{
	char *argv[] = {"xz", path, NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	int status = -1;

	spec.argv = argv;
	process_capture(&spec, 10000, -1, &out, NULL, &status);
	is_int(status, 0, "a module is compressed");
}

static void make_tree(void)
{
	_cleanup_free_ char *net = NULL, *builtin = NULL, *core = NULL;

	tree = path_of("lib/modules/6.1");
	net = xprintf("%s/kernel/net", tree);
	builtin = xprintf("%s/modules.builtin", tree);
	fs_mkdir_p(net, 0755);
	core = make_own("core-lib.ko", "core", "printk");
	run_xz(core);
	free(make_own("mid_dle.ko", "mid", "core"));
	free(make_own("top.ko", "top", "mid"));
	free(make_own("lost.ko", "lost", "top"));
	fs_write_file(builtin, "kernel/drivers/in-side.ko\n", 26, 0644);
	is_int(kernel_depmod(&lab, dir, "6.1"), 0, "a kernel with modules of its own");
}

static char *module(const char *name, const char *depends)
{
	_cleanup_free_ char *file = xprintf("%s.ko", name);
	_cleanup_free_ char *info =
		xprintf("license=GPL|depends=%s|name=%s|vermagic=6.1 SMP", depends, name);

	return make_module(file, info);
}

static char *base_names(const struct strv *paths)
{
	_cleanup_text_ struct text t = TEXT_INIT;

	for (size_t i = 0; i < paths->n; i++)
		text_printf(&t, "%s%s", i ? " " : "", fs_basename(paths->v[i]));
	return text_take(&t);
}

static void test_order(void)
{
	_cleanup_strv_ struct strv paths = STRV_INIT, intree = STRV_INIT;
	_cleanup_free_ char *got = NULL, *got_intree = NULL;

	strv_take(&paths, module("c", "b,top"));
	strv_take(&paths, module("b", "a_1,mid-dle,gone"));
	strv_take(&paths, module("a-1", ""));
	is_int(lab_modules_order(&lab, &paths, tree, &intree), 0, "modules are ordered");
	got = base_names(&paths);
	got_intree = base_names(&intree);
	is_str(got, "a-1.ko b.ko c.ko", "providers first");
	is_str(got_intree, "core-lib.ko.xz mid_dle.ko top.ko",
	       "the kernel's own, transitively, each once, in load order");
	ok(intree.n && str_starts(intree.v[0], dir), "with absolute paths");
}

static void test_circle(void)
{
	_cleanup_strv_ struct strv paths = STRV_INIT, intree = STRV_INIT;

	strv_take(&paths, module("p", "q"));
	strv_take(&paths, module("q", "p"));
	is_int(lab_modules_order(&lab, &paths, tree, &intree), -ELOOP,
	       "a circle is refused");
	is_int((long long)paths.n, 2, "and the list is as it was");
}

/* What a suite's tests/needs names. */
static void test_need(void)
{
	_cleanup_strv_ struct strv intree = STRV_INIT;
	_cleanup_free_ char *got = NULL;

	is_int(lab_modules_need(&lab, "top", tree, &intree), 0,
	       "one of the kernel's own");
	is_int(lab_modules_need(&lab, "mid-dle", tree, &intree), 0, "one that is in");
	is_int(lab_modules_need(&lab, "in_side", tree, &intree), 0,
	       "one that is built in");
	got = base_names(&intree);
	is_str(got, "core-lib.ko.xz mid_dle.ko top.ko", "with all that it needs, once");
	is_int(lab_modules_need(&lab, "nowhere", tree, &intree), -ENOENT,
	       "one that the kernel does not have");
	ok(strstr(lab_error(&lab), "'nowhere'"), "is named");
}

/* What a name cannot be is not found, and nothing worse. */
static void test_odd_names(void)
{
	static const char *const names[] = {"",	      "top.ko", "a/b",	     "../net/top",
					    "t[o-p]", "to*",	"symbol:top"};
	_cleanup_strv_ struct strv paths = STRV_INIT, intree = STRV_INIT;
	_cleanup_free_ char *endless = xprintf("%04090d", 0);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		is_int(lab_modules_need(&lab, names[i], tree, &intree), -ENOENT,
		       names[i]);
	is_int(lab_modules_need(&lab, endless, tree, &intree), -ENOENT,
	       "a name of thousands of letters");
	strv_take(&paths, module("d", endless));
	is_int(lab_modules_order(&lab, &paths, tree, &intree), 0, "in a module, too");
	is_int((long long)intree.n, 0, "nothing was found");
}

static void damage(const char *file, const char *content)
{
	_cleanup_free_ char *path = xprintf("%s/%s", tree, file);

	if (content)
		fs_write_file(path, content, strlen(content), 0644);
	else
		unlink(path);
}

/* However short it is cut, it is no list of modules with fewer in it. */
static void test_cut_index(void)
{
	_cleanup_free_ char *path = xprintf("%s/modules.dep.bin", tree), *data = NULL;
	_cleanup_strv_ struct strv intree = STRV_INIT;
	size_t size = 0, taken = 0;

	is_int(fs_read_file(path, &data, &size), 0, "an index");
	for (size_t n = 0; n < size; n++)
		if (!fs_write_file(path, data, n, 0644))
			taken += lab_modules_need(&lab, "top", tree, &intree) != -EBADMSG;
	is_int((long long)taken, 0, "each part of it is refused");
	ok(strstr(lab_error(&lab), "modules.dep.bin' is damaged; run depmod"),
	   "with a sentence");
	fs_write_file(path, data, size, 0644);
	is_int(lab_modules_need(&lab, "top", tree, &intree), 0, "and all of it is not");
}

/* A module that needs one that is gone, or an index that is: last, for it breaks all. */
static void test_damaged_tree(void)
{
	static const char *const contents[] = {"", "not an index", NULL};
	_cleanup_strv_ struct strv paths = STRV_INIT, intree = STRV_INIT;
	struct module_index *index = NULL;

	damage("kernel/net/top.ko", NULL);
	is_int(lab_modules_need(&lab, "lost", tree, &intree), -ENOENT,
	       "a file that the index names is gone");
	ok(strstr(lab_error(&lab), "run depmod"), "the sentence says what to do");
	strv_take(&paths, module("e", "core-lib"));
	for (size_t i = 0; i < sizeof(contents) / sizeof(contents[0]); i++) {
		damage("modules.dep.bin", contents[i]);
		ok(module_index_open(&lab, tree, &index) < 0, "no index");
		ok(strstr(lab_error(&lab), "modules.dep.bin"), "the sentence names it");
		ok(lab_modules_order(&lab, &paths, tree, &intree) < 0,
		   "so it is not known what a module needs");
		ok(strstr(lab_error(&lab), "run depmod"), "the sentence says what to do");
		ok(lab_modules_need(&lab, "core_lib", tree, &intree) < 0,
		   "nor where one is");
		ok(strstr(lab_error(&lab), "run depmod"), "the same sentence");
	}
	strv_deinit(&intree);
	is_int(lab_modules_order(&lab, &paths, dir, &intree), 0,
	       "without modules at all what is needed is built in");
	is_int((long long)intree.n, 0, "or the kernel will say");
}

int main(void)
{
	if (!mkdtemp(dir) || setenv("KMLAB_CACHE", dir, 1) || lab_init(&lab)) {
		printf("Bail out! no scratch directory\n");
		return 1;
	}
	elf_version(EV_CURRENT);
	make_tree();
	test_good();
	test_old();
	test_not_elf();
	test_wrong_elf();
	test_truncated();
	test_missing();
	test_order();
	test_need();
	test_circle();
	test_odd_names();
	test_cut_index();
	test_damaged_tree();
	free(tree);
	fs_remove_tree(dir);
	lab_deinit(&lab);
	return tap_done();
}
