// SPDX-License-Identifier: GPL-2.0-only
/* From words on the command line to settings, guests and a KVM device. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "builtin.h"
#include "hypercall.h"
#include "x86.h"

#include "cmd.h"

struct unit {
	const char *suffix;
	uint64_t factor;
};

/* A decimal number, perhaps with a fraction, and a unit. */
static int parse_unit(const char *s, const struct unit *units, uint64_t *ret)
{
	char *end;
	double value;

	if (*s < '0' || *s > '9')
		return -EINVAL;
	value = strtod(s, &end);
	for (; units->suffix; units++) {
		double result = value * (double)units->factor;

		if (strcmp(end, units->suffix))
			continue;
		if (result < 1 || result > 1e18)
			return -EINVAL;
		*ret = (uint64_t)result;
		return 0;
	}
	return -EINVAL;
}

int parse_time(const char *s, uint64_t *ns)
{
	static const struct unit units[] = {{"ns", 1},
					    {"us", 1000},
					    {"ms", 1000000},
					    {"", 1000000000},
					    {"s", 1000000000},
					    {"m", 60000000000ull},
					    {"h", 3600000000000ull},
					    {0}};

	return parse_unit(s, units, ns);
}

int parse_size(const char *s, uint64_t *bytes)
{
	static const struct unit units[] = {{"", 1},
					    {"K", 1 << 10},
					    {"M", 1 << 20},
					    {"MiB", 1 << 20},
					    {"G", 1 << 30},
					    {"GiB", 1 << 30},
					    {0}};

	return parse_unit(s, units, bytes);
}

static bool name_is_taken(const struct guest_specs *specs, const char *name)
{
	for (size_t i = 0; i < specs->n; i++)
		if (!strcmp(specs->v[i].name, name))
			return true;
	return false;
}

/* The first guest is "neo", the next one of the same image "neo.2". */
static char *unique_name(const struct guest_specs *specs, const char *source)
{
	char *name = xstrdup(fs_basename(source));

	for (unsigned int i = 2; name_is_taken(specs, name); i++) {
		free(name);
		name = xprintf("%s.%u", fs_basename(source), i);
	}
	return name;
}

int guest_specs_add(struct guest_specs *specs, const char *word)
{
	const char *colon = strrchr(word, ':');
	long long weight = 1;
	struct guest_spec *spec;

	if (colon && str_number(colon + 1, 1, SCHED_WEIGHT_MAX, &weight))
		return usage_error(
			"the weight in '%s' must be a whole number from 1 to %d", word,
			SCHED_WEIGHT_MAX);
	if (colon == word || !*word)
		return usage_error("'%s' names no guest; 'matrix guests' lists some",
				   word);
	specs->v = xreallocarray(specs->v, specs->n + 1, sizeof(*specs->v));
	spec = &specs->v[specs->n];
	*spec = (struct guest_spec){.weight = (uint32_t)weight};
	spec->source = colon ? xstrndup(word, (size_t)(colon - word)) : xstrdup(word);
	spec->name = unique_name(specs, spec->source);
	specs->n++;
	return 0;
}

static int set_cap(struct guest_specs *specs, const char *word)
{
	const char *colon = strrchr(word, ':');
	long long percent;

	if (!colon || str_number(colon + 1, 1, 99, &percent))
		return usage_error("'--cap' takes GUEST:PERCENT with 1 to 99, not '%s'",
				   word);
	for (size_t i = 0; i < specs->n; i++) {
		const char *name = specs->v[i].name;

		if (strlen(name) != (size_t)(colon - word) ||
		    strncmp(name, word, strlen(name)) != 0)
			continue;
		specs->v[i].cap_percent = (uint32_t)percent;
		return 0;
	}
	return usage_error("'--cap %s': no guest of that name is to be run", word);
}

int guest_specs_parse(struct guest_specs *specs, int argc, char **argv,
		      const struct strv *caps)
{
	int status = 0;

	if (!argc)
		return usage_error("no guest is named; 'matrix guests' lists some");
	for (int i = 0; i < argc && !status; i++)
		status = guest_specs_add(specs, argv[i]);
	for (size_t i = 0; i < caps->n && !status; i++)
		status = set_cap(specs, caps->v[i]);
	return status;
}

void guest_specs_drop_last(struct guest_specs *specs)
{
	struct guest_spec *last = &specs->v[--specs->n];

	free(last->source);
	free(last->name);
}

void guest_specs_deinit(struct guest_specs *specs)
{
	while (specs->n)
		guest_specs_drop_last(specs);
	free(specs->v);
	*specs = (struct guest_specs){0};
}

static int time_or(const char *option, const char *word, uint64_t normal, uint64_t *ret)
{
	*ret = normal;
	if (word && parse_time(word, ret))
		return usage_error("'--%s' takes a time like 500us, 10ms or 5s, not '%s'",
				   option, word);
	return 0;
}

static int parse_memory(const char *word, uint64_t *ret)
{
	*ret = RAM_UNIT;
	if (word && parse_size(word, ret))
		return usage_error("'--memory' takes a size like 2M or 1G, not '%s'",
				   word);
	if (*ret % RAM_UNIT || *ret > RAM_MAX)
		return usage_error(
			"'--memory %s': it must be a multiple of 2M, and at most 3G",
			word);
	return 0;
}

static int parse_names(const struct options *o, struct settings *s)
{
	s->profile = hypercall_profile_find(o->profile ? o->profile : "matrix");
	if (!s->profile)
		return usage_error(
			"there is no profile '%s', only matrix, course, course16",
			o->profile);
	s->policy = sched_policy_find(o->policy ? o->policy : "stride");
	if (!s->policy)
		return usage_error(
			"there is no policy '%s', only stride, eevdf, lottery, "
			"strict-io, ticks",
			o->policy);
	if (o->kick && strcmp(o->kick, "imm") && strcmp(o->kick, "sigmask"))
		return usage_error("'--kick' is imm or sigmask, not '%s'", o->kick);
	s->kick = o->kick && !strcmp(o->kick, "sigmask") ? KICK_SIGMASK : KICK_IMM;
	return 0;
}

int settings_parse(const struct options *o, struct settings *ret)
{
	int status = parse_names(o, ret);

	ret->device = o->device ? o->device : "/dev/kvm";
	status = status ? status : parse_memory(o->memory, &ret->memory);
	status = status ? status : time_or("slice", o->slice, 1000000, &ret->slice_ns);
	status = status ? status
			: time_or("window", o->window, 100000000, &ret->window_ns);
	status = status ? status : time_or("time", o->time, 0, &ret->duration_ns);
	if (!status && ret->slice_ns < 10000)
		return usage_error("'--slice %s' is shorter than 10us: nobody would get "
				   "anything done",
				   o->slice);
	return status;
}

int open_kvm(const struct settings *s, const struct explain *explain, struct kvm *ret)
{
	const char *missing = "?", *path = s->device;
	int err = kvm_open(path, explain, ret, &missing);

	switch (err) {
	case 0:
		if (s->kick == KICK_IMM && !ret->immediate_exit) {
			error("KVM_CAP_IMMEDIATE_EXIT is missing (Linux before 4.11); "
			      "use "
			      "--kick=sigmask");
			kvm_close(ret);
			return EXIT_MISSING;
		}
		return 0;
	case -ENOENT:
	case -ENODEV:
	case -ENXIO:
		error("there is no '%s': load kvm_amd or kvm_intel, or run inside a lab "
		      "with "
		      "'kmlab run --nested -- matrix ...'",
		      path);
		return EXIT_MISSING;
	case -EACCES:
	case -EPERM:
		error("no permission to open '%s': join the group that owns it (often "
		      "kvm), or "
		      "run as root",
		      path);
		return EXIT_MISSING;
	case -ENOTTY:
		error("'%s' is no KVM device", path);
		return EXIT_FAILED;
	case -EPROTO:
		error("'%s' speaks another KVM than version %d, which all since Linux "
		      "2.6.22 do",
		      path, KVM_API_VERSION);
		return EXIT_MISSING;
	case -ENOSYS:
		error("the KVM behind '%s' is too old or too small: it lacks %s", path,
		      missing);
		return EXIT_MISSING;
	default:
		error("cannot use '%s': %s", path, strerror(-err));
		return EXIT_FAILED;
	}
}

/* No image of ours is larger than the largest memory; a device file has no end. */
static int read_image(const char *path, char **data, size_t *size, struct text *message)
{
	struct stat st;
	int err;

	if (stat(path, &st)) {
		text_printf(message,
			    "there is no guest '%s': %s; 'matrix guests' lists those "
			    "that are built in",
			    path, strerror(errno));
		return EXIT_FAILED;
	}
	if (!S_ISREG(st.st_mode)) {
		text_printf(message, "'%s' is not a regular file", path);
		return EXIT_FAILED;
	}
	if ((uint64_t)st.st_size > RAM_MAX) {
		text_printf(message, "'%s' is larger than any guest's memory", path);
		return EXIT_FAILED;
	}
	err = fs_read_file(path, data, size);
	if (err)
		text_printf(message, "cannot read '%s': %s", path, strerror(-err));
	return err ? EXIT_FAILED : 0;
}

int make_cloud(const struct options *o, const struct settings *s,
	       struct cloud_config *config, struct cloud **ret)
{
	int err;

	config->policy = s->policy;
	config->kick = s->kick;
	config->slice_ns = s->slice_ns;
	config->seed = o->seed;
	config->stop = watch_signals();
	err = cloud_create(config, ret);
	if (!err)
		return 0;
	error("cannot make a timer for kicks: %s", strerror(-err));
	return EXIT_FAILED;
}

/* Puts the image's bytes into @config. @data: what the caller frees after the VM was
 * made. */
static int find_image(const char *source, struct vm_config *config, char **data,
		      struct text *message)
{
	struct builtin_guest builtin;

	if (!strchr(source, '/') && builtin_guest_find(source, &builtin)) {
		config->image = builtin.image;
		config->image_size = builtin.size;
		return 0;
	}
	if (read_image(source, data, &config->image_size, message))
		return EXIT_FAILED;
	config->image = *data;
	return 0;
}

int add_guest(struct cloud *cloud, const struct kvm *kvm, const struct guest_spec *spec,
	      const struct settings *s, struct vm_config *config, struct text *message)
{
	_cleanup_free_ char *data = NULL;
	char why[IMAGE_WHY];
	struct vm *vm;
	int err;

	config->name = spec->name;
	config->ram = s->memory;
	config->profile = s->profile;
	config->run_mask = cloud_run_mask(cloud);
	if (find_image(spec->source, config, &data, message))
		return EXIT_FAILED;
	err = vm_create(kvm, config, &vm, why);
	if (!err) {
		cloud_add(cloud, vm, spec->weight, spec->cap_percent);
		return 0;
	}
	if (*why)
		text_printf(message, "'%s' cannot be loaded: %s%s", spec->source, why,
			    err == -EFBIG ? "; --memory gives more" : "");
	else
		text_printf(message, "cannot make a VM for '%s': %s", spec->name,
			    strerror(-err));
	return EXIT_FAILED;
}
