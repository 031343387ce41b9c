// SPDX-License-Identifier: GPL-2.0-only
/* What the module makes of real keys: the right events, the same ones the kernel sees. */
#include "lib.h"

/* Every key of the main block that is no lock key and means nothing to the kernel. */
static int scans(unsigned int *ret)
{
	static const unsigned int extended[] = {0xe01c, 0xe01d, 0xe035, 0xe038, 0xe047,
						0xe048, 0xe049, 0xe04b, 0xe04d, 0xe04f,
						0xe050, 0xe051, 0xe052, 0xe053};
	int n = 0;

	for (unsigned int scan = 0x01; scan <= 0x44; scan++)
		if (scan != 0x3a)
			ret[n++] = scan;
	for (size_t i = 0; i < sizeof(extended) / sizeof(*extended); i++)
		ret[n++] = extended[i];
	return n;
}

static void test_letter(int fd)
{
	struct keyboard_event e[2] = {0};
	uint64_t before = now_ns(), after;

	type_keys(SCAN_A, 1);
	ktap_why("one press and one release were typed (bytes 1e, 9e)");
	ktap_ok(read_events(fd, e, 2) == 2,
		"a key that is pressed and released gives two "
		"events");
	after = now_ns();
	ktap_why("got code %d value %d", e[0].code, e[0].value);
	ktap_ok(is_key(&e[0], KEY_A, 1), "the first one is KEY_A pressed");
	ktap_why("got code %d value %d", e[1].code, e[1].value);
	ktap_ok(is_key(&e[1], KEY_A, 0), "the second one is KEY_A released");
	ktap_why("got %x and %x", e[0].scan, e[1].scan);
	ktap_ok(e[0].fields & e[1].fields & KEYBOARD_SCAN && e[0].scan == SCAN_A &&
			e[1].scan == SCAN_A,
		"both carry the scan code 1e");
	ktap_why("%llu, %llu; typed between %llu and %llu", e[0].time_ns, e[1].time_ns,
		 (unsigned long long)before, (unsigned long long)after);
	ktap_ok(before <= e[0].time_ns && e[0].time_ns <= e[1].time_ns &&
			e[1].time_ns <= after,
		"their times are when it happened, by the monotonic clock");
	ktap_ok(e[0].seq == 0 && e[1].seq == 1, "they are number 0 and 1 since the open");
}

static void test_extended(int fd)
{
	struct keyboard_event e[2] = {0};

	type_keys(SCAN_UP, 1);
	ktap_why(
		"e0 48 and e0 c8 were typed; without its e0 the key is 8 of the key pad");
	ktap_ok(read_events(fd, e, 2) == 2 && is_key(&e[0], KEY_UP, 1) &&
			is_key(&e[1], KEY_UP, 0),
		"an extended key is itself, not its twin without e0");
}

/* One after the other, so that neither side's queue can be the reason for a loss. */
static void test_all(int fd, int evdev)
{
	unsigned int all[128];
	int n = scans(all), same = 0, seen = 0;
	struct keyboard_event ours, theirs;

	for (int i = 0; i < 2 * n; i++) {
		type_key(all[i / 2], i % 2 == 0);
		if (!evdev_key(evdev, &theirs))
			break;
		seen++;
		if (read_events(fd, &ours, 1) == 1 &&
		    is_key(&ours, theirs.code, theirs.value) && ours.scan == theirs.scan)
			same++;
		else
			ktap_diag("scan %x code %d value %d, the kernel has %x %d %d",
				  ours.scan, ours.code, ours.value, theirs.scan,
				  theirs.code, theirs.value);
	}
	ktap_why("%d of %d; who reads the data port himself steals from it", seen, 2 * n);
	ktap_ok(seen == 2 * n, "the kernel's own driver gets every key");
	ktap_why("%d of %d", same, 2 * n);
	ktap_ok(same == 2 * n,
		"every key arrives here with the code, scan code and value "
		"that it has there");
}

static void test_triple(int fd, int evdev)
{
	int good = 0;

	for (int i = 0; i < 10; i++) {
		type_triple();
		good += evdev_triple(evdev);
	}
	ktap_why("%d of 10 times; a handler that reads the data port takes one", good);
	ktap_ok(good == 10,
		"the kernel's own driver gets each of three bytes that come at "
		"once");
	drain(fd);
}

static void test_burst(int fd, int evdev)
{
	uint64_t before = status_of(fd).seen;
	int seen = burst(evdev), got;

	ktap_why("%d of %d key events came through", seen, 2 * BURST);
	ktap_ok(seen == 2 * BURST, "the kernel's own driver loses no byte of fast keys");
	got = drain(fd) + (int)status_of(fd).lost;
	ktap_why("%d read or counted as lost, %d were to be seen", got, 2 * BURST);
	ktap_ok(got == 2 * BURST && status_of(fd).seen - before == 2 * BURST,
		"the module loses none without counting it");
}

static int kernel_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	lseek(fd, 0, SEEK_END);
	return fd;
}

static bool log_has(int fd, const char *text)
{
	char record[2048];
	bool found = false;
	ssize_t len;

	while ((len = read(fd, record, sizeof(record) - 1)) > 0) {
		record[len] = 0;
		if (strstr(record, text)) {
			ktap_diag("%s", record);
			found = true;
		}
	}
	return found;
}

int main(void)
{
	int evdev = open_ps2(), fd, log;

	begin(14);
	log = kernel_log();
	fd = open_keyboard(0);
	if (!ktap_ok(fd >= 0, DEVICE " can be opened"))
		return 1;
	test_letter(fd);
	test_extended(fd);
	forget_keys(evdev);
	test_all(fd, evdev);
	test_triple(fd, evdev);
	test_burst(fd, evdev);
	ktap_why("atkbd says so when a byte was missing");
	ktap_ok(!log_has(log, "nknown key"),
		"the kernel's own driver met no unknown key");
	return ktap_end();
}
