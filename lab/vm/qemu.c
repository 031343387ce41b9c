// SPDX-License-Identifier: GPL-2.0-only
/* QEMU: where it is, which one, and the one place that knows its command line. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "fs.h"
#include "process.h"

#include "vm.h"

#define QEMU_PROGRAM "qemu-system-x86_64"
#define QEMU_PACKAGE "qemu-system-x86"

void lab_qemu_deinit(struct lab_qemu *qemu)
{
	free(qemu->path);
	free(qemu->version);
	memset(qemu, 0, sizeof(*qemu));
}

/* "QEMU emulator version 7.2.22 (Debian ...)" */
static int parse_version(const char *text, struct lab_qemu *qemu)
{
	static const char before[] = "version ";
	const char *p = text ? strstr(text, before) : NULL;

	if (!p)
		return -EINVAL;
	p += sizeof(before) - 1;
	if (sscanf(p, "%u.%u", &qemu->major, &qemu->minor) != 2)
		return -EINVAL;
	qemu->version = xstrndup(p, strspn(p, "0123456789."));
	return 0;
}

char *qemu_path(struct lab *lab)
{
	char *path = process_find(QEMU_PROGRAM);

	if (!path)
		lab_fail(lab, -ENOPKG, "no '%s' in PATH; install the package '%s'",
			 QEMU_PROGRAM, QEMU_PACKAGE);
	return path;
}

int lab_qemu_find(struct lab *lab, struct lab_qemu *ret)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_(lab_qemu_deinit) struct lab_qemu q = {.path = qemu_path(lab)};
	char *argv[] = {q.path, (char *)"--version", NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	int status = 0, err;

	if (!q.path)
		return -ENOPKG;
	spec.argv = argv;
	err = process_capture(&spec, 10000, lab->cancel_fd, &out, NULL, &status);
	if (!err && status == 0)
		err = parse_version(out.s, &q);
	if (err || status)
		return lab_fail(
			lab, err ? err : -ENOTSUP,
			"'%s --version' does not answer as QEMU does; install the "
			"package '%s'",
			q.path, QEMU_PACKAGE);
	if (q.major < 5 || (q.major == 5 && q.minor < 2))
		return lab_fail(lab, -ENOTSUP,
				"QEMU '%s' is older than 5.2; install a newer "
				"'%s'",
				q.version, QEMU_PACKAGE);
	*ret = q;
	memset(&q, 0, sizeof(q));
	return 0;
}

/* ---- descriptors ---- */

enum { CONTROL, IN, OUT, ERR, CONSOLE, QMP, N_CHANNELS };

struct inherited {
	int channels[N_CHANNELS]; /* QEMU's ends */
	int payload;
};

static int open_channels(struct vm *vm, struct inherited *in)
{
	int *ours[N_CHANNELS] = {&vm->control, &vm->in,	     &vm->out,
				 &vm->err,     &vm->console, &vm->qmp};

	for (int i = 0; i < N_CHANNELS; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			return -errno;
		fcntl(pair[0], F_SETFL, O_NONBLOCK);
		*ours[i] = pair[0];
		in->channels[i] = pair[1];
	}
	return 0;
}

static void close_inherited(struct inherited *in)
{
	for (int i = 0; i < N_CHANNELS; i++)
		cleanup_close(&in->channels[i]);
}

/* These descriptors are inherited by QEMU. */
static int keep_descriptors(const struct inherited *in)
{
	for (int i = 0; i < N_CHANNELS; i++)
		if (fcntl(in->channels[i], F_SETFD, 0) < 0)
			return -errno;
	return fcntl(in->payload, F_SETFD, 0) < 0 ? -errno : 0;
}

struct child {
	const struct vm_spec *spec;
	const struct inherited *in;
};

static int prepare_child(void *data)
{
	const struct child *child = data;
	int err = keep_descriptors(child->in);

	return err ? err : qemu_box_enter(child->spec);
}

/* ---- the command line ---- */

/*
 * KVM in a guest patches the scheduler's code whenever the first VM comes and the last
 * one goes (the preempt notifiers' static key). With a thread for each vCPU, QEMU 7.2's
 * TCG then lets the other one run into the breakpoint after its handler has forgotten it,
 * about one time in sixty: "Oops: int3" in __schedule. One thread for all has no such
 * window.
 */
static const char *tcg_threads(const struct vm_spec *s)
{
	return s->nested || s->in_turns ? "tcg,thread=single" : "tcg,thread=multi";
}

static void add_machine(struct strv *v, const struct vm_spec *s)
{
	strv_add(v, "-machine");
	strv_printf(v,
		    "%s,memory-backend=ram,usb=off,smbus=off,sata=off,vmport=off,"
		    "graphics=off,dump-guest-core=off",
		    s->machine);
	strv_add(v, "-accel");
	strv_add(v, s->accel == LAB_ACCEL_KVM ? "kvm" : tcg_threads(s));
	strv_add(v, "-cpu");
	strv_add(v, s->cpu);
	strv_add(v, "-smp");
	strv_printf(v, "%u", s->cpus);
	strv_add(v, "-m");
	strv_printf(v, "%uM", s->memory_mib);
	strv_add(v, "-object");
	strv_printf(v, "memory-backend-file,id=ram,size=%uM,share=%s,mem-path=%s",
		    s->memory_mib, s->share ? "on" : "off", s->ram);
}

static void add_port(struct strv *v, const char *name, int fd, enum proto_port nr)
{
	strv_add(v, "-chardev");
	strv_printf(v, "socket,id=%s,fd=%d", name, fd);
	strv_add(v, "-device");
	strv_printf(v, "virtserialport,chardev=%s,nr=%d", name, (int)nr);
}

static void add_devices(struct strv *v, const struct inherited *in)
{
	strv_add(v, "-device");
	strv_add(v, "virtio-serial-pci,max_ports=5,disable-legacy=on");
	add_port(v, "control", in->channels[CONTROL], PROTO_CONTROL);
	add_port(v, "in", in->channels[IN], PROTO_STDIN);
	add_port(v, "out", in->channels[OUT], PROTO_STDOUT);
	add_port(v, "err", in->channels[ERR], PROTO_STDERR);
	strv_add(v, "-chardev");
	strv_printf(v, "socket,id=console,fd=%d", in->channels[CONSOLE]);
	strv_add(v, "-serial");
	strv_add(v, "chardev:console");
	strv_add(v, "-chardev");
	strv_printf(v, "socket,id=qmp,fd=%d", in->channels[QMP]);
	strv_add(v, "-mon");
	strv_add(v, "chardev=qmp,mode=control");
	strv_add(v, "-add-fd");
	strv_printf(v, "fd=%d,set=1", in->payload);
	strv_add(v, "-drive");
	strv_add(v, "if=none,id=payload,format=raw,read-only=on,file.locking=off,"
		    "file=/dev/fdset/1");
	strv_add(v, "-device");
	strv_add(v, "virtio-blk-pci,drive=payload,disable-legacy=on");
}

static void add_boot(struct strv *v, const struct vm_spec *s)
{
	strv_add(v, "-kernel");
	strv_add(v, s->kernel);
	if (s->initrd) {
		strv_add(v, "-initrd");
		strv_add(v, s->initrd);
		strv_add(v, "-append");
		strv_add(v, s->append);
	}
	if (s->incoming) {
		strv_add(v, "-incoming");
		strv_add(v, "defer");
	}
}

static void command_line(struct strv *v, const struct vm_spec *s,
			 const struct inherited *in)
{
	static const char *const plain[] = {
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-rtc",	       "clock=vm",	  NULL};

	strv_add(v, s->qemu);
	strv_add_all(v, (char *const *)plain);
	add_machine(v, s);
	add_devices(v, in);
	add_boot(v, s);
}

void qemu_words(const struct vm_spec *s, struct strv *ret)
{
	static const struct inherited none;
	struct vm_spec nameless = *s;

	nameless.qemu = nameless.ram = nameless.kernel = "";
	nameless.initrd = NULL;
	command_line(ret, &nameless, &none);
}

/* Made here: QEMU itself may make no files. */
static int make_ram(const struct vm_spec *s)
{
	int fd = s->share ? open(s->ram, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

	if (s->share && fd < 0)
		return -errno;
	cleanup_close(&fd);
	return 0;
}

int vm_start(struct lab *lab, const struct vm_spec *s, struct vm *ret)
{
	_cleanup_strv_ struct strv argv = STRV_INIT;
	_cleanup_vm_ struct vm vm = VM_INIT;
	struct inherited in = {{-1, -1, -1, -1, -1, -1}, s->payload_fd};
	struct process_spec spec = PROCESS_SPEC_INIT;
	struct child child = {s, &in};
	int err = open_channels(&vm, &in);

	vm.errors = memfd_create("qemu-stderr", MFD_CLOEXEC);
	if (!err && vm.errors < 0)
		err = -errno;
	if (!err)
		err = make_ram(s);
	if (!err) {
		command_line(&argv, s, &in);
		if (lab_qemu_filters(lab, s->qemu, false)) {
			strv_add(&argv, "-sandbox");
			strv_add(&argv, qemu_filter_words());
		}
		spec.argv = argv.v;
		spec.out = spec.err = vm.errors;
		spec.setup = prepare_child;
		spec.data = &child;
		err = process_start(&spec, &vm.pid);
	}
	close_inherited(&in);
	if (err)
		return lab_fail(lab, err,
				"cannot start '%s': %s; check that it runs by hand",
				s->qemu, strerror(-err));
	*ret = vm;
	vm = (struct vm)VM_INIT;
	return 0;
}

void vm_stop(struct vm *vm)
{
	int *fds[] = {&vm->control, &vm->in,  &vm->out,	  &vm->err,
		      &vm->console, &vm->qmp, &vm->errors};

	if (vm->pid > 0)
		process_kill(vm->pid, 0);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		cleanup_close(fds[i]);
	text_deinit(&vm->qmp_in);
	*vm = (struct vm)VM_INIT;
}

char *vm_errors(const struct vm *vm)
{
	_cleanup_text_ struct text t = TEXT_INIT;
	char buf[4096];
	ssize_t n = vm->errors < 0 ? 0 : pread(vm->errors, buf, sizeof(buf), 0);

	if (n <= 0)
		return NULL;
	text_add(&t, buf, (size_t)n);
	while (t.len && t.s[t.len - 1] == '\n')
		t.s[--t.len] = '\0';
	for (size_t i = 0; i < t.len; i++)
		if (t.s[i] == '\n')
			t.s[i] = ' ';
	return text_take(&t);
}
