// SPDX-License-Identifier: GPL-2.0-only
#include <sqlite3.h>
#include <string.h>
#include <time.h>

#include "history.h"

enum { SCHEMA_VERSION = 1, BUSY_MS = 10000 };

/* Columns for questions, the whole result as JSON for everything else. */
static const char create_sql[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS result ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT, started INTEGER NOT NULL, kernel TEXT,"
	" module TEXT, source TEXT, outcome TEXT NOT NULL, phase TEXT NOT NULL,"
	" summary TEXT, total_ms REAL NOT NULL, json TEXT NOT NULL);"
	"CREATE INDEX IF NOT EXISTS result_started ON result (started);"
	"PRAGMA user_version = 1;"
	"COMMIT;";

DEFINE_CLEANUP(sqlite3 *, sqlite3_close)
DEFINE_CLEANUP(sqlite3_stmt *, sqlite3_finalize)
DEFINE_CLEANUP(json_t *, json_decref)
#define _cleanup_db_   _cleanup_(sqlite3_close_cleanup)
#define _cleanup_stmt_ _cleanup_(sqlite3_finalize_cleanup)
#define _cleanup_json_ _cleanup_(json_decref_cleanup)

static bool is_damage(int rc)
{
	return (rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB;
}

static int to_errno(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return -EACCES;
	case SQLITE_NOMEM:
		return -ENOMEM;
	}
	return -EIO;
}

static int fail(struct lab *lab, sqlite3 *db, int rc, const char *what)
{
	return lab_fail(lab, to_errno(rc),
			"%s in history '%s/history.db' failed: %s; "
			"free space there, or remove the file to start a new history",
			what, lab->cache_dir,
			db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
}

static int user_version(sqlite3 *db, int *ret)
{
	_cleanup_stmt_ sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL);

	if (rc)
		return rc;
	rc = sqlite3_step(s);
	if (rc != SQLITE_ROW)
		return rc;
	*ret = sqlite3_column_int(s, 0);
	return SQLITE_OK;
}

static int open_once(const char *path, sqlite3 **db, int *version)
{
	int rc = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				 NULL);

	if (rc)
		return rc;
	sqlite3_busy_timeout(*db, BUSY_MS);
	rc = sqlite3_exec(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL",
			  NULL, NULL, NULL);
	if (!rc)
		rc = user_version(*db, version);
	if (!rc && *version == 0)
		rc = sqlite3_exec(*db, create_sql, NULL, NULL, NULL);
	return rc;
}

/* A damaged history is moved aside, never deleted; the user hears of it once. */
static void set_aside(struct lab *lab, const char *path)
{
	_cleanup_free_ char *aside =
		xprintf("%s.damaged-%lld", path, (long long)time(NULL));
	_cleanup_free_ char *wal = xprintf("%s-wal", path),
			    *shm = xprintf("%s-shm", path);
	_cleanup_free_ char *what = xprintf("damaged history moved to '%s'", aside);

	if (rename(path, aside))
		unlink(path);
	unlink(wal);
	unlink(shm);
	lab_report(lab, what, 0, 0, true);
}

static int open_history(struct lab *lab, sqlite3 **ret)
{
	_cleanup_free_ char *path = xprintf("%s/history.db", lab->cache_dir);
	_cleanup_db_ sqlite3 *db = NULL;
	int version = 0, rc = open_once(path, &db, &version);

	if (is_damage(rc)) {
		sqlite3_close(take_ptr(db));
		set_aside(lab, path);
		version = 0;
		rc = open_once(path, &db, &version);
	}
	if (rc)
		return fail(lab, db, rc, "opening");
	if (version > SCHEMA_VERSION)
		return lab_fail(lab, -ENOTSUP,
				"history '%s' was written by a newer kmlab; "
				"use that one, or move the file away",
				path);
	*ret = take_ptr(db);
	return 0;
}

static void bind_text(sqlite3_stmt *s, const char *name, const char *value)
{
	int at = sqlite3_bind_parameter_index(s, name);

	if (at)
		sqlite3_bind_text(s, at, value, -1, SQLITE_TRANSIENT);
}

static void bind_result(sqlite3_stmt *s, json_t *o, const char *dump)
{
	static const char *const keys[] = {"kernel",  "module", "source",
					   "outcome", "phase",	"summary"};
	json_t *ms = json_object_get(o, "ms");

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		_cleanup_free_ char *name = xprintf(":%s", keys[i]);

		bind_text(s, name, json_string_value(json_object_get(o, keys[i])));
	}
	bind_text(s, ":json", dump);
	sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":started"),
			   json_integer_value(json_object_get(o, "started")));
	sqlite3_bind_double(s, sqlite3_bind_parameter_index(s, ":total_ms"),
			    json_number_value(json_object_get(ms, "total")));
}

static int insert(struct lab *lab, json_t *o, const char *dump)
{
	_cleanup_db_ sqlite3 *db = NULL;
	_cleanup_stmt_ sqlite3_stmt *s = NULL;
	int rc = open_history(lab, &db);

	if (rc)
		return rc;
	rc = sqlite3_prepare_v2(
		db,
		"INSERT INTO result (started, kernel, module, source, outcome, phase, "
		"summary,"
		" total_ms, json) VALUES (:started, :kernel, :module, :source, :outcome,"
		" :phase, :summary, :total_ms, :json)",
		-1, &s, NULL);
	if (rc)
		return fail(lab, db, rc, "recording a result");
	bind_result(s, o, dump);
	rc = sqlite3_step(s);
	return rc == SQLITE_DONE ? 0 : fail(lab, db, rc, "recording a result");
}

int lab_history_add(struct lab *lab, const struct lab_result *result)
{
	_cleanup_json_ json_t *o = lab_result_json(result);
	_cleanup_free_ char *dump = json_dumps(o, JSON_COMPACT);

	if (!dump)
		return lab_fail(lab, -EINVAL,
				"a result could not be written as JSON; "
				"report this as a mistake of kmlab");
	return insert(lab, o, dump);
}

static json_t *text_column(sqlite3_stmt *s, int i)
{
	const char *text = (const char *)sqlite3_column_text(s, i);

	return text ? json_string(text) : json_null();
}

static json_t *row_json(sqlite3_stmt *s)
{
	static const char *const keys[] = {"kernel",  "module", "source",
					   "outcome", "phase",	"summary"};
	json_t *row = json_object();

	json_object_set_new(row, "id", json_integer(sqlite3_column_int64(s, 0)));
	json_object_set_new(row, "started", json_integer(sqlite3_column_int64(s, 1)));
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		json_object_set_new(row, keys[i], text_column(s, (int)i + 2));
	json_object_set_new(row, "total_ms", json_real(sqlite3_column_double(s, 8)));
	json_object_set_new(row, "cached", json_boolean(sqlite3_column_int(s, 9)));
	json_object_set_new(row, "test", text_column(s, 10));
	json_object_set_new(row, "guest_ms", json_real(sqlite3_column_double(s, 11)));
	return row;
}

/* instr(), not LIKE: a user's "_" or "%" is itself. */
static const char list_sql[] =
	"SELECT id, started, kernel, module, source, outcome, phase, summary, total_ms,"
	" json_extract(json, '$.cached') = 1, json_extract(json, '$.test'),"
	" total_ms - coalesce(json_extract(json, '$.ms.build'), 0) AS guest_ms"
	" FROM result WHERE started >= :since"
	" AND (:module IS NULL OR instr(module, :module) > 0)"
	" AND (:kernel IS NULL OR instr(kernel, :kernel) > 0)"
	" AND (:outcome IS NULL OR outcome = :outcome)"
	" ORDER BY CASE WHEN :slowest THEN guest_ms ELSE started END DESC, id DESC"
	" LIMIT :limit";

int lab_history_list(struct lab *lab, const struct lab_history_query *query, json_t **ret)
{
	_cleanup_db_ sqlite3 *db = NULL;
	_cleanup_stmt_ sqlite3_stmt *s = NULL;
	_cleanup_json_ json_t *rows = json_array();
	int rc = open_history(lab, &db);

	if (rc)
		return rc;
	rc = sqlite3_prepare_v2(db, list_sql, -1, &s, NULL);
	if (rc)
		return fail(lab, db, rc, "searching");
	bind_text(s, ":module", query->module);
	bind_text(s, ":kernel", query->kernel);
	bind_text(s, ":outcome", query->outcome);
	sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":since"), query->since);
	sqlite3_bind_int(s, sqlite3_bind_parameter_index(s, ":slowest"), query->slowest);
	sqlite3_bind_int64(s, sqlite3_bind_parameter_index(s, ":limit"),
			   query->limit ? (sqlite3_int64)query->limit : -1);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW)
		json_array_append_new(rows, row_json(s));
	if (rc != SQLITE_DONE)
		return fail(lab, db, rc, "searching");
	*ret = take_ptr(rows);
	return 0;
}

int lab_history_get(struct lab *lab, long long id, json_t **ret)
{
	_cleanup_db_ sqlite3 *db = NULL;
	_cleanup_stmt_ sqlite3_stmt *s = NULL;
	json_t *o;
	int rc = open_history(lab, &db);

	if (rc)
		return rc;
	rc = sqlite3_prepare_v2(db, "SELECT json FROM result WHERE id = ?1", -1, &s,
				NULL);
	if (rc)
		return fail(lab, db, rc, "searching");
	sqlite3_bind_int64(s, 1, id);
	rc = sqlite3_step(s);
	if (rc == SQLITE_DONE)
		return lab_fail(lab, -ENOENT,
				"no result '%lld' in the history; 'kmlab history' "
				"lists them",
				id);
	if (rc != SQLITE_ROW)
		return fail(lab, db, rc, "searching");
	o = json_loads((const char *)sqlite3_column_text(s, 0), 0, NULL);
	if (!o)
		return lab_fail(lab, -EIO,
				"result '%lld' in the history is damaged; run it "
				"again",
				id);
	*ret = o;
	return 0;
}

int lab_history_trim(struct lab *lab, unsigned int days)
{
	_cleanup_db_ sqlite3 *db = NULL;
	_cleanup_stmt_ sqlite3_stmt *s = NULL;
	int rc = open_history(lab, &db);

	if (rc)
		return rc;
	rc = sqlite3_prepare_v2(db, "DELETE FROM result WHERE started < ?1", -1, &s,
				NULL);
	if (rc)
		return fail(lab, db, rc, "trimming");
	sqlite3_bind_int64(s, 1, (sqlite3_int64)time(NULL) - 86400LL * days);
	rc = sqlite3_step(s);
	return rc == SQLITE_DONE ? 0 : fail(lab, db, rc, "trimming");
}
