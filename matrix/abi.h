/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hypercalls of a matrix guest, version 1. Guests include this file; so does the
 * host.
 *
 * A hypercall is one OUT or IN at a port of its own, of exactly the width that is given
 * here: the least that a CPU can do to leave its guest, and the same in every mode. What
 * does not fit into 32 bits goes through memory: the guest then passes the virtual
 * address of a structure, which must lie below 4 GiB.
 *
 * A wrong call has no effect: with another width or direction a read gives all ones and a
 * write goes nowhere; with an address outside the guest's own memory nothing is done.
 * Neither ends the guest. Numbers are never reused: a change of meaning gets a new port
 * and another MATRIX_ABI_VERSION.
 *
 * Nothing in here needs a C library; it is C99 for both sides.
 */
#ifndef MATRIX_ABI_H
#define MATRIX_ABI_H

#include <stdint.h>

#define MATRIX_ABI_VERSION 1

/* What MATRIX_VERSION reads as: "MX", and the version. Under another hypervisor it is not
 * this value: an unclaimed port reads as all ones. */
#define MATRIX_ABI_ID (0x4d580000u | MATRIX_ABI_VERSION)

enum {
	MATRIX_PORT = 0x600, /* the first of sixteen */

	MATRIX_VERSION = 0x600, /* in 32: MATRIX_ABI_ID */
	MATRIX_PRINT8,		/* out 8: a byte, as it is */
	MATRIX_PRINT32,		/* out 32: a number, in decimal, on a line of its own */
	MATRIX_PRINT_STRING,	/* out 32: address of a string, at most
				 * MATRIX_STRING_MAX bytes of it are printed */
	MATRIX_EXITS,		/* in 32: how often this guest has left by itself,
				 * modulo 2^32; kicks by the host do not count */
	MATRIX_EXITS_BY_TYPE,	/* in 32: address of a string, "IO in: 1\nIO out: 2\n...",
				 * at its end how often the host took the CPU back. It
				 * stays valid for MATRIX_TEXTS more calls. */
	MATRIX_TRANSLATE,	/* out 32: address of a struct matrix_translation */
	MATRIX_TIME,		/* out 32: address of a uint64_t, which becomes the host's
				 * monotonic time in ns */
	MATRIX_YIELD,		/* out 32, any value: gives up the rest of the turn */
	MATRIX_ALARM,		/* out 32: end the next HLT in so many us; 0 cancels it */
	MATRIX_EXIT,		/* out 32: ends the guest with this status */
	MATRIX_MEMORY,		/* in 32: size of the memory in KiB, from address 0 */

	MATRIX_PORT_END = 0x610
};

#define MATRIX_STRING_MAX 4096
#define MATRIX_TEXTS	  8

/* Asks where a virtual address of the guest is in the host. */
struct matrix_translation {
	uint64_t gva; /* from the guest */
	uint64_t gpa; /* to the guest: its own physical address */
	uint64_t hva; /* to the guest: the host's virtual address, for information only */
	uint32_t status; /* to the guest: 0, or MATRIX_NOT_MAPPED, MATRIX_NOT_MEMORY */
	uint32_t reserved;
};

enum {
	MATRIX_NOT_MAPPED = 1, /* the guest's page tables have nothing there */
	MATRIX_NOT_MEMORY = 2  /* something is mapped, but outside the guest's memory */
};

/*
 * HLT waits for the alarm. Without an alarm nothing could ever wake the guest up, so HLT
 * then ends it with status 0.
 */

#endif
