// SPDX-License-Identifier: GPL-2.0-only
/* Black box: the module cannot be unloaded while its device is open, and can afterwards.
 */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include "device.h"
#include "ktap.h"

#define OTHER_NODE "/tmp/chardev-node"

enum { VISITORS = 2, UNLOADS = 10 };

/* A process with the device open: it waits until the pipe is closed, reads, and ends. */
struct holder {
	pid_t pid;
	int has; /* a byte comes when it is open */
	int go;	 /* closing this lets it go on */
};

static void hold(int has, int go)
{
	char text[TEXT_MAX], byte = 0;
	int fd = open(DEVICE, O_RDONLY);

	(void)!write(has, &byte, 1);
	(void)!read(go, &byte, 1);
	_exit(read_all(fd, text, 8) > 0 ? 0 : 1);
}

static void start_holder(struct holder *holder)
{
	int has[2], go[2];
	char byte;

	if (pipe(has) || pipe(go))
		exit(1);
	holder->pid = fork();
	if (!holder->pid) {
		close(go[1]);
		hold(has[1], go[0]);
	}
	close(has[1]);
	close(go[0]);
	holder->has = has[0];
	holder->go = go[1];
	(void)!read(holder->has, &byte, 1);
}

/* Its exit status; -1 when it did not end by itself, as a crash may leave it hanging. */
static int end_holder(struct holder *holder)
{
	int status = -1, left = 1000;

	close(holder->go);
	while (!waitpid(holder->pid, &status, WNOHANG) && left--)
		usleep(10000);
	close(holder->has);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * The rest depends on it: where the module is gone although its device is open, the
 * holder crashes, and the other checks would say nothing.
 */
static void while_open(void)
{
	struct holder holder;
	int err, status;

	start_holder(&holder);
	err = unload_module();
	ktap_why("%s; set .owner = THIS_MODULE in the file_operations: the kernel then "
		 "keeps "
		 "the module for each open file. Without it the next read, or the close, "
		 "goes "
		 "where the module was, and crashes",
		 err ? strerror(err) : "it was unloaded while its device is open");
	ktap_ok(err == EAGAIN, "unloading is refused while the device is open");
	status = end_holder(&holder);
	if (err != EAGAIN)
		exit(1);
	ktap_ok(!status, "and the open file goes on working");
}

/* A child has the file, without having opened it; the parent closes its own. */
static void in_a_child(void)
{
	int fd = open(DEVICE, O_RDONLY), go[2], err, status;
	char byte;
	pid_t pid;

	if (pipe(go))
		exit(1);
	pid = fork();
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], &byte, 1) == 0 && pread(fd, &byte, 1, 0) == 1 ? 0 : 1);
	}
	close(go[0]);
	close(fd);
	err = unload_module();
	ktap_ok(err == EAGAIN, "as long as a child has it from its parent, too");
	close(go[1]);
	waitpid(pid, &status, 0);
	ktap_ok(!status, "and the child can still read");
}

static bool listed(unsigned int major)
{
	char line[128], want[64];
	bool found = false;
	FILE *devices = fopen("/proc/devices", "r");

	snprintf(want, sizeof(want), "%3u ", major);
	while (fgets(line, sizeof(line), devices) && strncmp(line, "Block", 5))
		found |= !strncmp(line, want, strlen(want));
	fclose(devices);
	return found;
}

static void after_close(void)
{
	struct stat node;
	char sys[64];
	int err;

	stat(DEVICE, &node);
	snprintf(sys, sizeof(sys), "/sys/dev/char/%u:%u", major(node.st_rdev),
		 minor(node.st_rdev));
	mknod(OTHER_NODE, S_IFCHR | 0444, node.st_rdev);
	err = open(OTHER_NODE, O_RDONLY);
	ktap_ok(err >= 0 && !close(err), "a node made by hand leads to it as well");

	err = unload_module();
	ktap_why("%s; a reference is left although everything is closed: whoever calls "
		 "try_module_get() has to call module_put(), also where open fails",
		 strerror(err));
	ktap_ok(!err, "when all is closed it unloads");
	ktap_ok(access(DEVICE, F_OK) && errno == ENOENT, "the node is gone");
	ktap_ok(access(sys, F_OK), "so is its entry in /sys/dev/char");
	ktap_why("major %u is still there: unregister_chrdev_region()",
		 major(node.st_rdev));
	ktap_ok(!listed(major(node.st_rdev)), "and its major number from /proc/devices");
	ktap_ok(open(OTHER_NODE, O_RDONLY) < 0 && errno == ENXIO,
		"the node made by hand leads nowhere");
	ktap_ok(!load_module("") && visit() >= 0, "loads again and works");
}

static atomic_bool stop;
static atomic_int wrong, visits;

/* While the module comes and goes its device may be missing; where it can be opened, it
 * has to work. */
static void *visitor(void *me)
{
	char text[TEXT_MAX];

	run_on_cpu((intptr_t)me);
	while (!stop) {
		int fd = open(DEVICE, O_RDONLY);

		if (fd < 0) /* not there, or on its way out, which has several names */
			continue;
		wrong += read_all(fd, text, 16) <= 0;
		close(fd);
		visits++;
		usleep(2000);
	}
	return NULL;
}

static void under_visitors(void)
{
	pthread_t threads[VISITORS];
	int unloaded = 0, failed = 0;

	for (intptr_t i = 0; i < VISITORS; i++)
		pthread_create(&threads[i], NULL, visitor, (void *)i);
	for (int i = 0; i < 1000 * UNLOADS && unloaded < UNLOADS && !failed; i++) {
		if (unload_module()) {
			usleep(100);
			continue;
		}
		unloaded++;
		failed = load_module("");
	}
	stop = true;
	for (int i = 0; i < VISITORS; i++)
		pthread_join(threads[i], NULL);
	ktap_diag("unloaded %d times during %d visits", unloaded, visits);
	ktap_why("%s", strerror(failed));
	ktap_ok(unloaded && !failed, "comes and goes between its visitors");
	ktap_why("%d of them got an error, or half a message, from an open file", wrong);
	ktap_ok(!wrong, "who get all or find nothing");
}

int main(void)
{
	int fd = open(DEVICE, O_RDONLY);

	ktap_plan(15);
	if (!ktap_ok(fd >= 0, "opens"))
		return 1;
	close(fd);
	while_open();
	in_a_child();
	after_close();
	under_visitors();
	ktap_ok(visit() >= 0, "after all that it works");
	return ktap_end();
}
