// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debian -dkms trees. A dkms.conf is shell text; it is read by the shell, inside the
 * sandbox, with the variables set that dkms(8) documents. MAKE[0] then runs in the
 * source directory itself, not in a copy, so that paths stay the user's.
 */
#include <string.h>

#include "clean.h"
#include "build_job.h"
#include "fs.h"

/* $1 release, $2 headers, $3 jobs, $4 what to do: show, patch, build. */
static const char script[] =
	"kernelver=$1 kernel_source_dir=$2 jobs=$3 verb=$4\n"
	"arch=$(uname -m) dkms_tree=/run/kmlab/dkms source_tree=/run/kmlab/dkms-source\n"
	"ME=kmlab CLEAN= PRE_BUILD= POST_BUILD= module= module_version=\n"
	"unset MAKE MAKE_MATCH BUILT_MODULE_NAME BUILT_MODULE_LOCATION PATCH "
	"PATCH_MATCH\n"
	"unset BUILD_EXCLUSIVE_KERNEL\n"
	"read_conf() { . ./dkms.conf; }\n"
	"read_conf >/dev/null || exit 1\n"
	"module=$PACKAGE_NAME module_version=$PACKAGE_VERSION\n"
	"read_conf >/dev/null\n"
	"build=$dkms_tree/$PACKAGE_NAME/$PACKAGE_VERSION/build\n"
	"if [ \"$verb\" = show ]; then\n"
	"  if [ -n \"$BUILD_EXCLUSIVE_KERNEL\" ] &&\n"
	"     ! [[ $kernelver =~ $BUILD_EXCLUSIVE_KERNEL ]]; then\n"
	"    printf 'exclude %s\\n' \"$BUILD_EXCLUSIVE_KERNEL\"\n"
	"  fi\n"
	"  n=${#BUILT_MODULE_NAME[@]}\n"
	"  [ $n -gt 0 ] || { n=1; BUILT_MODULE_NAME[0]=$PACKAGE_NAME; }\n"
	"  for ((i = 0; i < n; i++)); do\n"
	"    where=${BUILT_MODULE_LOCATION[$i]}\n"
	"    printf 'module %s\\n' \"${where:+$where/}${BUILT_MODULE_NAME[$i]}.ko\"\n"
	"  done\n"
	"  [ -z \"$PRE_BUILD${PATCH[*]}\" ] || echo patches\n"
	"  exit 0\n"
	"fi\n"
	"if [ \"$verb\" = patch ]; then\n"
	"  for i in \"${!PATCH[@]}\"; do\n"
	"    [[ -z ${PATCH_MATCH[$i]} || $kernelver =~ ${PATCH_MATCH[$i]} ]] || "
	"continue\n"
	"    patch -p1 --no-backup-if-mismatch < \"patches/${PATCH[$i]}\" || exit 1\n"
	"  done\n"
	"  exit 0\n"
	"fi\n"
	"mkdir -p \"${build%/*}\" && ln -s \"$PWD\" \"$build\" || exit 1\n"
	"command=${MAKE[0]}\n"
	"for i in \"${!MAKE_MATCH[@]}\"; do\n"
	"  [[ -n ${MAKE_MATCH[$i]} && $kernelver =~ ${MAKE_MATCH[$i]} ]] &&\n"
	"    command=${MAKE[$i]}\n"
	"done\n"
	"[ -n \"$command\" ] || command=\"make -C $kernel_source_dir M=$PWD\"\n"
	"command=${command//\"$build\"/\"$PWD\"}\n"
	"if [[ $command =~ ^make ]]; then\n"
	"  command=\"make -j$jobs KERNELRELEASE=$kernelver${command#make}\"\n"
	"fi\n"
	"if [ -n \"$PRE_BUILD\" ]; then eval \"./$PRE_BUILD\" || exit 1; fi\n"
	"eval \"$command\" || exit\n"
	"if [ -n \"$POST_BUILD\" ]; then eval \"./$POST_BUILD\" || exit 1; fi\n";

static int run_script(struct build_job *job, const struct lab_sandbox *box,
		      const char *verb, struct text *out, int *status)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;

	strv_add(&argv, "bash");
	strv_add(&argv, "-c");
	strv_add(&argv, script);
	strv_add(&argv, "dkms.conf");
	strv_add(&argv, job->kernel->release);
	strv_add(&argv, job->kernel->headers);
	strv_printf(&argv, "%d", build_cpus());
	strv_add(&argv, verb);
	return lab_sandbox_run(job->lab, box, argv.v, job->at, out, status);
}

/* The first line that a conf or its shell said, fit to be part of a sentence. */
static char *first_words(const char *text)
{
	_cleanup_free_ char *line = xstrndup(text, strcspn(text, "\n"));

	line[strnlen(line, 200)] = '\0';
	return clean(line, CLEAN_LINE);
}

static int parse_shown(struct build_job *job, char *text)
{
	char *save, *line;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (str_starts(line, "exclude ")) {
			_cleanup_free_ char *wants = first_words(line + 8);

			return lab_fail(job->lab, -ENOTSUP,
					"'%s/dkms.conf' excludes kernel "
					"'%s' (it wants '%s'); choose another kernel",
					job->dir, job->kernel->release, wants);
		}
		if (job->dkms_modules.n > BUILD_MAX_MODULES)
			return lab_fail(job->lab, -E2BIG,
					"'%s/dkms.conf' names more than %d modules; "
					"correct it",
					job->dir, BUILD_MAX_MODULES);
		if (str_starts(line, "module "))
			strv_add(&job->dkms_modules, line + 7);
		else if (!strcmp(line, "patches"))
			job->dkms_patches = true;
	}
	return 0;
}

int dkms_read(struct build_job *job)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_free_ char *said = NULL;
	struct lab_sandbox box = job->box;
	int status = 0, err;

	err = run_script(job, &box, "show", &out, &status);
	if (err)
		return err;
	said = first_words(out.s ? out.s : "the shell gave up");
	if (status)
		return lab_fail(job->lab, -EINVAL,
				"cannot read '%s/dkms.conf': %s; correct it", job->dir,
				said);
	return parse_shown(job, out.s ? out.s : (char[]){""});
}

int dkms_build(struct build_job *job, struct text *out, int *status)
{
	struct lab_sandbox host = job->box;
	int err = 0;

	/* patch(1) is rarely part of a build root; the host's own tools do as well here.
	 */
	if (job->dkms_patches) {
		host.root = NULL;
		host.usr_src = NULL;
		host.headers = NULL;
		host.release = NULL;
		err = run_script(job, &host, "patch", out, status);
	}
	if (err || *status)
		return err;
	return run_script(job, &job->box, "build", out, status);
}
