/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to session.c, session_agent.c and watchdog.c: a run and how far it has come. */
#ifndef KMLAB_LAB_SESSION_STATE_H
#define KMLAB_LAB_SESSION_STATE_H

#include "order.h"
#include "patience.h"
#include "pump.h"
#include "vm.h"

enum session_state {
	RESTORING, /* QEMU reads the device state */
	GREETING,  /* START sent */
	RUNNING,
	DRAINING, /* DONE came; what the command wrote may still be on its way */
	DYING,	  /* QEMU ends; reading what it left */
	ASKING,	  /* silent; NMI injected */
	ENDED,
};

struct session {
	struct lab *lab;
	const struct lab_template *t;
	const struct lab_guest_job *job;
	struct vm *vm;
	struct lab_guest_report *r;
	enum session_state state;
	struct frames frames;
	struct order order;
	struct copyout copyout;
	struct pump in, out, err;
	bool in_told; /* STDIN_END sent */
	struct proto_start start;
	struct proto_done done;
	uint8_t challenge[PROTO_NONCE_SIZE]; /* sent when the last phase began */
	double scale;
	double begun, phase_begun;
	struct patience patience;
	/* In milliseconds that the guest could use (patience.h): */
	double spent;		/* in all */
	double enough;		/* in all, where that is more than the job's limit */
	double waited;		/* in this state, without anything from the agent */
	double tried;		/* since the agent began what it waits for */
	struct proto_wait wait; /* that; number 0: nothing yet, or given up */
	bool again;		/* it does parts of the job once more */
	bool oopsed;		/* while the command ran */
	double quiet;		/* since it wrote something, or the kernel did */
	uint64_t said;		/* how much that was */
	bool panic;		/* the console said so, and not because of our NMI */
	char *shutdown;		/* QMP's reason, or NULL */
	int error;
};

/** session_set_state - what comes next; the agent's silence is counted anew. */
void session_set_state(struct session *s, enum session_state state);

/** session_end - the run is over; @how is for its report. */
void session_end(struct session *s, enum lab_guest_end how);

/** session_fail - it is over because of trouble on the host's side, @err from lab_fail().
 */
void session_fail(struct session *s, int err);

/** session_damaged - the errno, and a sentence, for a template that does not resume. */
int session_damaged(struct session *s, const char *why);

/* session_agent.c */
/** session_read_control - what the agent says. false: nothing, or it has hung up. */
bool session_read_control(struct session *s);
void session_close_control(struct session *s);

/* watchdog.c */
/** watchdog_check - once in each round of the loop: is the guest out of time, silent or
 *  lost, and is what its agent waits for to be given up? */
void watchdog_check(struct session *s);
/** watchdog_lives_again - the job is over, and its agent does parts of it again: that is
 *  not the job's time. */
void watchdog_lives_again(struct session *s);
/** watchdog_give_up - what the agent waits for now has lasted long enough. */
void watchdog_give_up(struct session *s);

#endif
