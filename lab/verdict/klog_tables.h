/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables behind klog.h's lookups. All patterns are those of pattern_match(); they
 * were taken from the sources of Linux 5.10, 6.1, 6.12 and 7.2.
 */
#ifndef KMLAB_LAB_KLOG_TABLES_H
#define KMLAB_LAB_KLOG_TABLES_H

#include "klog.h"

/*
 * A line in which a core part of the kernel says what its caller did wrong, mostly with
 * no WARN() around it. Such lines only: not what hardware, user space or a healthy
 * module brings about. Where it is the text of a WARN(), it names that event.
 */
struct klog_complaint {
	struct klog_rule rule;
	const char *advice; /* what the module must do; NULL: as in the row before, or the
			     * kind has a hint in hint.c */
};

struct klog_complaints {
	const struct klog_complaint *v;
	size_t n;
};

#define KLOG_COMPLAINTS(table)                                                           \
	{                                                                                \
		table, sizeof(table) / sizeof(*(table))                                  \
	}

extern const struct klog_complaints klog_kernel;  /* kernel/, mm/, arch/x86/ */
extern const struct klog_complaints klog_files;	  /* fs/ and the kobjects below them */
extern const struct klog_complaints klog_devices; /* drivers/, block/, sound/ */
extern const struct klog_complaints klog_net;	  /* net/ */

/* Reports with a shape of their own: oopses, lockdep, watchdogs, sanitizers, ... The
 * first that matches wins, so special rules stand before general ones. */
extern const struct klog_rule klog_reports[];
extern const size_t klog_n_reports;

extern const struct klog_detail klog_details[];
extern const size_t klog_n_details;

#endif
