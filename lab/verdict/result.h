/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One result object per run: what happened, in which phase, and how bad it is. Text,
 * JSON, KTAP and JUnit are views of it.
 */
#ifndef KMLAB_LAB_RESULT_H
#define KMLAB_LAB_RESULT_H

#include <jansson.h>
#include <stdio.h>

#include "../vm/guest_job.h"
#include "ktap.h"

/* From good to bad: of several events the worst one is the outcome. */
enum lab_outcome {
	LAB_PASS,
	LAB_SKIPPED,	 /* nothing went wrong, and nothing was tested */
	LAB_TEST_FAILED, /* the command's status, or a test, says so */
	LAB_LEAK,    /* something left after unload, or unload refused: still in use */
	LAB_WARNING, /* WARN_ON and friends */
	LAB_UNLOAD_ERROR, /* unload refused for another reason (no exit function, ...) */
	LAB_LOAD_ERROR,	  /* finit_module said no; errno in words */
	LAB_BUILD_ERROR,
	LAB_TIMEOUT,	  /* the command did not end in time */
	LAB_ATOMIC_SLEEP, /* "scheduling while atomic", "sleeping function called from..."
			   */
	LAB_LOCKDEP,
	LAB_HUNG,      /* stalled call, hung task, soft or hard lockup, RCU stall */
	LAB_SANITIZER, /* KASAN, KFENCE, UBSAN, KCSAN, slab corruption */
	LAB_OOPS,      /* NULL, GPF, page fault, BUG_ON, stack overflow: task killed */
	LAB_PANIC,
	LAB_GUEST_LOST,	  /* reset, power-off, silence, flood: nobody left to ask */
	LAB_HOST_TROUBLE, /* not the module's fault */
	LAB_CANCELLED,
};

/** lab_outcome_name - "pass", "test-failed", "leak", ... stable, used in JSON. */
const char *lab_outcome_name(enum lab_outcome outcome);
/** lab_outcome_find - by name; false: there is none of that name. */
bool lab_outcome_find(const char *name, enum lab_outcome *ret);
/** lab_outcome_exit - kmlab's exit status for it; the table is in kmlab-run(1). */
int lab_outcome_exit(enum lab_outcome outcome);

struct lab_frame {
	char *function;
	char *module;			 /* or NULL: the kernel itself */
	unsigned long long offset, size; /* +0x../0x.. ; size 0: unknown */
	char *file;			 /* source file as compiled, or NULL */
	int line;			 /* 0: unknown */
	char *text;			 /* that line, see quote.h; or NULL */
	bool guess;			 /* "? func": the unwinder was not sure */
	bool exact; /* the interrupted instruction itself, not a return address */
};

struct lab_event {
	enum lab_outcome outcome;
	enum lab_phase phase;
	char *kind;   /* "null-dereference", "use-after-unload", "double-free", ... */
	char *title;  /* one line: "NULL pointer dereference in init (hello.c:12)" */
	char *module; /* of those under test: the one that it is about, or NULL */
	struct strv detail;	  /* log lines that belong to it, untouched */
	struct lab_frame *frames; /* innermost first */
	size_t n_frames;
	char *hint; /* the next step, when more can be said than for its kind; or NULL */
};

struct lab_result {
	char *kernel;  /* "debian/6.1" */
	char *release; /* uname -r */
	char *module;  /* names joined by commas */
	char *source;  /* what the user named */
	char *test;    /* name of the test, for `kmlab test`; or NULL */
	enum lab_outcome outcome;
	enum lab_phase phase; /* of the worst event */
	char *summary; /* one sentence: the worst event's title, or "pass" in words */
	char *hint;    /* next step, or NULL */
	int trouble;   /* with LAB_HOST_TROUBLE: the negative errno behind it, else 0 */
	struct lab_event *events;
	size_t n_events;
	struct ktap_test *tests; /* what the command reported in KTAP */
	size_t n_tests;
	char *skipped; /* the tests say that they tested nothing, and why; or NULL */
	bool untested; /* tests were asked for, there were none, and a note says so */
	bool cached;   /* judged anew from stored facts (vm/facts.h) */
	bool has_command;
	int command_status;
	struct strv log;     /* relevant kernel log, time stamped */
	struct strv console; /* last console lines of a lost guest, else empty */
	char *build_log;     /* compiler output when there is any, else NULL */
	struct strv notes;   /* "module taints", "event buffer overflowed", ... */
	double build_ms, clone_ms, load_ms, test_ms, unload_ms, total_ms;
	long long started; /* seconds since 1970 */
};

struct lab_result *lab_result_create(void);
void lab_result_destroy(struct lab_result *result);
DEFINE_CLEANUP(struct lab_result *, lab_result_destroy)
#define _cleanup_result_ _cleanup_(lab_result_destroy_cleanup)

/**
 * lab_judge - from facts to a verdict. Adds events to @result and sets outcome, phase,
 * summary and hint. Believes only @report, never text a module may have printed as its
 * own success; text can make a verdict worse, never better.
 * @modules: the .ko files, for resolving traces to source lines.
 */
void lab_judge(struct lab_result *result, const struct lab_guest_report *report,
	       const struct lab_guest_job *job);

/** lab_judge_output - after lab_judge(): what the tests printed (@out, or NULL) may have
 *  the next step of a failed one. */
void lab_judge_output(struct lab_result *result, const char *out);

/** lab_result_add_event - takes over @event's contents; keeps the worst as outcome. */
void lab_result_add_event(struct lab_result *result, struct lab_event *event);

/** lab_result_json - a new reference. Schema: docs/result.md. */
json_t *lab_result_json(const struct lab_result *result);

/** Views; all write to @out and return nothing: the caller checks ferror once. */
void lab_result_print_text(FILE *out, const struct lab_result *r, bool colour);
void lab_result_print_table(FILE *out, struct lab_result *const *r, size_t n,
			    bool colour);
void lab_result_print_json(FILE *out, struct lab_result *const *r, size_t n);
void lab_result_print_ktap(FILE *out, struct lab_result *const *r, size_t n);
void lab_result_print_junit(FILE *out, struct lab_result *const *r, size_t n);

#endif
