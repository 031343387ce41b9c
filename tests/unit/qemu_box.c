// SPDX-License-Identifier: GPL-2.0-only
/* What QEMU has given up when it starts, tried out by a child in its place. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fs.h"
#include "process.h"
#include "tap.h"
#include "vm/vm.h"

static char *dir, *ram, *other;
static struct sockaddr_in listening = {.sin_family = AF_INET};
static char shared_word[] = "as it was";

/* Runs @check in a child inside the box; true when it said so. */
static bool inside(const struct vm_spec *spec, bool (*check)(void))
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0)
		_exit(qemu_box_enter(spec) == 0 && check() ? 0 : 1);
	waitpid(pid, &status, 0);
	return status == 0;
}

static bool writes(const char *path, int flags)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0600);
	bool done = fd >= 0 && write(fd, "x", 1) == 1;

	if (fd >= 0)
		close(fd);
	return done;
}

static bool reads_and_writes_ram(void)
{
	int fd = open(ram, O_RDWR | O_CLOEXEC);

	return fd >= 0 && ftruncate(fd, 4096) == 0 && write(fd, "x", 1) == 1;
}

static bool writes_nothing_else(void)
{
	_cleanup_free_ char *fresh = xprintf("%s/fresh", dir);

	return !writes(other, 0) && !writes(fresh, O_CREAT) && unlink(other) < 0 &&
	       truncate(other, 0) < 0;
}

static bool has_no_capability(void)
{
	_cleanup_free_ char *status = NULL;

	return fs_read_file("/proc/self/status", &status, NULL) == 0 &&
	       strstr(status, "CapPrm:\t0000000000000000\n") &&
	       strstr(status, "CapEff:\t0000000000000000\n") &&
	       strstr(status, "CapInh:\t0000000000000000\n");
}

static bool gets_none_back(void)
{
	char *argv[] = {"grep", "-q", "^CapEff:.*[1-9a-f]", "/proc/self/status", NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	int status = -1;

	spec.argv = argv;
	return process_capture(&spec, -1, -1, &out, NULL, &status) == 0 && status == 1;
}

static bool has_no_new_privileges(void)
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool connects(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return fd >= 0 &&
	       connect(fd, (struct sockaddr *)&listening, sizeof(listening)) == 0;
}

static bool has_no_route(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	return fd >= 0 &&
	       connect(fd, (struct sockaddr *)&listening, sizeof(listening)) < 0;
}

static bool connects_not(void)
{
	return !connects();
}

static bool dumps_no_core(void)
{
	struct rlimit core, size;

	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 &&
	       getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_max == 64 << 20;
}

static int listen_somewhere(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(listening);

	listening.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bind(fd, (struct sockaddr *)&listening, sizeof(listening));
	listen(fd, 8);
	getsockname(fd, (struct sockaddr *)&listening, &len);
	return fd;
}

static void test_files(const struct vm_spec *spec, long landlock)
{
	ok(inside(spec, reads_and_writes_ram), "the guest's memory is written");
	if (landlock < 3)
		printf("# no Landlock here that knows truncate\n");
	else
		ok(inside(spec, writes_nothing_else), "nothing else is");
	ok(access(other, F_OK) == 0, "a file of the host is still there");
}

/* Root with the cache of another user, as by sudo. */
static void test_cache_of_another(const struct vm_spec *spec, long landlock)
{
	if (geteuid() != 0)
		return;
	ok(chmod(dir, 0700) == 0 && chown(dir, 65534, 65534) == 0 &&
		   chown(ram, 65534, 65534) == 0,
	   "a cache of another user");
	ok(inside(spec, reads_and_writes_ram), "the guest's memory in it is written");
	if (landlock >= 3)
		ok(inside(spec, writes_nothing_else), "and nothing else");
	ok(chown(dir, 0, 0) == 0 && chown(ram, 0, 0) == 0, "back to our own");
}

static void test_privileges(const struct vm_spec *spec)
{
	ok(inside(spec, has_no_capability), "no capability is left");
	ok(inside(spec, gets_none_back), "no program that is run gets one back");
	ok(inside(spec, has_no_new_privileges), "nor any other new privilege");
	ok(inside(spec, dumps_no_core), "cores and files are limited");
}

/* Root has a network namespace, a user has Landlock. */
static void test_network(const struct vm_spec *spec, long landlock)
{
	int fd = listen_somewhere();

	ok(connects(), "outside, a server of the host answers");
	if (geteuid() == 0 || landlock >= 4)
		ok(inside(spec, connects_not), "inside it is not reached");
	if (geteuid() == 0)
		ok(inside(spec, has_no_route), "root's has no network at all");
	close(fd);
}

/* The parent looks into the guest's memory while it runs. */
static void test_readable(const struct vm_spec *spec)
{
	int go[2], status = -1;
	char got[sizeof(shared_word)] = "", c = 0;
	struct iovec to = {got, sizeof(got)}, from = {shared_word, sizeof(got)};
	pid_t pid;

	if (!ok(pipe(go) == 0, "a pipe"))
		return;
	pid = fork();
	if (pid == 0) {
		memcpy(shared_word, "by child", 9);
		(void)!write(go[1], &c, qemu_box_enter(spec) == 0);
		pause();
	}
	close(go[1]);
	ok(read(go[0], &c, 1) == 1, "a child is inside");
	ok(process_vm_readv(pid, &to, 1, &from, 1, 0) == (ssize_t)sizeof(got),
	   "its memory is read");
	is_str(got, "by child", "and it is the child's");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	close(go[0]);
}

/* ---- QEMU's own filter ---- */

static char *fake_qemu(const char *name, const char *body)
{
	char *path = xprintf("%s/%s", dir, name);
	_cleanup_free_ char *text = xprintf("#!/bin/sh\n%s\n", body);

	fs_write_file(path, text, strlen(text), 0755);
	return path;
}

static void test_filter(void)
{
	struct lab lab = {.cache_dir = dir, .cancel_fd = -1};
	_cleanup_free_ char *count = xprintf("echo x >>%s/asked", dir);
	_cleanup_free_ char *body = xprintf("%s; exit 0", count);
	_cleanup_free_ char *good = fake_qemu("good", body);
	_cleanup_free_ char *poor =
		fake_qemu("poor", "echo 'no option group' >&2; exit 1");
	_cleanup_free_ char *asked = xprintf("%s/asked", dir);
	struct stat st;

	ok(lab_qemu_filters(&lab, good, false), "a QEMU that takes the filter gets it");
	ok(lab_qemu_filters(&lab, good, false), "again");
	ok(stat(asked, &st) == 0 && st.st_size == 2, "without being asked again");
	ok(!lab_qemu_filters(&lab, poor, false), "one that does not goes without");
	ok(!lab_qemu_filters(&lab, poor, false), "again");
	free(fake_qemu("poor", "exit 0"));
	ok(lab_qemu_filters(&lab, poor, false), "until it is another one");
	free(fake_qemu("poor", "exit 1"));
	ok(!lab_qemu_filters(&lab, poor, true), "or somebody wants to know");
}

int main(void)
{
	_cleanup_free_ char *made = xstrdup("/tmp/kmlab-test-box-XXXXXX");
	struct vm_spec spec = {.qemu = "/bin/sh", .incoming = true, .kernel = "/bin/sh"};
	long landlock = syscall(SYS_landlock_create_ruleset, NULL, 0,
				LANDLOCK_CREATE_RULESET_VERSION);

	dir = mkdtemp(made);
	if (!dir)
		return 1;
	ram = xprintf("%s/ram", dir);
	other = xprintf("%s/other", dir);
	fs_write_file(ram, "", 0, 0600);
	fs_write_file(other, "y", 1, 0600);
	spec.ram = ram;
	test_files(&spec, landlock);
	test_cache_of_another(&spec, landlock);
	test_privileges(&spec);
	test_network(&spec, landlock);
	test_readable(&spec);
	test_filter();
	fs_remove_tree(dir);
	free(ram);
	free(other);
	return tap_done();
}
