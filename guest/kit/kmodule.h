/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loading and unloading modules by system call, for C tests that run inside a guest.
 *
 *	#define KMODULE "answer"
 *	#include "kmodule.h"
 *
 *	ktap_ok(!unload_module(), "it unloads");
 *	ktap_ok(load_module("number=seven") == EINVAL, "a word is refused");
 *
 * KMODULE is for a test that is run by hand: the name of the module under test where the
 * lab does not give one in KMLAB_MODULE. Without either there is no such module.
 *
 * A test of two modules takes them from kmodule_pair(), and names one in each call of
 * kmodule_load() and kmodule_unload().
 *
 * Nothing here allocates. All but kmodule_text() may be called from any thread.
 */
#ifndef GUEST_KMODULE_H
#define GUEST_KMODULE_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef KMODULE
#define KMODULE ""
#endif

struct kmodule {
	char path[128]; /* of its file */
	char name[64];	/* as the kernel knows it */
};

/*
 * kmodule_set - a module by its file: "/lab/my-own.ko" is called "my_own", as the kernel
 * has no '-' in names. @len: how many bytes of @path are meant.
 */
static inline void kmodule_set(struct kmodule *m, const char *path, size_t len)
{
	const char *base;

	snprintf(m->path, sizeof(m->path), "%.*s", (int)len, path);
	base = strrchr(m->path, '/');
	base = base ? base + 1 : m->path;
	snprintf(m->name, sizeof(m->name), "%.*s", (int)strcspn(base, "."), base);
	for (char *c = m->name; *c; c++)
		if (*c == '-')
			*c = '_';
}

/*
 * kmodule_pair - the first and the last of the modules in KMLAB_KOS, which has them in
 * load order. @otherwise: two files with a blank between them, where the lab names none.
 */
static inline void kmodule_pair(struct kmodule *first, struct kmodule *last,
				const char *otherwise)
{
	const char *all = getenv("KMLAB_KOS"), *word;

	if (!all || !strchr(all, ' '))
		all = otherwise;
	word = strrchr(all, ' ') + 1;
	kmodule_set(first, all, strcspn(all, " "));
	kmodule_set(last, word, strlen(word));
}

/* kmodule_load - 0, or the errno of finit_module(2), which errno has, too. */
static inline int kmodule_load(const struct kmodule *m, const char *params)
{
	int fd = open(m->path, O_RDONLY | O_CLOEXEC), err;

	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, params, 0) ? errno : 0;
	close(fd);
	return err;
}

/*
 * kmodule_unload - 0, or the errno of delete_module(2), which errno has, too. @flags:
 * O_NONBLOCK, as rmmod has it; O_TRUNC for force.
 */
static inline int kmodule_unload(const struct kmodule *m, int flags)
{
	return syscall(SYS_delete_module, m->name, flags) ? errno : 0;
}

/*
 * kmodule_text - what the file /sys/module/NAME/@file says, without the end of the line;
 * "" when it is not there. The text is valid until the next call.
 */
static inline const char *kmodule_text(const struct kmodule *m, const char *file)
{
	static char text[128];
	char path[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/%s", m->name, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* kmodule_has_param - is it loaded, and has it a parameter of that name? */
static inline bool kmodule_has_param(const struct kmodule *m, const char *param)
{
	char path[256];

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", m->name, param);
	return access(path, F_OK) == 0;
}

/* kmodule_tested - the module under test, by KMLAB_MODULE and KMLAB_KO, or KMODULE. */
static inline struct kmodule kmodule_tested(void)
{
	const char *ko = getenv("KMLAB_KO"), *name = getenv("KMLAB_MODULE");
	struct kmodule m;

	if (!ko)
		ko = "/lab/" KMODULE ".ko";
	snprintf(m.path, sizeof(m.path), "%s", ko);
	snprintf(m.name, sizeof(m.name), "%s", name ? name : KMODULE);
	return m;
}

/* load_module - load the module under test. Returns as kmodule_load() does. */
static inline int load_module(const char *params)
{
	struct kmodule m = kmodule_tested();

	return kmodule_load(&m, params);
}

/* unload_module - unload it, without waiting. Returns as kmodule_unload() does. */
static inline int unload_module(void)
{
	struct kmodule m = kmodule_tested();

	return kmodule_unload(&m, O_NONBLOCK);
}

/*
 * reload_module - unload it, where it is loaded, and load it with these parameters.
 * Returns 0 or the errno of what went wrong first.
 */
static inline int reload_module(const char *params)
{
	int err = unload_module();

	return err && err != ENOENT ? err : load_module(params);
}

/* has_param - is the module under test loaded, and has it this parameter? */
static inline bool has_param(const char *param)
{
	struct kmodule m = kmodule_tested();

	return kmodule_has_param(&m, param);
}

#endif /* GUEST_KMODULE_H */
