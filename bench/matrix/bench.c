// SPDX-License-Identifier: GPL-2.0-only
/*
 * The cost of an exit and of a guest's whole life, compared with the bare ioctls; kicks,
 * none of which may be lost; and two guests in two threads under the kernel's scheduler.
 * usage: bench exit|life|kicks|threads [N]
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "builtin.h"
#include "clock.h"
#include "cloud.h"
#include "hypercall.h"
#include "x86.h"

#include "../rounds.h"
#include "bare.h"

enum { ROUNDS = 15 };

static struct kvm kvm;

static struct builtin_guest find(const char *name)
{
	struct builtin_guest g;

	if (!builtin_guest_find(name, &g))
		exit(1);
	return g;
}

/* The bytes of an ELF guest as they lie in memory from 64 KiB on: for the bare peer,
 * which has no loader. */
static void *flat(const char *name, size_t *size)
{
	struct builtin_guest g = find(name);
	struct guest_region ram;
	struct image image;
	char why[IMAGE_WHY];

	if (guest_region_map(&ram, 0, RAM_UNIT, 0) ||
	    image_load(g.image, g.size, &ram, 0, &image, why))
		exit(1);
	*size = image.end - 0x10000;
	return ram.host + 0x10000;
}

static struct vm *start(const char *name)
{
	struct builtin_guest g = find(name);
	struct vm_config config = {.name = name,
				   .image = g.image,
				   .image_size = g.size,
				   .ram = RAM_UNIT,
				   .profile = hypercall_profiles[0]};
	char why[IMAGE_WHY];
	struct vm *vm;

	if (vm_create(&kvm, &config, &vm, why))
		exit(1);
	return vm;
}

static void judge(const char *what, const double *ours, const double *bare, double goal)
{
	double ratio[ROUNDS], a[ROUNDS], b[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		ratio[i] = ours[i] / bare[i];
		a[i] = ours[i];
		b[i] = bare[i];
	}
	qsort(ratio, ROUNDS, sizeof(*ratio), by_value);
	qsort(a, ROUNDS, sizeof(*a), by_value);
	qsort(b, ROUNDS, sizeof(*b), by_value);
	printf("%-26s %8.2f us, bare %8.2f us: %.3f (%.3f-%.3f), goal %.2f%s\n", what,
	       1e3 * a[ROUNDS / 2], 1e3 * b[ROUNDS / 2], ratio[ROUNDS / 2], ratio[0],
	       ratio[ROUNDS - 1], goal, ratio[ROUNDS / 2] > goal ? " MISSED" : "");
}

static void bench_exit(unsigned long n)
{
	double ours[ROUNDS], bare[ROUNDS];
	struct vm *vm = start("chatty");
	struct bare b;
	size_t size;
	void *image = flat("chatty", &size);

	if (bare_start(kvm.fd, image, size, &b))
		exit(1);
	bare_exits(&b, n / 10);
	for (int i = 0; i < ROUNDS; i++) {
		double from = now_ms(), to;

		bare_exits(&b, n);
		to = now_ms();
		bare[i] = (to - from) / (double)n;
		for (unsigned long j = 0; j < n; j++)
			if (vm_enter(vm) != VM_DID_IO)
				exit(1);
		ours[i] = (now_ms() - to) / (double)n;
	}
	judge("an I/O exit", ours, bare, 1.05);
	vm_destroy(vm);
	bare_stop(&b);
}

static void bench_life(unsigned long n)
{
	double ours[ROUNDS], bare[ROUNDS];
	size_t size;
	void *image = flat("hello", &size);

	for (int i = 0; i < ROUNDS; i++) {
		double from = now_ms(), to;
		struct bare b;

		for (unsigned long j = 0; j < n; j++) {
			if (bare_start(kvm.fd, image, size, &b) || bare_exits(&b, 1))
				exit(1);
			bare_stop(&b);
		}
		to = now_ms();
		bare[i] = (to - from) / (double)n;
		for (unsigned long j = 0; j < n; j++) {
			struct vm *vm = start("hello");

			if (vm_enter(vm) != VM_DID_IO)
				exit(1);
			vm_destroy(vm);
		}
		ours[i] = (now_ms() - to) / (double)n;
	}
	judge("start, hypercall, teardown", ours, bare, 1.2);
}

static volatile sig_atomic_t barked;

static void bark(int number)
{
	barked++;
}

/* Deadlines from before the entry to well within it. After a lost kick the spinner would
 * never leave; a watchdog makes it leave after two seconds, and counts it. */
static void bench_kicks(enum kick_mode mode, unsigned long n)
{
	struct sigaction action = {.sa_handler = bark};
	struct builtin_guest g = find("spinner");
	struct vm_config config = {.name = "spinner",
				   .image = g.image,
				   .image_size = g.size,
				   .ram = RAM_UNIT,
				   .profile = hypercall_profiles[0]};
	char why[IMAGE_WHY];
	unsigned long early = 0;
	struct kick kick;
	struct vm *vm;
	double worst = 0;

	sigaction(SIGALRM, &action, NULL);
	barked = 0;
	if (kick_init(&kick, mode))
		exit(1);
	config.run_mask = mode == KICK_SIGMASK ? &kick.run_mask : NULL;
	if (vm_create(&kvm, &config, &vm, why))
		exit(1);
	for (unsigned long i = 0; i < n; i++) {
		uint64_t deadline;
		double late;

		if (i % 4096 == 0)
			alarm(2);
		deadline = now_ns() + i % 64 * 500;
		kick_arm(&kick, vm->run, deadline);
		if (vm_enter(vm) != VM_KICKED)
			exit(1);
		late = now_ms() - (double)deadline / 1e6;
		early += late < 0;
		worst = late > worst ? late : worst;
		kick_taken(&kick);
	}
	alarm(0);
	printf("%-26s %lu kicks, %d lost, %lu before their time, the latest %.2f ms "
	       "late\n",
	       mode == KICK_IMM ? "kick by immediate_exit" : "kick by signal mask", n,
	       (int)barked, early, worst);
	vm_destroy(vm);
	kick_deinit(&kick);
}

struct runner {
	const char *guest;
	unsigned int weight;
	char group[256];
	volatile bool *stop;
	uint64_t cpu_ns;
};

static bool put(const char *path, const char *format, long value)
{
	FILE *f = fopen(path, "w");
	bool good = f && fprintf(f, format, value) > 0;

	return f && !fclose(f) && good;
}

static void *run_thread(void *data)
{
	struct runner *r = data;
	struct vm *vm = start(r->guest);
	char path[300];
	struct kick kick;

	snprintf(path, sizeof(path), "%s/cgroup.threads", r->group);
	if (!put(path, "%ld", syscall(SYS_gettid)) || kick_init(&kick, KICK_IMM))
		exit(1);
	while (!*r->stop) {
		kick_arm(&kick, vm->run, now_ns() + 10000000);
		while (vm_enter(vm) != VM_KICKED)
			;
		kick_taken(&kick);
	}
	r->cpu_ns = cpu_ns();
	kick_deinit(&kick);
	vm_destroy(vm);
	return NULL;
}

/* A threaded group for each runner, below one of ours. */
static bool make_group(struct runner *r, const char *top)
{
	char path[300];

	snprintf(r->group, sizeof(r->group), "%s/%s%u", top, r->guest, r->weight);
	if (mkdir(r->group, 0755))
		return false;
	snprintf(path, sizeof(path), "%s/cgroup.type", r->group);
	if (!put(path, "threaded", 0))
		return false;
	snprintf(path, sizeof(path), "%s/cpu.weight", r->group);
	return put(path, "%ld", r->weight);
}

/* Both pinned to one CPU; shares by cpu.weight of cgroup v2, which is mounted at @top. */
static void bench_threads(const char *top, const char *first, const char *second,
			  unsigned long seconds)
{
	volatile bool stop = false;
	struct runner r[2] = {{.guest = first, .weight = 70, .stop = &stop},
			      {.guest = second, .weight = 30, .stop = &stop}};
	pthread_t threads[2];
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	if (!make_group(&r[0], top) || !make_group(&r[1], top)) {
		printf("%s:70 %s:30 in two threads: no cgroup v2 cpu controller here\n",
		       first, second);
		return;
	}
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, run_thread, &r[i]);
	sleep((unsigned int)seconds);
	stop = true;
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	printf("%.3f\n",
	       100.0 * (double)r[0].cpu_ns / (double)(r[0].cpu_ns + r[1].cpu_ns));
	rmdir(r[0].group);
	rmdir(r[1].group);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned long n = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (kvm_open("/dev/kvm", NULL, &kvm, NULL)) {
		puts("no usable /dev/kvm");
		return 77;
	}
	if (!strcmp(what, "exit")) {
		bench_exit(n ? n : 5000);
	} else if (!strcmp(what, "life")) {
		bench_life(n ? n : 20);
	} else if (!strcmp(what, "kicks")) {
		bench_kicks(KICK_IMM, n ? n : 1000000);
		bench_kicks(KICK_SIGMASK, n ? n : 1000000);
	} else if (!strcmp(what, "threads") && argc > 5) {
		bench_threads(argv[3], argv[4], argv[5], n);
	} else {
		fputs("usage: bench exit|life|kicks [N], bench threads SECONDS CGROUP A "
		      "B\n",
		      stderr);
		return 2;
	}
	kvm_close(&kvm);
	return 0;
}
