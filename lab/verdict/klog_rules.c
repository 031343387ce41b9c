// SPDX-License-Identifier: GPL-2.0-only
/* Which rule a line of the log meets. */
#include <string.h>

#include "klog_tables.h"
#include "pattern.h"

static const char *const preludes[] = {
	"------------[ cut here ]------------",
	"kernel tried to execute NX-protected page",
	"unable to execute userspace code",
	"detected buffer overflow in ",
	"usercopy: Kernel memory ",
	"usercopy: ",
	"list_add corruption",
	"list_add double add",
	"list_del corruption",
	"Thread overran stack, or stack corrupted",
	"[Right Redzone overwritten] ",
	"[Left Redzone overwritten] ",
	"[Poison overwritten] ",
	"[Object padding overwritten] ",
};

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

const struct klog_rule *klog_headline(const char *line)
{
	for (size_t i = 0; i < klog_n_reports; i++)
		if (pattern_match(klog_reports[i].pattern, line))
			return &klog_reports[i];
	return NULL;
}

const struct klog_detail *klog_refine(const char *kind, const char *line)
{
	for (size_t i = 0; i < klog_n_details; i++)
		if (str_starts(kind, klog_details[i].within) &&
		    pattern_match(klog_details[i].pattern, line))
			return &klog_details[i];
	return NULL;
}

bool klog_is_prelude(const char *line)
{
	for (size_t i = 0; i < COUNT(preludes); i++)
		if (str_starts(line, preludes[i]))
			return true;
	return false;
}
