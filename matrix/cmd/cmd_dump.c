// SPDX-License-Identifier: GPL-2.0-only
/* matrix dump: run a guest up to some point, and show it from inside. */
#include <errno.h>
#include <string.h>

#include "dump.h"

#include "cmd.h"
#include "output.h"

static int show(struct cloud *cloud, bool json)
{
	_cleanup_text_ struct text text = TEXT_INIT;
	struct vm *vm = cloud->guests[0]->vm;
	int err = json ? dump_vm_json(vm, &text) : dump_vm(vm, &text);

	if (err) {
		error("cannot read the guest's registers: %s", strerror(-err));
		return EXIT_FAILED;
	}
	fputs(text.s, stdout);
	return EXIT_OK;
}

static int dump(const struct options *o, const struct settings *s,
		const struct guest_spec *spec, const struct kvm *kvm)
{
	struct cloud_config config = {
		.duration_ns = s->duration_ns ? s->duration_ns : 1000000000,
		.max_exits = o->after,
		.fd = -1,
	};
	struct output output = {.to = o->quiet ? NULL : stderr};
	struct vm_config guest = {.output = output_print, .output_ctx = &output};
	_cleanup_text_ struct text message = TEXT_INIT;
	struct cloud *cloud;
	int status = make_cloud(o, s, &config, &cloud);

	if (status)
		return status;
	status = add_guest(cloud, kvm, spec, s, &guest, &message);
	if (status) {
		error("%s", message.s);
	} else {
		cloud_run(cloud);
		output_finish(&output);
		status = show(cloud, o->json);
	}
	cloud_destroy(cloud);
	return status;
}

static int run(struct options *o, int argc, char **argv)
{
	_cleanup_(guest_specs_deinit) struct guest_specs specs = {0};
	struct settings settings;
	struct kvm kvm;
	int status = settings_parse(o, &settings);

	status = status ? status : guest_specs_parse(&specs, argc, argv, &o->caps);
	if (status)
		return status;
	if (specs.n != 1)
		return usage_error("'matrix dump' takes one guest");
	status = open_kvm(&settings, NULL, &kvm);
	if (status)
		return status;
	status = dump(o, &settings, &specs.v[0], &kvm);
	kvm_close(&kvm);
	return status;
}

static const struct opt opts[] = {
	OPT(OPT_NUMBER, "after", 'n', after, "N", "stop it after N exits"),
	OPT(OPT_STRING, "time", 't', time, "TIME", "stop it after that (1s)"),
	OPT_MEMORY,
	OPT_PROFILE,
	OPT_JSON,
	OPT(OPT_FLAG, "quiet", 'q', quiet, NULL, "what the guest prints goes nowhere"),
	OPT_DEVICE,
	OPT_END,
};

const struct cmd cmd_dump = {
	.name = "dump",
	.summary = "a stopped guest: registers, page tables, code",
	.usage = "[OPTION...] GUEST",
	.text = "Runs GUEST until it ends, crashes or is stopped, then prints its\n"
		"registers, what its page tables map, and the instructions around RIP.\n"
		"What the guest prints goes to standard error.\n"
		"\n"
		"  matrix dump bad_triple\n"
		"  matrix dump --after 3 hello\n",
	.opts = opts,
	.run = run,
};
