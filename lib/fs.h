/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files and trees. Every function returns 0 or -errno unless it says otherwise, leaves
 * nothing half-written behind, and may block on disk.
 */
#ifndef KMLAB_LIB_FS_H
#define KMLAB_LIB_FS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "text.h"

/** fs_mkdir_p - make @path and its parents; existing directories are fine. */
int fs_mkdir_p(const char *path, mode_t mode);

/** fs_remove_tree - remove a file or a whole tree, never following a symlink.
 *  A path that is not there is success. Unreadable directories are chmodded first. */
int fs_remove_tree(const char *path);

/** fs_read_file - whole file, NUL added. @size (bytes) may be NULL. Freed by the caller.
 */
int fs_read_file(const char *path, char **ret, size_t *size);

/** fs_read_short - a text of at most @max bytes out of a tree that may be anybody's: only
 *  a regular file, behind no symlink in the last place. -EPERM: something else. -EFBIG.
 */
int fs_read_short(const char *path, size_t max, struct text *ret);

/** fs_write_file - write through a temporary file in the same directory and rename. */
int fs_write_file(const char *path, const void *data, size_t size, mode_t mode);

/** fs_copy_file - copy bytes and mode; reflinks or copy_file_range where possible. */
int fs_copy_file(const char *from, const char *to);

/** fs_exists, fs_is_dir - follow symlinks; any error counts as no. */
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);

/** fs_tree_size - bytes on disk (st_blocks) under @path, 0 when it is not there. */
uint64_t fs_tree_size(const char *path);

/** fs_list - names in a directory (no "." or ".."), sorted; @hidden: also dot files. */
int fs_list(const char *path, bool hidden, struct strv *ret);

/** fs_sync_tree - flush the file system that holds @path (syncfs). */
int fs_sync_tree(const char *path);

/** fs_write_all - write all of it, across short writes and EINTR. */
int fs_write_all(int fd, const void *data, size_t size);

/** fs_basename - the part after the last slash; points into @path. */
const char *fs_basename(const char *path);

#endif
