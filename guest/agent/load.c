// SPDX-License-Identifier: GPL-2.0-only
/*
 * Modules in and out. Each system call is made by a forked child: an oops kills the
 * child, a hang holds the child, and the agent tells the two apart.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "loop.h"
#include "port.h"
#include "small.h"
#include "steps.h"

/* References that RCU or a workqueue is about to drop are no reason to give up. */
#define UNLOAD_TRIES	5
#define UNLOAD_PAUSE_MS 20

/* When its init function takes longer than this, a module's sections are reported
 * before it ends. */
#define SECTIONS_MS 100

enum which { LOAD, UNLOAD };

/* In memory that the child shares with us: an exit status has eight bits, and there are
 * errors beyond 255, which init functions do return. */
static int *error_of_call;

static int call(const struct proto_entry *e, enum which which)
{
	long rc;

	if (which == LOAD)
		rc = syscall(SYS_init_module, payload_data(e), e->data_len,
			     payload_extra(e));
	else
		rc = syscall(SYS_delete_module, payload_name(e), O_NONBLOCK);
	/* What is no error code for the C library is no -1 either: an init function
	 * returned that. */
	if (rc < -1)
		return (int)-rc;
	return rc < 0 ? errno : 0;
}

static void fill_result(struct agent *a, bool ended, struct proto_call *ret)
{
	*ret = (struct proto_call){.refcount = -1};
	if (!ended) {
		ret->stalled = 1;
		a->broken = true;
	} else if (WIFSIGNALED(a->child_status)) {
		ret->signal = WTERMSIG(a->child_status);
	} else {
		ret->error = *error_of_call;
	}
}

static int share_error(void)
{
	void *p;

	if (error_of_call)
		return 0;
	p = mmap(NULL, sizeof(*error_of_call), PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return errno;
	error_of_call = p;
	return 0;
}

static void call_in_child(struct agent *a, const struct proto_entry *e, enum which which,
			  struct proto_call *ret)
{
	int err = share_error();
	bool ended;
	pid_t pid;

	a->child_ended = false;
	pid = err ? -1 : fork();
	if (pid == 0) {
		*error_of_call = call(e, which);
		_exit(0);
	}
	if (pid < 0) {
		*ret = (struct proto_call){.error = err ? err : errno, .refcount = -1};
		return;
	}
	loop_wait_begin(a, PROTO_WAIT_CALL);
	ended = loop_wait_child(a, pid, which == LOAD ? SECTIONS_MS : 0);
	/* Reported early as well: the guest may crash before the call returns. */
	if (!ended && which == LOAD) {
		sections_report(a, e);
		ended = loop_wait_child(a, pid, 0);
	}
	if (which == LOAD)
		sections_report(a, e);
	fill_result(a, ended, ret);
	if (ret->stalled && !a->again)
		stall_report(a, pid);
}

static bool failed(const struct proto_call *c)
{
	return c->error || c->signal || c->stalled || c->missing;
}

/* "name size references holders state address" */
static bool is_listed(const char *name)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/modules", "re");
	size_t len = strlen(name);
	char line[4096];

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, len) && line[len] == ' ')
			return strstr(line, " Live ") != NULL;
	return !f;
}

/* Not "coming": what its init function's death left behind cannot be unloaded. What
 * cannot be read may well be there: then the kernel is asked. */
static bool is_loaded(const char *name)
{
	char path[128], text[16];
	int n;

	snprintf(path, sizeof(path), "/sys/module/%s/initstate", name);
	n = read_text(path, text, sizeof(text));
	return n < 0 ? n != -ENOENT : !strncmp(text, "live", 4);
}

bool load_modules(struct agent *a, bool intree)
{
	const struct proto_entry *e = NULL;
	struct proto_call result;

	while ((e = payload_find(a, e, PROTO_ENTRY_MODULE))) {
		if (!!(e->flags & 1) != intree)
			continue;
		call_in_child(a, e, LOAD, &result);
		if (!failed(&result))
			result.missing = !is_loaded(payload_name(e)) &&
					 !is_listed(payload_name(e));
		if (!failed(&result) || (intree && result.error == EEXIST))
			continue;
		if (a->again)
			return false;
		port_send_strings(a, PROTO_LOAD, &result, sizeof(result), payload_name(e),
				  NULL);
		return false;
	}
	return true;
}

static int refcount(const char *name)
{
	char path[128], text[16];

	snprintf(path, sizeof(path), "/sys/module/%s/refcnt", name);
	return read_text(path, text, sizeof(text)) > 0 ? atoi(text) : -1;
}

static void list_holders(const char *name, char *buf, size_t size)
{
	char path[128];
	struct dirent *e;
	size_t used = 0;
	DIR *dir;

	buf[0] = '\0';
	snprintf(path, sizeof(path), "/sys/module/%s/holders", name);
	dir = opendir(path);
	if (!dir)
		return;
	while ((e = readdir(dir))) {
		if (e->d_name[0] == '.' || used + strlen(e->d_name) + 2 > size)
			continue;
		used += (size_t)sprintf(buf + used, "%s%s", used ? "," : "", e->d_name);
	}
	closedir(dir);
}

static bool unload_one(struct agent *a, const struct proto_entry *e)
{
	struct proto_call result;
	char holders[512];

	for (int i = 0; i < UNLOAD_TRIES; i++) {
		call_in_child(a, e, UNLOAD, &result);
		if (result.error != EAGAIN)
			break;
		loop_rest(a, UNLOAD_PAUSE_MS);
	}
	if (!failed(&result))
		return true;
	if (a->again)
		return false;
	if (!result.stalled) {
		result.refcount = refcount(payload_name(e));
		list_holders(payload_name(e), holders, sizeof(holders));
	} else {
		holders[0] = '\0';
	}
	port_send_strings(a, PROTO_UNLOAD, &result, sizeof(result), payload_name(e),
			  holders);
	return false;
}

/* The kernel's own modules go too, or what they registered would pass for leftovers. That
 * one will not go is no fault of the module under test. */
static void unload_intree(const struct proto_entry *e)
{
	for (int i = 0; i < UNLOAD_TRIES; i++)
		if (syscall(SYS_delete_module, payload_name(e), O_NONBLOCK) == 0 ||
		    errno != EAGAIN)
			return;
}

/* Backwards through the job's modules; those never loaded are passed over. Not all of the
 * kernel's own wait for RCU to call what they gave it when one of ours went (configfs).
 */
bool unload_modules(struct agent *a)
{
	const struct proto_entry *list[256], *e = NULL;
	bool own = false;
	size_t n = 0;

	while (n < 256 && (e = payload_find(a, e, PROTO_ENTRY_MODULE)))
		list[n++] = e;
	while (n-- > 0) {
		bool intree = list[n]->flags & 1;

		if (!is_loaded(payload_name(list[n])))
			continue;
		if (intree && own)
			leftovers_let_rcu_finish();
		own = !intree;
		if (intree)
			unload_intree(list[n]);
		else if (!unload_one(a, list[n]))
			return false;
	}
	return true;
}
