/* SPDX-License-Identifier: GPL-2.0-only */
/* An object file in place of a module: what matters are its sections, symbols and lines.
 */
#ifndef KMLAB_TEST_STAND_IN_H
#define KMLAB_TEST_STAND_IN_H

#include <string.h>

#include "fs.h"
#include "process.h"
#include "tap.h"
#include "text.h"

/* DIR/NAME.ko from DIR/NAME.c, which gets @text. @optimize and @debug: the compiler's, as
 * "-O1" and "-g". The path is freed by the caller. */
static inline char *compile_stand_in(const char *dir, const char *name, const char *text,
				     const char *optimize, const char *debug)
{
	_cleanup_free_ char *source = xprintf("%s/%s.c", dir, name);
	_cleanup_text_ struct text said = TEXT_INIT;
	struct process_spec spec = PROCESS_SPEC_INIT;
	char *ko = xprintf("%s/%s.ko", dir, name);
	int status = -1;

	spec.argv = (char *[]){(char *)"cc",
			       (char *)"-c",
			       (char *)optimize,
			       (char *)debug,
			       (char *)"-o",
			       ko,
			       source,
			       (char *)"-fcf-protection=none",
			       NULL};
	fs_write_file(source, text, strlen(text), 0644);
	process_capture(&spec, 60000, -1, &said, NULL, &status);
	if (!ok(status == 0, "the stand-in module compiles"))
		printf("# %s\n", said.s ? said.s : "");
	return ko;
}

#endif
