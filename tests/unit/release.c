// SPDX-License-Identifier: GPL-2.0-only
/* Memory that a function of the kernel took: by which name, and what gives it back. */
#include <string.h>

#include "tap.h"
#include "verdict/release.h"

static void check(const char *what, const char *through, const char *giver)
{
	struct lab_leftover l = {.what = (char *)what};
	_cleanup_free_ char *name = release_through(&l), *hint = release_hint(&l);

	is_str(name, through, "the function");
	if (giver)
		ok(hint && strstr(hint, giver), "what gives it back");
	else
		ok(!hint, "nothing better is known");
}

int main(void)
{
	check("14 bytes through kasprintf()", " through kasprintf()", " kfree()");
	check("936 bytes in 2 allocations through __alloc_skb()",
	      " through __alloc_skb()", "kfree_skb()");
	check("4096 bytes through alloc_pages_noprof()", " through alloc_pages()",
	      "__free_pages()");
	check("8 bytes through of_no_such_thing()", " through of_no_such_thing()", NULL);
	check("8 bytes through _noprof()", " through _noprof()", NULL);
	check("8 bytes", "", NULL);
	check(NULL, "", NULL);
	return tap_done();
}
