// SPDX-License-Identifier: GPL-2.0-only
/* kmlab watch: judge again whenever a source file is saved. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>

#include "fs.h"

#include "run.h"

#include "specs.h"
#include "ui.h"
#include "verdicts.h"

/* Editors write, rename and touch within a few milliseconds: one save, one run. */
#define SETTLE_MS 30

static bool is_source(const char *name)
{
	return str_ends(name, ".c") || str_ends(name, ".h") || str_ends(name, ".S") ||
	       str_ends(name, ".sh") || !strcmp(name, "Kbuild") ||
	       !strcmp(name, "Makefile");
}

static int watch_tree(int fd, const char *dir)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	uint32_t events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_CREATE;

	if (inotify_add_watch(fd, dir, events) < 0)
		return -errno;
	fs_list(dir, false, &names);
	for (size_t i = 0; i < names.n; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", dir, names.v[i]);

		if (fs_is_dir(path))
			watch_tree(fd, path);
	}
	return 0;
}

static int watch_source(int fd, const char *source)
{
	_cleanup_free_ char *dir = xstrdup(source);
	char *slash;

	if (fs_is_dir(source))
		return watch_tree(fd, source);
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
	return watch_tree(fd, slash ? dir : ".");
}

/* Reads what is there; true when a file that matters changed. */
static bool drain(int fd)
{
	char buffer[16384] __attribute__((aligned(8)));
	bool matters = false;
	ssize_t n = read(fd, buffer, sizeof(buffer));

	for (char *p = buffer; n > 0 && p < buffer + n;) {
		struct inotify_event *event = (struct inotify_event *)p;

		if (event->len && is_source(event->name) && !(event->mask & IN_CREATE))
			matters = true;
		p += sizeof(*event) + event->len;
	}
	return matters;
}

/* 0 when something changed, -ECANCELED when the user stops. */
static int wait_for_change(struct cli *cli, int fd)
{
	struct pollfd fds[2] = {{fd, POLLIN, 0}, {cli->lab.cancel_fd, POLLIN, 0}};
	bool changed = false;

	for (;;) {
		int n = poll(fds, 2, changed ? SETTLE_MS : -1);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return 0;
		if (fds[1].revents)
			return -ECANCELED;
		if (n > 0 && fds[0].revents && drain(fd))
			changed = true;
	}
}

static void judge_one(struct cli *cli, const struct lab_run_spec *spec)
{
	struct lab_result *verdict = lab_result_create();
	struct lab_command command = LAB_COMMAND_INIT;
	_cleanup_plan_ struct lab_plan plan = {0};
	int err = lab_plan_make(&cli->lab, spec, &plan, verdict);

	if (err < 0) {
		lab_result_destroy(verdict);
		verdict = lab_trouble(&cli->lab, spec, err);
	} else if (!err) {
		lab_result_destroy(verdict);
		command.argv = cli->command;
		command.all_tests = !command.argv && plan.tests.n;
		command.stdout_fd = STDERR_FILENO;
		command.stderr_fd = STDERR_FILENO;
		lab_plan_run(&cli->lab, &plan, &command, &verdict);
	}
	verdicts_finish(cli, &verdict, 1, stdout, false);
	fflush(stdout);
}

static void judge_all(struct cli *cli, const struct specs *specs)
{
	time_t now = time(NULL);
	char clock[16] = "";
	struct tm tm;

	if (localtime_r(&now, &tm))
		strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	if (!cli->opt.json)
		printf("-- %s --\n", clock);
	for (size_t i = 0; i < specs->n && !lab_cancelled(&cli->lab); i++)
		judge_one(cli, &specs->spec[i]);
}

static int watch_loop(struct cli *cli, const struct specs *specs, int fd)
{
	for (;;) {
		int err;

		judge_all(cli, specs);
		if (cli->opt.once)
			return EXIT_OK;
		err = lab_cancelled(&cli->lab) ? -ECANCELED : wait_for_change(cli, fd);
		if (err == -ECANCELED)
			return EXIT_OK; /* the way to end a watch */
		if (err)
			return ui_failed(cli, lab_fail(&cli->lab, err, "cannot watch: %s",
						       strerror(-err)));
	}
}

static int run_watch(struct cli *cli)
{
	_cleanup_close_ int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	struct specs specs = {0};
	int status;

	if (!cli->argc)
		return ui_usage(cli, "nothing to watch; try 'kmlab watch modules/hello'");
	if (fd < 0)
		return ui_failed(cli, lab_fail(&cli->lab, -errno,
					       "cannot watch files: %s; "
					       "raise fs.inotify.max_user_instances",
					       strerror(errno)));
	status = specs_init(cli, &specs);
	for (int i = 0; i < cli->argc && !status; i++) {
		int err = watch_source(fd, cli->argv[i]);

		if (err)
			status = ui_failed(cli, lab_fail(&cli->lab, err,
							 "cannot watch '%s': %s",
							 cli->argv[i], strerror(-err)));
	}
	if (!status)
		status = watch_loop(cli, &specs, fd);
	specs_deinit(&specs);
	return status;
}

static const struct opt opts[] = {
	OPTS_MODULE,
	OPTS_REPORT,
	OPT(OPT_FLAG, "once", 0, once, NULL, "judge once and end"),
	{0},
};

const struct cmd cmd_watch = {
	.name = "watch",
	.summary = "rebuild and judge again on every save",
	.usage = "[OPTION...] DIR|FILE.c... [-- COMMAND [ARG...]]",
	.operands = ANY_NUMBER,
	.takes_command = true,
	.text = "Judges the modules now and again after each save of a source file, a "
		"Kbuild file\n"
		"or a test. Ctrl-C ends it.\n"
		"\n"
		"  kmlab watch modules/hello\n"
		"  kmlab watch -k debian/6.12 hello.c -- cat /proc/hello\n",
	.opts = opts,
	.run = run_watch,
};
