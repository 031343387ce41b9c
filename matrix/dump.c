// SPDX-License-Identifier: GPL-2.0-only
/* A stopped guest, to be read; see dump.h. */
#include <string.h>

#ifdef HAVE_CAPSTONE
#include <capstone/capstone.h>
#endif

#include "dump.h"
#include "text.h"
#include "vm.h"
#include "x86.h"

enum { BEFORE = 32, AFTER = 48, STACK_WORDS = 8 };

struct named_value {
	const char *name;
	unsigned long long value;
};

enum { REGISTERS = 18 };

static void name_registers(const struct kvm_regs *r, struct named_value *ret)
{
	const struct named_value all[REGISTERS] = {
		{"rax", r->rax}, {"rbx", r->rbx},      {"rcx", r->rcx}, {"rdx", r->rdx},
		{"rsi", r->rsi}, {"rdi", r->rdi},      {"rsp", r->rsp}, {"rbp", r->rbp},
		{"r8", r->r8},	 {"r9", r->r9},	       {"r10", r->r10}, {"r11", r->r11},
		{"r12", r->r12}, {"r13", r->r13},      {"r14", r->r14}, {"r15", r->r15},
		{"rip", r->rip}, {"flags", r->rflags},
	};

	memcpy(ret, all, sizeof(all));
}

static void registers(const struct kvm_regs *r, struct text *out)
{
	struct named_value all[REGISTERS];

	name_registers(r, all);
	text_puts(out, "registers\n");
	for (size_t i = 0; i < REGISTERS; i++)
		text_printf(out, "  %-5s %016llx%s", all[i].name, all[i].value,
			    i % 4 == 3 ? "\n" : "");
	text_puts(out, "\n");
}

static void segment(const char *name, const struct kvm_segment *s, struct text *out)
{
	text_printf(out,
		    "  %s  selector %04x base %016llx limit %08x type %x%s%s%s dpl %u\n",
		    name, s->selector, s->base, s->limit, s->type, s->l ? " 64-bit" : "",
		    s->db ? " 32-bit" : "", s->present ? "" : " not present", s->dpl);
}

static void control(const struct kvm_sregs *s, struct text *out)
{
	text_printf(out, "control\n  cr0 %llx cr2 %llx cr3 %llx cr4 %llx efer %llx\n",
		    s->cr0, s->cr2, s->cr3, s->cr4, s->efer);
	text_printf(out, "  gdt %llx + %x  idt %llx + %x\n", s->gdt.base, s->gdt.limit,
		    s->idt.base, s->idt.limit);
	segment("cs", &s->cs, out);
	segment("ss", &s->ss, out);
	segment("ds", &s->ds, out);
}

static int tell_mapping(void *ctx, const struct x86_mapping *m)
{
	text_printf(
		ctx, "  %016llx - %016llx -> %010llx  %s %c%c%c\n",
		(unsigned long long)m->gva, (unsigned long long)(m->gva + m->size - 1),
		(unsigned long long)m->gpa,
		m->page == GUEST_PAGE ? "4K"
		: m->page == RAM_UNIT ? "2M"
				      : "1G",
		m->writable ? 'w' : '-', m->executable ? 'x' : '-', m->user ? 'u' : '-');
	return 0;
}

static bool in_long_mode(const struct kvm_sregs *s)
{
	return s->cr0 >> 31 & 1 && s->efer >> 10 & 1;
}

static void page_tables(struct vm *vm, const struct kvm_sregs *s, struct text *out)
{
	text_puts(out, "page tables\n");
	if (!(s->cr0 >> 31 & 1))
		text_puts(out, "  paging is off: addresses are physical\n");
	else if (!in_long_mode(s))
		text_puts(out, "  not in long mode: not shown\n");
	else if (x86_walk(&vm->memory, s->cr3, tell_mapping, out) < 0)
		text_puts(out, "  ... and so on: the tables contain themselves\n");
}

/* Up to @len bytes at @gva, as many as are mapped in one piece. */
static size_t read_some(struct vm *vm, uint64_t gva, uint8_t *buffer, size_t len)
{
	size_t got = 0;

	while (got < len && !vm_read(vm, (gva_t){gva + got}, buffer + got, 1))
		got++;
	return got;
}

#ifdef HAVE_CAPSTONE
static void instruction(uint64_t address, const uint8_t *bytes, size_t size,
			const char *text, bool here, struct text *out)
{
	text_printf(out, "%s%012llx ", here ? "> " : "  ", (unsigned long long)address);
	for (size_t i = 0; i < 10; i++)
		if (i < size)
			text_printf(out, " %02x", bytes[i]);
		else
			text_puts(out, "   ");
	text_printf(out, "  %s\n", text);
}

/* x86 code cannot be read backwards: begin where the guest began, if that is near; else
 * take the first of all places before @rip whose instructions end exactly there. */
static size_t start_before(csh cs, const uint8_t *code, size_t before, uint64_t rip,
			   uint64_t entry)
{
	if (entry <= rip && rip - entry <= before)
		return before - (rip - entry);
	for (size_t skip = 0; skip < before; skip++) {
		const uint8_t *p = code + skip;
		size_t left = before - skip;
		uint64_t at = rip - left;
		cs_insn *insn = cs_malloc(cs);

		while (left && cs_disasm_iter(cs, &p, &left, &at, insn))
			;
		cs_free(insn, 1);
		if (!left)
			return skip;
	}
	return before;
}

static void disassemble(struct vm *vm, const struct kvm_sregs *s, const uint8_t *code,
			size_t before, size_t size, uint64_t rip, struct text *out)
{
	cs_mode mode = s->cs.l ? CS_MODE_64 : s->cs.db ? CS_MODE_32 : CS_MODE_16;
	size_t skip, left;
	const uint8_t *p;
	uint64_t at;
	cs_insn *insn;
	csh cs;

	if (cs_open(CS_ARCH_X86, mode, &cs))
		return;
	skip = start_before(cs, code, before, rip, vm->image.entry);
	p = code + skip;
	left = size - skip;
	at = rip - (before - skip);
	insn = cs_malloc(cs);
	while (left && cs_disasm_iter(cs, &p, &left, &at, insn)) {
		_cleanup_free_ char *text =
			xprintf("%s %s", insn->mnemonic, insn->op_str);

		instruction(insn->address, insn->bytes, insn->size, text,
			    insn->address == rip, out);
	}
	cs_free(insn, 1);
	cs_close(&cs);
}
#else
static void disassemble(struct vm *vm, const struct kvm_sregs *s, const uint8_t *code,
			size_t before, size_t size, uint64_t rip, struct text *out)
{
	for (size_t i = 0; i < size; i++) {
		if (i % 16 == 0)
			text_printf(out, "%s  %012llx ", i ? "\n" : "",
				    (unsigned long long)(rip - before + i));
		text_printf(out, "%c%02x", i == before ? '>' : ' ', code[i]);
	}
	text_puts(out, "\n");
}
#endif

static void code_around(struct vm *vm, const struct kvm_regs *r,
			const struct kvm_sregs *s, struct text *out)
{
	uint64_t rip = s->cs.base + r->rip;
	uint8_t code[BEFORE + AFTER];
	size_t before = rip < BEFORE ? rip : BEFORE;
	size_t got = read_some(vm, rip - before, code, before + AFTER);

	text_puts(out, "code\n");
	if (got <= before) {
		before = 0;
		got = read_some(vm, rip, code, AFTER);
	}
	if (!got)
		text_printf(out, "  nothing is mapped at %llx\n",
			    (unsigned long long)rip);
	else
		disassemble(vm, s, code, before, got, rip, out);
}

static void stack(struct vm *vm, const struct kvm_regs *r, const struct kvm_sregs *s,
		  struct text *out)
{
	uint64_t at = s->ss.base + r->rsp;

	text_puts(out, "stack\n");
	for (unsigned int i = 0; i < STACK_WORDS; i++, at += 8) {
		uint64_t word;

		if (vm_read(vm, (gva_t){at}, &word, sizeof(word)))
			break;
		text_printf(out, "  %012llx  %016llx\n", (unsigned long long)at,
			    (unsigned long long)word);
	}
}

/* AMD's CPUs leave nothing of a guest that shut down, so KVM resets the vCPU (svm.c,
 * shutdown_interception()). Intel's keep its state. */
static bool was_reset(const struct vm *vm, const struct kvm_regs *r,
		      const struct kvm_sregs *s)
{
	return vm->end == VM_TRIPLE_FAULT && r->rip == 0xfff0 && s->cs.base == 0xffff0000;
}

/* Both kinds of registers of a stopped guest. Explaining is switched off here: the
 * hundreds of translations that follow are not among the ten steps. */
static int look(struct vm *vm, struct kvm_regs *regs, struct kvm_sregs *sregs)
{
	long err = KVM_IOCTL(NULL, 9, vm->vcpu_fd, KVM_GET_REGS, regs, "");

	err = err ? err : KVM_IOCTL(NULL, 9, vm->vcpu_fd, KVM_GET_SREGS, sregs, "");
	return (int)err;
}

static void dump_all(struct vm *vm, const struct kvm_regs *regs,
		     const struct kvm_sregs *sregs, struct text *out)
{
	text_printf(out, "guest '%s': %s, %llu exits\n", vm->name,
		    *vm->why ? vm->why : vm_end_name(vm->end),
		    (unsigned long long)vm_exits(vm));
	if (was_reset(vm, regs, sregs))
		text_puts(out, "the triple fault has reset the CPU, as AMD's do; what "
			       "was before can be seen with --after\n");
	registers(regs, out);
	control(sregs, out);
	page_tables(vm, sregs, out);
	code_around(vm, regs, sregs, out);
	stack(vm, regs, sregs, out);
}

struct json_list {
	struct text *out;
	const char *separator;
};

static int mapping_json(void *ctx, const struct x86_mapping *m)
{
	struct json_list *list = ctx;

	text_printf(list->out,
		    "%s\n    {\"gva\": \"%llx\", \"gpa\": \"%llx\", \"size\": \"%llx\", "
		    "\"page\": %u, \"writable\": %s, \"executable\": %s, \"user\": %s}",
		    list->separator, (unsigned long long)m->gva,
		    (unsigned long long)m->gpa, (unsigned long long)m->size, m->page,
		    m->writable ? "true" : "false", m->executable ? "true" : "false",
		    m->user ? "true" : "false");
	list->separator = ",";
	return 0;
}

static void dump_all_json(struct vm *vm, const struct kvm_regs *regs,
			  const struct kvm_sregs *s, struct text *out)
{
	struct named_value all[REGISTERS];
	struct json_list list = {out, ""};
	uint8_t code[AFTER];
	size_t got = read_some(vm, s->cs.base + regs->rip, code, AFTER);

	name_registers(regs, all);
	text_printf(out, "{\n  \"end\": \"%s\", \"exits\": %llu,\n  \"registers\": {",
		    vm_end_name(vm->end), (unsigned long long)vm_exits(vm));
	for (size_t i = 0; i < REGISTERS; i++)
		text_printf(out, "%s\"%s\": \"%llx\"", i ? ", " : "", all[i].name,
			    all[i].value);
	text_printf(out,
		    "},\n  \"control\": {\"cr0\": \"%llx\", \"cr2\": \"%llx\", "
		    "\"cr3\": \"%llx\", \"cr4\": \"%llx\", \"efer\": \"%llx\"},\n"
		    "  \"mappings\": [",
		    s->cr0, s->cr2, s->cr3, s->cr4, s->efer);
	if (in_long_mode(s))
		x86_walk(&vm->memory, s->cr3, mapping_json, &list);
	text_puts(out, "],\n  \"code\": \"");
	for (size_t i = 0; i < got; i++)
		text_printf(out, "%02x", code[i]);
	text_puts(out, "\"\n}\n");
}

static int dump(struct vm *vm, struct text *out,
		void (*write)(struct vm *vm, const struct kvm_regs *regs,
			      const struct kvm_sregs *sregs, struct text *out))
{
	struct explain told = vm->config.explain;
	struct kvm_sregs sregs;
	struct kvm_regs regs;
	int err = look(vm, &regs, &sregs);

	if (err)
		return err;
	vm->config.explain.say = NULL;
	write(vm, &regs, &sregs, out);
	vm->config.explain = told;
	return 0;
}

int dump_vm(struct vm *vm, struct text *out)
{
	return dump(vm, out, dump_all);
}

int dump_vm_json(struct vm *vm, struct text *out)
{
	return dump(vm, out, dump_all_json);
}
