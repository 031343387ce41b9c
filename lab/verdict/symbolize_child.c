// SPDX-License-Identifier: GPL-2.0-only
/*
 * The child that reads debug information. What a module can make libdw do ends here: in a
 * process that opens nothing more (a split unit's file, a FIFO among them), whose memory
 * and time are limited, and that may call nothing but what reading takes.
 */
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "debuginfo.h"
#include "process.h"
#include "symbolize_wire.h"

enum { CPU_SECONDS = 20, SOCKET = 3 };

#define MORE_MEMORY (1ULL << 30)

/* Others' descriptors must not stay open because this process has copies. */
static void keep_only(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(fd, SOCKET);
	for (int i = 0; i < 3 && null >= 0; i++)
		dup2(null, i);
	if (syscall(SYS_close_range, SOCKET + 1, ~0U, 0) < 0)
		for (int i = SOCKET + 1; i < getdtablesize(); i++)
			close(i);
}

/* Bytes of address space now; a sanitizer's share of it is huge. */
static uint64_t address_space(void)
{
	unsigned long long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	if (f && fscanf(f, "%llu", &pages) != 1)
		pages = 0;
	if (f)
		fclose(f);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Memory, the files that are open, the socket, and the end. All else fails. */
static void filter_calls(void)
{
	static const int calls[] = {SCMP_SYS(read),
				    SCMP_SYS(pread64),
				    SCMP_SYS(lseek),
				    SCMP_SYS(fstat),
				    SCMP_SYS(newfstatat),
				    SCMP_SYS(close),
				    SCMP_SYS(sendto),
				    SCMP_SYS(recvfrom),
				    SCMP_SYS(mmap),
				    SCMP_SYS(mremap),
				    SCMP_SYS(munmap),
				    SCMP_SYS(mprotect),
				    SCMP_SYS(madvise),
				    SCMP_SYS(brk),
				    SCMP_SYS(futex),
				    SCMP_SYS(rt_sigreturn),
				    SCMP_SYS(restart_syscall),
				    SCMP_SYS(exit),
				    SCMP_SYS(exit_group)};
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls) && !err; i++)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, calls[i], 0);
	if (!err)
		err = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
				       SCMP_ACT_KILL_PROCESS);
	if (!err)
		(void)seccomp_load(ctx); /* and no new privileges */
	seccomp_release(ctx);
}

/* ---- answers ---- */

static void answer_owner(struct debuginfo *d, const struct lab_section *sections,
			 struct wire *in, struct wire *out)
{
	uint64_t address = wire_get(in);
	_cleanup_free_ char *module = wire_get_text(in);
	const struct lab_section *owner = debuginfo_owner(d, address, module);

	wire_put(out, owner ? (uint64_t)(owner - sections) + 1 : 0);
}

static void answer_init_address(struct debuginfo *d, struct wire *in, struct wire *out)
{
	_cleanup_event_ struct lab_event event = {0};

	wire_get_frames(in, &event);
	wire_put(out, event.n_frames ? debuginfo_init_address(d, &event.frames[0]) : 0);
}

static void answer_has(struct debuginfo *d, struct wire *in, struct wire *out)
{
	_cleanup_free_ char *module = wire_get_text(in), *symbol = wire_get_text(in);

	wire_put(out, !module || !symbol || debuginfo_has(d, module, symbol));
}

static void answer_code(struct debuginfo *d, struct wire *in, struct wire *out)
{
	_cleanup_object_code_ struct object_code code = OBJECT_CODE_INIT;
	_cleanup_event_ struct lab_event event = {0};

	wire_get_frames(in, &event);
	if (event.n_frames)
		debuginfo_code(d, &event.frames[0], &code);
	wire_put_code(out, &code);
}

static void answer_event(struct debuginfo *d, struct wire *in, struct wire *out)
{
	_cleanup_event_ struct lab_event event = {0};

	wire_get_frames(in, &event);
	debuginfo_event(d, &event);
	wire_put_frames(out, &event);
}

static void answer(struct debuginfo *d, const struct lab_section *sections,
		   struct wire *in, struct wire *out)
{
	switch ((enum wire_question)wire_get(in)) {
	case WIRE_OWNER:
		answer_owner(d, sections, in, out);
		break;
	case WIRE_HAS:
		answer_has(d, in, out);
		break;
	case WIRE_CODE:
		answer_code(d, in, out);
		break;
	case WIRE_INIT_ADDRESS:
		answer_init_address(d, in, out);
		break;
	case WIRE_EVENT:
		answer_event(d, in, out);
		break;
	}
}

void symbolize_serve(int fd, struct debuginfo *d, const struct lab_section *sections)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	keep_only(fd);
	debuginfo_open_all(d);
	process_limit(RLIMIT_CORE, 0);
	process_limit(RLIMIT_CPU, CPU_SECONDS);
	process_limit(RLIMIT_AS, address_space() + MORE_MEMORY);
	process_limit(RLIMIT_NOFILE, 0);
	filter_calls();
	for (;;) {
		_cleanup_wire_ struct wire in = WIRE_INIT, out = WIRE_INIT;

		if (wire_receive(SOCKET, &in))
			_exit(0);
		answer(d, sections, &in, &out);
		if (wire_send(SOCKET, &out))
			_exit(0);
	}
}
