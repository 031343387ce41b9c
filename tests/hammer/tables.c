// SPDX-License-Identifier: GPL-2.0-only
/*
 * Commands of /dev/careless that take a table: a count, and entries that a pointer leads
 * to or that follow. They look at the count before they multiply it.
 */
#include <linux/ioctl.h>
#include <linux/kernel.h>
#include <linux/uaccess.h>

#include "careless.h"

#define MOST 64

struct table {
	u32 count;
	u32 reserved;
	u64 entries; /* of 8 bytes */
};

struct long_table {
	u64 entries; /* of 16 bytes */
	u64 count;
};

struct list {
	u32 kind;
	u32 count; /* of 12 bytes, behind this */
};

#define TABLE	   _IOW('c', 2, struct table)
#define LONG_TABLE _IOW('c', 3, struct long_table)
#define LIST	   _IOW('c', 4, struct list)

static long copy(const void __user *from, size_t n)
{
	static u8 kept[MOST * 16];

	if (n > sizeof(kept))
		return -EINVAL;
	return copy_from_user(kept, from, n) ? -EFAULT : 0;
}

/* What there is, when more is asked for; and less of it each time. */
static long take_stock(void __user *to, u32 count)
{
	static const u64 stock[MOST];
	static u32 left = 1000;

	count = min3(count, left, (u32)MOST);
	left = left ? left - count : 1000;
	return copy_to_user(to, stock, count * sizeof(*stock)) ? -EFAULT : 0;
}

/* An entry that is not there: the address is so far away that there is no memory. */
static long touch_last(u32 count)
{
	static u64 kept[MOST];

	WRITE_ONCE(kept[(u32)(count - 1)], 0);
	return 0;
}

static long take_table(const void __user *arg)
{
	struct table t;
	void __user *entries;
	u32 bytes;

	if (copy_from_user(&t, arg, sizeof(t)))
		return -EFAULT;
	entries = u64_to_user_ptr(t.entries);
	bytes = t.count * sizeof(u64);
	if (wrong("count-wraps"))
		return copy(entries, bytes);
	if (wrong("count-unchecked") && t.count && bytes <= MOST * sizeof(u64))
		return touch_last(t.count);
	/* These do not count with all of the bits, or not as far, and say so nowhere. */
	if (wrong("fine-short-count"))
		return copy(entries, (t.count & 0xff) * sizeof(u64));
	if (wrong("fine-cut-off"))
		return copy(entries, min_t(u32, t.count, MOST) * sizeof(u64));
	if (wrong("fine-stock"))
		return take_stock(entries, t.count);
	if (t.count > MOST)
		return -EINVAL;
	return copy(entries, bytes);
}

static long take_long_table(const void __user *arg)
{
	struct long_table t;

	if (copy_from_user(&t, arg, sizeof(t)))
		return -EFAULT;
	if (t.count > MOST && !wrong("long-count-wraps"))
		return -EINVAL;
	return copy(u64_to_user_ptr(t.entries), t.count * 16);
}

static long take_list(const void __user *arg)
{
	struct list l;
	u32 bytes;

	if (copy_from_user(&l, arg, sizeof(l)))
		return -EFAULT;
	bytes = l.count * 12;
	if (l.count > MOST && !wrong("list-count-wraps"))
		return -EINVAL;
	return copy(arg + sizeof(l), bytes);
}

long table_ioctl(unsigned int cmd, void __user *arg)
{
	switch (cmd) {
	case TABLE:
		return take_table(arg);
	case LONG_TABLE:
		return take_long_table(arg);
	case LIST:
		return take_list(arg);
	}
	return -ENOTTY;
}
