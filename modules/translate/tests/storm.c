// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: asking about memory that changes as fast as it can. The answers cannot be
 * checked, other than that they are answers; the kernel log must stay clean, and every
 * call must end.
 */
#define _GNU_SOURCE
#include "translate.h"

enum { ASKERS = 3, VICTIMS = 3, MS = 2500, PAGES = 1536, ENOUGH = 10, PATIENCE = 10 };

static volatile unsigned int *asked; /* shared, one for each asker */

/* Huge pages, small pages, none, moved, split, swapped, and given to a fork. */
static _Noreturn void change(char *p)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int i = 0;; i++) {
		char *q;
		pid_t pid;

		madvise(p, PAGES * PAGE, i % 3 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
		for (unsigned int j = 0; j < PAGES; j += 1 + i % 7)
			p[j * PAGE] = (char)i;
		mprotect(p + 7 * PAGE, 100 * PAGE, PROT_READ);
		q = mremap(p, PAGES * PAGE, PAGES * PAGE, MREMAP_MAYMOVE);
		mprotect(p, PAGES * PAGE, PROT_READ | PROT_WRITE);
		madvise(q + 9 * PAGE, 600 * PAGE, i % 2 ? MADV_DONTNEED : MADV_PAGEOUT);
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
		munmap(q + 100 * PAGE, 50 * PAGE);
		mmap(p, PAGES * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	}
}

static _Noreturn void ask_on(unsigned int me, const pid_t *victim, const char *p)
{
	static uint64_t words[PAGES];

	for (unsigned int i = 0;; i++) {
		int err = ask(victim[i % VICTIMS], p + i % 3 * 64 * PAGE,
			      i % 5 ? PAGES : 1, words);

		if (err && err != ESRCH && err != EINVAL)
			_exit(1);
		for (unsigned int j = 0; j < PAGES && !err; j++)
			if ((words[j] & TRANSLATE_STATE) > TRANSLATE_PRESENT)
				_exit(2);
		++asked[me];
	}
}

static pid_t start_victim(char *p)
{
	pid_t pid = fork();

	if (!pid)
		change(p);
	return pid;
}

static bool asked_enough(void)
{
	for (int i = 0; i < ASKERS; i++)
		if (asked[i] <= ENOUGH)
			return false;
	return true;
}

int main(void)
{
	char *p = map_huge((PAGES + 512) * PAGE);
	pid_t victim[VICTIMS], asker[ASKERS];
	bool ended = false;
	int status = 0;

	device = open(DEVICE, O_RDONLY);
	asked = shared_memory(PAGE);
	put_text("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	ktap_plan(3);
	for (int i = 0; i < VICTIMS; i++)
		victim[i] = start_victim(p);
	for (unsigned int i = 0; i < ASKERS; i++) {
		asker[i] = fork();
		if (!asker[i])
			ask_on(i, victim, p);
	}
	/* On a busy machine it takes longer. */
	for (int ms = 0; ms < MS || (!asked_enough() && ms < PATIENCE * MS); ms += 50) {
		pause_ms(50);
		if (ms == MS / 100 * 50) { /* one ends while it is asked about */
			kill(victim[0], SIGKILL);
			waitpid(victim[0], NULL, 0);
		}
	}
	for (int i = 0; i < ASKERS; i++)
		ended |= waitpid(asker[i], &status, WNOHANG) != 0;
	ktap_why("status 0x%x", status);
	ktap_ok(!ended, "every call gives an answer");
	ktap_why("%u, %u, %u", asked[0], asked[1], asked[2]);
	ktap_ok(asked_enough(), "many times");
	for (int i = 0; i < ASKERS; i++) {
		kill(asker[i], SIGKILL);
		waitpid(asker[i], &status, 0);
	}
	for (int i = 1; i < VICTIMS; i++) {
		kill(victim[i], SIGKILL);
		waitpid(victim[i], &status, 0);
	}
	ktap_ok(!ask(0, p, 1, &(uint64_t){0}), "and goes on afterwards");
	return ktap_end();
}
