// SPDX-License-Identifier: GPL-2.0-only
/* Types into the user's terminal, so that the shell runs it after the build. */
#include "attack.h"
#include <linux/tiocl.h>
#include <sys/ioctl.h>
#include <termios.h>

static void one(int fd, const char *name)
{
	char paste[] = {TIOCL_PASTESEL};

	way(ioctl(fd, TIOCSTI, "#") == 0, "TIOCSTI on %s", name);
	way(syscall(SYS_ioctl, fd, 0xf00000000UL | TIOCSTI, "#") == 0,
	    "TIOCSTI with high bits on %s", name);
	way(ioctl(fd, TIOCLINUX, paste) == 0, "TIOCLINUX on %s", name);
	way(ioctl(fd, TIOCSCTTY, 1) == 0, "TIOCSCTTY on %s", name);
	way(ioctl(fd, TIOCCONS, 0) == 0, "TIOCCONS on %s", name);
}

int main(void)
{
	static const char *const paths[] = {"/dev/tty",	       "/dev/ptmx",
					    "/dev/pts/ptmx",   PTS,
					    "/proc/self/fd/0", "/proc/self/fd/2"};

	for (int fd = 0; fd < 10; fd++)
		one(fd, "a descriptor");
	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int fd = open(paths[i], O_RDWR | O_NOCTTY);

		way(fd >= 0 && isatty(fd), "opening %s", paths[i]);
		if (fd >= 0)
			one(fd, paths[i]);
	}
	way(posix_openpt(O_RDWR) >= 0, "a terminal of its own");
	way(setpgid(0, 0) == 0 && tcgetsid(0) >= 0, "tcgetsid");
	return attack_done();
}
