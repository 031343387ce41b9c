// SPDX-License-Identifier: GPL-2.0-only
/* matrix run: guests, from their images to what each of them got. */
#include <errno.h>
#include <string.h>

#include "fs.h"

#include "cmd.h"
#include "ctl_server.h"
#include "output.h"
#include "figures.h"

#define TEND_NS 20000000ull /* 20 ms: too short for a person to notice */
#define LIVE_NS 250000000ull

struct run {
	const struct options *o;
	struct settings settings;
	struct guest_specs specs;
	struct explain explain;
	struct kvm kvm;
	struct cloud *cloud;
	struct output output;
	FILE *output_file;
	struct ctl_server ctl;
	bool live;
	uint64_t next_live;
	unsigned int live_lines;
};

static int add_one(struct run *r, const struct guest_spec *spec, struct text *message)
{
	struct vm_config config = {
		.explain = r->explain,
		.output = output_print,
		.output_ctx = &r->output,
	};

	return add_guest(r->cloud, &r->kvm, spec, &r->settings, &config, message);
}

static int add_by_ctl(void *ctx, struct cloud *cloud, const char *word,
		      struct text *message)
{
	struct run *r = ctx;
	size_t before = r->specs.n;

	if (guest_specs_add(&r->specs, word)) {
		text_printf(
			message,
			"'%s' is not GUEST or GUEST:WEIGHT, with a weight from 1 to %d",
			word, SCHED_WEIGHT_MAX);
		return -EINVAL;
	}
	r->output.named = true;
	if (!add_one(r, &r->specs.v[before], message))
		return 0;
	guest_specs_drop_last(&r->specs);
	return -EINVAL;
}

static void show_live(struct run *r)
{
	_cleanup_text_ struct text table = TEXT_INIT;

	sched_settle(&r->cloud->sched);
	figures_table(r->cloud, true, &table);
	if (r->live_lines)
		fprintf(stderr, "\033[%uA\033[J", r->live_lines);
	r->live_lines = (unsigned int)r->cloud->n + 2;
	fputs(table.s, stderr);
}

static void tend(void *ctx, struct cloud *cloud)
{
	struct run *r = ctx;
	uint64_t now;

	ctl_serve(&r->ctl, cloud);
	if (r->output.to)
		fflush(r->output.to);
	if (!r->live)
		return;
	now = cloud->sched.busy_ns + cloud->sched.idle_ns;
	if (now < r->next_live)
		return;
	r->next_live = now + LIVE_NS;
	show_live(r);
}

static int make_cloud_of_run(struct run *r)
{
	struct cloud_config config = {
		.window_ns = r->settings.window_ns,
		.duration_ns = r->settings.duration_ns,
		.timeline = r->o->timeline,
		.tend = tend,
		.ctx = r,
		.tend_ns = TEND_NS,
		.fd = r->ctl.fd,
	};

	return make_cloud(r->o, &r->settings, &config, &r->cloud);
}

static int add_guests(struct run *r)
{
	for (size_t i = 0; i < r->specs.n; i++) {
		_cleanup_text_ struct text message = TEXT_INIT;
		int status = add_one(r, &r->specs.v[i], &message);

		if (status) {
			error("%s", message.s);
			return status;
		}
	}
	return 0;
}

/* Is standard error a terminal on which nothing else is printed? */
static bool wants_live(const struct options *o)
{
	bool output_elsewhere =
		o->quiet || o->output || (!o->json && !isatty(STDOUT_FILENO));

	return isatty(STDERR_FILENO) && output_elsewhere;
}

static int open_output(struct run *r)
{
	const struct options *o = r->o;

	r->output.named = r->specs.n > 1;
	r->output.to = o->json ? stderr : stdout;
	if (o->quiet || o->live)
		r->output.to = NULL;
	r->live = o->live || (r->specs.n > 1 && !o->explain && wants_live(o));
	if (!o->output)
		return 0;
	r->output_file = fopen(o->output, "we");
	r->output.to = r->output_file;
	if (r->output_file)
		return 0;
	error("cannot write '%s': %s", o->output, strerror(errno));
	return EXIT_FAILED;
}

static int open_ctl(struct run *r)
{
	int err = r->o->ctl ? ctl_listen(&r->ctl, r->o->ctl) : 0;

	if (!err)
		return 0;
	error("cannot listen at '%s': %s", r->o->ctl,
	      err == -EADDRINUSE ? "something is there already" : strerror(-err));
	return EXIT_FAILED;
}

static int write_timeline(struct run *r)
{
	_cleanup_text_ struct text svg = TEXT_INIT;
	_cleanup_free_ const char **names = xcalloc(r->cloud->n, sizeof(*names));
	int err;

	for (size_t i = 0; i < r->cloud->n; i++)
		names[i] = r->cloud->guests[i]->vm->name;
	timeline_svg(&r->cloud->timeline, names, r->cloud->ended, &svg);
	err = fs_write_file(r->o->timeline, svg.s, svg.len, 0644);
	if (!err)
		return 0;
	error("cannot write '%s': %s", r->o->timeline, strerror(-err));
	return EXIT_FAILED;
}

/* 0 when all is well; the guest's own status when there is only one. */
static int judge(const struct run *r)
{
	int status = EXIT_OK;

	for (size_t i = 0; i < r->cloud->n; i++) {
		const struct vm *vm = r->cloud->guests[i]->vm;

		switch (vm->end) {
		case VM_LIVES:
		case VM_STOPPED:
			break;
		case VM_EXITED:
			if (r->cloud->n == 1)
				return vm->status > 255 ? 255 : (int)vm->status;
			break;
		default:
			error("guest '%s' crashed after %llu exits: %s; 'matrix dump' "
			      "shows where",
			      vm->name, (unsigned long long)vm_exits(vm), vm->why);
			status = EXIT_FAILED;
		}
	}
	return status;
}

static void report(struct run *r)
{
	_cleanup_text_ struct text text = TEXT_INIT;

	if (r->live_lines)
		fprintf(stderr, "\033[%uA\033[J", r->live_lines);
	if (r->o->json)
		figures_json(r->cloud, &text);
	else if (r->cloud->n > 1 || r->live)
		figures_table(r->cloud, false, &text);
	if (text.len)
		fputs(text.s, stdout);
}

static int run_guests(struct run *r)
{
	int interrupted = cloud_run(r->cloud), err = output_finish(&r->output), status;

	report(r);
	status = judge(r);
	if (err) {
		error("what the guests printed could not be written: %s", strerror(-err));
		status = EXIT_FAILED;
	}
	if (r->o->timeline && write_timeline(r))
		status = EXIT_FAILED;
	return status ? status : interrupted ? EXIT_INTERRUPTED : EXIT_OK;
}

static int prepare(struct run *r, int argc, char **argv)
{
	int status = settings_parse(r->o, &r->settings);

	status = status ? status : guest_specs_parse(&r->specs, argc, argv, &r->o->caps);
	if (status)
		return status;
	if (r->o->explain)
		r->explain = explain_to(stderr);
	status = open_output(r);
	status = status ? status : open_kvm(&r->settings, &r->explain, &r->kvm);
	status = status ? status : open_ctl(r);
	status = status ? status : make_cloud_of_run(r);
	return status ? status : add_guests(r);
}

static int run(struct options *o, int argc, char **argv)
{
	struct run r = {
		.o = o, .kvm.fd = -1, .ctl = {.fd = -1, .add = add_by_ctl, .ctx = &r}};
	int status = prepare(&r, argc, argv);

	if (!status)
		status = run_guests(&r);
	cloud_destroy(r.cloud);
	ctl_close(&r.ctl);
	kvm_close(&r.kvm);
	explain_say(&r.explain, 10, 0, "close(KVM device)");
	if (r.output_file)
		fclose(r.output_file);
	text_deinit(&r.output.line);
	guest_specs_deinit(&r.specs);
	return status;
}

static const struct opt opts[] = {
	OPT_POLICY,
	OPT_SLICE,
	OPT(OPT_STRING, "time", 't', time, "TIME",
	    "end after that, e.g. 500ms, 5s; else when all guests have ended"),
	OPT_CAP,
	OPT(OPT_STRING, "kick", 0, kick, "HOW",
	    "imm (immediate_exit) or sigmask (KVM_SET_SIGNAL_MASK)"),
	OPT_WINDOW,
	OPT_SEED,
	OPT_MEMORY,
	OPT_PROFILE,
	OPT(OPT_FLAG, "explain", 'x', explain, NULL,
	    "say each step, each ioctl, each exit"),
	OPT(OPT_FLAG, "live", 'l', live, NULL,
	    "the table while it runs, instead of what the guests print"),
	OPT_JSON,
	OPT(OPT_STRING, "timeline", 0, timeline, "FILE",
	    "a picture (SVG) of who ran when"),
	OPT(OPT_STRING, "output", 'o', output, "FILE",
	    "what the guests print goes there"),
	OPT(OPT_FLAG, "quiet", 'q', quiet, NULL, "what the guests print goes nowhere"),
	OPT(OPT_STRING, "ctl", 0, ctl, "SOCKET", "listen there for 'matrix ctl'"),
	OPT_DEVICE,
	OPT_END,
};

const struct cmd cmd_run = {
	.name = "run",
	.summary = "run guests, each with its share of the CPU",
	.usage = "[OPTION...] GUEST[:WEIGHT]...",
	.text = "Starts each GUEST, a builtin one or a file (flat binary or static "
		"ELF),\n"
		"and runs them all on one core and one thread, in proportion to their\n"
		"weights (1). What they print goes to standard output, with their names\n"
		"when there are several; at the end a table says what each one got. The\n"
		"exit status is the guest's own when it is the only one, else 0, or 1 "
		"when\n"
		"one crashed.\n"
		"\n"
		"  matrix run --explain hello\n"
		"  matrix run --time 5s neo:70 morpheus:30\n"
		"  matrix run -t 5s --policy ticks chatty:70 spinner:30    (goes wrong)\n"
		"  matrix run -t 1s -q --timeline who.svg mixed:2 sleeper spinner\n",
	.opts = opts,
	.run = run,
};
