/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names from hostile hands: what a build or a guest calls its files is opened below a
 * directory of ours and nowhere else. The kernel sees to it (openat2, Linux 5.6): no
 * symlink is followed, in no part of a name, and no ".." leads out; and what is not a
 * regular file is never waited for. A check of the text of a name could do neither.
 *
 * @top is a descriptor of that directory, @name a path relative to it. Every function
 * returns 0 or -errno unless it says otherwise: -EXDEV when @name is absolute or leads
 * out, -ELOOP when a symlink is in the way, -EINVAL when a file is not a regular one.
 */
#ifndef KMLAB_LIB_BELOW_H
#define KMLAB_LIB_BELOW_H

#include <sys/stat.h>

#include "text.h"

/** below_top - open the directory @path itself, which is trusted. A descriptor. */
int below_top(const char *path);

/** below_open - as openat(); never waits, never follows. @mode: for O_CREAT. A
 * descriptor.
 */
int below_open(int top, const char *name, int flags, mode_t mode);

/** below_stat - as lstat(). */
int below_stat(int top, const char *name, struct stat *ret);

/** below_file - open a regular file for reading. @ret: its state, or NULL. A descriptor.
 */
int below_file(int top, const char *name, struct stat *ret);

/** below_read - a whole regular file, NUL added; -EFBIG when it has more than @max bytes.
 *  @size may be NULL. Freed by the caller. */
int below_read(int top, const char *name, size_t max, char **ret, size_t *size);

/** below_list - add the names in the directory @name, sorted; of at most @max entries. */
int below_list(int top, const char *name, size_t max, struct strv *ret);

/** below_write - a new file that replaces whatever has the name; its directory exists. */
int below_write(int top, const char *name, const void *data, size_t size, mode_t mode);

/** below_copy - the same with the bytes of @in, from its position on. */
int below_copy(int in, int top, const char *name, mode_t mode);

/** below_mkdir - make one directory; one that is there already is fine. */
int below_mkdir(int top, const char *name, mode_t mode);

/** below_symlink - make a symlink where nothing has the name. */
int below_symlink(const char *target, int top, const char *name);

/** below_remove - remove a file, a link or a whole tree. What is not there, or could be
 *  reached through a symlink only, counts as removed. */
int below_remove(int top, const char *name);

#endif
