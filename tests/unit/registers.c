// SPDX-License-Identifier: GPL-2.0-only
/* The pointer that an oops went through, by its registers and code bytes. */
#include "tap.h"
#include "verdict/registers.h"

static const char *const dump[] = {
	"BUG: kernel NULL pointer dereference, address: 000000000000001c",
	"RIP: 0010:kthread_stop+0x1b/0x180",
	"", /* the code */
	"RSP: 0018:ffffd10e003f3ac8 EFLAGS: 00000282",
	"RAX: 0000000000000001 RBX: fffffffffffffff4 RCX: 0000000000000000",
	"RDX: 0000000000000010 RSI: 0000000000000024 RDI: fffffffffffffffe",
	"RBP: ffff888001000000 R08: 0000000000000014 R09: ffff8d8b8f8d8d9a",
	"R10: fefefefefefefeff R11: 0000000000000000 R12: 000000000000001c",
	"R13: 00000000000000b0 R14: 0000000000000003 R15: ffffffffffffff83",
	"Call Trace:",
	"RIP: 0033:0x40ae54",
	"Code: 0f 05 <48> 89 c7",
	"RAX: ffffffffffffffda RBX: 00007fb559bbb000 RCX: 000000000040ae54",
};

static void fill(struct strv *lines, const char *code)
{
	for (size_t i = 0; i < sizeof(dump) / sizeof(*dump); i++)
		strv_add(lines, i == 2 ? code : dump[i]);
}

static const struct object_code no_file = OBJECT_CODE_INIT;

/* Instructions as objdump shows them. */
static const struct {
	const char *code, *what;
	unsigned long long address, pointer;
	unsigned int size; /* 0: no access to memory is seen */
} cases[] = {
	{"b8 01 00 00 00 <f0> 0f c1 43 28 85 c0", "lock xadd %eax,0x28(%rbx)", 0x1c,
	 -12ULL, 4},
	{"<48> 8b 43 28 c3", "mov 0x28(%rbx),%rax", 0x1c, -12ULL, 8},
	{"<48> 8b 83 28 01 00 00", "mov 0x128(%rbx),%rax", 0x11c, -12ULL, 8},
	{"<48> 8b 43 e8", "mov -0x18(%rbx),%rax", -36ULL, -12ULL, 8},
	{"<66> 89 47 0e", "mov %ax,0xe(%rdi)", 0xc, -2ULL, 2},
	{"<0f> b6 47 10", "movzbl 0x10(%rdi),%eax", 0xe, -2ULL, 1},
	{"<48> 63 47 10", "movslq 0x10(%rdi),%rax", 0xe, -2ULL, 4},
	{"<41> c6 87 90 00 00 00 01", "movb $1,0x90(%r15)", 0x13, -125ULL, 1},
	{"<48> 83 7f 08 00", "cmpq $0,0x8(%rdi)", 0x6, -2ULL, 8},
	{"<ff> 57 18", "call *0x18(%rdi)", 0x16, -2ULL, 4},
	{"<f0> 48 0f b1 17", "lock cmpxchg %rdx,(%rdi)", -2ULL, -2ULL, 8},
	{"<48> 8b 04 17", "mov (%rdi,%rdx,1),%rax", 0xe, -2ULL, 8},
	{"<48> 8b 04 3a", "mov (%rdx,%rdi,1),%rax", 0xe, -2ULL, 8},
	{"<48> 8b 04 2f", "mov (%rdi,%rbp,1),%rax", 0xffff888000fffffe,
	 0xffff888001000000, 8},
	{"<48> 8b 44 3d 00", "mov 0x0(%rbp,%rdi,1),%rax", 0xffff888000fffffe,
	 0xffff888001000000, 8},
	{"<48> 8b 44 d7 08", "mov 0x8(%rdi,%rdx,8),%rax", 0x86, -2ULL, 8},
	{"<48> 8b 04 d5 00 00 00 00", "mov 0x0(,%rdx,8),%rax", 0x80, 0, 8},
	{"<49> 8b 04 24", "mov (%r12),%rax", 0x1c, 0x1c, 8},
	{"<4c> 8b 2e", "mov (%rsi),%r13", 0x24, 0x24, 8},
	{"<f3> a4", "rep movsb", 0x24, 0x24, 0},
	{"<48> 8b 05 12 34 56 00", "what lies beside the code", 0x1c, 0, 0},
	{"<65> 48 8b 43 28", "per-CPU data", 0x1c, 0, 0},
	{"<48> 8b 43 30", "what leads elsewhere", 0x1c, 0, 0},
	{"<48> 89 c7", "a move of registers", 0x1c, 0, 0},
	{"<c5> fa 6f 43 28", "a vector instruction", 0x1c, 0, 0},
	{"<48>", "an instruction that is cut off", 0x1c, 0, 0},
	{"Unable to access opcode bytes at RIP 0xffffffffc0432ff3.", "no bytes", 0x1c, 0,
	 0},
};

static void test_instructions(void)
{
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		_cleanup_free_ char *code = xprintf("Code: %s", cases[i].code);
		_cleanup_strv_ struct strv lines = STRV_INIT;
		struct memory_access a;
		bool found;

		fill(&lines, code);
		found = registers_access(&lines, &no_file, cases[i].address, &a);
		is_int(found, cases[i].size || cases[i].pointer, cases[i].what);
		is_int(found ? a.pointer : 0, cases[i].pointer, cases[i].what);
		is_int(a.size, cases[i].size, cases[i].what);
		is_int(a.reference_count, i == 0, cases[i].what);
	}
}

static void test_file(void)
{
	_cleanup_strv_ struct strv lines = STRV_INIT;
	struct object_code file = {.bytes = {0x48, 0x8b, 0x43, 0x28}, .n_bytes = 4};
	struct memory_access a;

	fill(&lines, "Code: Unable to access opcode bytes at RIP 0xffffffffc0432ff3.");
	ok(registers_access(&lines, &file, 0x1c, &a), "the file has the instruction");
	is_int(a.pointer, -12, "with its pointer");
	is_int(a.offset, 0x28, "and the offset");
}

static void test_dumps(void)
{
	_cleanup_strv_ struct strv lines = STRV_INIT;
	struct registers r;

	ok(!registers_read(&lines, &r), "no lines, no registers");
	fill(&lines, "Code: <48> 8b 43 28");
	ok(registers_read(&lines, &r), "a whole dump");
	is_int(r.v[4], 0xffffd10e003f3ac8, "the kernel's stack pointer");
	is_int(r.v[0], 1, "and not the registers of the process");
	strv_deinit(&lines);
	for (size_t i = 6; i < sizeof(dump) / sizeof(*dump); i++)
		strv_add(&lines, dump[i]);
	ok(!registers_read(&lines, &r), "half a dump is none");
}

int main(void)
{
	test_dumps();
	test_instructions();
	test_file();
	return tap_done();
}
