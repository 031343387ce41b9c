// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four processes: the caller; a keeper, which lets the third into its namespaces, waits
 * for it and passes its status on; the warden, process 1 of the new PID namespace, which
 * makes the file tree and watches the limits; and the command. Each dies with the one
 * before, and everything the command started dies with the warden.
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"
#include "process.h"

int sandbox_write(const char *path, const char *text)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	return write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

static int write_map(pid_t pid, const char *kind, unsigned int outside)
{
	char path[64], map[64];

	snprintf(path, sizeof(path), "/proc/%d/%s_map", (int)pid, kind);
	snprintf(map, sizeof(map), "%u %u 1\n", (unsigned int)SANDBOX_ID, outside);
	return sandbox_write(path, map);
}

/* One id each, whoever calls: the rest of the host's ids mean nothing inside. */
static int write_maps(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/setgroups", (int)pid);
	if (sandbox_write(path, "deny") < 0 || write_map(pid, "uid", geteuid()) < 0)
		return -1;
	return write_map(pid, "gid", getegid());
}

/* ---- the command ---- */

static void __attribute__((noreturn)) exec_command(struct boxed_run *job)
{
	char pwd[PATH_MAX + sizeof("PWD=")];
	char *const env[] = {
		pwd,
		"PATH=/run/kmlab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		"/sbin:/bin",
		"LC_ALL=C",
		"HOME=/run/kmlab",
		"TMPDIR=/run/kmlab/tmp",
		"SHELL=/bin/sh",
		"TERM=dumb",
		NULL};

	/* As a shell has it, where the user would type 'make': Makefiles use $(PWD). */
	snprintf(pwd, sizeof(pwd), "PWD=%s", job->cwd);
	/* execvpe looks through PATH of the environment it is called in, not the new. */
	environ = (char **)env;
	execvpe(job->argv[0], job->argv, env);
	sandbox_fail(job, STAGE_EXEC, job->argv[0]);
	_exit(127);
}

static void __attribute__((noreturn)) command_main(struct boxed_run *job)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid(); /* no terminal that a key could be pushed into */
	umask(022);
	if (chdir(job->cwd) < 0)
		sandbox_fail(job, STAGE_EXEC, job->cwd);
	else if (sandbox_confine(job) == 0)
		exec_command(job);
	_exit(127);
}

/* ---- the warden ---- */

static pid_t clone_into(unsigned long flags)
{
	return (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, 0);
}

static pid_t start_command(struct boxed_run *job)
{
	pid_t pid = clone_into(0);

	if (pid == 0)
		command_main(job);
	if (pid < 0)
		sandbox_fail(job, STAGE_EXEC, job->argv[0]);
	return pid;
}

static void __attribute__((noreturn)) warden_main(struct boxed_run *job, int go)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* No byte: the keeper has died, or could not write the maps. */
	if (read(go, &byte, 1) != 1)
		_exit(127);
	/* The caller waits for its pipes to close, and its locks are its own. */
	syscall(SYS_close_range, 3, ~0U, 0);
	if (sandbox_tree(job))
		_exit(127);
	/* Not to be read or traced by what it watches. */
	prctl(PR_SET_DUMPABLE, 0);
	sandbox_warden(job, start_command);
}

/* ---- the keeper ---- */

static void __attribute__((noreturn)) keeper_wait(pid_t pid)
{
	int raw;

	/* The caller waits for its pipes to close: only the command shall hold them. */
	syscall(SYS_close_range, 0, ~0U, 0);
	while (waitpid(pid, &raw, 0) < 0)
		if (errno != EINTR)
			_exit(127);
	_exit(process_status(raw));
}

static pid_t clone_warden(struct boxed_run *job)
{
	unsigned long flags = CLONE_NEWNS | CLONE_NEWPID;
	pid_t pid;

	if (!job->unboxed)
		flags |= CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
	pid = clone_into(flags | CLONE_NEWUSER);
	if (pid >= 0 || !job->unboxed || geteuid() != 0)
		return pid;
	/* Without a box root can do without. */
	job->own_user_ns = false;
	return clone_into(flags);
}

int sandbox_keeper(void *data)
{
	struct boxed_run *job = data;
	int go[2];
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		return sandbox_fail(job, STAGE_NAMESPACE, "pipe");
	/* Root's groups; others cannot give theirs up, nor need to: nothing that they
	 * open is shown. */
	(void)!setgroups(0, NULL);
	/* The first to be killed when the host has no memory left. */
	(void)sandbox_write("/proc/self/oom_score_adj", "1000");
	pid = clone_warden(job);
	if (pid < 0)
		return sandbox_fail(job, STAGE_NAMESPACE, "clone");
	if (pid == 0) {
		close(go[1]);
		warden_main(job, go[0]);
	}
	if (job->own_user_ns && write_maps(pid) < 0) {
		sandbox_fail(job, STAGE_NAMESPACE, "uid_map");
		kill(pid, SIGKILL);
		keeper_wait(pid);
	}
	if (write(go[1], "", 1) != 1)
		kill(pid, SIGKILL);
	keeper_wait(pid);
}
