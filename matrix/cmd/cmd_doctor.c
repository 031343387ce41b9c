// SPDX-License-Identifier: GPL-2.0-only
/* matrix doctor: what can the KVM here really do? Found out by running guests, not from
 * the CPU's flags.
 */
#include "cmd.h"
#include "figures.h"

/* How many ports @guest uses in a second, tried for 200 ms; negative after a message. */
static double rate(const struct options *o, const struct kvm *kvm,
		   const struct settings *s, const char *guest)
{
	struct cloud_config config = {.duration_ns = 200000000, .fd = -1};
	struct guest_spec spec = {
		.source = (char *)guest, .name = (char *)guest, .weight = 1};
	_cleanup_text_ struct text message = TEXT_INIT;
	struct vm_config vm_config = {0};
	struct cloud *cloud;
	double result = -1;

	if (make_cloud(o, s, &config, &cloud))
		return -1;
	if (add_guest(cloud, kvm, &spec, s, &vm_config, &message)) {
		error("%s", message.s);
	} else {
		const struct vm *vm = cloud->guests[0]->vm;

		cloud_run(cloud);
		if (vm->end == VM_LIVES)
			result = (double)(vm->counts.io_in + vm->counts.io_out) * 1e9 /
				 (double)(cloud->ended - cloud->started);
		else
			error("guest '%s' did not run here: %s", guest, vm->why);
	}
	cloud_destroy(cloud);
	return result;
}

struct findings {
	double exit_us;
	bool emulated;
};

/* neo prints a few dozen times a second where the CPU executes it, and a few times where
 * KVM emulates each of its instructions. */
static int examine(const struct options *o, const struct kvm *kvm,
		   const struct settings *s, struct findings *ret)
{
	double exits = rate(o, kvm, s, "chatty"), prints;

	if (exits <= 0)
		return EXIT_FAILED;
	prints = rate(o, kvm, s, "neo");
	if (prints < 0)
		return EXIT_FAILED;
	*ret = (struct findings){.exit_us = 1e6 / exits, .emulated = prints <= 20};
	return EXIT_OK;
}

static void print_findings(const char *device, const struct kvm *kvm,
			   const struct findings *f)
{
	printf("device        %s, API version %d\n", device, KVM_API_VERSION);
	printf("kicks         %s\n",
	       kvm->immediate_exit ? "immediate_exit" : "signal mask only");
	printf("I/O exit      %.1f us, there and back\n", f->exit_us);
	printf("instructions  %s\n",
	       f->emulated
		       ? "emulated one by one: small guests work, Linux would take hours"
		       : "executed by the CPU, or nearly so");
}

static void print_findings_json(const char *device, const struct kvm *kvm,
				const struct findings *f)
{
	_cleanup_text_ struct text out = TEXT_INIT;

	text_puts(&out, "{\"device\": ");
	figures_string(device, &out);
	printf("%s, \"api_version\": %d, \"immediate_exit\": %s, \"io_exit_us\": %.2f, "
	       "\"emulates_instructions\": %s}\n",
	       out.s, KVM_API_VERSION, kvm->immediate_exit ? "true" : "false", f->exit_us,
	       f->emulated ? "true" : "false");
}

static int run(struct options *o, int argc, char **argv)
{
	struct findings f;
	struct settings s;
	struct kvm kvm;
	int status = settings_parse(o, &s);

	if (argc)
		return usage_error("'matrix doctor' takes no operands");
	status = status ? status : open_kvm(&s, NULL, &kvm);
	if (status)
		return status;
	status = examine(o, &kvm, &s, &f);
	if (!status && o->json)
		print_findings_json(s.device, &kvm, &f);
	else if (!status)
		print_findings(s.device, &kvm, &f);
	kvm_close(&kvm);
	return status;
}

static const struct opt opts[] = {OPT_JSON, OPT_DEVICE, OPT_END};

const struct cmd cmd_doctor = {
	.name = "doctor",
	.summary = "what the KVM here can do",
	.usage = "[OPTION...]",
	.text = "Opens the KVM device, runs two small guests and says what they found.\n"
		"The CPU's own flags are not looked at: KVM may work without them, and\n"
		"may not work with them.\n"
		"\n"
		"  matrix doctor\n",
	.opts = opts,
	.run = run,
};
