// SPDX-License-Identifier: GPL-2.0-only
/* The result as JSON; the schema is in docs/result.md. */
#include <string.h>

#include "clean.h"
#include "outcome.h"

enum { SCHEMA = 1 };

static void set(json_t *object, const char *key, const char *value,
		enum clean_flags flags)
{
	_cleanup_free_ char *text = clean(value, flags);

	json_object_set_new(object, key, value ? json_string(text) : json_null());
}

static json_t *strings(const struct strv *v)
{
	json_t *array = json_array();

	for (size_t i = 0; i < v->n; i++) {
		_cleanup_free_ char *text = clean(v->v[i], CLEAN_LINE);

		json_array_append_new(array, json_string(text));
	}
	return array;
}

static json_t *frame_json(const struct lab_frame *f)
{
	json_t *o = json_object();

	set(o, "function", f->function, CLEAN_LINE);
	set(o, "module", f->module, CLEAN_LINE);
	json_object_set_new(o, "offset", json_integer((json_int_t)f->offset));
	json_object_set_new(o, "size", json_integer((json_int_t)f->size));
	set(o, "file", f->file, CLEAN_LINE);
	json_object_set_new(o, "line", f->line ? json_integer(f->line) : json_null());
	json_object_set_new(o, "guess", json_boolean(f->guess));
	json_object_set_new(o, "exact", json_boolean(f->exact));
	return o;
}

static json_t *event_json(const struct lab_event *e)
{
	json_t *o = json_object(), *frames = json_array();

	set(o, "outcome", lab_outcome_name(e->outcome), CLEAN_LINE);
	set(o, "phase", lab_phase_name(e->phase), CLEAN_LINE);
	set(o, "kind", e->kind, CLEAN_LINE);
	set(o, "title", e->title, CLEAN_LINE);
	set(o, "module", e->module, CLEAN_LINE);
	for (size_t i = 0; i < e->n_frames; i++)
		json_array_append_new(frames, frame_json(&e->frames[i]));
	json_object_set_new(o, "frames", frames);
	json_object_set_new(o, "detail", strings(&e->detail));
	return o;
}

static json_t *tests_json(const struct lab_result *r)
{
	static const char *const names[] = {"pass", "fail", "skip", "todo"};
	json_t *array = json_array();

	for (size_t i = 0; i < r->n_tests; i++) {
		json_t *o = json_object();

		set(o, "name", r->tests[i].name, CLEAN_LINE);
		set(o, "status", names[r->tests[i].status], CLEAN_LINE);
		set(o, "diagnostic", r->tests[i].diagnostic, CLEAN_LINES);
		json_array_append_new(array, o);
	}
	return array;
}

static json_t *times_json(const struct lab_result *r)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f, s:f}", "build", r->build_ms, "clone",
			 r->clone_ms, "load", r->load_ms, "test", r->test_ms, "unload",
			 r->unload_ms, "total", r->total_ms);
}

static void set_identity(json_t *o, const struct lab_result *r)
{
	json_object_set_new(o, "schema", json_integer(SCHEMA));
	set(o, "kernel", r->kernel, CLEAN_LINE);
	set(o, "release", r->release, CLEAN_LINE);
	set(o, "module", r->module, CLEAN_LINE);
	set(o, "source", r->source, CLEAN_LINE);
	set(o, "test", r->test, CLEAN_LINE);
	json_object_set_new(o, "started", json_integer(r->started));
	json_object_set_new(o, "cached", json_boolean(r->cached));
}

static void set_verdict(json_t *o, const struct lab_result *r)
{
	set(o, "outcome", lab_outcome_name(r->outcome), CLEAN_LINE);
	json_object_set_new(o, "exit", json_integer(lab_outcome_exit(r->outcome)));
	set(o, "phase", lab_phase_name(r->phase), CLEAN_LINE);
	set(o, "summary", r->summary, CLEAN_LINE);
	set(o, "hint", r->hint, CLEAN_LINE);
}

json_t *lab_result_json(const struct lab_result *r)
{
	json_t *o = json_object(), *events = json_array();

	set_identity(o, r);
	set_verdict(o, r);
	for (size_t i = 0; i < r->n_events; i++)
		json_array_append_new(events, event_json(&r->events[i]));
	json_object_set_new(o, "events", events);
	json_object_set_new(o, "command_status",
			    r->has_command ? json_integer(r->command_status)
					   : json_null());
	json_object_set_new(o, "tests", tests_json(r));
	json_object_set_new(o, "ms", times_json(r));
	json_object_set_new(o, "notes", strings(&r->notes));
	json_object_set_new(o, "log", strings(&r->log));
	json_object_set_new(o, "console", strings(&r->console));
	set(o, "build_log", r->build_log, CLEAN_LINES);
	return o;
}

/* Always an object with an array, also for one result: readers need one shape only. */
void lab_result_print_json(FILE *out, struct lab_result *const *r, size_t n)
{
	json_t *all = json_object(), *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, lab_result_json(r[i]));
	json_object_set_new(all, "schema", json_integer(SCHEMA));
	json_object_set_new(all, "results", array);
	json_dumpf(all, out, JSON_INDENT(2) | JSON_REAL_PRECISION(6));
	fputc('\n', out);
	json_decref(all);
}
