// SPDX-License-Identifier: GPL-2.0-only
/* Changing a cloud while it runs; see ctl_server.h. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "dump.h"

#include "ctl_server.h"
#include "figures.h"

enum { CLIENTS = sizeof(((struct ctl_server *)0)->clients) / sizeof(struct ctl_client) };

static int set_path(struct sockaddr_un *address, const char *path)
{
	*address = (struct sockaddr_un){.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(address->sun_path))
		return -ENAMETOOLONG;
	memcpy(address->sun_path, path, strlen(path) + 1);
	return 0;
}

int ctl_connect(const char *path)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address;
	int err = set_path(&address, path);

	if (err)
		return err;
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return take_fd(&fd);
}

/* A socket that a killed matrix left is removed; any other file is left alone. */
static void remove_stale(const char *path)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (lstat(path, &st) || !S_ISSOCK(st.st_mode))
		return;
	fd = ctl_connect(path);
	if (fd < 0)
		unlink(path);
}

int ctl_listen(struct ctl_server *server, const char *path)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un address;
	mode_t mask;
	int err = set_path(&address, path);

	if (err)
		return err;
	remove_stale(path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* The socket has its mode from the first moment on. */
	mask = umask(0177);
	err = bind(fd, (struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
	umask(mask);
	if (err)
		return err;
	if (listen(fd, CLIENTS)) {
		err = -errno;
		unlink(path);
		return err;
	}
	for (int i = 0; i < CLIENTS; i++)
		server->clients[i].fd = -1;
	server->path = xstrdup(path);
	server->fd = take_fd(&fd);
	return 0;
}

static void drop(struct ctl_client *client)
{
	cleanup_close(&client->fd);
	client->fd = -1;
	client->len = 0;
}

void ctl_close(struct ctl_server *server)
{
	if (server->fd < 0)
		return;
	for (int i = 0; i < CLIENTS; i++)
		drop(&server->clients[i]);
	unlink(server->path);
	cleanup_close(&server->fd);
	server->fd = -1;
	free(server->path);
}

static struct cloud_guest *find(struct cloud *cloud, const char *name)
{
	for (size_t i = 0; i < cloud->n; i++)
		if (!strcmp(cloud->guests[i]->vm->name, name))
			return cloud->guests[i];
	return NULL;
}

/* Each command: @arg is the word after the guest's name, or NULL. An error is a sentence.
 */
typedef void guest_command(struct cloud *cloud, struct cloud_guest *guest,
			   const char *arg, struct text *out, struct text *wrong);

static void do_weight(struct cloud *cloud, struct cloud_guest *guest, const char *arg,
		      struct text *out, struct text *wrong)
{
	long long weight;

	if (!arg || str_number(arg, 1, SCHED_WEIGHT_MAX, &weight))
		text_printf(wrong, "a weight is a whole number from 1 to %d",
			    SCHED_WEIGHT_MAX);
	else
		cloud_set_weight(cloud, guest, (uint32_t)weight);
}

static void do_cap(struct cloud *cloud, struct cloud_guest *guest, const char *arg,
		   struct text *out, struct text *wrong)
{
	long long percent;

	if (!arg || str_number(arg, 0, 99, &percent))
		text_puts(wrong, "a cap is a percentage from 1 to 99, or 0 for none");
	else
		guest->sched.cap_percent = (uint32_t)percent;
}

static void do_stop(struct cloud *cloud, struct cloud_guest *guest, const char *arg,
		    struct text *out, struct text *wrong)
{
	cloud_stop(cloud, guest, "stopped by matrix ctl");
}

static void do_pause(struct cloud *cloud, struct cloud_guest *guest, const char *arg,
		     struct text *out, struct text *wrong)
{
	cloud_pause(cloud, guest);
}

static void do_resume(struct cloud *cloud, struct cloud_guest *guest, const char *arg,
		      struct text *out, struct text *wrong)
{
	cloud_resume(cloud, guest);
}

static void do_dump(struct cloud *cloud, struct cloud_guest *guest, const char *arg,
		    struct text *out, struct text *wrong)
{
	int err = dump_vm(guest->vm, out);

	if (err)
		text_puts(wrong, strerror(-err));
}

static const struct {
	const char *name;
	guest_command *run;
	bool of_the_dead; /* makes sense after the guest's end, too */
} commands[] = {
	{"weight", do_weight, false}, {"cap", do_cap, false},
	{"stop", do_stop, false},     {"pause", do_pause, false},
	{"resume", do_resume, false}, {"dump", do_dump, true},
};

static void on_guest(struct cloud *cloud, const char *verb, const char *name,
		     const char *arg, struct text *out, struct text *wrong)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		struct cloud_guest *guest;

		if (strcmp(commands[i].name, verb))
			continue;
		guest = name ? find(cloud, name) : NULL;
		if (!guest)
			text_printf(wrong,
				    "'%s' wants the name of a guest; 'list' has them",
				    verb);
		else if (guest->gone && !commands[i].of_the_dead)
			text_printf(wrong, "'%s' has ended already", name);
		else
			commands[i].run(cloud, guest, arg, out, wrong);
		return;
	}
	text_printf(wrong,
		    "unknown command '%s'; there are list, json, add, weight, cap, stop, "
		    "pause, resume, dump",
		    verb);
}

static void command(struct ctl_server *server, struct cloud *cloud, char *line,
		    struct text *out, struct text *wrong)
{
	char *rest = line, *verb = strsep(&rest, " "), *name = strsep(&rest, " "),
	     *arg = strsep(&rest, " ");

	if (rest)
		text_puts(wrong, "too many words");
	else if (!strcmp(verb, "list"))
		figures_table(cloud, false, out);
	else if (!strcmp(verb, "json"))
		figures_json(cloud, out);
	else if (!strcmp(verb, "add") && name)
		server->add(server->ctx, cloud, name, wrong);
	else
		on_guest(cloud, verb, name, arg, out, wrong);
}

static void answer(struct ctl_server *server, struct cloud *cloud,
		   struct ctl_client *client)
{
	_cleanup_text_ struct text out = TEXT_INIT, wrong = TEXT_INIT, reply = TEXT_INIT;

	sched_settle(&cloud->sched);
	command(server, cloud, client->line, &out, &wrong);
	if (wrong.len)
		text_printf(&reply, "error: %s\n", wrong.s);
	else
		text_printf(&reply, "ok\n%s", out.len ? out.s : "");
	/* What does not fit into the socket's buffer is not waited for. */
	send(client->fd, reply.s, reply.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	drop(client);
}

static void listen_to(struct ctl_server *server, struct cloud *cloud,
		      struct ctl_client *client)
{
	size_t room = sizeof(client->line) - 1 - client->len;
	ssize_t n = recv(client->fd, client->line + client->len, room, MSG_DONTWAIT);
	char *newline;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		drop(client);
		return;
	}
	client->len += (size_t)n;
	client->line[client->len] = '\0';
	newline = strchr(client->line, '\n');
	if (newline) {
		*newline = '\0';
		answer(server, cloud, client);
	} else if (client->len == sizeof(client->line) - 1) {
		drop(client);
	}
}

static void accept_all(struct ctl_server *server)
{
	for (int i = 0; i < CLIENTS; i++) {
		if (server->clients[i].fd >= 0)
			continue;
		server->clients[i].fd =
			accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (server->clients[i].fd < 0)
			return;
	}
}

void ctl_serve(struct ctl_server *server, struct cloud *cloud)
{
	if (server->fd < 0)
		return;
	accept_all(server);
	for (int i = 0; i < CLIENTS; i++)
		if (server->clients[i].fd >= 0)
			listen_to(server, cloud, &server->clients[i]);
}
