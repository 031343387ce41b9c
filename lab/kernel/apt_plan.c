// SPDX-License-Identifier: GPL-2.0-only
/* What an installation would fetch, as apt lists it; see apt.h. */
#include <ctype.h>
#include <string.h>

#include "apt.h"

void apt_plan_deinit(struct apt_plan *plan)
{
	for (size_t i = 0; i < plan->n; i++) {
		free(plan->v[i].package);
		free(plan->v[i].version);
		free(plan->v[i].file);
	}
	free(plan->v);
	*plan = (struct apt_plan){NULL, 0};
}

/* A version's colon is written %3a in names of files: "libgmp10_2%3a6.2.1_amd64.deb". */
static char *decode_percents(const char *s, size_t len)
{
	struct text t = TEXT_INIT;

	for (size_t i = 0; i < len; i++) {
		char c = s[i];

		if (c == '%' && i + 2 < len && isxdigit((unsigned char)s[i + 1])) {
			char hex[3] = {s[i + 1], s[i + 2], '\0'};

			c = (char)strtol(hex, NULL, 16);
			i += 2;
		}
		text_add(&t, &c, 1);
	}
	return text_take(&t);
}

/* 'URI' FILE SIZE [HASH], where FILE is PACKAGE_VERSION_ARCH.deb */
static void add_planned(const char *line, struct apt_plan *plan)
{
	const char *file = strstr(line, "' "), *version, *arch;
	struct apt_file f;
	size_t len;

	if (*line != '\'' || !file)
		return;
	file += 2;
	len = strcspn(file, " ");
	version = memchr(file, '_', len);
	arch = version ? memchr(version + 1, '_', len - (size_t)(version + 1 - file))
		       : NULL;
	if (!arch || strchr(file, '/'))
		return;
	f.file = xstrndup(file, len);
	f.package = xstrndup(file, (size_t)(version - file));
	f.version = decode_percents(version + 1, (size_t)(arch - version - 1));
	f.size = strtoull(file + len, NULL, 10);
	plan->v = xreallocarray(plan->v, plan->n + 1, sizeof(f));
	plan->v[plan->n++] = f;
}

int apt_plan(struct apt *apt, const struct strv *packages, struct apt_plan *ret)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err;

	strv_add(&argv, "apt-get");
	strv_add(&argv, "-yq");
	strv_add(&argv, "--print-uris");
	strv_add(&argv, "install");
	strv_add_all(&argv, packages->v);
	err = apt_query(apt, argv.v, &out);
	if (err)
		return err;
	*ret = (struct apt_plan){NULL, 0};
	for (line = out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		add_planned(line, ret);
	return 0;
}
