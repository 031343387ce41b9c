/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to lab/vm: a QEMU process and the descriptors that lead into it.
 *
 * All channels are socket pairs made before QEMU starts and inherited by it: no names in
 * the file system, no port numbers, nothing to clean up, and connected from the first
 * instruction on, which the agent counts on.
 */
#ifndef KMLAB_LAB_VM_H
#define KMLAB_LAB_VM_H

#include <jansson.h>
#include <sys/types.h>

#include "../../guest/proto.h"
#include "guest_job.h"

#define LAB_RAM_FILE	  "ram"
#define LAB_STATE_FILE	  "state"
#define LAB_STUB_FILE	  "kernel-stub"
#define LAB_TEMPLATE_FILE "template.json"

struct vm_spec {
	const char *qemu, *machine, *cpu;
	enum lab_accel accel;
	bool nested;   /* the guest will have guests */
	bool in_turns; /* emulated CPUs one at a time */
	unsigned int memory_mib, cpus;
	const char *ram; /* file behind the guest's memory */
	bool share;	 /* writes go to that file (template), or stay private (clone) */
	const char *kernel, *initrd, *append; /* @initrd, @append NULL in a clone */
	int payload_fd;			      /* the payload disk */
	bool incoming; /* wait for migrate-incoming instead of booting */
};

struct vm {
	pid_t pid;				 /* 0: none */
	int control, in, out, err, console, qmp; /* our ends, non-blocking; -1: closed */
	int errors; /* memory file with what QEMU says on its own stderr */
	struct text qmp_in;
};

#define VM_INIT                                                                          \
	{                                                                                \
		0, -1, -1, -1, -1, -1, -1, -1, TEXT_INIT                                 \
	}

/* qemu.c */
/** qemu_words - the command line of a guest of this shape, without what differs from one
 *  start to the next: what the guest sees of QEMU. */
void qemu_words(const struct vm_spec *spec, struct strv *ret);
/** qemu_path - where QEMU is, without starting it; NULL with the sentence set. */
char *qemu_path(struct lab *lab);
int vm_start(struct lab *lab, const struct vm_spec *spec, struct vm *ret);
/** vm_stop - kill and reap QEMU, close everything. Fine to call twice. */
void vm_stop(struct vm *vm);
/** vm_errors - QEMU's own words, one line, or NULL. */
char *vm_errors(const struct vm *vm);
#define _cleanup_vm_ _cleanup_(vm_stop)

/* qemu_box.c */
/** qemu_filter_words - the value of QEMU's option -sandbox. */
const char *qemu_filter_words(void);
/** qemu_box_enter - in the child, before exec: give up what QEMU does not need to run
 *  @spec. What the host's kernel does not offer is left out. */
int qemu_box_enter(const struct vm_spec *spec);

/* qmp.c */
/** qmp_send - one command; @args is consumed and may be NULL. Answers come by qmp_next.
 */
int qmp_send(struct vm *vm, const char *command, json_t *args);
/** qmp_next - the next message that has arrived. 0 and *ret, -EAGAIN, -EPIPE: closed. */
int qmp_next(struct vm *vm, json_t **ret);
/** qmp_greet - capabilities, and memory that stays in its file. */
int qmp_greet(struct vm *vm);
/** qmp_migrate - "migrate" or "migrate-incoming", to or from the file @fd. */
int qmp_migrate(struct vm *vm, const char *command, int fd);

/* wire.c */
struct frames {
	struct text in;
	size_t done; /* bytes of @in already handed out */
};

struct frame {
	enum proto_type type;
	const char *data;
	size_t len;
};

/** frames_read - take what @fd has. Bytes, 0 at its end, -EAGAIN, or -errno. */
ssize_t frames_read(struct frames *f, int fd);
/** frames_next - 1 and a frame (valid until the next call), 0: not yet, -EPROTO: rubbish.
 */
int frames_next(struct frames *f, struct frame *ret);
void frames_deinit(struct frames *f);
/** frame_append - the frame with its header to @to, as it came. */
void frame_append(struct text *to, const struct frame *f);
/** frame_send - to a non-blocking descriptor; frames to the agent are small. */
int frame_send(int fd, enum proto_type type, const void *data, size_t len);

/* initramfs.c */
/** initramfs_build - agent, busybox, drivers into @path; *ret_id names the contents. */
int initramfs_build(struct lab *lab, const struct lab_kernel *kernel, const char *path);
/** initramfs_key - what makes one initramfs differ from another, as strings. */
int initramfs_key(struct lab *lab, struct strv *key);

/* archive.c */
/** module_read - a .ko, decompressed if need be. */
int module_read(struct lab *lab, const char *path, struct text *ret);

/* payload.c */
/** payload_build - the job as a disk in memory. *size: bytes behind PROTO_PAYLOAD_AT. */
int payload_build(struct lab *lab, const struct lab_guest_job *job, int *ret,
		  uint64_t *size);
/** payload_empty - a disk of the right size with nothing on it, for the template. */
int payload_empty(struct lab *lab);

/* boot.c */
/** boot_command_line - the kernel's, without the shape's own words. */
const char *boot_command_line(void);
/** template_boot - cold boot and save into @dir; fills release, boot_ms, speed, proof. */
int template_boot(struct lab *lab, struct lab_template *t, const char *dir);

/* sparse.c */
/** ram_make_sparse - pages of zeros in the RAM file of a guest that has ended become
 *  holes, where the file system can do that. */
void ram_make_sparse(const char *path);

/* clone.c */
/** clone_start - resume a template for a job, whose payload is in @payload_fd. The guest
 *  runs once RESUME arrives over QMP. */
int clone_start(struct lab *lab, const struct lab_template *t,
		const struct lab_guest_job *job, int payload_fd, struct vm *ret);

/* accel.c */
const char *accel_name(enum lab_accel accel);

/* copyout.c */
/* What a guest may send, for all places of a job together, as the host counts it. */
#define COPYOUT_MAX_BYTES (1ULL << 30)
#define COPYOUT_MAX_FILES 65536 /* and directories */
#define COPYOUT_MAX_DEPTH 64

struct copyout {
	const struct lab_guest_job *job;
	int fd; /* the file being written, -1: none */
	uint64_t bytes;
	size_t files;
	uint32_t index;	  /* of the place last written to */
	bool full;	  /* a limit was hit: the rest is not wanted */
	char *problem;	  /* first thing that could not be written here, or NULL */
	char *unfinished; /* why the copy is not whole, by the guest's doing, or NULL */
	char *unread;	  /* first file that could not be read to its end, or NULL */
};
void copyout_file(struct copyout *c, const struct frame *f);
void copyout_data(struct copyout *c, const struct frame *f);
void copyout_deinit(struct copyout *c);

/* facts.c */
/** facts_key - the job's name in the store, freed by the caller; NULL: it has none. */
char *facts_key(const struct lab_template *t, const struct lab_guest_job *job,
		int payload_fd, uint64_t size);
/** facts_recall - the report stored under @key, and its output to the job's stdout. */
bool facts_recall(struct lab *lab, const char *key, const struct lab_guest_job *job,
		  struct lab_guest_report *ret);

/* guest_report.c */
/** report_frame - enter what a frame says. false: it says nothing a report has. */
bool report_frame(struct lab_guest_report *r, const struct frame *f);
/** report_done - the same for DONE, which only the session may believe: it has the nonce.
 */
void report_done(struct lab_guest_report *r, const struct frame *f);
void report_console(struct lab_guest_report *r, const char *data, size_t len);

/* witness.c */
/** witness_check - before a template is saved: @map is set to zeros unless its list of
 *  modules is found with it, as long as the agent says it is. */
void witness_check(const struct vm *vm, unsigned int memory_mib,
		   struct proto_kernel_map *map);
/** witness_look - the agent says that it is done: enter what the guest's memory says. 0,
 *  or -ESRCH: QEMU has ended, so that nothing can be seen and nothing is to be believed.
 */
int witness_look(const struct vm *vm, const struct lab_template *t,
		 const struct lab_guest_job *job, struct lab_guest_report *r);

/* session.c */
/** session_run - from RESUME to the end, whichever it is. */
int session_run(struct lab *lab, const struct lab_template *t,
		const struct lab_guest_job *job, struct vm *vm, uint64_t payload_size,
		double started, struct lab_guest_report *r);

#endif
