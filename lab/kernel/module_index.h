/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel's own modules: where each lies and what it needs, as depmod wrote it down
 * (modules.dep.bin, modules.builtin.bin). Read by libkmod. Only what a module cannot be
 * loaded without counts; what modprobe would load besides (soft dependencies) and the
 * settings of the host (/etc/modprobe.d) do not.
 */
#ifndef KMLAB_LAB_KERNEL_MODULE_INDEX_H
#define KMLAB_LAB_KERNEL_MODULE_INDEX_H

#include "../lab.h"

struct module_index;

/** module_index_open - @dir: absolute path of lib/modules/RELEASE. -errno with a sentence
 *  when depmod has not been there, or the index is damaged. One index belongs to one
 * thread. */
int module_index_open(struct lab *lab, const char *dir, struct module_index **ret);
void module_index_close(struct module_index *index);
DEFINE_CLEANUP(struct module_index *, module_index_close)
#define _cleanup_module_index_ _cleanup_(module_index_close_cleanup)

/**
 * module_index_add - a module and all that it needs, in load order, at the end of @paths.
 * @name: '-' and '_' are the same letter. @paths: absolute; what is in it already is not
 * added again.
 * Return: 0, with nothing added, for one that is built in. -ESRCH without a sentence when
 * the kernel has no such module. -ENOENT with a sentence when a file is missing that the
 * index names.
 */
int module_index_add(struct lab *lab, struct module_index *index, const char *name,
		     struct strv *paths);

#endif
