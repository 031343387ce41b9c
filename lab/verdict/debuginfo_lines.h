/* SPDX-License-Identifier: GPL-2.0-only */
/* What a module's DWARF says of one address, in libdwfl's layout; see debuginfo.h. */
#ifndef KMLAB_LAB_DEBUGINFO_LINES_H
#define KMLAB_LAB_DEBUGINFO_LINES_H

#include <elfutils/libdwfl.h>

#include "event.h"

/** debuginfo_line - file and line of @address, into @frame; as they were when unknown. */
void debuginfo_line(Dwfl_Module *module, GElf_Addr address, struct lab_frame *frame);

/**
 * debuginfo_inlined - the functions that were inlined at @address, innermost first, each
 * as a frame added to @to; @outer, the frame of the real function, ends up at the line of
 * its call.
 */
void debuginfo_inlined(Dwfl_Module *module, GElf_Addr address, struct lab_frame *outer,
		       struct lab_event *to);

/** debuginfo_function - what the source calls the function at @address ("init_module" may
 *  only be its alias), or NULL. Freed by the caller. */
char *debuginfo_function(Dwfl_Module *module, GElf_Addr address);

#endif
