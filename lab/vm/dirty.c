// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pages that a clone has written to, by the host's own page tables: QEMU maps the
 * template's memory privately, so that these and no others are anonymous.
 * Reference: Documentation/admin-guide/mm/pagemap.rst.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>

#include "guest_memory.h"

#define PRESENT	  (1ULL << 63)
#define SWAPPED	  (1ULL << 62)
#define FROM_FILE (1ULL << 61)

enum { PAGE_BYTES = 4096, ENTRIES = 8192, BATCH_PAGES = 64 };

/* Pages to read in one go, in runs of neighbours. */
struct batch {
	const struct guest_memory *m;
	guest_page_fn fn;
	void *data;
	struct iovec run[BATCH_PAGES];
	uint64_t offset[BATCH_PAGES]; /* of each page */
	size_t n_runs, n_pages;
	char bytes[BATCH_PAGES * PAGE_BYTES];
};

static int flush(struct batch *b)
{
	struct iovec here = {b->bytes, b->n_pages * PAGE_BYTES};
	ssize_t n;

	if (!b->n_pages)
		return 0;
	n = process_vm_readv(b->m->pid, &here, 1, b->run, b->n_runs, 0);
	if (n != (ssize_t)here.iov_len)
		return n < 0 ? -errno : -EIO;
	for (size_t i = 0; i < b->n_pages; i++)
		b->fn(b->data, b->offset[i], b->bytes + i * PAGE_BYTES);
	b->n_pages = b->n_runs = 0;
	return 0;
}

static int add_page(struct batch *b, uint64_t address, uint64_t offset)
{
	struct iovec *last = b->n_runs ? &b->run[b->n_runs - 1] : NULL;

	if (last && (uint64_t)(uintptr_t)last->iov_base + last->iov_len == address)
		last->iov_len += PAGE_BYTES;
	else
		b->run[b->n_runs++] =
			(struct iovec){(void *)(uintptr_t)address, PAGE_BYTES};
	b->offset[b->n_pages++] = offset;
	return b->n_pages == BATCH_PAGES ? flush(b) : 0;
}

static bool is_written(uint64_t entry)
{
	return (entry & (PRESENT | SWAPPED)) && !(entry & FROM_FILE);
}

/* @offset, @size: in the RAM file; @address: in QEMU. */
static int read_part(struct batch *b, int pagemap, uint64_t *entries, uint64_t offset,
		     uint64_t size, uint64_t address)
{
	size_t want = size / PAGE_BYTES * sizeof(*entries);
	ssize_t n = pread(pagemap, entries, want,
			  (off_t)(address / PAGE_BYTES * sizeof(*entries)));
	int err = 0;

	if (n != (ssize_t)want)
		return n < 0 ? -errno : -ESRCH; /* a zombie has no pages */
	for (uint64_t at = 0; at < size && !err; at += PAGE_BYTES)
		if (is_written(entries[at / PAGE_BYTES]))
			err = add_page(b, address + at, offset + at);
	return err;
}

int guest_memory_written(const struct guest_memory *m, guest_page_fn fn, void *data)
{
	_cleanup_free_ char *path = xprintf("/proc/%d/pagemap", (int)m->pid);
	_cleanup_free_ uint64_t *entries = xcalloc(ENTRIES, sizeof(*entries));
	_cleanup_free_ struct batch *b = xcalloc(1, sizeof(*b));
	_cleanup_close_ int pagemap = open(path, O_RDONLY | O_CLOEXEC);
	int err = 0;

	if (pagemap < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	b->m = m;
	b->fn = fn;
	b->data = data;
	for (size_t i = 0; i < m->n && !err; i++)
		for (uint64_t at = 0; at < m->pieces[i].size && !err;) {
			uint64_t left = m->pieces[i].size - at;
			uint64_t size = (uint64_t)ENTRIES * PAGE_BYTES;

			size = left < size ? left : size;
			err = read_part(b, pagemap, entries, m->pieces[i].offset + at,
					size, m->pieces[i].address + at);
			at += size;
		}
	return err ? err : flush(b);
}
