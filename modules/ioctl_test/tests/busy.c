// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: many callers at the same time, children with an inherited file, and a module
 * that is unloaded under them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KMODULE "ioctl_test"
#include "klog.h"
#include "kmodule.h"
#include "ktap.h"
#include "ktest.h"
#include "uapi/ioctl_test.h"

#define PATH "/proc/ioctl_test"

enum {
	CALLERS = 4,
	GOOD = 50,  /* good calls by each; each makes a line */
	BAD = 2000, /* others after them, twice */
	UNLOADS = 10,
};

static int shared; /* one open file for all */
static atomic_int wrong, stop;
static pthread_barrier_t all_here;

static int call(int fd, unsigned int command, const void *arg)
{
	return ioctl(fd, command, arg) < 0 ? errno : 0;
}

static void bad_calls(int fd)
{
	struct ioctl_test_t arg = {.field1 = -1, .field2 = '!'};
	int err;

	for (int i = 0; i < BAD && !wrong; i++) {
		wrong += call(fd, IOCTL_TEST, NULL) != EFAULT;
		err = call(fd, _IOW(0, 6, int), &arg);
		wrong += err != ENOTTY && err != EINVAL;
	}
}

/* Which field2 goes with which field1; both differ from all other calls' fields. */
static char letter(int field1)
{
	return (char)('A' + field1 % 26);
}

static void *caller(void *number)
{
	const int me = (int)(intptr_t)number;
	int own = open(PATH, O_RDONLY);

	run_on_cpu(me);
	pthread_barrier_wait(&all_here);
	for (int i = 0; i < GOOD && !wrong; i++) {
		int n = me * GOOD + i;
		struct ioctl_test_t arg = {.field1 = n, .field2 = letter(n)};

		wrong += call(i % 2 ? shared : own, IOCTL_TEST, &arg) != 0;
	}
	bad_calls(own);
	bad_calls(shared);
	close(own);
	return NULL;
}

static void start(pthread_t *threads, void *(*run)(void *))
{
	for (intptr_t i = 0; i < CALLERS; i++)
		pthread_create(&threads[i], NULL, run, (void *)i);
}

static void wait_for(pthread_t *threads)
{
	for (int i = 0; i < CALLERS; i++)
		pthread_join(threads[i], NULL);
}

/* Each good call has one line in the log, complete, with both fields of the same call. */
static void lines(int klog)
{
	int seen[CALLERS * GOOD] = {0}, mixed = 0, other = 0, missing = 0, twice = 0;
	char args[256], want[32];
	int n;

	while (klog_call(klog, args, sizeof(args)) >= 0) {
		if (sscanf(args, "%d,", &n) != 1 || n < 0 || n >= CALLERS * GOOD) {
			other++;
			continue;
		}
		snprintf(want, sizeof(want), "%d,%c)!", n, letter(n));
		mixed += !!strcmp(args, want);
		seen[n]++;
	}
	for (n = 0; n < CALLERS * GOOD; n++) {
		missing += !seen[n];
		twice += seen[n] > 1;
	}
	ktap_why("%d lines have the fields of two calls, %d those of none: copy the "
		 "argument "
		 "into a variable of the function, not into one that all callers share",
		 mixed, other);
	ktap_ok(!mixed && !other, "each line shows the two fields of one call");
	ktap_why("of %d calls %d have no line, %d more than one", CALLERS * GOOD, missing,
		 twice);
	ktap_ok(!missing && !twice, "each call has its line");
}

static void many_at_once(int klog)
{
	pthread_t threads[CALLERS];

	klog_calls(klog);
	pthread_barrier_init(&all_here, NULL, CALLERS);
	start(threads, caller);
	wait_for(threads);
	ktap_why("a good call did not return 0, a null pointer not EFAULT, or another "
		 "size was "
		 "not refused; if that is so with one caller too, see the other tests");
	if (ktap_ok(!wrong, "%d callers at once, each call has its right result",
		    CALLERS)) {
		lines(klog);
	} else {
		ktap_skip("some calls went wrong",
			  "each line shows the two fields of one call");
		ktap_skip("some calls went wrong", "each call has its line");
	}
}

static void inherited(int klog)
{
	struct ioctl_test_t arg = {.field1 = 1, .field2 = 'f'};
	int status = -1, copy;
	pid_t pid = fork();

	if (!pid)
		_exit(call(shared, IOCTL_TEST, &arg));
	waitpid(pid, &status, 0);
	ktap_ok(!status, "a child may use the file it inherited");
	ktap_ok(!call(shared, IOCTL_TEST, &arg), "its end does not close the parent's");
	copy = dup(shared);
	close(copy);
	ktap_ok(!call(shared, IOCTL_TEST, &arg), "nor does closing a copy");
	klog_calls(klog);
}

/* An open file of a module that is unloaded works on or fails; it must not succeed once
 * the module is gone. */
static void open_file(int klog)
{
	struct ioctl_test_t arg = {.field1 = 1, .field2 = 'u'};
	char byte;
	int err = unload_module();

	klog_calls(klog);
	if (err) {
		ktap_ok(err == EAGAIN || err == EBUSY,
			"unloading is refused while it is open");
		ktap_ok(!call(shared, IOCTL_TEST, &arg), "and the file goes on working");
		ktap_ok(klog_calls(klog) == 1, "as before");
		return;
	}
	ktap_ok(true, "unloads while the file is open");
	ktap_why("%s", "the module is gone; its file can answer with an error only");
	ktap_ok(call(shared, IOCTL_TEST, &arg) && read(shared, &byte, 1) <= 0,
		"and from then on the open file answers with errors");
	ktap_ok(!load_module(""), "loads again meanwhile");
}

/* Opens, calls and closes for as long as the module comes and goes. */
static void *visitor(void *number)
{
	run_on_cpu((intptr_t)number);
	while (!stop && !wrong) {
		int fd = open(PATH, O_RDONLY), err;

		if (fd < 0) /* not there, or on its way out, which has several names */
			continue;
		for (int i = 0; i < 50; i++) {
			err = call(fd, IOCTL_TEST, NULL);
			wrong += err != EFAULT && err != ENOTTY && err != EIO;
		}
		close(fd);
	}
	return NULL;
}

static void under_load(void)
{
	pthread_t threads[CALLERS];
	int unloaded = 0, failed = 0;

	wrong = 0;
	start(threads, visitor);
	for (int i = 0; i < 50 * UNLOADS && unloaded < UNLOADS && !failed; i++) {
		if (unload_module()) {
			sched_yield();
			continue;
		}
		unloaded++;
		failed += !!load_module("");
	}
	stop = 1;
	wait_for(threads);
	ktap_diag("unloaded %d times between the calls", unloaded);
	ktap_why("the module could not be loaded again while others tried to open its "
		 "file");
	ktap_ok(!failed, "comes and goes while others call");
	ktap_why("a null pointer had neither EFAULT, as with the module, nor ENOTTY or "
		 "EIO, as "
		 "without");
	ktap_ok(!wrong, "their calls are answered, with it or without");
}

int main(void)
{
	int klog = klog_open(), err;

	ktap_plan(13);
	shared = open(PATH, O_RDONLY);
	if (!ktap_ok(shared >= 0 && klog >= 0, "opens"))
		return 1;
	many_at_once(klog);
	inherited(klog);
	open_file(klog);
	close(shared);
	under_load();
	shared = open(PATH, O_RDONLY);
	err = call(shared, IOCTL_TEST,
		   &(struct ioctl_test_t){.field1 = 9, .field2 = 'e'});
	ktap_ok(shared >= 0 && !err && klog_calls(klog) == 1,
		"after all that a call works");
	return ktap_end();
}
