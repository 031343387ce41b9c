// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks all of its memory: writes each page, asks the host where it is, and compares.
 * Then special places: the page of texts, mapped as one of 4 KiB; an address that is not
 * mapped; and one that is mapped to no memory, for which it makes its own page table.
 */
#include "guest.h"
#include "nowhere.h"

static int check(const char *what, int good)
{
	print(good ? "ok " : "wrong ");
	print(what);
	return !good;
}

int main(void)
{
	uint64_t size = memory_size(), base, wrong = 0;
	struct matrix_translation t;
	const char *texts = exits_by_type();
	int bad = 0;

	base = translate(NULL).hva;
	for (uint64_t at = 0; at < size; at += 4096) {
		/* The code and the stack are in use. */
		if (at >= 0x40000 && at < size - 0x10000)
			*(volatile uint64_t *)at = at;
		t = translate((void *)at);
		wrong += t.status || t.gpa != at || t.hva != base + at;
	}
	for (uint64_t at = 0x40000; at < size - 0x10000; at += 4096)
		wrong += *(volatile uint64_t *)at != at;
	bad += check("every page of 2 MiB mappings is where it was said to be\n", !wrong);
	t = translate(texts);
	bad += check("the texts are mapped in a page of 4 KiB\n",
		     !t.status && t.gpa == (uintptr_t)texts && t.hva);
	t = translate(texts + 4096);
	bad += check("behind it nothing is mapped\n",
		     t.status == MATRIX_NOT_MAPPED && !t.hva);
	t = translate((void *)0x800000000000);
	bad += check("an address that is not canonical is not mapped\n",
		     t.status && !t.hva);
	t = translate(map_nowhere());
	bad += check("what is mapped to no memory has no host address\n",
		     t.status == MATRIX_NOT_MEMORY && !t.hva);
	return bad;
}
