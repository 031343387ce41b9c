// SPDX-License-Identifier: GPL-2.0-only
/* matrix ctl: one command to a running cloud. */
#include <errno.h>
#include <string.h>

#include "fs.h"

#include "cmd.h"
#include "ctl_server.h"

static int print_answer(const char *answer)
{
	if (str_starts(answer, "ok\n")) {
		fputs(answer + 3, stdout);
		return EXIT_OK;
	}
	if (str_starts(answer, "error: "))
		fprintf(stderr, "matrix: %s", answer + 7);
	else
		error("the cloud did not answer; is it stopped?");
	return EXIT_FAILED;
}

static int run(struct options *o, int argc, char **argv)
{
	_cleanup_text_ struct text line = TEXT_INIT, answer = TEXT_INIT;
	_cleanup_close_ int fd = -1;
	int err;

	if (argc < 2)
		return usage_error(
			"'matrix ctl' wants a socket and a command; see 'matrix ctl "
			"--help'");
	for (int i = 1; i < argc; i++) {
		if (!*argv[i] || strpbrk(argv[i], " \n"))
			return usage_error("'%s' has a blank in it, or is empty",
					   argv[i]);
		text_printf(&line, "%s%s", i > 1 ? " " : "", argv[i]);
	}
	text_puts(&line, "\n");
	fd = ctl_connect(argv[0]);
	if (fd < 0) {
		error("nobody answers at '%s': %s; start one with 'matrix run --ctl %s "
		      "...'",
		      argv[0], strerror(-fd), argv[0]);
		return EXIT_FAILED;
	}
	err = fs_write_all(fd, line.s, line.len);
	err = err ? err : text_read_fd(&answer, fd);
	if (err) {
		error("lost the connection to '%s': %s", argv[0], strerror(-err));
		return EXIT_FAILED;
	}
	return print_answer(answer.len ? answer.s : "");
}

static const struct opt opts[] = {OPT_END};

const struct cmd cmd_ctl = {
	.name = "ctl",
	.summary = "change a running cloud: weights, guests",
	.usage = "SOCKET COMMAND [GUEST [VALUE]]",
	.text = "Talks to a 'matrix run --ctl SOCKET'. Commands:\n"
		"  list                 the table as it is now\n"
		"  json                 the same as JSON\n"
		"  add GUEST[:WEIGHT]   one more guest\n"
		"  weight GUEST N       another weight\n"
		"  cap GUEST PERCENT    a hard limit; 0 takes it back\n"
		"  pause GUEST, resume GUEST, stop GUEST\n"
		"  dump GUEST           registers, page tables, code\n"
		"\n"
		"  matrix run --ctl /tmp/cloud neo:70 morpheus:30 &\n"
		"  matrix ctl /tmp/cloud weight neo 30\n",
	.opts = opts,
	.run = run,
};
