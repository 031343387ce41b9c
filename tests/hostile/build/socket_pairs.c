// SPDX-License-Identifier: GPL-2.0-only
/* Turns one end of a pair of sockets, which is allowed, to a socket of the host's. */
#include "attack.h"
#include <sys/socket.h>
#include <sys/un.h>

static int pair[2];

/* What the other end of the pair got did not go where it was addressed to. */
static bool sent(long n)
{
	char buf[16];

	return n > 0 && recv(pair[1], buf, sizeof(buf), MSG_DONTWAIT) <= 0;
}

static void one(int type, const char *name, const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX}, none = {.sun_family = AF_UNSPEC};
	struct iovec text = {"attack", 6};
	struct msghdr message = {.msg_name = &to,
				 .msg_namelen = sizeof(to),
				 .msg_iov = &text,
				 .msg_iovlen = 1};
	struct mmsghdr many = {.msg_hdr = message};

	strcpy(to.sun_path, path);
	if (socketpair(AF_UNIX, type, 0, pair) < 0) {
		way(false, "a pair");
		return;
	}
	way(sent(sendto(pair[0], "attack", 6, 0, (void *)&to, sizeof(to))),
	    "sendto, %s, %s", name, path);
	way(sent(sendmsg(pair[0], &message, 0)), "sendmsg, %s, %s", name, path);
	way(sent(sendmmsg(pair[0], &many, 1, 0)), "sendmmsg, %s, %s", name, path);
	way(connect(pair[0], (void *)&none, sizeof(none)) == 0, "disconnecting, %s",
	    name);
	way(connect(pair[0], (void *)&to, sizeof(to)) == 0, "connect, %s, %s", name,
	    path);
	way(bind(pair[0], (void *)&to, sizeof(to)) == 0, "bind, %s", name);
}

int main(void)
{
	static const char *const paths[] = {"mailbox", "../mailbox",
					    "../../seen/mailbox"};

	if (chdir(SOURCE) < 0)
		return 1;
	for (size_t i = 0; i < 3; i++) {
		one(SOCK_DGRAM, "datagrams", paths[i]);
		one(SOCK_RAW, "raw", paths[i]); /* the same thing by another name */
		one(SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, "datagrams with flags",
		    paths[i]);
		one(SOCK_SEQPACKET, "packets", paths[i]);
		one(SOCK_STREAM, "streams", paths[i]);
		one(4, "reliable datagrams", paths[i]);
	}
	return attack_done();
}
