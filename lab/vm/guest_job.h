/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One job in one fresh clone: load modules, run a command, unload, look for what is left.
 * lab_guest_run() reports facts; judging them is verdict/'s business.
 */
#ifndef KMLAB_LAB_GUEST_JOB_H
#define KMLAB_LAB_GUEST_JOB_H

#include "template.h"

enum lab_phase {
	LAB_PHASE_BUILD,
	LAB_PHASE_BOOT, /* clone restored, agent greeted */
	LAB_PHASE_LOAD,
	LAB_PHASE_TEST,
	LAB_PHASE_UNLOAD,
	LAB_PHASE_LEAK,
	LAB_PHASE_DONE,
};

/** lab_phase_name - "build", "boot", "load", "test", "unload", "leak", "done". */
const char *lab_phase_name(enum lab_phase phase);

struct lab_guest_module {
	const char *path;   /* .ko on the host */
	const char *name;   /* as in /proc/modules */
	const char *params; /* "a=1 b=\"x y\"" or "" */
	bool intree; /* of the kernel itself: loaded first, neither judged nor unloaded */
};

struct lab_guest_file {
	const char *host;
	const char *guest; /* absolute; a directory is copied as a tree */
};

/* What the store of facts (facts.h) is asked for. */
enum lab_proof {
	LAB_PROOF_NONE,	  /* nothing: the job is run, and its report has no key */
	LAB_PROOF_FRESH,  /* a key, to keep or drop facts by; the job is run */
	LAB_PROOF_STORED, /* stored facts of the same job are as good as a run */
};

struct lab_guest_job {
	const struct lab_guest_module *modules; /* in load order */
	size_t n_modules;
	const struct lab_guest_file *in;
	size_t n_in;
	const struct lab_guest_file
		*out; /* copied back after the command, also on failure */
	size_t n_out;
	char *const *argv; /* command, looked up in the guest's PATH; NULL: none */
	char *const *env;  /* NAME=VALUE for the command, or NULL */
	/* Host descriptors for the command, -1: empty input, discarded output. They are
	 * used as they are: binary-clean, back-pressure included. */
	int stdin_fd, stdout_fd, stderr_fd;
	bool tty;      /* give the command a terminal; stdin_fd is the user's */
	bool in_turns; /* emulated CPUs one at a time, on one core of the host */
	int winch_fd;  /* readable when the window size may have changed; -1: none */
	/* Limits in time that the guest could use (patience.h), longer in proportion
	 * where the template measured a slow guest. */
	unsigned int timeout_ms; /* for all of it; 0: none */
	unsigned int stall_ms;	 /* for one load or unload call */
	enum lab_proof proof;
	/* Part of the key: facts that were stored because they met one expectation are
	 * found again only under the same expectation. */
	unsigned int expect;
	unsigned int settle_ms; /* guest time to wait for late trouble after unload */
};

/* How the guest ended. Only LAB_END_DONE carries the agent's full report. */
enum lab_guest_end {
	LAB_END_DONE,	  /* the agent said so, over its port, with the run's nonce */
	LAB_END_PANIC,	  /* "Kernel panic" on the console */
	LAB_END_RESET,	  /* triple fault or reboot */
	LAB_END_POWEROFF, /* powered off before the agent was done */
	LAB_END_TIMEOUT,  /* job->timeout_ms passed */
	LAB_END_SILENT, /* the agent stopped answering its heartbeat; NMI was injected */
	LAB_END_FLOOD,	/* the console wrote without end (more than 64 MiB) */
	LAB_END_QEMU,	/* QEMU itself died; @qemu_error */
	LAB_END_CANCELLED,
	LAB_END_IMPOSTOR, /* something in the guest spoke in the agent's place */
};

/* What the host saw of the kernel's list of modules when the agent was done. */
enum lab_witness {
	LAB_WITNESS_NONE,    /* nobody looked: no module, or the agent was not done */
	LAB_WITNESS_READ,    /* @held says what is still there */
	LAB_WITNESS_DAMAGED, /* the list leads nowhere */
	LAB_WITNESS_BLIND,   /* this host cannot see it */
};

struct lab_log_line {
	enum lab_phase phase;
	int level;		 /* 0..7 */
	unsigned long long usec; /* guest monotonic time */
	char *text;		 /* one line, no newline, no time stamp */
};

/* Something that was not there before the load and is there after the unload. */
struct lab_leftover {
	char *kind; /* "proc", "sysfs", "dev", "chrdev", "irq", "kthread", "memory",
		       "vmalloc", "timer", "work", "slab", "module", "kprobe", "pointer",
		       ... */
	char *what; /* path, name, or "64 bytes" */
	unsigned long long address;   /* of the object; 0: unknown */
	unsigned long long call_site; /* kernel address that made it; 0: unknown */
	unsigned long long size;      /* bytes; 0: unknown */
	char *module;		      /* whose code that was; NULL: see whose it is now */
};

/* A task of the command when its time was over, and a call that it was in or made again
 * and again (enum proto_task_is in guest/proto.h). */
struct lab_task {
	char *name, *call, *file, *stack; /* "": not known */
	int pid, parent;
	enum lab_task_is {
		LAB_TASK_WAITS,
		LAB_TASK_CALLS,
		LAB_TASK_COMPUTES,
		LAB_TASK_IN_KERNEL
	} is;
	char state;
	unsigned int mode, seen;
	long long least, most;
	unsigned long long asked, reads, writes;
};

struct lab_section {
	char *module;
	char *name; /* ".text", ".init.text", ".exit.text", ... */
	unsigned long long address;
};

struct lab_guest_report {
	enum lab_guest_end end;
	enum lab_phase phase; /* the last one begun */
	char *qemu_error;     /* QEMU's stderr when it matters, or NULL */

	char *key;	    /* of these facts in the store, or NULL */
	bool cached;	    /* they come from there */
	struct text frames; /* what the agent said, as it said it; empty when too long */

	char *load_failed; /* module whose load was refused, or NULL */
	int load_errno;	   /* positive errno of finit_module */
	int load_signal;   /* the loading task was killed by this signal; 0: not */
	bool load_stalled; /* did not return within stall_ms */
	bool load_missing; /* it succeeded, and no such module is live */

	bool command_ran;
	int command_errno;   /* exec failed with this (ENOENT: no such command); 0: ran */
	int command_status;  /* 0..255, or 128 + signal */
	bool command_killed; /* killed by the agent because time was up */
	struct lab_task *tasks; /* what it did then */
	size_t n_tasks;

	char *unload_failed; /* module whose unload was refused, or NULL */
	int unload_errno;
	int unload_signal;
	bool unload_stalled;
	int unload_refcount;  /* references at the refusal, -1: unknown */
	char *unload_holders; /* modules that use it, comma-separated, or NULL */

	char *stall_trace; /* kernel stacks of the stalled call, or NULL */

	struct lab_log_line *log; /* /dev/kmsg from the job's start on */
	size_t n_log;
	size_t log_lost;	   /* records the kernel overwrote before we read them */
	enum lab_phase lost_phase; /* in which the first of them was lost */
	struct text console;	   /* last 64 KiB of the serial console */
	unsigned long long console_bytes;

	struct lab_leftover *leftovers;
	size_t n_leftovers;
	bool view_changed; /* the agent's view of /sys and /proc is not its own any more
			    */
	bool leftovers_partial; /* event buffers overflowed: absence proves nothing */
	struct lab_section *sections;
	size_t n_sections;
	/* Of /proc/sys/kernel/tainted at the end, what was not there at the start. */
	unsigned long long taint;

	char *copy_failed; /* why what was to be copied out is not whole, or NULL */
	char *copy_note;   /* what could not be read to its end, or NULL */

	enum lab_witness witness;
	char *held;	/* module of the job's that is still loaded at the end, or NULL */
	bool held_live; /* not half loaded, or half unloaded */

	/* Host time that the guest could use (patience.h), that it could not, and of that
	 * what this process itself did not run, beyond 1 s a time. */
	double usable_ms, starved_ms, stopped_ms;
	double clone_ms; /* start of QEMU to the agent's greeting */
	double load_ms, test_ms, unload_ms, total_ms; /* host time */
};

void lab_guest_report_deinit(struct lab_guest_report *report);

/**
 * lab_guest_run - clone, run the job, fill the report, leave nothing behind.
 * Return: 0 when a report could be made, however badly the guest ended; a negative errno
 * with a sentence for trouble on the host's side (QEMU missing, no memory, a damaged
 * template that could not be rebuilt, a file to copy in that is not there).
 */
int lab_guest_run(struct lab *lab, const struct lab_template *tpl,
		  const struct lab_guest_job *job, struct lab_guest_report *ret);

#endif
