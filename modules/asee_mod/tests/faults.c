// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is missing at the start, in the middle or at the end of a buffer: a call
 * returns how many bytes it moved. Bytes that did not reach the reader stay in the
 * channel; bytes that could not be taken from the writer are not in it.
 */
#include <sys/uio.h>

#include "asee.h"

static char *page; /* readable and writable, the next one is missing */
static size_t page_size;
static void *volatile nowhere = (void *)1; /* volatile: gcc shall not look into it */

static bool put(const struct subject *s, const char *text)
{
	return write(s->w, text, strlen(text)) == (ssize_t)strlen(text);
}

static bool comes(const struct subject *s, const char *text)
{
	char buf[64];
	ssize_t n;

	nonblocking(s->r, true); /* it may be that nothing comes */
	n = read(s->r, buf, sizeof(buf));
	nonblocking(s->r, false);
	return n == (ssize_t)strlen(text) && !memcmp(buf, text, strlen(text));
}

static void bad_reads(struct subject *s)
{
	char *last = page + page_size - 4;
	ssize_t n;

	put(s, "0123456789");
	ktap_ok(read(s->r, nowhere, 10) < 0 && errno == EFAULT && queued(s) == 10,
		"%s: a read to nowhere is EFAULT and takes nothing", s->name);
	nonblocking(s->r, true); /* if it did take them, the next ones would wait */
	ktap_ok(read(s->r, (void *)"constant", 8) < 0 && errno == EFAULT &&
			queued(s) == 10,
		"%s: so is one to memory that is read-only", s->name);

	n = read(s->r, last, 10);
	ktap_why("it returned %zd and left %d of 10", n, queued(s));
	ktap_ok((n < 0 ? 10 : 10 - n) == queued(s) && n <= 4,
		"%s: a read half to nowhere takes what it returns", s->name);
	ktap_ok((n < 0 || !memcmp(last, "0123456789", (size_t)n)) &&
			comes(s, "0123456789" + (n < 0 ? 0 : n)),
		"%s: and the next read goes on there", s->name);
	drain(s);
}

static void bad_vector(struct subject *s)
{
	char good[3];
	struct iovec in[] = {{good, 3}, {nowhere, 5}};
	ssize_t n;

	put(s, "vector");
	n = readv(s->r, in, 2);
	ktap_ok((n < 0 ? 6 : 6 - n) == queued(s), "%s: a vector half bad likewise",
		s->name);
	drain(s);
}

static void bad_writes(struct subject *s)
{
	char *last = page + page_size - 4;
	ssize_t n;

	put(s, "before");
	ktap_ok(write(s->w, nowhere, 10) < 0 && errno == EFAULT && queued(s) == 6,
		"%s: a write from nowhere is EFAULT and adds nothing", s->name);
	memcpy(last, "half", 4);
	n = write(s->w, last, 10);
	ktap_why("it returned %zd and %d bytes are queued behind the 6 before", n,
		 queued(s) - 6);
	ktap_ok(queued(s) == 6 + (n < 0 ? 0 : n) && n <= 4,
		"%s: a write half from nowhere adds what it returns", s->name);
	ktap_ok(comes(s, n > 0 ? "beforehalf" : "before"), "%s: no byte of the void",
		s->name);
}

/* Longer than PIPE_BUF: cut where the memory ends, or at some point before. */
static void bad_long_write(struct subject *s)
{
	static char got[CAPACITY];
	size_t whole = 5 * page_size;
	ssize_t n, back;
	char *from;

	from = mmap(NULL, 6 * page_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(from + whole, page_size);
	for (size_t i = 0; i < whole; i++)
		from[i] = (char)pattern(i);
	n = write(s->w, from, 6 * page_size);
	nonblocking(s->r, true);
	back = read(s->r, got, sizeof(got));
	nonblocking(s->r, false);
	ktap_why("it returned %zd, %zd bytes came out", n, back);
	ktap_ok(n <= (ssize_t)whole &&
			(n > 0 ? back == n && !memcmp(got, from, (size_t)n) : back < 0),
		"%s: a long write from half good memory adds what it returns", s->name);
	munmap(from, whole);
}

/* The old bytes are overwritten by bytes that came, not by the attempt. */
static void overwriting(void)
{
	struct subject s = {.r = -1, .w = -1};

	if (!has_param("policy")) {
		ktap_skip("no such policy",
			  "overwrite: a write from nowhere spoils nothing");
		return;
	}
	subject_open(&s, "overwrite", "policy=overwrite");
	sys_put("asee_buf_size", "8");
	put(&s, "oldbytes");
	memcpy(page + page_size - 2, "ne", 2);
	if (write(s.w, nowhere, 8) < 0 && write(s.w, page + page_size - 2, 6) < 0)
		ktap_ok(comes(&s, "oldbytes"),
			"overwrite: a write from nowhere spoils nothing");
	else
		ktap_ok(comes(&s, "dbytesne"),
			"overwrite: a write from nowhere spoils nothing");
	subject_close(&s);
}

static void checks(struct subject *s)
{
	bad_reads(s);
	bad_vector(s);
	bad_writes(s);
	bad_long_write(s);
}

int main(void)
{
	page_size = (size_t)sysconf(_SC_PAGESIZE);
	page = mmap(NULL, 2 * page_size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page + page_size, page_size);
	return with_each(checks, 9, true, overwriting, 1);
}
