// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kernel addresses in what a read gives: most often the old contents of a stack or of a
 * structure, copied along. They say where the kernel is, which it hides from users.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "hammer.h"
#include "kernel_memory.h"

/*
 * Random bytes may look like an address, numbers near -2^31 may look like one in the
 * kernel's code: one is none, and of the second kind many must be that do not fit.
 */
#define ENOUGH	   2
#define NONE_FIT   4
#define MOST_ALIKE 1000 /* then the share is known, and looking them up is slow */

struct tally {
	unsigned int certain;	    /* addresses that no number is by chance */
	unsigned int likely, alike; /* of code and data, of all numbers alike */
	char said[200];		    /* of the first one */
};

static void describe(struct tally *t, uint64_t it, const char *of, const char *how,
		     size_t at, long r)
{
	char text[80];
	struct call call = call_last();

	call_text(&call, text, sizeof(text));
	snprintf(t->said, sizeof(t->said), "%s returned %ld: at byte %zu is %s%#llx, %s",
		 text, r, at, how, (unsigned long long)it, of);
}

/* Counts @it when it is an address; the first certain one is told, or the first. */
static bool count(struct tally *t, uint64_t it, const char *how, size_t at, long r)
{
	enum kernel_memory what;
	bool certain;

	if (t->alike >= MOST_ALIKE && (int64_t)it >= INT32_MIN)
		return false;
	what = kernel_memory(it);
	if (what == NO_MEMORY)
		return false;
	certain = what == PAGES || what == MAPPED;
	t->certain += certain;
	t->alike += !certain;
	t->likely += what == CODE;
	if (what == CODE_OR_ALIKE)
		return false;
	if (certain ? t->certain == 1 : t->certain + t->likely == 1)
		describe(t, it, kernel_memory_name(what), how, at, r);
	return true;
}

/* An address begins with two bytes of ones; with more of them it is a negative number. */
static bool is_number(const unsigned char *data, size_t n, size_t i)
{
	return i + 10 <= n && data[i + 8] == 0xff && data[i + 9] == 0xff;
}

static void scan_words(struct tally *t, const unsigned char *data, size_t n, long r)
{
	for (size_t i = 0; i + 8 <= n; i++) {
		uint64_t it;

		memcpy(&it, data + i, 8);
		if (!is_number(data, n, i) && count(t, it, "", i, r))
			i += 7;
	}
}

/* Sixteen digits, as %px and %016lx make them. */
static void scan_text(struct tally *t, const unsigned char *data, size_t n, long r)
{
	size_t digits;

	for (size_t i = 0; i < n; i += digits + 1) {
		char text[17] = "";

		for (digits = 0; i + digits < n && isxdigit(data[i + digits]);)
			digits++;
		if (digits != 16)
			continue;
		memcpy(text, data + i, 16);
		count(t, strtoull(text, NULL, 16), "the text ", i, r);
	}
}

/* From the beginning, as far as a few reads of @n bytes go. */
static void scan_file(struct tally *t, int fd, size_t n)
{
	for (int i = 0; i < 3; i++) {
		long r = call_read(fd, whole(), n);

		if (r <= 0 || (size_t)r > n)
			return;
		scan_words(t, whole().at, (size_t)r, r);
		scan_text(t, whole().at, (size_t)r, r);
	}
}

/* What shows addresses to those only who have this right keeps the rules. */
static void give_up_right(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		return;
	data[CAP_SYSLOG / 32].effective &= ~(1u << CAP_SYSLOG % 32);
	syscall(SYS_capset, &head, data);
}

static void no_addresses(const struct target *t)
{
	static const size_t sizes[] = {8, 16, 40, 100, 256, 1000, 4096, 20000};
	struct tally tally = {0};
	unsigned int found;

	if (t->addresses) {
		not_tried("it shows them on purpose");
		return;
	}
	if (!kernel_memory_open()) {
		not_tried("where the kernel is tells only /proc/kcore, and it gives %s",
			  errno_name(-errno));
		return;
	}
	give_up_right();
	for (size_t i = 0; i < 3 * sizeof(sizes) / sizeof(*sizes); i++) {
		long fd = call_open(t, O_RDONLY | O_NONBLOCK);

		if (fd < 0) {
			not_tried("without CAP_SYSLOG open gives %s", errno_name(fd));
			return;
		}
		call_close((int)fd);
		fd = open_target(t, O_RDONLY);
		scan_file(&tally, (int)fd, sizes[i / 3]);
		call_close((int)fd);
	}
	found = tally.certain;
	if (tally.likely * NONE_FIT >= tally.alike)
		found += tally.likely;
	if (found >= ENOUGH)
		blame("%s (%u in all)", tally.said, found);
}

const struct promise address_promises[] = {
	{"a read gives no addresses of the kernel", no_addresses, NEED_READ},
	{0},
};
