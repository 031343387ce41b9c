// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QEMU gives up before it runs a guest, so that a guest that breaks out of it finds
 * little: system calls (QEMU's own seccomp filter), new privileges, capabilities, the
 * network, writing to files, core dumps. All of it together costs a start less than a
 * millisecond. It stays readable to its parent, which looks into the guest's memory: no
 * user namespace, and it may be dumped.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fs.h"
#include "process.h"

#include "vm.h"

/* ---- QEMU's own filter ---- */

#define FILTER "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"

const char *qemu_filter_words(void)
{
	return FILTER;
}

/* A build without libseccomp does not know the option, and a kernel may refuse it. */
static bool try_filter(struct lab *lab, const char *qemu)
{
	char *argv[] = {(char *)qemu,
			(char *)"-machine",
			(char *)"none",
			(char *)"-nodefaults",
			(char *)"-no-user-config",
			(char *)"-sandbox",
			(char *)FILTER,
			(char *)"-device",
			(char *)"help",
			NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	int status = 1;

	spec.argv = argv;
	return !process_capture(&spec, 10000, lab->cancel_fd, &out, NULL, &status) &&
	       !status;
}

/* The answer holds for this file and until the next boot. */
static char *question(const char *qemu)
{
	_cleanup_free_ char *boot = NULL;
	struct stat st;

	if (stat(qemu, &st) < 0 ||
	    fs_read_file("/proc/sys/kernel/random/boot_id", &boot, NULL))
		return NULL;
	return xprintf("%s %lld %lld.%09ld %s" FILTER "\n", qemu, (long long)st.st_size,
		       (long long)st.st_ctim.tv_sec, st.st_ctim.tv_nsec, boot);
}

bool lab_qemu_filters(struct lab *lab, const char *qemu, bool refresh)
{
	_cleanup_free_ char *path = xprintf("%s/qemu-filter", lab->cache_dir);
	_cleanup_free_ char *asked = question(qemu), *known = NULL, *now = NULL;
	bool filters;

	if (!refresh && asked && !fs_read_file(path, &known, NULL) &&
	    str_starts(known, asked))
		return !strcmp(known + strlen(asked), "yes\n");
	filters = try_filter(lab, qemu);
	if (asked && !lab_cancelled(lab)) {
		now = xprintf("%s%s\n", asked, filters ? "yes" : "no");
		fs_write_file(path, now, strlen(now), 0600);
	}
	return filters;
}

/* ---- in the child, between fork and exec: system calls only ---- */

/* As in the kernel's header, which may be older than the kernel that runs. */
struct ruleset {
	uint64_t fs, net, scoped;
};

enum {
	LANDLOCK_REFER = 1 << 13,    /* from its second version on */
	LANDLOCK_TRUNCATE = 1 << 14, /* third */
	LANDLOCK_TCP = 3,	     /* fourth: bind, connect */
	LANDLOCK_SCOPES = 3,	     /* sixth: abstract sockets, signals */
};

static void allow_writing(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights};

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd >= 0)
		syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
			0);
}

/* Nothing is written but the guest's memory, no TCP, no abstract sockets, no signals to
 * others. Reading is left: what QEMU and its libraries read differs from build to build.
 * Where the kernel has no Landlock, this is left out. */
static void restrict_files(const char *ram)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0,
			       LANDLOCK_CREATE_RULESET_VERSION);
	uint64_t write =
		LANDLOCK_ACCESS_FS_WRITE_FILE | (version >= 3 ? LANDLOCK_TRUNCATE : 0);
	struct ruleset rules = {
		.fs = write | LANDLOCK_ACCESS_FS_REMOVE_DIR |
		      LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
		      LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
		      LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
		      LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM |
		      (version >= 2 ? LANDLOCK_REFER : 0),
		.net = version >= 4 ? LANDLOCK_TCP : 0,
		.scoped = version >= 6 ? LANDLOCK_SCOPES : 0,
	};
	size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
	int fd = version < 1 ? -1
			     : (int)syscall(SYS_landlock_create_ruleset, &rules, size, 0);

	if (fd < 0)
		return;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	allow_writing(fd, ram, write);
	allow_writing(fd, "/dev/kvm", write);
	allow_writing(fd, "/dev/null", write);
	syscall(SYS_landlock_restrict_self, fd, 0);
}

static int set_capabilities(uint64_t permitted, uint64_t effective)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {
		{.permitted = (uint32_t)permitted, .effective = (uint32_t)effective},
		{.permitted = (uint32_t)(permitted >> 32),
		 .effective = (uint32_t)(effective >> 32)},
	};

	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

static uint64_t permitted_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[2] = {{0}};

	syscall(SYS_capget, &header, data);
	return data[0].permitted | (uint64_t)data[1].permitted << 32;
}

static bool opens(const char *path, int mode)
{
	return !path || faccessat(AT_FDCWD, path, mode, AT_EACCESS) == 0;
}

/*
 * None is needed where root may open the files as their owner; in the cache of another
 * user (sudo) one is kept. Without new privileges exec gives none back.
 */
static int drop_capabilities(const struct vm_spec *s)
{
	uint64_t before = permitted_capabilities();
	uint64_t keep = before & 1ULL << CAP_DAC_OVERRIDE;
	int err = before ? set_capabilities(before, 0) : 0;

	if (!before || err)
		return err;
	if (opens(s->qemu, X_OK) && opens(s->ram, R_OK | W_OK) &&
	    opens(s->kernel, R_OK) && opens(s->initrd, R_OK))
		keep = 0;
	return set_capabilities(keep, keep);
}

int qemu_box_enter(const struct vm_spec *s)
{
	uint64_t written = s->incoming ? 0 : (uint64_t)s->memory_mib << 20;

	process_limit(RLIMIT_CORE, 0);
	process_limit(RLIMIT_FSIZE, written + (64 << 20));
	/* A user would need a user namespace for it, see above; Landlock keeps TCP off.
	 */
	if (geteuid() == 0)
		unshare(CLONE_NEWNET);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	restrict_files(s->ram);
	return drop_capabilities(s);
}
