/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kbuild, in the kernel's own build root, objects in the cache: the module's tree is not
 * touched. Reference: Documentation/kbuild/modules.rst.
 */
#ifndef KMLAB_LAB_BUILD_H
#define KMLAB_LAB_BUILD_H

#include "../kernel/kernel.h"

struct lab_build_spec {
	const struct lab_kernel *kernel;
	const char *source;	 /* a directory with Kbuild or Makefile, or a .c file */
	char *const *make_args;	 /* more words for make ("W=1"), or NULL */
	char *const *symvers;	 /* Module.symvers of modules built earlier, or NULL */
	bool compile_commands;	 /* also write SOURCE/compile_commands.json */
	bool clean;		 /* forget earlier objects first */
	bool warnings_as_errors; /* for our own modules */
};

struct lab_build {
	char *dir; /* in the cache; holds objects and modules, named by source path */
	struct strv modules;   /* absolute paths of the .ko files, sorted by name */
	char *symvers;	       /* Module.symvers, or NULL when nothing is exported */
	char *log;	       /* compiler and make output, user's own paths */
	int status;	       /* make's exit status; 0 with modules empty cannot be */
	unsigned int warnings; /* compiler warnings counted in the log */
	bool cached; /* nothing had changed: make was not run, the log is the last */
	double ms;   /* wall time */
};

void lab_build_deinit(struct lab_build *build);
#define _cleanup_build_ _cleanup_(lab_build_deinit)

/**
 * lab_build_run - build.
 * Return: 0 when make ran, whatever it answered (@status); -ENOENT, -ENOTDIR, -ENODATA
 * (nothing to build there), -ENOTSUP (its dkms.conf excludes this kernel) with a sentence
 * otherwise. A Debian -dkms tree is built by its dkms.conf. One call at a time works on
 * one source for one kernel; others wait.
 */
int lab_build_run(struct lab *lab, const struct lab_build_spec *spec,
		  struct lab_build *ret);

/**
 * lab_build_origin - what @path, a file that a build left in @cache_dir, was built from:
 * the source's directory, freed by the caller. NULL: no build left it.
 * @upper: that build's lab_build.dir, freed by the caller; may be NULL.
 */
char *lab_build_origin(const char *cache_dir, const char *path, char **upper);

#endif
