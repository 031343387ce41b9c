// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts in the arguments of a file's own ioctls. A driver multiplies them with the size
 * of what is counted, and when the product wraps around, the huge count passes as a small
 * one. First that is told exactly, where it can be; then huge counts are given
 * everywhere, so that a driver that goes wrong shows it in the kernel log.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include <linux/ioctl.h>

#include "hammer.h"

#define MOST_ROOM     256 /* the largest thing that is found to be counted */
#define UNKNOWN	      64  /* bytes of an argument whose size the number does not tell */
#define ROOM_FOR_HUGE 4096
#define MOST_GUESSES  400 /* for one command; of more, some are tried */

/*
 * Where in the argument the count may be, and where the pointer to what is counted;
 * without a pointer that follows the argument.
 */
struct guess {
	int fd;
	unsigned long number;
	size_t size;	 /* of the argument */
	uint32_t others; /* what all other members are */
	size_t width;	 /* of the count, 4 or 8 */
	size_t count;	 /* its offset */
	size_t pointer;	 /* its offset; @size: none */
};

static void place_pointer(struct guess *g, void (*use)(const struct guess *g))
{
	for (g->pointer = 0; g->pointer + 8 <= g->size; g->pointer += 8)
		if (g->count >= g->pointer + 8 || g->count + g->width <= g->pointer)
			use(g);
	g->pointer = g->size;
	use(g);
}

static void each_guess(int fd, unsigned long number, void (*use)(const struct guess *g))
{
	struct guess g = {.fd = fd, .number = number};

	g.size = _IOC_SIZE(number) ? _IOC_SIZE(number) : UNKNOWN;
	for (g.others = 0; g.others < 2; g.others++)
		for (g.width = 4; g.width <= 8; g.width += 4)
			for (g.count = 0; g.count + g.width <= g.size; g.count += g.width)
				place_pointer(&g, use);
}

/* With @count of something, for which there is @room. */
static long call_counted(const struct guess *g, uint64_t count, size_t room)
{
	bool follows = g->pointer == g->size;
	char *things = tail(room).at, *arg = follows ? things - g->size : whole().at;

	memset(things, 0, room);
	for (size_t i = 0; i + 4 <= g->size; i += 4)
		memcpy(arg + i, &g->others, 4);
	if (!follows)
		memcpy(arg + g->pointer, &things, sizeof(things));
	memcpy(arg + g->count, &count, g->width);
	return CALL("ioctl(fd, %#lx, an argument with %#lx in it)", (long)g->number,
		    (long)count, SYS_ioctl, (long)g->fd, (long)g->number, (long)arg);
}

/* ---- told exactly ---- */

/* How many bytes one thing takes, so that 1 fits and 2 do not; 0: that is no count. */
static size_t size_of_one(const struct guess *g)
{
	size_t low = 0, high = MOST_ROOM;

	if (call_counted(g, 1, high) < 0)
		return 0;
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (call_counted(g, 1, middle) < 0)
			low = middle;
		else
			high = middle;
	}
	return call_counted(g, 2, high) == -EFAULT ? high : 0;
}

/*
 * The product of @wrapping and @one wraps around to @one, that of the next number to the
 * double; halfway there the product is huge. Where the count has fewer bits in truth, or
 * is cut down to what is there, one of the answers is another. Twice, since what is there
 * may become less by itself.
 */
static bool wraps(const struct guess *g, size_t one, uint64_t wrapping)
{
	for (int i = 0; i < 2; i++)
		if (call_counted(g, 1, one) < 0 || call_counted(g, 2, one) != -EFAULT ||
		    call_counted(g, wrapping, one) < 0 ||
		    call_counted(g, wrapping + 1, one) != -EFAULT ||
		    call_counted(g, wrapping / 2 + 1, one) >= 0)
			return false;
	return true;
}

/* Only of a multiple of four: for others the wrapping count could be a negative int. */
static void tell_wrap(const struct guess *g)
{
	size_t one = size_of_one(g);

	if (!one || one % 4)
		return;
	for (unsigned int bits = 32; bits <= 8 * g->width; bits += 32) {
		uint64_t wrapping =
			(1ull << (bits - (unsigned int)__builtin_ctzl(one))) + 1;

		if (wraps(g, one, wrapping))
			blame("ioctl(fd, %#lx, ...) takes %#llx things, counted by the "
			      "%zu "
			      "bytes from byte %zu on, and there was room for one of %zu "
			      "bytes; for 2 it gave EFAULT",
			      g->number, (unsigned long long)wrapping, g->width, g->count,
			      one);
	}
}

/* ---- provoked ---- */

/*
 * Times 2, 3, 4, 6, 8, 12 or 16 these wrap around in 32 or in 64 bits, or they are
 * negative. For none of them could there be enough memory.
 */
static const uint64_t huge[] = {
	0xffffffff,	    0x7fffffff,		0x80000000,	    0x80000001,
	0x40000000,	    0x40000001,		0x20000001,	    0x10000001,
	0x55555556,	    0x2aaaaaab,		0x15555556,	    0xffffffffffffffff,
	0x7fffffffffffffff, 0x8000000000000000, 0x8000000000000001, 0x4000000000000000,
	0x4000000000000001, 0x2000000000000001, 0x1000000000000001, 0x5555555555555556,
	0x2aaaaaaaaaaaaaab, 0x1555555555555556,
};

#define N_HUGE (sizeof(huge) / sizeof(*huge)) /* the first half has 32 bits */

static unsigned int n_guesses;
static bool waits; /* a command that waits has taken the number for a time */

static void count_guess(const struct guess *g)
{
	(void)g;
	n_guesses++;
}

static void provoke(const struct guess *g)
{
	size_t n = g->width == 8 ? N_HUGE : N_HUGE / 2;

	if (chance_below(n_guesses) >= MOST_GUESSES)
		return;
	for (size_t i = 0; i < n && !waits; i++)
		waits = call_counted(g, huge[i], ROOM_FOR_HUGE) == -EINTR;
}

/* ---- both ---- */

static void run_command(int fd, unsigned long number)
{
	nudge(3000);
	each_guess(fd, number, tell_wrap);
	n_guesses = 0;
	waits = false;
	each_guess(fd, number, count_guess);
	each_guess(fd, number, provoke);
}

static void counts(const struct target *t)
{
	int fd = open_target(t, t->how);

	if (!own_commands->n)
		search_own_commands(fd);
	if (!own_commands->n)
		not_tried("no command was found that copies 256 bytes or less");
	if (own_commands->n == MOST_COMMANDS)
		not_tried("too many numbers are taken for commands");
	else
		for (unsigned int i = 0; i < own_commands->n; i++)
			run_command(fd, own_commands->number[i]);
}

const struct promise count_promises[] = {
	{"its own ioctls take no count that wraps around", counts,
	 NEED_OWN_IOCTLS | ONCE},
	{0},
};
