// SPDX-License-Identifier: GPL-2.0-only
/* The host's apt sources; see sources.h. */
#include <string.h>
#include <strings.h>

#include "fs.h"
#include "process.h"

#include "apt.h"
#include "internal.h"

#define ARCHIVE_KEYRING "/usr/share/keyrings/debian-archive-keyring.gpg"
#define SOURCES_LIST	"/etc/apt/sources.list"
#define TARGET_FORMAT	"--format=$(REPO_URI)\t$(RELEASE)\t$(COMPONENT)\t$(SOURCESENTRY)"

static void source_deinit(struct apt_source *s)
{
	free(s->uri);
	free(s->entry);
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

/* ---- Signed-By of an entry, which indextargets does not print ---- */

/* "deb [ arch=amd64 signed-by=/k.gpg ] URI SUITE COMPONENT", on line @number. */
static char *line_signed_by(const char *text, unsigned long number)
{
	_cleanup_free_ char *options = NULL;
	const char *begin;
	char *word, *save;

	while (--number && *text) {
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	begin = text + strcspn(text, "[\n");
	if (*begin != '[')
		return NULL;
	options = xstrndup(begin + 1, strcspn(begin + 1, "]\n"));
	for (word = strtok_r(options, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save))
		if (!strncasecmp(word, "signed-by=", strlen("signed-by=")))
			return xstrdup(word + strlen("signed-by="));
	return NULL;
}

/* Field Signed-By of stanza @number, with its continuation lines: a key may be written
 * out. Stanzas are counted as apt does, which skips comments. */
static char *stanza_signed_by(const char *text, unsigned long number)
{
	static const char name[] = "Signed-By:";
	struct text value = TEXT_INIT;
	bool within = false, field = false;
	unsigned long stanza = 0;
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		bool more = *text == ' ' || *text == '\t';

		len = strcspn(text, "\n");
		if (*text == '#')
			continue;
		if (strspn(text, "\r") == len) { /* a blank line ends a stanza */
			within = false;
			continue;
		}
		stanza += !within;
		within = true;
		if (!more)
			field = stanza == number &&
				!strncasecmp(text, name, strlen(name));
		if (field && more)
			text_printf(&value, "\n%.*s", (int)len, text);
		else if (field)
			text_add(&value, text + strlen(name), len - strlen(name));
	}
	return value.s ? text_take(&value) : NULL;
}

/* @entry: "/etc/apt/sources.list:3", a line, or "...debian.sources:2", a stanza. */
static char *read_signed_by(const char *entry)
{
	const char *colon = strrchr(entry, ':');
	_cleanup_free_ char *path =
		colon ? xstrndup(entry, (size_t)(colon - entry)) : NULL;
	_cleanup_free_ char *text = NULL, *value = NULL;
	unsigned long number = colon ? strtoul(colon + 1, NULL, 10) : 0;

	if (!number || fs_read_file(path, &text, NULL) < 0)
		return NULL;
	if (!str_ends(path, ".sources"))
		return line_signed_by(text, number);
	value = stanza_signed_by(text, number);
	return value ? xstrdup(value + strspn(value, " \t")) : NULL;
}

/* ---- the entries, as apt-get indextargets prints them ---- */

/* The source for one URI of an entry, made when it is new. apt prints a line for each
 * suite, component and architecture of it. */
static struct apt_source *source_of(struct apt_sources *sources, const char *uri,
				    const char *entry)
{
	_cleanup_free_ char *bare = xstrdup(uri);
	struct apt_source *s;

	while (strlen(bare) > 1 && str_ends(bare, "/"))
		bare[strlen(bare) - 1] = '\0';
	for (size_t i = 0; i < sources->n; i++)
		if (!strcmp(sources->v[i].uri, bare) &&
		    !strcmp(sources->v[i].entry, entry))
			return &sources->v[i];
	sources->v = xreallocarray(sources->v, sources->n + 1, sizeof(*sources->v));
	s = &sources->v[sources->n++];
	*s = (struct apt_source){.uri = take_ptr(bare),
				 .entry = xstrdup(entry),
				 .signed_by = read_signed_by(entry)};
	return s;
}

static void add_once(struct strv *v, const char *s)
{
	if (!strv_contains(v, s))
		strv_add(v, s);
}

/* Takes one line that apt has printed; see TARGET_FORMAT. */
static void add_target(char *line, struct apt_sources *ret)
{
	char *save, *uri = strtok_r(line, "\t", &save);
	char *suite = uri ? strtok_r(NULL, "\t", &save) : NULL;
	char *component = suite ? strtok_r(NULL, "\t", &save) : NULL;
	char *entry = component ? strtok_r(NULL, "\t", &save) : NULL;
	struct apt_source *s;

	if (!entry)
		return;
	s = source_of(ret, uri, entry);
	add_once(&s->suites, suite);
	add_once(&s->components, component);
}

/*
 * What apt would fetch, also from sources that it has never read. It is told to use no
 * package lists and no database: reading them would only take time.
 */
static int ask_apt(struct lab *lab, const char *prefix, struct text *out)
{
	static const char *const words[] = {"apt-get",
					    "indextargets",
					    "--no-release-info",
					    TARGET_FORMAT,
					    "-oDir::State::lists=/nonexistent",
					    "-oDir::State::status=/dev/null",
					    "-oDir::Cache::pkgcache=",
					    "-oDir::Cache::srcpkgcache=",
					    "Created-By: Packages"};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_text_ struct text said = TEXT_INIT;
	_cleanup_free_ char *why = NULL;
	int status = 0, err;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		strv_add(&argv, words[i]);
	if (*prefix) {
		strv_printf(&argv, "-oDir::Etc::sourcelist=%s" SOURCES_LIST, prefix);
		strv_printf(&argv, "-oDir::Etc::sourceparts=%s" SOURCES_LIST ".d",
			    prefix);
	}
	spec.argv = argv.v;
	err = process_capture(&spec, 60000, lab->cancel_fd, out, &said, &status);
	if (err == -ECANCELED)
		return lab_fail(lab, err, "interrupted");
	if (err)
		return lab_fail(lab, err,
				"cannot run 'apt-get': %s; kernels named debian/... need "
				"apt, install it or use 'tree:PATH'",
				strerror(-err));
	if (!status)
		return 0;
	why = apt_first_error(said.s ? said.s : "");
	return lab_fail(lab, -EINVAL, "apt cannot read its sources: %s; correct them",
			why);
}

int apt_sources_read(struct lab *lab, const char *prefix, struct apt_sources *ret)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	char *line, *save;
	int err = ask_apt(lab, prefix, &out);

	if (err)
		return err;
	*ret = (struct apt_sources){NULL, 0};
	for (line = out.s ? strtok_r(out.s, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save))
		add_target(line, ret);
	return 0;
}

/* ---- which of them are Debian's ---- */

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

/* How likely this source is Debian's archive, 0: it is not. Other archives, too, have a
 * suite "bookworm" with a component "main". */
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
