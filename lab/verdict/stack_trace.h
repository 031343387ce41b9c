/* SPDX-License-Identifier: GPL-2.0-only */
/* Reading the lines of a kernel's stack trace. */
#ifndef KMLAB_LAB_STACK_TRACE_H
#define KMLAB_LAB_STACK_TRACE_H

#include "event.h"

/**
 * frame_parse - one place in the code: "func+0x12/0x30 [mod]", also with "? " before it,
 * a bracketed address before it, or a raw address instead (then @ret->offset is the
 * address and @ret->function NULL). False when @s is nothing of the kind.
 */
bool frame_parse(const char *s, struct lab_frame *ret);

/** frame_line_rip - "RIP: 0010:func+..": the text of the place, or NULL. */
const char *frame_line_rip(const char *line);

/** frame_line_is_trace - a line that a register dump or a stack trace consists of. */
bool frame_line_is_trace(const char *line);

/** frame_in_task - behind this line, are we between "<TASK>" and "</TASK>" (5.18 on)? */
bool frame_in_task(bool before, const char *line);

/** frames_collect - the frames of the first trace in an event's detail lines, innermost
 *  first, the interrupted place (RIP) before all others. */
void frames_collect(struct lab_event *event);

/** frames_of_stack - add those of a task's stack, a line each as in /proc/PID/stack;
 * without the lab's probes. @stack: NULL for none. */
void frames_of_stack(struct lab_event *event, const char *stack);

/** frames_blame - where the trace names no module, or there is none: the function of a
 *  module that the report's own words name, as its innermost frame. */
void frames_blame(struct lab_event *event);

#endif
