// SPDX-License-Identifier: GPL-2.0-only
/* The outcomes: stable name, exit status. docs/result.md explains each. */
#include <string.h>

#include "outcome.h"

static const struct lab_outcome_words table[] = {
	[LAB_PASS] = {"pass", 0, "PASS"},
	[LAB_SKIPPED] = {"skipped", 77, "SKIP"},
	[LAB_TEST_FAILED] = {"test-failed", 1, "FAIL"},
	[LAB_LEAK] = {"leak", 104, "FAIL"},
	[LAB_WARNING] = {"warning", 105, "FAIL"},
	[LAB_UNLOAD_ERROR] = {"unload-error", 103, "FAIL"},
	[LAB_LOAD_ERROR] = {"load-error", 102, "FAIL"},
	[LAB_BUILD_ERROR] = {"build-error", 101, "FAIL"},
	[LAB_TIMEOUT] = {"timeout", 106, "FAIL"},
	[LAB_ATOMIC_SLEEP] = {"atomic-sleep", 107, "FAIL"},
	[LAB_LOCKDEP] = {"lockdep", 108, "FAIL"},
	[LAB_HUNG] = {"hung", 109, "FAIL"},
	[LAB_SANITIZER] = {"sanitizer", 110, "FAIL"},
	[LAB_OOPS] = {"oops", 111, "FAIL"},
	[LAB_PANIC] = {"panic", 112, "FAIL"},
	[LAB_GUEST_LOST] = {"guest-lost", 113, "FAIL"},
	[LAB_HOST_TROUBLE] = {"host-trouble", 100, "ERROR"},
	[LAB_CANCELLED] = {"cancelled", 130, "CANCELLED"},
};

const struct lab_outcome_words *lab_outcome_words(enum lab_outcome outcome)
{
	/* A value from outside the enum is our own mistake; never call it a pass. */
	if ((size_t)outcome >= sizeof(table) / sizeof(*table))
		return &table[LAB_HOST_TROUBLE];
	return &table[outcome];
}

const char *lab_outcome_name(enum lab_outcome outcome)
{
	return lab_outcome_words(outcome)->name;
}

bool lab_outcome_find(const char *name, enum lab_outcome *ret)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		if (strcmp(table[i].name, name))
			continue;
		*ret = (enum lab_outcome)i;
		return true;
	}
	return false;
}

int lab_outcome_exit(enum lab_outcome outcome)
{
	return lab_outcome_words(outcome)->exit;
}
