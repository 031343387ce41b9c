// SPDX-License-Identifier: GPL-2.0-only
/*
 * The job lives again, several times, when its first life left memory of which nobody can
 * tell whether it is lost (guest/leftovers/suspects.h). Only where that is quick and
 * harms nothing: where the kernel is sound, and nothing but memory was left. A command
 * that takes long, or speaks with a user, is left out.
 */
#include <stdlib.h>
#include <unistd.h>

#include "loop.h"
#include "port.h"
#include "steps.h"

#define COMMAND_MS 3000
#define LIVES	   6 /* three must follow each other, and one may differ by chance */

uint64_t taint_read(const struct agent *a)
{
	char text[32] = "";

	if (pread(a->taint, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtoull(text, NULL, 10);
}

/* A bad page, an oops, a warning, a soft lockup: Documentation/admin-guide/
 * tainted-kernels.rst. */
static bool is_sound(const struct agent *a)
{
	const uint64_t bad = 1U << 5 | 1U << 7 | 1U << 9 | 1U << 14;

	return !a->broken && !(taint_read(a) & ~a->taint_before & bad);
}

static bool can_live(const struct agent *a)
{
	return is_sound(a) && !a->harmful;
}

/* It takes a moment only, and speaks with nobody. */
static bool can_command(const struct agent *a)
{
	return a->command_ms <= COMMAND_MS && !a->command.killed &&
	       !(a->start.flags & PROTO_TTY);
}

static bool live(struct agent *a, bool whole)
{
	return load_modules(a, true) && load_modules(a, false) &&
	       (!whole || command_run_again(a)) && unload_modules(a) && is_sound(a);
}

/* The host sees for itself what is loaded, and must do so before we load it anew. */
static void ask_host(struct agent *a)
{
	port_send(a, PROTO_AGAIN, NULL, 0, NULL, 0);
	while (!a->may_live)
		loop_poll(a, LOOP_LONGEST_MS);
}

static void live_often(struct agent *a)
{
	bool whole = can_command(a);

	ask_host(a);
	a->again = true;
	for (int i = 0; i < LIVES && leftovers_suspected() && live(a, whole); i++)
		leftovers_lived_again(whole, &a->leftovers_partial);
}

void live_again(struct agent *a, leftover_fn report)
{
	bool can = can_live(a);

	if (!leftovers_suspect(can, &a->leftovers_partial))
		return;
	leftovers_ask(report, a);
	if (can && leftovers_suspected())
		live_often(a);
	leftovers_conclude(report, a);
}
