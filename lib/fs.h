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

/** fs_remove_tree - remove a file or a whole tree, never following a symlink in it.
 *  A path that is not there is success. Unreadable directories are chmodded first; a tree
 *  may be deeper than a path can be long. */
int fs_remove_tree(const char *path);
/** fs_remove_at - the same for @name in the directory @dir, an open descriptor. */
int fs_remove_at(int dir, const char *name);

/** fs_open_file - open a regular file for reading; -EINVAL for what is none, which is
 * never waited for. A descriptor, or -errno. */
int fs_open_file(const char *path);

/** fs_read_file - whole file, NUL added. @size (bytes) may be NULL. Freed by the caller.
 *  -EINVAL for what is not a regular file, which is never waited for; -EFBIG beyond
 *  FS_READ_MAX bytes. */
int fs_read_file(const char *path, char **ret, size_t *size);
#define FS_READ_MAX (4ULL << 30)
/** fs_read_limited - for text from hands that may be hostile; -EFBIG beyond @max bytes.
 */
int fs_read_limited(const char *path, size_t max, char **ret);
/** fs_read_fd - the same of an open file, from its position on; -EFBIG beyond @max. */
int fs_read_fd(int fd, size_t max, char **ret, size_t *size);

/** fs_write_file - write through a temporary file in the same directory and rename, so
 *  that a symlink of that name is replaced and not followed. */
int fs_write_file(const char *path, const void *data, size_t size, mode_t mode);

/** fs_copy_file - copy bytes and mode of a regular file; reflinks or copy_file_range
 * where possible. -EINVAL for what is none, which is never waited for. */
int fs_copy_file(const char *from, const char *to);
/** fs_copy_bytes - all of @in, from its position on, to the end of @out. */
int fs_copy_bytes(int in, int out);

/** fs_exists, fs_is_dir - follow symlinks; any error counts as no. */
bool fs_exists(const char *path);
bool fs_is_dir(const char *path);

/** fs_tree_size - bytes on disk (st_blocks) under @path, 0 when it is not there. What
 * lies more than 256 directories deep is not counted. */
uint64_t fs_tree_size(const char *path);

/** fs_list - names in a directory (no "." or ".."), sorted; @hidden: also dot files. */
int fs_list(const char *path, bool hidden, struct strv *ret);

/** fs_sync_tree - flush the file system that holds @path (syncfs). */
int fs_sync_tree(const char *path);

/** fs_write_all - write all of it, across short writes and EINTR. */
int fs_write_all(int fd, const void *data, size_t size);

/** path_rest - the part of @path behind @dir, by the names alone: relative, "" for @dir
 *  itself, NULL when @path does not lie there. Points into @path. */
const char *path_rest(const char *path, const char *dir);
/** path_below - is @path @dir itself or below it? */
bool path_below(const char *path, const char *dir);

/** fs_basename - the part after the last slash; points into @path. */
const char *fs_basename(const char *path);

#endif
