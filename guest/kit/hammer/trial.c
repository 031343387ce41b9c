// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each promise is put to the test in a child of its own, so that neither a hang nor an
 * oops in the kernel takes the others along. The parent only watches: it makes no call on
 * the file itself. The child notes each call in shared memory; when no note changes for a
 * while, the child hangs, and the note says where.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hammer.h"

#define LOOK_MS	      100
#define LAST_CHANCE_S 5 /* for a killed process to go */

static char said[600];

bool trial_prepare(void)
{
	size_t size = sizeof(*finding) + LANES * sizeof(*lanes) + sizeof(*own_commands);
	void *all = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);
	sigset_t child;

	if (all == MAP_FAILED)
		return false;
	lanes = all;
	own_commands = (struct own_commands *)(lanes + LANES);
	finding = (struct finding *)(own_commands + 1);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	return sigprocmask(SIG_BLOCK, &child, NULL) == 0 &&
	       prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

/* ---- in the child ---- */

static void no_streams(void)
{
	int null = open("/dev/null", O_RDWR);

	for (int i = 0; i < 3; i++)
		dup2(null, i);
	if (null > 2)
		close(null);
}

static void attempt(const struct target *t, const struct promise *p)
{
	sigset_t none;

	setpgid(0, 0);
	no_streams();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	memory_prepare();
	nudge(3000);
	p->attempt(t);
	_exit(0);
}

/* ---- in the parent ---- */

struct watch {
	unsigned int patience; /* in looks */
	unsigned int turn[LANES];
	unsigned int still[LANES]; /* looks without a change */
	unsigned int quiet;	   /* looks without a change anywhere */
};

/* The lane that hangs, -1 when none does, LANES when nothing moves and none is inside. */
static int look(struct watch *w)
{
	bool moved = false;
	int stuck = -1;

	for (int i = 0; i < LANES; i++) {
		unsigned int turn = lanes[i].turn;

		if (turn != w->turn[i]) {
			w->still[i] = 0;
			moved = true;
		} else {
			w->still[i]++;
		}
		w->turn[i] = turn;
		if (turn & 1 && w->still[i] >= w->patience)
			stuck = i;
	}
	w->quiet = moved ? 0 : w->quiet + 1;
	if (stuck < 0 && w->quiet >= w->patience)
		return LANES;
	return stuck;
}

/* Sleeps until a child ends, or for a moment. */
static void doze(void)
{
	struct timespec moment = {.tv_nsec = LOOK_MS * 1000000};
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigtimedwait(&child, NULL, &moment);
}

/*
 * All processes of the promise, also those that lost their parent: trial_prepare() made
 * them ours.
 */
static bool gone_soon(pid_t group)
{
	for (int i = 0; i < LAST_CHANCE_S * 1000 / LOOK_MS; i++) {
		pid_t pid;

		kill(-group, SIGKILL);
		do
			pid = waitpid(-group, NULL, WNOHANG);
		while (pid > 0);
		if (pid < 0 && errno == ECHILD)
			return true;
		doze();
	}
	return false;
}

static enum outcome hung(const struct target *t, pid_t pid, int stuck)
{
	char text[160] = "the end of the process, where it closes its files";
	bool gone;

	if (stuck < LANES)
		call_text(&lanes[stuck].call, text, sizeof(text));
	gone = gone_soon(pid);
	snprintf(said, sizeof(said), "hung for %u s in %s; %s", t->patience, text,
		 gone ? "SIGKILL ended it" : "not even SIGKILL ends it");
	return gone ? BROKEN : STUCK;
}

static enum outcome died(int number)
{
	char text[160];

	/* The promise's own thread comes first; lane 0 is where it makes its calls. */
	call_text(&lanes[0].call, text, sizeof(text));
	snprintf(said, sizeof(said), "killed by signal %d%s%s", number,
		 lanes[0].turn & 1 ? " in " : ", its last call was ", text);
	return BROKEN;
}

static enum outcome ended(int status)
{
	unsigned int more = finding->blames;

	if (more > 1)
		snprintf(said, sizeof(said), "%s (and %u more)", finding->said, more - 1);
	else
		snprintf(said, sizeof(said), "%s", finding->said);
	if (more)
		return BROKEN;
	if (WIFSIGNALED(status))
		return died(WTERMSIG(status));
	if (WEXITSTATUS(status))
		return snprintf(said, sizeof(said), "no memory, or no process"), BROKEN;
	return finding->untried ? NOT_TRIED : KEPT;
}

static enum outcome watch(const struct target *t, pid_t pid)
{
	struct watch w = {.patience = t->patience * 1000 / LOOK_MS};
	int status, stuck;

	for (;;) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return ended(status);
		stuck = look(&w);
		if (stuck >= 0)
			return hung(t, pid, stuck);
		doze();
	}
}

const char *trial_said(void)
{
	return said;
}

bool trial_gate_closed(void)
{
	return finding->gate_closed;
}

enum outcome trial(const struct target *t, const struct promise *p)
{
	enum outcome outcome;
	pid_t pid;

	memset(finding, 0, sizeof(*finding));
	memset(lanes, 0, LANES * sizeof(*lanes));
	lanes[0].call.fmt = "none";
	chance_seed(t->seed);
	pid = fork_helper(0);
	if (pid == 0)
		attempt(t, p);
	if (pid < 0) {
		snprintf(said, sizeof(said), "no process: %s", strerror(errno));
		return STUCK;
	}
	setpgid(pid, pid);
	outcome = watch(t, pid);
	if (outcome != STUCK && !gone_soon(pid)) {
		snprintf(said, sizeof(said),
			 "it left a process that SIGKILL does not end");
		return STUCK;
	}
	return outcome;
}
