/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * User-space programs for guests: a module's tests in C (tests/NAME.c) and what its users
 * run (client/NAME.c). Each file is one static program called NAME, made by the build
 * root's compiler; in the guest all of them lie in /lab/bin, which is in the PATH.
 */
#ifndef KMLAB_LAB_PROGRAMS_H
#define KMLAB_LAB_PROGRAMS_H

#include "../kernel/kernel.h"

/* Programs to be compiled for one guest. Zero it to begin. */
struct lab_programs {
	struct strv sources;  /* paths of .c files */
	struct strv includes; /* for each: the module's directory, an -I path */
};

void lab_programs_deinit(struct lab_programs *p);
#define _cleanup_programs_ _cleanup_(lab_programs_deinit)

/** lab_programs_add - the file @module/@folder/@name. Not one that does not end in ".c",
 *  nor one whose name is in the list already: whoever comes first wins. */
void lab_programs_add(struct lab_programs *p, const char *module, const char *folder,
		      const char *name);

/** lab_programs_add_clients - all of @module/client, if there is such a folder. */
void lab_programs_add_clients(struct lab_programs *p, const char *module);

/**
 * lab_programs_build - compile them and put them side by side.
 * @ret_dir: a folder in the cache with one program for each; freed by the caller.
 * Return: 0; -ENOEXEC when the compiler refused one, then *source is its path and *log
 * what the compiler said, both for the caller to free; another negative errno with a
 * sentence.
 */
int lab_programs_build(struct lab *lab, const struct lab_kernel *kernel,
		       const struct lab_programs *p, char **ret_dir, char **source,
		       char **log);

/** lab_build_program - compile one user-space program (C, static) with the build
 *  root's compiler; the result is cached by content. @include: one -I path or NULL; the
 *  lab's own headers for tests (guest/kit/k*.h) are found in any case.
 *  @ret_log: what the compiler said; freed by the caller, as is *ret_path.
 *  Return: 0; -ENOEXEC when the compiler refused it, then *ret_log is set and *ret_path
 *  is not; another -errno, then neither is. */
int lab_build_program(struct lab *lab, const struct lab_kernel *kernel,
		      const char *source, const char *include, char **ret_path,
		      char **ret_log);

#endif
