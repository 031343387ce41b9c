/* SPDX-License-Identifier: GPL-2.0-only */
/* What the user sees that is not a result: errors, progress, interruption. */
#ifndef KMLAB_CLI_UI_H
#define KMLAB_CLI_UI_H

#include "cmd.h"

/** ui_init - progress and Ctrl-C for @cli's lab. The first signal asks everything to stop
 *  (lab.cancel_fd), the second ends the process; children die with it in both cases. */
int ui_init(struct cli *cli);

/** ui_error - "kmlab: SENTENCE" on stderr, or {"error": ...} on stdout with --json. */
void ui_error(struct cli *cli, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** ui_usage - ui_error and EXIT_USAGE. */
int ui_usage(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** ui_failed - the lab's sentence and the exit status for @err: interrupted, missing
 *  prerequisite, or plain failure. */
int ui_failed(struct cli *cli, int err);

/** ui_missing - is this errno "something is missing on this machine" (exit 77)? */
bool ui_missing(int err);

/** ui_bad_input - is this errno about what the user named (exit 2)? */
bool ui_bad_input(int err);

/** ui_note - a quiet line on stderr, for people; not with --quiet. */
void ui_note(struct cli *cli, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/** ui_clear - take a progress line off the terminal before other output. */
void ui_clear(void);

/** ui_colour - is stdout (stderr) a terminal that wants colour? NO_COLOR is honoured. */
bool ui_colour(int fd);

/** ui_size - "1.2 GiB" into @buffer (at least 16 bytes); returns it. */
const char *ui_size(char *buffer, uint64_t bytes);

/** ui_winch_fd - readable after each change of the window's size; made on first use. */
int ui_winch_fd(void);

#endif
