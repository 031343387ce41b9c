// SPDX-License-Identifier: GPL-2.0-only
/* Black box: questions that are refused, who may ask, and asking about what changes. */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sched.h>
#include <sys/syscall.h>

#include "footprint.h"

enum { ASKERS = 2, VICTIMS = 2, MS = 1500, PAGES = 1500, ENOUGH = 10, PATIENCE = 10 };

static int refused(const char *text)
{
	int fd = open(PATH, O_RDWR), err = 0;

	if (write(fd, text, strlen(text)) < 0)
		err = errno;
	close(fd);
	return err;
}

static pid_t gone(bool zombie)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (zombie)
		waitid(P_PID, (id_t)pid, &(siginfo_t){0}, WEXITED | WNOWAIT);
	else
		waitpid(pid, NULL, 0);
	return pid;
}

static void bad_questions(void)
{
	struct sizes s;
	pid_t zombie;
	int fd;

	ktap_ok(refused("me") == EINVAL && refused("1x") == EINVAL &&
			refused("-1") == EINVAL && refused("0") == EINVAL,
		"what is no pid: EINVAL");
	ktap_ok(refused("99999999999") == ERANGE,
		"what is no number of this size: ERANGE");
	ktap_ok(ask(gone(false), &s) == ESRCH, "a pid that nobody has: ESRCH");
	zombie = gone(true);
	ktap_ok(ask(zombie, &s) == EINVAL, "a zombie has no memory: EINVAL");
	waitpid(zombie, NULL, 0);
	ktap_ok(ask(2, &s) == EINVAL, "nor has a kernel thread: EINVAL");
	fd = open(PATH, O_RDWR);
	ktap_ok(write(fd, (void *)8, 2) < 0 && errno == EFAULT, "a bad pointer: EFAULT");
	close(fd);
}

static void pieces(void)
{
	int fd = open(PATH, O_RDONLY);
	struct sizes s;
	char text[512];
	size_t n = 0;

	while (n < sizeof(text) - 1 && read(fd, text + n, 1) == 1)
		n++;
	text[n] = 0;
	close(fd);
	ktap_ok(parse(text, &s) && s.virtual > s.resident && s.resident > 0,
		"read by single bytes: the same six lines");
}

static void permissions(void)
{
	pid_t pid = fork();
	struct sizes s;
	int status;

	if (!pid) {
		(void)!setgid(65534);
		(void)!setuid(65534);
		_exit(open(PATH, O_RDONLY) >= 0);
	}
	waitpid(pid, &status, 0);
	ktap_ok(!status, "only root may ask");
	pid = fork();
	if (!pid) {
		struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
		struct __user_cap_data_struct d[2];

		syscall(SYS_capget, &h, d);
		d[0].effective &= ~(1u << CAP_SYS_PTRACE);
		d[0].permitted &= ~(1u << CAP_SYS_PTRACE);
		syscall(SYS_capset, &h, d);
		_exit(ask(0, &s) != 0 || ask(getppid(), &s) != EPERM);
	}
	waitpid(pid, &status, 0);
	ktap_ok(!status, "about others only with CAP_SYS_PTRACE");
}

static _Noreturn void change(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int i = 0;; i++) {
		char *p = map(PAGES * PAGE, 0);

		madvise(p, (size_t)(PAGES * PAGE),
			i % 2 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
		for (long j = 0; j < PAGES; j += 1 + i % 5)
			p[j * PAGE] = 1;
		madvise(p + 100 * PAGE, (size_t)(700 * PAGE), MADV_DONTNEED);
		mprotect(p, (size_t)(50 * PAGE), PROT_READ);
		munmap(p, (size_t)(PAGES * PAGE));
	}
}

static void storm(void)
{
	volatile unsigned int *asked = shared_memory(4096);
	pid_t victim[VICTIMS], asker[ASKERS];
	bool ended = false;

	for (int i = 0; i < VICTIMS; i++) {
		victim[i] = fork();
		if (!victim[i])
			change();
	}
	for (int i = 0; i < ASKERS; i++) {
		asker[i] = fork();
		if (asker[i])
			continue;
		for (unsigned int j = 0;; j++) {
			struct sizes s;
			int err = ask(victim[j % VICTIMS], &s);

			if ((err && err != ESRCH && err != EINVAL) ||
			    (!err && s.virtual < s.resident + s.swapped))
				_exit(1);
			++asked[i];
		}
	}
	pause_ms(MS / 2);
	kill(victim[0], SIGKILL); /* while it is asked about */
	waitpid(victim[0], NULL, 0);
	/* On a busy machine it takes longer. */
	for (int ms = 0; ms < MS / 2 || ((asked[0] <= ENOUGH || asked[1] <= ENOUGH) &&
					 ms < PATIENCE * MS); ms += 50)
		pause_ms(50);
	for (int i = 0; i < ASKERS; i++)
		ended |= waitpid(asker[i], NULL, WNOHANG) != 0;
	ktap_why("asked %u and %u times", asked[0], asked[1]);
	ktap_ok(!ended && asked[0] > ENOUGH && asked[1] > ENOUGH,
		"about memory that changes as fast as it can, there are answers");
	for (int i = 0; i < ASKERS; i++) {
		kill(asker[i], SIGKILL);
		waitpid(asker[i], NULL, 0);
	}
	kill(victim[1], SIGKILL);
	waitpid(victim[1], NULL, 0);
}

/* The first process of a namespace of its own asks about number 1: itself. */
static void namespaces(void)
{
	char said[3] = "";
	int ends[2];
	pid_t pid;

	if (pipe(ends) || unshare(CLONE_NEWPID)) {
		ktap_skip("no namespaces of pids", "pids are those of the namespace");
		return;
	}
	pid = fork();
	if (!pid) {
		struct sizes own, first;

		(void)!write(ends[1],
			     !ask(0, &own) && !ask(1, &first) &&
					     own.virtual == first.virtual
				     ? "ok"
				     : "no",
			     2);
		_exit(0);
	}
	(void)!read(ends[0], said, 2);
	waitpid(pid, NULL, 0);
	ktap_ok(!strcmp(said, "ok"), "pids are those of the namespace of who asks");
}

int main(void)
{
	ktap_plan(11);
	bad_questions();
	pieces();
	permissions();
	storm();
	namespaces();
	return ktap_end();
}
