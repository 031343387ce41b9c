// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes the port away from the agent with its driver, opens it anew, and speaks.
 *
 * expect:
 *	outcome=guest-lost
 */
#include <glob.h>

#include "lie.h"

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

/* The virtio device of the port: its folder's name is what the driver knows it by. */
static const char *device(void)
{
	static char name[256];
	glob_t found;

	if (glob("/sys/bus/virtio/drivers/virtio_console/virtio*", 0, NULL, &found))
		return "";
	snprintf(name, sizeof(name), "%s", strrchr(found.gl_pathv[0], '/') + 1);
	return name;
}

int main(void)
{
	static const struct proto_start none;
	const char *name = device();
	glob_t found;
	int fd = -1;

	unload();
	put("/sys/bus/virtio/drivers/virtio_console/unbind", name);
	put("/sys/bus/virtio/drivers/virtio_console/bind", name);
	for (int i = 0; i < 100 && fd < 0; i++) {
		usleep(10000);
		if (glob("/dev/vport*p1", 0, NULL, &found))
			continue;
		fd = open(found.gl_pathv[0], O_RDWR | O_NONBLOCK);
	}
	if (fd >= 0)
		lie(fd, &none, NULL, 0);
	return 0;
}
