// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which accelerator: a KVM device that opens proves nothing, some emulate every
 * instruction. A virtual machine of one page counts down, and the clock decides.
 */
#include <fcntl.h>
#include <jansson.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "fs.h"

#include "vm.h"

#define PROBE_LIMIT_MS 200
#define MEASURE_MS     30
#define LOOP_ROUNDS    10000
#define LOOP_AT	       0x1000

/* TCG does a few hundred; a processor does thousands. */
#define GOOD_MIPS 400

const char *accel_name(enum lab_accel accel)
{
	return accel == LAB_ACCEL_KVM ? "kvm" : "tcg";
}

/* ---- in a child, which is killed when it takes too long ---- */

/* Real mode: ecx = LOOP_ROUNDS; do { } while (--ecx); hlt; and again. */
static const unsigned char loop_code[] = {
	0x66, 0xb9, LOOP_ROUNDS & 0xff, LOOP_ROUNDS >> 8,
	0,    0,    /* mov $LOOP_ROUNDS, %ecx */
	0x66, 0x49, /* dec %ecx */
	0x75, 0xfc, /* jnz to the dec */
	0xf4,	    /* hlt */
	0xeb, 0xf3, /* jmp to the mov */
};

struct answer {
	int step; /* how far it got: 0 no device, 1 no machine, 2 no run, 3 measured */
	double mips;
};

static int make_vcpu(int kvm, int vm)
{
	struct kvm_userspace_memory_region region = {.memory_size = 0x2000};
	struct kvm_regs regs = {.rip = LOOP_AT, .rflags = 2};
	struct kvm_sregs sregs;
	int vcpu;
	char *memory = mmap(NULL, region.memory_size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		return -1;
	memcpy(memory + LOOP_AT, loop_code, sizeof(loop_code));
	region.userspace_addr = (unsigned long)memory;
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return -1;
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (vcpu < 0 || ioctl(vcpu, KVM_GET_SREGS, &sregs) < 0)
		return -1;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) < 0 ||
	    ioctl(vcpu, KVM_SET_REGS, &regs) < 0)
		return -1;
	return vcpu;
}

static bool run_loop(int vcpu, struct kvm_run *run)
{
	return ioctl(vcpu, KVM_RUN, 0) == 0 && run->exit_reason == KVM_EXIT_HLT;
}

static void measure(int vcpu, struct kvm_run *run, struct answer *a)
{
	double begin = lab_now_ms(), now = begin;
	double loops = 0;

	while (now - begin < MEASURE_MS && run_loop(vcpu, run)) {
		loops++;
		now = lab_now_ms();
	}
	if (!loops)
		return;
	a->step = 3;
	a->mips = loops * LOOP_ROUNDS * 2 / ((now - begin) * 1000);
}

static void probe(struct answer *a)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int vm, vcpu, size;
	struct kvm_run *run;

	if (kvm < 0)
		return;
	a->step = 1;
	vm = ioctl(kvm, KVM_GET_API_VERSION, 0) == 12 ? ioctl(kvm, KVM_CREATE_VM, 0) : -1;
	if (vm < 0)
		return;
	a->step = 2;
	vcpu = make_vcpu(kvm, vm);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (vcpu < 0 || size <= 0)
		return;
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run != MAP_FAILED)
		measure(vcpu, run, a);
}

/* A loop that never returns counts as no run. */
static struct answer ask_child(void)
{
	struct answer a = {0, 0};
	struct pollfd fd;
	int ends[2];
	pid_t pid;

	if (access("/dev/kvm", R_OK | W_OK) < 0 || pipe2(ends, O_CLOEXEC) < 0)
		return a;
	pid = fork();
	if (pid == 0) {
		probe(&a);
		_exit(write(ends[1], &a, sizeof(a)) == sizeof(a) ? 0 : 1);
	}
	close(ends[1]);
	fd = (struct pollfd){ends[0], POLLIN, 0};
	a.step = 2;
	if (pid > 0 && poll(&fd, 1, PROBE_LIMIT_MS) == 1)
		(void)!read(ends[0], &a, sizeof(a));
	close(ends[0]);
	if (pid > 0) {
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	return a;
}

static void judge(const struct answer *a, struct lab_accel_probe *p)
{
	p->kvm_device = a->step >= 1;
	p->kvm_works = a->step == 3;
	p->kvm_mips = a->mips;
	p->accel = a->step == 3 && a->mips >= GOOD_MIPS ? LAB_ACCEL_KVM : LAB_ACCEL_TCG;
	if (p->accel == LAB_ACCEL_KVM)
		p->reason =
			xprintf("KVM runs %.0f million instructions a second", a->mips);
	else if (a->step == 3)
		p->reason =
			xprintf("emulating in software: KVM is here but runs only %.1f "
				"million instructions a second",
				a->mips);
	else if (a->step)
		p->reason =
			xstrdup("emulating in software: KVM is here but runs no guest");
	else
		p->reason = xstrdup(
			access("/dev/kvm", F_OK) == 0
				? "emulating in software: no permission for /dev/kvm"
				: "emulating in software: this machine has no /dev/kvm");
}

/* ---- remembered until the next boot ---- */

static char *boot_id(void)
{
	char *id = NULL;

	return fs_read_file("/proc/sys/kernel/random/boot_id", &id, NULL) ? xstrdup("")
									  : id;
}

static bool recall(const char *path, struct lab_accel_probe *ret)
{
	_cleanup_free_ char *boot = boot_id();
	json_t *root = json_load_file(path, 0, NULL);
	const char *then, *reason;
	int kvm, device, works, allowed;
	bool good =
		root &&
		json_unpack(root, "{s:s,s:s,s:b,s:b,s:b,s:b,s:F}", "boot", &then,
			    "reason", &reason, "kvm", &kvm, "device", &device, "works",
			    &works, "allowed", &allowed, "mips", &ret->kvm_mips) == 0 &&
		!strcmp(then, boot) && allowed == (access("/dev/kvm", R_OK | W_OK) == 0);

	if (good) {
		ret->accel = kvm ? LAB_ACCEL_KVM : LAB_ACCEL_TCG;
		ret->kvm_device = device;
		ret->kvm_works = works;
		ret->reason = xstrdup(reason);
	}
	json_decref(root);
	return good;
}

/* A cache that cannot be written to is reported by those who need it. */
static void remember(const char *path, const struct lab_accel_probe *p)
{
	_cleanup_free_ char *boot = boot_id();
	json_t *root = json_pack(
		"{s:s,s:s,s:b,s:b,s:b,s:b,s:f}", "boot", boot, "reason", p->reason, "kvm",
		p->accel == LAB_ACCEL_KVM, "device", p->kvm_device, "works", p->kvm_works,
		"allowed", access("/dev/kvm", R_OK | W_OK) == 0, "mips", p->kvm_mips);
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;

	if (text)
		fs_write_file(path, text, strlen(text), 0600);
	free(text);
	json_decref(root);
}

int lab_accel_probe(struct lab *lab, bool refresh, struct lab_accel_probe *ret)
{
	_cleanup_free_ char *path = xprintf("%s/accelerator.json", lab->cache_dir);
	struct lab_accel_probe p = {0};
	struct answer answer;

	if (refresh || !recall(path, &p)) {
		p = (struct lab_accel_probe){0};
		answer = ask_child();
		judge(&answer, &p);
		remember(path, &p);
	}
	*ret = p;
	return 0;
}
