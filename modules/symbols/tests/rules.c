// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the loader checks when it links one module to another. modpost checks most of it
 * earlier, when the module is built; here the files are changed afterwards, one field at
 * a time: the licence, the imported namespace, the checksum of a symbol, the name.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/syscall.h>

#include "kmodule.h"
#include "ktap.h"

#include "elf.h"

static struct kmodule provider, consumer;

#define MOST 32

/* The consumer's symbols that the provider has. */
static const char *links[MOST];
static int n_links;

static int kmsg;

/* The provider is loaded first, the consumer last. */
static void find_modules(void)
{
	kmodule_pair(&provider, &consumer,
		     "/lab/symbols_provider.ko /lab/symbols_consumer.ko");
}

/* 0, or the errno of init_module(2). */
static int load(const struct elf *elf)
{
	return syscall(SYS_init_module, elf->data, elf->size, "") ? errno : 0;
}

static bool is_link(const struct elf *elf, const char *name)
{
	const char *symbol = NULL;

	while ((symbol = elf_undefined(elf, symbol)))
		if (!strcmp(symbol, name))
			return true;
	return false;
}

/* Lines like "ffffffffc0123000 T symbols_sum	[symbols_provider]", of everything. */
static void find_links(const struct elf *elf)
{
	char line[512], owner[80], *name;
	FILE *f = fopen("/proc/kallsyms", "r");

	snprintf(owner, sizeof(owner), "\t[%s]", provider.name);
	while (f && fgets(line, sizeof(line), f) && n_links < MOST) {
		char *at = strstr(line, owner);

		if (!at)
			continue;
		*at = '\0';
		name = strrchr(line, ' ') + 1;
		if (is_link(elf, name))
			links[n_links++] = strdup(name);
	}
	if (f)
		fclose(f);
}

/* Forgets what the log has said so far. */
static void log_mark(void)
{
	lseek(kmsg, 0, SEEK_END);
}

/* Everything logged since, in a static buffer. */
static const char *log_since(void)
{
	static char text[8192];
	size_t used = 0;
	ssize_t n;

	while (used < sizeof(text) - 1024) {
		n = read(kmsg, text + used, sizeof(text) - 1 - used);
		if (n <= 0 && errno != EPIPE)
			break;
		used += n > 0 ? (size_t)n : 0;
	}
	text[used] = '\0';
	return text;
}

/* How many of the links the log calls unknown. */
static int unknown_links(const char *log)
{
	char words[300];
	int n = 0;

	for (int i = 0; i < n_links; i++) {
		snprintf(words, sizeof(words), "Unknown symbol %s (err ", links[i]);
		n += strstr(log, words) != NULL;
	}
	return n;
}

/* The consumer with one text of its .modinfo changed to another of the same length. */
static bool change_info(const char *from, const char *to, struct elf *elf)
{
	char *text;

	if (!elf_read(consumer.path, elf))
		return false;
	text = elf_text(elf_section(elf, ".modinfo"), from);
	if (text)
		memcpy(text, to, strlen(to));
	return text;
}

static void test_links(void)
{
	struct elf elf;

	if (elf_read(consumer.path, &elf))
		find_links(&elf);
	for (int i = 0; i < n_links; i++)
		ktap_diag("%s uses %s of %s", consumer.name, links[i], provider.name);
	ktap_why("none of the consumer's undefined symbols is one of the provider's");
	ktap_ok(n_links > 0, "the consumer links to symbols of the provider");
}

/* "BSD" alone is no licence that the kernel takes for compatible with the GPL. */
static void test_licence(void)
{
	struct elf elf;
	const char *log;
	int err, unknown;

	if (!change_info("license=GPL", "license=BSD", &elf)) {
		ktap_skip("the consumer's licence is not GPL", "GPL-only symbols");
		ktap_skip("the consumer's licence is not GPL", "the others");
		return;
	}
	log_mark();
	err = load(&elf);
	log = log_since();
	unknown = unknown_links(log);
	ktap_why(
		"%s; %d of %d symbols unknown.\nEXPORT_SYMBOL() offers a symbol to every "
		"module, EXPORT_SYMBOL_GPL() not.",
		err ? strerror(err) : "it was loaded", unknown, n_links);
	ktap_ok(err == ENOENT && unknown > 0,
		"with another licence, some of them are unknown to the consumer");
	ktap_why("all %d symbols are for GPL-compatible modules only", n_links);
	ktap_ok(unknown < n_links, "and at least one is for everybody");
	if (!err)
		kmodule_unload(&consumer, O_NONBLOCK);
}

static void test_namespace(void)
{
	static const char name[] =
		"a symbol in a namespace that the consumer does not import is refused";
	struct elf elf;
	const char *log;
	int err;

	if (!change_info("import_ns=", "import_no=", &elf)) {
		ktap_why("the consumer imports no namespace");
		ktap_ok(false, name);
		return;
	}
	log_mark();
	err = load(&elf);
	log = log_since();
	ktap_why("%s; the log:\n%s", err ? strerror(err) : "it was loaded", log);
	ktap_ok(err == EINVAL && strstr(log, "namespace"), name);
	if (!err)
		kmodule_unload(&consumer, O_NONBLOCK);
}

/* struct modversion_info: a checksum in 8 bytes, the name in 56. */
static void test_checksum(void)
{
	static const char name[] = "a symbol with another checksum is refused";
	struct section versions;
	struct elf elf = {0};
	const char *log;
	bool changed = false;
	int err;

	elf_read(consumer.path, &elf);
	versions = elf_section(&elf, "__versions");
	for (size_t at = 0; versions.data && n_links && at + 64 <= versions.size;
	     at += 64)
		if (!strcmp(versions.data + at + 8, links[0])) {
			versions.data[at] ^= 1;
			changed = true;
		}
	if (!changed) {
		ktap_skip("built for a kernel without MODVERSIONS", name);
		return;
	}
	log_mark();
	err = load(&elf);
	log = log_since();
	ktap_why("%s; the log:\n%s", err ? strerror(err) : "it was loaded", log);
	ktap_ok(err == EINVAL && strstr(log, "disagrees about version of symbol"), name);
	if (!err)
		kmodule_unload(&consumer, O_NONBLOCK);
}

/* The provider once more, under a name with another last letter. */
static void test_twice(void)
{
	static const char name[] = "a second module with the same symbols is refused";
	size_t len = strlen(provider.name) + 1;
	struct kmodule other = provider;
	struct elf elf;
	const char *log;
	char *at;
	int err;

	if (!elf_read(provider.path, &elf)) {
		ktap_skip("cannot read the provider", name);
		return;
	}
	for (char *p = elf.data;
	     (at = memmem(p, (size_t)(elf.data + elf.size - p), provider.name, len));
	     p = at + 1)
		at[len - 2] = 'X';
	log_mark();
	err = load(&elf);
	log = log_since();
	ktap_why("%s; the log:\n%s", err ? strerror(err) : "it was loaded", log);
	ktap_ok(err == ENOEXEC && strstr(log, "exports duplicate symbol"), name);
	if (err)
		return;
	other.name[len - 2] = 'X';
	kmodule_unload(&other, O_NONBLOCK);
}

int main(void)
{
	struct elf elf;

	find_modules();
	ktap_plan(7);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	test_links();
	kmodule_unload(&consumer, O_NONBLOCK);
	test_licence();
	test_namespace();
	test_checksum();
	test_twice();
	ktap_ok(elf_read(consumer.path, &elf) && !load(&elf), "unchanged, it loads");
	return ktap_end();
}
