// SPDX-License-Identifier: GPL-2.0-only
/* The host provider: the kernel that runs here, if what a guest needs can be read. */
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "fs.h"

#include "internal.h"

static int need_readable(struct lab *lab, const char *path, const char *package)
{
	if (access(path, R_OK) == 0)
		return 0;
	if (errno == EACCES)
		return lab_fail(lab, -EACCES,
				"'%s' is not readable for you; run 'chmod +r' "
				"on it as root, or use 'debian/6.1'",
				path);
	return lab_fail(lab, -ENOENT,
			"the running kernel cannot be used: '%s' is missing; "
			"install %s, or use 'debian/6.1'",
			path, package);
}

/* A kernel that was built again has the same release, but must get another id. */
static char *host_id(const struct lab_kernel *k)
{
	const char *files[] = {k->image, k->modules};
	_cleanup_strv_ struct strv parts = STRV_INIT;
	_cleanup_free_ char *key = NULL;

	strv_add(&parts, k->release);
	for (int i = 0; i < 2; i++) {
		struct stat st = {.st_size = 0};

		if (stat(files[i], &st) == 0)
			strv_printf(&parts, "%lld %lld.%09ld", (long long)st.st_size,
				    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	}
	key = lab_cache_key((const char *const *)parts.v);
	return xprintf("host-%s", key);
}

static char *if_there(char *path)
{
	if (fs_exists(path))
		return path;
	free(path);
	return NULL;
}

/* In /boot, but beside the modules for Debian's kernels since 6.19 and on some other
 * distributions. */
static char *host_image(const char *prefix, const char *release)
{
	char *image = if_there(xprintf("%s/lib/modules/%s/vmlinuz", prefix, release));

	return image ? image : xprintf("%s/boot/vmlinuz-%s", prefix, release);
}

int host_open(struct lab *lab, const char *prefix, struct lab_kernel **ret)
{
	_cleanup_kernel_ struct lab_kernel *k = xcalloc(1, sizeof(*k));
	_cleanup_free_ char *dep = NULL, *headers = NULL, *makefile = NULL,
			    *package = NULL;
	struct utsname name;
	int err;

	uname(&name);
	k->release = xstrdup(name.release);
	k->image = host_image(prefix, k->release);
	k->modules = xprintf("%s/lib/modules/%s", prefix, k->release);
	dep = xprintf("%s/modules.dep", k->modules);
	headers = xprintf("%s/build", k->modules);
	makefile = xprintf("%s/Makefile", headers);
	package = xprintf("linux-image-%s", k->release);
	err = need_readable(lab, k->image, package);
	if (!err)
		err = need_readable(lab, dep, package);
	free(package);
	package = xprintf("linux-headers-%s", k->release);
	if (!err)
		err = need_readable(lab, makefile, package);
	if (err)
		return err;
	k->name = xstrdup("host");
	k->provider = xstrdup("host");
	k->version = xstrdup(k->release);
	k->headers = realpath(headers, NULL);
	k->config = if_there(xprintf("%s/boot/config-%s", prefix, k->release));
	k->system_map = if_there(xprintf("%s/boot/System.map-%s", prefix, k->release));
	k->id = host_id(k);
	*ret = take_ptr(k);
	return 0;
}
