// SPDX-License-Identifier: GPL-2.0-only
/* Errors, progress and interruption; see ui.h. */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>

#include "clean.h"

#include "ui.h"

/* Signal handlers can reach nothing else. */
static int stop_fd = -1, winch_fd = -1;
static volatile sig_atomic_t stops;

static pthread_mutex_t screen = PTHREAD_MUTEX_INITIALIZER;
static bool line_shown;

static void on_stop(int sig)
{
	uint64_t one = 1;
	int saved = errno;

	if (++stops > 1)
		_exit(EXIT_STOPPED); /* children follow by their death signal */
	(void)!write(stop_fd, &one, sizeof(one));
	errno = saved;
}

static void on_winch(int sig)
{
	uint64_t one = 1;
	int saved = errno;

	(void)!write(winch_fd, &one, sizeof(one));
	errno = saved;
}

static void handle(int sig, void (*handler)(int))
{
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};

	sigaction(sig, &action, NULL);
}

int ui_winch_fd(void)
{
	if (winch_fd < 0) {
		winch_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
		handle(SIGWINCH, on_winch);
	}
	return winch_fd;
}

static void clear_locked(void)
{
	if (line_shown)
		fputs("\r\033[K", stderr);
	line_shown = false;
}

void ui_clear(void)
{
	pthread_mutex_lock(&screen);
	clear_locked();
	pthread_mutex_unlock(&screen);
}

const char *ui_size(char *buffer, uint64_t bytes)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes;
	int i = 0;

	for (; value >= 1000 && i < 4; i++)
		value /= 1024;
	snprintf(buffer, 16, i && value < 10 ? "%.1f %s" : "%.0f %s", value, unit[i]);
	return buffer;
}

static void draw_bar(const struct lab_progress *p)
{
	char done[16], total[16];
	int filled = p->total ? (int)(20 * p->done / p->total) : 0;

	clear_locked();
	if (p->finished)
		return;
	fprintf(stderr, "%s", p->what);
	if (p->total > 1000000)
		fprintf(stderr, " [%.*s%.*s] %s of %s", filled, "####################",
			20 - filled, "....................", ui_size(done, p->done),
			ui_size(total, p->total));
	else if (p->total)
		fprintf(stderr, " [%.*s%.*s] %" PRIu64 " of %" PRIu64, filled,
			"####################", 20 - filled, "....................",
			p->done, p->total);
	fflush(stderr);
	line_shown = true;
}

/* On a terminal one line that is redrawn; elsewhere one line per phrase. */
static void on_progress(void *data, const struct lab_progress *p)
{
	static char last[160];
	static double drawn;

	if (((struct cli *)data)->opt.quiet)
		return;
	pthread_mutex_lock(&screen);
	if (isatty(STDERR_FILENO)) {
		double now = lab_now_ms();

		if (p->finished || strcmp(last, p->what) || now - drawn > 50) {
			draw_bar(p);
			drawn = now;
		}
	} else if (!p->finished && strcmp(last, p->what)) {
		fprintf(stderr, "%s\n", p->what);
	}
	if (!p->finished)
		snprintf(last, sizeof(last), "%s", p->what);
	pthread_mutex_unlock(&screen);
}

int ui_init(struct cli *cli)
{
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0)
		return -errno;
	cli->lab.cancel_fd = stop_fd;
	cli->lab.progress = on_progress;
	cli->lab.progress_data = cli;
	handle(SIGINT, on_stop);
	handle(SIGTERM, on_stop);
	handle(SIGHUP, on_stop);
	signal(SIGPIPE, SIG_IGN); /* write errors are looked at where they happen */
	return 0;
}

/* A sentence may hold names that a module or an archive made up. */
static char *sentence(const char *fmt, va_list ap)
{
	_cleanup_text_ struct text t = TEXT_INIT;

	text_vprintf(&t, fmt, ap);
	return clean(t.s, CLEAN_LINE);
}

static void print_error(struct cli *cli, const char *fmt, va_list ap)
{
	_cleanup_free_ char *s = sentence(fmt, ap);
	json_t *json;

	ui_clear();
	if (!cli->opt.json) {
		fprintf(stderr, "kmlab: %s\n", s);
		return;
	}
	json = json_pack("{s:s}", "error", s);
	if (json)
		json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

void ui_error(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_error(cli, fmt, ap);
	va_end(ap);
}

int ui_usage(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print_error(cli, fmt, ap);
	va_end(ap);
	return EXIT_USAGE;
}

bool ui_missing(int err)
{
	return err == -ENOSYS || err == -ENOTSUP || err == -ENOPKG;
}

bool ui_bad_input(int err)
{
	switch (err) {
	case -EINVAL:
	case -EISDIR:
	case -ENODATA:
	case -ENOEXEC:
	case -ENOTDIR:
		return true;
	default:
		return false;
	}
}

int ui_failed(struct cli *cli, int err)
{
	if (err == -ECANCELED) {
		ui_error(cli, "interrupted");
		return EXIT_STOPPED;
	}
	ui_error(cli, "%s", lab_error(&cli->lab));
	if (ui_missing(err))
		return EXIT_MISSING;
	return ui_bad_input(err) ? EXIT_USAGE : EXIT_FAILED;
}

void ui_note(struct cli *cli, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;

	if (cli->opt.quiet)
		return;
	va_start(ap, fmt);
	s = sentence(fmt, ap);
	va_end(ap);
	ui_clear();
	fprintf(stderr, "%s\n", s);
}

bool ui_colour(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && !getenv("NO_COLOR") && term && strcmp(term, "dumb");
}
