// SPDX-License-Identifier: GPL-2.0-only
/* The job's command: its three streams or its terminal, its time, its end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "loop.h"
#include "port.h"
#include "small.h"
#include "steps.h"
#include "stream.h"

#define MAX_WORDS 1024

#define DRAIN_ROUND_MS 100
#define DRAIN_ROUNDS   20

/* ---- starting ---- */

struct child_files {
	int fd[3]; /* what becomes 0, 1, 2 */
	bool tty;
};

static int null_fd(void)
{
	return open("/dev/null", O_RDWR | O_CLOEXEC);
}

static int make_pipe(bool wanted, bool input, struct stream *s)
{
	int ends[2], ours = input ? 1 : 0;

	if (!wanted)
		return null_fd();
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	fcntl(ends[ours], F_SETFL, O_NONBLOCK);
	if (input)
		s->to = ends[1];
	else
		s->from = ends[0];
	return ends[!ours];
}

static void open_pipes(struct agent *a, struct child_files *ret)
{
	uint32_t flags = a->start.flags;

	ret->tty = false;
	ret->fd[0] = make_pipe(flags & PROTO_HAS_STDIN, true, &a->in);
	ret->fd[1] = make_pipe(flags & PROTO_HAS_STDOUT, false, &a->out);
	ret->fd[2] = make_pipe(flags & PROTO_HAS_STDERR, false, &a->err);
	a->in.from = a->port_in;
	a->out.to = a->port_out;
	a->err.to = a->port_err;
}

static int open_terminal(struct agent *a, struct child_files *ret)
{
	int unlock = 0, slave;

	a->pty = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (a->pty < 0)
		return -errno;
	ioctl(a->pty, TIOCSPTLCK, &unlock);
	slave = ioctl(a->pty, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return -errno;
	stream_window(a->pty, a->start.window.rows, a->start.window.cols);
	for (int i = 0; i < 3; i++)
		ret->fd[i] = slave;
	ret->tty = true;
	a->in.from = a->start.flags & PROTO_HAS_STDIN ? a->port_in : -1;
	a->in.to = a->pty;
	a->out.from = a->pty;
	a->out.to = a->port_out;
	return 0;
}

static size_t collect(const struct agent *a, enum proto_entry_type type, char **words,
		      size_t n)
{
	const struct proto_entry *e = NULL;

	while (n < MAX_WORDS && (e = payload_find(a, e, type)))
		words[n++] = (char *)payload_name(e);
	words[n] = NULL;
	return n;
}

/* Between vfork and exec: nothing but system calls, no variable of the parent changed. */
static int child_exec(const struct agent *a, const struct child_files *files, char **argv,
		      char **env)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	guard_child(a);
	if (files->tty)
		ioctl(files->fd[0], TIOCSCTTY, 0);
	for (int i = 0; i < 3; i++)
		if (dup2(files->fd[i], i) < 0)
			return errno;
	execvpe(argv[0], argv, env);
	return errno;
}

static pid_t start(const struct agent *a, const struct child_files *files, char **argv,
		   char **env, int *err)
{
	volatile int failure = 0;
	pid_t pid = vfork();

	if (pid == 0) {
		failure = child_exec(a, files, argv, env);
		_exit(127);
	}
	*err = pid < 0 ? errno : failure;
	return pid;
}

static void close_child_files(const struct child_files *files)
{
	for (int i = 0; i < 3; i++)
		if (files->fd[i] >= 0 && (i == 0 || files->fd[i] != files->fd[i - 1]))
			close(files->fd[i]);
}

/* ---- ending ---- */

static int decode(int raw)
{
	return WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
}

static bool output_open(const struct stream *s)
{
	return s->from >= 0 && (!s->ended || s->start < s->end);
}

/* Everything the command left running is killed: it would hold its pipes, and modules. */
static void drain(struct agent *a)
{
	uint64_t moved = 0;
	int quiet = 0;

	kill(-1, SIGKILL);
	/* Rounds in which nothing moves, not a span of time: the reader may be slow, and
	 * so may the host be that emulates us. */
	while ((output_open(&a->out) || output_open(&a->err)) && quiet < DRAIN_ROUNDS) {
		loop_poll(a, DRAIN_ROUND_MS);
		quiet++;
		if (a->out.total + a->err.total != moved || stream_want_write(&a->out) ||
		    stream_want_write(&a->err))
			quiet = 0;
		moved = a->out.total + a->err.total;
	}
}

static void close_streams(struct agent *a)
{
	if (a->in.to >= 0 && a->in.to != a->pty)
		close(a->in.to);
	if (a->out.from >= 0 && a->out.from != a->pty)
		close(a->out.from);
	if (a->err.from >= 0)
		close(a->err.from);
	if (a->pty >= 0)
		close(a->pty);
}

/* Of a command that is stuck in the kernel nothing is closed: it may hold the lock of its
 * pipe, and we would wait for it as well. */
static void forget_streams(struct agent *a)
{
	a->in.to = a->in.from = a->out.from = a->err.from = a->pty = -1;
}

static void wait_command(struct agent *a, pid_t pid, struct proto_command *ret)
{
	bool ended;

	loop_wait_begin(a, a->again ? PROTO_WAIT_AGAIN : PROTO_WAIT_COMMAND);
	ended = loop_wait_child(a, pid, 0);
	if (!ended) {
		ret->killed = 1;
		if (!a->again)
			hang_report(a);
		kill(-1, SIGKILL);
		loop_wait_begin(a, PROTO_WAIT_KILLED);
		ended = loop_wait_child(a, pid, 0);
	}
	if (ended) {
		ret->status = decode(a->child_status);
	} else { /* stuck in the kernel: not even SIGKILL gets it out */
		ret->status = 128 + SIGKILL;
		a->broken = true;
		if (!a->again)
			stall_report(a, pid);
	}
}

static void run(struct agent *a, char **argv, char **env, struct proto_command *ret)
{
	struct child_files files;
	pid_t pid;

	if (!(a->start.flags & PROTO_TTY))
		open_pipes(a, &files);
	else if ((ret->error = -open_terminal(a, &files)))
		return;
	a->child_ended = false;
	pid = start(a, &files, argv, env, &ret->error);
	close_child_files(&files);
	if (pid > 0)
		wait_command(a, pid, ret);
	if (!a->broken) {
		drain(a);
		close_streams(a);
	}
	forget_streams(a);
}

static bool run_words(struct agent *a, struct proto_command *ret)
{
	static char *argv[MAX_WORDS + 1], *env[MAX_WORDS + 1];
	size_t n = 0;

	*ret = (struct proto_command){0};
	if (!collect(a, PROTO_ENTRY_ARG, argv, 0))
		return false;
	for (char **e = environ; *e && n < 16; e++)
		env[n++] = *e;
	collect(a, PROTO_ENTRY_ENV, env, n);
	run(a, argv, env, ret);
	guard_restore();
	return true;
}

void command_run(struct agent *a)
{
	uint64_t from = now_ms();

	if (!run_words(a, &a->command))
		return;
	a->command_ms = now_ms() - from;
	port_send(a, PROTO_COMMAND, &a->command, sizeof(a->command), NULL, 0);
}

bool command_run_again(struct agent *a)
{
	struct proto_command result;

	a->start.flags &=
		~(uint32_t)(PROTO_HAS_STDIN | PROTO_HAS_STDOUT | PROTO_HAS_STDERR);
	return !run_words(a, &result) || !memcmp(&result, &a->command, sizeof(result));
}
