/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/keyboard: what happens on the keyboards, for programs that may watch it.
 *
 * read(2) gives whole struct keyboard_event, as many as there are and fit, and waits when
 * there is none. Every open file has a queue of its own and sees everything that happens
 * after its open; processes that share one open file (fork, dup) share its queue, and
 * each event goes to one of them. A queue has room for 128 events at least.
 */
#ifndef KEYBOARD_H
#define KEYBOARD_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Grows when a structure or the meaning of a field changes; struct keyboard_status begins
 * with the version of the module that answers, so compare before believing the rest.
 */
#define KEYBOARD_VERSION 1

/* Which fields of an event are valid. */
#define KEYBOARD_SCAN 0x01 /* scan: the scan code, as the keyboard's driver numbers it */
#define KEYBOARD_KEY  0x02 /* code and value: the key it stands for, and what it does */
#define KEYBOARD_BYTE 0x04 /* scan: one byte from the keyboard controller (raw=1) */

/*
 * Usually SCAN and KEY. SCAN alone: a scan code that changed no key, as that of a key
 * which the driver does not know. KEY alone: a repetition that the kernel made up, or a
 * driver without scan codes. BYTE comes alone, and only from a module loaded with raw=1.
 */
struct keyboard_event {
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 seq;     /* 0, 1, 2 … since this open; a gap: so many did not fit */
	__u32 scan;
	__u16 code;  /* KEY_* of linux/input-event-codes.h */
	__u8 value;  /* 0 released, 1 pressed, 2 repeated */
	__u8 fields; /* KEYBOARD_SCAN, KEYBOARD_KEY, KEYBOARD_BYTE; others are zero */
};

/* struct keyboard_status, flags */
#define KEYBOARD_RAW	    0x01 /* loaded with raw=1: events are bytes */
#define KEYBOARD_INTERRUPTS 0x02 /* interrupts are counted; without it the count is 0 */

struct keyboard_status {
	__u32 version; /* KEYBOARD_VERSION */
	__u32 flags;
	__u64 seen;	  /* events since this open: the seq of the next one */
	__u64 lost;	  /* those of them that found the queue full */
	__u64 interrupts; /* of the keyboard controller, since the module was loaded */
};

#define KEYBOARD_GET_STATUS _IOR('k', 0x20, struct keyboard_status)

#endif /* KEYBOARD_H */
