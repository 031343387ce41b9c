// SPDX-License-Identifier: GPL-2.0-only
/* lib/process: status, output, limits, cancellation, no child left. */
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/wait.h>

#include "process.h"

#include "tap.h"

static int run(const char *script, int timeout, int cancel, struct text *out,
	       struct text *err, int *status)
{
	char *argv[] = {"sh", "-c", (char *)script, NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;

	spec.argv = argv;
	return process_capture(&spec, timeout, cancel, out, err, status);
}

static void test_capture(void)
{
	_cleanup_text_ struct text out = TEXT_INIT, err = TEXT_INIT;
	int status = -1;

	is_int(run("echo a; echo b >&2; exit 3", -1, -1, &out, &err, &status), 0, "ran");
	is_int(status, 3, "its status");
	is_str(out.s, "a\n", "its output");
	is_str(err.s, "b\n", "its errors apart");
	text_deinit(&out);
	run("head -c 1000000 /dev/zero", -1, -1, &out, NULL, &status);
	is_int(out.len, 1000000, "a megabyte of NUL bytes");
	run("kill -9 $$", -1, -1, &out, NULL, &status);
	is_int(status, 137, "a signal is 128 + its number");
}

static void test_limits(void)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_close_ int stop = eventfd(1, EFD_CLOEXEC);
	int status = -1;

	is_int(run("sleep 60 & sleep 60", 50, -1, &out, NULL, &status), -ETIMEDOUT,
	       "time is up");
	is_int(run("sleep 60", -1, stop, &out, NULL, &status), -ECANCELED, "stopped");
	ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no child is left");
}

static void test_failures(void)
{
	char *argv[] = {"no-such-program-here", NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	char *path;
	pid_t pid;

	spec.argv = argv;
	is_int(process_start(&spec, &pid), -ENOENT, "a program that is not there");
	spec.cwd = "/no/such/directory";
	is_int(process_start(&spec, &pid), -ENOENT, "a directory that is not there");
	path = process_find("sh");
	ok(path && path[0] == '/', "sh is found");
	free(path);
	ok(!process_find("no-such-program-here"), "and nothing that is not there");
}

int main(void)
{
	test_capture();
	test_limits();
	test_failures();
	return tap_done();
}
