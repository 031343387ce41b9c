// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "trace_code.h"
#include "trace_threads.h"

/* Of what is known of a thread: added to the address of its task. */
enum key { HAS_ASKED, IS_FREE };

struct members {
	int usage, state, exit_state, flags; /* of task_struct */
	int kthread;			     /* ... where it has its struct kthread */
	int function;			     /* of that */
};

static int task_member(const struct trace *t, const char *name, const char *before)
{
	int offset = btf_member(t->btf, "task_struct", name);

	return offset < 0 ? btf_member(t->btf, "task_struct", before) : offset;
}

static bool find_members(const struct trace *t, struct members *m)
{
	*m = (struct members){
		.usage = task_member(t, "usage", NULL),
		.state = task_member(t, "__state", "state"), /* before 5.14 */
		.exit_state = task_member(t, "exit_state", NULL),
		.flags = task_member(t, "flags", NULL),
		/* before 5.17 */
		.kthread = task_member(t, "worker_private", "set_child_tid"),
		.function = btf_member(t->btf, "kthread", "threadfn"),
	};
	return m->usage >= 0 && m->state >= 0 && m->exit_state >= 0 && m->flags >= 0 &&
	       m->kthread >= 0 && m->function >= 0;
}

static void watch_function(struct trace *t, struct bpf_asm *a, enum bpf_edge edge,
			   const char *name)
{
	int prog, link, function = btf_function(t->btf, name, NULL);

	if (function < 0)
		return;
	link = bpf_attach_function(a, edge, (uint32_t)function, &prog);
	trace_keep(t, prog, link, -1);
}

/* threads[R8 + @key] = something */
static void note_thread(const struct trace *t, struct bpf_asm *a, enum key key)
{
	asm_add_imm(a, R8, key);
	asm_store(a, BPF_DWORD, FP, KEY, R8);
	asm_store(a, BPF_DWORD, FP, VALUE, R8);
	trace_update(a, t->threads, VALUE);
}

static void watch_question(struct trace *t, const char *name)
{
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_call(&a, HELPER_CURRENT_TASK);
	asm_mov(&a, R8, R0);
	note_thread(t, &a, HAS_ASKED);
	watch_function(t, &a, EDGE_ENTRY, name);
}

/* The reference that a task has to itself goes a grace period after its end. */
static void watch_free(struct trace *t, const struct members *m)
{
	enum { PF_KTHREAD = 0x200000 };
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	trace_peek(&a, R9, BPF_WORD, R8, m->flags);
	asm_and_imm(&a, R9, PF_KTHREAD);
	asm_out_imm(&a, JUMP_EQ, R9, 0);
	note_thread(t, &a, IS_FREE);
	trace_attach(t, &a, "sched_process_free");
}

static void lookup(struct bpf_asm *a, int map)
{
	asm_map(a, R1, map);
	asm_mov(a, R2, FP);
	asm_add_imm(a, R2, KEY);
	asm_call(a, HELPER_LOOKUP);
}

static void only_unheld(const struct trace *t, struct bpf_asm *a, const struct members *m)
{
	trace_peek(a, R9, BPF_WORD, R8, m->usage);
	asm_out_imm(a, JUMP_GT, R9, 1);
	asm_mov(a, R1, R8);
	asm_add_imm(a, R1, IS_FREE);
	asm_store(a, BPF_DWORD, FP, KEY, R1);
	lookup(a, t->threads);
	asm_out_imm(a, JUMP_NE, R0, 0);
}

/*
 * The function of a thread that sleeps until it is woken may return because
 * kthread_stop() wakes it.
 */
static void watch_stop(struct trace *t, const struct members *m)
{
	enum { TASK_INTERRUPTIBLE = 1 };
	struct bpf_asm a;
	unsigned int ended;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	only_unheld(t, &a, m);
	trace_peek(&a, R7, BPF_DWORD, R8, m->kthread);
	trace_peek(&a, R7, BPF_DWORD, R7, m->function);
	trace_only_modules(t, &a);
	trace_peek(&a, R9, BPF_WORD, R8, m->exit_state);
	ended = asm_skip_imm(&a, JUMP_NE, R9, 0);
	trace_peek(&a, R9, BPF_WORD, R8, m->state);
	asm_and_imm(&a, R9, TASK_INTERRUPTIBLE);
	asm_out_imm(&a, JUMP_NE, R9, 0);
	asm_here(&a, ended);
	asm_mov_imm(&a, R3, 0);
	trace_note(t, &a, t->stops, HELD_STOP);
	watch_function(t, &a, EDGE_ENTRY, "kthread_stop");
}

/* Not so if it had asked by then, or had never come to its function: -EINTR. */
static void watch_stopped(struct trace *t)
{
	enum { RESULT = 8 };
	const uint32_t never_ran = (uint32_t)-EINTR;
	unsigned int asked, never;
	struct bpf_asm a;

	trace_begin(&a, R6);
	asm_load(&a, BPF_DWORD, R8, R6, 0);
	asm_store(&a, BPF_DWORD, FP, KEY, R8);
	lookup(&a, t->stops);
	asm_out_imm(&a, JUMP_EQ, R0, 0);
	asm_load(&a, BPF_DWORD, R1, R0, offsetof(struct held, size));
	asm_out_imm(&a, JUMP_NE, R1, 0);
	lookup(&a, t->threads);
	asked = asm_skip_imm(&a, JUMP_NE, R0, 0);
	asm_load(&a, BPF_WORD, R1, R6, RESULT);
	asm_const(&a, R2, never_ran);
	never = asm_skip(&a, JUMP_EQ, R1, R2);
	asm_out_always(&a);
	asm_here(&a, asked);
	asm_here(&a, never);
	trace_strike(&a, t->stops);
	watch_function(t, &a, EDGE_EXIT, "kthread_stop");
}

void trace_watch_threads(struct trace *t)
{
	static const char *const questions[] = {
		"kthread_should_stop", "kthread_freezable_should_stop",
		"kthread_should_park", "kthread_parkme", "kthread_worker_fn"};
	struct members m;

	if (!find_members(t, &m))
		return;
	for (size_t i = 0; i < sizeof(questions) / sizeof(*questions); i++)
		watch_question(t, questions[i]);
	watch_free(t, &m);
	watch_stopped(t);
	watch_stop(t, &m);
}

void trace_describe_stop(const struct held *h, struct leftover *l)
{
	snprintf(l->kind, sizeof(l->kind), "stop");
	snprintf(l->what, sizeof(l->what), "%s", h->size ? "ended" : "never asked");
}
