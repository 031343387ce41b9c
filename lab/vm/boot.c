// SPDX-License-Identifier: GPL-2.0-only
/* The cold boot of a template, up to its agent's word, and the save. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>

#include "fs.h"

#include "../digest.h"
#include "patience.h"
#include "vm.h"

#define BOOT_LIMIT_MS 180000
#define SAVE_LIMIT_MS 60000

/* After this time the kernel has ended its own deferred work (RCU, workqueues). */
#define SETTLE_MS 700

/*
 * panic=-1: a panic ends QEMU at once, its text already on the console. tsc=reliable: the
 * clock stands still between save and resume, no watchdog needs to know. log_buf_len:
 * what a module prints in a burst is to wait there until it is read, not to be
 * overwritten. init_on_free: what is free holds no old pointers (page_owner.h).
 */
static const char command_line[] =
	"console=ttyS0 loglevel=8 panic=-1 tsc=reliable "
	"mitigations=off audit=0 log_buf_len=1M init_on_free=1 "
	"rdinit=/init";

const char *boot_command_line(void)
{
	return command_line;
}

struct boot {
	struct lab *lab;
	struct lab_template *t;
	const char *dir;
	struct vm vm;
	struct text console;
	struct frames frames;
	bool ready;
};

static void boot_deinit(struct boot *b)
{
	vm_stop(&b->vm);
	text_deinit(&b->console);
	frames_deinit(&b->frames);
}

/* The last line that says something, for the error message. */
static char *last_line(struct text *console)
{
	while (console->len && strchr("\r\n ", console->s[console->len - 1]))
		console->s[--console->len] = '\0';
	for (size_t i = console->len; i-- > 0;)
		if (console->s[i] == '\n')
			return xstrdup(console->s + i + 1);
	return xstrdup(console->s ? console->s : "nothing on the console");
}

static int boot_failed(struct boot *b, int err, const char *what)
{
	_cleanup_free_ char *line = last_line(&b->console);
	_cleanup_free_ char *qemu = vm_errors(&b->vm);

	return lab_fail(b->lab, err, "kernel '%s' %s: '%s'; try 'kmlab doctor'",
			b->t->kernel->name, what, qemu ? qemu : line);
}

static int read_ready(struct boot *b, const struct frame *f)
{
	struct proto_ready ready;
	/* 4 cycles a round at 3 GHz */
	double native_ns = PROTO_SPEED_LOOPS * 4 / 3.0;

	if (f->type != PROTO_READY || f->len < sizeof(ready) + 1)
		return 0;
	memcpy(&ready, f->data, sizeof(ready));
	b->t->release = xstrndup(f->data + sizeof(ready), f->len - sizeof(ready));
	b->t->map = ready.map;
	b->t->layout = ready.layout;
	b->t->speed = native_ns / (double)(ready.loop_ns ? ready.loop_ns : 1);
	b->ready = true;
	return 0;
}

static int read_control(struct boot *b)
{
	ssize_t n = frames_read(&b->frames, b->vm.control);
	struct frame f;
	int rc;

	if (n == -EAGAIN)
		return 0;
	if (n <= 0)
		return boot_failed(b, -EIO, "ended while it booted");
	while ((rc = frames_next(&b->frames, &f)) > 0)
		read_ready(b, &f);
	return rc < 0 ? boot_failed(b, rc, "has an agent that talks another protocol")
		      : 0;
}

static bool read_console(struct boot *b)
{
	char buf[16384];
	ssize_t n = read(b->vm.console, buf, sizeof(buf));

	if (n > 0) {
		text_add(&b->console, buf, (size_t)n);
		text_keep_tail(&b->console, 65536);
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static int boot_poll(struct boot *b, int timeout_ms)
{
	struct pollfd fds[] = {{b->vm.console, POLLIN, 0},
			       {b->vm.control, POLLIN, 0},
			       {b->lab->cancel_fd, POLLIN, 0}};

	if (poll(fds, 3, timeout_ms) < 0 && errno != EINTR)
		return -errno;
	if (fds[2].revents)
		return lab_fail(b->lab, -ECANCELED, "interrupted");
	if (fds[0].revents && !read_console(b))
		return boot_failed(b, -EIO, "ended while it booted");
	return fds[1].revents ? read_control(b) : 0;
}

static int wait_ready(struct boot *b)
{
	struct patience patience;
	double spent = 0, settled = 0;
	int err = 0;

	patience_init(&patience, b->vm.pid);
	while (!b->ready && !err) {
		spent += patience_step(&patience);
		if (spent > BOOT_LIMIT_MS)
			return boot_failed(b, -ETIMEDOUT, "did not come up in time");
		err = boot_poll(b, 250);
	}
	while (!err && settled < SETTLE_MS) {
		settled += patience_step(&patience);
		err = boot_poll(b, 50);
	}
	return err;
}

/* ---- the save ---- */

static bool is_status(json_t *message, const char *status)
{
	const char *event = json_string_value(json_object_get(message, "event"));
	const char *got = json_string_value(
		json_object_get(json_object_get(message, "data"), "status"));

	return event && got && !strcmp(event, "MIGRATION") && !strcmp(got, status);
}

static int save_step(struct boot *b, json_t *message, bool *done)
{
	json_t *error = json_object_get(message, "error");
	const char *text = json_string_value(json_object_get(error, "desc"));

	*done = is_status(message, "completed");
	if (!error && !is_status(message, "failed"))
		return 0;
	return lab_fail(b->lab, -EIO,
			"QEMU cannot save the template: %s; check free space "
			"and the QEMU version",
			text ? text : "no reason given");
}

static int wait_saved(struct boot *b)
{
	struct patience patience;
	double waited = 0;
	bool done = false;
	int err = 0;

	patience_init(&patience, b->vm.pid);
	while (!done && !err) {
		struct pollfd fd = {b->vm.qmp, POLLIN, 0};
		json_t *message = NULL;

		err = qmp_next(&b->vm, &message);
		if (err == -EAGAIN) {
			waited += patience_step(&patience);
			if (waited > SAVE_LIMIT_MS)
				return lab_fail(b->lab, -ETIMEDOUT,
						"QEMU does not finish "
						"saving the template; check free space");
			poll(&fd, 1, 1000);
			err = lab_cancelled(b->lab) ? -ECANCELED : 0;
			continue;
		}
		if (err)
			return boot_failed(b, -EIO, "ended while it was saved");
		err = save_step(b, message, &done);
		json_decref(message);
	}
	return err;
}

static int save(struct boot *b)
{
	_cleanup_free_ char *state = xprintf("%s/" LAB_STATE_FILE, b->dir);
	_cleanup_close_ int fd = open(state, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	int err = qmp_greet(&b->vm);

	if (fd < 0)
		return lab_fail(b->lab, -errno, "cannot write '%s': %s; free space",
				state, strerror(errno));
	/* The guest is not stopped before the save: saved as running, a clone runs as
	 * soon as it is loaded. */
	if (!err)
		err = qmp_migrate(&b->vm, "migrate", fd);
	if (err)
		return boot_failed(b, err, "ended before it was saved");
	return wait_saved(b);
}

/*
 * A clone needs an image to start with, though never a byte of it: only the firmware's
 * loader must be there as it was. The first sectors and a little more are enough.
 */
static int write_stub(struct boot *b)
{
	_cleanup_free_ char *path = xprintf("%s/" LAB_STUB_FILE, b->dir);
	_cleanup_close_ int fd = open(b->t->kernel->image, O_RDONLY | O_CLOEXEC);
	unsigned char buf[65536];
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	size_t setup;
	int err;

	if (n < 0x200)
		return lab_fail(b->lab, -EIO,
				"cannot read the kernel image '%s'; add the "
				"kernel again",
				b->t->kernel->image);
	setup = ((size_t)(buf[0x1f1] ? buf[0x1f1] : 4) + 1) * 512;
	if (setup + 4096 < (size_t)n)
		n = (ssize_t)setup + 4096;
	err = fs_write_file(path, buf, (size_t)n, 0600);
	return err ? lab_fail(b->lab, err, "cannot write '%s': %s; free space", path,
			      strerror(-err))
		   : 0;
}

static int start(struct boot *b, const char *initrd, int payload_fd)
{
	_cleanup_free_ char *ram = xprintf("%s/" LAB_RAM_FILE, b->dir);
	_cleanup_free_ char *more = strv_join(&b->t->append, " ");
	_cleanup_free_ char *append = xprintf("%s %s", command_line, more);
	struct vm_spec spec = {
		.qemu = b->t->qemu,
		.machine = b->t->machine,
		.cpu = b->t->cpu,
		.accel = b->t->accel,
		.nested = b->t->nested,
		.memory_mib = b->t->memory_mib,
		.cpus = b->t->cpus,
		.ram = ram,
		.share = true,
		.kernel = b->t->kernel->image,
		.initrd = initrd,
		.append = append,
		.payload_fd = payload_fd,
	};

	return vm_start(b->lab, &spec, &b->vm);
}

/* Emulated CPUs now and then meet the kernel's own live patching half-way and die of an
 * "int3" that nobody set (seen on 7.2 with two CPUs): no fault of the kernel's. */
#define BOOT_TRIES 3

static int boot_once(struct lab *lab, struct lab_template *t, const char *dir,
		     const char *initrd)
{
	_cleanup_(boot_deinit) struct boot b = {
		.lab = lab, .t = t, .dir = dir, .vm = VM_INIT};
	_cleanup_close_ int payload = payload_empty(lab);
	double begin = lab_now_ms();
	int err = payload < 0 ? payload : start(&b, initrd, payload);

	if (!err)
		err = wait_ready(&b);
	t->boot_ms = lab_now_ms() - begin;
	if (!err)
		witness_check(&b.vm, t->memory_mib, &t->map);
	if (!err)
		err = save(&b);
	return err ? err : write_stub(&b);
}

/*
 * All that a guest of this template sees of the outside: the bytes of QEMU, kernel image
 * and initramfs, and what they are started with.
 */
static int prove(struct lab *lab, struct lab_template *t, const char *initrd)
{
	const char *const files[] = {t->qemu, t->kernel->image, initrd};
	const struct vm_spec spec = {.machine = t->machine,
				     .cpu = t->cpu,
				     .accel = t->accel,
				     .nested = t->nested,
				     .memory_mib = t->memory_mib,
				     .cpus = t->cpus};
	_cleanup_strv_ struct strv words = STRV_INIT;
	struct digest d;
	int err = 0;

	qemu_words(&spec, &words);
	strv_add(&words, command_line);
	strv_add_all(&words, t->append.v);
	digest_init(&d);
	for (size_t i = 0; i < words.n; i++)
		digest_text(&d, words.v[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		err = digest_file(&d, files[i]);
		if (err)
			return lab_fail(lab, err, "cannot read '%s': %s", files[i],
					strerror(-err));
	}
	t->proof = digest_end(&d);
	return 0;
}

int template_boot(struct lab *lab, struct lab_template *t, const char *dir)
{
	_cleanup_free_ char *initrd = xprintf("%s/initrd", dir);
	_cleanup_free_ char *ram = xprintf("%s/" LAB_RAM_FILE, dir);
	int err = initramfs_build(lab, t->kernel, initrd);

	if (!err)
		err = prove(lab, t, initrd);

	for (int i = 0; i < BOOT_TRIES && !err; i++) {
		free(t->release);
		t->release = NULL;
		err = boot_once(lab, t, dir, initrd);
		if (err != -EIO || i + 1 == BOOT_TRIES)
			break;
		unlink(ram); /* what the dead guest wrote */
		err = 0;
	}
	unlink(initrd);
	if (!err)
		ram_make_sparse(ram);
	return err;
}
