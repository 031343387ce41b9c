// SPDX-License-Identifier: GPL-2.0-only
/*
 * delete_module(2) itself: its flags, each errno in words, and what a forced unload is.
 *
 *	0, O_NONBLOCK	the same since Linux 3.13. The manual says that 0 waits until the
 *			module is free; no kernel in use does that
 *	O_TRUNC		"force": go on although others hold references. They are not
 *			told. Still refused while another module uses its symbols
 */
#define _GNU_SOURCE
#include "refcount_tests.h"

#define TAINT_FORCED_RMMOD (1 << 3) /* the letter R */

static const char *words(int err)
{
	switch (err) {
	case 0:
		return "unloaded";
	case ENOENT:
		return "no such module";
	case EWOULDBLOCK:
		return "in use";
	case EBUSY:
		return "not live: still loading, unloading, or without exit function";
	case EPERM:
		return "not allowed: needs CAP_SYS_MODULE";
	case EFAULT:
		return "bad pointer";
	default:
		return strerror(err);
	}
}

static int taint(void)
{
	char text[32] = "";
	int fd = open("/proc/sys/kernel/tainted", O_RDONLY);

	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = '\0';
	close(fd);
	return atoi(text);
}

#define UNLOADS(m, flags, want, name)                                                    \
	do {                                                                             \
		int err_ = kmodule_unload(m, flags);                                     \
                                                                                         \
		ktap_why("it says: %s", words(err_));                                    \
		ktap_ok(err_ == (want), name);                                           \
	} while (0)

static void test_errors(void)
{
	static const struct kmodule nobody = {.name = "no_such_module"};
	int status = -1;
	pid_t child;

	UNLOADS(&nobody, O_NONBLOCK, ENOENT, "an unknown name: ENOENT");
	ktap_ok(syscall(SYS_delete_module, (void *)1, O_NONBLOCK) && errno == EFAULT,
		"a bad pointer: EFAULT");
	child = fork();
	if (!child)
		_exit(setuid(65534) ? 1 : kmodule_unload(&plugin, O_NONBLOCK));
	waitpid(child, &status, 0);
	ktap_ok(WEXITSTATUS(status) == EPERM && count(&plugin) == 0,
		"without CAP_SYS_MODULE: EPERM");
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void test_in_use(void)
{
	struct sigaction sa = {.sa_handler = on_alarm};
	int fd, held;

	UNLOADS(&core, O_NONBLOCK, EWOULDBLOCK,
		"the core, used by the plug-in: EWOULDBLOCK");
	UNLOADS(&core, O_NONBLOCK | O_TRUNC, EWOULDBLOCK,
		"not even by force: the plug-in links to it");
	UNLOADS(&plugin, O_NONBLOCK, 0, "the plug-in first: unloaded");
	fd = open(DEVICE, O_RDWR);
	held = count(&core);
	ktap_ok(held > 0, "an open file holds the core");
	UNLOADS(&core, O_NONBLOCK, EWOULDBLOCK, "which is in use then: EWOULDBLOCK");
	/* Should a kernel wait here in spite of that, the alarm ends it with EINTR. */
	sigaction(SIGALRM, &sa, NULL);
	alarm(FOR_EVER_MS / 1000);
	UNLOADS(&core, 0, EWOULDBLOCK, "without O_NONBLOCK it does not wait either");
	alarm(0);
	ktap_ok(!strcmp(kmodule_text(&core, "initstate"), "live") && count(&core) == held,
		"who was refused is as live as before");
	close(fd);
	UNLOADS(&core, O_NONBLOCK, 0, "closed, the core unloads");
	fd = open(DEVICE, O_RDWR);
	ktap_ok(fd < 0 && errno == ENOENT, "and its device is gone");
	if (fd >= 0)
		close(fd);
	ktap_ok(!kmodule_load(&core, "") && !kmodule_load(&plugin, ""),
		"both load again");
	ktap_ok(kmodule_load(&plugin, "") == EEXIST, "a second time: EEXIST");
}

/* The state "going" can be seen when the exit function is slow. */
static void test_twice(void)
{
	static const char name[] = "while one unload is under way, another: EBUSY";
	long end = now_ms() + FOR_EVER_MS;
	pid_t child;

	if (!kmodule_has_param(&plugin, "linger_ms")) {
		ktap_skip("no parameter linger_ms that slows its exit down", name);
		return;
	}
	kmodule_unload(&plugin, O_NONBLOCK);
	kmodule_load(&plugin, "linger_ms=1000");
	child = fork();
	if (!child)
		_exit(kmodule_unload(&plugin, O_NONBLOCK));
	while (strcmp(kmodule_text(&plugin, "initstate"), "going") != 0 && now_ms() < end)
		usleep(1000);
	UNLOADS(&plugin, O_NONBLOCK, EBUSY, name);
	waitpid(child, NULL, 0);
	kmodule_load(&plugin, "");
}

/*
 * A reference that nobody will give back, because of a bug: the one case that force is
 * for. Nobody is in the module's code and nobody has a pointer to it, so it survives.
 */
static void test_forced(void)
{
	static const char skipped[] =
		"no parameter stuck that takes a reference for ever";
	int before = taint();

	UNLOADS(&plugin, O_NONBLOCK | O_TRUNC, 0, "force, on a module that nobody uses");
	ktap_ok(taint() == before, "is an ordinary unload, and taints nothing");
	kmodule_load(&plugin, "");
	if (!kmodule_has_param(&plugin, "stuck")) {
		for (int i = 0; i < 5; i++)
			ktap_skip(skipped, "a forced unload");
		return;
	}
	kmodule_unload(&plugin, O_NONBLOCK);
	kmodule_load(&plugin, "stuck=1");
	ktap_ok(count(&plugin) == 1, "a reference without anybody behind it");
	UNLOADS(&plugin, O_NONBLOCK, EWOULDBLOCK, "keeps the module for ever");
	UNLOADS(&plugin, O_NONBLOCK | O_TRUNC, 0, "by force it goes nevertheless");
	ktap_why("taint %#x before, %#x now", before, taint());
	ktap_ok(!(before & TAINT_FORCED_RMMOD) && taint() & TAINT_FORCED_RMMOD,
		"and the kernel bears the mark R from now on: nobody will trust its "
		"oopses");
	ktap_ok(count(&plugin) == -1 && !kmodule_load(&plugin, "") && count(&plugin) == 0,
		"loaded anew, it counts from zero");
}

int main(void)
{
	find_modules();
	ktap_plan(22);
	test_errors();
	test_in_use();
	test_twice();
	test_forced();
	return ktap_end();
}
