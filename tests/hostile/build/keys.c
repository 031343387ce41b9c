// SPDX-License-Identifier: GPL-2.0-only
/* Reaches the user's keys, which belong to no namespace of files or processes. */
#include "attack.h"

int main(void)
{
	char buf[256], line[512];
	FILE *f;

	way(syscall(SYS_add_key, "user", "attack", "x", 1, -3) > 0,
	    "add_key to the session");
	way(syscall(SYS_add_key, "user", "attack", "x", 1, -4) > 0,
	    "add_key to the user");
	way(syscall(SYS_request_key, "user", KEY_NAME, NULL, 0) > 0, "request_key");
	for (long ring = -5; ring < 0; ring++) {
		way(syscall(SYS_keyctl, 10, ring, "user", KEY_NAME, 0) > 0,
		    "search in %ld", ring);
		way(syscall(SYS_keyctl, 0, ring, 1) > 0, "keyring %ld", ring);
	}
	way(syscall(SYS_keyctl, 11, KEY_SERIAL, buf, sizeof(buf)) > 0, "reading");
	way(syscall(SYS_keyctl, 1, NULL) > 0, "joining a session");
	f = fopen("/proc/keys", "r");
	while (f && fgets(line, sizeof(line), f))
		way(strstr(line, KEY_NAME), "the list of keys");
	return attack_done();
}
