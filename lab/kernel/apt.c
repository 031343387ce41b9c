// SPDX-License-Identifier: GPL-2.0-only
/* A private apt; see apt.h. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "fs.h"
#include "process.h"

#include "apt.h"
#include "apt_user.h"
#include "internal.h"

/*
 * Packages that others depend on but that no build needs: boot machinery, package
 * configuration, sanitizer run times, NIS. apt is told that they are installed, in a
 * version higher than any archive has, so that it does not fetch them.
 */
static const char provided[] =
	"initramfs-tools linux-initramfs-tool linux-base kmod udev systemd debconf "
	"debconf-2.0 "
	"dpkg tar install-info base-files base-passwd adduser passwd ucf "
	"libasan6 libasan8 libtsan0 libtsan2 liblsan0 libubsan1 libhwasan0 "
	"libnsl-dev libtirpc-dev rpcsvc-proto";

/* The only settings of the host that a private apt follows: how to reach the network. */
static const char *const host_settings[] = {
	"Acquire::http::",  "Acquire::https::",	   "Acquire::ftp::",  "Acquire::Force",
	"Acquire::Retries", "Acquire::Queue-Mode", "Acquire::mirror", NULL};

static void add_status(struct text *t)
{
	_cleanup_free_ char *names = xstrdup(provided);
	char *save, *name;

	text_puts(t, "Package: kmlab-provided\nStatus: install ok installed\n"
		     "Priority: optional\nSection: misc\nMaintainer: kmlab\n"
		     "Architecture: all\nMulti-Arch: foreign\nVersion: 99\n"
		     "Description: stands for what a build root does not need\n"
		     "Provides: ");
	for (name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save))
		text_printf(t, "%s%s (= 99)", name == names ? "" : ", ", name);
	text_puts(t, "\n\n");
}

static int host_configuration(struct lab *lab, struct text *conf)
{
	char *argv[] = {"apt-config", "dump", NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_text_ struct text out = TEXT_INIT, err = TEXT_INIT;
	char *line, *save;
	int status, e;

	spec.argv = argv;
	e = process_capture(&spec, 10000, lab->cancel_fd, &out, &err, &status);
	if (e == -ENOENT)
		return lab_fail(lab, e,
				"cannot find 'apt-config'; kernels named debian/... "
				"need apt, install it or use 'tree:PATH'");
	if (e)
		return lab_fail(lab, e, "cannot run 'apt-config': %s", strerror(-e));
	for (line = out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		for (int i = 0; host_settings[i]; i++)
			if (str_starts(line, host_settings[i]) &&
			    !str_ends(line, " \"\";"))
				text_printf(conf, "%s\n", line);
	return 0;
}

static int cannot_write(struct apt *apt, int err)
{
	return lab_fail(apt->lab, err,
			"cannot write to '%s': %s; free space or set "
			"KMLAB_CACHE",
			apt->dir, strerror(-err));
}

/* Where apt itself sees the private directory. */
static const char *apt_sees(const struct apt *apt)
{
	return apt->boxed ? APT_USER_STATE : apt->dir;
}

static int write_configuration(struct apt *apt, bool allow_expired)
{
	_cleanup_free_ char *path = xprintf("%s/apt.conf", apt->dir);
	_cleanup_text_ struct text t = TEXT_INIT;
	const char *d = apt_sees(apt);
	int err;

	/* Try again once only, so that a network that is down is noticed soon. The
	 * settings of the host come after this line and may change it. */
	text_puts(&t, "Acquire::Retries \"1\";\n");
	err = host_configuration(apt->lab, &t);
	if (err)
		return err;
	text_puts(&t, "Dir::Etc::main \"/dev/null\";\nDir::Etc::parts \"/dev/null\";\n"
		      "Dir::Etc::sourcelist \"/dev/null\";\n"
		      "Dir::Etc::preferences \"/dev/null\";\n"
		      "Dir::Etc::preferencesparts \"/dev/null\";\n");
	text_printf(&t, "Dir::Etc::sourceparts \"%s/sources\";\n", d);
	text_printf(&t, "Dir::State \"%s\";\nDir::State::lists \"%s/lists\";\n", d, d);
	text_printf(&t, "Dir::State::status \"%s/status\";\n", d);
	text_printf(&t, "Dir::State::extended_states \"%s/extended_states\";\n", d);
	text_printf(&t, "Dir::Cache \"%s/cache\";\nDir::Cache::srcpkgcache \"\";\n", d);
	text_printf(&t, "Dir::Log \"%s/log\";\n", d);
	text_printf(&t, "APT::Sandbox::User \"%s\";\n", apt->boxed ? APT_USER : "root");
	text_printf(&t, "Acquire::Check-Valid-Until \"%s\";\n",
		    allow_expired ? "false" : "true");
	text_puts(&t, "Acquire::Languages \"none\";\nAcquire::GzipIndexes \"true\";\n"
		      "APT::Install-Recommends \"false\";\n"
		      "APT::Update::Error-Mode \"any\";\n"
		      "APT::Architecture \"" DEBIAN_ARCH "\";\n"
		      "APT::Architectures { \"" DEBIAN_ARCH "\"; };\n");
	err = fs_write_file(path, t.s, t.len, 0600);
	return err ? cannot_write(apt, err) : 0;
}

static int write_database(struct apt *apt, const struct debian_mirror *mirror)
{
	static const char *const dirs[] = {"sources", "lists/partial", "log",
					   "cache/archives/partial", NULL};
	_cleanup_free_ char *sources = xprintf("%s/sources/debian.sources", apt->dir);
	_cleanup_free_ char *status = xprintf("%s/status", apt->dir);
	_cleanup_free_ char *text = debian_mirror_text(mirror, apt->suite);
	_cleanup_text_ struct text t = TEXT_INIT;
	int err = 0;

	for (int i = 0; !err && dirs[i]; i++) {
		_cleanup_free_ char *path = xprintf("%s/%s", apt->dir, dirs[i]);

		err = fs_mkdir_p(path, 0700);
	}
	add_status(&t);
	if (!err)
		err = fs_write_file(sources, text, strlen(text), 0600);
	if (!err)
		err = fs_write_file(status, t.s, t.len, 0600);
	return err ? cannot_write(apt, err) : 0;
}

/* The user's environment (it may name proxies), but with messages in English, because
 * apt_explain() looks for words in them. */
static void make_environment(struct apt *apt)
{
	for (char **e = environ; *e; e++)
		if (!str_starts(*e, "LC_") && !str_starts(*e, "LANG") &&
		    !str_starts(*e, "APT_CONFIG=") &&
		    !(apt->boxed && str_starts(*e, "TMPDIR=")))
			strv_add(&apt->env, *e);
	strv_add(&apt->env, "LC_ALL=C.UTF-8");
	strv_printf(&apt->env, "APT_CONFIG=%s/apt.conf", apt_sees(apt));
}

int apt_open(struct lab *lab, const struct debian_mirror *mirror, const char *suite,
	     bool allow_expired, struct apt *ret)
{
	struct apt apt = {.lab = lab};
	int err;

	apt.suite = xstrdup(suite);
	apt.dir = lab_cache_path(lab, "apt", suite);
	err = write_database(&apt, mirror);
	if (!err && apt_user_wanted()) {
		apt.obstacle = apt_user_obstacle(apt.dir, mirror);
		apt.boxed = !apt.obstacle;
	}
	make_environment(&apt);
	if (!err)
		err = write_configuration(&apt, allow_expired);
	if (err) {
		apt_close(&apt);
		return err;
	}
	*ret = apt;
	return 0;
}

/* apt's cache of the parsed lists is twice as big as the lists and quickly made again: it
 * is removed. */
void apt_close(struct apt *apt)
{
	_cleanup_free_ char *cache = xprintf("%s/cache", apt->dir);

	fs_remove_tree(cache);
	free(apt->suite);
	free(apt->dir);
	free(apt->obstacle);
	strv_deinit(&apt->env);
	*apt = (struct apt){.lab = NULL};
}

/* One apt command under way. */
struct apt_command {
	struct apt *apt;
	const char *what; /* progress phrase, or NULL */
	uint64_t total;
	int fds[3]; /* its status lines, stdout, stderr */
	struct text in[3];
};

static void apt_command_deinit(struct apt_command *command)
{
	for (int i = 0; i < 3; i++) {
		if (command->fds[i] >= 0)
			close(command->fds[i]);
		text_deinit(&command->in[i]);
	}
}

/* "dlstatus:1:20.9050:Retrieving file 1 of 12 ..." */
static void report_status(struct apt_command *command)
{
	char *line = command->in[0].s, *end;

	while (line && (end = strchr(line, '\n'))) {
		const char *number = strchr(line, ':');

		number = number ? strchr(number + 1, ':') : NULL;
		if (str_starts(line, "dlstatus:") && number)
			lab_report(command->apt->lab, command->what,
				   (uint64_t)(strtod(number + 1, NULL) / 100 *
					      (double)command->total),
				   command->total, false);
		line = end + 1;
	}
	if (line && line != command->in[0].s)
		text_keep_tail(&command->in[0], strlen(line));
}

static void apt_command_read(struct apt_command *command, int i)
{
	char buffer[16384];
	ssize_t n = read(command->fds[i], buffer, sizeof(buffer));

	if (n > 0)
		text_add(&command->in[i], buffer, (size_t)n);
	else if (n == 0 || errno != EINTR)
		close(take_fd(&command->fds[i]));
	if (i == 0 && command->what)
		report_status(command);
}

static int apt_command_pump(struct apt_command *command)
{
	while (command->fds[0] >= 0 || command->fds[1] >= 0 || command->fds[2] >= 0) {
		struct pollfd fds[4] = {{command->fds[0], POLLIN, 0},
					{command->fds[1], POLLIN, 0},
					{command->fds[2], POLLIN, 0},
					{command->apt->lab->cancel_fd, POLLIN, 0}};

		if (poll(fds, 4, -1) < 0 && errno != EINTR)
			return -errno;
		if (fds[3].revents)
			return -ECANCELED;
		for (int i = 0; i < 3; i++)
			if (fds[i].revents)
				apt_command_read(command, i);
	}
	return 0;
}

struct boxed_child {
	const char *dir, *cwd;
};

static int enter_box(void *data)
{
	const struct boxed_child *child = data;

	return apt_user_enter(child->dir, child->cwd);
}

static int apt_command_start(struct apt_command *command, char *const *argv,
			     const char *cwd, pid_t *pid)
{
	struct boxed_child child = {command->apt->dir, cwd};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_strv_ struct strv words = STRV_INIT;
	int ends[3][2] = {{-1, -1}, {-1, -1}, {-1, -1}}, err = 0;

	for (int i = 0; !err && i < 3; i++) {
		err = pipe2(ends[i], O_CLOEXEC) < 0 ? -errno : 0;
		command->fds[i] = ends[i][0];
	}
	strv_add(&words, argv[0]);
	strv_printf(&words, "-oAPT::Status-Fd=%d", ends[0][1]);
	strv_add_all(&words, argv + 1);
	spec.argv = words.v;
	spec.env = command->apt->env.v;
	spec.cwd = cwd;
	if (command->apt->boxed) {
		spec.setup = enter_box;
		spec.data = &child;
	}
	spec.keep_fd = ends[0][1];
	spec.out = ends[1][1];
	spec.err = ends[2][1];
	if (!err)
		err = process_start(&spec, pid);
	for (int i = 0; i < 3; i++)
		if (ends[i][1] >= 0)
			close(ends[i][1]);
	return err;
}

static int apt_command_finish(struct apt_command *command, pid_t pid, int err,
			      int *status)
{
	struct lab *lab = command->apt->lab;

	if (!err)
		err = process_wait(pid, -1, lab->cancel_fd, status);
	if (err)
		process_kill(pid, 50); /* apt's downloaders are in its process group */
	if (err == -ECANCELED)
		return lab_fail(lab, err, "interrupted");
	if (err)
		return lab_fail(lab, err, "cannot talk to apt: %s", strerror(-err));
	return 0;
}

/* When the command fails, sets the sentence that explains it. */
static int apt_run(struct apt *apt, char *const *argv, const char *cwd, const char *what,
		   uint64_t total, struct text *out)
{
	_cleanup_(apt_command_deinit) struct apt_command command = {
		.apt = apt, .what = what, .total = total, .fds = {-1, -1, -1}};
	int status = 0, err;
	pid_t pid;

	err = apt_command_start(&command, argv, cwd, &pid);
	if (err)
		return lab_fail(apt->lab, err, "cannot run '%s': %s; is apt installed?",
				argv[0], strerror(-err));
	if (what)
		lab_report(apt->lab, what, 0, total, false);
	err = apt_command_finish(&command, pid, apt_command_pump(&command), &status);
	if (what)
		lab_report(apt->lab, what, err ? 0 : total, total, true);
	if (err)
		return err;
	if (status ||
	    (what && command.in[2].s && strstr(command.in[2].s, "Failed to fetch")))
		return apt_explain(apt->lab, apt->suite,
				   command.in[2].s ? command.in[2].s : "");
	if (out)
		text_add(out, command.in[1].s ? command.in[1].s : "", command.in[1].len);
	return 0;
}

static void report_obstacle(const struct apt *apt)
{
	_cleanup_free_ char *what = NULL;

	if (!apt->obstacle)
		return;
	what = xprintf("apt's downloaders run as root, since %s", apt->obstacle);
	lab_report(apt->lab, what, 0, 0, false);
	lab_report(apt->lab, what, 0, 0, true);
}

int apt_update(struct apt *apt)
{
	char *argv[] = {"apt-get", "-q", "update", NULL};
	_cleanup_free_ char *what =
		xprintf("reading the package lists of debian %s", apt->suite);

	report_obstacle(apt);
	return apt_run(apt, argv, NULL, what, 100, NULL);
}

int apt_query(struct apt *apt, char *const *argv, struct text *ret)
{
	return apt_run(apt, argv, NULL, NULL, 0, ret);
}

/* Downloads into @dir, which is the downloaders' for as long as that takes. */
static int run_in(struct apt *apt, char *const *argv, const char *dir, const char *what,
		  uint64_t total)
{
	int err = apt->boxed ? apt_user_lend(dir) : 0, back;

	if (err)
		return cannot_write(apt, err);
	err = apt_run(apt, argv, dir, what, total, NULL);
	back = apt->boxed ? apt_user_return(dir) : 0;
	return err || !back ? err : cannot_write(apt, back);
}

int apt_download(struct apt *apt, const struct apt_plan *plan, const char *dir,
		 const char *what)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	uint64_t total = 0;

	strv_add(&argv, "apt-get");
	strv_add(&argv, "-q");
	strv_add(&argv, "download");
	for (size_t i = 0; i < plan->n; i++) {
		strv_printf(&argv, "%s=%s", plan->v[i].package, plan->v[i].version);
		total += plan->v[i].size;
	}
	return run_in(apt, argv.v, dir, what, total);
}
