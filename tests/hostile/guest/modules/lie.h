/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a module needs that wants to speak in the agent's place. Its init function runs in
 * a child that the agent has forked: the agent's descriptors are there under their
 * numbers, and its memory, with the secret, is this task's own. Frames as in
 * guest/proto.h.
 */
#ifndef LIE_H
#define LIE_H

#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

enum {
	VERSION = 3,
	HELLO = 2,
	PHASE = 3,
	COMMAND = 8,
	DONE = 16,
	PHASE_LOAD = 0,
	PHASE_TEST = 1,
	PHASE_UNLOAD = 2,
	PHASE_LEAK = 3,
	SECRET = 16,
};

struct frame {
	u32 magic;
	u16 version, type;
	u32 length;
};

struct start {
	u64 realtime_ns;
	u8 nonce[SECRET], secret[SECRET], entropy[64];
	u64 payload_size;
	u32 flags, settle_ms;
	u16 rows, cols;
	u32 pad;
};

struct done {
	u8 secret[SECRET], challenge[SECRET];
	u64 taint, log_lost, stdout_bytes, stderr_bytes;
	u32 partial, pad;
};

static struct file *lie_port;
static unsigned long lie_at; /* START in the agent's memory, and in ours */
static char __user *lie_page; /* the port takes and gives user memory only */

static void lie_say(u16 type, const void *data, u32 len)
{
	struct frame head = {0x424c4d4b, VERSION, type, len};
	loff_t pos = 0;

	if (copy_to_user(lie_page, &head, sizeof(head)) ||
	    copy_to_user(lie_page + sizeof(head), data, len))
		return;
	lie_port->f_op->write(lie_port, lie_page, sizeof(head) + len, &pos);
}

static void lie_phase(u32 phase)
{
	lie_say(PHASE, &phase, sizeof(phase));
}

/*
 * The answer to the last phase: we read it, or the agent does, in whose memory it comes
 * right after START.
 */
static void lie_challenge(u8 *ret)
{
	static const u8 none[SECRET];
	struct frame head;
	loff_t pos = 0;
	int i;

	for (i = 0; i < 2000; i++) {
		if (lie_port->f_op->read(lie_port, lie_page, sizeof(head) + SECRET,
					 &pos) == sizeof(head) + SECRET &&
		    !copy_from_user(ret, lie_page + sizeof(head), SECRET))
			return;
		access_process_vm(current->real_parent, lie_at + sizeof(struct start),
				  ret, SECRET, 0);
		if (memcmp(ret, none, SECRET))
			return;
		usleep_range(100, 200);
	}
}

static bool lie_find_port(void)
{
	int i;

	for (i = 3; i < 64; i++) {
		struct file *file = fget(i);
		const char *name = "";

		if (file)
			name = (const char *)file_dentry(file)->d_name.name;
		if (!strncmp(name, "vport", 5) && strstr(name, "p1")) {
			lie_port = file;
			return true;
		}
		if (file)
			fput(file);
	}
	return false;
}

static bool lie_find_start(struct start *ret)
{
	u64 now = ktime_get_real_ns();
	unsigned long at;

	for (at = current->mm->start_data & ~7UL; at < current->mm->brk; at += 8) {
		if (copy_from_user(ret, (void __user *)at, sizeof(*ret)))
			continue;
		if (ret->settle_ms == 10 && ret->rows == 24 && ret->cols == 80 &&
		    ret->realtime_ns < now && now - ret->realtime_ns < 600000000000ULL) {
			lie_at = at;
			return true;
		}
	}
	return false;
}

/* false: nothing was found, so that there is nothing to be seen either. */
static bool lie_begin(struct start *ret)
{
	unsigned long page = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, 0);

	if (IS_ERR_VALUE(page) || !lie_find_port() || !lie_find_start(ret)) {
		pr_info("found nothing\n");
		return false;
	}
	lie_page = (char __user *)page;
	return true;
}

/* The whole story of a job without a command, from the load on. */
static void lie_to_the_end(const struct start *start)
{
	struct done done = {{0}};

	THIS_MODULE->state = MODULE_STATE_LIVE; /* as if its load were over */
	lie_phase(PHASE_TEST);
	lie_phase(PHASE_UNLOAD);
	lie_phase(PHASE_LEAK);
	lie_challenge(done.challenge);
	memcpy(done.secret, start->secret, SECRET);
	lie_say(DONE, &done, sizeof(done));
}

#endif
