// SPDX-License-Identifier: GPL-2.0-only
/* Run history: recorded, found again, shared by processes, and never fatal. */
#include <errno.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fs.h"
#include "tap.h"
#include "verdict/history.h"

static struct lab lab;
static int reports;

static void count_report(void *data, const struct lab_progress *progress)
{
	reports++;
}

static int add(const char *module, const char *kernel, enum lab_outcome outcome,
	       long long when)
{
	struct lab_result *r = lab_result_create();
	int err;

	r->module = xstrdup(module);
	r->kernel = xstrdup(kernel);
	r->summary = xstrdup("as told");
	r->outcome = outcome;
	r->started = when;
	r->total_ms = 12.5;
	strv_add(&r->log, "\xff\x1b not text");
	err = lab_history_add(&lab, r);
	lab_result_destroy(r);
	return err;
}

static size_t found(const struct lab_history_query *query)
{
	json_t *rows = NULL;
	size_t n;

	if (lab_history_list(&lab, query, &rows))
		return 9999;
	n = json_array_size(rows);
	json_decref(rows);
	return n;
}

static void test_empty(void)
{
	json_t *o = NULL;

	is_int(found(&(struct lab_history_query){0}), 0, "a new history is empty");
	is_int(lab_history_get(&lab, 1, &o), -ENOENT, "and has no first row");
	ok(!o, "nothing is returned");
	ok(strstr(lab_error(&lab), "'1'"), "the sentence names what was asked for");
}

static void test_rows(void)
{
	json_t *rows = NULL, *row, *whole = NULL;

	is_int(add("hello", "debian/6.1", LAB_PASS, 1000), 0, "a result is recorded");
	is_int(add("hello", "debian/7.2", LAB_OOPS, 3000), 0, "another");
	is_int(add("a_b%c", "debian/6.1", LAB_LEAK, 2000), 0, "and a third");
	is_int(found(&(struct lab_history_query){.module = "hello"}), 2, "by module");
	is_int(found(&(struct lab_history_query){.module = "ell"}), 2, "by a part of it");
	is_int(found(&(struct lab_history_query){.module = "%"}), 1,
	       "a percent sign is itself");
	is_int(found(&(struct lab_history_query){.kernel = "7.2"}), 1, "by kernel");
	is_int(found(&(struct lab_history_query){.outcome = "leak"}), 1, "by outcome");
	is_int(found(&(struct lab_history_query){.outcome = "lea"}), 0, "exactly");
	is_int(found(&(struct lab_history_query){.module = "';--"}), 0, "SQL is text");
	is_int(found(&(struct lab_history_query){.limit = 2}), 2, "limited");
	lab_history_list(&lab, &(struct lab_history_query){0}, &rows);
	row = json_array_get(rows, 0);
	is_str(json_string_value(json_object_get(row, "kernel")), "debian/7.2",
	       "newest first");
	is_str(json_string_value(json_object_get(row, "outcome")), "oops",
	       "with its outcome");
	ok(json_number_value(json_object_get(row, "total_ms")) == 12.5, "and its time");
	lab_history_get(&lab, json_integer_value(json_object_get(row, "id")), &whole);
	is_str(json_string_value(json_array_get(json_object_get(whole, "log"), 0)),
	       "\\xff\\x1b not text", "the whole result comes back");
	json_decref(whole);
	json_decref(rows);
}

static void test_trim(void)
{
	add("new", "debian/6.1", LAB_PASS, time(NULL));
	is_int(lab_history_trim(&lab, 1), 0, "old rows are forgotten");
	is_int(found(&(struct lab_history_query){0}), 1, "new ones stay");
}

/* WAL and the busy time-out: parallel runs all get their rows in. */
static void test_parallel(void)
{
	size_t before = found(&(struct lab_history_query){0});
	int status, failed = 0;

	for (int i = 0; i < 6; i++)
		if (!fork()) {
			int err = 0;

			for (int k = 0; k < 10 && !err; k++)
				err = add("many", "debian/6.1", LAB_PASS, time(NULL));
			_exit(err ? 1 : 0);
		}
	for (int i = 0; i < 6; i++)
		failed += wait(&status) < 0 || status;
	is_int(failed, 0, "six processes write at once");
	is_int(found(&(struct lab_history_query){0}), before + 60, "and no row is lost");
}

static void test_newer(const char *path)
{
	sqlite3 *db = NULL;

	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL);
	sqlite3_close(db);
	is_int(add("x", "y", LAB_PASS, 1), -ENOTSUP, "a newer history is not written to");
	ok(strstr(lab_error(&lab), "newer"), "and the sentence says why");
	sqlite3_open(path, &db);
	sqlite3_exec(db, "PRAGMA user_version = 1", NULL, NULL, NULL);
	sqlite3_close(db);
}

static void test_damaged(const char *path)
{
	static const char garbage[] =
		"this is no database at all, whatever its name may say. "
		"It is also longer than the header of one would be: "
		"one hundred bytes and some more.";
	struct strv names = STRV_INIT;
	int aside = 0;

	fs_write_file(path, garbage, sizeof(garbage), 0600);
	reports = 0;
	is_int(add("after", "debian/6.1", LAB_PASS, time(NULL)), 0,
	       "damage is not fatal");
	ok(reports > 0, "but it is told");
	is_int(found(&(struct lab_history_query){.module = "after"}), 1,
	       "a new history began");
	fs_list(lab.cache_dir, true, &names);
	for (size_t i = 0; i < names.n; i++)
		aside += str_starts(names.v[i], "history.db.damaged-");
	is_int(aside, 1, "the old one was moved aside");
	strv_deinit(&names);
}

int main(void)
{
	char template[] = "/tmp/kmlab-history-XXXXXX";
	char *path;

	lab.cache_dir = mkdtemp(template);
	lab.cancel_fd = -1;
	lab.progress = count_report;
	if (!ok(lab.cache_dir != NULL, "a place to work"))
		return tap_done();
	path = xprintf("%s/history.db", lab.cache_dir);
	test_empty();
	test_rows();
	test_trim();
	test_parallel();
	test_newer(path);
	test_damaged(path);
	fs_remove_tree(lab.cache_dir);
	free(lab.error);
	free(path);
	return tap_done();
}
