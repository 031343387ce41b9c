/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of a job, in the order in which main.c takes them, and what they share. */
#ifndef KMLAB_GUEST_STEPS_H
#define KMLAB_GUEST_STEPS_H

#include "agent.h"

/* boot.c: before the save, and the first moments of a clone */
int boot_system(void);
int boot_ports(struct agent *a);
void boot_say_ready(struct agent *a);
void boot_wake(const struct agent *a);

/* kernel_map.c: before the save, for the host */
void kernel_map(struct proto_kernel_map *ret);
void kernel_layout(struct proto_layout *ret);

/* payload.c: what the job brings along */
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

/* load.c: modules in and out */
/** load_modules - those of the kernel's own, or the job's. false: one was refused. */
bool load_modules(struct agent *a, bool intree);
/** unload_modules - false: one would not go. */
bool unload_modules(struct agent *a);

/* sections.c: where a module's code lies */
void sections_report(struct agent *a, const struct proto_entry *e);

/* stall.c: what is known of a process that does not come back */
void stall_report(struct agent *a, pid_t pid);
/** stall_ask - let the kernel write to its log: each letter is one of its SysRq keys. All
 * is written when the child that is returned has ended. */
pid_t stall_ask(const char *what);

/* hang.c: what the command does when its time is over */
void hang_report(struct agent *a);

/* command.c: the job's command */
void command_run(struct agent *a);
/** command_run_again - with empty input, its output thrown away. false: it ended in
 * another way than before, or not at all. */
bool command_run_again(struct agent *a);

/* again.c: the job once more, for what only its repetition shows */
/** live_again - until it is known of all memory whether it is lost, or cannot be known.
 */
void live_again(struct agent *a, leftover_fn report);
/** taint_read - the kernel's flags of what has gone wrong. */
uint64_t taint_read(const struct agent *a);

/* send_files.c: files and trees that the host asked for */
void send_files(struct agent *a);

#endif
