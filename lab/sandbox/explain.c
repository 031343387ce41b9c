// SPDX-License-Identifier: GPL-2.0-only
/* Why a sandbox could not be made, or a command in it was stopped: in words. */
#include <string.h>

#include "fs.h"
#include "internal.h"

#define UNBOXED                                                                          \
	"; root may build without a box, at its own risk, with --unboxed "               \
	"(docs/trust.md)"

static bool sysctl_is(const char *path, char value)
{
	_cleanup_free_ char *text = NULL;

	return fs_read_file(path, &text, NULL) == 0 && text[0] == value &&
	       (text[1] == '\n' || !text[1]);
}

static int explain_namespace(struct lab *lab, const struct sandbox_trouble *trouble)
{
	const char *what = "cannot make a user namespace for the build";

	if (sysctl_is("/proc/sys/user/max_user_namespaces", '0'))
		return lab_fail(lab, -EPERM,
				"%s: the host allows none; "
				"set 'sysctl user.max_user_namespaces=15000'" UNBOXED,
				what);
	if (sysctl_is("/proc/sys/kernel/unprivileged_userns_clone", '0'))
		return lab_fail(lab, -EPERM,
				"%s: the host keeps them for root; "
				"set 'sysctl kernel.unprivileged_userns_clone=1'" UNBOXED,
				what);
	if (sysctl_is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1'))
		return lab_fail(
			lab, -EPERM,
			"%s: AppArmor forbids it; set "
			"'sysctl kernel.apparmor_restrict_unprivileged_userns=0' or "
			"give kmlab a profile with 'userns'" UNBOXED,
			what);
	if (trouble->err == EINVAL || trouble->err == ENOSYS)
		return lab_fail(lab, -ENOSYS,
				"%s: this kernel has none; "
				"use a kernel with CONFIG_USER_NS" UNBOXED,
				what);
	return lab_fail(lab, -EPERM,
			"%s: %s at '%s'; in a container, allow the calls unshare, mount "
			"and pivot_root (docker: --security-opt seccomp=unconfined "
			"--security-opt apparmor=unconfined)" UNBOXED,
			what, strerror(trouble->err), trouble->subject);
}

static int explain_mount(struct lab *lab, const struct sandbox_trouble *trouble)
{
	if (trouble->err == ENOSYS)
		return lab_fail(lab, -ENOSYS,
				"cannot make the build root read-only: "
				"this kernel has no mount_setattr; use Linux 5.12+");
	return lab_fail(lab, -trouble->err,
			"cannot mount '%s' in the build root: %s; run 'kmlab doctor'",
			trouble->subject, strerror(trouble->err));
}

int sandbox_explain(struct lab *lab, const struct lab_sandbox *box,
		    const struct sandbox_trouble *trouble)
{
	switch (trouble->stage) {
	case STAGE_NAMESPACE:
		return explain_namespace(lab, trouble);
	case STAGE_MOUNT:
		return explain_mount(lab, trouble);
	case STAGE_PROC:
		return lab_fail(lab, -EPERM,
				"cannot mount a /proc for the build: %s; this container "
				"hides parts of its own, start it with --security-opt "
				"unmask=ALL (docker: systempaths=unconfined)",
				strerror(trouble->err));
	case STAGE_OVERLAY:
		if (trouble->err == ELOOP)
			return lab_fail(
				lab, -ELOOP,
				"the cache lies inside the source "
				"directory '%s'; move one of them, or set KMLAB_CACHE",
				box->lower);
		return lab_fail(
			lab, -EOPNOTSUPP,
			"cannot lay a writable view over '%s': "
			"%s; keep the cache (KMLAB_CACHE) on an ordinary file system",
			trouble->subject, strerror(trouble->err));
	case STAGE_CONFINE:
		return lab_fail(lab, -EPERM,
				"cannot take the build's rights away: %s at '%s'; use a "
				"kernel with CONFIG_SECCOMP_FILTER",
				strerror(trouble->err), trouble->subject);
	default:
		return lab_fail(lab, -trouble->err,
				"cannot run '%s' in the build root: %s; "
				"check the name",
				trouble->subject, strerror(trouble->err));
	}
}

/* ---- limits ---- */

static void put_size(struct text *out, uint64_t bytes)
{
	if (bytes >= 10ULL << 30)
		text_printf(out, "%llu GiB", (unsigned long long)(bytes >> 30));
	else if (bytes >= 1ULL << 20)
		text_printf(out, "%llu MiB", (unsigned long long)(bytes >> 20));
	else
		text_printf(out, "%llu KiB", (unsigned long long)(bytes >> 10));
}

/* Twice as much is what may be tried next. */
static void put_taken(struct text *out, const char *verb, uint64_t most, const char *what,
		      const char *limit)
{
	text_printf(out, "it %s more than ", verb);
	put_size(out, most);
	text_printf(out, " %s; if it needs more, use --limit %s=%lluM\n", what, limit,
		    (unsigned long long)(most >> 19));
}

static void put_span(struct text *out, unsigned int seconds)
{
	if (seconds % 60)
		text_printf(out, "%u seconds", seconds);
	else
		text_printf(out, "%u minute%s", seconds / 60, seconds == 60 ? "" : "s");
}

/* A line of its own, which reads like a compiler's: so it becomes the verdict's reason.
 */
static void begin(struct text *out)
{
	if (out->len && out->s[out->len - 1] != '\n')
		text_puts(out, "\n");
	text_puts(out, "kmlab: error: the build was stopped: ");
}

void sandbox_explain_limit(const struct lab_limits *limits, enum sandbox_limit limit,
			   struct text *out)
{
	begin(out);
	switch (limit) {
	case LIMIT_TIME:
		text_puts(out, "it ran for ");
		put_span(out, limits->time_s);
		text_puts(out, "; if it needs longer, use --limit time=2h\n");
		break;
	case LIMIT_IDLE:
		text_puts(out, "it did nothing for a minute; it waits for what a build "
			       "has not got, such as a terminal, a network or "
			       "another process\n");
		break;
	case LIMIT_PROCESSES:
		text_printf(out,
			    "it had more than %u processes and threads; if it needs "
			    "them, use --limit processes=%u\n",
			    limits->processes, 4 * limits->processes);
		break;
	case LIMIT_MEMORY:
		put_taken(out, "took", limits->memory, "of memory", "memory");
		break;
	case LIMIT_DISK:
		put_taken(out, "wrote", limits->disk, "to the disk", "disk");
		break;
	case LIMIT_SPACE:
		text_puts(out, "it filled the disk that holds the cache; free space, or "
			       "set KMLAB_CACHE\n");
		break;
	case LIMIT_NONE:
		break;
	}
}

void sandbox_explain_output(const struct lab_limits *limits, struct text *out)
{
	begin(out);
	text_puts(out, "it printed more than ");
	put_size(out, limits->output);
	text_printf(out, "; if it has so much to say, use --limit output=%lluM\n",
		    (unsigned long long)(limits->output >> 18));
}

/* ---- a failure that the box may be the cause of ---- */

static const char absent[] = "No such file or directory";

/* "x.c:2:10: fatal error: linux/x.h: No such file or directory": the kernel's headers are
 * in the box, as far as there are any. */
static bool is_kernel_header(const char *name)
{
	static const char *const dirs[] = {
		"linux/", "asm/",    "asm-generic/", "uapi/", "net/",
		"drm/",	  "crypto/", "media/",	     "scsi/", "sound/",
		"trace/", "video/",  "generated/"};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		if (str_starts(name, dirs[i]))
			return true;
	return false;
}

/* Does something else than the kernel's headers lack here? */
static bool has_absent(const char *log)
{
	for (const char *s = log; (s = strstr(s, absent)); s += strlen(absent)) {
		const char *name = s;

		if (name - log > 2)
			name -= 2; /* ": " */
		while (name > log && !strchr(" \n", name[-1]))
			name--;
		if (!is_kernel_header(name))
			return true;
	}
	return false;
}

static bool has_sign(const char *log, const char *sign)
{
	return sign == absent ? has_absent(log) : strstr(log, sign) != NULL;
}

void sandbox_hint(struct text *out)
{
	static const struct {
		const char *sign, *note;
	} known[] = {
		{absent,
		 "a build sees its own directory and the git checkout around it, nothing "
		 "else of this machine; show it more with --see DIR"},
		{"Read-only file system",
		 "a build may write into its own directory and TMPDIR only"},
		{"File size limit exceeded",
		 "a build may keep so much and no more; if it needs more, use --limit "
		 "disk=16G"},
		{"No space left on device",
		 "/tmp and TMPDIR of a build hold a quarter of its memory; if it needs "
		 "more, use --limit memory=SIZE"},
		{"memory exhausted",
		 "a build may take half of the memory; if it needs more, use --limit "
		 "memory=SIZE"},
		{"Cannot allocate memory",
		 "a build may take half of the memory; if it needs more, use --limit "
		 "memory=SIZE"},
		{"resolve host", "a build has no network; fetch what it needs before"},
		{"name resolution", "a build has no network; fetch what it needs before"},
		{"Network is unreachable",
		 "a build has no network; fetch what it needs before"},
	};

	for (size_t i = 0; out->s && i < sizeof(known) / sizeof(*known); i++) {
		if (!has_sign(out->s, known[i].sign))
			continue;
		text_printf(out, "%skmlab: note: %s\n",
			    out->s[out->len - 1] == '\n' ? "" : "\n", known[i].note);
		return;
	}
}
