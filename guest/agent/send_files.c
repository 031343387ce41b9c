// SPDX-License-Identifier: GPL-2.0-only
/* Files and trees back to the host, over the control port. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port.h"
#include "steps.h"

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
	close(fd);
}

static void send_path(struct copy *c);

static void send_dir(struct copy *c, const struct stat *st)
{
	size_t len = strlen(c->path);
	DIR *dir = opendir(c->path);
	struct dirent *e;

	send_entry(c, PROTO_FILE_DIR, st, 0);
	if (!dir)
		return;
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

void send_files(struct agent *a)
{
	const struct proto_entry *e = NULL;
	struct copy c = {.a = a};

	for (; (e = payload_find(a, e, PROTO_ENTRY_OUT)); c.index++) {
		if (e->name_len > sizeof(c.path))
			continue;
		strcpy(c.path, payload_name(e));
		c.base = strlen(c.path);
		send_path(&c);
	}
}
