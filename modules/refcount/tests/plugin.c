// SPDX-License-Identifier: GPL-2.0-only
/*
 * The core takes a reference to the plug-in before it calls it, and gives it back in
 * every case; what happens when the plug-in is on its way out.
 */
#define _GNU_SOURCE
#include "refcount_tests.h"

#define MANY 64

/* Writes @text to the file: 0, or errno. */
static int say(int fd, const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? errno : 0;
}

/* Reads the line from its beginning: its length, or -errno. */
static ssize_t hear(int fd)
{
	char line[128];
	ssize_t n = pread(fd, line, sizeof(line), 0);

	return n < 0 ? -errno : n;
}

static int per_file; /* references that an open file is; a cdev takes two */

static void test_open(void)
{
	int before = count(&core), fd;

	ktap_why("counts: core %d, plug-in %d.\nA module that uses symbols of another "
		 "holds it.",
		 before, count(&plugin));
	ktap_ok(before == 1 && count(&plugin) == 0,
		"the plug-in is a reference to the core, which it links to");
	fd = open(DEVICE, O_RDWR);
	per_file = count(&core) - before;
	ktap_why(
		"counts: core %d, plug-in %d.\nThe VFS takes references to the .owner of "
		"the file_operations, or to nobody.",
		count(&core), count(&plugin));
	ktap_ok(per_file > 0 && count(&plugin) == 0,
		"an open file holds the core, and not the plug-in");
	ktap_ok(hear(fd) == 0, "there is nothing to read: it is not attached");
	close(fd);
	ktap_ok(count(&core) == before, "closed, it holds nothing");
}

static void test_attach(void)
{
	int fd = attached(), other, err;

	ktap_why("count %d.\nThe core knows the plug-in's functions by pointers; the "
		 "loader does not see them. Without try_module_get() nothing keeps their "
		 "code in memory.",
		 count(&plugin));
	ktap_ok(fd >= 0 && count(&plugin) == 1,
		"attaching takes a reference to the plug-in");
	ktap_ok(hear(fd) > 1, "the plug-in speaks");
	err = kmodule_unload(&plugin, O_NONBLOCK);
	ktap_why("%s", err ? strerror(err) : "it was unloaded under its user");
	if (!ktap_ok(err == EWOULDBLOCK, "the plug-in cannot be unloaded then"))
		kmodule_load(&plugin, "");
	ktap_ok(count(&plugin) == 1 && hear(fd) > 1, "and goes on to speak");
	ktap_why("a second reference for the same file would never be given back");
	ktap_ok(say(fd, plugin.name) == EBUSY && count(&plugin) == 1,
		"attaching an attached file fails with EBUSY, and takes none");
	other = attached();
	ktap_ok(count(&plugin) == 2, "another file takes another");
	close(other);
	ktap_ok(count(&plugin) == 1, "closing it gives it back");
	ktap_ok(!say(fd, "\n") && count(&plugin) == 0, "so does detaching the first");
	ktap_ok(hear(fd) == 0, "which hears nothing any more");
	ktap_ok(!say(fd, "\n") && count(&plugin) == 0, "detaching twice changes nothing");
	close(fd);
}

/* However it goes wrong, no reference is left. */
static void test_errors(void)
{
	char name[MANY * 2];
	int fd = open(DEVICE, O_RDWR);

	memset(name, 'x', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	ktap_ok(say(fd, "nobody\n") == ENODEV, "an unknown name: ENODEV");
	ktap_ok(say(fd, name) == EINVAL, "a name too long for a module: EINVAL");
	ktap_ok(write(fd, (void *)1, 4) < 0 && errno == EFAULT, "a bad pointer: EFAULT");
	ktap_ok(write(fd, "x", 0) == 0, "a write of nothing is nothing");
	ktap_ok(count(&plugin) == 0, "and none of them leaves a reference");
	close(fd);
}

static void test_refused(void)
{
	int fd[MANY], n = 0, err = 0;

	while (n < MANY) {
		fd[n] = attached();
		if (fd[n] < 0)
			break;
		n++;
	}
	err = errno;
	ktap_why("%d users, then: %s", n, n < MANY ? strerror(err) : "no end");
	ktap_ok(n > 0 && n < MANY && err == EUSERS,
		"the plug-in refuses a user too many with EUSERS");
	ktap_why("count %d with %d users.\nThe core took a reference before it asked, "
		 "and has to give it back when the answer is no.",
		 count(&plugin), n);
	ktap_ok(count(&plugin) == n, "who was refused holds no reference");
	while (n > 0)
		close(fd[--n]);
	ktap_ok(count(&plugin) == 0, "without users there is none");
}

/* A reference belongs to the open file, not to a process. */
static void test_processes(void)
{
	int fd = attached(), pipe_fd[2];
	pid_t child;
	char c;

	child = fork();
	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
	ktap_ok(count(&plugin) == 1,
		"a child that inherits the file and exits gives nothing back");
	close(fd);
	ktap_ok(count(&plugin) == 0, "the last to close it does");

	if (pipe(pipe_fd))
		return;
	child = fork();
	if (!child) {
		fd = attached();
		if (write(pipe_fd[1], "x", 1) == 1)
			pause();
		_exit(0);
	}
	if (read(pipe_fd[0], &c, 1) != 1)
		c = 0;
	ktap_ok(count(&plugin) == 1, "a child of ours is attached");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ktap_ok(count(&plugin) == 0, "killed, it gives its reference back");
}

static void test_gone(void)
{
	int fd = open(DEVICE, O_RDWR), err;

	ktap_ok(kmodule_unload(&plugin, O_NONBLOCK) == 0,
		"a plug-in without users unloads");
	ktap_why("count %d", count(&core));
	ktap_ok(count(&core) == per_file, "and gives its reference to the core back");
	err = say(fd, plugin.name);
	ktap_ok(err == ENODEV, "attaching fails with ENODEV then");
	ktap_ok(kmodule_load(&plugin, "") == 0 && !say(fd, plugin.name) && hear(fd) > 1,
		"loaded again, the same open file may attach");
	close(fd);
}

/* Its exit function runs, and is slow. */
static void test_going(void)
{
	static const char good[] = "attaching to a plug-in on its way out: ENODEV";
	static const char after[] = "which goes, and takes nothing along";
	long end = now_ms() + FOR_EVER_MS;
	int fd, err, status = -1;
	pid_t child;

	if (!kmodule_has_param(&plugin, "linger_ms")) {
		ktap_skip("no parameter linger_ms that slows its exit down", good);
		ktap_skip("no parameter linger_ms that slows its exit down", after);
		return;
	}
	kmodule_unload(&plugin, O_NONBLOCK);
	kmodule_load(&plugin, "linger_ms=1000");
	fd = open(DEVICE, O_RDWR);
	child = fork();
	if (!child)
		_exit(kmodule_unload(&plugin, O_NONBLOCK));
	while (strcmp(kmodule_text(&plugin, "initstate"), "going") != 0 && now_ms() < end)
		usleep(1000);
	err = say(fd, plugin.name);
	ktap_why("%s.\ntry_module_get() says false; who ignores that, or uses "
		 "__module_get(), runs code whose memory is about to be freed.",
		 err ? strerror(err) : "attached");
	ktap_ok(err == ENODEV, good);
	if (!err)
		say(fd, "\n");
	waitpid(child, &status, 0);
	ktap_ok(status == 0 && count(&plugin) == -1 && hear(fd) == 0, after);
	close(fd);
	kmodule_load(&plugin, "");
}

int main(void)
{
	find_modules();
	ktap_plan(32);
	test_open();
	test_attach();
	test_errors();
	test_refused();
	test_processes();
	test_gone();
	test_going();
	return ktap_end();
}
