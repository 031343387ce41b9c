// SPDX-License-Identifier: GPL-2.0-only
/* /proc/careless: a fixed text. */
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/proc_fs.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "careless.h"

static const char text[] =
	"Every reader sees this text, whichever way it is read.\n"
	"It is long enough for small reads and short enough for one page.\n";

#define TEXT_SIZE (sizeof(text) - 1)

static bool text_done; /* of all readers, which is the mistake */
static char text_buffer[TEXT_SIZE]; /* of all readers, without a lock */

/* How it should be. */
static ssize_t read_well(char __user *buf, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(buf, count, pos, text, TEXT_SIZE);
}

/* As in many a course. */
static ssize_t read_all_or_nothing(char __user *buf, size_t count, loff_t *pos)
{
	if (*pos > 0 || count < TEXT_SIZE)
		return 0;
	return read_well(buf, count, pos);
}

static ssize_t read_no_end(char __user *buf, size_t count, loff_t *pos)
{
	*pos = 0;
	return read_well(buf, count, pos);
}

static ssize_t read_done_for_all(char __user *buf, size_t count, loff_t *pos)
{
	text_done = !text_done;
	return text_done ? read_well(buf, count, pos) : 0;
}

static ssize_t read_ignoring_count(char __user *buf, size_t count, loff_t *pos)
{
	return read_well(buf, count ? TEXT_SIZE : 0, pos);
}

static ssize_t read_claiming_too_much(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	return n > 0 ? count : n;
}

/* What copy_to_user returns is not what a read should return. */
static ssize_t read_returning_the_rest(char __user *buf, size_t count, loff_t *pos)
{
	return copy_to_user(buf, text, min_t(size_t, count, TEXT_SIZE));
}

static ssize_t read_ending_with_an_error(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	return n > 0 && *pos == TEXT_SIZE ? -EIO : n;
}

/* The zero that ends a string is copied, and not counted. */
static ssize_t read_with_its_zero(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	if (n > 0 && n < count && put_user(0, buf + n))
		return -EFAULT;
	return n;
}

/* Records of a letter and a number; between them is what the compiler left free. */
static ssize_t read_records(char __user *buf, size_t count, loff_t *pos)
{
	struct record {
		char letter;
		u32 number;
	} __user *to = (struct record __user *)buf;
	ssize_t n;

	if (count < sizeof(*to))
		return -EINVAL;
	count = min(count, 50 * sizeof(*to));
	for (n = 0; n + sizeof(*to) <= count; n += sizeof(*to), to++)
		if (put_user('a', &to->letter) || put_user(jiffies, &to->number))
			return -EFAULT;
	return n;
}

/* The rest of copy_to_user's result is what matters, and nobody looks. */
static ssize_t read_unchecked(char __user *buf, size_t count, loff_t *pos)
{
	if (*pos >= TEXT_SIZE)
		return 0;
	count = min_t(size_t, count, TEXT_SIZE - *pos);
	if (copy_to_user(buf, text + *pos, count))
		pr_debug("who cares\n");
	*pos += count;
	return count;
}

/* -1 is -EPERM. */
static ssize_t read_minus_one(char __user *buf, size_t count, loff_t *pos)
{
	ssize_t n = read_well(buf, count, pos);

	return n < 0 ? -1 : n;
}

/* Made, and copied a little later; in between another reader makes it anew. */
static ssize_t read_one_buffer(char __user *buf, size_t count, loff_t *pos)
{
	memset(text_buffer, 0, TEXT_SIZE);
	usleep_range(20, 50);
	memcpy(text_buffer, text, TEXT_SIZE);
	usleep_range(20, 50);
	return simple_read_from_buffer(buf, count, pos, text_buffer, TEXT_SIZE);
}

/* ---- what only looks like a mistake ---- */

static ssize_t read_random(char __user *buf, size_t count, loff_t *pos)
{
	char data[256];

	count = min(count, sizeof(data));
	get_random_bytes(data, count);
	return copy_to_user(buf, data, count) ? -EFAULT : count;
}

/*
 * Negative numbers. Those near -2^31 look like addresses of the kernel's code; others are
 * made to look like one of memory, when parts of two of them are put together.
 */
static ssize_t read_numbers(char __user *buf, size_t count, loff_t *pos)
{
	void *memory = kmalloc(8, GFP_KERNEL);
	s64 data[32];
	int i;

	get_random_bytes(data, sizeof(data));
	for (i = 0; i < ARRAY_SIZE(data); i++)
		data[i] = i % 8 ? (s32)data[i] : -i;
	for (i = 0; i < ARRAY_SIZE(data); i += 8) {
		data[i + 1] = i;
		data[i + 2] = (s32)((unsigned long)memory >> 16);
	}
	kfree(memory);
	count = min(count, sizeof(data));
	return copy_to_user(buf, data, count) ? -EFAULT : count;
}

static ssize_t read_hashed(char __user *buf, size_t count, loff_t *pos)
{
	char line[64];
	int n = scnprintf(line, sizeof(line), "%p %p\n", text, line);

	return simple_read_from_buffer(buf, count, pos, line, n);
}

/* ---- addresses of the kernel ---- */

struct entry {
	u8 kind;
	struct list_head others;
} __packed;

static ssize_t read_entry(char __user *buf, size_t count, loff_t *pos)
{
	struct entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	ssize_t n;

	if (!entry)
		return -ENOMEM;
	entry->others.next = (struct list_head *)entry;
	entry->others.prev = (struct list_head *)entry;
	n = simple_read_from_buffer(buf, count, pos, entry, sizeof(*entry));
	kfree(entry);
	return n;
}

#ifndef __has_attribute
#define __has_attribute(x) 0
#endif

/* Newer kernels clear what is on the stack, unless they are told not to. */
#if __has_attribute(uninitialized)
#define OLD __attribute__((uninitialized))
#else
#define OLD
#endif

static ssize_t read_old_stack(char __user *buf, size_t count, loff_t *pos)
{
	char data[300] OLD;
	size_t n = min(count, sizeof(data));

	strscpy(data, "hello", sizeof(data));
	OPTIMIZER_HIDE_VAR(n);
	if (copy_to_user(buf, data, n))
		return -EFAULT;
	return n;
}

static ssize_t read_own_stack(char __user *buf, size_t count, loff_t *pos)
{
	struct {
		u64 n;
		void *self;
	} data = { 1, &data };

	return simple_read_from_buffer(buf, count, pos, &data, sizeof(data));
}

static ssize_t read_return(char __user *buf, size_t count, loff_t *pos)
{
	unsigned long caller = _RET_IP_;

	return simple_read_from_buffer(buf, count, pos, &caller, sizeof(caller));
}

static ssize_t read_symbol(char __user *buf, size_t count, loff_t *pos)
{
	const void *data[] = { noop_llseek, NULL };

	return simple_read_from_buffer(buf, count, pos, data, sizeof(data));
}

static ssize_t read_pointer_as_text(char __user *buf, size_t count, loff_t *pos)
{
	char line[64];
	int n = scnprintf(line, sizeof(line), "it is at 0x%016lx, you see\n", (long)text);

	return simple_read_from_buffer(buf, count, pos, line, n);
}

static const struct {
	const char *mistake;
	ssize_t (*read)(char __user *buf, size_t count, loff_t *pos);
} readers[] = {
	{ "text-all-or-nothing", read_all_or_nothing },
	{ "text-no-end", read_no_end },
	{ "text-done-for-all", read_done_for_all },
	{ "text-ignores-count", read_ignoring_count },
	{ "text-claims-too-much", read_claiming_too_much },
	{ "text-returns-the-rest", read_returning_the_rest },
	{ "text-ends-with-error", read_ending_with_an_error },
	{ "text-with-zero", read_with_its_zero },
	{ "text-records", read_records },
	{ "text-unchecked", read_unchecked },
	{ "text-minus-one", read_minus_one },
	{ "text-one-buffer", read_one_buffer },
	{ "fine-random", read_random },
	{ "fine-numbers", read_numbers },
	{ "fine-hashed", read_hashed },
	{ "leaks-entry", read_entry },
	{ "leaks-old-stack", read_old_stack },
	{ "leaks-own-stack", read_own_stack },
	{ "leaks-return", read_return },
	{ "leaks-symbol", read_symbol },
	{ "leaks-text", read_pointer_as_text },
};

static ssize_t text_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(readers); i++)
		if (wrong(readers[i].mistake))
			return readers[i].read(buf, count, pos);
	return read_well(buf, count, pos);
}

static loff_t text_lseek(struct file *file, loff_t off, int whence)
{
	if (wrong("text-lseek-unchecked") && whence == SEEK_SET) {
		file->f_pos = off;
		return off;
	}
	if (wrong("text-lseek-moves") && off < 0)
		file->f_pos = 1;
	return fixed_size_llseek(file, off, whence, TEXT_SIZE);
}

const struct proc_ops text_ops = {
	.proc_read = text_read,
	.proc_lseek = text_lseek,
};
