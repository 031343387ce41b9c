// SPDX-License-Identifier: GPL-2.0-only
/* One job in one clone, from a plan to a verdict; see run.h. */
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "fs.h"

#include "plan_tests.h"
#include "run.h"
#include "verdict/judge_build.h"
#include "vm/facts.h"

#define DEFAULT_TIMEOUT_MS 60000
#define STALL_MS	   10000
/* A test's output is kept in memory; what is longer is cut there and said so. */
#define MAX_TEST_OUTPUT (4 << 20)

/* What lab_guest_run() borrows; all of it lives as long as the run. */
struct run_job {
	struct lab_guest_job guest;
	struct lab_guest_module *modules;
	struct strv intree_names;
	struct lab_guest_file *in;
	struct strv paths; /* guest and host paths made here */
	struct strv argv, env;
	int capture; /* memory file for the tests' stdout, or -1 */
};

static void job_deinit(struct run_job *job)
{
	free(job->modules);
	free(job->in);
	strv_deinit(&job->intree_names);
	strv_deinit(&job->paths);
	strv_deinit(&job->argv);
	strv_deinit(&job->env);
	if (job->capture >= 0)
		close(job->capture);
}

/* "/x/foo-bar.ko.xz" → "foo_bar", the name the kernel uses. */
static char *module_name(const char *path)
{
	char *name = xstrdup(fs_basename(path));
	char *dot = strstr(name, ".ko");

	if (dot)
		*dot = '\0';
	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

static void job_add_modules(struct run_job *job, const struct lab_plan *plan)
{
	size_t n = plan->intree.n + plan->modules.n;
	struct lab_guest_module *m = xcalloc(n, sizeof(*m));

	for (size_t i = 0; i < plan->intree.n; i++) {
		strv_take(&job->intree_names, module_name(plan->intree.v[i]));
		m[i] = (struct lab_guest_module){plan->intree.v[i],
						 job->intree_names.v[i], "", true};
	}
	for (size_t i = 0; i < plan->modules.n; i++)
		m[plan->intree.n + i] = (struct lab_guest_module){
			plan->modules.v[i], plan->names.v[i], plan->params.v[i], false};
	job->modules = m;
	job->guest.modules = m;
	job->guest.n_modules = n;
}

static void job_add_file(struct run_job *job, char *host, char *guest)
{
	size_t n = job->guest.n_in;

	strv_take(&job->paths, host);
	strv_take(&job->paths, guest);
	job->in = xreallocarray(job->in, n + 1, sizeof(*job->in));
	job->in[n] = (struct lab_guest_file){host, guest};
	job->guest.in = job->in;
	job->guest.n_in = n + 1;
}

/* What tests find in /lab: themselves, their helper, and the modules to load again. */
static void job_add_test_files(struct run_job *job, const struct lab *lab,
			       const struct lab_plan *plan)
{
	job_add_file(job, xstrdup(plan->tests_dir), xstrdup("/lab/tests"));
	job_add_file(job, xprintf("%s/guest/ktap.sh", lab->data_dir),
		     xstrdup("/lab/ktap.sh"));
	for (size_t i = 0; i < plan->modules.n; i++)
		job_add_file(job, xstrdup(plan->modules.v[i]),
			     xprintf("/lab/%s.ko", plan->names.v[i]));
}

/* "read.c" was compiled to /lab/bin/read; scripts run as they are. */
static char *test_path(const char *test)
{
	if (str_ends(test, ".c"))
		return xprintf("/lab/bin/%.*s", (int)strlen(test) - 2, test);
	return xprintf("/lab/tests/%s", test);
}

static void job_add_tests(struct run_job *job, const struct lab *lab,
			  const struct lab_plan *plan, const struct lab_command *command)
{
	const char *module = plan->names.v[plan->names.n - 1];
	_cleanup_text_ struct text all = TEXT_INIT;

	job_add_test_files(job, lab, plan);
	if (command->test) {
		if (str_ends(command->test, ".sh"))
			strv_add(&job->argv, "/bin/sh");
		strv_take(&job->argv, test_path(command->test));
	} else {
		job_add_file(job, xprintf("%s/guest/run-tests.sh", lab->data_dir),
			     xstrdup("/lab/run-tests.sh"));
		strv_add(&job->argv, "/bin/sh");
		strv_add(&job->argv, "/lab/run-tests.sh");
		for (size_t i = 0; i < plan->tests.n; i++)
			strv_take(&job->argv, test_path(plan->tests.v[i]));
	}
	strv_printf(&job->env, "KMLAB_MODULE=%s", module);
	strv_printf(&job->env, "KMLAB_KO=/lab/%s.ko", module);
	for (size_t i = 0; i < plan->names.n; i++)
		text_printf(&all, "%s/lab/%s.ko", i ? " " : "", plan->names.v[i]);
	strv_printf(&job->env, "KMLAB_KOS=%s", all.s);
	strv_printf(&job->env, "KMLAB_PARAMS=%s", plan->params.v[plan->names.n - 1]);
	strv_printf(&job->env, "KMLAB_KERNEL=%s", plan->kernel->release);
	strv_add(&job->env, "KMLAB_KTAP=/lab/ktap.sh");
}

static int job_init(struct run_job *job, struct lab *lab, const struct lab_plan *plan,
		    const struct lab_command *command)
{
	const struct lab_run_spec *spec = plan->spec;
	bool tests = command->test || command->all_tests;
	bool captured = tests || command->is_test;

	*job = (struct run_job){.capture = -1};
	job->guest = (struct lab_guest_job){
		.out = spec->out,
		.n_out = spec->n_out,
		.stdin_fd = command->stdin_fd,
		.stdout_fd = command->stdout_fd,
		.stderr_fd = command->stderr_fd,
		.tty = command->tty,
		.in_turns = spec->in_turns,
		.winch_fd = command->winch_fd,
		.timeout_ms = spec->timeout_ms ? spec->timeout_ms : DEFAULT_TIMEOUT_MS,
		.stall_ms = STALL_MS,
		.settle_ms = spec->settle_ms,
		.proof = spec->proof,
		.expect = spec->expect,
	};
	if (command->tty) /* a person sits at the terminal: no limit in time */
		job->guest.timeout_ms = spec->timeout_ms;
	job_add_modules(job, plan);
	for (size_t i = 0; i < spec->n_in; i++)
		job_add_file(job, xstrdup(spec->in[i].host), xstrdup(spec->in[i].guest));
	if (plan->programs_dir)
		job_add_file(job, xstrdup(plan->programs_dir), xstrdup("/lab/bin"));
	strv_add_all(&job->argv, command->argv);
	strv_add_all(&job->env, command->env);
	if (tests)
		job_add_tests(job, lab, plan, command);
	if (captured) {
		job->capture = memfd_create("kmlab-tests", MFD_CLOEXEC);
		if (job->capture < 0)
			return lab_fail(lab, -errno, "cannot make a memory file: %s",
					strerror(errno));
		job->guest.stdout_fd = job->capture;
		job->guest.stderr_fd = job->capture;
	}
	job->guest.argv = job->argv.n ? job->argv.v : NULL;
	job->guest.env = job->env.v;
	return 0;
}

static void take_ktap(struct lab_result *result, struct ktap *ktap)
{
	result->tests = take_ptr(ktap->tests);
	result->n_tests = ktap->n;
	ktap->n = 0;
	result->skipped = take_ptr(ktap->skipped);
	if (ktap->problem)
		strv_printf(&result->notes, "test output: %s", ktap->problem);
}

/*
 * Reads what the tests printed. A script that speaks no KTAP is judged by its exit status
 * alone; one that began to and broke off has failed, whatever its status says.
 */
static void read_tests(struct lab_result *result, const struct run_job *job,
		       struct text *out)
{
	struct ktap ktap;

	if (job->capture < 0 || lseek(job->capture, 0, SEEK_SET) < 0)
		return;
	if (lseek(job->capture, 0, SEEK_END) > MAX_TEST_OUTPUT) {
		strv_printf(&result->notes,
			    "only the first %d MiB of the test output were read",
			    MAX_TEST_OUTPUT >> 20);
		(void)!ftruncate(job->capture, MAX_TEST_OUTPUT);
	}
	lseek(job->capture, 0, SEEK_SET);
	text_read_fd(out, job->capture);
	ktap_init(&ktap);
	ktap_text(&ktap, out->s ? out->s : "");
	if (ktap.seen) {
		ktap_finish(&ktap);
		if (ktap.problem && !result->command_status)
			result->command_status = 1;
		take_ktap(result, &ktap);
	} else if (out->len) {
		strv_printf(&result->notes,
			    "the test printed no KTAP; its exit status counts");
	}
	ktap_deinit(&ktap);
}

static struct lab_result *result_for(const struct lab_run_spec *spec)
{
	struct lab_result *r = lab_result_create();
	struct strv sources = STRV_INIT;

	strv_add_all(&sources, spec->sources);
	if (sources.n)
		r->source = strv_join(&sources, " ");
	strv_deinit(&sources);
	r->kernel = xstrdup(spec->kernel ? spec->kernel : "default");
	r->started = (long long)time(NULL);
	return r;
}

static struct lab_result *result_begin(const struct lab_plan *plan,
				       const struct lab_command *command)
{
	struct lab_result *r = result_for(plan->spec);

	free(r->kernel);
	r->kernel = xstrdup(plan->kernel->name);
	r->release = xstrdup(plan->kernel->release);
	if (plan->names.n)
		r->module = strv_join(&plan->names, ",");
	r->test = xstrdup(command->test);
	strv_add_all(&r->notes, plan->notes.v);
	r->has_command = command->argv || command->test || command->all_tests;
	r->build_ms = plan->build_ms;
	r->build_log = xstrdup(plan->build_log);
	return r;
}

static void set_trouble(struct lab *lab, struct lab_result *r, int err)
{
	struct lab_event event = {
		.outcome = err == -ECANCELED ? LAB_CANCELLED : LAB_HOST_TROUBLE,
		.phase = LAB_PHASE_BOOT,
		.kind = xstrdup(err == -ECANCELED ? "interrupted" : "host"),
		.title = xstrdup(err == -ECANCELED ? "interrupted" : lab_error(lab)),
	};

	lab_result_add_event(r, &event);
	r->trouble = err;
}

struct lab_result *lab_trouble(struct lab *lab, const struct lab_run_spec *spec, int err)
{
	struct lab_result *r = result_for(spec);

	set_trouble(lab, r, err);
	return r;
}

static int run_job(struct lab *lab, const struct lab_plan *plan,
		   const struct run_job *job, struct lab_guest_report *report)
{
	const struct lab_run_spec *spec = plan->spec;
	struct lab_vm_shape shape = {
		.kernel = plan->kernel,
		.memory_mib = spec->memory_mib,
		.cpus = spec->cpus,
		.nested = spec->nested,
		.append = spec->append,
	};
	_cleanup_template_ struct lab_template *tpl = NULL;
	int err = lab_template_get(lab, &shape, &tpl);

	return err ? err : lab_guest_run(lab, tpl, &job->guest, report);
}

bool lab_run_expects(const struct lab_run_spec *spec, enum lab_outcome outcome)
{
	unsigned int right = spec->expect ? spec->expect : 1U << LAB_PASS;

	return right & 1U << outcome;
}

/* A failure to store costs nobody their verdict. */
static void keep_or_drop(struct lab *lab, const struct lab_run_spec *spec,
			 const struct lab_result *r,
			 const struct lab_guest_report *report, const struct text *output)
{
	if (lab_run_expects(spec, r->outcome))
		lab_facts_keep(lab, report, output);
	else
		lab_facts_drop(lab, report);
}

void lab_plan_run(struct lab *lab, const struct lab_plan *plan,
		  const struct lab_command *command, struct lab_result **ret)
{
	struct lab_result *r = result_begin(plan, command);
	_cleanup_text_ struct text output = TEXT_INIT;
	struct lab_guest_report report;
	double start = lab_now_ms();
	struct run_job job;
	int err;

	memset(&report, 0, sizeof(report));
	err = job_init(&job, lab, plan, command);
	if (!err)
		err = run_job(lab, plan, &job, &report);
	if (err) {
		set_trouble(lab, r, err);
	} else {
		r->command_status = report.command_status;
		r->cached = report.cached;
		read_tests(r, &job, &output);
		lab_judge(r, &report, &job.guest);
		lab_judge_output(r, output.s);
		lab_judge_missing(r, &plan->trees);
		lab_result_quote(r, &plan->trees);
		r->untested = command->wants_tests && !r->has_command;
		if (r->untested && r->outcome == LAB_PASS)
			strv_take(&r->notes, plan_untested(plan->spec));
		keep_or_drop(lab, plan->spec, r, &report, &output);
		lab_guest_report_deinit(&report);
	}
	r->total_ms = plan->build_ms + lab_now_ms() - start;
	job_deinit(&job);
	*ret = r;
}
