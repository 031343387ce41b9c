// SPDX-License-Identifier: GPL-2.0-only
/*
 * probectl: how often do functions of the kernel run? Attaches probes through /dev/probes
 * and prints the hits of each second, or those during a command; or says where a symbol
 * is. The probes go with the process, however it ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "uapi/probes.h"

static const char device[] = "/dev/probes";

struct options {
	bool lookup;
	bool post;
	long lines; /* 0: until Ctrl-C */
	long cpus;  /* asked for before there is a probe: asking opens a file */
};

struct target {
	const char *symbol;
	unsigned int id;
	unsigned long long pre; /* at the line before */
};

static volatile sig_atomic_t stop;

static void on_signal(int sig)
{
	(void)sig;
	stop = 1;
}

static const char help[] =
	"usage: probectl [OPTION...] FUNCTION... [-- COMMAND [ARG...]]\n"
	"       probectl --lookup SYMBOL...\n"
	"\n"
	"Prints how often each function of the kernel ran in each second, on which CPU,\n"
	"until Ctrl-C; or, with a COMMAND, how often while that ran.\n"
	"\n"
	"  probectl vfs_read\n"
	"  probectl --count 5 vfs_read vfs_write\n"
	"  probectl --post __x64_sys_openat -- ls /\n"
	"  probectl --lookup kallsyms_lookup_name tasklist_lock\n"
	"\n"
	"Options:\n"
	"  -n, --count N   stop after N lines\n"
	"  -1, --once      the same as --count 1\n"
	"  -p, --post      run a post handler too, and print its count\n"
	"  -l, --lookup    say where the symbols are; the addresses are for looking at "
	"only\n"
	"  -h, --help      show this help\n";

/* Is @symbol in the kernel's list of places where no probe may be? -1: cannot tell. */
static int is_forbidden(const char *symbol)
{
	FILE *file = fopen("/sys/kernel/debug/kprobes/blacklist", "re");
	char line[512], name[256];
	int answer = 0;

	if (!file)
		return -1;
	while (!answer && fgets(line, sizeof(line), file))
		answer = sscanf(line, "%*s %255s", name) == 1 && !strcmp(name, symbol);
	fclose(file);
	return answer;
}

/* The letter before the name: t and T are code. 0: cannot tell. */
static char symbol_type(const char *symbol)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[512], name[256], type = 0, one;

	if (!file)
		return 0;
	while (!type && fgets(line, sizeof(line), file))
		if (strstr(line, symbol) &&
		    sscanf(line, "%*s %c %255s", &one, name) == 2 &&
		    !strcmp(name, symbol))
			type = one;
	fclose(file);
	return type;
}

static const char *why_invalid(const char *symbol)
{
	char type = symbol_type(symbol);

	if (is_forbidden(symbol) == 1)
		return "the kernel forbids probes in it; see "
		       "/sys/kernel/debug/kprobes/blacklist";
	if (type && !strchr("tTwW", type))
		return "it is data, not code; 'probectl --lookup' says where it is";
	return "it is data, or the kernel forbids probes in it; see "
	       "/sys/kernel/debug/kprobes/blacklist";
}

static const char *reason(const char *symbol, int err)
{
	switch (err) {
	case ENOENT:
		return "no such function; it may be inlined or spelled otherwise: look "
		       "into /proc/kallsyms";
	case EINVAL:
		return why_invalid(symbol);
	case EBUSY:
		return "somebody's probe without a post handler is there already; try "
		       "without --post";
	case ENOSPC:
		return "that is one function too many; run probectl once more for it";
	case EPERM:
	case EACCES:
		return "not allowed; it takes root, no lockdown (/sys/kernel/security/"
		       "lockdown) and, for addresses, kernel.kptr_restrict below 2";
	default:
		return strerror(err);
	}
}

static int open_device(void)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		fprintf(stderr, "probectl: cannot open '%s': %s\n", device,
			errno == ENOENT
				? "no such file; load the module: insmod probes.ko"
			: errno == EACCES || errno == EPERM ? reason("", EPERM)
							    : strerror(errno));
		return -1;
	}
	if (ioctl(fd, PROBES_GET_VERSION) != PROBES_VERSION) {
		fprintf(stderr,
			"probectl: '%s' speaks another version; load the module "
			"that probectl came with\n",
			device);
		close(fd);
		return -1;
	}
	return fd;
}

/* A name as long as that is no symbol's: cut, it might be another one's. */
static int copy_name(char *to, const char *symbol)
{
	if (strlen(symbol) >= PROBES_NAME_SIZE) {
		errno = ENOENT;
		return -1;
	}
	memcpy(to, symbol, strlen(symbol) + 1);
	return 0;
}

static int lookup(int fd, char *const *symbols)
{
	int status = EXIT_SUCCESS;

	for (; *symbols; symbols++) {
		struct probes_symbol at = {0};

		if (copy_name(at.symbol, *symbols) || ioctl(fd, PROBES_LOOKUP, &at)) {
			fprintf(stderr, "probectl: cannot find '%s': %s\n", *symbols,
				reason(*symbols, errno));
			status = EXIT_FAILURE;
			continue;
		}
		printf("%016llx %s%s\n", (unsigned long long)at.address, at.symbol,
		       at.can_probe ? "" : " (no probe can be there)");
	}
	return status;
}

static int attach(int fd, const char *symbol, const struct options *opt)
{
	struct probes_attach arg = {.flags = opt->post ? PROBES_POST : 0};
	int id = copy_name(arg.symbol, symbol) ? -1 : ioctl(fd, PROBES_ATTACH, &arg);

	if (id < 0)
		fprintf(stderr, "probectl: cannot probe '%s': %s\n", symbol,
			reason(symbol, errno));
	return id;
}

static struct probes_hits hits(int fd, unsigned int id, unsigned int cpu)
{
	struct probes_hits arg = {.id = id, .cpu = cpu};

	if (ioctl(fd, PROBES_HITS, &arg) && cpu == PROBES_ALL_CPUS)
		perror("probectl: cannot read the hits");
	return arg;
}

static void print_head(const struct options *opt, bool rate)
{
	printf("%10s %10s ", rate ? "hits/s" : "", "hits");
	if (opt->post)
		printf("%10s ", "post");
	printf("%8s  %-16s %s\n", "missed", "on each CPU", "function");
}

/*
 * The sums are made from the figures shown for each CPU: asking again would give larger
 * ones.
 */
static void print_line(int fd, const struct options *opt, struct target *t,
		       double seconds)
{
	unsigned long long pre = 0, post = 0;
	char each[4096] = "";

	for (long cpu = 0; cpu < opt->cpus; cpu++) {
		struct probes_hits one = hits(fd, t->id, (unsigned int)cpu);
		size_t len = strlen(each);

		pre += one.pre;
		post += one.post;
		snprintf(each + len, sizeof(each) - len, "%s%llu", len ? " " : "",
			 (unsigned long long)one.pre);
	}
	if (seconds > 0)
		printf("%10.0f ", (double)(pre - t->pre) / seconds);
	else
		printf("%10s ", "");
	printf("%10llu ", pre);
	if (opt->post)
		printf("%10llu ", post);
	printf("%8llu  %-16s %s\n",
	       (unsigned long long)hits(fd, t->id, PROBES_ALL_CPUS).missed, each,
	       t->symbol);
	t->pre = pre;
}

static double now_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int watch(int fd, const struct options *opt, struct target *targets, int n)
{
	double before = now_seconds(), now;

	print_head(opt, true);
	for (long line = 0; !opt->lines || line < opt->lines; line++) {
		sleep(1); /* a signal ends it early */
		if (stop)
			break;
		now = now_seconds();
		for (int i = 0; i < n; i++)
			print_line(fd, opt, &targets[i], now - before);
		fflush(stdout);
		before = now;
	}
	return EXIT_SUCCESS;
}

/* The command's status, or EXIT_FAILURE when it could not be run. */
static int during(int fd, const struct options *opt, struct target *targets, int n,
		  char *const *command)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid) {
		execvp(command[0], command);
		fprintf(stderr, "probectl: cannot run '%s': %s\n", command[0],
			strerror(errno));
		_exit(127);
	}
	if (pid < 0) {
		perror("probectl: cannot fork");
		return EXIT_FAILURE;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	print_head(opt, false);
	for (int i = 0; i < n; i++)
		print_line(fd, opt, &targets[i], 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

static int probe(int fd, const struct options *opt, char *const *symbols, int n,
		 char *const *command)
{
	struct target targets[PROBES_PER_FILE] = {0};

	for (int i = 0; i < n; i++) {
		int id = attach(fd, symbols[i], opt);

		if (id < 0)
			return EXIT_FAILURE;
		targets[i] =
			(struct target){.symbol = symbols[i], .id = (unsigned int)id};
	}
	if (command)
		return during(fd, opt, targets, n, command);
	return watch(fd, opt, targets, n);
}

static int usage(const char *problem)
{
	fprintf(stderr, "probectl: %s; try 'probectl --help'\n", problem);
	return 2;
}

static bool parse(int argc, char **argv, struct options *opt, int *status)
{
	static const struct option longs[] = {
		{"count", required_argument, NULL, 'n'},
		{"once", no_argument, NULL, '1'},
		{"post", no_argument, NULL, 'p'},
		{"lookup", no_argument, NULL, 'l'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	char *end;
	int c;

	while ((c = getopt_long(argc, argv, "+n:1plh", longs, NULL)) != -1) {
		switch (c) {
		case 'n':
			opt->lines = strtol(optarg, &end, 10);
			if (*end || opt->lines < 1) {
				*status = usage("--count wants a number from 1 on");
				return false;
			}
			break;
		case '1':
			opt->lines = 1;
			break;
		case 'p':
			opt->post = true;
			break;
		case 'l':
			opt->lookup = true;
			break;
		case 'h':
			fputs(help, stdout);
			*status = EXIT_SUCCESS;
			return false;
		default:
			*status = usage("no such option, or its value is missing");
			return false;
		}
	}
	return true;
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */
	struct options opt = {.cpus = sysconf(_SC_NPROCESSORS_CONF)};
	char **symbols, **command = NULL;
	int status = EXIT_SUCCESS, n, fd;

	if (!parse(argc, argv, &opt, &status))
		return status;
	symbols = argv + optind;
	for (n = 0; symbols[n]; n++) {
		if (!strcmp(symbols[n], "--")) {
			symbols[n] = NULL;
			command = symbols + n + 1;
			break;
		}
	}
	if (!n)
		return usage("no function is named");
	if (command && (opt.lookup || !*command))
		return usage(opt.lookup ? "--lookup takes no command"
					: "no command after '--'");
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	fd = open_device();
	if (fd < 0)
		return EXIT_FAILURE;
	status = opt.lookup ? lookup(fd, symbols) : probe(fd, &opt, symbols, n, command);
	close(fd);
	if (fflush(stdout) || ferror(stdout)) {
		perror("probectl: cannot write");
		return EXIT_FAILURE;
	}
	return status;
}
