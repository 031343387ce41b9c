// SPDX-License-Identifier: GPL-2.0-only
/* Turns apt's error messages into our sentences; see apt.h. */
#include <ctype.h>
#include <string.h>

#include "apt.h"

static const struct {
	const char *sign; /* in apt's output */
	int err;
	const char *sentence;
} explanations[] = {
	{"is expired", -ESTALE,
	 "the package lists of debian '%s' have expired, old bugs may "
	 "be on offer; add --allow-expired to take them all the same"},
	{"is not valid yet", -ESTALE,
	 "the package lists of debian '%s' come from the future; "
	 "set this machine's clock"},
	{"NO_PUBKEY", -EKEYREJECTED,
	 "no key of this host signs debian '%s'; update "
	 "debian-archive-keyring"},
	{"is not signed", -EKEYREJECTED,
	 "debian '%s' is not signed on this mirror; check the "
	 "mirror in /etc/apt"},
	{"BADSIG", -EKEYREJECTED,
	 "the signature of debian '%s' is wrong; check the mirror in "
	 "/etc/apt"},
	{"No space left", -ENOSPC,
	 "no space left for the packages of debian '%s'; free some "
	 "or set KMLAB_CACHE"},
	{"enough free space", -ENOSPC,
	 "no space left for the packages of debian '%s'; free "
	 "some or set KMLAB_CACHE"},
	{"Hash Sum mismatch", -EBADMSG,
	 "the mirror sent damaged files for debian '%s'; try "
	 "again, it may just be in the middle of an update"},
	{"does not have a Release file", -ENOENT,
	 "the mirror has no suite '%s'; name another, "
	 "such as 'debian/trixie'"},
	{"  404 ", -ENOENT,
	 "the mirror lacks files of suite '%s'; try again later or name "
	 "another suite"},
	{"resolv", -ENETUNREACH,
	 "cannot reach the Debian mirror for '%s', its name does not "
	 "resolve; check the network"},
	{"Failed to fetch", -ENETUNREACH,
	 "cannot reach the Debian mirror for '%s'; check the "
	 "network and apt's proxy"},
};

char *apt_first_error(const char *output)
{
	const char *e = strstr(output, "E: ");
	char *s;

	if (!e)
		return xstrdup("apt failed without saying why");
	s = xstrndup(e + 3, strcspn(e + 3, "\n"));
	if (*s && !isupper((unsigned char)s[1]))
		*s = (char)tolower((unsigned char)*s);
	while (str_ends(s, ".") || str_ends(s, " "))
		s[strlen(s) - 1] = '\0';
	return s;
}

int apt_explain(struct lab *lab, const char *suite, const char *output)
{
	_cleanup_free_ char *error = NULL;

	for (size_t i = 0; i < sizeof(explanations) / sizeof(explanations[0]); i++)
		if (strstr(output, explanations[i].sign)) {
			_cleanup_text_ struct text t = TEXT_INIT;
			const char *s = explanations[i].sentence, *hole = strstr(s, "%s");

			text_add(&t, s, (size_t)(hole - s));
			text_printf(&t, "%s%s", suite, hole + 2);
			return lab_fail(lab, explanations[i].err, "%s", t.s);
		}
	error = apt_first_error(output);
	return lab_fail(lab, -EIO,
			"apt failed for debian '%s': %s; try again, or look at the "
			"sources in /etc/apt",
			suite, error);
}
