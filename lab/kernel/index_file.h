/* SPDX-License-Identifier: GPL-2.0-only */
/* Is a file that depmod made (modules.dep.bin) whole? */
#ifndef KMLAB_LAB_KERNEL_INDEX_FILE_H
#define KMLAB_LAB_KERNEL_INDEX_FILE_H

#include <stdbool.h>
#include <stddef.h>

/** index_file_whole - does all that the index in @data points to lie in it? Of one that
 *  is cut short libkmod finds a part, or reads beyond its end. */
bool index_file_whole(const char *data, size_t size);

#endif
