// SPDX-License-Identifier: GPL-2.0-only
/* Black box: what udev is told when the module comes and goes, heard on the same socket.
 */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

#include "device.h"
#include "ktap.h"

/* One message: "add@/devices/…" and then NAME=VALUE, each with its NUL. */
static char event[8192];
static ssize_t event_len;

static int listen_to_kernel(void)
{
	struct sockaddr_nl all = {.nl_family = AF_NETLINK, .nl_groups = 1};
	const struct timeval patience = {.tv_sec = 10};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return bind(fd, (struct sockaddr *)&all, sizeof(all)) ? -1 : fd;
}

/* What the event says of it, NULL when nothing. */
static const char *get(const char *name)
{
	const size_t len = strlen(name);

	for (const char *at = event; at < event + event_len; at += strlen(at) + 1)
		if (!strncmp(at, name, len) && at[len] == '=')
			return at + len + 1;
	return NULL;
}

static bool says(const char *name, const char *want)
{
	const char *value = get(name);

	return value && !strcmp(value, want);
}

static bool says_number(const char *name, unsigned int want)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", want);
	return says(name, text);
}

/* Waits for one about our device; those of the module and of others pass by. */
static bool wait_for(int fd, const char *action)
{
	do {
		event_len = recv(fd, event, sizeof(event) - 1, 0);
		if (event_len < 0)
			return false;
		event[event_len] = 0;
	} while (!says("ACTION", action) || !says("DEVNAME", "chardev"));
	return true;
}

/* Both are made from one .devnode; an event without a mode leaves it to udev's rules. */
static bool same_mode(const struct stat *node)
{
	const char *mode = get("DEVMODE");

	return !mode || strtoul(mode, NULL, 8) == (node->st_mode & 07777);
}

int main(void)
{
	struct stat node = {0};
	int fd = listen_to_kernel();

	ktap_plan(7);
	if (!ktap_ok(fd >= 0 && !unload_module(), "unloads"))
		return 1;
	ktap_why("no uevent with ACTION=remove and DEVNAME=chardev within ten seconds: "
		 "device_destroy() or cdev_device_del() sends it");
	ktap_ok(wait_for(fd, "remove"), "udev hears that the device is gone");
	ktap_ok(!load_module("") && !stat(DEVICE, &node),
		"loads again, and the node is there");
	ktap_why("no uevent with ACTION=add and DEVNAME=chardev within ten seconds: a "
		 "cdev alone "
		 "has no node; device_create() or cdev_device_add() announces one");
	ktap_ok(wait_for(fd, "add"), "udev hears of the new device");
	ktap_why("the event says %s:%s, the node is %u:%u", get("MAJOR"), get("MINOR"),
		 major(node.st_rdev), minor(node.st_rdev));
	ktap_ok(says_number("MAJOR", major(node.st_rdev)) &&
			says_number("MINOR", minor(node.st_rdev)),
		"with the numbers of the node");
	ktap_ok(get("SUBSYSTEM") != NULL, "and of its class");
	ktap_why("the event says mode %s, the node has %o", get("DEVMODE"),
		 node.st_mode & 07777);
	ktap_ok(same_mode(&node), "and the mode of the node");
	return ktap_end();
}
