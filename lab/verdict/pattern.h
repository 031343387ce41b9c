/* SPDX-License-Identifier: GPL-2.0-only */
/* Shapes of kernel log lines. */
#ifndef KMLAB_LAB_PATTERN_H
#define KMLAB_LAB_PATTERN_H

#include <stdbool.h>

/**
 * pattern_match - does @s begin with @pattern? '*' stands for any text, '%' for digits.
 * Everything else is itself: kernel messages are full of brackets.
 */
bool pattern_match(const char *pattern, const char *s);

#endif
