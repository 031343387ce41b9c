// SPDX-License-Identifier: GPL-2.0-only
/* Shows what happens on the keyboards, as /dev/keyboard tells it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <linux/input-event-codes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "uapi/keyboard.h"

#define DEVICE "/dev/keyboard"

static const char help[] =
	"usage: keyboardctl [-n COUNT] | -s | -h\n"
	"\n"
	"Prints each key that is pressed or released on any keyboard, with its scan\n"
	"code, until Ctrl-C. From a module loaded with raw=1: each byte of the PS/2\n"
	"keyboard.\n"
	"\n"
	"Options:\n"
	"  -n, --count COUNT  end after that many events\n"
	"  -s, --status       print the counters and end\n"
	"  -h, --help         show this help\n"
	"\n"
	"Examples:\n"
	"  keyboardctl\n"
	"  keyboardctl --count 2      one key, pressed and released\n"
	"  keyboardctl --status\n"
	"\n"
	"Exit status: 0 done, or ended by Ctrl-C; 1 failed; 2 wrong usage.\n";

/* The names of linux/input-event-codes.h without KEY_; others are printed as numbers. */
static const char *const names[] = {
#define NAME(key) [KEY_##key] = #key
	NAME(ESC),	 NAME(1),	   NAME(2),	     NAME(3),
	NAME(4),	 NAME(5),	   NAME(6),	     NAME(7),
	NAME(8),	 NAME(9),	   NAME(0),	     NAME(MINUS),
	NAME(EQUAL),	 NAME(BACKSPACE),  NAME(TAB),	     NAME(Q),
	NAME(W),	 NAME(E),	   NAME(R),	     NAME(T),
	NAME(Y),	 NAME(U),	   NAME(I),	     NAME(O),
	NAME(P),	 NAME(LEFTBRACE),  NAME(RIGHTBRACE), NAME(ENTER),
	NAME(LEFTCTRL),	 NAME(A),	   NAME(S),	     NAME(D),
	NAME(F),	 NAME(G),	   NAME(H),	     NAME(J),
	NAME(K),	 NAME(L),	   NAME(SEMICOLON),  NAME(APOSTROPHE),
	NAME(GRAVE),	 NAME(LEFTSHIFT),  NAME(BACKSLASH),  NAME(Z),
	NAME(X),	 NAME(C),	   NAME(V),	     NAME(B),
	NAME(N),	 NAME(M),	   NAME(COMMA),	     NAME(DOT),
	NAME(SLASH),	 NAME(RIGHTSHIFT), NAME(KPASTERISK), NAME(LEFTALT),
	NAME(SPACE),	 NAME(CAPSLOCK),   NAME(F1),	     NAME(F2),
	NAME(F3),	 NAME(F4),	   NAME(F5),	     NAME(F6),
	NAME(F7),	 NAME(F8),	   NAME(F9),	     NAME(F10),
	NAME(F11),	 NAME(F12),	   NAME(NUMLOCK),    NAME(SCROLLLOCK),
	NAME(KP0),	 NAME(KP1),	   NAME(KP2),	     NAME(KP3),
	NAME(KP4),	 NAME(KP5),	   NAME(KP6),	     NAME(KP7),
	NAME(KP8),	 NAME(KP9),	   NAME(KPDOT),	     NAME(KPMINUS),
	NAME(KPPLUS),	 NAME(KPENTER),	   NAME(KPSLASH),    NAME(102ND),
	NAME(RIGHTCTRL), NAME(RIGHTALT),   NAME(SYSRQ),	     NAME(PAUSE),
	NAME(HOME),	 NAME(END),	   NAME(PAGEUP),     NAME(PAGEDOWN),
	NAME(UP),	 NAME(DOWN),	   NAME(LEFT),	     NAME(RIGHT),
	NAME(INSERT),	 NAME(DELETE),	   NAME(LEFTMETA),   NAME(RIGHTMETA),
	NAME(COMPOSE),	 NAME(MUTE),	   NAME(VOLUMEDOWN), NAME(VOLUMEUP),
	NAME(POWER),
#undef NAME
};

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* Without SA_RESTART, so that a signal ends the read that waits for a key. */
static void catch_stop(void)
{
	struct sigaction act = {.sa_handler = stop};

	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
}

static int failed(const char *what, const char *next)
{
	fprintf(stderr, "keyboardctl: %s: %s; %s\n", what, strerror(errno), next);
	return 1;
}

static void print_key(const struct keyboard_event *e)
{
	static const char *const values[] = {"released", "pressed", "repeated"};
	const char *name =
		e->code < sizeof(names) / sizeof(*names) ? names[e->code] : NULL;
	char number[16];

	snprintf(number, sizeof(number), "key %u", e->code);
	printf("  %-12s %s", name ? name : number, e->value < 3 ? values[e->value] : "?");
}

static void print_event(const struct keyboard_event *e, uint64_t start)
{
	uint64_t us = (e->time_ns - start) / 1000;

	printf("%6" PRIu64 ".%06" PRIu64, us / 1000000, us % 1000000);
	if (e->fields & KEYBOARD_KEY)
		print_key(e);
	if (e->fields & KEYBOARD_BYTE)
		printf("  byte %02x", e->scan);
	if (e->fields & KEYBOARD_SCAN)
		printf("%sscan %x", e->fields & KEYBOARD_KEY ? ", " : "  ", e->scan);
	putchar('\n');
}

/* seq jumps over what was lost. */
static void print_all(const struct keyboard_event *e, size_t n, uint64_t *next,
		      uint64_t *start)
{
	for (size_t i = 0; i < n; i++) {
		if (!*start)
			*start = e[i].time_ns;
		if (e[i].seq != *next)
			printf("        %" PRIu64 " lost here\n",
			       (uint64_t)e[i].seq - *next);
		*next = e[i].seq + 1;
		print_event(&e[i], *start);
	}
	fflush(stdout);
}

/* Until count events were printed; 0 means no end. */
static int watch(int fd, uint64_t count)
{
	struct keyboard_event events[64];
	uint64_t next = 0, start = 0, seen = 0;

	while (!stopped && (!count || seen < count)) {
		size_t want = sizeof(events) / sizeof(*events);
		ssize_t len;

		if (count && count - seen < want)
			want = count - seen;
		len = read(fd, events, want * sizeof(*events));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < (ssize_t)sizeof(*events))
			return failed("cannot read '" DEVICE "'", "see the kernel log");
		print_all(events, (size_t)len / sizeof(*events), &next, &start);
		seen += (size_t)len / sizeof(*events);
	}
	if (ferror(stdout))
		return failed("cannot write", "is the disk full?");
	return 0;
}

static int print_status(int fd)
{
	struct keyboard_status status;

	if (ioctl(fd, KEYBOARD_GET_STATUS, &status))
		return failed("cannot ask '" DEVICE "'", "is it the module's file?");
	printf("events: %s\n", status.flags & KEYBOARD_RAW ? "bytes of the PS/2 keyboard"
							   : "keys of all keyboards");
	if (status.flags & KEYBOARD_INTERRUPTS)
		printf("keyboard interrupts: %" PRIu64 "\n", (uint64_t)status.interrupts);
	else
		printf("keyboard interrupts: not counted here\n");
	return 0;
}

static int open_device(void)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		failed("cannot open '" DEVICE "'",
		       errno == ENOENT	? "load the module first"
		       : errno == EBUSY ? "too many programs have it open; close some"
					: "only root with CAP_SYS_ADMIN may see keys");
	return fd;
}

/* Wrong usage: 2. */
static int usage(const char *what, const char *arg)
{
	fprintf(stderr, "keyboardctl: %s '%s'; see 'keyboardctl --help'\n", what, arg);
	return 2;
}

static bool parse_count(const char *text, uint64_t *ret)
{
	char *end;

	errno = 0;
	*ret = strtoull(text, &end, 10);
	return *ret && !*end && !errno && *text != '-';
}

int main(int argc, char **argv)
{
	static const struct option options[] = {{"count", required_argument, NULL, 'n'},
						{"status", no_argument, NULL, 's'},
						{"help", no_argument, NULL, 'h'},
						{0}};
	bool status = false;
	uint64_t count = 0;
	int c, fd;

	while ((c = getopt_long(argc, argv, "n:sh", options, NULL)) != -1) {
		if (c == 'h')
			return fputs(help, stdout) < 0 || fflush(stdout);
		else if (c == 's')
			status = true;
		else if (c != 'n')
			return 2; /* getopt has said what is wrong */
		else if (!parse_count(optarg, &count))
			return usage("no count", optarg);
	}
	if (optind < argc)
		return usage("unexpected operand", argv[optind]);
	catch_stop();
	fd = open_device();
	if (fd < 0)
		return 1;
	return status ? print_status(fd) : watch(fd, count);
}
