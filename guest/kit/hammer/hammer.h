/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hammer: tries everything odd on one file. Who does what:
 *
 *	main.c     options, what kind of file it is, the order of things
 *	trial.c    runs each promise in a child of its own, under a watchdog
 *	process.c  what that child is given: signals, helper processes
 *	call.c     the system calls
 *	lane.c     the note of each call, so that a hang has a name
 *	blame.c    what was found
 *	memory.c   buffers with forbidden pages around them, pointers that are wrong
 *	slate.c    which bytes of its buffer a read wrote
 *	kernel_memory.c
 *		   which numbers are addresses of the kernel
 *	read.c, addresses.c, write.c, position.c, stable.c, ioctl.c, counts.c, open.c
 *	wait.c, other.c
 *		   the promises
 *	storm.c    everything at once
 *
 * A promise is a sentence about what a user of a well-behaved file may expect, and a
 * function that tries to find the contrary. It runs in a process with nothing on its
 * standard streams, may be killed at any time, and tells what it found with blame().
 */
#ifndef GUEST_HAMMER_H
#define GUEST_HAMMER_H

#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* ---- what is hammered, and how (main.c) ---- */

struct target {
	const char *path;
	mode_t mode;
	int how;	  /* O_RDONLY, O_WRONLY or O_RDWR: as it can be opened */
	bool read;	  /* reads are tried */
	bool write;	  /* writes are tried */
	bool must;	  /* the user said so: it is wrong when they cannot be */
	bool stable;	  /* every reader sees the same bytes */
	bool addresses;	  /* it shows kernel addresses on purpose */
	bool own_ioctls;  /* search for commands of its own */
	bool stored;	  /* a regular file that keeps what is written, on a real disk */
	bool indifferent; /* /dev/null and the like never look at what they are given */
	unsigned int seconds;  /* of storm */
	unsigned int patience; /* seconds without a sign of life that count as a hang */
	uint64_t seed;
	const char *only; /* NULL, or a part of the sentences of interest */
};

/* ---- promises ---- */

enum need {
	NEED_READ = 1,
	NEED_WRITE = 2,
	NEED_STABLE = 4,
	NEED_OWN_IOCTLS = 8,
	ONCE = 16, /* not tried again after the storm */
};

struct promise {
	const char *name;
	void (*attempt)(const struct target *t);
	int needs;
};

/* Each ends with a promise without a name. */
extern const struct promise first_promises[];
extern const struct promise reading_promises[];
extern const struct promise address_promises[];
extern const struct promise writing_promises[];
extern const struct promise position_promises[];
extern const struct promise stable_promises[];
extern const struct promise ioctl_promises[];
extern const struct promise count_promises[];
extern const struct promise open_promises[];
extern const struct promise nonblock_promises[];
extern const struct promise waiting_promises[];
extern const struct promise other_promises[];
extern const struct promise storm_promises[];

/* ---- putting a promise to the test (trial.c) ---- */

enum outcome {
	KEPT,
	BROKEN,
	NOT_TRIED,
	STUCK, /* broken, and the process cannot even be killed */
};

/* Before anything else; false when there is no memory. */
bool trial_prepare(void);
enum outcome trial(const struct target *t, const struct promise *p);
/* What the last trial() saw, for the reader; "" when there is nothing to say. */
const char *trial_said(void);
/* Did it close the gate? */
bool trial_gate_closed(void);

/* ---- what was found (blame.c) ---- */

/* About one promise; shared between trial.c and all processes of the promise. */
struct finding {
	_Atomic unsigned int blames;
	_Atomic bool untried;
	_Atomic bool gate_closed;
	char said[400];
};

extern struct finding *finding;

/* The first one of a promise is what the user reads; more of them are counted. */
void blame(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
bool blamed(void);
/* Why this promise could not be put to the test. */
void not_tried(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* This one is so broken that what follows in its table makes no sense. */
void close_gate(void);
/* Said in brackets behind a promise that was kept. */
void remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* ---- the process of a promise (process.c) ---- */

/*
 * Signals to this process, without SA_RESTART, from @ms milliseconds on and then again
 * and again: what waits for ever ends with -EINTR. Every promise begins with nudge(3000).
 */
void nudge(unsigned int ms);
void nudge_stop(void);
/* Nudges so far. */
unsigned int nudges(void);
/* Dies with its parent, has its own lane; elsewhere the promise goes on. As fork(). */
pid_t fork_helper(unsigned int lane);
/* Waits until it is gone; false when it did not end by itself with status 0. */
bool helper_ended(pid_t pid);

/* ---- notes of calls (lane.c) ---- */

/* One call, as it is told. */
struct call {
	const char *fmt; /* of place, a, b, in this order */
	const char *place;
	long a, b;
};

/* Where one thread notes its calls; shared with the watchdog. */
struct lane {
	_Atomic unsigned int turn; /* odd: inside a call */
	struct call call;
};

#define LANES 40

extern struct lane *lanes;
/* The calls of this thread are noted there from now on. */
void lane_take(unsigned int number);
/* A call begins, a call has ended. */
void lane_begin(const char *fmt, const char *place, long a, long b);
void lane_end(void);
/* Its thread was killed, perhaps inside a call. */
void lane_free(unsigned int number);
void call_text(const struct call *call, char *text, size_t size);
/* The last one of this thread, and what it returned. */
struct call call_last(void);

/* ---- system calls (call.c) ---- */

/* Memory, and how to call it when something goes wrong there. */
struct place {
	const char *name;
	void *at;
};

/*
 * All return what the kernel returned: a result, or -errno. A result that no call may
 * ever have is blamed by themselves.
 */
long call_open(const struct target *t, int flags);
long call_close(int fd);
long call_read(int fd, struct place to, size_t n);
long call_write(int fd, struct place from, size_t n);
long call_pread(int fd, struct place to, size_t n, off_t at);
long call_pwrite(int fd, struct place from, size_t n, off_t at);
long call_readv(int fd, const char *what, const struct iovec *iov, long n, size_t room);
long call_writev(int fd, const char *what, const struct iovec *iov, long n, size_t room);
long call_lseek(int fd, off_t to, int whence);
long call_ioctl(int fd, unsigned long number, struct place arg);
/* Anything else: @name says what it is, with @a and @b in it. */
long call_other(const char *name, long a, long b, long number, ...);
/* call_other() with the arguments the kernel gets. */
#define CALL(name, a, b, number, ...)                                                    \
	call_other(name, a, b, number, __VA_ARGS__, 0L, 0L, 0L, 0L, 0L)

/* "EFAULT", or the number as text. */
const char *errno_name(long result);
/* The last call with its result: "read(fd, NULL, 16) returned 16". @why may be NULL. */
void blame_call(const struct call *call, long result, const char *why);
void blame_last(long result, const char *why);
/* Nothing there at this moment, or interrupted: says neither yes nor no. */
bool undecided(long result);

/*
 * Opened with O_NONBLOCK; when that fails the promise is broken, and its process ends.
 * Opening for reading lets something be there to read, where that can be done by writing;
 * opening for writing makes room by reading.
 */
int open_target(const struct target *t, int flags);
void set_nonblock(int fd, bool on);
/* Takes all there is, or fills it up; true when the next one would have to wait. */
bool until_again(int fd, long (*use)(int fd));
long take_much(int fd);
long give_much(int fd);

/* ---- memory (memory.c) ---- */

#define ROOM 65536

/* The arena of this thread; -ENOMEM ends the process. */
void memory_prepare(void);
/* ROOM bytes, forbidden pages before and behind. */
struct place whole(void);
/* Its last @n bytes: whoever goes further meets the forbidden page. */
struct place tail(size_t n);
/* A pointer that is wrong; @readable: only for reading into, writing from it is fine. */
struct bad_place {
	struct place place;
	bool readable;
};
extern const unsigned int n_bad_places;
struct bad_place bad_place(unsigned int i);
/* Fills with bytes that no file has: different for each number. */
void pattern(void *at, size_t n, uint64_t number);
/* Are the bytes still those of pattern()? @offset is that of @at in what was filled. */
bool is_pattern(const void *at, size_t n, uint64_t number, size_t offset);

/* ---- what a read wrote (slate.c) ---- */

/* A buffer with a pattern in it: what is no longer the pattern was written. */
struct slate {
	struct place to;
	size_t size;
	uint64_t number;
};

struct slate slate_new(struct place to, size_t size);
/* How far something was written between @from and @to, in bytes from @from on. */
size_t slate_written(const struct slate *s, size_t from, size_t to);
/*
 * Blames the last call, a read of @n bytes into the slate that returned @r, when it wrote
 * more bytes than that, or left out 8 of them in a row.
 */
void slate_judge(const struct slate *s, size_t n, long r);
/* A read into whole(), judged. */
long slate_read(int fd, size_t n);
/*
 * Blames when a read of @n bytes leaves out a byte each time. It is read again and again,
 * since a single byte may be that of the pattern by chance.
 */
void slate_find_holes(const struct target *t, size_t n);

/* ---- chance, the same for the same seed ---- */

void chance_seed(uint64_t seed);
uint64_t chance(void);
/* 0 ... n - 1 */
unsigned int chance_below(unsigned int n);

/* ---- contents (stable.c) ---- */

struct content {
	char *data;
	size_t size;
};

/* Everything, by reads of @step bytes; false when it does not end, or fails. */
bool content_read(int fd, size_t step, struct content *ret);

/* ---- ioctls (ioctl.c) ---- */

#define MOST_COMMANDS 64

/* Shared by all processes, so that they are searched for once. */
struct own_commands {
	unsigned int n;
	unsigned long number[MOST_COMMANDS];
};

extern struct own_commands *own_commands;
/* The file's own commands, which are those that find a bad pointer bad. */
void search_own_commands(int fd);

/* A number that no file should know, and an argument for it; blames success. */
void try_unknown_ioctl(int fd);

#endif
