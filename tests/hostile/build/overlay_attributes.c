// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes what overlayfs keeps its own notes in: with a redirect a directory of upper
 * would show another one of lower's file system, with metacopy a file the content of
 * another.
 */
#include "attack.h"
#include <sys/xattr.h>

int main(void)
{
	static const char *const names[] = {
		"user.overlay.redirect",    "user.overlay.metacopy",
		"user.overlay.origin",	    "user.overlay.opaque",
		"user.overlay.whiteout",    "user.overlay.impure",
		"user.overlay.nlink",	    "user.overlay.upper",
		"trusted.overlay.redirect", "trusted.overlay.metacopy"};
	static const char *const places[] = {SOURCE, SOURCE "/below", SOURCE "/Kbuild",
					     SOURCE "/victim"};
	char value[64];

	for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++)
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			int set = setxattr(places[p], names[i], "/../home", 8, 0);

			/* Escaped by the kernel since 6.7: then it is no note any more.
			 */
			way(set == 0 && i < 8 &&
				    getxattr(places[p], names[i], value, 64) != 8,
			    "%s of %s", names[i], places[p]);
			way(set == 0 && i >= 8, "%s of %s", names[i], places[p]);
			removexattr(places[p], names[i]);
		}
	mkdir(SOURCE "/redirected", 0755);
	setxattr(SOURCE "/redirected", "user.overlay.redirect", "/../../home", 11, 0);
	way(access(SOURCE "/redirected/secret", F_OK) == 0, "a redirect");
	return attack_done();
}
