// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: lookup= finds symbols that the kernel does not export, and says the same of
 * them as /proc/kallsyms.
 */
#define _GNU_SOURCE
#define KMODULE "probes"
#include "kmodule.h"
#include "ktap.h"

#include "kallsyms.h"

static struct symbol symbols[] = {
	{.name = "kallsyms_lookup_name"}, /* not exported since 5.7 */
	{.name = "kprobe_seq_start"},	  /* static */
	{.name = "get_kprobe"},		  /* where no probe may be */
	{.name = "tasklist_lock"},	  /* data */
};

enum { SYMBOLS = sizeof(symbols) / sizeof(*symbols) };

static const char *const kinds[SYMBOLS] = {
	"a function that is not exported",
	"a static function",
	"a function where no probe may be",
	"data",
};

/* What the file says of it. 0: nothing. */
static unsigned long long shown(const char *symbol)
{
	FILE *file = fopen("/proc/probes", "re");
	unsigned long long address = 0, one;
	char line[256], name[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "symbol %127s %llx", name, &one) == 2 &&
		    !strcmp(name, symbol))
			address = one;
	if (file)
		fclose(file);
	return address;
}

int main(void)
{
	ktap_plan(2 + SYMBOLS);
	find_in_kallsyms(symbols, SYMBOLS);
	unload_module();
	ktap_why("For data, and for functions where no probe may be, register_kprobe() "
		 "fails "
		 "with EINVAL, and yet leaves the address in kp.addr.");
	ktap_ok(!load_module("lookup=kallsyms_lookup_name,kprobe_seq_start,get_kprobe,"
			     "tasklist_lock"),
		"lookup= takes functions and data");
	for (int i = 0; i < SYMBOLS; i++) {
		unsigned long long address = shown(symbols[i].name);

		ktap_why("/proc/probes: %llx, /proc/kallsyms: %llx. On kernels built for "
			 "IBT "
			 "(from 5.18 on) kp.addr may be the function's address plus 4: a "
			 "probe goes behind ENDBR, the function's first instruction.",
			 address, symbols[i].address);
		ktap_ok(address && address == symbols[i].address,
			"%s is where /proc/kallsyms says", kinds[i]);
	}
	unload_module();
	ktap_why("A symbol that was not found has no address that could be shown.");
	ktap_ok(load_module("lookup=tasklist_lock,no_such_symbol_anywhere") == ENOENT,
		"lookup= of an unknown name is refused with ENOENT");
	load_module("");
	return ktap_end();
}
