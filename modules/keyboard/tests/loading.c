// SPDX-License-Identifier: GPL-2.0-only
/* Loading and unloading, in both modes: each has to leave what the other one needs. */
#include "lib.h"

static void test_many(void)
{
	int err = 0, n;

	for (n = 0; n < 200 && !err; n++) {
		err = unload_module();
		if (!err)
			err = load_module(n % 2 ? "" : "raw=1");
	}
	ktap_why("error %d after %d times", err, n);
	ktap_ok(!err, "200 times unloaded and loaded, with raw=1 and without in turn");
}

static void test_works(void)
{
	struct keyboard_event e;
	int fd = open_keyboard(0);

	type_keys(SCAN_A, 1);
	ktap_ok(read_events(fd, &e, 1) == 1 && is_key(&e, KEY_A, 1),
		"after that a key is a key");
	close(fd);
}

int main(void)
{
	begin(2);
	test_many();
	test_works();
	return ktap_end();
}
