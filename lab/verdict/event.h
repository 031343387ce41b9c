/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers on events and frames, for the files of this folder. */
#ifndef KMLAB_LAB_EVENT_H
#define KMLAB_LAB_EVENT_H

#include "result.h"

/** lab_frame_deinit, lab_event_deinit - free what they own; empty afterwards. */
void lab_frame_deinit(struct lab_frame *frame);
void lab_event_deinit(struct lab_event *event);
#define _cleanup_event_ _cleanup_(lab_event_deinit)

/** lab_event_add_frame - takes over the contents of @frame. */
void lab_event_add_frame(struct lab_event *event, struct lab_frame *frame);

/** lab_event_insert_frame - the same, before the frame that is now at @at. */
void lab_event_insert_frame(struct lab_event *event, size_t at, struct lab_frame *frame);

/** lab_event_take_frames - those of @from, which has none afterwards, in place of its
 * own.
 */
void lab_event_take_frames(struct lab_event *event, struct lab_event *from);

/** lab_result_worst - the event that decides the outcome, or NULL. Owned by @r. */
const struct lab_event *lab_result_worst(const struct lab_result *r);

#endif
