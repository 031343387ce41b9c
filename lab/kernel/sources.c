// SPDX-License-Identifier: GPL-2.0-only
/* The host's apt sources; see sources.h. */
#include <string.h>
#include <strings.h>

#include "fs.h"

#include "internal.h"
#include "sources.h"

#define ARCHIVE_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"

static void source_deinit(struct apt_source *s)
{
	free(s->uri);
	free(s->signed_by);
	strv_deinit(&s->suites);
	strv_deinit(&s->components);
}

void apt_sources_deinit(struct apt_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		source_deinit(&sources->v[i]);
	free(sources->v);
	*sources = (struct apt_sources){NULL, 0};
}

static struct apt_source *source_new(struct apt_sources *sources, const char *uri)
{
	struct apt_source *s;

	sources->v = xreallocarray(sources->v, sources->n + 1, sizeof(*sources->v));
	s = &sources->v[sources->n++];
	*s = (struct apt_source){.uri = xstrdup(uri)};
	while (strlen(s->uri) > 1 && str_ends(s->uri, "/"))
		s->uri[strlen(s->uri) - 1] = '\0';
	return s;
}

static void split_words(const char *s, struct strv *ret)
{
	static const char blank[] = " \t\r\n";

	for (s += strspn(s, blank); *s; s += strspn(s, blank)) {
		size_t len = strcspn(s, blank);

		strv_take(ret, xstrndup(s, len));
		s += len;
	}
}

/* "[ arch=amd64 signed-by=/k.gpg ]": blanks may stand anywhere inside the brackets. */
static char *option_value(const char *options, const char *key)
{
	_cleanup_strv_ struct strv words = STRV_INIT;
	size_t len = strlen(key);

	split_words(options, &words);
	for (size_t i = 0; i < words.n; i++)
		if (!strncasecmp(words.v[i], key, len) && words.v[i][len] == '=')
			return xstrdup(words.v[i] + len + 1);
	return NULL;
}

/* One line of the old format. */
static void parse_line(const char *line, struct apt_sources *ret)
{
	_cleanup_free_ char *text = xstrdup(line);
	_cleanup_free_ char *options = NULL;
	_cleanup_strv_ struct strv words = STRV_INIT;
	char *hash = strchr(text, '#'), *rest = text + strspn(text, " \t"), *end;
	struct apt_source *s;

	if (hash)
		*hash = '\0';
	if (strncmp(rest, "deb", 3) || !strchr(" \t[", rest[3]) || !rest[3])
		return;
	rest += 3;
	rest += strspn(rest, " \t");
	end = *rest == '[' ? strchr(rest, ']') : NULL;
	if (end) {
		options = xstrndup(rest + 1, (size_t)(end - rest - 1));
		rest = end + 1;
	}
	split_words(rest, &words);
	if (words.n < 3) /* without components it is no Debian archive */
		return;
	s = source_new(ret, words.v[0]);
	strv_add(&s->suites, words.v[1]);
	strv_add_all(&s->components, words.v + 2);
	s->signed_by = options ? option_value(options, "signed-by") : NULL;
}

static void parse_list(const char *text, struct apt_sources *ret)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_free_ char *line = xstrndup(text, len);

		parse_line(line, ret);
		text += len + (text[len] == '\n');
	}
}

/* A field of a stanza with its continuation lines; comments inside are dropped. */
static char *stanza_field(const char *stanza, const char *key)
{
	size_t key_len = strlen(key);
	struct text value = TEXT_INIT;
	bool inside = false;

	while (*stanza) {
		size_t len = strcspn(stanza, "\n");

		if (*stanza != '#') {
			if (!strchr(" \t", *stanza) || !*stanza)
				inside = !strncasecmp(stanza, key, key_len) &&
					 stanza[key_len] == ':';
			if (inside && !value.s)
				text_add(&value, stanza + key_len + 1, len - key_len - 1);
			else if (inside) {
				text_puts(&value, "\n");
				text_add(&value, stanza, len);
			}
		}
		stanza += len + (stanza[len] == '\n');
	}
	return value.s ? text_take(&value) : NULL;
}

static bool stanza_applies(const char *stanza)
{
	_cleanup_free_ char *types = stanza_field(stanza, "Types");
	_cleanup_free_ char *enabled = stanza_field(stanza, "Enabled");
	_cleanup_strv_ struct strv words = STRV_INIT, on = STRV_INIT;

	split_words(types ? types : "", &words);
	split_words(enabled ? enabled : "yes", &on);
	return strv_contains(&words, "deb") &&
	       !(on.n && (!strcasecmp(on.v[0], "no") || !strcasecmp(on.v[0], "false") ||
			  !strcmp(on.v[0], "0")));
}

static void parse_stanza(const char *stanza, struct apt_sources *ret)
{
	_cleanup_free_ char *uris = stanza_field(stanza, "URIs");
	_cleanup_free_ char *suites = stanza_field(stanza, "Suites");
	_cleanup_free_ char *components = stanza_field(stanza, "Components");
	_cleanup_free_ char *key = stanza_field(stanza, "Signed-By");
	_cleanup_strv_ struct strv words = STRV_INIT;

	if (!uris || !suites || !components || !stanza_applies(stanza))
		return;
	split_words(uris, &words);
	for (size_t i = 0; i < words.n; i++) {
		struct apt_source *s = source_new(ret, words.v[i]);

		split_words(suites, &s->suites);
		split_words(components, &s->components);
		if (key)
			s->signed_by = xstrdup(key + strspn(key, " \t"));
	}
}

static void parse_deb822(const char *text, struct apt_sources *ret)
{
	struct text stanza = TEXT_INIT;

	while (*text) {
		size_t len = strcspn(text, "\n");

		if (strspn(text, " \t\r") >= len) { /* a blank line ends a stanza */
			if (stanza.s)
				parse_stanza(stanza.s, ret);
			text_deinit(&stanza);
		} else {
			text_add(&stanza, text, len);
			text_puts(&stanza, "\n");
		}
		text += len + (text[len] == '\n');
	}
	if (stanza.s)
		parse_stanza(stanza.s, ret);
	text_deinit(&stanza);
}

static void read_one(const char *path, struct apt_sources *ret)
{
	_cleanup_free_ char *text = NULL;

	if (fs_read_file(path, &text, NULL) < 0)
		return;
	if (str_ends(path, ".sources"))
		parse_deb822(text, ret);
	else
		parse_list(text, ret);
}

int apt_sources_read(struct lab *lab, const char *prefix, struct apt_sources *ret)
{
	_cleanup_free_ char *list = xprintf("%s/etc/apt/sources.list", prefix);
	_cleanup_free_ char *parts = xprintf("%s.d", list);
	_cleanup_strv_ struct strv names = STRV_INIT;

	*ret = (struct apt_sources){NULL, 0};
	read_one(list, ret);
	if (fs_list(parts, false, &names) == 0)
		for (size_t i = 0; i < names.n; i++) {
			_cleanup_free_ char *path = xprintf("%s/%s", parts, names.v[i]);

			if (str_ends(path, ".list") || str_ends(path, ".sources"))
				read_one(path, ret);
		}
	return 0;
}

void debian_mirror_deinit(struct debian_mirror *m)
{
	free(m->uri);
	free(m->key);
	free(m->sec_uri);
	free(m->sec_key);
	*m = (struct debian_mirror){NULL, NULL, NULL, NULL};
}

static bool is_debian_suite(const char *s)
{
	struct kernel_name name = {.arg = NULL};
	struct lab quiet = {.cancel_fd = -1};
	_cleanup_free_ char *full = xprintf("debian/%s", s);
	bool yes = kernel_name_parse(&quiet, full, &name) == 0 && name.kind == NAME_SUITE;

	kernel_name_deinit(&name);
	free(quiet.error);
	return yes;
}

static bool is_security_suite(const char *s)
{
	size_t len = strlen(s);
	_cleanup_free_ char *base = NULL;

	if (!str_ends(s, "-security"))
		return false;
	base = xstrndup(s, len - strlen("-security"));
	return is_debian_suite(base);
}

/* Others, too, publish a suite "bookworm" with a component "main". */
static int score(const struct apt_source *s, bool security)
{
	bool suite = false;

	if (str_starts(s->uri, "cdrom:") || !strv_contains(&s->components, "main"))
		return 0;
	for (size_t i = 0; i < s->suites.n; i++)
		suite |= security ? is_security_suite(s->suites.v[i])
				  : is_debian_suite(s->suites.v[i]);
	if (!suite)
		return 0;
	return 1 + 4 * (s->signed_by && strstr(s->signed_by, "debian-archive")) +
	       2 * (strstr(fs_basename(s->uri), "debian") != NULL);
}

static const struct apt_source *best(const struct apt_sources *sources, bool security)
{
	const struct apt_source *found = NULL;
	int top = 0;

	for (size_t i = 0; i < sources->n; i++) {
		int points = score(&sources->v[i], security);

		if (points > top) {
			top = points;
			found = &sources->v[i];
		}
	}
	return found;
}

static char *keyring_of(const struct apt_source *s, const char *prefix)
{
	_cleanup_free_ char *path = xprintf("%s" ARCHIVE_KEYRING, prefix);

	if (s->signed_by)
		return xstrdup(s->signed_by);
	return fs_exists(path) ? take_ptr(path) : NULL;
}

int debian_mirror_pick(struct lab *lab, const struct apt_sources *sources,
		       const char *prefix, struct debian_mirror *ret)
{
	const struct apt_source *archive = best(sources, false);
	const struct apt_source *security = best(sources, true);

	if (!archive)
		return lab_fail(lab, -ENOENT,
				"no Debian archive in '%s/etc/apt'; add its "
				"entry to sources.list (component main)",
				prefix);
	*ret = (struct debian_mirror){.uri = xstrdup(archive->uri),
				      .key = keyring_of(archive, prefix)};
	if (security) {
		ret->sec_uri = xstrdup(security->uri);
		ret->sec_key = keyring_of(security, prefix);
	}
	if (!ret->key || (security && !ret->sec_key)) {
		debian_mirror_deinit(ret);
		return lab_fail(
			lab, -ENOENT,
			"no key to check Debian's packages with: '%s" ARCHIVE_KEYRING
			"' is missing; install debian-archive-keyring",
			prefix);
	}
	return 0;
}

static void add_stanza(struct text *t, const char *uri, const char *suite,
		       const char *key)
{
	text_printf(t,
		    "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n"
		    "Architectures: " DEBIAN_ARCH "\nSigned-By: %s\n\n",
		    uri, suite, key);
}

char *debian_mirror_text(const struct debian_mirror *m, const char *suite)
{
	bool backports = str_ends(suite, "-backports");
	size_t cut = backports ? strlen("-backports") : 0;
	_cleanup_free_ char *base = xstrndup(suite, strlen(suite) - cut);
	_cleanup_free_ char *security = xprintf("%s-security", base);
	struct text t = TEXT_INIT;

	add_stanza(&t, m->uri, base, m->key);
	if (m->sec_uri && strcmp(base, "sid"))
		add_stanza(&t, m->sec_uri, security, m->sec_key);
	if (backports)
		add_stanza(&t, m->uri, suite, m->key);
	return text_take(&t);
}
