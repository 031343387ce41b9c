/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of /dev/keyboard share: typing without hands, reading with a deadline,
 * and the kernel's own view of the same keys.
 *
 * Typing: the keyboard controller has a command "put the next byte into your output
 * buffer as if the keyboard had sent it" (0xD2). It raises the keyboard's interrupt like
 * a real key. One process at a time may type, and never a lock key: for its light the
 * kernel writes to the same ports.
 */
#ifndef KEYBOARD_TESTS_LIB_H
#define KEYBOARD_TESTS_LIB_H

#define _GNU_SOURCE /* sched_setaffinity(); so include this file first */

#include <fcntl.h>
#include <linux/input.h>
#include <linux/uinput.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KMODULE "keyscan"
#include "kmodule.h"
#include "ktap.h"
#include "uapi/keyboard.h"

#define DEVICE "/dev/keyboard"

/*
 * Seconds after which something that must happen has not happened. After the first wait
 * in vain the others are short, or the test of a module that does nothing takes minutes.
 */
static int patience = 10;

#define DATA_PORT   0x60
#define STATUS_PORT 0x64
#define OUTPUT_FULL 0x01 /* status: a byte waits for the kernel */
#define INPUT_FULL  0x02 /* status: the controller has not taken our byte yet */

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline bool too_late(uint64_t start)
{
	bool late = now_ns() - start > (uint64_t)patience * 1000000000;

	if (late)
		patience = 1;
	return late;
}

static inline void wait_clear(int bit)
{
	uint64_t start = now_ns();

	while (inb(STATUS_PORT) & bit) {
		if (too_late(start)) {
			ktap_diag("the kernel does not take bytes from the controller");
			_exit(1);
		}
		sched_yield();
	}
}

static inline void type_as(int command, unsigned char byte)
{
	wait_clear(OUTPUT_FULL | INPUT_FULL);
	outb(command, STATUS_PORT);
	wait_clear(INPUT_FULL);
	outb(byte, DATA_PORT);
	wait_clear(OUTPUT_FULL); /* the driver has it, or somebody stole it */
}

/* The keyboard sent this byte. */
static inline void type_byte(unsigned char byte)
{
	type_as(0xd2, byte);
}

/* The mouse did. */
static inline void type_mouse_byte(unsigned char byte)
{
	type_as(0xd3, byte);
}

/* 0xe048 is e0 48, an extended key; released, the last byte has its top bit set. */
static inline void send_key(unsigned int scan, bool pressed)
{
	if (scan >> 8)
		type_byte(scan >> 8);
	type_byte((scan & 0x7f) | (pressed ? 0 : 0x80));
}

/* Run on one CPU: @number counts those we may use. -1: on all of them again. */
static inline void run_on(int number)
{
	static cpu_set_t all;
	cpu_set_t one;
	int cpu = 0;

	if (!CPU_COUNT(&all))
		sched_getaffinity(0, sizeof(all), &all);
	if (number < 0) {
		sched_setaffinity(0, sizeof(all), &all);
		return;
	}
	for (number %= CPU_COUNT(&all); number >= 0; cpu++)
		number -= CPU_ISSET(cpu, &all) ? 1 : 0;
	CPU_ZERO(&one);
	CPU_SET(cpu - 1, &one);
	sched_setaffinity(0, sizeof(one), &one);
}

/*
 * The driver has taken the last byte; now wait until its interrupt handler has ended and
 * every reader has the event. While we run on a CPU, no
 * handler runs there.
 */
static inline void settle(void)
{
	for (int i = 0; i < sysconf(_SC_NPROCESSORS_ONLN); i++)
		run_on(i);
	run_on(-1);
}

static inline void type_key(unsigned int scan, bool pressed)
{
	send_key(scan, pressed);
	settle();
}

static inline void type_keys(unsigned int scan, int times)
{
	for (int i = 0; i < times; i++) {
		send_key(scan, true);
		send_key(scan, false);
	}
	settle();
}

#define SCAN_A	  0x1e
#define SCAN_S	  0x1f
#define SCAN_UP	  0xe048
#define SCAN_LEFT 0xe04b

/* A deadline interrupts system calls. */
static inline void on_alarm(int sig)
{
	(void)sig;
}

static inline void catch_signal(int sig, int flags)
{
	struct sigaction act = {.sa_handler = on_alarm, .sa_flags = flags};

	sigaction(sig, &act, NULL);
}

static inline int open_keyboard(int flags)
{
	return open(DEVICE, O_RDONLY | O_CLOEXEC | flags);
}

/* Read until there are n events, or until patience ends; returns how many there are. */
static inline int read_events(int fd, struct keyboard_event *events, int n)
{
	int got = 0;

	alarm((unsigned int)patience);
	while (got < n) {
		ssize_t len = read(fd, events + got, (size_t)(n - got) * sizeof(*events));

		if (len < (ssize_t)sizeof(*events))
			break;
		got += (int)(len / (ssize_t)sizeof(*events));
	}
	alarm(0);
	if (got < n)
		patience = 1;
	return got;
}

static inline bool readable(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	return poll(&p, 1, 0) == 1 && p.revents & POLLIN;
}

/* Take what there is and do not wait; returns how many there were. */
static inline int drain(int fd)
{
	struct keyboard_event events[64];
	int got = 0;
	ssize_t len = 1;

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (len > 0 && readable(fd)) {
		len = read(fd, events, sizeof(events));
		if (len > 0)
			got += (int)(len / (ssize_t)sizeof(*events));
	}
	fcntl(fd, F_SETFL, 0);
	return got;
}

static inline bool is_key(const struct keyboard_event *e, int code, int value)
{
	return e->fields & KEYBOARD_KEY && e->code == code && e->value == value;
}

static inline struct keyboard_status status_of(int fd)
{
	struct keyboard_status status = {0};

	ioctl(fd, KEYBOARD_GET_STATUS, &status);
	return status;
}

/* Wait for a child of ours: its exit status, or -1 when it did not end by itself. */
static inline int ends(pid_t pid)
{
	uint64_t start = now_ns();
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (too_late(start)) {
			kill(pid, SIGKILL); /* and a key, should it be deaf */
			do
				type_keys(SCAN_A, 1);
			while (waitpid(pid, &status, WNOHANG) == 0);
			return -1;
		}
		usleep(1000);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Wait until it sleeps, so that it is where it waits. False when that does not happen. */
static inline bool sleeps(pid_t pid)
{
	uint64_t start = now_ns();
	char path[64], state = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	while (state != 'S' && state != 'D' && state != 'Z' && !too_late(start)) {
		FILE *f = fopen(path, "r");

		if (!f || fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
			state = 0;
		if (f)
			fclose(f);
		usleep(1000);
	}
	return state == 'S' || state == 'D';
}

/*
 * The test itself may hang in a system call of the module. So it runs in a child, and the
 * parent reports it, types a key to wake a reader that waits, and ends everything.
 */
static inline void supervise(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		setpgid(0, 0);
		return;
	}
	for (int i = 0; i < 50 * 100; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
		usleep(10000);
	}
	ktap_diag("the check after the last one hangs; a read that no signal ends?");
	kill(-pid, SIGKILL);
	for (int i = 0; i < 10; i++)
		type_keys(SCAN_A, 10);
	_exit(1);
}

static inline void begin(int plan)
{
	if (ioperm(DATA_PORT, 1, 1) || ioperm(STATUS_PORT, 1, 1)) {
		printf("1..0 # SKIP no access to the keyboard controller\n");
		exit(0);
	}
	ktap_plan(plan);
	supervise();
	catch_signal(SIGALRM, 0);
}

/* The kernel's own way to user space: the event file of the device with this name. */
static inline int open_evdev(const char *name)
{
	char path[64], its[128];

	for (int i = 0; i < 32; i++) {
		int fd;

		snprintf(path, sizeof(path), "/dev/input/event%d", i);
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (ioctl(fd, EVIOCGNAME(sizeof(its)), its) > 0 && strstr(its, name))
			return fd;
		close(fd);
	}
	return -1;
}

/* Without it there is no test: it shows whether keys are stolen. */
static inline int open_ps2(void)
{
	int fd = open_evdev("AT Translated Set 2 keyboard");

	if (fd >= 0)
		return fd;
	printf("1..0 # SKIP no event file of a PS/2 keyboard; load evdev\n");
	exit(0);
}

static inline bool evdev_wait(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};

	if (poll(&p, 1, patience * 1000) == 1)
		return true;
	patience = 1;
	return false;
}

/* The next key event there, with its scan code; false when none comes. */
static inline bool evdev_key(int fd, struct keyboard_event *ret)
{
	struct input_event e;

	memset(ret, 0, sizeof(*ret));
	while (read(fd, &e, sizeof(e)) == sizeof(e) || evdev_wait(fd)) {
		if (e.type == EV_MSC && e.code == MSC_SCAN) {
			ret->scan = (unsigned int)e.value;
			ret->fields |= KEYBOARD_SCAN;
		} else if (e.type == EV_KEY) {
			ret->code = e.code;
			ret->value = (unsigned char)e.value;
			ret->fields |= KEYBOARD_KEY;
			return true;
		}
		e.type = EV_SYN; /* not to be seen again after a wait */
	}
	return false;
}

/*
 * Bytes that are there at once: asked for its identity, a keyboard answers fa ab 41, as
 * translated by the controller, and each read of the port brings the next one. Here they
 * mean a stray acknowledgement, backslash released and F7 pressed. A driver
 * that steals bytes always gets one of them.
 */
static const unsigned char triple_bytes[] = {0x2b, 0xfa, 0xab, 0x41, 0xc1};

static inline void type_triple(void)
{
	send_key(0x2b, true);
	wait_clear(OUTPUT_FULL | INPUT_FULL);
	outb(0xf2, DATA_PORT);
	usleep(1000);
	send_key(0x41, false);
	settle();
}

/*
 * The four events of it, in the eyes of the kernel's own driver, in any order: it hands a
 * byte on after it has let go of its lock, so that two CPUs may overtake each other.
 */
static inline bool evdev_triple(int evdev)
{
	static const struct {
		int code, value;
	} want[] = {{KEY_BACKSLASH, 1}, {KEY_BACKSLASH, 0}, {KEY_F7, 1}, {KEY_F7, 0}};
	struct keyboard_event e;
	unsigned int seen = 0;
	int repeats = 60;

	for (int i = 0; i < 4; i++) {
		bool found = false, key = evdev_key(evdev, &e);

		/* A key that is held for long on a slow machine; stolen, it is for ever. */
		while (key && e.value == 2 && repeats--)
			key = evdev_key(evdev, &e);
		for (int j = 0; key && j < 4 && !found; j++) {
			found = !(seen & 1u << j) && is_key(&e, want[j].code, want[j].value);
			seen |= found ? 1u << j : 0;
		}
		if (found)
			continue;
		ktap_diag("event %d is code %d value %d", i, e.code, e.value);
		return false;
	}
	return true;
}

static inline void forget_keys(int evdev)
{
	struct input_event e;

	while (read(evdev, &e, sizeof(e)) == sizeof(e))
		;
}

/*
 * Extended keys, a few at a time and as fast as the controller takes them, from each CPU
 * in turn: a driver that steals bytes would get some. Returns how many key events the
 * kernel's own driver made of them, two for each key, up to the first one that is wrong.
 */
#define BURST 64

static inline int burst(int evdev)
{
	struct keyboard_event e;
	int seen = 0;

	for (int typed = 0; typed < BURST; typed += 8) {
		run_on(typed / 8);
		for (int i = 0; i < 8; i++) {
			send_key(SCAN_UP, true);
			send_key(SCAN_UP, false);
		}
		for (int i = 0; i < 16; i++, seen++) {
			if (evdev_key(evdev, &e) && is_key(&e, KEY_UP, i % 2 == 0))
				continue;
			ktap_diag("after %d key events came code %d value %d", seen,
				  e.code, e.value);
			return seen;
		}
	}
	settle();
	return seen;
}

#endif /* KEYBOARD_TESTS_LIB_H */
