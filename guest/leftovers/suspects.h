/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that the kernel took while a module called it, and that is not free when the
 * module is gone. It may be lost, or the kernel may have put it by: a list that has
 * grown, a cache that is filled. One life of the module does not tell which. Several do:
 * what is lost is lost each time, what was put by is there the next time. The same tells
 * of what a module took itself, when too many releases went by unseen.
 *
 * What has become more with each of GROWN lives in a row is lost. STOOD lives with which
 * it has not acquit it: one alone may be chance, as when RCU is late. A life without the
 * job's command counts for that only where its code was run: init code, or what left
 * something new while something old went. Some megabytes of pages need no further life.
 */
#ifndef KMLAB_GUEST_SUSPECTS_H
#define KMLAB_GUEST_SUSPECTS_H

#include <stdbool.h>
#include <stdint.h>

#include "btf.h"
#include "leftovers.h"

struct trace;

/* A place in a module, wherever that was loaded. */
struct place {
	char module[56];
	unsigned int region;
	uint64_t offset;
};

enum { GROWN = 3, STOOD = 2, SUSPECTS_MAX = 64 };

struct suspect {
	struct place place;
	uint64_t kind;	      /* enum held_kind */
	uint64_t site;	      /* in the first life */
	uint64_t through;     /* what of the kernel's it had called */
	uint64_t address;     /* of one of them */
	uint64_t n, bytes;    /* in the first life */
	uint64_t before, now; /* how many there are, a life ago and now */
	bool renewed;	      /* in this life */
	unsigned int grown, stood;
	bool files;   /* what files are made of, as long as they are there */
	bool certain; /* what the call gives is the caller's to free */
	char name[SYMBOL_NAME];
};

struct suspects {
	struct suspect v[SUSPECTS_MAX];
	unsigned int n;
	struct {
		uint64_t site;
		char module[56];
	} known[SUSPECTS_MAX];
	unsigned int n_known;
	uint64_t born;		       /* loads until now */
	uint64_t files;		       /* size and number of what is stored in them */
	uint64_t pages_unseen, unseen; /* releases in the first life, at most */
	bool doubt; /* what a module itself took is suspect too, if not known */
};

void suspects_clear(struct suspects *s);

/** suspects_find - after the first life; anew each time. How many suspects there are. */
unsigned int suspects_find(struct trace *t, bool *partial);

/** suspects_count - after each further life; @whole: with the command. */
void suspects_count(struct trace *t, bool whole, bool *partial);

/** suspects_known - the memory that @module's code at @site takes is known already, and
 * no longer suspect. */
void suspects_known(struct suspects *s, uint64_t site, const char *module);

/** suspects_open - is there one of which nobody can tell yet? */
bool suspects_open(const struct suspects *s);

/** suspects_ask - learn the names of what was called, and with them which suspects are
 *  certain. Slow. */
void suspects_ask(struct trace *t);

enum suspects_which {
	SUSPECTS_CERTAIN,
	SUSPECTS_GROWN, /* or beyond doubt without that */
	SUSPECTS_OPEN,	/* nobody could tell: kind "held" */
};

/** suspects_report - and forget them. */
void suspects_report(struct suspects *s, enum suspects_which which, leftover_fn report,
		     void *data);

#endif
