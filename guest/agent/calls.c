// SPDX-License-Identifier: GPL-2.0-only
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "calls.h"

#define MAX_TASKS 32

/* As <linux/ptrace.h> has them; C libraries differ in their names for it. */
enum { GET_SYSCALL_INFO = 0x420e, AT_ENTRY = 1, AT_EXIT = 2, EVENT_STOP = 128 };

struct info {
	uint8_t op, pad[3];
	uint32_t arch;
	uint64_t ip, sp;
	union {
		struct {
			uint64_t nr, args[6];
		} entry;
		struct {
			int64_t value;
			uint8_t is_error;
		} exit;
	};
};

/* Calls that may wait, or that programs repeat. @fd, @count: which of the arguments are
 * the descriptor and the number of bytes, counted from 1; 0: none. */
static const struct call {
	long number;
	const char *name;
	uint8_t fd, count;
} calls[] = {
	{SYS_read, "read", 1, 3},
	{SYS_write, "write", 1, 3},
	{SYS_pread64, "pread", 1, 3},
	{SYS_pwrite64, "pwrite", 1, 3},
	{SYS_readv, "readv", 1, 0},
	{SYS_writev, "writev", 1, 0},
	{SYS_preadv, "preadv", 1, 0},
	{SYS_pwritev, "pwritev", 1, 0},
	{SYS_sendfile, "sendfile", 2, 4},
	{SYS_splice, "splice", 1, 5},
	{SYS_copy_file_range, "copy_file_range", 1, 5},
	{SYS_getdents64, "getdents", 1, 0},
	{SYS_lseek, "lseek", 1, 0},
	{SYS_ioctl, "ioctl", 1, 0},
	{SYS_fcntl, "fcntl", 1, 0},
	{SYS_fsync, "fsync", 1, 0},
	{SYS_fdatasync, "fdatasync", 1, 0},
	{SYS_flock, "flock", 1, 0},
	{SYS_fstat, "fstat", 1, 0},
	{SYS_close, "close", 1, 0},
	{SYS_mmap, "mmap", 5, 0},
	{SYS_munmap, "munmap", 0, 0},
	{SYS_sendto, "sendto", 1, 0},
	{SYS_recvfrom, "recvfrom", 1, 0},
	{SYS_sendmsg, "sendmsg", 1, 0},
	{SYS_recvmsg, "recvmsg", 1, 0},
	{SYS_accept, "accept", 1, 0},
	{SYS_accept4, "accept", 1, 0},
	{SYS_connect, "connect", 1, 0},
	{SYS_shutdown, "shutdown", 1, 0},
	{SYS_epoll_wait, "epoll_wait", 0, 0},
	{SYS_epoll_pwait, "epoll_wait", 0, 0},
	{SYS_poll, "poll", 0, 0},
	{SYS_ppoll, "poll", 0, 0},
	{SYS_select, "select", 0, 0},
	{SYS_pselect6, "select", 0, 0},
	{SYS_open, "open", 0, 0},
	{SYS_openat, "open", 0, 0},
	{SYS_stat, "stat", 0, 0},
	{SYS_lstat, "stat", 0, 0},
	{SYS_newfstatat, "stat", 0, 0},
	{SYS_mount, "mount", 0, 0},
	{SYS_umount2, "umount", 0, 0},
	{SYS_unlink, "unlink", 0, 0},
	{SYS_unlinkat, "unlink", 0, 0},
	{SYS_init_module, "init_module", 0, 0},
	{SYS_finit_module, "init_module", 0, 0},
	{SYS_delete_module, "delete_module", 0, 0},
	{SYS_execve, "execve", 0, 0},
	{SYS_exit_group, "exit", 0, 0},
	{SYS_futex, "futex", 0, 0},
	{SYS_nanosleep, "sleep", 0, 0},
	{SYS_clock_nanosleep, "sleep", 0, 0},
	{SYS_pause, "pause", 0, 0},
	{SYS_rt_sigsuspend, "sigsuspend", 0, 0},
	{SYS_rt_sigtimedwait, "sigwait", 0, 0},
	{SYS_sched_yield, "sched_yield", 0, 0},
	{SYS_restart_syscall, "restart_syscall", 0, 0},
	{SYS_wait4, "wait", 0, 0},
	{SYS_waitid, "wait", 0, 0},
};

static struct calls_task tasks[MAX_TASKS];
static unsigned int n_tasks;

static const struct call *find_call(long number)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

const char *calls_name(long number)
{
	static char text[40];
	const struct call *c = find_call(number);

	if (c)
		return c->name;
	snprintf(text, sizeof(text), "system call %ld", number);
	return text;
}

long calls_about(long number, const uint64_t *args)
{
	const struct call *c = find_call(number);

	return c && c->fd ? (int)args[c->fd - 1] : -1;
}

static struct calls_task *find_task(pid_t tid)
{
	for (unsigned int i = 0; i < n_tasks; i++)
		if (tasks[i].tid == tid)
			return &tasks[i];
	return NULL;
}

const struct calls_task *calls_watch(pid_t tid)
{
	if (n_tasks == MAX_TASKS ||
	    ptrace(PTRACE_SEIZE, tid, NULL, (void *)PTRACE_O_TRACESYSGOOD) < 0)
		return NULL;
	tasks[n_tasks] = (struct calls_task){.tid = tid};
	ptrace(PTRACE_INTERRUPT, tid, NULL, NULL);
	return &tasks[n_tasks++];
}

static void begin_call(struct calls_task *t, const struct info *info)
{
	const struct call *c = find_call((long)info->entry.nr);

	t->inside = true;
	t->now = (struct calls_kind){
		.number = (long)info->entry.nr,
		.fd = calls_about((long)info->entry.nr, info->entry.args),
		.asked = c && c->count ? info->entry.args[c->count - 1] : UINT64_MAX,
	};
}

static struct calls_kind *kind_of(struct calls_task *t, const struct calls_kind *like)
{
	struct calls_kind *k = t->kinds;

	for (; k < t->kinds + t->n_kinds; k++)
		if (k->number == like->number && k->fd == like->fd)
			return k;
	if (t->n_kinds == CALLS_KINDS)
		return NULL;
	*k = *like;
	k->least = INT64_MAX;
	k->most = INT64_MIN;
	t->n_kinds++;
	return k;
}

static void end_call(struct calls_task *t, int64_t value)
{
	struct calls_kind *k = t->inside ? kind_of(t, &t->now) : NULL;

	t->inside = false;
	if (!k)
		return;
	k->seen++;
	if (t->now.asked < k->asked)
		k->asked = t->now.asked;
	if (value < k->least)
		k->least = value;
	if (value > k->most)
		k->most = value;
}

static void at_call(struct calls_task *t)
{
	struct info info = {0};

	if (ptrace(GET_SYSCALL_INFO, t->tid, (void *)sizeof(info), &info) <= 0)
		return;
	if (info.op == AT_ENTRY)
		begin_call(t, &info);
	else if (info.op == AT_EXIT)
		end_call(t, info.exit.value);
}

void calls_stopped(pid_t tid, int status)
{
	struct calls_task *t = find_task(tid);
	int sig = WSTOPSIG(status), pass = 0;

	if (!t)
		return;
	t->stopped = true;
	if (sig == (SIGTRAP | 0x80)) {
		at_call(t);
	} else if (status >> 16 != EVENT_STOP) {
		pass = sig; /* a signal of its own, on its way to it */
	} else if (sig != SIGTRAP) {
		ptrace(PTRACE_LISTEN, tid, NULL, NULL); /* it was stopped before */
		return;
	}
	ptrace(PTRACE_SYSCALL, tid, NULL, (void *)(long)pass);
}

static bool is_clear(const struct calls_task *t)
{
	for (unsigned int i = 0; i < t->n_kinds; i++)
		if (t->kinds[i].seen >= CALLS_ENOUGH)
			return true;
	return false;
}

bool calls_begun(void)
{
	for (unsigned int i = 0; i < n_tasks; i++)
		if (tasks[i].n_kinds && !is_clear(&tasks[i]))
			return true;
	return false;
}

bool calls_enough(void)
{
	for (unsigned int i = 0; i < n_tasks; i++)
		if (!is_clear(&tasks[i]))
			return false;
	return true;
}
