// SPDX-License-Identifier: GPL-2.0-only
/* The command: did it run, did it end, what did it say of its tests. */
#include <signal.h>
#include <string.h>

#include "errno_words.h"
#include "judge_parts.h"

enum { NAMES_SHOWN = 3 };

static bool judge_ktap(struct judge *j)
{
	const struct lab_result *r = j->result;
	_cleanup_strv_ struct strv names = STRV_INIT;
	_cleanup_free_ char *list = NULL;
	struct lab_event event;
	size_t failed = 0;

	for (size_t i = 0; i < r->n_tests; i++)
		if (r->tests[i].status == KTAP_FAIL && ++failed <= NAMES_SHOWN)
			strv_add(&names, r->tests[i].name ? r->tests[i].name : "unnamed");
	if (!failed)
		return false;
	list = strv_join(&names, ", ");
	event = judge_event(LAB_TEST_FAILED, LAB_PHASE_TEST, "test-failed",
			    "%zu of %zu tests failed: %s%s", failed, r->n_tests, list,
			    failed > NAMES_SHOWN ? ", ..." : "");
	judge_add(j, &event);
	return true;
}

/* What a process does to itself; all other signals are sent by somebody. */
static bool is_crash(int sig)
{
	static const int crashes[] = {SIGSEGV, SIGBUS,	SIGILL, SIGFPE,
				      SIGABRT, SIGTRAP, SIGSYS};

	for (size_t i = 0; i < sizeof(crashes) / sizeof(*crashes); i++)
		if (crashes[i] == sig)
			return true;
	return false;
}

/* A 'timeout' of the command's own: that of busybox passes the signal on, that of
 * coreutils has a status for it. */
static const char time_ran_out[] =
	"a 'timeout' in the command gave up waiting: give it longer, or look for a read, "
	"write or wait of the module that never ends";

static void judge_killed(struct judge *j, int sig, const char *name)
{
	struct lab_event event = judge_event(
		LAB_TEST_FAILED, LAB_PHASE_TEST, "command-killed",
		"the command was %s by SIG%s", sig == SIGTERM ? "ended" : "killed", name);

	if (sig == SIGTERM)
		event.hint = xstrdup(time_ran_out);
	else if (!is_crash(sig))
		event.hint =
			xprintf("somebody sent it SIG%s, it did not crash: the command "
				"itself, or the kernel for want of memory",
				name);
	judge_add(j, &event);
}

static void judge_status(struct judge *j, int status)
{
	enum { STATUS_TIMEOUT = 124 };
	const char *name = status > 128 ? sigabbrev_np(status - 128) : NULL;
	struct lab_event event;

	if (name) {
		judge_killed(j, status - 128, name);
		return;
	}
	event = judge_event(LAB_TEST_FAILED, LAB_PHASE_TEST, "command-failed",
			    "the command ended with status %d", status);
	if (status == STATUS_TIMEOUT)
		event.hint = xstrdup(time_ran_out);
	judge_add(j, &event);
}

static void judge_command(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	bool failed = judge_ktap(j);
	struct lab_event event;

	if (r->command_errno) {
		event = judge_event(LAB_TEST_FAILED, LAB_PHASE_TEST, "command-not-run",
				    "the command '%s' could not be run: %s",
				    j->job->argv && j->job->argv[0] ? j->job->argv[0]
								    : "",
				    strerror(r->command_errno));
		judge_add(j, &event);
	} else if (r->command_killed) {
		judge_hang(j);
	} else if (failed && r->command_status == 1) {
		return; /* what a test ends with once its checks have said it all */
	} else if (r->command_ran && r->command_status) {
		judge_status(j, r->command_status);
	} else if (r->command_ran && j->result->command_status) {
		event = judge_event(LAB_TEST_FAILED, LAB_PHASE_TEST, "test-broken",
				    "the test's output broke off or is no KTAP");
		judge_add(j, &event);
	} else if (r->command_ran && j->result->skipped) {
		event = judge_event(LAB_SKIPPED, LAB_PHASE_TEST, "skipped", "skipped: %s",
				    j->result->skipped);
		judge_add(j, &event);
	}
}

/* What was to be copied out is missing, or not whole: nobody may take it for a success.
 */
static void judge_copy(struct judge *j)
{
	const struct lab_guest_report *r = j->report;
	struct lab_event event;

	if (r->copy_note)
		strv_add(&j->result->notes, r->copy_note);
	if (!r->copy_failed)
		return;
	event = judge_event(LAB_TEST_FAILED, LAB_PHASE_TEST, "copy-failed", "%s",
			    r->copy_failed);
	judge_add(j, &event);
}

void judge_tests(struct judge *j)
{
	judge_command(j);
	judge_copy(j);
}

/* "cat: read error: Unknown error 512": the C library has no name for what only the
 * kernel itself uses. */
void lab_judge_output(struct lab_result *result, const char *out)
{
	static const char words[] = "Unknown error ";
	_cleanup_free_ char *name = NULL;
	int err = 0;

	for (const char *s = out; s && !errno_is_internal(err);) {
		s = strstr(s, words);
		if (s)
			err = atoi(s += strlen(words));
	}
	if (result->outcome != LAB_TEST_FAILED || !errno_is_internal(err))
		return;
	name = errno_name(err);
	free(result->hint);
	result->hint = xprintf(
		"a call of the test got %d (%s), a code that is the kernel's own: %s",
		err, name,
		err == 512 ? "the module may return it only where "
			     "signal_pending(current)"
			   : "the module must return one that errno(3) lists");
}
