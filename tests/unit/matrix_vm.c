// SPDX-License-Identifier: GPL-2.0-only
/*
 * Real guests: each way to end, a thousand times over, leaves no descriptor and no
 * mapping. Where KVM does not run guests all of it is skipped, and says why. The
 * environment may name the device (MATRIX_DEVICE) and how many cycles (MATRIX_CYCLES).
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "builtin.h"
#include "cloud.h"
#include "fs.h"
#include "hypercall.h"
#include "text.h"
#include "x86.h"

#include "tap.h"

static struct kvm kvm;

static size_t lines_of(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t n = 0;

	if (fs_read_file(path, &text, NULL))
		return 0;
	for (const char *p = text; *p; p++)
		n += *p == '\n';
	return n;
}

static size_t descriptors(void)
{
	_cleanup_strv_ struct strv names = STRV_INIT;

	fs_list("/proc/self/fd", true, &names);
	return names.n;
}

static struct vm_config config_of(const char *name)
{
	struct builtin_guest g = {0};

	builtin_guest_find(name, &g);
	return (struct vm_config){.name = name,
				  .image = g.image,
				  .image_size = g.size,
				  .ram = RAM_UNIT,
				  .profile = hypercall_profile_find("matrix")};
}

/* Runs a cloud of one or two. Return: how the first ended. */
static enum vm_end cycle(const char *name, enum kick_mode kick, const char *with)
{
	struct cloud_config cc = {.policy = sched_policy_find("stride"),
				  .kick = kick,
				  .slice_ns = 500000,
				  .duration_ns = 3000000,
				  .fd = -1};
	struct vm_config config = config_of(name),
			 second = config_of(with ? with : "hello");
	char why[IMAGE_WHY];
	struct cloud *cloud;
	struct vm *vm;
	enum vm_end end;

	if (cloud_create(&cc, &cloud))
		return VM_RUN_FAILED;
	config.run_mask = second.run_mask = cloud_run_mask(cloud);
	if (vm_create(&kvm, &config, &vm, why)) {
		cloud_destroy(cloud);
		return VM_RUN_FAILED;
	}
	cloud_add(cloud, vm, 70, 0);
	if (with && !vm_create(&kvm, &second, &vm, why))
		cloud_add(cloud, vm, 30, 0);
	cloud_run(cloud);
	end = cloud->guests[0]->vm->end;
	cloud_destroy(cloud);
	return end;
}

static void fails_to_start(void)
{
	struct vm_config config = config_of("hello");
	char why[IMAGE_WHY];
	struct vm *vm;

	config.image_size = 0;
	vm_create(&kvm, &config, &vm, why);
	config = config_of("hello");
	config.image_size = 100;
	vm_create(&kvm, &config, &vm, why);
	config = config_of("hello");
	config.ram = 12345;
	vm_create(&kvm, &config, &vm, why);
}

static const struct {
	const char *guest, *with;
	enum vm_end end;
} ways[] = {
	{"hello", NULL, VM_EXITED},
	{"bad_triple", NULL, VM_TRIPLE_FAULT},
	{"bad_pointer", NULL, VM_EXCEPTION},
	{"bad_jump", NULL, VM_CONFUSED},
	{"spinner", NULL, VM_LIVES},
	{"sleeper", NULL, VM_LIVES},
	{"chatty", "spinner", VM_LIVES},
	{"bad_string", "hello", VM_EXITED},
	{"bad_triple", "spinner", VM_TRIPLE_FAULT},
	{"bad_flood", "bad_mmio", VM_LIVES},
	{"bad_mmio", NULL, VM_EXITED},
};

enum { WAYS = sizeof(ways) / sizeof(*ways) };

static void test_cycles(unsigned int cycles)
{
	size_t fds, maps, wrong = 0;

	/* Once each before the count: stdio, arenas of the allocator. */
	for (unsigned int i = 0; i < WAYS; i++)
		cycle(ways[i].guest, KICK_IMM, ways[i].with);
	fails_to_start();
	fds = descriptors();
	maps = lines_of("/proc/self/maps");
	for (unsigned int i = 0; i < cycles; i++) {
		unsigned int way = i % WAYS;
		enum vm_end end =
			cycle(ways[way].guest, i / WAYS % 2 ? KICK_SIGMASK : KICK_IMM,
			      ways[way].with);

		/* A short stay may end before the guest does, never the other way round.
		 */
		if (end != ways[way].end && end != VM_LIVES) {
			printf("# %s: %s\n", ways[way].guest, vm_end_name(end));
			wrong++;
		}
		fails_to_start();
	}
	printf("# %u cycles\n", cycles);
	is_int((long)wrong, 0, "each guest ends as it must");
	is_int((long)descriptors(), (long)fds, "no descriptor is left");
	/* The allocator may have mapped a block more or less; a leak would be thousands.
	 */
	ok(lines_of("/proc/self/maps") <= maps + 8, "no mapping is left");
}

static void collect(void *ctx, struct vm *vm, const char *data, size_t len)
{
	text_add(ctx, data, len);
}

static enum vm_end run_to_end(struct vm *vm)
{
	while (vm_enter(vm) != VM_ENDED)
		;
	return vm->end;
}

static void test_output(void)
{
	_cleanup_text_ struct text out = TEXT_INIT;
	struct vm_config config = config_of("hello");
	char why[IMAGE_WHY];
	struct vm *vm;

	config.output = collect;
	config.output_ctx = &out;
	is_int(vm_create(&kvm, &config, &vm, why), 0, "a guest is made");
	is_int(run_to_end(vm), VM_EXITED, "it runs to its end");
	is_int(vm->status, 0, "its status");
	ok(strstr(out.s,
		  "Hello from long mode\n2048\n4294967295\nthis string costs 1\nIO in: "),
	   "what it printed");
	ok(strstr(out.s, "my stack is mapped\nInvalid GVA\n"), "its addresses");
	is_int((long)vm->counts.unclaimed, 0, "it used no port that nobody has");
	vm_destroy(vm);
}

/* Refused by immediate_exit: exit_reason is still the last one's and must not be served.
 */
static void test_immediate_exit(void)
{
	struct vm_config config = config_of("chatty");
	char why[IMAGE_WHY];
	struct vm *vm;
	uint64_t io;

	if (vm_create(&kvm, &config, &vm, why))
		return;
	vm_enter(vm);
	io = vm->counts.io_in;
	vm->run->immediate_exit = 1;
	is_int(vm_enter(vm), VM_KICKED, "with immediate_exit it is not entered");
	is_int(vm_enter(vm), VM_KICKED, "nor again");
	is_int((long)(vm->counts.io_in - io), 0, "and the last exit is not served twice");
	vm->run->immediate_exit = 0;
	is_int(vm_enter(vm), VM_DID_IO, "without, it goes on");
	vm_destroy(vm);
}

/* @size bytes of code as a guest of @profile, run to its end; what it prints goes to
 * @out. Return: the VM, or NULL when it could not be made. */
static struct vm *run_code(const char *profile, const uint8_t *code, size_t size,
			   struct text *out)
{
	struct vm_config config = {.name = profile,
				   .image = code,
				   .image_size = size,
				   .ram = RAM_UNIT,
				   .profile = hypercall_profile_find(profile),
				   .output = collect,
				   .output_ctx = out};
	char why[IMAGE_WHY];
	struct vm *vm;

	if (!is_int(vm_create(&kvm, &config, &vm, why), 0,
		    "a guest of bare bytes is made"))
		return NULL;
	is_int(run_to_end(vm), VM_EXITED, "HLT ends it");
	return vm;
}

/* Bare bytes as 16-bit guests of the course: count up on port 0x10, then halt. */
static void test_real_mode(void)
{
	static const uint8_t code[] = {
		0xb8, 0x01, 0x00, /* mov ax, 1 */
		0xe7, 0x10,	  /* out 0x10, ax */
		0x40,		  /* inc ax */
		0x3d, 0x04, 0x00, /* cmp ax, 4 */
		0x75, 0xf8,	  /* jne back to out */
		0xe4, 0x55,	  /* in al, 0x55: nobody there */
		0xe6, 0xe9,	  /* out 0xe9, al */
		0xf4,		  /* hlt */
	};
	_cleanup_text_ struct text out = TEXT_INIT;
	struct vm *vm = run_code("course16", code, sizeof(code), &out);

	is_str(out.s, "port 0x10: 1\nport 0x10: 2\nport 0x10: 3\n\xff",
	       "its ports are printed, and an unclaimed one reads as all ones");
	vm_destroy(vm);
}

/* The course's 64-bit profile, flat at 0: its seven calls. */
static void test_course(void)
{
	static const uint8_t code[] = {
		0xb0, 'A',  0xe6, 0xe9, /* mov al, 'A'; out 0xe9, al */
		0xb8, 0xff, 0xff, 0xff,
		0xff, 0xe7, 0xea,	/* mov eax, -1; out 0xea, eax */
		0xe5, 0xeb, 0xe7, 0xea, /* in eax, 0xeb; out 0xea, eax */
		0xe5, 0xed, 0x89, 0xc3,
		0xe7, 0xec, /* in eax, 0xed; mov ebx, eax; out 0xec */
		0xe5, 0xed, 0x29, 0xd8,
		0xe7, 0xea, /* in eax, 0xed; sub eax, ebx; out 0xea */
		0xb8, 0x00, 0x00, 0x00,
		0x40, 0xe7, 0xee,	/* mov eax, 1 GiB; out 0xee: invalid */
		0xe5, 0xef, 0xe7, 0xea, /* in eax, 0xef; out 0xea: 0 */
		0x31, 0xc0, 0xe7, 0xee,
		0xe5, 0xef, 0xe7, 0xea, /* of address 0: the host's */
		0xf4,
	};
	_cleanup_text_ struct text out = TEXT_INIT;
	_cleanup_free_ char *want = NULL;
	struct vm *vm = run_code("course", code, sizeof(code), &out);

	if (!vm)
		return;
	want = xprintf(
		"A4294967295\n3\nIO in: 2\nIO out: 3\nMMIO read: 0\nMMIO write: 0\n"
		"HLT: 0\nother: 0\nkicked: 0\n512\nInvalid GVA\n0\n%u\n",
		(uint32_t)(uintptr_t)vm->memory.ram.host);
	is_str(out.s, want, "all its calls answer, two texts lie in two places");
	ok((uintptr_t)vm->memory.ram.host < 1ull << 32,
	   "the host address fits in 32 bits");
	vm_destroy(vm);
}

/* outsb with rep: one exit, several bytes, one port. */
static void test_string_io(void)
{
	static const uint8_t code[] = {
		0xbe, 0x20,	    0x00, 0x00, 0x00, /* mov esi, 0x20 */
		0xb9, 0x05,	    0x00, 0x00, 0x00, /* mov ecx, 5 */
		0xba, 0xe9,	    0x00, 0x00, 0x00, /* mov edx, 0xe9 */
		0xf3, 0x6e,			      /* rep outsb */
		0xf4, [0x20] = 'm', 'a',  't',	'r',  'x',
	};
	_cleanup_text_ struct text out = TEXT_INIT;
	struct vm *vm = run_code("course", code, sizeof(code), &out);

	is_str(out.s, "matrx", "a repeated string instruction gives all its bytes");
	vm_destroy(vm);
}

/* Bytes that mean nothing, as guests: each must end or be stopped. */
static void test_random_guests(unsigned int guests)
{
	uint64_t seed = 2026;
	unsigned int ended = 0;

	for (unsigned int i = 0; i < guests; i++) {
		struct cloud_config cc = {.policy = sched_policy_find("stride"),
					  .slice_ns = 500000,
					  .duration_ns = 2000000,
					  .max_exits = 500,
					  .fd = -1};
		uint64_t code[64];
		struct vm_config config = {.name = "random",
					   .image = code,
					   .image_size = sizeof(code),
					   .ram = RAM_UNIT,
					   .profile = hypercall_profiles[i % 3]};
		char why[IMAGE_WHY];
		struct cloud *cloud;
		struct vm *vm;

		for (size_t j = 0; j < 64; j++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			code[j] = seed ^ seed >> 29;
		}
		if (cloud_create(&cc, &cloud))
			continue;
		if (!vm_create(&kvm, &config, &vm, why)) {
			cloud_add(cloud, vm, 1, 0);
			cloud_run(cloud);
			ended++;
		}
		cloud_destroy(cloud);
	}
	is_int(ended, guests, "random guests end, or are stopped");
}

static unsigned int number(const char *name, unsigned int normal)
{
	const char *s = getenv(name);

	return s ? (unsigned int)strtoul(s, NULL, 10) : normal;
}

/* Does KVM run a guest here, and in reasonable time? */
static bool kvm_works(void)
{
	const char *device = getenv("MATRIX_DEVICE"), *missing = "";
	int err = kvm_open(device ? device : "/dev/kvm", NULL, &kvm, &missing);

	if (err) {
		printf("ok 1 - real guests # SKIP no usable /dev/kvm: %s %s\n",
		       strerror(-err), missing);
		puts("1..1");
		return false;
	}
	return true;
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!kvm_works())
		return 0;
	test_output();
	test_immediate_exit();
	test_real_mode();
	test_course();
	test_string_io();
	test_random_guests(number("MATRIX_RANDOM", 300));
	test_cycles(number("MATRIX_CYCLES", 1000));
	kvm_close(&kvm);
	return tap_done();
}
