// SPDX-License-Identifier: GPL-2.0-only
/* One job in one clone, from its payload to the end of its QEMU. */
#include <string.h>

#include "../cache.h"
#include "vm.h"

static int run_once(struct lab *lab, const struct lab_template *t,
		    const struct lab_guest_job *job, int payload_fd, uint64_t size,
		    struct lab_guest_report *r)
{
	_cleanup_vm_ struct vm vm = VM_INIT;
	double started = lab_now_ms();
	int err = clone_start(lab, t, job, payload_fd, &vm);

	return err ? err : session_run(lab, t, job, &vm, size, started, r);
}

/* A template that does not resume is removed and made again, once. */
static int rebuild(struct lab *lab, const struct lab_template *old,
		   struct lab_template **ret)
{
	struct lab_vm_shape shape = {
		.kernel = old->kernel,
		.memory_mib = old->memory_mib,
		.cpus = old->cpus,
		.nested = old->nested,
		.append = old->append.v,
	};
	int err = lab_cache_remove(lab, "templates", old->id);

	return err ? err : lab_template_get(lab, &shape, ret);
}

int lab_guest_run(struct lab *lab, const struct lab_template *tpl,
		  const struct lab_guest_job *job, struct lab_guest_report *ret)
{
	_cleanup_(lab_guest_report_deinit) struct lab_guest_report r = {0};
	_cleanup_template_ struct lab_template *fresh = NULL;
	_cleanup_free_ char *key = NULL;
	_cleanup_close_ int payload = -1;
	double started = lab_now_ms();
	uint64_t size = 0;
	int err = payload_build(lab, job, &payload, &size);

	if (err)
		return err;
	key = facts_key(tpl, job, payload, size);
	if (key && job->proof == LAB_PROOF_STORED && facts_recall(lab, key, job, ret)) {
		ret->key = take_ptr(key);
		return 0;
	}
	r.key = take_ptr(key);
	err = run_once(lab, tpl, job, payload, size, &r);
	if (err == -ESTALE) {
		err = rebuild(lab, tpl, &fresh);
		lab_guest_report_deinit(&r);
		if (!err)
			r.key = facts_key(fresh, job, payload, size);
		if (!err)
			err = run_once(lab, fresh, job, payload, size, &r);
	}
	if (err)
		return err;
	r.total_ms = lab_now_ms() - started;
	*ret = r;
	memset(&r, 0, sizeof(r));
	return 0;
}
