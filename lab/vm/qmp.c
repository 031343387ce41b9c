// SPDX-License-Identifier: GPL-2.0-only
/* The few words of QMP that are needed. Commands may be sent ahead of their answers. */
#include <string.h>
#include <sys/socket.h>

#include "vm.h"

/* One line and, if @fd is one, that descriptor along with it. */
static int send_line(int to, char *line, size_t len, int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	struct iovec data = {line, len};
	struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};

	if (fd >= 0) {
		memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
	}
	return sendmsg(to, &message, MSG_NOSIGNAL) == (ssize_t)len ? 0 : -EPIPE;
}

static int send_command(struct vm *vm, const char *command, json_t *args, int fd)
{
	json_t *message = json_pack("{s:s}", "execute", command);
	char *line;
	size_t len;
	int err;

	if (args)
		json_object_set_new(message, "arguments", args);
	line = json_dumps(message, JSON_COMPACT);
	json_decref(message);
	if (!line)
		return -ENOMEM;
	len = strlen(line);
	line[len] = '\n'; /* in place of the NUL */
	err = send_line(vm->qmp, line, len + 1, fd);
	free(line);
	return err;
}

int qmp_send(struct vm *vm, const char *command, json_t *args)
{
	return send_command(vm, command, args, -1);
}

static bool take_line(struct text *in, json_t **ret)
{
	char *end = in->s ? memchr(in->s, '\n', in->len) : NULL;

	if (!end)
		return false;
	*ret = json_loadb(in->s, (size_t)(end - in->s), 0, NULL);
	text_keep_tail(in, in->len - (size_t)(end + 1 - in->s));
	return true;
}

int qmp_next(struct vm *vm, json_t **ret)
{
	char buf[4096];
	ssize_t n;

	for (;;) {
		if (take_line(&vm->qmp_in, ret)) {
			if (*ret)
				return 0;
			continue;
		}
		n = recv(vm->qmp, buf, sizeof(buf), 0);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return -EAGAIN;
		if (n <= 0)
			return -EPIPE;
		text_add(&vm->qmp_in, buf, (size_t)n);
	}
}

int qmp_greet(struct vm *vm)
{
	/* The guest's memory is not part of the state: it is the file behind it. */
	json_t *capabilities = json_pack("{s:[{s:s,s:b},{s:s,s:b}]}", "capabilities",
					 "capability", "x-ignore-shared", "state", 1,
					 "capability", "events", "state", 1);
	int err = qmp_send(vm, "qmp_capabilities", NULL);

	if (err) {
		json_decref(capabilities);
		return err;
	}
	return qmp_send(vm, "migrate-set-capabilities", capabilities);
}

int qmp_migrate(struct vm *vm, const char *command, int fd)
{
	int err = send_command(vm, "getfd", json_pack("{s:s}", "fdname", "state"), fd);

	return err ? err : qmp_send(vm, command, json_pack("{s:s}", "uri", "fd:state"));
}
