// SPDX-License-Identifier: GPL-2.0-only
/* Makes what is shown read-only writable, by a remount. */
#include "attack.h"
#include <sys/mount.h>

int main(void)
{
	static const char *const places[] = {"/",    "/usr", "/usr/bin", "/etc", "/proc",
					     "/tmp", "/run", CHECKOUT,	 SEEN,	 SOURCE};

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		way(mount(NULL, places[i], NULL, MS_REMOUNT, NULL) == 0, "remount of %s",
		    places[i]);
		way(mount(NULL, places[i], NULL, MS_REMOUNT | MS_BIND, NULL) == 0,
		    "bind remount of %s", places[i]);
		way(mount(NULL, places[i], NULL, MS_SHARED | MS_REC, NULL) == 0,
		    "shared %s", places[i]);
		way(umount2(places[i], MNT_DETACH) == 0, "umount of %s", places[i]);
	}
	return attack_done();
}
