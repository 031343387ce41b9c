/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program matrix: one const struct cmd per command, one table in main.c. Only this
 * folder prints or exits.
 */
#ifndef MATRIX_CMD_CMD_H
#define MATRIX_CMD_CMD_H

#include "opt.h"

#include "cloud.h"

enum {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_MISSING = 77, /* no KVM here */
	EXIT_INTERRUPTED = 130
};

/* Every option of every command, so that one name means one thing everywhere. */
struct options {
	struct strv caps;
	char *memory, *profile, *policy, *kick, *slice, *window, *time, *device, *output;
	char *timeline, *ctl;
	unsigned int seed, after, random;
	bool help, explain, json, quiet, live;
};

struct cmd {
	const char *name;
	const char *summary;
	const char *usage; /* after "matrix NAME " */
	const char *text;  /* what it does, with examples */
	const struct opt *opts;
	int (*run)(struct options *o, int argc, char **argv); /* exit status */
};

/* Options that several commands share. */
#define OPT_JSON OPT(OPT_FLAG, "json", 0, json, NULL, "print JSON instead of text")
#define OPT_MEMORY                                                                       \
	OPT(OPT_STRING, "memory", 'm', memory, "SIZE",                                   \
	    "memory of each guest, e.g. 2M, 64M, 1G (2M)")
#define OPT_PROFILE                                                                      \
	OPT(OPT_STRING, "profile", 0, profile, "NAME",                                   \
	    "hypercalls: matrix, course or course16 (matrix)")
#define OPT_DEVICE                                                                       \
	OPT(OPT_STRING, "device", 0, device, "FILE", "the KVM device (/dev/kvm)")
#define OPT_POLICY                                                                       \
	OPT(OPT_STRING, "policy", 'p', policy, "NAME",                                   \
	    "stride, eevdf, lottery, strict-io or ticks (stride)")
#define OPT_SLICE                                                                        \
	OPT(OPT_STRING, "slice", 's', slice, "TIME", "longest turn, e.g. 500us (1ms)")
#define OPT_WINDOW                                                                       \
	OPT(OPT_STRING, "window", 'w', window, "TIME",                                   \
	    "errors are looked at in windows so long (100ms)")
#define OPT_CAP                                                                          \
	OPT(OPT_STRINGS, "cap", 0, caps, "GUEST:PERCENT",                                \
	    "never more than that, even when nobody else wants it")
#define OPT_SEED OPT(OPT_NUMBER, "seed", 0, seed, "N", "for policies that draw lots (1)")
#define OPT_END                                                                          \
	{                                                                                \
		0                                                                        \
	}

extern const struct cmd cmd_run, cmd_simulate, cmd_dump, cmd_ctl, cmd_guests, cmd_doctor;

/** error - print "matrix: SENTENCE" on stderr. usage_error() and failed() also return an
 *  exit status.
 */
void error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
int usage_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** parse_time - "500us", "1ms", "5s", "2m" or "1h" into ns, at least 1; a bare number is
 *  seconds. parse_size - "2M", "1G" or "512K" into bytes. Return: 0 or -EINVAL. */
int parse_time(const char *s, uint64_t *ns);
int parse_size(const char *s, uint64_t *bytes);

/* A guest as it is named on a command line: GUEST[:WEIGHT]. */
struct guest_spec {
	char *source; /* the name of a builtin one, or a file; owned */
	char *name;   /* unique among those given; owned */
	uint32_t weight;
	uint32_t cap_percent;
};

struct guest_specs {
	struct guest_spec *v;
	size_t n;
};

/** guest_specs_add - add one guest, from "GUEST[:WEIGHT]". 0, or EXIT_USAGE after a
 *  message.
 */
int guest_specs_add(struct guest_specs *specs, const char *word);
/** guest_specs_parse - parse all operands, then the caps. */
int guest_specs_parse(struct guest_specs *specs, int argc, char **argv,
		      const struct strv *caps);
/** guest_specs_drop_last - remove the last one, so that its name is free again. */
void guest_specs_drop_last(struct guest_specs *specs);
void guest_specs_deinit(struct guest_specs *specs);

/* What the options say about how guests are made and run; defaults filled in. */
struct settings {
	uint64_t memory, slice_ns, window_ns, duration_ns;
	const struct hypercall_profile *profile;
	const struct sched_policy *policy;
	enum kick_mode kick;
	const char *device;
};

/** settings_parse - 0, or EXIT_USAGE after a message. */
int settings_parse(const struct options *o, struct settings *ret);

/** open_kvm - open the device. 0, or an exit status after a message that says what to do.
 */
int open_kvm(const struct settings *s, const struct explain *explain, struct kvm *ret);

/** make_cloud - @config's policy, kick, slice, signals and seed come from @s and @o, the
 *  rest from the caller. 0, or an exit status after a message. */
int make_cloud(const struct options *o, const struct settings *s,
	       struct cloud_config *config, struct cloud **ret);

/** add_guest - find @spec's image, load it into a VM and put that into @cloud. @config:
 *  where its output goes, and where its steps are explained; the rest is filled in.
 *  Return: 0, or an exit status and a sentence in @message. */
int add_guest(struct cloud *cloud, const struct kvm *kvm, const struct guest_spec *spec,
	      const struct settings *s, struct vm_config *config, struct text *message);

/** explain_to - print the ten steps on @stream. */
struct explain explain_to(FILE *stream);

/** watch_signals - SIGINT and SIGTERM set *watch_signals() from now on; a second one ends
 *  the process. */
const volatile sig_atomic_t *watch_signals(void);

#endif
