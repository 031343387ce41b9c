// SPDX-License-Identifier: GPL-2.0-only
/* Makes devices where it may write, and opens them. */
#include "attack.h"
#include <sys/sysmacros.h>

static void one(const char *path, mode_t type, unsigned int major, unsigned int minor)
{
	unlink(path);
	way(mknod(path, type | 0666, makedev(major, minor)) == 0 && opens(path, O_RDONLY),
	    "device %u:%u at %s", major, minor, path);
	unlink(path);
}

int main(void)
{
	static const char *const places[] = {"/tmp/device", "/run/device",
					     SOURCE "/device"};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		one(places[i], S_IFCHR, 1, 1);	  /* mem */
		one(places[i], S_IFCHR, 1, 11);	  /* kmsg */
		one(places[i], S_IFCHR, 5, 0);	  /* tty */
		one(places[i], S_IFCHR, 10, 232); /* kvm */
		one(places[i], S_IFBLK, HOST_MAJOR, HOST_MINOR);
	}
	return attack_done();
}
