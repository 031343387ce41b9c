// SPDX-License-Identifier: GPL-2.0-only
/* The order in which guest/agent/main.c speaks; see order.h. */
#include <string.h>

#include "order.h"

#define IN(phase) (1U << (phase))
#define JOB                                                                              \
	(IN(LAB_PHASE_BOOT) | IN(LAB_PHASE_LOAD) | IN(LAB_PHASE_TEST) |                  \
	 IN(LAB_PHASE_UNLOAD) | IN(LAB_PHASE_LEAK))
#define ALWAYS (JOB | IN(LAB_PHASE_DONE))

/* In which phases a frame may come; those not named here may not come from an agent.
 * The kernel's own modules are loaded in the phase 'boot'. */
static const unsigned int phases[] = {
	[PROTO_HELLO] = IN(LAB_PHASE_BOOT),
	[PROTO_PHASE] = JOB,
	[PROTO_LOG] = ALWAYS,
	[PROTO_SECTIONS] = IN(LAB_PHASE_BOOT) | IN(LAB_PHASE_LOAD),
	[PROTO_LOAD] = IN(LAB_PHASE_BOOT) | IN(LAB_PHASE_LOAD),
	[PROTO_WAIT] = JOB,
	[PROTO_COMMAND] = IN(LAB_PHASE_TEST),
	[PROTO_UNLOAD] = IN(LAB_PHASE_UNLOAD),
	[PROTO_STALL] = JOB,
	[PROTO_TASK] = IN(LAB_PHASE_TEST),
	[PROTO_LEFTOVER] = IN(LAB_PHASE_LEAK),
	[PROTO_LOOK] = IN(LAB_PHASE_LEAK),
	[PROTO_FILE] = IN(LAB_PHASE_TEST),
	[PROTO_FILE_DATA] = IN(LAB_PHASE_TEST),
	[PROTO_AGAIN] = IN(LAB_PHASE_LEAK),
	[PROTO_ALIVE] = ALWAYS,
	[PROTO_TROUBLE] = IN(LAB_PHASE_BOOT),
	[PROTO_DONE] = IN(LAB_PHASE_LEAK),
};

/* A job without a command, or whose modules are not all loaded, runs none. */
static bool wants_command(const struct order *o)
{
	return o->job->argv && o->job->argv[0] && !o->load_failed;
}

static bool once(bool *said)
{
	bool first = !*said;

	*said = true;
	return first;
}

/* All four come, whatever went wrong before. */
static bool next_phase(struct order *o, const struct frame *f)
{
	static const enum lab_phase after[] = {
		[LAB_PHASE_BOOT] = LAB_PHASE_LOAD,
		[LAB_PHASE_LOAD] = LAB_PHASE_TEST,
		[LAB_PHASE_TEST] = LAB_PHASE_UNLOAD,
		[LAB_PHASE_UNLOAD] = LAB_PHASE_LEAK,
	};
	uint32_t told;

	if (f->len != sizeof(told) || o->phase >= LAB_PHASE_LEAK)
		return false;
	memcpy(&told, f->data, sizeof(told));
	if (told != (uint32_t)(after[o->phase] - LAB_PHASE_LOAD) + PROTO_PHASE_LOAD)
		return false;
	if (o->phase == LAB_PHASE_TEST && wants_command(o) && !o->commanded)
		return false;
	o->phase = after[o->phase];
	return true;
}

static bool done(struct order *o)
{
	o->phase = LAB_PHASE_DONE;
	return once(&o->done);
}

bool order_takes(struct order *o, const struct frame *f)
{
	if (f->type >= sizeof(phases) / sizeof(*phases) ||
	    !(phases[f->type] & IN(o->phase)) || (!o->greeted && f->type != PROTO_HELLO))
		return false;
	switch (f->type) {
	case PROTO_HELLO:
		return once(&o->greeted);
	case PROTO_PHASE:
		return next_phase(o, f);
	case PROTO_LOAD:
		return once(&o->load_failed);
	case PROTO_COMMAND:
		return wants_command(o) && once(&o->commanded);
	case PROTO_UNLOAD:
		return once(&o->unload_failed);
	case PROTO_FILE:
	case PROTO_FILE_DATA:
		return o->job->n_out && (!wants_command(o) || o->commanded);
	case PROTO_AGAIN:
		return once(&o->again);
	case PROTO_LOOK:
		return o->looks++ < PROTO_MAX_LOOKS;
	case PROTO_DONE:
		return done(o);
	default:
		return true;
	}
}
