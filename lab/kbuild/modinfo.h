/* SPDX-License-Identifier: GPL-2.0-only */
/* What a .ko says of itself: its ELF header and .modinfo section, read with libelf. */
#ifndef KMLAB_LAB_MODINFO_H
#define KMLAB_LAB_MODINFO_H

#include "../lab.h"

struct lab_modinfo {
	char *path;
	char *name; /* name= of .modinfo (4.18+), else from the file name, '-' as '_' */
	char *vermagic;	     /* "6.1.0-50-amd64 SMP preempt mod_unload modversions " */
	char *release;	     /* first word of vermagic */
	struct strv depends; /* module names */
	bool gpl;	     /* licence is GPL-compatible */
	bool has_debug;	     /* has .debug_info */
	bool uses_btf;	     /* has .BTF_ids: offers functions or types to BPF programs */
};

void lab_modinfo_deinit(struct lab_modinfo *info);
#define _cleanup_modinfo_ _cleanup_(lab_modinfo_deinit)

/** lab_modinfo_read - -ENOEXEC with a sentence when @path is not an x86-64 module
 *  (.ko, also .ko.xz and .ko.zst are recognised and named as such). */
int lab_modinfo_read(struct lab *lab, const char *path, struct lab_modinfo *ret);

/**
 * lab_modules_order - sort paths so that providers load before consumers, and find what
 * they need from the kernel's own module tree.
 * @kernel_modules: directory with modules.dep. @intree: absolute paths of in-tree modules
 * in load order (builtin ones left out). -ELOOP on a cycle.
 */
int lab_modules_order(struct lab *lab, struct strv *paths, const char *kernel_modules,
		      struct strv *intree);

/**
 * lab_modules_need - one more of the kernel's own modules, with all that it needs, at the
 * end of @intree; one that is built in, or in it already, adds nothing. -ENOENT with a
 * sentence when the kernel does not have it.
 */
int lab_modules_need(struct lab *lab, const char *name, const char *kernel_modules,
		     struct strv *intree);

#endif
