/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of this folder share; nobody else includes it (but its unit test). */
#ifndef KMLAB_LAB_KERNEL_INTERNAL_H
#define KMLAB_LAB_KERNEL_INTERNAL_H

#include <jansson.h>

#include "../cache.h"
#include "kernel.h"

/* The lab's guests are PCs, whatever else the host's package system knows. */
#define DEBIAN_ARCH "amd64"

/* ---- name.c: what a user may type ---- */

enum kernel_name_kind {
	NAME_SERIES,  /* debian/6.1 */
	NAME_SUITE,   /* debian/trixie */
	NAME_VERSION, /* debian/6.12.117-1, also without the part after the dash */
	NAME_RELEASE, /* debian/6.12.117+deb13-amd64 */
	NAME_TREE,
	NAME_HOST,
};

struct kernel_name {
	enum kernel_name_kind kind;
	char *arg; /* the part after "debian/" or "tree:", aliases resolved; NULL for host
		    */
};

void kernel_name_deinit(struct kernel_name *name);
#define _cleanup_kernel_name_ _cleanup_(kernel_name_deinit)

/** kernel_name_parse - take a name apart. -EINVAL when no provider has such names; the
 *  sentence suggests near ones. */
int kernel_name_parse(struct lab *lab, const char *name, struct kernel_name *ret);

/** kernel_name_near - "; did you mean 'a' or 'b'?" or "", freed by the caller.
 *  @known: names to choose from besides the built-in ones, or NULL. */
char *kernel_name_near(const char *name, const struct strv *known);

/** kernel_series - "6.1" of "6.1.0-56-amd64" or of a package version; NULL: not one. */
char *kernel_series(const char *version);

/** kernel_version_compare - package versions in Debian's order (policy, 5.6.12). */
int kernel_version_compare(const char *a, const char *b);

/** debian_suites_for - where to look for a name, the likeliest first. */
void debian_suites_for(const struct kernel_name *name, struct strv *ret);

/* ---- entry.c: kernel.json in kernels/ID ---- */

struct kernel_entry {
	struct lab_kernel *kernel;
	char *root_id; /* roots/ID, or NULL */
	char *tree;    /* source tree of a tree: kernel, or NULL */
	bool of_suite; /* the kernel its suite installs by default */
};

struct kernel_entries {
	struct kernel_entry *v;
	size_t n;
};

void kernel_entries_deinit(struct kernel_entries *entries);
#define _cleanup_kernel_entries_ _cleanup_(kernel_entries_deinit)

/** kernel_entry_write - describe the kernel in staging directory @dir; comes last.
 *  Paths in @entry->kernel are relative to @dir. */
int kernel_entry_write(struct lab *lab, const char *dir,
		       const struct kernel_entry *entry);

/** kernel_entry_read - the entry kernels/@id, with absolute paths. */
int kernel_entry_read(struct lab *lab, const char *id, struct kernel_entry *ret);

/** kernel_entries_load - all usable entries, oldest first; damaged ones are left out. */
int kernel_entries_load(struct lab *lab, struct kernel_entries *ret);

/** kernel_entry_matches - does the entry satisfy the name? */
bool kernel_entry_matches(const struct kernel_entry *entry,
			  const struct kernel_name *name);

/** kernel_entries_pick - the newest entry that fits, or NULL. */
struct kernel_entry *kernel_entries_pick(const struct kernel_entries *entries,
					 const struct kernel_name *name);

/** kernel_entry_remove - the entry, its templates, and its root if it was the last user.
 */
int kernel_entry_remove(struct lab *lab, const struct kernel_entry *entry);

/* ---- providers ---- */

/** debian_add - find out which suite has the kernel, download, unpack and publish it.
 *  @ret_id: the id of its entry, freed by the caller. */
int debian_add(struct lab *lab, const struct kernel_name *name, bool allow_expired,
	       char **ret_id);

/** debian_add_from - the same, from @mirror instead of the one that the host uses. */
struct debian_mirror;
int debian_add_from(struct lab *lab, const struct debian_mirror *mirror,
		    const struct kernel_name *name, bool allow_expired, char **ret_id);

/** tree_open - a built source tree; its module directory is made when it has changed. */
int tree_open(struct lab *lab, const char *path, struct lab_kernel **ret);

/** host_open - @prefix stands before /boot and /lib ("" for the real host). */
int host_open(struct lab *lab, const char *prefix, struct lab_kernel **ret);

/** kernel_depmod - have the host's depmod index DIR/lib/modules/RELEASE (modules.dep and
 * the like). */
int kernel_depmod(struct lab *lab, const char *dir, const char *release);

#endif
