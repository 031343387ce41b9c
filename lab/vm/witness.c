// SPDX-License-Identifier: GPL-2.0-only
/*
 * The agent's word is not the only one: when it is done, the kernel's list of modules is
 * read from outside, in the guest's memory. It costs a part of a millisecond.
 */
#include <ctype.h>
#include <string.h>
#include <time.h>

#include "guest_memory.h"

/* The list may be changed while it is read: a damaged one is read again. */
#define TRIES	 5
#define PAUSE_NS 2000000

/* ---- before the save: is the way right? ---- */

struct check {
	bool good; /* all names are names */
};

static void check_name(void *data, const struct guest_module *module)
{
	struct check *check = data;

	if (!module->name[0])
		check->good = false;
	for (const char *p = module->name; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' && *p != '-')
			check->good = false;
}

void witness_check(const struct vm *vm, unsigned int memory_mib,
		   struct proto_kernel_map *map)
{
	struct check check = {true};
	struct guest_memory m;
	int n;

	if (guest_memory_open(&m, vm->pid, memory_mib, map) < 0)
		n = -1;
	else
		n = guest_modules(&m, check_name, &check);
	/* An empty list would prove nothing of the offsets. */
	if (n <= 0 || n != (int)map->loaded || !check.good)
		memset(map, 0, sizeof(*map));
}

/* ---- when the agent is done ---- */

struct look {
	const struct lab_guest_job *job;
	const char *held; /* of the job's modules, the first that is still there */
	bool live;
};

static void look_for(void *data, const struct guest_module *module)
{
	struct look *look = data;

	for (size_t i = 0; i < look->job->n_modules && !look->held; i++) {
		const struct lab_guest_module *ours = &look->job->modules[i];

		if (ours->intree || strcmp(ours->name, module->name))
			continue;
		look->held = ours->name;
		look->live = module->state == 0;
	}
}

static bool has_own_modules(const struct lab_guest_job *job)
{
	for (size_t i = 0; i < job->n_modules; i++)
		if (!job->modules[i].intree)
			return true;
	return false;
}

static int read_list(const struct guest_memory *m, struct look *look)
{
	static const struct timespec pause = {0, PAUSE_NS};
	int n = -EUCLEAN;

	for (int i = 0; i < TRIES && n == -EUCLEAN; i++) {
		if (i)
			nanosleep(&pause, NULL);
		look->held = NULL;
		n = guest_modules(m, look_for, look);
	}
	return n;
}

int witness_look(const struct vm *vm, const struct lab_template *t,
		 const struct lab_guest_job *job, struct lab_guest_report *r)
{
	struct look look = {.job = job};
	struct guest_memory m;
	int n;

	if (!has_own_modules(job))
		return 0;
	n = guest_memory_open(&m, vm->pid, t->memory_mib, &t->map);
	if (!n)
		n = read_list(&m, &look);
	if (n == -ESRCH)
		return n;
	r->witness = n >= 0	     ? LAB_WITNESS_READ
		     : n == -EUCLEAN ? LAB_WITNESS_DAMAGED
				     : LAB_WITNESS_BLIND;
	r->held = xstrdup(look.held);
	r->held_live = look.live;
	return 0;
}
