// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: translating and writing while another thread unmaps, protects, forks and
 * throws away the same memory. Each call has to end, with an answer; what was written
 * into a page that somebody else got meanwhile would be found in its memory.
 */
#define _GNU_SOURCE
#include <pthread.h>

#include "physmem.h"

enum { PAGES = 64, MS = 2000, MARK = 0xd7, ENOUGH = 100, PATIENCE = 10 };

static char *memory;
static volatile bool stop;
static volatile unsigned int calls, odd;

static void *write_all_the_time(void *unused)
{
	unsigned int seed = 1;

	while (!stop) {
		uint64_t phys;
		uint8_t value;
		int err;

		seed = seed * 1103515245 + 12345;
		err = translate(memory + (seed >> 8) % (PAGES * PAGE), &phys);
		if (!err) {
			err = write_byte(phys, MARK);
			if (!err || err == EACCES || err == ESTALE)
				err = read_byte(phys, &value);
		}
		odd += err && err != EFAULT && err != ESTALE && err != EACCES &&
		       err != ENXIO && err != ENOSPC;
		calls++;
		if (calls % 3000 == 0) {
			close(device);
			device = open(DEVICE, O_RDWR);
		}
	}
	return unused;
}

/* A neighbour: a process that has memory of its own and checks it. */
static _Noreturn void neighbour(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		char *p = map(PAGES * PAGE, 0);

		memset(p, 0x11, PAGES * PAGE);
		usleep(500);
		for (size_t i = 0; i < PAGES * PAGE; i++)
			if (p[i] != 0x11)
				_exit(1);
		munmap(p, PAGES * PAGE);
	}
}

static void change(unsigned int i)
{
	pid_t pid;

	switch (i % 5) {
	case 0:
		mmap(memory, PAGES * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		break;
	case 1:
		mprotect(memory, PAGES / 2 * PAGE, i % 2 ? PROT_READ : PROT_NONE);
		break;
	case 2:
		madvise(memory, PAGES * PAGE, i % 2 ? MADV_DONTNEED : MADV_PAGEOUT);
		break;
	case 3:
		pid = fork();
		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
		break;
	default:
		mprotect(memory, PAGES * PAGE, PROT_READ | PROT_WRITE);
		for (unsigned int j = 0; j < PAGES; j++)
			memory[j * PAGE] = 1;
	}
}

int main(void)
{
	long begin = now_ms();
	pthread_t writer;
	int status = 0;
	pid_t pid;

	device = open(DEVICE, O_RDWR);
	memory = map(PAGES * PAGE, 0);
	ktap_plan(3);
	pid = fork();
	if (!pid)
		neighbour();
	pthread_create(&writer, NULL, write_all_the_time, NULL);
	/* On a busy machine it takes longer. */
	for (unsigned int i = 0; now_ms() < begin + MS ||
				 (calls <= ENOUGH && now_ms() < begin + PATIENCE * MS); i++)
		change(i);
	stop = true;
	pthread_join(writer, NULL);
	ktap_why("%u of %u", odd, calls);
	ktap_ok(!odd, "every call gives one of the answers that there are");
	ktap_ok(calls > ENOUGH, "of many");
	ktap_why("status 0x%x", status);
	ktap_ok(waitpid(pid, &status, WNOHANG) == 0, "nobody else's memory was written");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return ktap_end();
}
