// SPDX-License-Identifier: GPL-2.0-only
/* Takes hold of files by hard links, and changes them under the new name. */
#include "attack.h"

static void one(const char *from, const char *at)
{
	char path[64];
	int fd = open(from, O_RDONLY);

	unlink(at);
	way(link(from, at) == 0 && opens(at, O_WRONLY), "link %s to %s", at, from);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	way(linkat(AT_FDCWD, path, AT_FDCWD, at, AT_SYMLINK_FOLLOW) == 0 &&
		    opens(at, O_WRONLY),
	    "link %s by descriptor", from);
	way(linkat(fd, "", AT_FDCWD, at, AT_EMPTY_PATH) == 0 && opens(at, O_WRONLY),
	    "link %s by an empty path", from);
	unlink(at);
}

int main(void)
{
	int fd;

	one("/usr/bin/gcc", SOURCE "/linked");
	one("/usr/bin/make", "/tmp/linked");
	one("/etc/passwd", SOURCE "/linked");
	one(CHECKOUT "/victim", SOURCE "/linked");
	one(CHECKOUT "/victim", "/tmp/linked");
	one(SEEN "/victim", SOURCE "/linked");
	/* The source's own file: a copy is what changes, see the comparison of the test.
	 */
	link(SOURCE "/victim", SOURCE "/linked");
	fd = open(SOURCE "/linked", O_WRONLY | O_APPEND);
	(void)!write(fd, "attack", 6);
	unlink(SOURCE "/linked");
	way(false, "the source's own");
	return attack_done();
}
