// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keyboards that are no PS/2 keyboards, made up by uinput: what the module takes from
 * them and what it leaves alone.
 */
#include "lib.h"

#define HID_A 0x70004 /* scan codes of USB keyboards are usages of the HID tables */
#define HID_B 0x70005

static int make_device(const char *name, const int *keys, int n)
{
	struct uinput_setup setup = {.id = {.bustype = BUS_USB, .vendor = 1}};
	int fd = open("/dev/uinput", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	ioctl(fd, UI_SET_EVBIT, EV_KEY);
	ioctl(fd, UI_SET_EVBIT, EV_MSC);
	ioctl(fd, UI_SET_MSCBIT, MSC_SCAN);
	for (int i = 0; i < n; i++)
		ioctl(fd, UI_SET_KEYBIT, keys[i]);
	strcpy(setup.name, name);
	if (ioctl(fd, UI_DEV_SETUP, &setup) || ioctl(fd, UI_DEV_CREATE)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int make_keyboard(void)
{
	static const int keys[] = {KEY_A, KEY_B, KEY_C, KEY_FN, BTN_LEFT};

	return make_device("made-up keyboard", keys, 5);
}

static void emit(int fd, int type, int code, int value)
{
	struct input_event e = {
		.type = (uint16_t)type, .code = (uint16_t)code, .value = value};

	if (write(fd, &e, sizeof(e)) != sizeof(e))
		ktap_diag("uinput: %s", strerror(errno));
}

static void emit_key(int fd, int scan, int code, int value)
{
	emit(fd, EV_MSC, MSC_SCAN, scan);
	emit(fd, EV_KEY, code, value);
	emit(fd, EV_SYN, SYN_REPORT, 0);
}

static bool is_event(const struct keyboard_event *e, int fields, unsigned int scan,
		     int code, int value)
{
	ktap_why("got fields %x scan %x code %d value %d", e->fields, e->scan, e->code,
		 e->value);
	return e->fields == fields && e->scan == scan && e->code == code &&
	       e->value == value;
}

static void test_usual(int fd, int kbd)
{
	struct keyboard_event e[2] = {0};

	emit_key(kbd, HID_A, KEY_A, 1);
	emit_key(kbd, HID_A, KEY_A, 0);
	read_events(fd, e, 2);
	ktap_ok(is_event(&e[0], KEYBOARD_SCAN | KEYBOARD_KEY, HID_A, KEY_A, 1),
		"a key of another keyboard is there, with that keyboard's scan code");
	ktap_ok(is_event(&e[1], KEYBOARD_SCAN | KEYBOARD_KEY, HID_A, KEY_A, 0),
		"and so is its release");
}

static void test_packet(int fd, int kbd)
{
	struct keyboard_event e[2] = {0};

	emit(kbd, EV_MSC, MSC_SCAN, HID_A);
	emit(kbd, EV_KEY, KEY_A, 1);
	emit(kbd, EV_MSC, MSC_SCAN, HID_B);
	emit(kbd, EV_KEY, KEY_B, 1);
	emit(kbd, EV_SYN, SYN_REPORT, 0);
	read_events(fd, e, 2);
	ktap_ok(is_event(&e[0], KEYBOARD_SCAN | KEYBOARD_KEY, HID_A, KEY_A, 1),
		"of two keys in one packet, the first has its own scan code");
	ktap_ok(is_event(&e[1], KEYBOARD_SCAN | KEYBOARD_KEY, HID_B, KEY_B, 1),
		"of two keys in one packet, the second has its own scan code");
}

static void test_odd(int fd, int kbd)
{
	struct keyboard_event e = {0};

	emit(kbd, EV_KEY, KEY_A, 2);
	emit(kbd, EV_SYN, SYN_REPORT, 0);
	read_events(fd, &e, 1);
	ktap_ok(is_event(&e, KEYBOARD_KEY, 0, KEY_A, 2),
		"a repetition without scan code is a key, and no scan code is made up");

	emit(kbd, EV_MSC, MSC_SCAN, 0x700ff);
	emit(kbd, EV_SYN, SYN_REPORT, 0);
	read_events(fd, &e, 1);
	ktap_ok(is_event(&e, KEYBOARD_SCAN, 0x700ff, 0, 0),
		"a scan code that no key belongs to is a scan code without key");

	emit_key(kbd, 0x700e0, KEY_FN, 1);
	read_events(fd, &e, 1);
	ktap_ok(is_event(&e, KEYBOARD_SCAN | KEYBOARD_KEY, 0x700e0, KEY_FN, 1),
		"a key beyond the first 256 is a key");
	emit_key(kbd, 0x700e0, KEY_FN, 0);
	read_events(fd, &e, 1);
}

static void test_buttons(int fd, int kbd)
{
	static const int buttons[] = {BTN_LEFT, BTN_RIGHT};
	int mouse = make_device("made-up mouse", buttons, 2);
	struct keyboard_event e = {0};

	emit_key(mouse, 0x90001, BTN_LEFT, 1);
	emit_key(mouse, 0x90001, BTN_LEFT, 0);
	emit_key(kbd, 0x90001, BTN_LEFT, 1);
	emit_key(kbd, 0x90001, BTN_LEFT, 0);
	emit_key(kbd, HID_A, KEY_C, 1);
	read_events(fd, &e, 1);
	ktap_ok(is_event(&e, KEYBOARD_SCAN | KEYBOARD_KEY, HID_A, KEY_C, 1),
		"mouse buttons are no keys, and leave no scan code behind");
	emit_key(kbd, HID_A, KEY_C, 0);
	read_events(fd, &e, 1);
	close(mouse);
}

/* Plugged and unplugged with somebody reading. The core releases what was still pressed.
 */
static void test_hotplug(int fd)
{
	struct keyboard_event e = {0};
	int good = 0;

	for (int i = 0; i < 10; i++) {
		int kbd = make_keyboard();

		emit_key(kbd, HID_B, KEY_B, 1);
		good += read_events(fd, &e, 1) == 1 && is_key(&e, KEY_B, 1);
		close(kbd);
		drain(fd);
	}
	ktap_why("%d of 10 times", good);
	ktap_ok(good == 10, "a keyboard that is plugged in later is seen as well");
	ktap_ok(unload_module() == EAGAIN,
		"the module cannot be unloaded: the file is open");
	type_key(SCAN_A, true);
	ktap_ok(read_events(fd, &e, 1) == 1 && is_key(&e, KEY_A, 1),
		"unplugging one leaves the others alone");
	type_key(SCAN_A, false);
}

/* Unloading takes our handle off a keyboard that stays, and loading finds it again. */
static void test_reload(int fd, int kbd)
{
	struct keyboard_event e = {0};
	int err;

	close(fd);
	err = unload_module();
	emit_key(kbd, HID_B, KEY_B, 0);
	emit_key(kbd, HID_B, KEY_B, 1);
	ktap_ok(!err && !load_module(""),
		"unloads and loads beside a keyboard that stays");
	fd = open_keyboard(0);
	emit_key(kbd, HID_B, KEY_B, 0);
	read_events(fd, &e, 1);
	ktap_ok(is_event(&e, KEYBOARD_SCAN | KEYBOARD_KEY, HID_B, KEY_B, 0),
		"a keyboard that was there before the module is seen");
	close(fd);
}

int main(void)
{
	int fd, kbd = make_keyboard();

	if (kbd < 0) {
		printf("1..0 # SKIP no uinput here\n");
		return 0;
	}
	begin(13);
	fd = open_keyboard(0);
	test_usual(fd, kbd);
	test_packet(fd, kbd);
	test_odd(fd, kbd);
	test_buttons(fd, kbd);
	test_hotplug(fd);
	test_reload(fd, kbd);
	close(kbd);
	return ktap_end();
}
