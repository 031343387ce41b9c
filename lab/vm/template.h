/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Templates: a guest booted once, stopped while its agent waits, and saved. RAM lies in
 * a file, device state beside it; a clone maps the file privately and goes on from there.
 * A template is bound to everything that shapes it (kernel, QEMU build, accelerator, CPU
 * model, memory, cpus, agent, initramfs, command line); its id is a hash over those.
 */
#ifndef KMLAB_LAB_TEMPLATE_H
#define KMLAB_LAB_TEMPLATE_H

#include "../../guest/proto.h"
#include "../kernel/lab_kernel.h"

enum lab_accel { LAB_ACCEL_TCG, LAB_ACCEL_KVM };

struct lab_vm_shape {
	const struct lab_kernel *kernel;
	unsigned int memory_mib; /* 0: 256 */
	unsigned int cpus;	 /* 0: 2 */
	bool nested;		 /* -cpu max with SVM/VMX exposed to the guest */
	char *const *append;	 /* more kernel command line words, or NULL */
};

struct lab_template {
	char *id;
	char *dir; /* templates/ID: ram, state, template.json */
	enum lab_accel accel;
	unsigned int memory_mib, cpus;
	char *release;	/* the guest's uname -r, as the agent said */
	double boot_ms; /* what its cold boot took */
	char *proof;	/* SHA-256 of all it was booted from and with, by content */
	double speed;	/* guest speed relative to a 3 GHz native core; scales limits */
	struct proto_kernel_map map; /* where to look in its memory; zeros: unknown */
	struct proto_layout layout;  /* what its pages are used for; likewise */
	bool built;		     /* made by this call, not found */
	char *qemu;		     /* the binary that made it, and must resume it */
	char *machine, *cpu;	     /* as QEMU names them: "pc-q35-7.2", "max,..." */
	struct lab_kernel
		*kernel; /* its shape again, for a rebuild when it turns out damaged */
	struct strv append;
	bool nested;
};

void lab_template_destroy(struct lab_template *t);
DEFINE_CLEANUP(struct lab_template *, lab_template_destroy)
#define _cleanup_template_ _cleanup_(lab_template_destroy_cleanup)

/** lab_template_get - the template for a shape, booted and saved first if it is missing
 *  or damaged; at most once however many ask at the same time. */
int lab_template_get(struct lab *lab, const struct lab_vm_shape *shape,
		     struct lab_template **ret);

struct lab_accel_probe {
	enum lab_accel accel; /* what the lab will use */
	bool kvm_device;      /* /dev/kvm opens */
	bool kvm_works;	      /* a VM ran at all */
	double kvm_mips; /* millions of guest instructions a second in a short loop */
	char *reason;	 /* one line, for the user: why this accelerator */
};

/** lab_accel_probe - create a tiny VM, run a loop, measure. Takes at most 200 ms; the
 *  answer is cached per boot. @refresh: measure again. Caller frees @reason. */
int lab_accel_probe(struct lab *lab, bool refresh, struct lab_accel_probe *ret);

struct lab_qemu {
	char *path;    /* absolute */
	char *version; /* "7.2.22" */
	unsigned int major, minor;
};

/** lab_qemu_find - -ENOPKG or -ENOTSUP (older than 5.2) with the package to install. */
int lab_qemu_find(struct lab *lab, struct lab_qemu *ret);
void lab_qemu_deinit(struct lab_qemu *qemu);

/** lab_qemu_filters - does the QEMU at @qemu accept its seccomp filter here? The answer
 *  is kept until the file changes or the machine boots. @refresh: ask again. */
bool lab_qemu_filters(struct lab *lab, const char *qemu, bool refresh);

#endif
