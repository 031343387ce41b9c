// SPDX-License-Identifier: GPL-2.0-only
/* A template resumed: memory mapped privately, device state read from its file. */
#include <fcntl.h>
#include <string.h>

#include "vm.h"

/*
 * All commands are sent ahead of QEMU's start: it answers them in order, and the guest
 * runs as soon as the last one is done. The session reads the answers.
 */
static int send_commands(struct vm *vm, int state_fd)
{
	int err = qmp_greet(vm);

	return err ? err : qmp_migrate(vm, "migrate-incoming", state_fd);
}

int clone_start(struct lab *lab, const struct lab_template *t,
		const struct lab_guest_job *job, int payload_fd, struct vm *ret)
{
	_cleanup_free_ char *ram = xprintf("%s/" LAB_RAM_FILE, t->dir);
	_cleanup_free_ char *state = xprintf("%s/" LAB_STATE_FILE, t->dir);
	_cleanup_free_ char *stub = xprintf("%s/" LAB_STUB_FILE, t->dir);
	_cleanup_close_ int state_fd = open(state, O_RDONLY | O_CLOEXEC);
	struct vm_spec spec = {
		.qemu = t->qemu,
		.machine = t->machine,
		.cpu = t->cpu,
		.accel = t->accel,
		.nested = t->nested,
		.in_turns = job->in_turns,
		.memory_mib = t->memory_mib,
		.cpus = t->cpus,
		.ram = ram,
		.share = false,
		.kernel = stub,
		.payload_fd = payload_fd,
		.incoming = true,
	};
	int err;

	if (state_fd < 0)
		return lab_fail(lab, -ESTALE,
				"the template '%s' is damaged: %s; it is built "
				"again by the next run",
				t->id, strerror(errno));
	err = vm_start(lab, &spec, ret);
	if (err)
		return err;
	err = send_commands(ret, state_fd);
	if (err) {
		vm_stop(ret);
		return lab_fail(lab, err,
				"QEMU ends as soon as it starts; try 'kmlab doctor'");
	}
	return 0;
}
