// SPDX-License-Identifier: GPL-2.0-only
/* Packages: where their files go, what they may not do, and build roots made of them. */
#include <sys/stat.h>

#include "kernel/deb.h"
#include "kernel/root.h"
#include "lab.h"

#include "fake_deb.h"
#include "scratch.h"
#include "tap.h"

static void test_map(void)
{
	static const struct {
		enum deb_layout layout;
		const char *from, *to;
	} cases[] = {
		{DEB_KERNEL, "./boot/vmlinuz-6.1", "boot/vmlinuz-6.1"},
		{DEB_KERNEL, "./usr/lib/modules/7.2/a.ko", "lib/modules/7.2/a.ko"},
		{DEB_KERNEL, "./lib/modules/6.1/a.ko", "lib/modules/6.1/a.ko"},
		{DEB_KERNEL, "./usr/lib/linux-kbuild-6.1/x",
		 "usr/src/linux-kbuild-6.1/x"},
		{DEB_KERNEL, "./usr/src/linux-kbuild-6.1", NULL},
		{DEB_KERNEL, "./usr/share/doc/x", NULL},
		{DEB_KERNEL, "./usr/src/linux-headers-6.1-common/arch/arm/Makefile",
		 NULL},
		{DEB_KERNEL, "./usr/src/linux-headers-6.1-common/arch/x86/Makefile",
		 "usr/src/linux-headers-6.1-common/arch/x86/Makefile"},
		{DEB_KERNEL, "./usr/src/linux-headers-6.1-amd64/include/config/SMP",
		 NULL},
		{DEB_KERNEL, "./usr/src/linux-headers-6.1-amd64/include/config/auto.conf",
		 "usr/src/linux-headers-6.1-amd64/include/config/auto.conf"},
		{DEB_KERNEL, "./boot/../../etc/x", NULL},
		{DEB_ROOT, "./bin/sh", "usr/bin/sh"},
		{DEB_ROOT, "./lib64/ld-linux-x86-64.so.2",
		 "usr/lib64/ld-linux-x86-64.so.2"},
		{DEB_ROOT, "./etc/ld.so.conf", "etc/ld.so.conf"},
		{DEB_ROOT, "./usr/share/man/man1/x.1", NULL},
		{DEB_ROOT, "./var/lib/x", NULL},
		{DEB_ROOT, "./usr/include/mips-linux-gnu/asm/a.out.h", NULL},
		{DEB_ROOT, "./usr/include/x86_64-linux-gnu/asm/a.out.h",
		 "usr/include/x86_64-linux-gnu/asm/a.out.h"},
		{DEB_ROOT, "/etc/passwd", NULL},
		{DEB_ROOT, "./usr/lib/gcc/x86_64-linux-gnu/12/cc1",
		 "usr/lib/gcc/x86_64-linux-gnu/12/cc1"},
		{DEB_ROOT, "./usr/lib/gcc/x86_64-linux-gnu/12/lto1", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_free_ char *to = deb_map(cases[i].layout, cases[i].from);

		is_str(to, cases[i].to, cases[i].from);
	}
}

static const struct member members[] = {
	{.path = "./usr/bin/tool", .text = "#!/bin/sh\n", .mode = 04755},
	{.path = "./bin/other", .hardlink = "./usr/bin/tool", .mode = 0755},
	{.path = "./usr/lib/deep/er/secret", .text = "x", .mode = 0000},
	{.path = "./usr/bin/cc", .link = "tool", .mode = 0777},
	{.path = "./usr/share/doc/tool/readme", .text = "no", .mode = 0644},
	{.path = "./usr/../../escaped", .text = "no", .mode = 0644},
};

static void test_unpack(struct lab *lab)
{
	_cleanup_free_ char *deb = in_scratch("tool_1_amd64.deb"),
			    *dir = in_scratch("out");
	_cleanup_free_ char *tool = in_scratch("out/usr/bin/tool");
	struct deb_job job = {deb, dir, DEB_ROOT, 1};
	struct stat st = {.st_mode = 0};

	make_deb(deb, members, sizeof(members) / sizeof(members[0]), false);
	fs_mkdir_p(dir, 0755);
	is_int(deb_unpack(lab, &job, 1, "unpacking"), 0, "a good package");
	stat(tool, &st);
	is_int(st.st_mode & 07777, 0755, "no set-uid bit");
	is_int(st.st_nlink, 2, "hard link, also across the merged /usr");
	ok(there("out/usr/bin/other"), "bin is usr/bin");
	ok(there("out/usr/bin/cc"), "symlink");
	ok(there("out/usr/lib/deep/er/secret"), "parents that were not listed");
	ok(!there("out/usr/share/doc"), "documentation is left out");
	ok(!there("escaped") && !there("out/escaped"), "nothing outside");
	is_int(deb_unpack(lab, &job, 1, "unpacking"), 0, "over itself");
}

static void test_unpack_bad(struct lab *lab)
{
	_cleanup_free_ char *deb = in_scratch("bad_1_amd64.deb"),
			    *dir = in_scratch("out2");
	_cleanup_free_ char *none = in_scratch("none_1_amd64.deb");
	struct deb_job jobs[] = {{deb, dir, DEB_ROOT, 1}};

	make_deb(deb, members, sizeof(members) / sizeof(members[0]), true);
	fs_mkdir_p(dir, 0755);
	is_int(deb_unpack(lab, jobs, 1, "unpacking"), -EBADMSG, "a damaged package");
	ok(strstr(lab_error(lab), "'bad_1_amd64.deb'"), "is named");
	put("bad_1_amd64.deb", "not a package");
	is_int(deb_unpack(lab, jobs, 1, "unpacking"), -EBADMSG, "something else");
	jobs[0].file = none;
	ok(deb_unpack(lab, jobs, 1, "unpacking") < 0, "a missing package");
}

/* Links that a package brings stay links: nothing is ever written through one. */
static void test_unpack_links(struct lab *lab)
{
	_cleanup_free_ char *deb = in_scratch("links_1_amd64.deb"),
			    *dir = in_scratch("out3");
	_cleanup_free_ char *outside = in_scratch("outside");
	_cleanup_free_ char *target = in_scratch("outside/target");
	const struct member good[] = {
		{.path = "./usr/lib/absolute", .link = "/usr/lib/x.so", .mode = 0777},
		{.path = "./usr/lib/file", .link = target, .mode = 0777},
		{.path = "./usr/lib/file", .text = "inside", .mode = 0644},
		{.path = "./usr/lib/dir", .link = outside, .mode = 0777},
	};
	const struct member through[] = {
		{.path = "./usr/lib/dir", .link = outside, .mode = 0777},
		{.path = "./usr/lib/dir/file", .text = "escaped", .mode = 0644},
	};
	const struct member linked[] = {
		{.path = "./usr/lib/dir", .link = outside, .mode = 0777},
		{.path = "./usr/lib/stolen", .hardlink = "./usr/lib/dir/target"},
	};
	struct deb_job job = {deb, dir, DEB_ROOT, 1};
	_cleanup_free_ char *text = NULL, *file = in_scratch("out3/usr/lib/file");
	_cleanup_free_ char *absolute = in_scratch("out3/usr/lib/absolute");
	char where[64] = "";

	put("outside/target", "untouched");
	fs_mkdir_p(dir, 0755);
	make_deb(deb, good, 4, false);
	is_int(deb_unpack(lab, &job, 1, "unpacking"), 0, "links are unpacked");
	ok(readlink(absolute, where, sizeof(where) - 1) > 0, "an absolute one, too");
	is_str(where, "/usr/lib/x.so", "and as it is");
	fs_read_file(file, &text, NULL);
	is_str(text, "inside", "a file takes the place of a link");
	make_deb(deb, through, 2, false);
	ok(deb_unpack(lab, &job, 1, "unpacking") < 0, "a file behind a link is refused");
	ok(!there("outside/file"), "and not written");
	make_deb(deb, linked, 2, false);
	ok(deb_unpack(lab, &job, 1, "unpacking") < 0, "so is a hard link to one");
	ok(!there("out3/usr/lib/stolen"), "and not made");
	free(text);
	fs_read_file(target, &text, NULL);
	is_str(text, "untouched", "nothing outside");
}

static void test_root(struct lab *lab)
{
	_cleanup_free_ char *dir = in_scratch("root");
	char target[64] = "";
	_cleanup_free_ char *link = in_scratch("root/usr/bin/gcc");
	ssize_t n;

	is_int(root_prepare(lab, dir), 0, "skeleton");
	ok(there("root/lib64") && there("root/usr/lib/modules") && there("root/usr/src"),
	   "mount points and merged directories");
	is_int(root_finish(lab, dir), -ENOENT, "a root without compiler is none");
	put("root/bin/x86_64-linux-gnu-gcc-9", "");
	put("root/bin/x86_64-linux-gnu-gcc-14", "");
	is_int(root_finish(lab, dir), 0, "finished");
	n = readlink(link, target, sizeof(target) - 1);
	is_str(n > 0 ? target : "", "gcc-14", "the newest compiler, by number");
	ok(there("root/usr/bin/gcc-14") && there("root/usr/bin/cc"), "its plain names");
}

int main(void)
{
	char dir[] = "/tmp/kmlab-deb-XXXXXX";
	struct lab lab = {.cancel_fd = -1};

	scratch = mkdtemp(dir);
	if (!scratch)
		return 1;
	test_map();
	test_unpack(&lab);
	test_unpack_bad(&lab);
	test_unpack_links(&lab);
	test_root(&lab);
	free(lab.error);
	fs_remove_tree(scratch);
	return tap_done();
}
