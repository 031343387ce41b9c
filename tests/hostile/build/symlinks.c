// SPDX-License-Identifier: GPL-2.0-only
/* Goes through symlinks that lie in the source, and through its own. */
#include "attack.h"

int main(void)
{
	static const char *const targets[] = {HOST_ONLY,	   HOME_DIR "/secret",
					      AREA "/secret",	   "../../secret",
					      "../../home/secret", CACHE};

	if (chdir(SOURCE) < 0)
		return 1;
	/* Made by the test. */
	way(opens("to-root" HOST_ONLY, O_RDONLY), "the source's link to /");
	way(opens("to-secret", O_RDONLY), "the source's link to a file");
	way(opens("to-secret", O_WRONLY | O_APPEND), "writing through it");
	/* What this makes lies in the box's own /tmp, see the comparison of the test. */
	(void)opens("to-new", O_WRONLY | O_CREAT);
	way(opens("to-victim", O_WRONLY | O_APPEND), "writing to the checkout");
	for (size_t i = 0; i < sizeof(targets) / sizeof(*targets); i++) {
		unlink("own");
		way(symlink(targets[i], "own") == 0 && opens("own", O_RDONLY),
		    "a link to %s", targets[i]);
		way(opens("own", O_WRONLY | O_APPEND), "writing by a link to %s",
		    targets[i]);
	}
	unlink("own");
	return attack_done();
}
