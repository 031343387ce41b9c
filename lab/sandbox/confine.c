// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the command gives up between fork and exec: capabilities, the way to new ones,
 * system calls that no build needs, and more than its share of a few resources.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/securebits.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "internal.h"
#include "process.h"

/* As in <linux/ioprio.h>, which is newer than the calls. */
#define IOPRIO_WHO_PROCESS 1

/* ---- system calls ---- */

/* Answered with EPERM. By name: the library knows which of them this architecture has,
 * and what it does not know yet has its number below. */
static const char *const forbidden[] = {
	/* the file tree, namespaces, the root directory */
	"mount", "umount", "umount2", "pivot_root", "chroot", "unshare", "setns",
	"fsopen", "fsmount", "fsconfig", "fspick", "move_mount", "open_tree",
	"open_tree_attr", "mount_setattr", "name_to_handle_at", "open_by_handle_at",
	"quotactl", "quotactl_fd", "swapon", "swapoff", "acct", "fanotify_init",
	/* the kernel itself */
	"init_module", "finit_module", "delete_module", "create_module", "kexec_load",
	"kexec_file_load", "reboot", "syslog", "bpf", "perf_event_open", "iopl", "ioperm",
	"lookup_dcookie", "nfsservctl", "uselib", "vhangup", "sethostname",
	"setdomainname", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex",
	/* other processes, also those of the same sandbox: the warden is one */
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise",
	"pidfd_getfd", "kcmp", "move_pages", "migrate_pages",
	/* keys belong to the user, not to a namespace */
	"keyctl", "add_key", "request_key",
	/* sockets: also those that lie as files in a tree that is shown; and pairs, which
	 * can be turned to one of these, and hold memory that nobody counts */
	"socket", "socketpair", "bind", "connect", "listen", "accept", "accept4", NULL};

/* Answered with ENOSYS, to which programs know another way. */
static const char *const missing[] = {
	/* A filter cannot look into what they point to. */
	"clone3", "openat2", "io_uring_setup", "io_uring_enter", "io_uring_register",
	/* memory that belongs to no process and would not be counted */
	"memfd_create", "memfd_secret", "shmget", "shmat", "shmctl", "semget", "semop",
	"semtimedop", "semctl", "msgget", "msgsnd", "msgrcv", "msgctl", "mq_open",
	"mq_unlink", "userfaultfd", NULL};

static struct scmp_arg_cmp is(unsigned int arg, uint64_t value)
{
	return (struct scmp_arg_cmp){arg, SCMP_CMP_EQ, value, 0};
}

static struct scmp_arg_cmp is_not(unsigned int arg, uint64_t value)
{
	return (struct scmp_arg_cmp){arg, SCMP_CMP_NE, value, 0};
}

static struct scmp_arg_cmp has(unsigned int arg, uint64_t mask, uint64_t value)
{
	return (struct scmp_arg_cmp){arg, SCMP_CMP_MASKED_EQ, mask, value};
}

/* The library may be older than the kernel; x86-64 is all that the lab runs on. */
static int number_of(const char *name)
{
	static const struct {
		const char *name;
		int nr;
	} newer[] = {{"process_madvise", 440}, {"mount_setattr", 442},
		     {"quotactl_fd", 443},     {"memfd_secret", 447},
		     {"fchmodat2", 452},       {"open_tree_attr", 467}};
	int nr = seccomp_syscall_resolve_name(name);

	for (size_t i = 0; i < sizeof(newer) / sizeof(*newer); i++)
		if (nr < 0 && !strcmp(name, newer[i].name))
			return newer[i].nr;
	return nr;
}

static int add_list(scmp_filter_ctx ctx, const char *const *names, int err)
{
	for (; *names; names++) {
		int nr = number_of(*names);
		int rc = nr == __NR_SCMP_ERROR
				 ? 0
				 : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(err), nr, 0);

		/* One that exists on other architectures only. */
		if (rc && rc != -EDOM)
			return rc;
	}
	return 0;
}

static int deny_bits(scmp_filter_ctx ctx, const char *name, unsigned int arg,
		     uint64_t bits)
{
	int nr = number_of(name);

	if (nr == __NR_SCMP_ERROR)
		return 0;
	return seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 1, has(arg, bits, bits));
}

static int deny_namespaces(scmp_filter_ctx ctx)
{
	static const unsigned int flags[] = {CLONE_NEWNS,  CLONE_NEWCGROUP, CLONE_NEWUTS,
					     CLONE_NEWIPC, CLONE_NEWUSER,   CLONE_NEWPID,
					     CLONE_NEWNET};
	int rc = 0;

	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags) && !rc; i++)
		rc = deny_bits(ctx, "clone", 0, flags[i]);
	return rc;
}

/* A thread with files of its own would have some that the warden does not see. */
static int deny_own_files(scmp_filter_ctx ctx)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
				  has(0, CLONE_THREAD | CLONE_FILES, CLONE_THREAD));

	return rc ? rc : deny_bits(ctx, "close_range", 2, CLOSE_RANGE_UNSHARE);
}

/* In the cache a program with these bits would be root's or the user's own, for
 * whoever finds it. */
static int deny_set_id(scmp_filter_ctx ctx, uint64_t bit)
{
	static const struct {
		const char *name;
		unsigned int mode;
	} calls[] = {{"chmod", 1},     {"fchmod", 1},  {"fchmodat", 2},
		     {"fchmodat2", 2}, {"mkdir", 1},   {"mkdirat", 2},
		     {"mknod", 1},     {"mknodat", 2}, {"creat", 1}};
	static const uint64_t makes[] = {O_CREAT, O_TMPFILE & ~O_DIRECTORY};
	int rc = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls) && !rc; i++)
		rc = deny_bits(ctx, calls[i].name, calls[i].mode, bit);
	for (size_t i = 0; i < 2 && !rc; i++) {
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 2,
				      has(1, makes[i], makes[i]), has(2, bit, bit));
		if (!rc)
			rc = seccomp_rule_add(
				ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 2,
				has(2, makes[i], makes[i]), has(3, bit, bit));
	}
	return rc;
}

/* Commands that put characters into a terminal's input, should one ever be in reach; the
 * kernel looks at 32 bits of the number only. */
static int deny_terminal(scmp_filter_ctx ctx)
{
	static const unsigned int commands[] = {TIOCSTI, TIOCLINUX, TIOCSCTTY};
	int rc = 0;

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands) && !rc; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioctl), 1,
				      has(1, 0xffffffff, commands[i]));
	return rc;
}

/* Only for itself: the warden has the same user id, and shall keep its files and time. */
static int deny_others(scmp_filter_ctx ctx)
{
	static const struct {
		const char *name;
		unsigned int arg; /* the process, 0 for the caller */
	} calls[] = {{"prlimit64", 0},	       {"sched_setscheduler", 0},
		     {"sched_setattr", 0},     {"sched_setparam", 0},
		     {"sched_setaffinity", 0}, {"setpriority", 1},
		     {"ioprio_set", 1}};
	int rc = 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls) && !rc; i++)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM),
				      number_of(calls[i].name), 1,
				      is_not(calls[i].arg, 0));
	/* All processes of the user, or of the group. */
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setpriority),
				      2, is_not(0, PRIO_PROCESS), is(1, 0));
	if (!rc)
		rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(ioprio_set), 2,
				      is_not(0, IOPRIO_WHO_PROCESS), is(1, 0));
	return rc;
}

/* See limit_resources(): a change seems to succeed. */
static int keep_core_limit(scmp_filter_ctx ctx)
{
	int rc = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(0), SCMP_SYS(setrlimit), 1,
				  is(0, RLIMIT_CORE));

	return rc ? rc
		  : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(0), SCMP_SYS(prlimit64), 3,
				     is(0, 0), is(1, RLIMIT_CORE), is_not(2, 0));
}

static int load_filter(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int rc = ctx ? 0 : -ENOMEM;

	/* 32-bit calls have other numbers; no tool of a build root makes any. */
	if (!rc)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
				      SCMP_ACT_ERRNO(ENOSYS));
	/* A tree, not a list: openat(2) has rules, and builds open many files. */
	if (!rc)
		rc = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (!rc)
		rc = add_list(ctx, forbidden, EPERM);
	if (!rc)
		rc = add_list(ctx, missing, ENOSYS);
	if (!rc)
		rc = deny_namespaces(ctx);
	if (!rc)
		rc = deny_own_files(ctx);
	if (!rc)
		rc = deny_set_id(ctx, S_ISUID);
	if (!rc)
		rc = deny_set_id(ctx, S_ISGID);
	if (!rc)
		rc = deny_terminal(ctx);
	if (!rc)
		rc = deny_others(ctx);
	if (!rc)
		rc = keep_core_limit(ctx);
	if (!rc)
		rc = seccomp_load(ctx);
	if (ctx)
		seccomp_release(ctx);
	return rc;
}

/* ---- capabilities ---- */

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
	const struct __user_cap_data_struct none[2] = {{0}, {0}};

	for (int cap = 0; prctl(PR_CAPBSET_DROP, cap) == 0; cap++)
		;
	if (errno != EINVAL) /* past the last one */
		return -1;
	if (prctl(PR_SET_SECUREBITS,
		  SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
			  SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
			  SECBIT_NO_CAP_AMBIENT_RAISE |
			  SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED) < 0)
		return -1;
	return (int)syscall(SYS_capset, &head, none);
}

/* ---- resources ---- */

/* Since 5.14 processes are counted in their own user namespace; before, with all that
 * the user runs elsewhere. Root's are never counted: the warden counts for both. */
static bool counts_own_processes(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname u;

	if (uname(&u) < 0 || sscanf(u.release, "%u.%u", &major, &minor) != 2)
		return false;
	return major > 5 || (major == 5 && minor >= 14);
}

/* Each alone; the sum is the warden's business. */
static void limit_resources(const struct lab_limits *limits)
{
	/* Where core_pattern is a program, which the kernel starts outside as root, 0
	 * does not keep it from that; 1 does (core(5)), and no file is made either. */
	process_limit(RLIMIT_CORE, 1);
	process_limit(RLIMIT_MEMLOCK, 64 << 10);
	process_limit(RLIMIT_MSGQUEUE, 0);
	process_limit(RLIMIT_NOFILE, 1024); /* pipes hold memory that nobody counts */
	/* More than the warden counts to: it has the sentence. */
	process_limit(RLIMIT_DATA, 2 * limits->memory);
	process_limit(RLIMIT_FSIZE, 2 * limits->disk);
	if (counts_own_processes())
		process_limit(RLIMIT_NPROC,
			      limits->processes + limits->processes / 4 + 64);
}

int sandbox_confine(struct boxed_run *job)
{
	int rc;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return sandbox_fail(job, STAGE_CONFINE, "no_new_privs");
	if (job->unboxed)
		return 0;
	syscall(SYS_close_range, 3, ~0U, 0);
	limit_resources(&job->limits);
	if (drop_capabilities() < 0)
		return sandbox_fail(job, STAGE_CONFINE, "capset");
	rc = load_filter();
	if (rc) {
		errno = -rc;
		return sandbox_fail(job, STAGE_CONFINE, "seccomp");
	}
	return 0;
}
