// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files and trees back to the host. A child reads them, since reading may never end, or
 * end the one who reads: what is copied may be a file of the module's. The agent passes
 * on what the child says.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guard.h"
#include "loop.h"
#include "port.h"
#include "relay.h"
#include "steps.h"

/* Shared by the child, which works with it, and the agent, which says where it stood. */
struct copy {
	struct agent *a;
	uint32_t index;
	char path[4096]; /* in the guest */
	size_t base;	 /* where the part below the copied place begins */
};

static void send_entry(struct copy *c, enum proto_file_type type, const struct stat *st,
		       int error)
{
	struct proto_file f = {
		.index = c->index,
		.type = type,
		.mode = st ? st->st_mode & 07777 : 0,
		.error = error,
		.size = st ? (uint64_t)st->st_size : 0,
	};
	const char *below = c->path + c->base;

	while (*below == '/')
		below++;
	port_send(c->a, PROTO_FILE, &f, sizeof(f), below, strlen(below) + 1);
}

/* Sizes of /proc and /sys files say nothing: read to the end. */
static void send_file(struct copy *c, const struct stat *st)
{
	static char buf[AGENT_BUFFER - sizeof(struct proto_frame)];
	int fd = open(c->path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	ssize_t n;

	if (fd < 0) {
		send_entry(c, PROTO_FILE_MISSING, NULL, errno);
		return;
	}
	send_entry(c, PROTO_FILE_REGULAR, st, 0);
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		port_send(c->a, PROTO_FILE_DATA, NULL, 0, buf, (size_t)n);
	if (n < 0 && errno != EAGAIN) /* EAGAIN: it has no more now */
		send_entry(c, PROTO_FILE_UNREAD, NULL, errno);
	close(fd);
}

static void send_path(struct copy *c);

static void send_dir(struct copy *c, const struct stat *st)
{
	size_t len = strlen(c->path);
	DIR *dir = opendir(c->path);
	struct dirent *e;

	if (!dir) {
		send_entry(c, PROTO_FILE_MISSING, NULL, errno);
		return;
	}
	send_entry(c, PROTO_FILE_DIR, st, 0);
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		    len + strlen(e->d_name) + 2 > sizeof(c->path))
			continue;
		sprintf(c->path + len, "/%s", e->d_name);
		send_path(c);
		c->path[len] = '\0';
	}
	closedir(dir);
}

/* Links and devices are not sent: they have a meaning in the guest only. */
static void send_path(struct copy *c)
{
	struct stat st;

	if (lstat(c->path, &st) < 0)
		send_entry(c, PROTO_FILE_MISSING, NULL, errno);
	else if (S_ISDIR(st.st_mode))
		send_dir(c, &st);
	else if (S_ISREG(st.st_mode))
		send_file(c, &st);
}

static void send_all(struct copy *c)
{
	const struct proto_entry *e = NULL;

	for (; (e = payload_find(c->a, e, PROTO_ENTRY_OUT)); c->index++) {
		if (e->name_len > sizeof(c->path))
			continue;
		strcpy(c->path, payload_name(e));
		c->base = strlen(c->path);
		send_path(c);
	}
}

/* The agent's port is none of the child's business: it speaks through the pipe. */
static void be_child(struct copy *c, int to)
{
	struct agent *a = c->a;

	guard_child(a);
	a->control = to;
	send_all(c);
	_exit(0);
}

static void wait_sent(struct copy *c, pid_t pid)
{
	struct agent *a = c->a;
	bool ended, given_up;

	loop_wait_begin(a, PROTO_WAIT_FILES);
	ended = loop_wait_child(a, pid, 0);
	given_up = !ended;
	if (!ended) {
		kill(pid, SIGKILL);
		loop_wait_begin(a, PROTO_WAIT_KILLED);
		ended = loop_wait_child(a, pid, 0);
	}
	relay_end(a);
	if (given_up)
		send_entry(c, PROTO_FILE_STUCK, NULL, 0);
	else if (WIFSIGNALED(a->child_status))
		send_entry(c, PROTO_FILE_KILLED, NULL, WTERMSIG(a->child_status));
	if (!ended) {
		a->broken = true;
		stall_report(a, pid);
	}
}

static int start(struct copy *c)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0)
		be_child(c, ends[1]);
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	relay_begin(c->a, ends[0]);
	if (pid > 0)
		wait_sent(c, pid);
	else
		relay_end(c->a);
	return pid < 0 ? -EAGAIN : 0;
}

void send_files(struct agent *a)
{
	struct copy *c;
	int err;

	if (!payload_find(a, NULL, PROTO_ENTRY_OUT))
		return;
	c = mmap(NULL, sizeof(*c), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		 0);
	if (c == MAP_FAILED)
		return;
	c->a = a;
	err = start(c);
	if (err)
		send_entry(c, PROTO_FILE_MISSING, NULL, -err);
	munmap(c, sizeof(*c));
}
