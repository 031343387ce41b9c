// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "definition.h"
#include "event.h"
#include "fs.h"
#include "judge_build.h"

/* "mod: Unknown symbol foo (err -2)": not exported; another number is another story. */
static bool read_line(const char *line, char **module, char **symbol)
{
	static const char words[] = ": Unknown symbol ";
	const char *hit = strstr(line, words), *name, *start;

	if (!hit || !strstr(hit, "(err -2)"))
		return false;
	for (start = hit; start > line && start[-1] != ' ';)
		start--;
	name = hit + strlen(words);
	free(*module);
	free(*symbol);
	*module = xstrndup(start, (size_t)(hit - start));
	*symbol = xstrndup(name, strcspn(name, " ("));
	return true;
}

/* Kbuild wrote '_' for each '-' of the source's name; a hint may say it either way. */
static char *hint_for(const struct lab_result *r, const struct quote_trees *trees,
		      const char *module, const char *symbol)
{
	char *hint = NULL;

	for (size_t i = 0; !hint && i < trees->n; i++) {
		const struct quote_tree *t = &trees->v[i];

		/* Not what a build wrote, nor the kernel's headers. */
		if (strcmp(t->at, t->dir) || path_below(t->dir, "/usr/src"))
			continue;
		hint = definition_hint(&(struct definition_query){
			.dir = t->dir,
			.below = "",
			.module = module,
			.symbol = symbol,
			.file = r->source && str_ends(r->source, ".c"),
			.loading = true,
		});
	}
	return hint;
}

void lab_judge_missing(struct lab_result *r, const struct quote_trees *trees)
{
	const struct lab_event *worst = lab_result_worst(r);
	_cleanup_free_ char *module = NULL, *symbol = NULL;
	char *hint;

	if (!worst || strcmp(worst->kind, "load-error"))
		return;
	for (size_t i = 0; i < worst->detail.n && !symbol; i++)
		(void)read_line(worst->detail.v[i], &module, &symbol);
	hint = symbol ? hint_for(r, trees, module, symbol) : NULL;
	if (!hint)
		return;
	free(r->hint);
	r->hint = hint;
}
