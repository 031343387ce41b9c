// SPDX-License-Identifier: GPL-2.0-only
/* QEMU's mapping of the RAM file, x86's page tables, the list of modules. */
#include <string.h>
#include <sys/uio.h>

#include "guest_memory.h"

#define PAGE_BYTES  4096
#define FRAME_BITS  0x000ffffffffff000ULL
#define PRESENT	    1ULL
#define LARGE	    (1ULL << 7)
#define FOUR_GIB    (4ULL << 30)
#define MAX_MODULES 4096
#define MODULE_NAME 56
/* What we want of struct module lies within its first bytes. */
#define MODULE_PREFIX 512

/* ---- where QEMU has it ---- */

static bool is_ram(char *path)
{
	static const char name[] = "/" LAB_RAM_FILE, gone[] = " (deleted)";

	path[strcspn(path, "\n")] = '\0';
	if (str_ends(path, gone)) /* a template that was evicted meanwhile */
		path[strlen(path) - strlen(gone)] = '\0';
	return str_ends(path, name);
}

static uint64_t add_piece(struct guest_memory *m, char *line)
{
	unsigned long long from, to, offset;
	int path = 0;

	if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %n", &from, &to, &offset, &path) <
		    3 ||
	    !path || !is_ram(line + path) ||
	    m->n == sizeof(m->pieces) / sizeof(*m->pieces))
		return 0;
	m->pieces[m->n].offset = offset;
	m->pieces[m->n].size = to - from;
	m->pieces[m->n++].address = from;
	return to - from;
}

int guest_memory_open(struct guest_memory *m, pid_t pid, unsigned int memory_mib,
		      const struct proto_kernel_map *map)
{
	_cleanup_free_ char *path = xprintf("/proc/%d/maps", (int)pid);
	_cleanup_fclose_ FILE *f = fopen(path, "re");
	uint64_t found = 0;
	bool any = false;
	char line[4400];

	*m = (struct guest_memory){
		.pid = pid, .size = (uint64_t)memory_mib << 20, .map = map};
	if (!f)
		return errno == ENOENT ? -ESRCH : -errno;
	while (found < m->size && fgets(line, sizeof(line), f)) {
		any = true;
		found += add_piece(m, line);
	}
	if (!any)
		return -ESRCH; /* a zombie has no memory */
	return found == m->size ? 0 : -ENXIO;
}

static int read_piece(const struct guest_memory *m, uint64_t offset, void *to, size_t len)
{
	for (size_t i = 0; i < m->n; i++) {
		uint64_t in = offset - m->pieces[i].offset;
		struct iovec here = {to, len}, there;
		ssize_t n;

		if (offset < m->pieces[i].offset || in >= m->pieces[i].size ||
		    len > m->pieces[i].size - in)
			continue;
		there = (struct iovec){(void *)(uintptr_t)(m->pieces[i].address + in),
				       len};
		n = process_vm_readv(m->pid, &here, 1, &there, 1, 0);
		if (n < 0)
			return -errno;
		return n == (ssize_t)len ? 0 : -EIO;
	}
	return -EFAULT;
}

/* Machine q35 keeps up to 2.75 GiB below 4 GiB, and 2 GiB where there is more. */
static uint64_t below_hole(const struct guest_memory *m)
{
	return m->size >= 0xb0000000ULL ? 0x80000000ULL : m->size;
}

uint64_t guest_memory_physical(const struct guest_memory *m, uint64_t offset)
{
	uint64_t low = below_hole(m);

	return offset < low ? offset : FOUR_GIB + (offset - low);
}

static int read_physical(const struct guest_memory *m, uint64_t at, void *to, size_t len)
{
	uint64_t low = below_hole(m);

	if (at < low)
		return len <= low - at ? read_piece(m, at, to, len) : -EFAULT;
	if (at < FOUR_GIB || at - FOUR_GIB > m->size - low ||
	    len > m->size - low - (at - FOUR_GIB))
		return -EFAULT;
	return read_piece(m, low + (at - FOUR_GIB), to, len);
}

/* ---- the kernel's addresses ---- */

static int translate(const struct guest_memory *m, uint64_t address, uint64_t *ret)
{
	uint64_t table = m->map->page_tables - m->map->text + m->map->text_physical;

	for (unsigned int level = m->map->levels; level > 0; level--) {
		unsigned int shift = 12 + 9 * (level - 1);
		uint64_t entry;
		int err = read_physical(m, table + ((address >> shift) & 511) * 8, &entry,
					sizeof(entry));

		if (err)
			return err;
		if (!(entry & PRESENT))
			return -EFAULT;
		table = entry & FRAME_BITS;
		if (level == 1 || (level <= 3 && (entry & LARGE))) {
			uint64_t inside = (1ULL << shift) - 1;

			*ret = (table & ~inside) | (address & inside);
			return 0;
		}
	}
	return -EFAULT;
}

int guest_memory_read(const struct guest_memory *m, uint64_t address, void *to,
		      size_t len)
{
	char *p = to;

	while (len) {
		size_t n = PAGE_BYTES - address % PAGE_BYTES;
		uint64_t at;
		int err;

		n = n < len ? n : len;
		err = translate(m, address, &at);
		if (!err)
			err = read_physical(m, at, p, n);
		if (err)
			return err;
		p += n;
		address += n;
		len -= n;
	}
	return 0;
}

/* ---- the list ---- */

/* Its members that matter lie close together; what lies before the list is its start. */
static int read_module(const struct guest_memory *m, uint64_t node,
		       struct guest_module *ret, uint64_t *next)
{
	const struct proto_kernel_map *map = m->map;
	char start[MODULE_PREFIX];
	int err = guest_memory_read(m, node - map->list_at, start,
				    map->name_at + MODULE_NAME);

	if (err)
		return err;
	memset(ret, 0, sizeof(*ret));
	memcpy(next, start + map->list_at, sizeof(*next));
	memcpy(&ret->state, start + map->state_at, sizeof(ret->state));
	memcpy(ret->name, start + map->name_at, MODULE_NAME);
	return 0;
}

static bool good_map(const struct proto_kernel_map *map)
{
	return map->text && map->page_tables && map->modules &&
	       (map->levels == 4 || map->levels == 5) && map->list_at < map->name_at &&
	       map->state_at < map->name_at &&
	       map->name_at + MODULE_NAME <= MODULE_PREFIX;
}

int guest_modules(const struct guest_memory *m, guest_module_fn fn, void *data)
{
	struct guest_module module;
	uint64_t node;
	int n, err;

	if (!good_map(m->map))
		return -ENXIO;
	err = guest_memory_read(m, m->map->modules, &node, sizeof(node));
	for (n = 0; !err && node != m->map->modules; n++) {
		if (n == MAX_MODULES)
			return -EUCLEAN;
		err = read_module(m, node, &module, &node);
		if (!err)
			fn(data, &module);
	}
	return err == -EFAULT ? -EUCLEAN : err ? err : n;
}
