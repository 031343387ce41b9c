/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the lab and the agent in the guest say to each other. Little endian, x86 only on
 * both sides. Everything is a frame: a fixed header, then `length` bytes. Raise
 * PROTO_VERSION with any change; the agent belongs to the template's key, so that the two
 * sides never differ in practice.
 *
 * Order of a run: the host resumes a clone and sends START. The agent answers HELLO,
 * reads the payload from its disk, and then tells what happens as it happens; each PHASE
 * frame closes the phase before, and all four come, in their order. The host answers the
 * last one, LEAK, with a CHALLENGE, and DONE must bring that and the secret of START: the
 * secret is known to nobody who only reads the port, and the challenge does not exist yet
 * while the command lives.
 *
 * All limits of time are the host's, which knows when it was itself too busy to let the
 * guest run: the agent says what it begins to wait for (WAIT), and waits until that has
 * happened or the host gives it up (GIVE_UP).
 */
#ifndef KMLAB_GUEST_PROTO_H
#define KMLAB_GUEST_PROTO_H

#include <stdint.h>

#define PROTO_MAGIC	   0x424c4d4bU /* "KMLB" */
#define PROTO_VERSION	   5
#define PROTO_MAX_FRAME	   (64 * 1024)
#define PROTO_MAX_ANSWER   4096 /* a frame to the agent, without its head */
#define PROTO_NONCE_SIZE   16
#define PROTO_ENTROPY_SIZE 64

/* Where the ports are: virtio-serial port numbers, as named in qemu.c as well. */
enum proto_port { PROTO_CONTROL = 1, PROTO_STDIN, PROTO_STDOUT, PROTO_STDERR };

enum proto_type {
	/* agent → host */
	PROTO_READY = 1, /* proto_ready, release: booted, may be saved */
	PROTO_HELLO,	 /* nonce: the clone is alive */
	PROTO_PHASE,	 /* u32 enum proto_phase */
	PROTO_LOG,	 /* raw /dev/kmsg records, one after the other */
	PROTO_SECTIONS,	 /* module, then proto_section + name each */
	PROTO_LOAD,	 /* proto_call, module: a load failed */
	PROTO_WAIT,	 /* proto_wait: something begins that may never end */
	PROTO_COMMAND,	 /* proto_command */
	PROTO_UNLOAD,	 /* proto_call, module, holders: an unload failed */
	PROTO_STALL,	 /* text, may come in pieces */
	PROTO_TASK,	 /* proto_task, name, call, file, stack: see there */
	PROTO_LEFTOVER,	 /* proto_leftover, kind, what */
	PROTO_LOOK,	 /* proto_range each: who points into them? see HOLDERS */
	PROTO_FILE,	 /* proto_file, path below the copied place */
	PROTO_FILE_DATA, /* bytes of the file last named */
	PROTO_AGAIN,	 /* the job is over; parts of it are done again when LIVE comes */
	PROTO_ALIVE,	 /* nothing to say */
	PROTO_TROUBLE,	 /* text: the agent itself cannot go on */
	PROTO_DONE,	 /* proto_done */
	/* host → agent */
	PROTO_START = 64, /* proto_start */
	PROTO_STDIN_END,  /* u64: bytes of standard input in all */
	PROTO_WINDOW,	  /* proto_window */
	PROTO_PING,	  /* answered by ALIVE */
	PROTO_GIVE_UP,	  /* u32: number of the WAIT that has lasted long enough */
	PROTO_LIVE,	  /* the answer to AGAIN */
	PROTO_CHALLENGE,  /* PROTO_NONCE_SIZE bytes, for DONE */
	PROTO_HOLDERS,	  /* proto_holder each, none among them: the answer to LOOK */
};

enum proto_phase {
	PROTO_PHASE_LOAD,
	PROTO_PHASE_TEST,
	PROTO_PHASE_UNLOAD,
	PROTO_PHASE_LEAK,
};

struct proto_frame {
	uint32_t magic;
	uint16_t version;
	uint16_t type;
	uint32_t length;
};

/* How the host finds the list of modules in the guest's memory; 0: not known. */
struct proto_kernel_map {
	uint64_t text, text_physical;	     /* the kernel's image */
	uint64_t page_tables;		     /* init_top_pgt */
	uint64_t modules;		     /* the list's head */
	uint32_t levels;		     /* of page tables, 4 or 5 */
	uint32_t loaded;		     /* modules, as /proc/modules counts them */
	uint32_t state_at, list_at, name_at; /* in struct module */
	uint32_t pad;
};

#define PROTO_MAX_BOOKS 8

/* What the host must know of the kernel to say what a page of its memory is used for:
 * each a number of proto_layout.at; 0: not known. */
enum proto_layout_at {
	PROTO_DATA,	/* the image, as far as it is written to, without init's stack */
	PROTO_DATA_END, /* ... */
	PROTO_BSS,
	PROTO_BSS_END,
	PROTO_BOOKS, /* in there: what keeps old addresses of modules, see kernel_map.c */
	PROTO_BOOKS_END = PROTO_BOOKS + 2 * PROTO_MAX_BOOKS, /* from, to, from, to, ... */
	/* The variable that says where struct page of the first page is. */
	PROTO_VMEMMAP = PROTO_BOOKS_END,
	PROTO_CALL_CHAINS, /* the one that leads to buffers for stacks */
	PROTO_DIRECT,	   /* the one that says where all memory is mapped */
	PROTO_PAGE_SIZE,
	PROTO_PAGE_FLAGS, /* offsets in struct page, and in struct slab */
	PROTO_PAGE_TYPE,
	PROTO_PAGE_HEAD,
	PROTO_PAGE_CACHE,
	PROTO_RESERVED,	   /* of the page's flags: never to be freed */
	PROTO_SLAB_FLAG,   /* of the page's flags; or */
	PROTO_SLAB_TYPE,   /* the upper byte of the page's type */
	PROTO_CACHE_FLAGS, /* offsets in struct kmem_cache */
	PROTO_CACHE_SIZE,
	PROTO_CACHE_OBJECT_SIZE,
	PROTO_CACHE_PAD,
	PROTO_CACHE_CTOR,
	PROTO_CACHE_NAME,
	PROTO_CACHE_TYPESAFE, /* of its flags */
	PROTO_NODE_ACTIVE,    /* in struct kernfs_node */
	PROTO_WORKER_FUNC,    /* in struct worker */
	PROTO_WORKER_TASK,
	PROTO_ENTRY_IN_USE, /* in struct proc_dir_entry */
	PROTO_LAYOUT_LEN,
};

struct proto_layout {
	uint64_t at[PROTO_LAYOUT_LEN];
};

struct proto_ready {
	uint64_t loop_ns; /* PROTO_SPEED_LOOPS rounds of the speed loop, undisturbed */
	uint32_t cpus;
	uint32_t pad;
	struct proto_kernel_map map;
	struct proto_layout layout;
};

/* Each round is one dependent multiply and add: 4 cycles on any core of these years. */
#define PROTO_SPEED_LOOPS 4000000

enum proto_flag {
	PROTO_HAS_STDIN = 1,
	PROTO_HAS_STDOUT = 2,
	PROTO_HAS_STDERR = 4,
	PROTO_TTY = 8,
};

struct proto_window {
	uint16_t rows, cols;
};

struct proto_start {
	uint64_t realtime_ns;
	uint8_t nonce[PROTO_NONCE_SIZE];  /* for HELLO */
	uint8_t secret[PROTO_NONCE_SIZE]; /* for DONE */
	uint8_t entropy[PROTO_ENTROPY_SIZE];
	uint64_t payload_size; /* bytes on the disk from PROTO_PAYLOAD_AT on */
	uint32_t flags;
	uint32_t settle_ms;
	struct proto_window window;
	uint32_t pad;
};

enum proto_wait_for {
	PROTO_WAIT_CALL,    /* a load or unload call */
	PROTO_WAIT_COMMAND, /* the job's command */
	PROTO_WAIT_AGAIN,   /* the same once more: see again.c */
	PROTO_WAIT_KILLED,  /* the end of a child after SIGKILL */
	PROTO_WAIT_FILES,   /* files to copy out; each frame of them is progress */
};

struct proto_wait {
	uint32_t number; /* counts up from 1 */
	uint32_t what;	 /* enum proto_wait_for */
};

struct proto_section {
	uint64_t address; /* followed by its name */
};

struct proto_call {
	int32_t error;	/* positive errno */
	int32_t signal; /* the calling task died of this */
	uint32_t stalled;
	int32_t refcount; /* -1: unknown */
	uint32_t missing; /* loaded, as the kernel says, and not there as a live one */
	uint32_t pad;
};

struct proto_command {
	int32_t error; /* positive errno of exec, or 0 */
	int32_t status;
	uint32_t killed;
	uint32_t pad;
};

enum proto_task_is {
	PROTO_TASK_WAITS,     /* asleep in the call */
	PROTO_TASK_CALLS,     /* it makes the call again and again */
	PROTO_TASK_COMPUTES,  /* in user space, without calls */
	PROTO_TASK_IN_KERNEL, /* it runs and does not come out of the kernel */
};

/*
 * What a task of the command does when its time is over; one that makes several kinds of
 * calls has a frame for each. The call's name, the file it is about and the kernel's
 * stack follow, "" where they are not known.
 */
struct proto_task {
	int32_t pid, tid, parent;
	uint32_t is;	/* enum proto_task_is */
	uint32_t state; /* its letter in /proc/PID/stat */
	uint32_t mode;	/* of the file, as in st_mode; 0: unknown */
	uint32_t seen;	/* of PROTO_TASK_CALLS: calls counted while looking */
	uint32_t pad;
	int64_t least, most;	/* what they returned */
	uint64_t asked;		/* the fewest bytes they were to read or write */
	uint64_t reads, writes; /* such calls of the task since it began, of any file */
};

struct proto_leftover {
	uint64_t address, call_site, size;
	char module[56]; /* that had the call site at that time; "": not known */
};

/* Memory that a module had, one of its regions; or an object. */
struct proto_range {
	uint64_t start, size;
};

#define PROTO_MAX_RANGES  1024
#define PROTO_MAX_HOLDERS 64
#define PROTO_MAX_LOOKS	  8 /* in a run: each costs the host some milliseconds */

/*
 * A word of the kernel's that points into such a range. Not the pointer itself: what the
 * host sends lies in buffers of the kernel, where the next look would find it.
 */
struct proto_holder {
	uint64_t at;	 /* the word */
	uint64_t object; /* of a slab, that it lies in; 0: in the kernel's own data */
	uint64_t offset; /* where it points to, from the range's start */
	uint32_t range;	 /* counted from 0 */
	uint32_t size;	 /* the object's */
	char cache[24];
};

enum proto_file_type {
	PROTO_FILE_REGULAR = 1,
	PROTO_FILE_DIR,
	PROTO_FILE_MISSING, /* it cannot be opened: @error */
	PROTO_FILE_UNREAD,  /* it cannot be read to its end: @error */
	PROTO_FILE_STUCK,   /* it was given up */
	PROTO_FILE_KILLED,  /* what read it died of signal @error */
};

struct proto_file {
	uint32_t index; /* of the place to copy, counted from 0 */
	uint32_t type;
	uint32_t mode;
	int32_t error; /* errno, or a signal */
	uint64_t size;
};

struct proto_done {
	uint8_t secret[PROTO_NONCE_SIZE], challenge[PROTO_NONCE_SIZE];
	uint64_t taint; /* flags set since the job's start */
	uint64_t log_lost;
	uint64_t stdout_bytes, stderr_bytes; /* written to those ports in all */
	uint32_t leftovers_partial;
	uint32_t view_changed; /* somebody was in the agent's own mounts */
	uint32_t lost_phase;   /* enum proto_phase in which the first record was lost */
	uint32_t pad;
};

/*
 * The payload disk. Its size never changes (the template has seen it); the bytes begin
 * past what the kernel's partition scan may have read before the save.
 */
#define PROTO_DISK_SIZE	 (1ULL << 30)
#define PROTO_PAYLOAD_AT (1ULL << 20)

enum proto_entry_type {
	PROTO_ENTRY_MODULE = 1, /* name, parameters, ELF image */
	PROTO_ENTRY_FILE,	/* path, "", bytes */
	PROTO_ENTRY_DIR,	/* path */
	PROTO_ENTRY_SYMLINK,	/* path, target */
	PROTO_ENTRY_ARG,	/* word of the command */
	PROTO_ENTRY_ENV,	/* NAME=VALUE */
	PROTO_ENTRY_OUT,	/* path to copy out */
	PROTO_ENTRY_END,
};

/* Followed by two NUL-terminated strings, the data, and zeros up to a multiple of 8. */
struct proto_entry {
	uint16_t type;
	uint16_t flags; /* 1: module of the kernel itself */
	uint32_t mode;
	uint32_t name_len, extra_len; /* with their NULs */
	uint64_t data_len;
};

#endif
