// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: every hit is counted once by each probe, before and after the instruction,
 * also when all CPUs hit the same probes at once. The function that is probed runs for a
 * system call that nobody but this program makes.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define KMODULE "probes"
#include "kmodule.h"
#include "ktap.h"

#define FUNCTION "__x64_sys_getsid"
#define PROBES	 16 /* at the one address: as many chances to lose a hit */
#define FEW	 1000
#define MANY	 50000
#define ROUNDS	 10 /* the host does not always let both CPUs run at the same time */

enum { PRE, POST, MISSED, COUNTERS };

static const char *const counter_names[COUNTERS] = {"pre", "post", "missed"};

typedef unsigned long long counts[COUNTERS];

/* The lines of our function; returns how many there are. */
static int read_counts(counts probes[PROBES])
{
	FILE *file = fopen("/proc/probes", "re");
	char line[256];
	int n = 0;

	memset(probes, 0, PROBES * sizeof(*probes));
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file)) {
		counts c;

		if (sscanf(line, "probe " FUNCTION " pre %llu post %llu missed %llu",
			   &c[PRE], &c[POST], &c[MISSED]) != COUNTERS)
			continue;
		if (n < PROBES)
			memcpy(probes[n], c, sizeof(c));
		n++;
	}
	fclose(file);
	return n;
}

static void hit(long n)
{
	while (n--)
		syscall(SYS_getsid, 0);
}

struct runner {
	int cpu;
	atomic_int *waiting;
};

/* All begin together, each on its own CPU. */
static void *run(void *arg)
{
	struct runner *runner = arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(runner->cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	atomic_fetch_sub(runner->waiting, 1);
	while (atomic_load(runner->waiting) > 0)
		sched_yield();
	hit(MANY);
	return NULL;
}

/* Returns how many CPUs there were. */
static int hit_from_all_cpus(void)
{
	static struct runner runners[CPU_SETSIZE];
	static pthread_t threads[CPU_SETSIZE];
	atomic_int waiting;
	cpu_set_t set;
	int n = 0;

	sched_getaffinity(0, sizeof(set), &set);
	atomic_init(&waiting, CPU_COUNT(&set));
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		runners[n] = (struct runner){cpu, &waiting};
		pthread_create(&threads[n], NULL, run, &runners[n]);
		n++;
	}
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return n;
}

/* One counter of all probes; of the wrong ones the first is shown. */
static void check_counter(counts *probes, int counter, unsigned long long want,
			  const char *when)
{
	int wrong = 0;

	while (wrong < PROBES && probes[wrong][counter] == want)
		wrong++;
	if (!ktap_ok(wrong == PROBES, "%s: every %s counter is exact", when,
		     counter_names[counter]))
		ktap_diag("the first that is wrong: probe %d, %s is %llu, not %llu",
			  wrong + 1, counter_names[counter], probes[wrong][counter],
			  want);
}

static void check(counts *probes, unsigned long long want, const char *when)
{
	ktap_why("The pre handler runs once for each call. More than was called: it is "
		 "called or counts elsewhere too. Less: with counter++ two CPUs read the "
		 "same value and both write that plus one, so a hit is lost; use a "
		 "counter "
		 "for each CPU (this_cpu_inc) or an atomic one.");
	check_counter(probes, PRE, want, when);
	ktap_why("The post handler runs once behind the probed instruction. 0: is "
		 "kp.post_handler set? It counts for itself, with the same care as pre.");
	check_counter(probes, POST, want, when);
	ktap_why("missed is kp.nmissed: hits inside of a handler. There were none.");
	check_counter(probes, MISSED, 0, when);
}

/* symbol=FUNCTION,FUNCTION... */
static int load_probes(void)
{
	char params[PROBES * sizeof(FUNCTION ",") + sizeof("symbol=")] = "symbol=";

	for (int i = 0; i < PROBES; i++) {
		size_t len = strlen(params);

		snprintf(params + len, sizeof(params) - len, "%s%s", i ? "," : "",
			 FUNCTION);
	}
	return load_module(params);
}

/* Until a hit is lost, or often enough to believe that none is. Returns the calls. */
static unsigned long long hit_in_rounds(counts *probes)
{
	unsigned long long calls = 0;

	for (int round = 0; round < ROUNDS; round++) {
		calls += (unsigned long long)hit_from_all_cpus() * MANY;
		read_counts(probes);
		for (int i = 0; i < PROBES; i++)
			if (probes[i][PRE] != FEW + calls ||
			    probes[i][POST] != FEW + calls)
				return calls;
	}
	return calls;
}

int main(void)
{
	counts probes[PROBES];
	unsigned long long calls;

	ktap_plan(10);
	unload_module();
	ktap_why("symbol=A,A means two probes at A, each with its own struct kprobe: the "
		 "kernel runs the handlers of all of them.");
	ktap_ok(!load_probes(), "%d probes at one function are accepted", PROBES);
	ktap_why("The file has one line for each: probe SYMBOL pre N post N missed N");
	ktap_ok(read_counts(probes) == PROBES, "/proc/probes has a line for each");

	hit(FEW);
	read_counts(probes);
	check(probes, FEW, "from one CPU");

	calls = hit_in_rounds(probes);
	check(probes, FEW + calls, "from all CPUs at once");

	ktap_ok(!unload_module(), "the module is unloaded with its probes in place");
	ktap_why("A probe that stays behind jumps into memory that is gone.");
	hit(FEW);
	ktap_ok(getsid(0) >= 0, "the function goes on without them");
	load_module("");
	return ktap_end();
}
