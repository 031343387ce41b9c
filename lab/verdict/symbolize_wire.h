/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to the child that reads debug information, and its answers: numbers of eight
 * bytes, and texts with their length before them. Neither side believes the other.
 */
#ifndef KMLAB_LAB_SYMBOLIZE_WIRE_H
#define KMLAB_LAB_SYMBOLIZE_WIRE_H

#include <stdint.h>

#include "event.h"
#include "object_code.h"

enum wire_question { WIRE_OWNER, WIRE_HAS, WIRE_EVENT, WIRE_CODE, WIRE_INIT_ADDRESS };

struct wire {
	struct text t;
	size_t at; /* read so far */
	bool bad;  /* ended too soon, or said what cannot be */
};

#define WIRE_INIT                                                                        \
	{                                                                                \
		TEXT_INIT, 0, false                                                      \
	}

void wire_deinit(struct wire *w);
#define _cleanup_wire_ _cleanup_(wire_deinit)

void wire_put(struct wire *w, uint64_t number);
void wire_put_text(struct wire *w, const char *s);
void wire_put_frames(struct wire *w, const struct lab_event *event);
void wire_put_code(struct wire *w, const struct object_code *code);

/** wire_get, wire_get_text, wire_get_frames, wire_get_code - 0, NULL and nothing when the
 *  message is bad. Frames are added to @event, code to @code. */
uint64_t wire_get(struct wire *w);
char *wire_get_text(struct wire *w);
void wire_get_frames(struct wire *w, struct lab_event *event);
void wire_get_code(struct wire *w, struct object_code *code);

/** wire_send, wire_receive - one message over a stream socket. 0 or -errno; -EPIPE when
 *  the other side is gone, -EMSGSIZE when its message is beyond all measure. */
int wire_send(int fd, const struct wire *w);
int wire_receive(int fd, struct wire *ret);

/** symbolize_serve - the child: give up all but reading the modules, then answer. */
struct debuginfo;
void __attribute__((noreturn))
symbolize_serve(int fd, struct debuginfo *d, const struct lab_section *sections);

#endif
