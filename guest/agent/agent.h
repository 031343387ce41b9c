/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The agent: PID 1 of every guest. One struct, one loop (agent_poll), no threads. What
 * may die or hang in the kernel is done by a forked child, so that the agent lives to
 * tell.
 */
#ifndef KMLAB_GUEST_AGENT_H
#define KMLAB_GUEST_AGENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "guest/leftovers/leftovers.h"
#include "guest/proto.h"

#define AGENT_MAX_RANGES 256
#define AGENT_BUFFER	 (32 * 1024) /* largest write virtio_console takes in one piece */

/* One direction of the command's standard streams; see command.c. */
struct stream {
	int from, to; /* -1: closed */
	char data[8192];
	size_t start, end; /* bytes waiting in data */
	uint64_t total;	   /* bytes written to @to */
	bool ended;	   /* @from has no more */
};

struct agent {
	int control, port_in, port_out, port_err;
	int kmsg;
	int child_fd; /* signalfd for SIGCHLD */
	pid_t child;  /* the one waited for, 0: none */
	bool child_ended;
	int child_status;  /* as from waitpid */
	uint32_t waits;	   /* number of the last WAIT */
	bool given_up;	   /* the host has answered it */
	uint64_t spoke_ms; /* when the last frame was sent */
	uint64_t log_lost, log_seq;
	bool broken; /* a call stalled: the kernel is not to be asked for more */

	struct proto_start start;
	int disk, random, taint; /* opened before the save: a clone need not */
	char *payload;
	size_t payload_size;

	struct stream in, out, err;
	uint64_t in_total; /* promised by STDIN_END */
	bool in_total_known;
	int pty; /* master side, -1: none */

	struct leftover_range ranges[AGENT_MAX_RANGES];
	unsigned int n_ranges;
	bool leftovers_partial;

	struct proto_frame in_head; /* frame being received */
	char in_body[512];
	size_t in_got;
};

/* boot.c */
int boot_system(void);
int boot_ports(struct agent *a);
void boot_say_ready(struct agent *a);
void boot_wake(const struct agent *a);

/* port.c */
int port_open(unsigned int port);
void port_write(int fd, const void *data, size_t size);
void port_send(struct agent *a, enum proto_type type, const void *fixed, size_t fixed_len,
	       const void *rest, size_t rest_len);
void port_send_strings(struct agent *a, enum proto_type type, const void *fixed,
		       size_t fixed_len, const char *s1, const char *s2);
/** port_receive - read what is there; true once a whole frame lies in in_head, in_body.
 */
bool port_receive(struct agent *a);
void port_trouble(struct agent *a, const char *what, int err);

/* agent.c */
uint64_t agent_now_ms(void);
/** agent_poll - one round of the loop: streams, log, control frames, children. */
void agent_poll(struct agent *a, int timeout_ms);
/** agent_wait_begin - tell the host that something begins that may never end. */
void agent_wait_begin(struct agent *a, enum proto_wait_for what);
/** agent_wait_child - run the loop until the child ends, the host gives it up, or @ms
 * pass (0: no limit of ours). Returns whether it ended. */
bool agent_wait_child(struct agent *a, pid_t child, unsigned int ms);
void agent_pause(struct agent *a, unsigned int ms);
/** agent_rest - a pause in which others get @ms of work done: repeated as long as we
 *  ourselves come back late from it, which shows that the host lets nobody run. */
void agent_rest(struct agent *a, unsigned int ms);
/** agent_read_text - a small file of /proc or /sys; bytes read (NUL added) or -errno. */
int agent_read_text(const char *path, char *buf, size_t size);
int agent_write_text(const char *path, const char *text);

/* payload.c */
int payload_prepare(struct agent *a);
int payload_read(struct agent *a);
/** payload_next - entries in order, from NULL on; NULL at the end. */
const struct proto_entry *payload_next(const struct agent *a,
				       const struct proto_entry *e);
const struct proto_entry *payload_find(const struct agent *a, const struct proto_entry *e,
				       enum proto_entry_type type);
const char *payload_name(const struct proto_entry *e);
const char *payload_extra(const struct proto_entry *e);
const void *payload_data(const struct proto_entry *e);
int payload_unpack(struct agent *a);

/* load.c */
bool load_modules(struct agent *a, bool intree);
void unload_modules(struct agent *a);

/* sections.c: where a module's code lies */
void sections_report(struct agent *a, const struct proto_entry *e);

/* stall.c */
void stall_report(struct agent *a, pid_t pid);

/* command.c */
void command_run(struct agent *a);
void command_window(struct agent *a, const struct proto_window *window);
/** command_end_input - close the command's input once it has had all of it. */
void command_end_input(struct agent *a);
bool stream_want_read(const struct stream *s);
bool stream_want_write(const struct stream *s);
void stream_pump(struct stream *s);

/* copyout.c */
void copyout_all(struct agent *a);

/* kmsg.c */
void kmsg_begin(struct agent *a);
void kmsg_drain(struct agent *a);

#endif
