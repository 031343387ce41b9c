// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once from both CPUs while keys arrive: no event lost without being
 * counted, no key lost by the kernel's own driver, also while the module comes and goes.
 */
#include "lib.h"

#define SECONDS 1
#define READERS 3

/* What the processes of one round tell each other. */
struct round {
	volatile int stop;
	volatile int typed; /* events, or bytes when raw */
	struct {
		volatile int got;
		volatile int misplaced;
	} reader[READERS];
};

static struct round *new_round(void)
{
	return mmap(NULL, sizeof(struct round), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/* Readers of different sizes; the last one polls first. */
static pid_t start_reader(struct round *round, int fd, int number)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct keyboard_event e[32];
	uint64_t next = 0;
	pid_t pid = fork();

	if (pid)
		return pid;
	catch_signal(SIGUSR1, 0);
	run_on(number);
	while (!round->stop) {
		ssize_t len = 0;

		if (number < READERS - 1 || poll(&p, 1, 10) == 1)
			len = read(fd, e, sizeof(*e) << (number * 2));
		for (int i = 0; i < (int)(len / (ssize_t)sizeof(*e)); i++) {
			round->reader[number].misplaced += e[i].seq < next;
			next = e[i].seq + 1;
			round->reader[number].got++;
		}
	}
	_exit(0);
}

/* Opens, reads, asks, closes, on one CPU and on the other. */
static pid_t start_opener(struct round *round)
{
	struct keyboard_event e[4];
	pid_t pid = fork();

	if (pid)
		return pid;
	for (int i = 0; !round->stop; i++) {
		int fd = open_keyboard(O_NONBLOCK);

		run_on(i);
		status_of(fd);
		if (read(fd, e, sizeof(e)) == 0)
			_exit(1);
		close(fd);
	}
	_exit(0);
}

static void type_for_a_while(struct round *round, int for_each)
{
	for (uint64_t start = now_ns(); now_ns() - start < SECONDS * 1000000000ULL;) {
		send_key(SCAN_UP, true);
		send_key(SCAN_UP, false);
		round->typed += 2 * for_each;
	}
	settle();
}

/*
 * A reader may be on its way into the read when the signal comes: ask again. One that
 * does not end at a signal gets a key in the end.
 */
static void stop_round(struct round *round, const pid_t *pids, int n)
{
	uint64_t start = now_ns();

	round->stop = 1;
	for (int i = 0; i < n; i++) {
		while (waitpid(pids[i], NULL, WNOHANG) == 0) {
			kill(pids[i], SIGUSR1);
			usleep(1000);
			if (too_late(start))
				type_keys(SCAN_A, 1);
		}
	}
}

static void test_everything(const char *params, int for_each, const char *mode)
{
	struct round *round = new_round();
	int fds[READERS], good = 0;
	pid_t pids[READERS + 1];

	ktap_ok(!unload_module() && !load_module(params), "%s: unloads and loads", mode);
	for (int i = 0; i < READERS; i++) {
		fds[i] = open_keyboard(0);
		pids[i] = start_reader(round, fds[i], i);
	}
	pids[READERS] = start_opener(round);
	type_for_a_while(round, for_each);
	stop_round(round, pids, READERS + 1);
	for (int i = 0; i < READERS; i++) {
		int got = round->reader[i].got + drain(fds[i]);
		struct keyboard_status status = status_of(fds[i]);

		if (got + (int)status.lost == round->typed && !round->reader[i].misplaced)
			good++;
		else
			ktap_diag("reader %d: got %d, lost %llu, of %d; %d misplaced", i,
				  got, status.lost, round->typed,
				  round->reader[i].misplaced);
		close(fds[i]);
	}
	ktap_why("some event was neither read nor counted as lost, or came twice");
	ktap_ok(good == READERS,
		"%s: every reader got everything, in order, but what is counted as lost",
		mode);
	munmap(round, sizeof(*round));
}

/* Types and looks at what the kernel's own driver makes of it, until told to stop. */
static pid_t start_typist(struct round *round, int evdev)
{
	struct keyboard_event e;
	pid_t pid = fork();

	if (pid)
		return pid;
	forget_keys(evdev);
	for (int pressed = 1; !round->stop || !pressed; pressed = !pressed) {
		run_on(round->typed / 16);
		send_key(SCAN_UP, pressed);
		if (!evdev_key(evdev, &e) || !is_key(&e, KEY_UP, pressed))
			_exit(1);
		round->typed++;
	}
	_exit(0);
}

static void test_reloads(int evdev)
{
	struct round *round = new_round();
	pid_t pid = start_typist(round, evdev);
	int loads = 0, err = 0;

	for (uint64_t start = now_ns();
	     now_ns() - start < SECONDS * 1000000000ULL && !err;) {
		err = unload_module();
		if (!err)
			err = load_module(loads++ % 2 ? "" : "raw=1");
	}
	round->stop = 1;
	ktap_why("error %d after %d loads", err, loads);
	ktap_ok(!err, "unloads and loads while keys arrive");
	ktap_why("it lost one after %d keys and %d loads", round->typed, loads);
	ktap_ok(ends(pid) == 0, "the kernel's own driver misses no key meanwhile");
	munmap(round, sizeof(*round));
}

int main(void)
{
	int evdev = open_ps2();

	begin(6);
	test_everything("raw=1", 2, "bytes");
	test_everything("", 1, "keys");
	test_reloads(evdev);
	return ktap_end();
}
