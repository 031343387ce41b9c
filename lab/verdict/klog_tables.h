/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tables behind klog.h's lookups. All patterns are those of pattern_match(); they
 * were taken from the sources of Linux 5.10, 6.1, 6.12 and 7.2.
 */
#ifndef KMLAB_LAB_KLOG_TABLES_H
#define KMLAB_LAB_KLOG_TABLES_H

#include "klog.h"

/* Reports with a shape of their own: oopses, lockdep, watchdogs, sanitizers, ... The
 * first that matches wins, so special rules stand before general ones. */
extern const struct klog_rule klog_reports[];
extern const size_t klog_n_reports;

extern const struct klog_detail klog_details[];
extern const size_t klog_n_details;

#endif
