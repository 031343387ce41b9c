/* SPDX-License-Identifier: GPL-2.0-only */
/* One line per event that a student understands: what, where, when. */
#ifndef KMLAB_LAB_TITLE_H
#define KMLAB_LAB_TITLE_H

#include "event.h"

/** title_phase - "while loading", "during the test", ... */
const char *title_phase(enum lab_phase phase);

/** title_place - "func (file.c:12)" of one frame; freed by the caller. */
char *title_place(const struct lab_frame *frame);

/** title_frame - the frame that names the student's line: the innermost one in a module,
 *  sure before guessed, own files before kernel headers. NULL: none. */
const struct lab_frame *title_frame(const struct lab_event *event);

/** title_is_interrupt - does @function begin the work for one? */
bool title_is_interrupt(const char *function);

/** title_first - the frame where the trace begins to matter: the interrupted place, or
 * the innermost frame that is not part of the reporting itself. */
size_t title_first(const struct lab_event *event);

/** title_finish - from "NULL pointer dereference" to "NULL pointer dereference in f
 *  (hello.c:12) while loading". */
void title_finish(struct lab_event *event);

#endif
