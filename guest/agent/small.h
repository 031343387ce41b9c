/* SPDX-License-Identifier: GPL-2.0-only */
/* What every file of the agent needs and no other program provides: clock, small files.
 */
#ifndef KMLAB_GUEST_SMALL_H
#define KMLAB_GUEST_SMALL_H

#include <stddef.h>
#include <stdint.h>

/** now_ms - milliseconds of a clock that never goes back. */
uint64_t now_ms(void);

/** read_text - a small file of /proc or /sys; bytes read (NUL added) or -errno. */
int read_text(const char *path, char *buf, size_t size);

/** write_text - @text into the file @path, which exists; 0 or -errno. */
int write_text(const char *path, const char *text);

#endif
