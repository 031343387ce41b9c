// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ioctl() promises. A number is made of type, number, size of the argument and
 * direction; a driver compares all of it. Some numbers belong to the kernel's file layer,
 * which answers them for every file or for every regular file.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <linux/fs.h>

#include "hammer.h"

/*
 * Types under which the file layer, terminals and file systems have numbers of their own;
 * some of them (FIFREEZE!) must not be tried.
 */
static bool foreign(unsigned int type)
{
	static const unsigned char types[] = {0x12, 0x15, 0x89, 0x94, 'T',
					      'X',  'f',  'v',	'W'};

	return memchr(types, (int)type, sizeof(types));
}

static unsigned long unknown_number(void)
{
	unsigned int type, number;

	do {
		type = chance_below(256);
		number = chance_below(256);
	} while (foreign(type) || (type == 0 && number < 3));
	return _IOC(chance_below(4), type, number, chance_below(1 << _IOC_SIZEBITS));
}

/* Refused is ENOTTY, or the older EINVAL; EFAULT when it looks at the argument first. */
static bool refused(long r, bool good_pointer)
{
	return r == -ENOTTY || r == -EINVAL || (r == -EFAULT && !good_pointer);
}

void try_unknown_ioctl(int fd)
{
	bool good = chance_below(2);
	struct place arg = good ? whole() : bad_place(chance_below(n_bad_places)).place;
	long r = call_ioctl(fd, unknown_number(), arg);

	/* A device may say first that it is gone, or that nobody may. */
	if (r >= 0)
		blame_last(r, "a number that nobody knows");
	else if (r == -EPERM || r == -ENOSYS || (r == -EFAULT && good))
		blame_last(r, "a number that nobody knows gives ENOTTY");
}

static void unknown(const struct target *t)
{
	int fd = open_target(t, t->how);

	memset(whole().at, 0, ROOM);
	for (int i = 0; i < 3000; i++)
		try_unknown_ioctl(fd);
}

/* Numbers of other files: whoever takes one of them has not looked at it. */
static void foreign_numbers(const struct target *t)
{
	static const struct {
		const char *name;
		unsigned int number;
	} list[] = {
		{"TCGETS", 0x5401},
		{"TCSETS", 0x5402},
		{"TIOCGWINSZ", 0x5413},
		{"TIOCGPGRP", 0x540f},
		{"BLKGETSIZE", 0x1260},
		{"BLKGETSIZE64", 0x80081272},
		{"SIOCGIFNAME", 0x8910},
		{"EVIOCGVERSION", 0x80044501},
		{"0", 0},
		{"0xffffffff", 0xffffffff},
	};
	int fd = open_target(t, t->how);

	memset(whole().at, 0, ROOM);
	for (size_t i = 0; i < sizeof(list) / sizeof(*list); i++) {
		long r = call_ioctl(fd, list[i].number, whole());

		if (!refused(r, true) && r != -EAGAIN && r != -EBUSY)
			blame_last(r, list[i].name);
	}
}

static void expect(int fd, unsigned long number, struct place arg, long want,
		   const char *name)
{
	long r = call_ioctl(fd, number, arg);

	if (r != want)
		blame_last(r, name);
}

/* Answered before any driver is asked; FIONREAD is a driver's own, but not in /proc. */
static void common_numbers(const struct target *t)
{
	int fd = open_target(t, t->how), no = 0, yes = 1;
	struct place off = {"&zero", &no}, on = {"&one", &yes};
	long r;

	expect(fd, FIOCLEX, whole(), 0, "FIOCLEX is for every file");
	expect(fd, FIONCLEX, whole(), 0, "FIONCLEX is for every file");
	expect(fd, FIONBIO, off, 0, "FIONBIO is for every file");
	expect(fd, FIONBIO, on, 0, "FIONBIO is for every file");
	for (unsigned int i = 0; i < n_bad_places; i++) {
		if (bad_place(i).readable)
			continue;
		expect(fd, FIONBIO, bad_place(i).place, -EFAULT,
		       "FIONBIO with a bad pointer");
		expect(fd, FIOASYNC, bad_place(i).place, -EFAULT,
		       "FIOASYNC with a bad pointer");
	}
	r = call_ioctl(fd, FIOASYNC, on);
	if (r != 0 && r != -ENOTTY)
		blame_last(r, "FIOASYNC works, or gives ENOTTY");
	call_ioctl(fd, FIOASYNC, off);
	memset(whole().at, 0, 16);
	r = call_ioctl(fd, FIONREAD, whole());
	if (r < 0 && !refused(r, true))
		blame_last(r, "FIONREAD works, or gives ENOTTY");
	if (r >= 0 && *(int *)whole().at < 0 && !S_ISREG(t->mode))
		blame_last(r, "FIONREAD counts what can be read, it cannot be negative");
}

/* ---- commands of its own, found and bent; only with --ioctl ---- */

static const unsigned int own_sizes[] = {0,  1,	 2,  4,	 8,  12,  16, 20,
					 24, 32, 40, 48, 64, 128, 256};

#define N_OWN_SIZES (sizeof(own_sizes) / sizeof(*own_sizes))

struct own_commands *own_commands;

/* A bad pointer keeps it from doing anything: a command that copies gives EFAULT. */
static bool knows(int fd, unsigned long number)
{
	return call_ioctl(fd, number, bad_place(1).place) == -EFAULT;
}

static void try_command(int fd, unsigned long number)
{
	struct own_commands *own = own_commands;

	if (own->n < MOST_COMMANDS && knows(fd, number))
		own->number[own->n++] = number;
}

/* The oldest kind has neither size nor direction; the file layer has 1 and 2 itself. */
static void search_type(int fd, unsigned int type)
{
	for (unsigned int number = 0; number < 64; number++) {
		if (type || number > 2)
			try_command(fd, _IOC(_IOC_NONE, type, number, 0));
		for (unsigned int way = 1; way < 4; way++)
			for (size_t i = 0; i < N_OWN_SIZES; i++)
				try_command(fd, _IOC(way, type, number, own_sizes[i]));
	}
}

void search_own_commands(int fd)
{
	own_commands->n = 0;
	for (unsigned int type = 0; type < 256; type++)
		if (!foreign(type))
			search_type(fd, type);
}

static bool is_own(unsigned long it)
{
	for (unsigned int i = 0; i < own_commands->n; i++)
		if (own_commands->number[i] == it)
			return true;
	return false;
}

/* The same command with another size or direction is another command. */
static void bend(int fd, unsigned long it)
{
	for (int bit = 16; bit < 32; bit++) {
		unsigned long bent = it ^ (1ul << bit);
		long r;

		if (is_own(bent))
			continue;
		r = call_ioctl(fd, bent, bad_place(1).place);
		if (r >= 0 || r == -EFAULT)
			blame("%#lx is a command, but ioctl(fd, %#lx, 0x1) is taken for "
			      "it too",
			      it, bent);
	}
}

static void own_pointers(int fd, unsigned long it)
{
	for (unsigned int i = 0; i < n_bad_places; i++) {
		long r;

		if (bad_place(i).readable && !(_IOC_DIR(it) & _IOC_READ))
			continue;
		r = call_ioctl(fd, it, bad_place(i).place);
		if (r >= 0)
			blame_last(r,
				   "a command that copies must notice the bad pointer");
	}
	if (_IOC_SIZE(it) > 1) {
		long r = call_ioctl(fd, it, tail(1));

		if (r >= 0)
			blame_last(r,
				   "the argument reaches into memory that is not there");
	}
}

static void own(const struct target *t)
{
	int fd = open_target(t, t->how);

	search_own_commands(fd);
	for (unsigned int i = 0; i < own_commands->n; i++) {
		bend(fd, own_commands->number[i]);
		own_pointers(fd, own_commands->number[i]);
	}
	if (own_commands->n == MOST_COMMANDS)
		blame("at least %u numbers give EFAULT, as if each of them were a "
		      "command",
		      MOST_COMMANDS);
	if (!own_commands->n)
		not_tried("no command was found that copies 256 bytes or less");
	else
		remark("%u found, %#lx the first", own_commands->n,
		       own_commands->number[0]);
}

const struct promise ioctl_promises[] = {
	{"an unknown ioctl gives ENOTTY, or EINVAL", unknown, 0},
	{"an ioctl for other kinds of files gives ENOTTY, or EINVAL", foreign_numbers, 0},
	{"the ioctls that every file has work", common_numbers, 0},
	{"its own ioctls look at all of the number, and at the pointer", own,
	 NEED_OWN_IOCTLS | ONCE},
	{0},
};
