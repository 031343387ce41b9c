// SPDX-License-Identifier: GPL-2.0-only
/*
 * A BPF program in the place where the kernel asks its security modules whether one task
 * may trace another (the kernel lets such programs refuse there since 5.7): nobody may
 * attach to process 1, in any way that goes by its name, its memory or its descriptors.
 * Everything else is as without it, so that the command keeps CAP_SYS_PTRACE, which a
 * module under test may ask for, and may trace its own.
 */
#include <errno.h>

#include "guest/leftovers/bpf.h"
#include "guest/leftovers/btf.h"

#include "guard.h"

#define MODE_ATTACH 2 /* PTRACE_MODE_ATTACH of <linux/ptrace.h> */

int guard_trace(void)
{
	struct btf *b = btf_open();
	int tgid = btf_member(b, "task_struct", "tgid");
	int function = btf_function(b, "security_ptrace_access_check", NULL);
	struct bpf_asm a = {.n = 0};
	int prog;

	btf_close(b);
	if (tgid < 0 || function < 0)
		return -ENOENT;
	/* The arguments: the task, the mode. */
	asm_load(&a, BPF_DWORD, R2, R1, 8);
	asm_and_imm(&a, R2, MODE_ATTACH);
	asm_out_imm(&a, JUMP_EQ, R2, 0);
	asm_load(&a, BPF_DWORD, R1, R1, 0);
	asm_load(&a, BPF_WORD, R1, R1, tgid);
	asm_out_imm(&a, JUMP_NE, R1, 1);
	asm_return(&a, -EPERM);
	return bpf_attach_function(&a, EDGE_REPLACE, (uint32_t)function, &prog);
}
