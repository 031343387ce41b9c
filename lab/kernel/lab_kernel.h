/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rest of the lab knows of a kernel. How one is found: kernel.h. */
#ifndef KMLAB_LAB_KERNEL_LAB_KERNEL_H
#define KMLAB_LAB_KERNEL_LAB_KERNEL_H

#include "../lab.h"

struct lab_kernel {
	char *name;	  /* canonical, as a user may type it: "debian/6.1" */
	char *id;	  /* cache id, unique per package version: "debian-6.1.176-1" */
	char *provider;	  /* "debian", "tree", "host" */
	char *suite;	  /* "bookworm", or NULL */
	char *release;	  /* what uname -r says in the guest */
	char *version;	  /* package version, or the release again */
	char *image;	  /* bootable bzImage, absolute path on the host */
	char *modules;	  /* .../lib/modules/RELEASE on the host, with modules.dep */
	char *config;	  /* its .config, or NULL */
	char *system_map; /* or NULL */
	char *root;    /* build root on the host, or NULL: build with the host's tools */
	char *headers; /* Kbuild directory as seen inside the build root */
	char *usr_src; /* host directory bound at /usr/src in the root, or NULL */
	uint64_t size; /* bytes on disk of kernels/ID */
};

/** lab_kernel_copy - a kernel of its own with the same texts. */
struct lab_kernel *lab_kernel_copy(const struct lab_kernel *kernel);

void lab_kernel_destroy(struct lab_kernel *kernel);
DEFINE_CLEANUP(struct lab_kernel *, lab_kernel_destroy)
#define _cleanup_kernel_ _cleanup_(lab_kernel_destroy_cleanup)

#endif
