/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From places in a module's code to source lines, by the debug information of its .ko.
 * A module without debug information, or one that cannot be read, resolves nothing and is
 * no error. The debug information is read by a child without rights, started with the
 * first question; one that it dies of, or that takes it too long, resolves nothing, too.
 */
#ifndef KMLAB_LAB_SYMBOLIZE_H
#define KMLAB_LAB_SYMBOLIZE_H

#include "event.h"
#include "object_code.h"

struct symbolizer;

struct symbolizer *symbolizer_create(void);
void symbolizer_destroy(struct symbolizer *s);
DEFINE_CLEANUP(struct symbolizer *, symbolizer_destroy)

/** symbolizer_add - a module's name (as in traces) and its .ko on the host. All calls of
 *  this and of symbolizer_sections() come before the first question. */
void symbolizer_add(struct symbolizer *s, const char *name, const char *path);

/** symbolizer_sections - where the guest had the modules' sections. The array must live
 *  as long as @s. */
void symbolizer_sections(struct symbolizer *s, const struct lab_section *v, size_t n);

/** symbolizer_owner - the section that contains @address, or NULL; of @module, where that
 *  is not NULL: init sections of several modules may have had one place. */
const struct lab_section *
symbolizer_owner(struct symbolizer *s, unsigned long long address, const char *module);

/** symbolizer_init_address - where the guest had the place of @frame, when its function
 * is in an init section; else, and when nobody can tell, 0. */
unsigned long long symbolizer_init_address(struct symbolizer *s,
					   const struct lab_frame *frame);

/** symbolizer_event - resolve all frames of an event: file and line; functions inlined at
 *  the place become frames of their own (size 0) before it. Raw addresses inside a
 *  module's sections become frames of that module; where a frame names one, only of it.
 */
void symbolizer_event(struct symbolizer *s, struct lab_event *event);

/** symbolizer_has - does the module define this symbol ("cleanup_module")? True also
 *  when nobody can tell. */
bool symbolizer_has(struct symbolizer *s, const char *module, const char *symbol);

/** symbolizer_code - the function of @frame as its module's file has it, with the bytes
 *  at the frame's offset; empty when that is not known. */
void symbolizer_code(struct symbolizer *s, const struct lab_frame *frame,
		     struct object_code *ret);

/** symbolizer_gave_up - did the child end over a module's debug information? */
bool symbolizer_gave_up(const struct symbolizer *s);

#endif
