// SPDX-License-Identifier: GPL-2.0-only
/* Kernels: names, apt sources, entries, trees. With KMLAB_NET=1 in the
 * environment also real downloads into a scratch cache. */
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "fs.h"
#include "kernel/apt.h"
#include "kernel/internal.h"
#include "kernel/sources.h"

#include "scratch.h"
#include "tap.h"

#define ARCHIVE_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"

static void set_up(struct lab *lab)
{
	_cleanup_free_ char *cache = in_scratch("cache");

	setenv("KMLAB_CACHE", cache, 1);
	if (lab_init(lab) < 0)
		printf("Bail out! %s\n", lab_error(lab));
}

static void test_name_kinds(struct lab *lab)
{
	static const struct {
		const char *name, *arg;
		int kind; /* -1: refused */
	} cases[] = {
		{"debian/6.1", "6.1", NAME_SERIES},
		{"debian/trixie", "trixie", NAME_SUITE},
		{"debian/testing", "forky", NAME_SUITE},
		{"debian/trixie-backports", "trixie-backports", NAME_SUITE},
		{"debian/stable-backports", "trixie-backports", NAME_SUITE},
		{"debian/6.12.117-1", "6.12.117-1", NAME_VERSION},
		{"debian/6.12.117", "6.12.117", NAME_VERSION},
		{"debian/7.2.12-1~bpo13+1", "7.2.12-1~bpo13+1", NAME_VERSION},
		{"debian/6.1.0-56-amd64", "6.1.0-56-amd64", NAME_RELEASE},
		{"debian/6.12.117+deb13-amd64", "6.12.117+deb13-amd64", NAME_RELEASE},
		{"tree:/some/where", "/some/where", NAME_TREE},
		{"host", NULL, NAME_HOST},
		{"", NULL, -1},
		{"debian/", NULL, -1},
		{"debian", NULL, -1},
		{"debian/6", NULL, -1},
		{"debian/6.1/../x", NULL, -1},
		{"debian/6.1 -o X=y", NULL, -1},
		{"debian/-x", NULL, -1},
		{"debian/trixie-", NULL, -1},
		{"tree:", NULL, -1},
		{"fedora/40", NULL, -1},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct kernel_name name = {.arg = NULL};
		int err = kernel_name_parse(lab, cases[i].name, &name);

		if (cases[i].kind < 0) {
			is_int(err, -EINVAL, cases[i].name);
			continue;
		}
		is_int(err ? err : (int)name.kind, cases[i].kind, cases[i].name);
		is_str(name.arg, cases[i].arg, cases[i].name);
		kernel_name_deinit(&name);
	}
}

static void test_near(struct lab *lab)
{
	static const char *const cases[][2] = {
		{"debian/6.2", "; did you mean 'debian/6.1' or 'debian/6.12'?"},
		{"debain/6.1", "; did you mean 'debian/6.1'?"},
		{"debian/trxie", "; did you mean 'debian/trixie'?"},
		{"trixie", "; did you mean 'debian/trixie'?"},
		{"6.1", "; did you mean 'debian/6.1'?"},
		{"hsot", "; did you mean 'host'?"},
		{"something-else", ""},
		{"debian/6.1", ""},
	};
	struct kernel_name name;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_free_ char *near = kernel_name_near(cases[i][0], NULL);

		is_str(near, cases[i][1], cases[i][0]);
	}
	is_int(kernel_name_parse(lab, "debian/trxie", &name), -EINVAL, "mistyped suite");
	is_str(lab_error(lab),
	       "no kernel can have the name 'debian/trxie'; did you mean "
	       "'debian/trixie'?",
	       "the sentence names the near one");
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_versions(void)
{
	static const struct {
		const char *a, *b;
		int want;
	} cases[] = {
		{"6.1.99-1", "6.1.176-1", -1},
		{"6.12.117-1", "6.12.117-1", 0},
		{"7.2.12-1~bpo13+1", "7.2.12-1", -1},
		{"6.1.192-2", "6.1.192-10", -1},
		{"1:1.0-1", "2.0-1", 1},
		{"5.10.0", "5.10.10", -1},
		{"6.1~rc3-1", "6.1-1", -1},
		{"6.12.117+deb13", "6.12.117", 1},
	};
	static const char *const series[][2] = {
		{"6.1.0-56-amd64", "6.1"},
		{"6.12.117+deb13-amd64", "6.12"},
		{"7.2.12-1~bpo13+1", "7.2"},
		{"amd64", NULL},
		{"6", NULL},
		{"6.x", NULL},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(sign(kernel_version_compare(cases[i].a, cases[i].b)),
		       cases[i].want, cases[i].a);
	for (size_t i = 0; i < sizeof(series) / sizeof(series[0]); i++) {
		_cleanup_free_ char *got = kernel_series(series[i][0]);

		is_str(got, series[i][1], series[i][0]);
	}
}

static void test_suites(struct lab *lab)
{
	static const char *const cases[][2] = {
		{"debian/6.1", "bookworm"},
		{"debian/5.10.262-1", "bullseye"},
		{"debian/7.2", "trixie-backports"},
		{"debian/6.19", "sid"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_kernel_name_ struct kernel_name name = {.arg = NULL};
		_cleanup_strv_ struct strv suites = STRV_INIT;

		kernel_name_parse(lab, cases[i][0], &name);
		debian_suites_for(&name, &suites);
		is_str(suites.v[0], cases[i][1], "the likeliest suite comes first");
		ok(suites.n > 4, "and others after it");
	}
}

static void read_sources(struct lab *lab, struct debian_mirror *mirror, int want)
{
	_cleanup_apt_sources_ struct apt_sources sources = {NULL, 0};
	_cleanup_free_ char *prefix = in_scratch("host");

	is_int(apt_sources_read(lab, prefix, &sources), 0, "sources are read");
	is_int(debian_mirror_pick(lab, &sources, prefix, mirror), want, "Debian's entry");
}

static void test_sources_list(struct lab *lab)
{
	_cleanup_debian_mirror_ struct debian_mirror mirror = {.uri = NULL};
	_cleanup_free_ char *keyring = NULL;

	put("host/etc/apt/sources.list",
	    "# deb http://commented.example/debian bookworm main\n"
	    "deb-src http://src.example/debian bookworm main\n"
	    "deb cdrom:[Debian]/ bookworm main\n"
	    "deb http://flat.example/debian ./\n"
	    "deb [arch=amd64 signed-by=/usr/share/keyrings/other.gpg] "
	    "http://vendor.example/apt bookworm main\n"
	    "deb [ arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg ] "
	    "http://mirror.example/debian/ bookworm main contrib # ours\n"
	    "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "
	    "http://mirror.example/debian-security bookworm-security main\n");
	read_sources(lab, &mirror, 0);
	is_str(mirror.uri, "http://mirror.example/debian", "archive, not the vendor's");
	is_str(mirror.sec_uri, "http://mirror.example/debian-security", "security");
	is_str(mirror.key, "/usr/share/keyrings/debian-archive-keyring.gpg", "keyring");
	is_str(mirror.sec_key, "/usr/share/keyrings/debian-archive-keyring.gpg",
	       "keyring of the security updates");
	put("host/etc/apt/sources.list",
	    "deb http://other.example/apt bookworm contrib\n"
	    "deb [arch=amd64] http://me:secret@mirror.example/debian trixie main\n"
	    "deb [Signed-By=/mine.gpg arch=amd64] http://x.example/debian bookworm main");
	debian_mirror_deinit(&mirror);
	put("host" ARCHIVE_KEYRING, "");
	read_sources(lab, &mirror, 0);
	is_str(mirror.uri, "http://me:secret@mirror.example/debian", "with its password");
	ok(str_ends(mirror.key, ARCHIVE_KEYRING), "no key of a neighbouring line");
	put("host/etc/apt/sources.list", "");
	keyring = in_scratch("host" ARCHIVE_KEYRING);
	unlink(keyring);
}

/* What apt itself cannot read. */
static void test_sources_malformed(struct lab *lab)
{
	struct apt_sources sources = {NULL, 0};
	_cleanup_free_ char *prefix = in_scratch("host");

	put("host/etc/apt/sources.list", "deb http://mirror.example/debian\n");
	is_int(apt_sources_read(lab, prefix, &sources), -EINVAL, "a malformed entry");
	ok(strstr(lab_error(lab), "/etc/apt/sources.list"), "the sentence says where");
	ok(!strchr(lab_error(lab), '\n') && !str_ends(lab_error(lab), "."),
	   "one line, no full stop");
	printf("# %s\n", lab_error(lab));
	put("host/etc/apt/sources.list", "");
}

static void test_sources_deb822(struct lab *lab)
{
	_cleanup_debian_mirror_ struct debian_mirror mirror = {.uri = NULL};
	_cleanup_free_ char *text = NULL;

	put("host/etc/apt/sources.list.d/vendor.list",
	    "deb http://vendor.example/apt trixie main\n");
	put("host/etc/apt/sources.list.d/debian.sources",
	    "Types: deb\nEnabled: no\nURIs: http://off.example/debian\n"
	    "Suites: trixie\nComponents: main\nSigned-By: /k.gpg\n"
	    "\n# a comment\n\n"
	    "types: deb deb-src\n# inside\nURIs: http://mirror.example/debian\n"
	    "Suites: trixie\n trixie-updates\n trixie-backports\nComponents: main\n"
	    "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abc\n"
	    " -----END PGP PUBLIC KEY BLOCK-----\n"
	    "\n"
	    "Types: deb\nURIs: http://mirror.example/debian-security\n"
	    "Suites: trixie-security\nComponents: main\nSigned-By: /k.gpg\n");
	read_sources(lab, &mirror, 0);
	is_str(mirror.uri, "http://mirror.example/debian", "archive of several suites");
	is_str(mirror.sec_key, "/k.gpg", "key of the security entry");
	ok(mirror.key && strstr(mirror.key, "\n abc\n"), "an embedded key stays whole");
	text = debian_mirror_text(&mirror, "trixie-backports");
	ok(strstr(text, "Suites: trixie\n") &&
		   strstr(text, "Suites: trixie-security\n") &&
		   strstr(text, "Suites: trixie-backports\n"),
	   "backports bring their base");
	free(text);
	text = debian_mirror_text(&mirror, "sid");
	ok(strstr(text, "Suites: sid\n") && !strstr(text, "security"),
	   "sid has no security");
}

static void test_no_sources(struct lab *lab)
{
	_cleanup_free_ char *parts = in_scratch("host/etc/apt/sources.list.d");
	struct debian_mirror mirror = {.uri = NULL};

	fs_remove_tree(parts);
	read_sources(lab, &mirror, -ENOENT);
	ok(strstr(lab_error(lab), "no Debian archive"), "the sentence says so");
	put("host/etc/apt/sources.list",
	    "deb http://mirror.example/debian trixie main\n");
	read_sources(lab, &mirror, -ENOENT);
	ok(strstr(lab_error(lab), "install debian-archive-keyring"),
	   "no keyring, no trust");
	put("host" ARCHIVE_KEYRING, "");
	read_sources(lab, &mirror, 0);
	ok(str_ends(mirror.key, "debian-archive-keyring.gpg"), "the keyring by default");
	debian_mirror_deinit(&mirror);
}

static void test_explain(struct lab *lab)
{
	static const struct {
		const char *output, *part;
		int err;
	} cases[] = {
		{"E: Release file for http://x/InRelease is expired (invalid since 3d)",
		 "--allow-expired", -ESTALE},
		{"E: Release file for http://x/InRelease is not valid yet", "clock",
		 -ESTALE},
		{"W: Failed to fetch http://x  Could not resolve 'x'\nE: Some index "
		 "files",
		 "check the network", -ENETUNREACH},
		{"E: Failed to fetch http://x  Could not connect to x:80 (1.2.3.4)",
		 "cannot reach the Debian mirror", -ENETUNREACH},
		{"W: GPG error: NO_PUBKEY 123", "debian-archive-keyring", -EKEYREJECTED},
		{"E: Write error - write (28: No space left on device)", "no space",
		 -ENOSPC},
		{"E: The repository 'http://x sid Release' does not have a Release file.",
		 "no suite 'sid'", -ENOENT},
		{"E: Something new.", "something new; try again", -EIO},
		{"", "without saying why", -EIO},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		is_int(apt_explain(lab, "sid", cases[i].output), cases[i].err,
		       cases[i].part);
		ok(strstr(lab_error(lab), cases[i].part), "and its sentence");
		ok(!strchr(lab_error(lab), '\n') && !str_ends(lab_error(lab), "."),
		   "one line, no full stop");
	}
}

static void add_entry(struct lab *lab, const char *version, const char *release,
		      const char *suite, const char *root, bool of_suite)
{
	_cleanup_kernel_ struct lab_kernel *k = xcalloc(1, sizeof(*k));
	_cleanup_free_ char *dir = xprintf("cache/kernels/debian-%s", version);
	_cleanup_free_ char *path = in_scratch(dir);
	struct kernel_entry entry = {
		.kernel = k, .root_id = (char *)root, .of_suite = of_suite};
	_cleanup_free_ char *image = xprintf("%s/boot/vmlinuz", dir);
	_cleanup_free_ char *dep = xprintf("%s/lib/modules/%s/modules.dep", dir, release);
	_cleanup_free_ char *gcc = xprintf("cache/roots/%s/usr/bin/gcc", root);
	_cleanup_free_ char *series = kernel_series(release);

	put(image, "");
	put(dep, "");
	put(gcc, "");
	k->name = xprintf("debian/%s", series);
	k->id = xprintf("debian-%s", version);
	k->provider = xstrdup("debian");
	k->suite = xstrdup(suite);
	k->release = xstrdup(release);
	k->version = xstrdup(version);
	k->image = xstrdup("boot/vmlinuz");
	k->modules = xprintf("lib/modules/%s", release);
	k->headers = xprintf("/usr/src/linux-headers-%s", release);
	k->usr_src = xstrdup("usr/src");
	k->size = 12345;
	is_int(kernel_entry_write(lab, path, &entry), 0, "entry written");
}

static void found(struct lab *lab, const char *name, const char *version)
{
	_cleanup_kernel_ struct lab_kernel *k = NULL;

	is_int(lab_kernel_find(lab, name, &k), version ? 0 : -ENOENT,
	       name ? name : "default");
	is_str(k ? k->version : NULL, version, "and the right one");
}

static void test_find(struct lab *lab)
{
	_cleanup_kernel_ struct lab_kernel *k = NULL;
	_cleanup_free_ char *image =
		in_scratch("cache/kernels/debian-6.1.192-2/boot/vmlinuz");
	_cleanup_free_ char *root = in_scratch("cache/roots/bookworm-1");

	found(lab, NULL, NULL);
	add_entry(lab, "6.1.192-2", "6.1.0-56-amd64", "bookworm", "bookworm-1", true);
	add_entry(lab, "6.1.90-1", "6.1.0-21-amd64", "bookworm", "bookworm-1", false);
	add_entry(lab, "6.12.117-1", "6.12.117+deb13-amd64", "trixie", "trixie-1", true);
	found(lab, "debian/6.1", "6.1.192-2");
	found(lab, "debian/bookworm", "6.1.192-2");
	found(lab, "debian/oldstable", "6.1.192-2");
	found(lab, "debian/6.1.90-1", "6.1.90-1");
	found(lab, "debian/6.1.90", "6.1.90-1");
	found(lab, "debian/6.1.0-21-amd64", "6.1.90-1");
	found(lab, "debian/6.12.117+deb13-amd64", "6.12.117-1");
	found(lab, "debian/6.1.9", NULL);
	found(lab, "debian/7.2", NULL);
	found(lab, NULL, "6.12.117-1");
	lab_kernel_find(lab, "debian/6.2", &k);
	is_str(lab_error(lab),
	       "kernel 'debian/6.2' has not been added; did you mean "
	       "'debian/6.1' or 'debian/6.12'?",
	       "near kernels are suggested");
	is_int(lab_kernel_find(lab, "debian/6.1", &k), 0, "round trip");
	is_str(k->image, image, "image is absolute");
	is_str(k->root, root, "root is absolute");
	is_str(k->suite, "bookworm", "suite");
	is_str(k->headers, "/usr/src/linux-headers-6.1.0-56-amd64",
	       "headers as in the root");
	is_int((long long)k->size, 12345, "size");
	ok(!k->config && !k->system_map, "what was not there stays NULL");
}

static void test_list(struct lab *lab)
{
	struct lab_kernel **all = NULL;
	size_t n = 0;

	put("cache/kernels/debian-9.9-1/kernel.json", "{ \"format\": 1, \"id\": 3");
	put("cache/kernels/debian-9.8-1/kernel.json", "{}");
	put("cache/kernels/.stage-xyz/kernel.json", "{}");
	is_int(lab_kernel_list(lab, &all, &n), 0, "list");
	is_int((long long)n, 3, "damaged and half entries are not kernels");
	if (n == 3) {
		is_str(all[0]->name, "debian/6.1.90-1", "an older one of a series");
		is_str(all[1]->name, "debian/6.1", "the newest of a series");
		is_str(all[2]->name, "debian/6.12", "the newest comes last");
	}
	lab_kernel_list_free(all, n);
}

static void test_remove(struct lab *lab)
{
	is_int(lab_kernel_remove(lab, "debian/7.2"), -ENOENT, "what was never added");
	is_int(lab_kernel_remove(lab, "host"), -EINVAL, "the host's kernel stays");
	is_int(lab_kernel_remove(lab, "debian/6.1"), 0, "remove");
	ok(!there("cache/kernels/debian-6.1.192-2"), "the entry is gone");
	ok(there("cache/roots/bookworm-1"), "its root serves another kernel");
	found(lab, "debian/6.1", "6.1.90-1");
	is_int(lab_kernel_remove(lab, "debian/6.1"), 0, "remove the other");
	ok(!there("cache/roots/bookworm-1"), "the root is gone with it");
	ok(there("cache/roots/trixie-1"), "another root is not");
	found(lab, "debian/6.1", NULL);
}

static void test_tree(struct lab *lab)
{
	_cleanup_free_ char *path = in_scratch("linux");
	_cleanup_free_ char *name = xprintf("tree:%s", path), *id = NULL;
	_cleanup_free_ char *dep = NULL, *module = NULL;
	struct lab_kernel *k = NULL;

	is_int(lab_kernel_find(lab, name, &k), -ENOENT, "a tree that is not there");
	put("linux/Makefile", "");
	is_int(lab_kernel_find(lab, name, &k), -ENOENT, "a tree that is not built");
	ok(strstr(lab_error(lab), "bzImage"), "the sentence says what is missing");
	put("linux/arch/x86/boot/bzImage", "image");
	put("linux/Module.symvers", "");
	put("linux/include/config/kernel.release", "6.6.1-mine\n");
	put("linux/modules.order", "fs/x/x.o\ndrivers/y.ko\nnever/built.o\n");
	put("linux/modules.builtin", "kernel/lib/z.ko\n");
	put("linux/fs/x/x.ko", "");
	put("linux/drivers/y.ko", "");
	is_int(lab_kernel_find(lab, name, &k), 0, "a built tree");
	if (!k)
		return;
	is_str(k->release, "6.6.1-mine", "release");
	is_str(k->headers, path, "headers are the tree");
	ok(!k->root && !k->usr_src, "built with the host's tools");
	dep = xprintf("%s/modules.dep", k->modules);
	module = xprintf("%s/kernel/fs/x/x.ko", k->modules);
	ok(fs_exists(dep) && fs_exists(module), "modules and their index");
	id = xstrdup(k->id);
	lab_kernel_destroy(k);
	put("linux/arch/x86/boot/bzImage", "another image");
	is_int(lab_kernel_find(lab, name, &k), 0, "rebuilt");
	ok(strcmp(k->id, id), "is another kernel");
	free(module);
	module = lab_cache_path(lab, "kernels", id);
	ok(!fs_exists(module), "and the old one is dropped");
	lab_kernel_destroy(k);
	is_int(lab_kernel_remove(lab, name), 0, "remove");
	ok(there("linux/fs/x/x.ko"), "the tree itself is untouched");
}

static void test_host(struct lab *lab)
{
	_cleanup_kernel_ struct lab_kernel *k = NULL;
	_cleanup_free_ char *prefix = in_scratch("pc");
	_cleanup_free_ char *image = NULL, *dep = NULL, *make = NULL;
	struct utsname name;

	uname(&name);
	image = xprintf("pc/boot/vmlinuz-%s", name.release);
	dep = xprintf("pc/lib/modules/%s/modules.dep", name.release);
	make = xprintf("pc/lib/modules/%s/build/Makefile", name.release);
	is_int(host_open(lab, prefix, &k), -ENOENT, "no image");
	ok(strstr(lab_error(lab), "install linux-image-"), "the package is named");
	put(image, "");
	put(dep, "");
	is_int(host_open(lab, prefix, &k), -ENOENT, "no headers");
	ok(strstr(lab_error(lab), "install linux-headers-"), "the package is named");
	put(make, "");
	is_int(host_open(lab, prefix, &k), 0, "all there");
	is_str(k ? k->release : NULL, name.release, "release");
	ok(k && !k->root && k->headers[0] == '/', "built with the host's tools");
}

/* Real packages, only on request: some 700 MB. */
static void test_network(struct lab *lab)
{
	static const char *const names[] = {"debian/5.10", "debian/bookworm",
					    "debian/6.12", "debian/7.2"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		_cleanup_kernel_ struct lab_kernel *k = NULL;
		_cleanup_free_ char *kbuild = NULL, *makefile = NULL;

		if (!is_int(lab_kernel_add(lab, names[i], false, &k), 0, names[i])) {
			printf("# %s\n", lab_error(lab));
			continue;
		}
		makefile = xprintf("%s%s/Makefile", k->usr_src,
				   k->headers + strlen("/usr/src"));
		kbuild = xprintf("%s%s/scripts/mod/modpost", k->usr_src,
				 k->headers + strlen("/usr/src"));
		ok(fs_exists(k->image) && fs_exists(makefile) && fs_exists(kbuild),
		   "image, headers and their tools");
	}
	printf("# an unknown series asks every suite\n");
	is_int(lab_kernel_add(lab, "debian/6.2", false, &(struct lab_kernel *){NULL}),
	       -ENOENT, "debian/6.2");
	ok(strstr(lab_error(lab), "did you mean 'debian/6.1' or 'debian/6.12'?"),
	   "near series are suggested");
}

int main(void)
{
	char dir[] = "/tmp/kmlab-kernel-XXXXXX";
	struct lab lab;

	scratch = mkdtemp(dir);
	if (!scratch)
		return 1;
	set_up(&lab);
	test_name_kinds(&lab);
	test_near(&lab);
	test_versions();
	test_suites(&lab);
	test_sources_list(&lab);
	test_sources_malformed(&lab);
	test_sources_deb822(&lab);
	test_no_sources(&lab);
	test_explain(&lab);
	test_find(&lab);
	test_list(&lab);
	test_remove(&lab);
	test_tree(&lab);
	test_host(&lab);
	if (getenv("KMLAB_NET"))
		test_network(&lab);
	lab_deinit(&lab);
	fs_remove_tree(scratch);
	return tap_done();
}
