// SPDX-License-Identifier: GPL-2.0-only
/* Child processes; see process.h for the rules. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "fs.h"
#include "process.h"

static int open_null(int fd)
{
	return fd >= 0 ? fd : open("/dev/null", O_RDWR | O_CLOEXEC);
}

/* Puts three descriptors at 0, 1, 2, whatever numbers they have now. */
static int place_stdio(const struct process_spec *spec)
{
	int want[3] = {spec->in, spec->out, spec->err};

	for (int i = 0; i < 3; i++) {
		want[i] = open_null(want[i]);
		if (want[i] < 0)
			return -errno;
		/* Moves it out of the way of the numbers that are about to be used. */
		want[i] = fcntl(want[i], F_DUPFD_CLOEXEC, 10);
		if (want[i] < 0)
			return -errno;
	}
	for (int i = 0; i < 3; i++)
		if (dup2(want[i], i) < 0)
			return -errno;
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static int child_prepare(const struct process_spec *spec, pid_t parent)
{
	int err;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return -ESRCH; /* the parent died before the line above */
	reset_signals();
	err = place_stdio(spec);
	if (err)
		return err;
	if (spec->keep_fd >= 0 && fcntl(spec->keep_fd, F_SETFD, 0) < 0)
		return -errno;
	if (spec->cwd && chdir(spec->cwd) < 0)
		return -errno;
	if (spec->setup && spec->setup(spec->data) < 0)
		_exit(127);
	return 0;
}

static void __attribute__((noreturn))
child_main(const struct process_spec *spec, pid_t parent, int error_fd)
{
	int err = child_prepare(spec, parent);

	if (!err) {
		execvpe(spec->argv[0], spec->argv, spec->env ? spec->env : environ);
		err = -errno;
	}
	(void)!write(error_fd, &err, sizeof(err));
	_exit(127);
}

int process_start(const struct process_spec *spec, pid_t *ret)
{
	_cleanup_close_ int error_read = -1;
	int pipes[2], err = 0;
	pid_t pid, parent = getpid();

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	error_read = pipes[0];
	pid = fork();
	if (pid == 0)
		child_main(spec, parent, pipes[1]);
	close(pipes[1]);
	if (pid < 0)
		return -errno;
	setpgid(pid, pid); /* the child does the same; the first one wins */
	/* The pipe closes on a successful exec; else the errno comes through it. */
	if (read(error_read, &err, sizeof(err)) == sizeof(err)) {
		waitpid(pid, NULL, 0);
		return err;
	}
	*ret = pid;
	return 0;
}

int process_status(int raw)
{
	return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

int process_wait(pid_t pid, int timeout_ms, int cancel_fd, int *status)
{
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd fds[2] = {{fd, POLLIN, 0}, {cancel_fd, POLLIN, 0}};
	int raw, n;

	if (fd < 0)
		return -errno;
	do
		n = poll(fds, 2, timeout_ms);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ETIMEDOUT;
	if (!fds[0].revents)
		return -ECANCELED;
	while (waitpid(pid, &raw, 0) < 0)
		if (errno != EINTR)
			return -errno;
	*status = process_status(raw);
	return 0;
}

void process_kill(pid_t pid, int grace_ms)
{
	int status;

	if (pid <= 0)
		return;
	if (grace_ms > 0) {
		kill(-pid, SIGTERM);
		if (process_wait(pid, grace_ms, -1, &status) == 0) {
			kill(-pid, SIGKILL); /* what it left behind */
			return;
		}
	}
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	process_wait(pid, -1, -1, &status);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void drain(struct pollfd *fd, struct text *into)
{
	char buffer[65536];
	ssize_t n = read(fd->fd, buffer, sizeof(buffer));

	if (n > 0)
		text_add(into, buffer, (size_t)n);
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		fd->fd = -1; /* poll ignores it from now on */
}

#define STEP_MS 250

/* Reads both pipes until they close, time is up, or the user stops us. */
static int pump(int out_fd, int err_fd, int timeout_ms, int cancel_fd, uint64_t most,
		struct text *out, struct text *err)
{
	struct pollfd fds[3] = {
		{out_fd, POLLIN, 0}, {err_fd, POLLIN, 0}, {cancel_fd, POLLIN, 0}};
	double left = timeout_ms, before = now_ms(), step;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (timeout_ms >= 0 && left <= 0)
			return -ETIMEDOUT;
		if (poll(fds, 3, timeout_ms < 0 ? -1 : STEP_MS) < 0 && errno != EINTR)
			return -errno;
		/* Time in which the whole machine stood still does not count against the
		 * child. */
		step = now_ms() - before;
		before += step;
		left -= step < 2 * STEP_MS ? step : 2 * STEP_MS;
		if (fds[2].revents)
			return -ECANCELED;
		if (fds[0].revents)
			drain(&fds[0], out);
		if (fds[1].revents)
			drain(&fds[1], err);
		if (most && out->len + (err != out ? err->len : 0) > most)
			return -EMSGSIZE;
	}
	return 0;
}

int process_capture(const struct process_spec *given, int timeout_ms, int cancel_fd,
		    struct text *out, struct text *err, int *status)
{
	_cleanup_close_ int out_read = -1, out_write = -1, err_read = -1, err_write = -1;
	struct process_spec spec = *given;
	int pipes[2], e;
	pid_t pid;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return -errno;
	out_read = pipes[0];
	out_write = pipes[1];
	if (err) {
		if (pipe2(pipes, O_CLOEXEC) < 0)
			return -errno;
		err_read = pipes[0];
		err_write = pipes[1];
	}
	spec.out = out_write;
	spec.err = err ? err_write : out_write;
	e = process_start(&spec, &pid);
	if (e)
		return e;
	close(take_fd(&out_write));
	if (err)
		close(take_fd(&err_write));
	e = pump(out_read, err_read, timeout_ms, cancel_fd, spec.most, out,
		 err ? err : out);
	if (!e)
		e = process_wait(pid, timeout_ms, cancel_fd, status);
	if (e)
		process_kill(pid, 0);
	return e;
}

void process_limit(int what, uint64_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) == 0 && now.rlim_max > most)
		setrlimit(what, &(struct rlimit){most, most});
}

char *process_find(const char *name)
{
	const char *path = getenv("PATH");
	_cleanup_free_ char *all = xprintf("%s:/usr/local/sbin:/usr/sbin:/sbin",
					   path ? path : "/usr/local/bin:/usr/bin:/bin");
	char *save, *dir;

	if (strchr(name, '/'))
		return access(name, X_OK) == 0 ? xstrdup(name) : NULL;
	for (dir = strtok_r(all, ":", &save); dir; dir = strtok_r(NULL, ":", &save)) {
		char *file = xprintf("%s/%s", dir, name);

		if (access(file, X_OK) == 0 && !fs_is_dir(file))
			return file;
		free(file);
	}
	return NULL;
}
