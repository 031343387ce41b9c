// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/probes, one caller at a time: what it counts, what it refuses, who may, and when
 * probes go. For implementations that have it.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define KMODULE "probes"
#include "kmodule.h"
#include "ktap.h"

#include "device.h"
#include "kallsyms.h"

#define BAD_POINTER ((void *)8)

static int error_of(int ret)
{
	return ret < 0 ? errno : 0;
}

/*
 * Waits until the kernel has replaced the breakpoint by a jump, which it does in the
 * background. Returns how many times it had to look, -1 when it gives up.
 */
static int becomes_optimized(const char *symbol, int looks)
{
	for (int i = 0; i < looks; i++) {
		if (listed(symbol, "[OPTIMIZED]"))
			return i;
		usleep(10000);
	}
	return -1;
}

static void counts(void)
{
	int fd = open_device(), id = attach(fd, TARGET, 0), other;

	ktap_ok(id >= 0, "a probe is attached to a function");
	ktap_ok(listed(TARGET, "") == 1, "the kernel lists it");
	ioctl(fd, PROBES_CALL, 1000);
	ktap_ok(hits(fd, id).pre == 1000, "a thousand calls are a thousand hits");
	ktap_ok(!hits(fd, id).post, "without PROBES_POST there is no post handler");
	ktap_why("EBUSY: the kernel confuses probes with and without a post handler at "
		 "one "
		 "address, if the one without came first (README.md).");
	ktap_ok(attach(fd, TARGET, PROBES_POST) == -EBUSY,
		"a post handler behind a probe without one is refused");
	other = attach(fd, TARGET, 0);
	ktap_ok(other >= 0 && other != id, "two probes at one function have two numbers");
	ioctl(fd, PROBES_CALL, 10);
	ktap_ok(hits(fd, id).pre == 1010 && hits(fd, other).pre == 10,
		"each counts from when it was attached");
	ktap_ok(!detach(fd, other) && listed(TARGET, "") == 1,
		"one of the two is detached");
	ktap_ok(!detach(fd, id) && !listed(TARGET, ""), "and the other");
	close(fd);
}

static void post_handler(void)
{
	int fd = open_device(), id = attach(fd, TARGET, PROBES_POST), other;

	ktap_ok(id >= 0, "a probe with a post handler is attached");
	other = attach(fd, TARGET, PROBES_POST);
	ktap_ok(other >= 0, "a second one with a post handler, too");
	ioctl(fd, PROBES_CALL, 100);
	ktap_ok(hits(fd, id).pre == 100 && hits(fd, id).post == 100,
		"it runs for each call");
	ktap_ok(hits(fd, other).pre == 100 && hits(fd, other).post == 100,
		"and so does that of the second");
	close(fd);
}

static void optimization(void)
{
	int fd = open_device(), id = attach(fd, TARGET, 0);
	int looks = becomes_optimized(TARGET, 500);

	if (looks < 0)
		ktap_skip("not in five seconds",
			  "a probe without a post handler becomes a jump");
	else
		ktap_ok(true, "a probe without a post handler becomes a jump");
	ioctl(fd, PROBES_CALL, 1000);
	ktap_ok(hits(fd, id).pre == 1000, "which counts as well");
	detach(fd, id);
	id = attach(fd, TARGET, PROBES_POST);
	if (looks < 0) {
		ktap_skip("none did", "with a post handler it stays a breakpoint");
	} else {
		ktap_why("A jump cannot come back behind the instruction it replaced.");
		ktap_ok(becomes_optimized(TARGET, 2 * looks + 10) < 0,
			"with a post handler it stays a breakpoint");
	}
	close(fd);
}

static void recursion(void)
{
	int fd = open_device(), inner = attach(fd, "probes_count", 0);
	int id = attach(fd, TARGET, 0);

	if (inner == -ENOENT) {
		ktap_skip("no function probes_count",
			  "a hit inside of a handler is missed");
		ktap_skip("no function probes_count", "and not counted as a hit");
	} else {
		ioctl(fd, PROBES_CALL, 100);
		ktap_why("The kernel does not run a handler inside of a handler: it adds "
			 "one "
			 "to kp.nmissed.");
		ktap_ok(hits(fd, inner).missed == 100,
			"a hit inside of a handler is missed");
		ktap_ok(!hits(fd, inner).pre && hits(fd, id).pre == 100,
			"and not counted as a hit");
	}
	close(fd);
}

static void each_cpu(void)
{
	int fd = open_device(), id = attach(fd, TARGET, PROBES_POST);
	struct probes_hits first, second;
	cpu_set_t all;

	sched_getaffinity(0, sizeof(all), &all);
	run_on_cpu(0);
	ioctl(fd, PROBES_CALL, 10);
	if (CPU_COUNT(&all) > 1)
		run_on_cpu(1);
	ioctl(fd, PROBES_CALL, 20);
	sched_setaffinity(0, sizeof(all), &all);
	first = hits_on(fd, id, 0);
	second = hits_on(fd, id, 1);
	if (CPU_COUNT(&all) > 1)
		ktap_ok(first.pre == 10 && second.pre == 20 && second.post == 20,
			"hits are counted on the CPU where they happen");
	else
		ktap_skip("there is one CPU",
			  "hits are counted on the CPU where they happen");
	ktap_ok(hits(fd, id).pre == 30, "the sum is that of all CPUs");
	close(fd);
}

static void limits(void)
{
	int fd = open_device(), other = open_device(), n = 0, id = 0;

	while (n < 1000 && id >= 0) {
		id = attach(fd, TARGET, 0);
		n += id >= 0;
	}
	ktap_ok(n == PROBES_PER_FILE && id == -ENOSPC,
		"%d probes in one file, then ENOSPC", PROBES_PER_FILE);
	ktap_ok(attach(other, TARGET, 0) >= 0, "another file has room of its own");
	ktap_ok(!detach(fd, 3) && attach(fd, TARGET, 0) == 3,
		"a freed number is used again");
	ktap_ok(listed(TARGET, "") == PROBES_PER_FILE + 1,
		"the kernel lists all of them");
	close(fd);
	ktap_ok(listed(TARGET, "") == 1,
		"closing a file removes its probes and no others");
	close(other);
	ktap_ok(!listed(TARGET, ""), "closing the last one removes the last");
}

static void refused_symbols(void)
{
	struct probes_attach arg = {.flags = 0};
	int fd = open_device();

	ktap_ok(attach(fd, "no_such_function_anywhere", 0) == -ENOENT,
		"an unknown name: ENOENT");
	ktap_ok(attach(fd, "get_kprobe", 0) == -EINVAL,
		"a name on the blacklist: EINVAL");
	ktap_ok(attach(fd, "get_kprobe", PROBES_POST) == -EINVAL,
		"with a post handler as well");
	ktap_ok(attach(fd, "tasklist_lock", 0) == -EINVAL, "data: EINVAL");
	ktap_ok(attach(fd, "", 0) == -EINVAL, "no name: EINVAL");
	ktap_ok(attach(fd, TARGET, 0x80000000) == -EINVAL, "an unknown flag: EINVAL");
	memset(arg.symbol, 'a', sizeof(arg.symbol));
	ktap_why("strlen() of a name without an end reads on behind the struct.");
	ktap_ok(error_of(ioctl(fd, PROBES_ATTACH, &arg)) == EINVAL,
		"an endless name: EINVAL");
	memset(&arg, 0, sizeof(arg));
	snprintf(arg.symbol, sizeof(arg.symbol), TARGET);
	arg.reserved = 1;
	ktap_why("What is not checked now cannot be given a meaning later.");
	ktap_ok(error_of(ioctl(fd, PROBES_ATTACH, &arg)) == EINVAL,
		"reserved is not 0: EINVAL");
	ktap_ok(!listed(TARGET, "") && attach(fd, TARGET, 0) == 0,
		"nothing of that is left");
	close(fd);
}

static void refused_calls(void)
{
	struct probes_hits arg = {.id = 0, .cpu = 1u << 20};
	int fd = open_device(), other = open_device();

	attach(fd, TARGET, 0);
	ktap_ok(error_of(ioctl(fd, PROBES_ATTACH, BAD_POINTER)) == EFAULT,
		"ATTACH: bad pointer");
	ktap_ok(error_of(ioctl(fd, PROBES_HITS, BAD_POINTER)) == EFAULT,
		"HITS: bad pointer");
	ktap_ok(error_of(ioctl(fd, PROBES_LOOKUP, BAD_POINTER)) == EFAULT,
		"LOOKUP: bad pointer");
	ktap_ok(error_of(ioctl(fd, PROBES_HITS, &arg)) == EINVAL,
		"HITS of no CPU: EINVAL");
	arg.cpu = PROBES_ALL_CPUS;
	ktap_ok(!ioctl(fd, PROBES_HITS, &arg), "HITS of all CPUs is fine");
	ktap_ok(error_of(ioctl(other, PROBES_HITS, &arg)) == ENOENT,
		"HITS in another file: ENOENT, it has no such probe");
	arg.id = PROBES_PER_FILE;
	ktap_ok(error_of(ioctl(fd, PROBES_HITS, &arg)) == ENOENT,
		"HITS of a number too high");
	arg.id = 0xffffffff;
	ktap_ok(error_of(ioctl(fd, PROBES_HITS, &arg)) == ENOENT,
		"HITS of the highest number");
	ktap_ok(detach(fd, 1) == -ENOENT && detach(fd, PROBES_PER_FILE) == -ENOENT &&
			detach(fd, -1) == -ENOENT && detach(other, 0) == -ENOENT,
		"DETACH of what is not attached: ENOENT");
	ktap_ok(error_of(ioctl(fd, PROBES_CALL, PROBES_CALLS_MAX + 1)) == EINVAL &&
			error_of(ioctl(fd, PROBES_CALL, -1L)) == EINVAL,
		"CALL too often: EINVAL");
	ktap_ok(error_of(ioctl(fd, _IO(PROBES_IOC, 99))) == ENOTTY &&
			error_of(ioctl(fd, _IOWR(PROBES_IOC, 3, char[8]), &arg)) ==
				ENOTTY,
		"another command, or another size: ENOTTY");
	close(fd);
	close(other);
}

static int lookup(int fd, const char *symbol, struct probes_symbol *at)
{
	memset(at, 0, sizeof(*at));
	snprintf(at->symbol, sizeof(at->symbol), "%s", symbol);
	return error_of(ioctl(fd, PROBES_LOOKUP, at));
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		ktap_diag("cannot write %s: %s", path, strerror(errno));
	close(fd);
}

static void lookups(void)
{
	enum { FUNCTION, DATA, FORBIDDEN, OURS, SYMBOLS };
	struct symbol want[SYMBOLS] = {
		[FUNCTION] = {.name = "kallsyms_lookup_name"},
		[DATA] = {.name = "tasklist_lock"},
		[FORBIDDEN] = {.name = "get_kprobe"},
		[OURS] = {.name = TARGET},
	};
	int fd = open_device();
	struct probes_symbol at;

	find_in_kallsyms(want, SYMBOLS);
	ktap_ok(!lookup(fd, want[FUNCTION].name, &at) &&
			at.address == want[FUNCTION].address && at.can_probe == 1,
		"a function that is not exported is where kallsyms says");
	ktap_ok(!lookup(fd, want[DATA].name, &at) && at.address == want[DATA].address &&
			!at.can_probe,
		"data: the same, and no probe can be there");
	ktap_ok(!lookup(fd, want[FORBIDDEN].name, &at) &&
			at.address == want[FORBIDDEN].address && !at.can_probe,
		"a function on the blacklist: the same");
	ktap_ok(!lookup(fd, TARGET, &at) && at.address == want[OURS].address,
		"a module's function: the same");
	attach(fd, TARGET, 0);
	ktap_ok(!lookup(fd, TARGET, &at) && at.address == want[OURS].address,
		"with a probe there: the same");
	ktap_why("A look is no probe: with KPROBE_FLAG_DISABLED no code is touched.");
	ktap_ok(listed(TARGET, "") == 1, "looking leaves no probe behind");
	ktap_ok(lookup(fd, "no_such_function_anywhere", &at) == ENOENT,
		"an unknown name: ENOENT");
	ktap_ok(lookup(fd, "", &at) == EINVAL, "no name: EINVAL");
	put("/proc/sys/kernel/kptr_restrict", "2");
	ktap_why("kernel.kptr_restrict=2 hides addresses from everybody.");
	ktap_ok(lookup(fd, TARGET, &at) == EPERM, "kernel.kptr_restrict=2: EPERM");
	put("/proc/sys/kernel/kptr_restrict", "1");
	ktap_ok(!lookup(fd, TARGET, &at) && at.address == want[OURS].address,
		"kernel.kptr_restrict=1: root may see it");
	put("/proc/sys/kernel/kptr_restrict", "0");
	close(fd);
}

/* In a child that has given up root: bit 0 for each thing that is allowed all the same.
 */
static int as_nobody(int fd)
{
	pid_t child = fork();
	int status;

	if (!child) {
		struct probes_symbol at;
		int allowed = 0;

		if (setgid(65534) || setuid(65534))
			_exit(255);
		allowed |= (open(DEVICE, O_RDWR) >= 0) << 0;
		allowed |= (open("/proc/probes", O_RDONLY) >= 0) << 1;
		allowed |= (attach(fd, TARGET, 0) != -EPERM) << 2;
		allowed |= (lookup(fd, TARGET, &at) != EPERM) << 3;
		_exit(allowed);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void permissions(void)
{
	int fd = open_device(), allowed;
	struct stat st;

	ktap_ok(!stat(DEVICE, &st) && (st.st_mode & 07777) == 0600 && !st.st_uid,
		"only root may open it: mode 0600");
	allowed = as_nobody(fd);
	ktap_ok(!(allowed & 1), "another user cannot open it");
	ktap_ok(!(allowed & 2), "nor /proc/probes");
	ktap_why("A descriptor can be inherited, or sent through a socket: the check at "
		 "open "
		 "was of somebody else.");
	ktap_ok(!(allowed & 4), "nor attach through a descriptor of root's: EPERM");
	ktap_ok(!(allowed & 8), "nor see addresses through it: EPERM");
	close(fd);
}

static void lifetime(void)
{
	int fd = open_device(), err, status;
	pid_t child;

	attach(fd, TARGET, 0);
	err = unload_module();
	ktap_why("The file's .owner = THIS_MODULE has the kernel hold the module.");
	ktap_ok(err == EWOULDBLOCK || err == EBUSY,
		"the module cannot be unloaded while somebody has a probe");
	child = fork();
	if (!child)
		pause();
	close(fd);
	ktap_ok(listed(TARGET, "") == 1, "a child that has the file too keeps the probe");
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	ktap_ok(!listed(TARGET, ""), "it goes with the last process that has the file");

	child = fork();
	if (!child) {
		fd = open_device();
		for (int i = 0; i < PROBES_PER_FILE; i++)
			attach(fd, TARGET, PROBES_POST);
		ioctl(fd, PROBES_CALL, 1000);
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	ktap_ok(WIFSIGNALED(status) && !listed(TARGET, ""),
		"a process that is killed leaves no probe");
}

int main(void)
{
	int fd;

	if (skip_without_device())
		return 0;
	ktap_plan(66);
	fd = open_device();
	ktap_ok(ioctl(fd, PROBES_GET_VERSION) == PROBES_VERSION, "it tells its version");
	close(fd);
	counts();
	post_handler();
	optimization();
	recursion();
	each_cpu();
	limits();
	refused_symbols();
	refused_calls();
	lookups();
	permissions();
	lifetime();
	return ktap_end();
}
