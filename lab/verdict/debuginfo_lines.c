// SPDX-License-Identifier: GPL-2.0-only
#include <dwarf.h>
#include <limits.h>
#include <string.h>

#include "fs.h"
#include "debuginfo_lines.h"

/* Of a function's name; the kernel's own limit (KSYM_NAME_LEN) is 512. */
#define FUNCTION_MAX 512

/* NULL for a name that no file can have: then the place is unknown. */
static char *absolute(const char *file, const char *dir)
{
	if (strlen(fs_basename(file)) > NAME_MAX || strlen(file) >= PATH_MAX ||
	    (dir && strlen(dir) >= PATH_MAX))
		return NULL;
	if (file[0] == '/' || !dir)
		return xstrdup(file);
	if (str_starts(file, "./"))
		file += 2;
	return xprintf("%s/%s", dir, file);
}

void debuginfo_line(Dwfl_Module *module, GElf_Addr address, struct lab_frame *frame)
{
	Dwfl_Line *line = dwfl_module_getsrc(module, address);
	const char *file;
	int number;

	if (!line)
		return;
	file = dwfl_lineinfo(line, NULL, &number, NULL, NULL, NULL);
	if (!file)
		return;
	frame->file = absolute(file, dwfl_line_comp_dir(line));
	frame->line = frame->file ? number : 0;
}

static char *call_file(Dwarf_Die *die, Dwarf_Die *unit)
{
	Dwarf_Attribute attr;
	Dwarf_Word index;
	Dwarf_Files *files;
	size_t n;
	const char *file, *dir;

	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_file, &attr), &index))
		return NULL;
	if (dwarf_getsrcfiles(unit, &files, &n) || index >= n)
		return NULL;
	file = dwarf_filesrc(files, index, NULL, NULL);
	dir = dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attr));
	return file ? absolute(file, dir) : NULL;
}

static int call_line(Dwarf_Die *die)
{
	Dwarf_Attribute attr;
	Dwarf_Word line;

	if (dwarf_formudata(dwarf_attr(die, DW_AT_call_line, &attr), &line))
		return 0;
	return line > INT_MAX ? 0 : (int)line;
}

/* The chain of DIEs around @address, innermost first, following calls that were inlined
 * (dwarf_getscopes alone goes on with where the inlined function is defined). */
static int find_scopes(Dwfl_Module *module, GElf_Addr address, Dwarf_Die **unit,
		       Dwarf_Die **ret)
{
	Dwarf_Addr bias;
	Dwarf_Die *at = NULL;
	int n;

	*unit = dwfl_module_addrdie(module, address, &bias);
	n = *unit ? dwarf_getscopes(*unit, address - bias, &at) : 0;
	if (n > 0)
		n = dwarf_getscopes_die(&at[0], ret);
	free(at);
	return n;
}

void debuginfo_inlined(Dwfl_Module *module, GElf_Addr address, struct lab_frame *outer,
		       struct lab_event *to)
{
	Dwarf_Die *unit, *scopes = NULL;
	int n = find_scopes(module, address, &unit, &scopes);

	for (int i = 0; i < n && dwarf_tag(&scopes[i]) != DW_TAG_subprogram; i++) {
		struct lab_frame inlined = {.guess = outer->guess,
					    .exact = outer->exact,
					    .file = outer->file,
					    .line = outer->line};
		const char *name = dwarf_diename(&scopes[i]);

		if (dwarf_tag(&scopes[i]) != DW_TAG_inlined_subroutine || !name)
			continue;
		inlined.function = xstrndup(name, FUNCTION_MAX);
		inlined.module = xstrdup(outer->module);
		lab_event_add_frame(to, &inlined);
		outer->file = call_file(&scopes[i], unit);
		outer->line = outer->file ? call_line(&scopes[i]) : 0;
	}
	free(scopes);
}

static char *function_name(Dwarf_Die *die)
{
	const char *name = dwarf_diename(die);

	return name ? xstrndup(name, FUNCTION_MAX) : NULL;
}

char *debuginfo_function(Dwfl_Module *module, GElf_Addr address)
{
	Dwarf_Die *unit, *scopes = NULL;
	int n = find_scopes(module, address, &unit, &scopes);
	char *name = NULL;

	for (int i = 0; i < n && !name; i++)
		if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram)
			name = function_name(&scopes[i]);
	free(scopes);
	return name;
}
