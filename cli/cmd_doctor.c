// SPDX-License-Identifier: GPL-2.0-only
/* kmlab doctor: what this machine can do, why it is slow, what to install. */
#include <jansson.h>
#include <string.h>
#include <sys/statvfs.h>

#include "sandbox/sandbox.h"
#include "cache.h"
#include "fs.h"
#include "kernel/apt_user.h"
#include "kernel/kernel.h"
#include "process.h"
#include "vm/template.h"

#include "ui.h"

enum health { GOOD, WEAK, BAD };

static const char *const word[] = {"ok", "weak", "missing"};
static const char *const paint[] = {"\033[32m", "\033[33m", "\033[31m"};

struct checkup {
	struct cli *cli;
	json_t *rows;
	enum health worst;
};

static void __attribute__((format(printf, 4, 5)))
say(struct checkup *c, const char *what, enum health health, const char *fmt, ...)
{
	struct text t = TEXT_INIT;
	_cleanup_free_ char *s = NULL;
	bool colour = ui_colour(STDOUT_FILENO);
	va_list ap;

	va_start(ap, fmt);
	text_vprintf(&t, fmt, ap);
	va_end(ap);
	s = text_take(&t);
	if (health > c->worst)
		c->worst = health;
	json_array_append_new(c->rows, json_pack("{s:s, s:s, s:s}", "check", what,
						 "state", word[health], "detail", s));
	if (!c->cli->opt.json)
		printf("%s%-8s%s %-16s %s\n", colour ? paint[health] : "", word[health],
		       colour ? "\033[0m" : "", what, s);
}

static void check_qemu(struct checkup *c)
{
	struct lab_qemu qemu = {0};
	int err = lab_qemu_find(&c->cli->lab, &qemu);

	if (err)
		say(c, "qemu", BAD, "%s", lab_error(&c->cli->lab));
	else
		say(c, "qemu", GOOD, "%s, version %s", qemu.path, qemu.version);
	if (!err && lab_qemu_filters(&c->cli->lab, qemu.path, true))
		say(c, "qemu filter", GOOD, "its system calls are filtered (-sandbox)");
	else if (!err)
		say(c, "qemu filter", WEAK,
		    "this QEMU or kernel has no seccomp filter (-sandbox): guests run, "
		    "with one wall less around them");
	lab_qemu_deinit(&qemu);
}

static void check_accelerator(struct checkup *c)
{
	struct lab_accel_probe probe = {0};
	int err = lab_accel_probe(&c->cli->lab, true, &probe);

	if (err)
		say(c, "accelerator", WEAK, "%s", lab_error(&c->cli->lab));
	else
		say(c, "accelerator", probe.accel == LAB_ACCEL_KVM ? GOOD : WEAK, "%s",
		    probe.reason);
	free(probe.reason);
}

static void check_sandbox(struct checkup *c)
{
	static char *const argv[] = {"true", NULL};
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_free_ char *lower = NULL, *upper = NULL, *work = NULL;
	struct lab *lab = &c->cli->lab;
	struct lab_sandbox box = {0};
	int status = 0, err = lab_stage_begin(lab, "doctor", &stage);

	if (!err) {
		box.lower = lower = xprintf("%s/lower", stage.dir);
		box.upper = upper = xprintf("%s/upper", stage.dir);
		box.work = work = xprintf("%s/work", stage.dir);
		fs_mkdir_p(lower, 0700);
		fs_mkdir_p(upper, 0700);
		fs_mkdir_p(work, 0700);
		err = lab_sandbox_run(lab, &box, argv, lower, &out, &status);
	}
	if (err)
		say(c, "build sandbox", BAD, "%s", lab_error(lab));
	else if (status)
		say(c, "build sandbox", BAD, "a command in it ended with status %d: %s",
		    status, out.s ? out.s : "");
	else
		say(c, "build sandbox", GOOD, "user namespaces and overlayfs work");
}

static void check_program(struct checkup *c, const char *name, const char *package,
			  const char *why)
{
	_cleanup_free_ char *path = process_find(name);

	if (path)
		say(c, name, GOOD, "%s", path);
	else
		say(c, name, BAD, "not found, needed %s; run 'apt-get install %s'", why,
		    package);
}

/* Of interest to root only: a user's downloads are the user's. */
static void check_downloads(struct checkup *c)
{
	_cleanup_free_ char *obstacle = NULL;

	if (!apt_user_wanted())
		return;
	obstacle = apt_user_obstacle(NULL, NULL);
	if (obstacle)
		say(c, "apt downloads", WEAK, "run as root, since %s", obstacle);
	else
		say(c, "apt downloads", GOOD, "run as the user '" APT_USER "'");
}

static void check_agent(struct checkup *c)
{
	_cleanup_free_ char *path = xprintf("%s/guest/agent", c->cli->lab.data_dir);

	if (fs_exists(path))
		say(c, "guest agent", GOOD, "%s", path);
	else
		say(c, "guest agent", BAD,
		    "'%s' is not there; run 'make' or set KMLAB_DATA", path);
}

static void check_space(struct checkup *c)
{
	const char *cache = c->cli->lab.cache_dir;
	char free_size[16], used[16];
	struct statvfs vfs;
	uint64_t avail;

	if (statvfs(cache, &vfs) < 0) {
		say(c, "disk", BAD, "cannot look at '%s': %s", cache, strerror(errno));
		return;
	}
	avail = (uint64_t)vfs.f_bavail * vfs.f_frsize;
	say(c, "disk", avail < (2ULL << 30) ? WEAK : GOOD, "%s holds %s, %s free%s",
	    cache, ui_size(used, fs_tree_size(cache)), ui_size(free_size, avail),
	    avail < (2ULL << 30) ? "; a kernel takes about 1 GiB, try 'kmlab clean'"
				 : "");
}

static void check_memory(struct checkup *c)
{
	long pages = sysconf(_SC_AVPHYS_PAGES), cores = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	char size[16];

	say(c, "machine", bytes < (512 << 20) ? WEAK : GOOD, "%ld cores, %s free memory",
	    cores, ui_size(size, bytes));
}

static void check_kernels(struct checkup *c)
{
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_free_ char *joined = NULL;
	struct lab_kernel **kernels;
	size_t n;

	if (lab_kernel_list(&c->cli->lab, &kernels, &n) < 0) {
		say(c, "kernels", BAD, "%s", lab_error(&c->cli->lab));
		return;
	}
	for (size_t i = 0; i < n; i++)
		strv_add(&names, kernels[i]->name);
	joined = strv_join(&names, " ");
	if (n)
		say(c, "kernels", GOOD, "%s", joined);
	else
		say(c, "kernels", WEAK, "none yet; run 'kmlab kernel add debian/6.1'");
	lab_kernel_list_free(kernels, n);
}

static int run_doctor(struct cli *cli)
{
	struct checkup c = {.cli = cli, .rows = json_array()};

	check_memory(&c);
	check_space(&c);
	check_qemu(&c);
	check_accelerator(&c);
	check_sandbox(&c);
	check_program(&c, "apt-get", "apt", "to fetch kernels");
	check_downloads(&c);
	check_program(&c, "dpkg-deb", "dpkg", "to unpack kernels");
	check_program(&c, "depmod", "kmod", "to index modules");
	check_program(&c, "busybox", "busybox-static", "as the guest's userland");
	check_agent(&c);
	check_kernels(&c);
	if (cli->opt.json) {
		json_dumpf(c.rows, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(c.rows);
	return c.worst == BAD ? EXIT_MISSING : EXIT_OK;
}

static const struct opt opts[] = {OPT_JSON, {0}};

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = "what this machine can do, and what is missing",
	.usage = "[OPTION...]",
	.text = "Checks everything the lab stands on, measures the accelerator, and says "
		"what to\n"
		"install. Exit status 77 when something needed is missing.\n"
		"\n"
		"  kmlab doctor\n",
	.opts = opts,
	.run = run_doctor,
};
