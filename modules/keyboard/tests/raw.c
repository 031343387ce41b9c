// SPDX-License-Identifier: GPL-2.0-only
/* Loaded with raw=1: every byte of the PS/2 keyboard, and the kernel's driver has it too.
 */
#include "lib.h"

#include <string.h>

#include "ktest.h"

static bool bytes_are(int fd, const unsigned char *want, int n)
{
	struct keyboard_event e[64] = {0};
	int got = read_events(fd, e, n), good = 0;

	for (int i = 0; i < got; i++)
		good += e[i].scan == want[i] && e[i].fields == KEYBOARD_BYTE &&
			!e[i].code && !e[i].value;
	ktap_why("%d bytes of %d, %d as expected; the first is %02x, fields %x", got, n,
		 good, e[0].scan, e[0].fields);
	return good == n;
}

static void test_load(void)
{
	int err = unload_module();

	ktap_ok(!err && load_module("raw=perhaps") == EINVAL, "raw=perhaps is refused");
	err = load_module("raw=1");
	ktap_why("error %d", err);
	ktap_ok(!err, "loads with raw=1");
}

static void test_bytes(int fd, int evdev)
{
	static const unsigned char letter[] = {0x1e, 0x9e},
				   up[] = {0xe0, 0x48, 0xe0, 0xc8},
				   pause[] = {0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5};
	struct keyboard_event e = {0};

	ktap_ok(status_of(fd).flags & KEYBOARD_RAW, "the status says so");
	type_keys(SCAN_A, 1);
	ktap_ok(bytes_are(fd, letter, 2),
		"a key gives its byte, and its byte with the top bit "
		"when released");
	type_keys(SCAN_UP, 1);
	ktap_ok(bytes_are(fd, up, 4),
		"an extended key gives e0 before each of its bytes");
	for (int i = 0; i < 6; i++)
		type_byte(pause[i]);
	ktap_ok(bytes_are(fd, pause, 6), "the pause key gives all its six bytes");
	for (int i = 0; i < 6; i++)
		if (!evdev_key(evdev, &e))
			break;
	ktap_why("the last key there is %d, value %d", e.code, e.value);
	ktap_ok(is_key(&e, KEY_PAUSE, 0),
		"the kernel's own driver has these keys as well");
}

/*
 * At a byte from a port that has no driver the kernel looks for one, in a worker, and asks
 * the device with commands of its own (serio_rescan()). They and what we type would mix in
 * the controller; so there is nothing to look for.
 */
static bool is_mouse_port(int number)
{
	char path[64], text[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/bus/serio/devices/serio%d/description", number);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	(void)!read(fd, text, sizeof(text) - 1);
	close(fd);
	return !strcmp(text, "i8042 AUX port\n");
}

static void no_driver_for_the_mouse(void)
{
	char path[64];

	for (int i = 0; i < 10; i++) {
		if (!is_mouse_port(i))
			continue;
		snprintf(path, sizeof(path), "/sys/bus/serio/devices/serio%d/bind_mode",
			 i);
		if (!put_text(path, "manual"))
			ktap_diag("the kernel will look for a driver of the mouse");
	}
}

static void test_mouse(int fd)
{
	static const unsigned char letter[] = {0x1e, 0x9e};

	no_driver_for_the_mouse();
	type_mouse_byte(0x55);
	type_keys(SCAN_A, 1);
	ktap_ok(bytes_are(fd, letter, 2), "bytes of the mouse are not the keyboard's");
}

static void test_triple(int fd, int evdev)
{
	type_triple();
	ktap_ok(bytes_are(fd, triple_bytes, sizeof(triple_bytes)),
		"three bytes that come at once are all there");
	ktap_ok(evdev_triple(evdev), "the kernel's own driver has them, too");
}

/* The filter must pass each byte on: true would be the end of the keyboard. */
static void test_burst(int fd, int evdev)
{
	int seen, got;

	drain(fd);
	seen = burst(evdev);
	ktap_why("%d of %d key events came through", seen, 2 * BURST);
	ktap_ok(seen == 2 * BURST, "the kernel's own driver loses no byte of fast keys");
	got = drain(fd) + (int)status_of(fd).lost;
	ktap_why("%d bytes of %d", got, 4 * BURST);
	ktap_ok(got == 4 * BURST, "every byte was read, or is counted as lost");
}

static void test_waiting(int fd)
{
	struct keyboard_event e;
	pid_t pid = fork();

	if (!pid)
		_exit(!(read(fd, &e, sizeof(e)) == sizeof(e) && e.scan == SCAN_A));
	sleeps(pid);
	ktap_ok(unload_module() == EAGAIN,
		"unloading is refused while somebody waits in a read");
	type_keys(SCAN_A, 1);
	ktap_ok(ends(pid) == 0, "the next byte wakes up who waits in a read");
}

static void test_back(void)
{
	struct keyboard_event e;
	int fd, err = unload_module();

	ktap_ok(!err && !load_module(""), "unloads, and loads without raw");
	fd = open_keyboard(0);
	type_keys(SCAN_A, 1);
	ktap_ok(read_events(fd, &e, 1) == 1 && is_key(&e, KEY_A, 1),
		"then keys are keys again");
	close(fd);
}

int main(void)
{
	int evdev = open_ps2(), fd;

	begin(16);
	test_load();
	fd = open_keyboard(0);
	test_bytes(fd, evdev);
	test_mouse(fd);
	forget_keys(evdev);
	test_triple(fd, evdev);
	test_burst(fd, evdev);
	test_waiting(fd);
	close(fd);
	test_back();
	return ktap_end();
}
