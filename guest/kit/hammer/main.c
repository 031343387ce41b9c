// SPDX-License-Identifier: GPL-2.0-only
/* hammer: the command line, what kind of file it is, and the order of things. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "hammer.h"

static const char usage[] =
	"usage: hammer [OPTION...] PATH\n"
	"\n"
	"Tries everything odd on one file: zero and huge counts, bad pointers, odd "
	"positions,\n"
	"unknown ioctls, O_NONBLOCK, poll, signals, fork, many opens, and then "
	"everything at\n"
	"once from all CPUs. Prints a line for each promise that a well-behaved file "
	"keeps.\n"
	"\n"
	"  --read         read it; nothing else unless --write is given, too\n"
	"  --write        write to it; without both, whatever its mode bits allow, but "
	"what\n"
	"                 is kept on a disk is never written without --write\n"
	"  --stable       its content is fixed: every way to read gives the same bytes\n"
	"  --addresses    it shows addresses of the kernel on purpose: do not look for "
	"them\n"
	"  --ioctl        it has commands of its own: find them, with bad pointers; at "
	"the\n"
	"                 end run them with counts that wrap around\n"
	"  --seconds N    of everything at once (2); 0 for none\n"
	"  --patience N   seconds in one call that count as a hang (20)\n"
	"  --only TEXT    try only the promises whose sentence contains TEXT\n"
	"  --seed N       for the random choices; printed, so that a run can be "
	"repeated\n"
	"  --quiet        print only what is wrong\n"
	"  --help\n"
	"\n"
	"  hammer /proc/uptime\n"
	"  hammer --read --stable --seconds 5 /proc/version\n"
	"  hammer --read --write --ioctl /dev/mine\n"
	"  hammer --seed 7 --only 'bad pointer' /dev/mine\n"
	"\n"
	"Exit status: 0 every promise kept, 1 some broken, 2 it could not begin.\n"
	"For throw-away machines: a driver that is not well-behaved may take the kernel "
	"down.\n";

enum {
	OPT_READ = 256,
	OPT_WRITE,
	OPT_STABLE,
	OPT_ADDRESSES,
	OPT_IOCTL,
	OPT_SECONDS,
	OPT_PATIENCE,
	OPT_SEED,
	OPT_ONLY,
	OPT_QUIET,
	OPT_HELP
};

static const struct option options[] = {
	{"read", no_argument, NULL, OPT_READ},
	{"write", no_argument, NULL, OPT_WRITE},
	{"stable", no_argument, NULL, OPT_STABLE},
	{"addresses", no_argument, NULL, OPT_ADDRESSES},
	{"ioctl", no_argument, NULL, OPT_IOCTL},
	{"seconds", required_argument, NULL, OPT_SECONDS},
	{"patience", required_argument, NULL, OPT_PATIENCE},
	{"seed", required_argument, NULL, OPT_SEED},
	{"only", required_argument, NULL, OPT_ONLY},
	{"quiet", no_argument, NULL, OPT_QUIET},
	{"help", no_argument, NULL, OPT_HELP},
	{0},
};

#define MOST_PROMISES 80

static bool quiet;
static unsigned int tried, broken, chosen;
static const struct promise *kept[MOST_PROMISES]; /* to be tried again after the storm */
static unsigned int n_kept;

/* ---- the command line ---- */

static void die(const char *what, const char *subject, const char *why)
{
	fprintf(stderr, "hammer: %s '%s'%s%s; see 'hammer --help'\n", what, subject,
		why ? ": " : "", why ? why : "");
	exit(2);
}

static uint64_t number(const char *text, uint64_t most)
{
	char *end;
	unsigned long long n;

	errno = 0;
	n = strtoull(text, &end, 0);
	if (errno || end == text || *end || *text == '-' || n > most)
		die("not a number here:", text, NULL);
	return n;
}

static void take_option(struct target *t, int option)
{
	switch (option) {
	case OPT_READ:
		t->read = t->must = true;
		break;
	case OPT_WRITE:
		t->write = t->must = true;
		break;
	case OPT_STABLE:
		t->stable = true;
		break;
	case OPT_ADDRESSES:
		t->addresses = true;
		break;
	case OPT_IOCTL:
		t->own_ioctls = true;
		break;
	case OPT_SECONDS:
		t->seconds = (unsigned int)number(optarg, 86400);
		break;
	case OPT_PATIENCE:
		t->patience = (unsigned int)number(optarg, 86400);
		break;
	case OPT_SEED:
		t->seed = number(optarg, UINT64_MAX);
		break;
	case OPT_ONLY:
		t->only = optarg;
		break;
	case OPT_QUIET:
		quiet = true;
		break;
	case OPT_HELP:
		fputs(usage, stdout);
		exit(0);
	default:
		exit(2);
	}
}

static void parse(struct target *t, int argc, char **argv)
{
	int option;

	*t = (struct target){
		.seconds = 2, .patience = 20, .seed = (uint64_t)time(NULL) % 100000};
	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0)
		take_option(t, option);
	if (optind + 1 != argc) {
		fputs("hammer: exactly one path is wanted; see 'hammer --help'\n",
		      stderr);
		exit(2);
	}
	if (!t->patience)
		die("not a number here:", "0", NULL);
	t->path = argv[optind];
}

/* ---- what kind of file is it? ---- */

static const char *kind(mode_t mode)
{
	return S_ISREG(mode)	? "regular file"
	       : S_ISCHR(mode)	? "character device"
	       : S_ISFIFO(mode) ? "pipe"
				: "file";
}

/* File systems like proc and sysfs have no blocks: what is written there is not kept. */
static bool is_stored(const char *path, const struct stat *st)
{
	struct statfs fs;

	return S_ISREG(st->st_mode) && !statfs(path, &fs) && fs.f_blocks > 0;
}

static void look(struct target *t)
{
	struct stat st;

	if (stat(t->path, &st) < 0)
		die("cannot look at", t->path, strerror(errno));
	if (S_ISDIR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode))
		die("no directories, block devices or sockets:", t->path, NULL);
	t->mode = st.st_mode;
	t->stored = is_stored(t->path, &st);
	t->indifferent = S_ISCHR(st.st_mode) && major(st.st_rdev) == 1 &&
			 (minor(st.st_rdev) == 3 || minor(st.st_rdev) == 5);
	if (t->must)
		return;
	t->read = st.st_mode & 0444;
	t->write = st.st_mode & 0222 && !t->stored;
}

/* A pipe without a reader and a writer is of no use; this process is both. */
static void keep_pipe(const struct target *t)
{
	if (S_ISFIFO(t->mode) && open(t->path, O_RDWR | O_NONBLOCK | O_CLOEXEC) < 0)
		die("cannot open", t->path, strerror(errno));
}

/* ---- the order of things ---- */

static bool applies(const struct target *t, const struct promise *p)
{
	if (t->only && !strstr(p->name, t->only))
		return false;
	return (!(p->needs & NEED_READ) || t->read) &&
	       (!(p->needs & NEED_WRITE) || t->write) &&
	       (!(p->needs & NEED_STABLE) || t->stable) &&
	       (!(p->needs & NEED_OWN_IOCTLS) || t->own_ioctls);
}

static void tell(enum outcome outcome, const char *name)
{
	const char *text = trial_said();

	tried++;
	if (outcome == BROKEN || outcome == STUCK) {
		broken++;
		printf("not ok - %s: %s\n", name, text);
	} else if (!quiet && outcome == NOT_TRIED) {
		printf("ok - %s # SKIP %s\n", name, text);
	} else if (!quiet) {
		printf("ok - %s%s%s%s\n", name, *text ? " (" : "", text,
		       *text ? ")" : "");
	}
	fflush(stdout);
}

static int summary(void)
{
	if (broken || !quiet)
		printf("1..%u\n# %u of %u promises broken\n", quiet ? broken : tried,
		       broken, tried);
	return broken ? 1 : 0;
}

static enum outcome try_one(const struct target *t, const struct promise *p)
{
	enum outcome outcome = trial(t, p);

	tell(outcome, p->name);
	if (outcome == STUCK) {
		puts("# a process cannot be killed; nothing more is tried");
		exit(summary());
	}
	if (outcome == KEPT && !(p->needs & ONCE) && n_kept < MOST_PROMISES)
		kept[n_kept++] = p;
	return outcome;
}

/* False when a gate is closed. */
static bool try_all(const struct target *t, const struct promise *p)
{
	for (; p->name; p++) {
		if (!applies(t, p))
			continue;
		chosen++;
		if (try_one(t, p) == BROKEN && trial_gate_closed())
			return false;
	}
	return true;
}

/* What has no method is not tried further, but may have ioctls. */
static bool opens(const struct target *t, const struct promise *p, bool *has)
{
	enum outcome outcome;

	if (!*has)
		return false;
	outcome = try_one(t, p);
	*has = outcome == KEPT;
	return !trial_gate_closed() && outcome != BROKEN;
}

static bool try_first(struct target *t)
{
	bool reading = opens(t, &first_promises[0], &t->read);
	bool writing = opens(t, &first_promises[1], &t->write);

	t->how = reading && writing ? O_RDWR : writing ? O_WRONLY : O_RDONLY;
	return reading || writing;
}

/* One line for all: only those that were kept before and are broken now are of interest.
 */
static void try_again(const struct target *t)
{
	static const char name[] = "afterwards it behaves as in the beginning";

	if (!n_kept)
		return;
	for (unsigned int i = 0; i < n_kept; i++) {
		enum outcome outcome = trial(t, kept[i]);

		if (outcome != BROKEN && outcome != STUCK)
			continue;
		tried++;
		broken++;
		printf("not ok - %s: %s: %s\n", name, kept[i]->name, trial_said());
		return;
	}
	tried++;
	if (!quiet)
		printf("ok - %s\n", name);
}

static void announce(const struct target *t)
{
	if (quiet)
		return;
	printf("# hammer --seed %llu: a %s%s%s%s, %ld CPUs\n",
	       (unsigned long long)t->seed, kind(t->mode), t->read ? ", read" : "",
	       t->write ? ", written" : "", t->stable ? ", the same each time" : "",
	       sysconf(_SC_NPROCESSORS_ONLN));
	fflush(stdout);
}

static void try_in_order(const struct target *t)
{
	static const struct promise *const order[] = {
		reading_promises, position_promises, stable_promises,
		ioctl_promises,	  other_promises,    writing_promises,
		waiting_promises, open_promises,     address_promises,
	};

	if (!try_all(t, nonblock_promises)) {
		puts("# without O_NONBLOCK nothing more can be tried");
		return;
	}
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		try_all(t, order[i]);
	if (t->seconds) {
		try_all(t, storm_promises);
		try_again(t);
	}
	/* The only one that lets commands do something: nothing comes after it. */
	try_all(t, count_promises);
}

int main(int argc, char **argv)
{
	struct target t;

	parse(&t, argc, argv);
	look(&t);
	signal(SIGPIPE, SIG_IGN);
	if (!trial_prepare())
		die("cannot share memory with", "children", strerror(errno));
	keep_pipe(&t);
	announce(&t);
	if (!try_first(&t)) {
		puts("not ok - it can be opened: neither for reading nor for writing");
		return 1;
	}
	try_in_order(&t);
	if (!chosen)
		die("no promise here contains", t.only, NULL);
	return summary();
}
