/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Changing a cloud while it runs: a unix socket of mode 0600. A client connects, sends
 * one line, and reads the answer up to the end: "ok" and perhaps more lines, or "error: "
 * and a sentence. The server never waits for a client: a slow one costs the guests
 * nothing.
 */
#ifndef MATRIX_CMD_CTL_SERVER_H
#define MATRIX_CMD_CTL_SERVER_H

#include "cloud.h"
#include "text.h"

struct ctl_server {
	int fd; /* -1: none */
	char *path;
	struct ctl_client {
		int fd; /* -1: free */
		char line[512];
		size_t len;
	} clients[4];
	/** add - add a guest, from "GUEST[:WEIGHT]"; a sentence in @message when it
	 *  fails. */
	int (*add)(void *ctx, struct cloud *cloud, const char *word,
		   struct text *message);
	void *ctx;
};

/** ctl_connect - connect to the server at @path. A descriptor, or -errno. */
int ctl_connect(const char *path);

/** ctl_listen - at @path, which must not be in use. 0, or -errno: -EADDRINUSE when
 * another matrix listens there, -ENAMETOOLONG. ctl_close() removes the socket. */
int ctl_listen(struct ctl_server *server, const char *path);
void ctl_close(struct ctl_server *server);

/** ctl_serve - serve what has come since the last call. Does not wait. */
void ctl_serve(struct ctl_server *server, struct cloud *cloud);

#endif
