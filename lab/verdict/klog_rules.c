// SPDX-License-Identifier: GPL-2.0-only
/* Which rule a line of the log meets. */
#include <string.h>

#include "klog_tables.h"
#include "pattern.h"

/* New kinds: BUG at the start of a line, and a trace. Stands behind all others. */
static const struct klog_rule any_bug = {"BUG: ", "bug", LAB_OOPS, KLOG_IF_STACK,
					 "kernel bug report"};

static const struct klog_complaints *const complaints[] = {&klog_kernel, &klog_files,
							   &klog_devices, &klog_net};

/* The line before has said it, and named the function. */
static const char *const echoes[] = {
	"fill_read_buffer: dev_attr_show+0x",
};

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

static const struct klog_complaint *find_complaint(const char *line)
{
	for (size_t i = 0; i < COUNT(echoes); i++)
		if (str_starts(line, echoes[i]))
			return NULL;
	for (size_t t = 0; t < COUNT(complaints); t++)
		for (size_t i = 0; i < complaints[t]->n; i++)
			if (pattern_match(complaints[t]->v[i].rule.pattern, line))
				return &complaints[t]->v[i];
	return NULL;
}

const struct klog_rule *klog_complaint(const char *line)
{
	const struct klog_complaint *c = find_complaint(line);

	return c ? &c->rule : NULL;
}

const struct klog_rule *klog_headline(const char *line)
{
	const struct klog_rule *rule;

	for (size_t i = 0; i < klog_n_reports; i++)
		if (pattern_match(klog_reports[i].pattern, line))
			return &klog_reports[i];
	rule = klog_complaint(line);
	if (rule)
		return rule;
	return pattern_match(any_bug.pattern, line) ? &any_bug : NULL;
}

const char *klog_advice(const char *kind)
{
	for (size_t t = 0; t < COUNT(complaints); t++)
		for (size_t i = 0; i < complaints[t]->n; i++)
			if (complaints[t]->v[i].advice &&
			    !strcmp(complaints[t]->v[i].rule.kind, kind))
				return complaints[t]->v[i].advice;
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
