// SPDX-License-Identifier: GPL-2.0-only
/* From the kernel's start to "may be saved", and the first moments of a clone. */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "port.h"
#include "small.h"
#include "steps.h"

static const struct {
	const char *type, *where, *options;
	mode_t mode;
} mounts[] = {
	{"proc", "/proc", NULL, 0555},
	{"sysfs", "/sys", NULL, 0555},
	{"devtmpfs", "/dev", NULL, 0755},
	{"devpts", "/dev/pts", "ptmxmode=0666", 0755},
	{"tmpfs", "/dev/shm", NULL, 01777},
	{"tmpfs", "/tmp", NULL, 01777},
	{"tmpfs", "/run", "mode=755", 0755},
	{"debugfs", "/sys/kernel/debug", NULL, 0},
	{"tracefs", "/sys/kernel/tracing", NULL, 0},
	{"configfs", "/sys/kernel/config", NULL, 0},
};

/*
 * The kernel's own watchdogs, quick enough for a run of seconds, yet later than the
 * agent's own look at a call that does not return (STALL_MS in lab/run.c, 10 s): two
 * reports at the same moment on two CPUs are one unreadable one. They are set before the
 * save; a clone finds them in place. What a kernel lacks is left out.
 */
static const struct {
	const char *path, *value;
} settings[] = {
	{"/proc/sys/kernel/sysrq", "1"},
	{"/proc/sys/kernel/kptr_restrict", "0"},
	{"/proc/sys/kernel/printk_devkmsg", "on"},
	{"/proc/sys/kernel/printk_ratelimit", "0"},
	{"/proc/sys/kernel/watchdog_thresh", "8"}, /* soft lockup after twice that */
	{"/proc/sys/kernel/hung_task_timeout_secs", "15"},
	{"/proc/sys/kernel/hung_task_check_interval_secs", "5"},
	{"/proc/sys/kernel/hung_task_warnings", "-1"},
	{"/proc/sys/kernel/panic_on_oops", "0"},
	{"/proc/sys/kernel/unknown_nmi_panic",
	 "1"}, /* how the host asks "where are you?" */
	{"/proc/sys/kernel/core_pattern", "|/bin/false"},
	{"/sys/module/rcupdate/parameters/rcu_cpu_stall_timeout", "15"},
	/* A module's way in and out waits for several grace periods, 35 ms in all where
	 * two CPUs idle; asked for at once they take 4 (5.10) to 9 (7.2). */
	{"/sys/kernel/rcu_expedited", "1"},
};

static void mount_all(void)
{
	for (size_t i = 0; i < sizeof(mounts) / sizeof(*mounts); i++) {
		if (mounts[i].mode)
			mkdir(mounts[i].where, mounts[i].mode);
		mount("none", mounts[i].where, mounts[i].type, 0, mounts[i].options);
	}
}

static void make_links(void)
{
	(void)!symlink("/proc/self/fd", "/dev/fd");
	(void)!symlink("/proc/self/fd/0", "/dev/stdin");
	(void)!symlink("/proc/self/fd/1", "/dev/stdout");
	(void)!symlink("/proc/self/fd/2", "/dev/stderr");
}

static int load_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
		err = -errno;
	close(fd);
	return err;
}

/* /lab/modules names the drivers of our own devices, in load order. */
static int load_drivers(void)
{
	char list[4096], path[300], *name, *save = NULL;
	int err = read_text("/lab/modules", list, sizeof(list));

	if (err < 0)
		return err;
	for (name = strtok_r(list, "\n", &save); name;
	     name = strtok_r(NULL, "\n", &save)) {
		snprintf(path, sizeof(path), "/lab/%s", name);
		err = load_file(path);
		if (err)
			return err;
	}
	return 0;
}

int boot_system(void)
{
	mount_all();
	make_links();
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		write_text(settings[i].path, settings[i].value);
	setenv("PATH",
	       "/lab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	       1);
	setenv("HOME", "/root", 1);
	sethostname("kmlab", 5);
	return load_drivers();
}

int boot_ports(struct agent *a)
{
	a->control = port_open(PROTO_CONTROL);
	a->port_in = port_open(PROTO_STDIN);
	a->port_out = port_open(PROTO_STDOUT);
	a->port_err = port_open(PROTO_STDERR);
	if (a->control < 0 || a->port_in < 0 || a->port_out < 0 || a->port_err < 0)
		return -ENODEV;
	a->random = open("/dev/urandom", O_WRONLY | O_CLOEXEC);
	a->taint = open("/proc/sys/kernel/tainted", O_RDONLY | O_CLOEXEC);
	return payload_prepare(a);
}

static uint64_t time_loop(unsigned int rounds)
{
	struct timespec from, to;
	uint64_t x = 1;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (unsigned int i = 0; i < rounds; i++) {
		x = x * 6364136223846793005ULL + 1442695040888963407ULL;
		__asm__ volatile("" : "+r"(x));
	}
	clock_gettime(CLOCK_MONOTONIC, &to);
	return (uint64_t)(to.tv_sec - from.tv_sec) * 1000000000ULL +
	       (uint64_t)(to.tv_nsec - from.tv_nsec);
}

/* In pieces, of which the quickest tells: in the others the host did something else. */
static uint64_t speed_loop(void)
{
	enum { PIECES = 16 };
	uint64_t quickest = UINT64_MAX;

	for (int i = 0; i < PIECES; i++) {
		uint64_t ns = time_loop(PROTO_SPEED_LOOPS / PIECES);

		quickest = ns < quickest ? ns : quickest;
	}
	return quickest * PIECES;
}

void boot_say_ready(struct agent *a)
{
	struct proto_ready ready = {.cpus = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN)};
	struct utsname name;

	ready.loop_ns = speed_loop();
	kernel_map(&ready.map);
	kernel_layout(&ready.layout);
	uname(&name);
	port_send(a, PROTO_READY, &ready, sizeof(ready), name.release,
		  strlen(name.release) + 1);
}

/* Two clones of one template must not see the same time or the same random numbers. */
void boot_wake(const struct agent *a)
{
	const struct proto_start *start = &a->start;
	struct timespec now = {(time_t)(start->realtime_ns / 1000000000ULL),
			       (long)(start->realtime_ns % 1000000000ULL)};
	struct {
		int bits, size;
		uint8_t bytes[PROTO_ENTROPY_SIZE];
	} pool = {PROTO_ENTROPY_SIZE * 8, PROTO_ENTROPY_SIZE, {0}};

	clock_settime(CLOCK_REALTIME, &now);
	memcpy(pool.bytes, start->entropy, sizeof(pool.bytes));
	ioctl(a->random, RNDADDENTROPY, &pool);
	ioctl(a->random, RNDRESEEDCRNG);
}
