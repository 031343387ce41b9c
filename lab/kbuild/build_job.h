/* SPDX-License-Identifier: GPL-2.0-only */
/* One build while it goes on: shared by the files of this folder only. */
#ifndef KMLAB_LAB_BUILD_JOB_H
#define KMLAB_LAB_BUILD_JOB_H

#include <sys/stat.h>

#include "build.h"
#include "../sandbox/sandbox.h"

struct build_job {
	struct lab *lab;
	const struct lab_build_spec *spec;
	const struct lab_kernel *kernel;
	char *dir;   /* source directory, real path */
	char *at;    /* dir as make sees it: another where make could not read dir */
	char *file;  /* name of the one .c file in it, or NULL */
	bool mirror; /* no overlay here: upper is a copy of dir, see build_mirror.c */
	bool btf;    /* give the modules type information of their own */
	bool dkms;   /* dir has a dkms.conf */
	struct strv dkms_modules; /* relative paths of .ko files it promises */
	bool dkms_patches;	  /* it changes its sources before it builds */
	char *entry;		  /* CACHE/builds/KEY */
	char *upper, *work;
	/* upper itself, -1 while it is not there. What lies in it was made by the code of
	 * a stranger: it is reached through lib/below.h only, or by paths of which each
	 * part was seen to be a directory. Nothing changes it under our hands: the
	 * processes of a build die with it, and who has the entry's lock is alone. */
	int top;
	int lock_fd;
	struct timespec start; /* of the file system's clock */
	struct strv expose, hide;
	struct strv see; /* the checkout around dir, symbol lists */
	struct lab_sandbox box;
};

#define BUILD_JOB_INIT                                                                   \
	{                                                                                \
		.top = -1, .lock_fd = -1                                                 \
	}

void build_job_deinit(struct build_job *job);
#define _cleanup_build_job_ _cleanup_(build_job_deinit)

/* A word for make, unless job->btf: see use_btf() in build.c. */
#define BUILD_NO_BTF "CONFIG_DEBUG_INFO_BTF_MODULES="

/* build_source.c: what is to be built, and where its objects are kept */
int build_job_open(struct lab *lab, const struct lab_build_spec *spec,
		   struct build_job *job);
/** build_run_job - lab_build_run(); @mirror: as if overlays could not be had. */
int build_run_job(struct lab *lab, const struct lab_build_spec *spec, bool mirror,
		  struct lab_build *ret);
/** build_cpus - how many processors this process may use. */
int build_cpus(void);
/** build_prepare - before a true build: make upper agree with what the source is now. */
int build_prepare(struct build_job *job);
/** build_finished - make came to its own end: what it left is whole. */
void build_finished(struct build_job *job);
/** build_fresh_upper - forget all objects. */
int build_fresh_upper(struct build_job *job);

/* build_owner.c */
/** build_owner_differs - does any directory of the source belong to another user? */
bool build_owner_differs(const struct build_job *job);

/* build_result.c: what a build says it made */
/* The largest trees, the kernel itself aside, have hundreds. */
#define BUILD_MAX_MODULES 4096

/** build_modules - the modules that it names, each a regular file in upper; an error with
 * a sentence when it names anything else. */
int build_modules(struct build_job *job, struct lab_build *build);
/** build_check_promises - of a dkms.conf: a module that was not built fails the build. */
void build_check_promises(struct build_job *job, struct lab_build *build);
void build_find_symvers(struct build_job *job, struct lab_build *build);
/** build_rel - @path, which lies in upper, relative to it; points into @path. */
const char *build_rel(const struct build_job *job, const char *path);

/* build_path.c: paths that make cannot read, such as those with blanks */
bool build_path_plain(const char *path);
/** build_path_show - what make shall see instead of directory @dir; @dir if it may. */
char *build_path_show(const char *dir);
/** build_path_user - @text with the user's own paths; @quote: as words of a shell. */
char *build_path_user(const struct build_job *job, const char *text, bool quote);

/* build_mirror.c: where the cache's file system cannot carry an overlay */
/** build_mirror_active - was this entry's upper a copy already? */
bool build_mirror_active(const struct build_job *job);
/** build_mirror_sync - copy what changed in dir to upper, remove what is gone there. */
int build_mirror_sync(struct build_job *job);

/* build_warnings.c: warnings about objects that need not be compiled again */
/** build_warnings_merge - add to the log of a build those noted earlier that still hold,
 *  and note its own. */
void build_warnings_merge(struct build_job *job, struct lab_build *build);

/* build_cmd.c: what Kbuild recorded of each object */
struct build_cmd {
	char *target;  /* as recorded */
	char *command; /* shell text, "$$" undone */
	char *source;  /* first source, or NULL */
	struct strv deps;
};

void build_cmd_deinit(struct build_cmd *cmd);
#define _cleanup_build_cmd_ _cleanup_(build_cmd_deinit)
/** build_cmd_read - @name: in the directory @top, from build_cmd_files(). */
int build_cmd_read(int top, const char *name, struct build_cmd *ret);
/** build_cmd_files - all .cmd files below @dir, paths relative to it, sorted. -E2BIG when
 *  there are too many to be a module's. */
int build_cmd_files(const char *dir, struct strv *ret);
/** build_compile_commands - write compile_commands.json into the source directory. */
int build_compile_commands(struct build_job *job);

/* build_state.c: has anything changed since the last good build? */
/** build_state_snapshot - names, sizes and times of all inputs in the source. */
int build_state_snapshot(struct build_job *job, struct text *ret);
/** build_state_load - true when nothing changed: *ret is then the last result. */
bool build_state_load(struct build_job *job, struct lab_build *ret);
/** build_state_save - after a good build; @before: the snapshot taken before it; @deps:
 *  from build_state_note(). */
int build_state_save(struct build_job *job, const struct text *before,
		     const struct strv *deps, const struct lab_build *build);
void build_state_forget(struct build_job *job);
/** build_state_note - after make, whatever it answered: what it had before it. @deps gets
 *  the files outside the source that the compiler read. */
void build_state_note(struct build_job *job, const struct text *before,
		      struct strv *deps);
/** build_state_slipped - has anything changed since in a way that make cannot see? */
bool build_state_slipped(struct build_job *job);

/* shortcut.c: Kbuild without its first half */
/** build_shortcut - shell text that does what "make modules" would do for the job, or
 * NULL where there is no shortcut. @symvers: a further word for make, or NULL. */
char *build_shortcut(struct build_job *job, const char *symvers);

/* build_log.c: what of make's output a user needs to read */
/** build_log_shorten - the beginning and the end of output that nobody would read whole.
 */
char *build_log_shorten(const char *raw);
char *build_log_filter(const char *raw, const char *dir);
unsigned int build_log_warnings(const char *log);

/* dkms.c: trees that bring a dkms.conf */
/** dkms_read - what the conf says for this kernel; -ENOTSUP when it excludes it. */
int dkms_read(struct build_job *job);
int dkms_build(struct build_job *job, struct text *out, int *status);

#endif
