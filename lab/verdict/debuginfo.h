/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From places in a module's code to source lines, in this process. The debug information
 * is the module's own: it may send the library around in circles, ask for all memory
 * there is, and name files that the library then opens. So this is only for the child
 * that symbolize.h starts.
 */
#ifndef KMLAB_LAB_DEBUGINFO_H
#define KMLAB_LAB_DEBUGINFO_H

#include "event.h"
#include "object_code.h"

struct debuginfo;

struct debuginfo *debuginfo_create(void);
void debuginfo_destroy(struct debuginfo *d);

/** debuginfo_add, debuginfo_sections, debuginfo_owner, debuginfo_init_address,
 *  debuginfo_event, debuginfo_has, debuginfo_code - as those of symbolize.h. */
void debuginfo_add(struct debuginfo *d, const char *name, const char *path);
void debuginfo_sections(struct debuginfo *d, const struct lab_section *v, size_t n);
const struct lab_section *debuginfo_owner(struct debuginfo *d, unsigned long long address,
					  const char *module);
unsigned long long debuginfo_init_address(struct debuginfo *d, const struct lab_frame *f);
void debuginfo_event(struct debuginfo *d, struct lab_event *event);
bool debuginfo_has(struct debuginfo *d, const char *module, const char *symbol);
void debuginfo_code(struct debuginfo *d, const struct lab_frame *frame,
		    struct object_code *ret);

/** debuginfo_open_all - open the modules now rather than when they are first needed. */
void debuginfo_open_all(struct debuginfo *d);

#endif
