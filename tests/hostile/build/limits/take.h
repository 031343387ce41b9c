/* SPDX-License-Identifier: GPL-2.0-only */
/* What those have in common that take more memory than they may. */
#ifndef TAKE_H
#define TAKE_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB  (1UL << 20)
#define MUCH 600 /* MiB in all: more than the test allows, less than the machine has */

/* All is taken, and the box has had time to see it. */
static inline int taken(void)
{
	sleep(10);
	puts("got through");
	return 1;
}

#endif
