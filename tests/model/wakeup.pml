/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who sleeps and who wakes in modules/asee_mod, policy=block lock=split: two writers, two
 * readers, a channel of one or two bytes. README.md says how to run this, and which line
 * here is which function there.
 */

/* What one run explores; spin -D sets others. */
#ifndef CAP
#define CAP 1		/* bytes in the channel at first: 1 or 2 */
#endif
#ifndef SIZE
#define SIZE 1		/* bytes in one read() or write(): 1 or 2 */
#endif
#ifndef MIXED
#define MIXED 0		/* 1: all but the first writer move single bytes */
#endif
#ifndef PIPE_BUF
#define PIPE_BUF 1	/* so much is written in one piece: 1 or 2 */
#endif
#ifndef WRITES
#define WRITES 1	/* calls of each writer */
#endif
#ifndef READS
#define READS FOREVER	/* calls of each reader */
#endif
#ifndef WRITERS
#define WRITERS 2
#endif
#ifndef READERS
#define READERS 2
#endif
#ifndef INTERRUPTS
#define INTERRUPTS 0
#endif
#ifndef SIGNALS
#define SIGNALS 0
#endif
#ifndef RESIZES
#define RESIZES 0
#endif
#ifndef FULL
#define FULL 0		/* 1: the channel is full at first */
#endif
#ifndef NONBLOCK
#define NONBLOCK 0	/* 1: a call may be one that does not wait */
#endif
#ifndef SPIN
#define SPIN 0		/* 1: waiters may look for a while before they sleep */
#endif
#ifndef HUNGER
#define HUNGER 0	/* 1: beaten waiters may get hungry */
#endif
#define FOREVER 255

/* What a plant changes: 1 where the thing is done, 0 where it is not. */
#ifdef PLANT_NO_BARRIER_WAKER
#define WAKER_BARRIER 0
#else
#define WAKER_BARRIER 1
#endif
#ifdef PLANT_NO_BARRIER_WAITER
#define WAITER_BARRIER 0
#else
#define WAITER_BARRIER 1
#endif
#ifdef PLANT_NO_BARRIER_RELEASE
#define RELEASE_BARRIER 0
#else
#define RELEASE_BARRIER 1
#endif
#ifdef PLANT_NO_BARRIER_MARK
#define MARK_BARRIER 0
#else
#define MARK_BARRIER 1
#endif
#ifdef PLANT_NO_MARK
#define MARKED(queue) 0
#else
#define MARKED(queue) met_busy[queue]
#endif
#ifdef PLANT_SPIN_KEEPS
#define SPINNER_PASSES_ON 0
#else
#define SPINNER_PASSES_ON 1
#endif
#ifdef PLANT_NO_HAND_ON
#define HAND_ON 0
#else
#define HAND_ON 1
#endif
#ifdef PLANT_SILENT_RESIZE
#define RESIZE_WAKES 0
#else
#define RESIZE_WAKES 1
#endif
#ifdef PLANT_STALE
#define STALE 1
#else
#define STALE 0
#endif
#ifdef PLANT_EARLY
#define PUBLISH_FIRST 1
#else
#define PUBLISH_FIRST 0
#endif
/* How many tasks one wake-up wakes. */
#ifdef PLANT_HERD
#define ENOUGH 2
#else
#define ENOUGH 1
#endif

/* The two ends: each a position, a mutex, a queue. Tasks 0 and 1 write, 2 and 3 read. */
#define IN 0
#define OUT 1
#define END(task) ((task) >> 1)

byte capacity = CAP;
byte pos[2];
byte far[2];		/* the other end's position when last looked at */
bit held[2];		/* the mutex */
bit met_busy[2];	/* somebody sleeps because it was held */

mtype = { AWAKE, DROWSY, ASLEEP };	/* DROWSY: state set, not yet switched away */
mtype state[4] = AWAKE;
bit listed[4];		/* in the queue of its end */
byte oldest[2];		/* the task that came first into it */
byte left[4];		/* bytes of this call still to be moved */
bit hungry[4];
bit spinner[2];
bit armed[2];		/* the timer runs */
byte epoch, seen[4];	/* interrupts so far, and when the waiter began to wait */
bit flag;		/* PLANT_FLAG: instead, lowered by the task that returns the error */
bit signalled[4];
bit begun[2];		/* two tasks at one end do the same: the lower one begins */

/* For the checks only: no task looks at them. */
byte ring[2];		/* 0: free, else BYTE */
bit next_in[2], next_out[2];
bit waits[4], hit[4];	/* it waits; an interrupt came since it began */
bit blocked[4];		/* an interrupt came while it was asleep */
#define BYTE(writer, number) (1 + 2 * (writer) + (number))

#define MIN(a, b) ((a) < (b) -> (a) : (b))
#define QUEUED (pos[IN] - pos[OUT])
#define ROOM(queued) (capacity - MIN(queued, capacity))
#define OFFER(end) ((end) == OUT -> QUEUED : ROOM(QUEUED))
#define ATOMIC MIN(PIPE_BUF, capacity)
#define PLENTY(end) ((end) == OUT -> 1 : ATOMIC)	/* half of 1 or 2 is 1 */
#define BYTES(task) (MIXED && (task) > 0 -> 1 : SIZE)
#define NEEDED(task) (END(task) == IN && left[task] == BYTES(task) && \
		      BYTES(task) <= ATOMIC -> BYTES(task) : 1)
#define ACTIVE(end) (listed[2 * (end)] || listed[2 * (end) + 1])
#define OPEN(end) (!hungry[2 * (end)] && !hungry[2 * (end) + 1])
#define MAY_GO(task) (hungry[task] || OPEN(END(task)))
#define SERVED(task) (OFFER(END(task)) >= NEEDED(task))
#ifdef PLANT_FLAG
#define INTERRUPTED(task) flag
#define LOWER flag = (err == EIO -> 0 : flag)
#define RAISE flag = 1
#else
#define INTERRUPTED(task) (epoch != seen[task])
#define LOWER skip
#define RAISE epoch++
#endif
#define COULD_GO(task) (MAY_GO(task) && SERVED(task))
#define READY(task) (INTERRUPTED(task) || (COULD_GO(task) && !held[END(task)]))

/*
 * Memory. A store goes into the processor's store buffer and reaches memory some time
 * later, in order, and the loads that follow do not wait for it: total store order, the x86
 * way. The release of a mutex is such a store, too, which is less than x86 promises but all
 * that Linux does. A full barrier and the taking of a lock wait until the buffer is empty.
 *
 * "late" is the buffer: a bit for each store, the lower ones earlier in the program.
 */
#define POS 1
#define UNLOCK 2
#define UNSPIN 4
#define JOIN 8
#define SLEEP 16
#define MARK 32
#define RUN 64
#define QUIT 128
#define FIRST(store) ((late & (store)) && !(late & ((store) - 1)))
#define OTHER (me ^ 1)
#define QUITS (listed[me] -> QUIT : 0)

inline reach_memory()
{
	d_step {
		if
		:: FIRST(POS) ->
			late = late - POS;
			pos[end] = mine;
			printf("task %d's position is seen as %d\n", me, mine)
		:: FIRST(UNLOCK) ->
			late = late - UNLOCK;
			held[end] = 0;
			printf("task %d's end is seen free\n", me)
		:: FIRST(UNSPIN) ->
			late = late - UNSPIN;
			spinner[end] = 0
		:: FIRST(JOIN) ->
			late = late - JOIN;
			listed[me] = 1;
			oldest[end] = (listed[OTHER] -> OTHER : me);
			printf("task %d is seen in the queue\n", me)
		:: FIRST(SLEEP) ->
			late = late - SLEEP;
			state[me] = DROWSY;
			printf("task %d is seen about to sleep\n", me)
		:: FIRST(MARK) ->
			late = late - MARK;
			met_busy[end] = 1;
			printf("task %d leaves a mark\n", me)
		:: FIRST(RUN) ->
			late = late - RUN;
			state[me] = AWAKE
		:: FIRST(QUIT) ->
			late = late - QUIT;
			listed[me] = 0;
			hungry[me] = 0;
			oldest[end] = (listed[OTHER] -> OTHER : 2 * end);
			printf("task %d has left the queue\n", me)
		fi
	}
}

/* The next load, behind a full barrier or not; if not, stores may still be late. */
#define BEHIND(barrier, load) \
	do \
	:: late -> reach_memory() \
	:: atomic { (!(barrier) || !late) -> load; break } \
	od
#define FULL_BARRIER 1

/* One more load. Stores are only late here if an earlier barrier was taken out. */
#if WAKER_BARRIER && WAITER_BARRIER && RELEASE_BARRIER && MARK_BARRIER
#define NEXT(load) atomic { load }
#define LOCKED(load) atomic { load }
#else
#define NEXT(load) BEHIND(0, load)
#define LOCKED(load) BEHIND(1, load)	/* a lock was taken: that waits for stores, too */
#endif

/* waiter_wake() for one sleeper. */
inline wake(task)
{
	if
	:: woken == ENOUGH || !listed[task]
	:: else ->
		if
		:: READY(task) && state[task] != AWAKE ->
			state[task] = AWAKE;
			woken++;
			printf("  wakes task %d\n", task)
		:: READY(task) && state[task] == AWAKE
		:: !READY(task) ->
			met_busy[END(task)] = met_busy[END(task)] || COULD_GO(task);
			if
			:: MAY_GO(task) && HUNGER -> hungry[task] = 1
			:: skip
			fi
		fi
	fi
}

/* The older sleeper first, under the lock of the queue. One wake-up wakes one task. */
inline wake_one(queue)
{
	who = oldest[queue];
	wake(who);
	who = who ^ 1;
	wake(who);
	who = 0;
	assert(woken <= 1);
	woken = 0
}

inline wake_later(queue)
{
	if
	:: armed[queue]
	:: else -> armed[queue] = 1; printf("timer of end %d\n", queue)
	fi
}

inline wake_after(queue)
{
	if
	:: MARKED(queue) && ACTIVE(queue) && OFFER(queue) > 0 -> wake_later(queue)
	:: else
	fi;
	met_busy[queue] = 0
}

/* Left to a task that spins. The timer for those that sleep is not started each time. */
inline left_to_spinner(queue)
{
	printf("  is left to a spinner\n");
	if
	:: wake_later(queue)
	:: skip
	fi
}

inline pass_on(queue)
{
	if
	:: OFFER(queue) >= PLENTY(queue) -> wake_one(queue)
	:: OFFER(queue) > 0 && OFFER(queue) < PLENTY(queue) -> wake_later(queue)
	:: OFFER(queue) == 0
	fi
}

/* One byte in or out: none is overwritten, missing, there twice or out of turn. */
inline copy_byte(at)
{
	if
	:: end == IN ->
		assert(at < pos[OUT] + capacity);
		assert(!ring[(at) & 1]);
		ring[(at) & 1] = BYTE(me, next_in[me]);
		next_in[me] = !next_in[me]
	:: else ->
		assert(ring[(at) & 1]);
		writer = (ring[(at) & 1] - 1) >> 1;
		assert(ring[(at) & 1] == BYTE(writer, next_out[writer]));
		next_out[writer] = !next_out[writer];
		writer = 0;
		ring[(at) & 1] = 0
	fi
}

inline copy_piece()
{
	copy_byte(old);
	if
	:: mine - old == 2 -> copy_byte(old + 1)
	:: else
	fi
}

/* bytes_queued(), room_left(): going by what is remembered of the other end; unsigned. */
#define KNOWN ((end == OUT -> far[OUT] - mine : capacity - (mine - far[IN])) & 255)

mtype = { FINE, EIO, EINTR, EAGAIN };

/* waiter_init(), waiter_wait(). Spinning is one way to wait. */
inline wait()
{
	if
	:: !waiting -> waiting = 1; seen[me] = epoch; waits[me] = 1
	:: else
	fi;
	if
	:: listed[me] -> late = late | SLEEP
	:: listed[me] && HUNGER -> late = late | SLEEP; hungry[me] = 1
	:: !listed[me] -> late = late | JOIN | SLEEP
	:: SPIN && !listed[me] && !late && !spinner[end] -> spinner[end] = 1
	fi
}

/* There is nothing for it yet: a signal ends the wait; else schedule(), unless woken. */
inline switch_away()
{
	printf("task %d saw nothing for it\n", me);
	if
	:: signalled[me] -> late = late | RUN | QUITS; err = EINTR; goto leave
	:: !signalled[me] && !late && state[me] == DROWSY -> state[me] = ASLEEP
	:: else
	fi;
	goto schedule
}

/*
 * The end of a call. A task that was asleep at an interrupt returns its error; one that
 * came later does not.
 */
inline finish()
{
	assert(err != EIO || hit[me]);
	assert(err == EIO || !blocked[me]);
	LOWER;
	waits[me] = 0;
	hit[me] = 0;
	blocked[me] = 0;
	seen[me] = 0;
	signalled[me] = 0;
	waiting = 0;
	some = 0;
	if
	:: err == FINE && end == IN && left[me]	/* a long write goes on */
	:: else ->
		left[me] = BYTES(me);
		calls = (calls == FOREVER -> calls : calls - 1)
	fi;
	err = FINE
}

/* A task and its calls of read() or write(). */
proctype caller(byte me; byte end)
{
	byte late, mine, old, room, who, woken, writer, calls;
	bit waiting, some;
	mtype err = FINE;

	atomic { calls = (end == IN -> WRITES : READS); left[me] = BYTES(me) }

	begun[end] || !(me & 1) || MIXED;

call:	/* block_read(), write_some() */
#if HUNGER
	NEXT(if
	     :: !OPEN(end) -> wait(); goto joins
	     :: else
	     fi);
#endif

try:	/* split_take(), split_put(): enter() */
	do
	:: late -> reach_memory()
	:: atomic {
		!late && !held[end] ->
		held[end] = 1;
		begun[end] = 1;
		mine = pos[end];
		printf("task %d has its end\n", me);
		break
	}
	:: atomic {
		!late && held[end] && !hungry[me] ->
		begun[end] = 1;
		printf("task %d finds its end taken\n", me);
		wait();
		goto joins
	}
	:: atomic {
		!late && held[end] && signalled[me] ->
		begun[end] = 1;
		late = QUITS;
		err = EINTR;
		goto leave
	}
	od;

piece:	/* take_piece(), put_piece() */
	LOCKED(if
	       :: KNOWN < NEEDED(me) -> far[end] = pos[1 - end]
	       :: else
	       fi;
	       if
	       :: KNOWN < NEEDED(me) ->
			printf("task %d finds nothing\n", me);
			late = UNLOCK;
			mine = 0;
			goto release
	       :: else
	       fi;
	       old = mine;
	       mine = mine + MIN(MIN(KNOWN, left[me]), PIPE_BUF);
	       left[me] = left[me] - (mine - old);
	       some = 1;
	       printf("task %d copies\n", me);
	       if
	       :: PUBLISH_FIRST
	       :: !PUBLISH_FIRST -> copy_piece()
	       fi;
	       late = (left[me] || PUBLISH_FIRST -> POS : POS + UNLOCK));
#if PUBLISH_FIRST
	BEHIND(FULL_BARRIER, copy_piece(); late = (left[me] -> 0 : UNLOCK));
#endif

	/* wake_readers(), wake_writers() */
	BEHIND(WAKER_BARRIER,
	       if
	       :: !ACTIVE(1 - end) -> printf("task %d sees no sleeper\n", me); goto release
	       :: else
	       fi);
	if
	:: end == IN ->
		NEXT(if
		     :: spinner[OUT] -> left_to_spinner(OUT); goto release
		     :: !spinner[OUT] && pos[OUT] < old -> goto release
		     :: else
		     fi);
		LOCKED(wake_one(OUT))
	:: end == OUT ->
		/* From here on not bytes but room: how much there was, and how much there is. */
		NEXT(old = ROOM(pos[IN] - old); room = ROOM(pos[IN] - mine));
		NEXT(if
		     :: spinner[IN] -> left_to_spinner(IN); goto release
		     :: !spinner[IN] && room < PLENTY(IN) -> wake_later(IN); goto release
		     :: !spinner[IN] && room >= PLENTY(IN) && old >= PLENTY(IN) -> goto release
		     :: else
		     fi);
		LOCKED(wake_one(IN))
	fi;

release:
	BEHIND(RELEASE_BARRIER,
	       old = 0;
	       room = 0;
	       if
	       :: mine && left[me] -> goto piece
	       :: else -> mine = 0
	       fi;
	       wake_after(end);
	       if
	       :: some && waiting -> late = late | QUITS; goto leave
	       :: some && !waiting -> finish(); goto over
	       :: !some -> wait()
	       :: !some && !waiting && NONBLOCK -> err = EAGAIN; finish(); goto over
	       fi);

joins:
#ifdef PLANT_NO_RECHECK
	goto schedule;
#endif
#if SPIN
	if
	:: late & SLEEP -> goto check
	:: atomic { !late && READY(me) -> late = UNSPIN }
		if
		:: atomic { INTERRUPTED(me) -> err = EIO; goto leave }
		:: atomic { else -> goto try }
		fi
	:: atomic { !late -> late = UNSPIN }
	fi;
	/* In vain. If a waker relied on this task, another may be able to go: wake it. */
	BEHIND(FULL_BARRIER,
	       if
	       :: SPINNER_PASSES_ON && ACTIVE(end) -> wake_one(end)
	       :: else
	       fi;
	       late = JOIN | SLEEP);
#endif

check:	/* waiter_sleeps() */
	BEHIND(WAITER_BARRIER,
	       if
	       :: INTERRUPTED(me) ->
			late = late | RUN | QUITS;
			err = EIO;
			goto leave
	       :: !INTERRUPTED(me) && !COULD_GO(me) -> switch_away()
	       :: else
	       fi);
	/* end_busy() */
	BEHIND(WAITER_BARRIER,
	       if
	       :: !held[end] -> late = late | RUN; goto try
	       :: else -> late = late | MARK
	       fi);
	BEHIND(MARK_BARRIER,
	       if
	       :: !held[end] -> late = late | RUN; goto try
	       :: else -> switch_away()
	       fi);

end_schedule:
schedule:	/* A task that was woken meanwhile, or has a signal, is not switched away. */
	do
	:: late -> reach_memory()
	:: d_step {
		!late && state[me] == DROWSY && !signalled[me] ->
		state[me] = ASLEEP;
		printf("task %d sleeps\n", me)
	}
	:: atomic {
		!late && (state[me] == AWAKE || (state[me] == DROWSY && signalled[me])) ->
		late = SLEEP;
		goto check
	}
	od;

leave:	/* waiter_leave() */
	BEHIND(FULL_BARRIER,
	       if
	       :: !HAND_ON || !ACTIVE(end)
	       :: HAND_ON && ACTIVE(end) && some -> pass_on(end)
	       :: HAND_ON && ACTIVE(end) && !some -> wake_one(end)
	       fi;
	       finish());
over:
end_calls:
	if
	:: calls -> goto call
	fi
}

/* timer_fires(), both */
active proctype timers()
{
	byte who, woken;

end:	do
#ifndef PLANT_TIMER
	:: atomic { armed[IN] -> armed[IN] = 0; wake_one(IN) }
	:: atomic { armed[OUT] -> armed[OUT] = 0; wake_one(OUT) }
#else
	:: atomic { armed[IN] -> wake_one(IN) }
		armed[IN] = 0
	:: atomic { armed[OUT] -> wake_one(OUT) }
		armed[OUT] = 0
#endif
	od
}

#if INTERRUPTS
inline note_interrupt(who)
{
	hit[who] = hit[who] || waits[who];
	blocked[who] = blocked[who] || (state[who] == ASLEEP)
}

inline wake_interrupted(who)
{
	if
	:: listed[who] && INTERRUPTED(who) -> state[who] = AWAKE
	:: else
	fi
}

/* wake_interrupted() */
proctype interrupts(byte times)
{
	do
	:: d_step {
		times ->
		times--;
		RAISE;
		printf("interrupt\n");
		note_interrupt(0);
		note_interrupt(1);
		note_interrupt(2);
		note_interrupt(3)
	}
		d_step { wake_interrupted(2); wake_interrupted(3) }
		d_step { wake_interrupted(0); wake_interrupted(1) }
	:: else -> break
	od
}

#endif

#if SIGNALS
proctype signals(byte times)
{
	byte who;

	do
	:: atomic {
		times ->
		times--;
		select(who : 0 .. 3);
		signalled[who] = 1;
		state[who] = AWAKE;
		printf("signal for %d\n", who);
		who = 0
	}
	:: else -> break
	od
}

#endif

#if RESIZES
/* channel_resize(), split_freeze(), split_thaw(), wake_thawed() */
proctype resizes(byte times)
{
	byte size, who, woken;

	do
	:: atomic { times && !held[IN] -> held[IN] = 1; times-- }
		if
		:: atomic {
			!held[OUT] ->
			held[OUT] = 1;
			if
			:: size = 1
			:: size = 2
			fi
		}
			atomic {
				if
				:: QUEUED <= size -> capacity = size
				:: else		/* refused */
				fi;
				printf("resize to %d: %d\n", size, capacity);
				if
				:: !STALE -> far[IN] = pos[OUT]; far[OUT] = pos[IN]
				:: STALE
				fi;
				size = 0
			}
			held[OUT] = 0
		:: held[OUT] -> skip	/* interrupted by a signal */
		fi;
		held[IN] = 0;
		atomic {
			if
			:: RESIZE_WAKES && ACTIVE(IN) -> pass_on(IN)
			:: else
			fi
		}
		atomic {
			if
			:: RESIZE_WAKES -> wake_after(OUT)
			:: else
			fi
		}
		atomic {
			if
			:: RESIZE_WAKES -> wake_after(IN)
			:: else
			fi
		}
	:: !times -> break
	od
}

#endif

/*
 * When nothing moves any more, no task sleeps that could go. One that is hungry and waits
 * for more than there is may hold up the others.
 */
#define LOST(who) (state[who] != AWAKE && \
		   (blocked[who] || SERVED(who) && (hungry[who] || OPEN(END(who)))))

init {
	bit lost;

	atomic {
		oldest[OUT] = 2;
		if
		:: !FULL
		:: FULL ->
			ring[0] = BYTE(0, 0);
			if
			:: CAP > 1 -> ring[1] = BYTE(0, 1)
			:: else
			fi;
			next_in[0] = CAP & 1;
			pos[IN] = CAP;
			far[OUT] = CAP
		fi;
		run caller(0, IN);
		run caller(2, OUT);
		if
		:: WRITERS > 1 -> run caller(1, IN)
		:: else
		fi;
		if
		:: READERS > 1 -> run caller(3, OUT)
		:: else
		fi
#if INTERRUPTS
		;run interrupts(INTERRUPTS)
#endif
#if SIGNALS
		;run signals(SIGNALS)
#endif
#if RESIZES
		;run resizes(RESIZES)
#endif
	}
	timeout ->
	if
	:: LOST(0) || LOST(1) || LOST(2) || LOST(3) ->
		lost = 1;
		printf("nothing moves: %d bytes of %d; asleep: %d %d %d %d\n", QUEUED, capacity,
		       state[0] != AWAKE, state[1] != AWAKE, state[2] != AWAKE, state[3] != AWAKE)
	:: else
	fi;
	assert(!lost)
}
