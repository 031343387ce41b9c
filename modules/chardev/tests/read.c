// SPDX-License-Identifier: GPL-2.0-only
/* Black box: one open file of /dev/chardev, read in every way there is. */
#define _GNU_SOURCE
#include <limits.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/uio.h>

#include "device.h"
#include "ktap.h"

#define AGAIN "*ppos is where to read from; move it by what was copied, and return that"

#define HUGE_READ (1UL << 30)

static char want[TEXT_MAX]; /* the message of the open file below */
static int file, length;

/* Another open file, whose message becomes the one that is wanted. */
static void open_anew(void)
{
	if (file > 0)
		close(file);
	file = open(DEVICE, O_RDONLY);
	length = (int)pread(file, want, sizeof(want) - 1, 0);
	if (length < 0)
		length = 0;
	want[length] = 0;
}

static bool same(const char *got, int n, int from)
{
	return n == length - from && !memcmp(got, want + from, (size_t)n);
}

static void to_the_end(void)
{
	char got[TEXT_MAX];
	ssize_t first = read(file, got, sizeof(got)), then = read(file, got, sizeof(got));

	ktap_why("read() returned %zd", first);
	ktap_ok(first > 0, "a read gives a message");
	ktap_why("read() at the end returned %zd: cat goes on until it gets 0. " AGAIN,
		 then);
	ktap_ok(then == 0, "the next read returns 0, the end");
	ktap_ok(read(file, got, sizeof(got)) == 0, "and so does the one after");
	open_anew();
	ktap_why("pread() at offset 0 returned %d bytes, read() before %zd", length,
		 first);
	ktap_ok(length > 0 && read(file, got, sizeof(got)) == length,
		"a read at offset 0 leaves the position where it is");
}

/* The size of the pieces in which the message does not arrive as it is; 0: none. */
static size_t bad_piece(void)
{
	char got[TEXT_MAX];

	for (size_t piece = 1; piece < 100; piece++) {
		open_anew();
		if (!same(got, read_all(file, got, piece), 0))
			return piece;
	}
	return 0;
}

static void pieces(void)
{
	char got[TEXT_MAX];
	int n;

	open_anew();
	n = read_all(file, got, 1);
	ktap_why("got %d bytes of %d (-2: no end to it); a program may ask for as little "
		 "as it "
		 "likes, and gets the rest with the next read. " AGAIN,
		 n, length);
	ktap_ok(same(got, n, 0), "a reader that takes one byte at a time gets all of it");
	n = (int)bad_piece();
	ktap_why("in pieces of %d bytes something else arrives. " AGAIN, n);
	ktap_ok(!n, "one that takes pieces of another size too");
}

static int bad_offset(void)
{
	char got[TEXT_MAX];

	for (int from = 0; from <= length; from++)
		if (!same(got, (int)pread(file, got, sizeof(got), from), from))
			return from;
	return -1;
}

static void offsets(void)
{
	static const long long beyond[] = {1, 4096, 1LL << 31, 1LL << 32,
					   LLONG_MAX - 8192};
	char got[TEXT_MAX];
	bool good = true;
	int bad;

	open_anew();
	bad = bad_offset();
	ktap_why("a read at offset %d gives something else. " AGAIN, bad);
	ktap_ok(bad < 0, "a read from anywhere in it gives the rest");
	for (size_t i = 0; i < sizeof(beyond) / sizeof(*beyond); i++)
		good &= pread(file, got, sizeof(got), length + beyond[i]) == 0;
	ktap_why(
		"beyond the end there is nothing; length minus offset is negative there");
	ktap_ok(good, "a read beyond its end returns 0");
	ktap_ok(pread(file, got, sizeof(got), -1) < 0 && errno == EINVAL,
		"a negative offset is EINVAL");
}

static void sizes(void)
{
	/* Addresses only; the memory behind them comes where it is written. */
	char *room = mmap(NULL, HUGE_READ, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	char got[TEXT_MAX];
	bool good = true;

	open_anew();
	ktap_ok(read(file, got, 0) == 0, "a read of nothing returns 0");
	ktap_ok(read_all(file, got, sizeof(got)) == length,
		"and does not move the position");
	open_anew();
	ktap_why("count is what the program has room for, not what there is");
	ktap_ok(read(file, room, HUGE_READ) == length, "a huge read gives what there is");
	munmap(room, HUGE_READ);
	for (int n = 1; n <= length; n++) {
		memset(got, 0x55, sizeof(got));
		good &= pread(file, got, (size_t)n, 0) == n && got[n] == 0x55;
	}
	ktap_why("bytes behind the buffer of the reader were overwritten, or fewer were "
		 "filled: "
		 "copy the smaller of count and what is left");
	ktap_ok(good, "no byte is written beyond the buffer of the reader");
}

static void positions(void)
{
	char got[TEXT_MAX], front[3];
	struct iovec parts[] = {{front, sizeof(front)}, {got, sizeof(got)}};
	int copy;

	open_anew();
	ktap_ok(readv(file, parts, 2) == length && !memcmp(front, want, 3) &&
			same(got, length - 3, 3),
		"one read into two buffers");
	open_anew();
	copy = dup(file);
	ktap_ok(read(copy, got, 5) == 5 && same(got, read_all(file, got, sizeof(got)), 5),
		"a copy of the descriptor shares the position");
	close(copy);
	ktap_ok(read(file, got, sizeof(got)) == 0,
		"and closing it does not close the file");
}

/* Seeking is no duty; but who can has to do it right. Some take it and do nothing. */
static void seeks(void)
{
	char got[TEXT_MAX];

	open_anew();
	read(file, got, 4);
	if (lseek(file, 0, SEEK_SET) != 0) {
		ktap_skip("it does not seek", "back to the beginning");
		ktap_skip("it does not seek", "to the middle");
		ktap_skip("it does not seek", "to nowhere");
		return;
	}
	ktap_ok(same(got, read_all(file, got, sizeof(got)), 0), "back to the beginning");
	ktap_ok(lseek(file, 2, SEEK_SET) == 2 && lseek(file, 3, SEEK_CUR) == 5 &&
			same(got, read_all(file, got, sizeof(got)), 5),
		"to the middle");
	ktap_ok(lseek(file, -1, SEEK_SET) < 0 && errno == EINVAL, "to nowhere");
}

static bool faults(void *pointer)
{
	char got[TEXT_MAX];
	ssize_t n = read(file, pointer, 16);
	int err = errno;

	ktap_why("a read to %p returned %zd (%s): copy_to_user() returns how many bytes "
		 "it "
		 "could NOT copy; when that is all of them the answer is EFAULT, and the "
		 "position stays",
		 pointer, n, n < 0 ? strerror(err) : "success");
	return n < 0 && err == EFAULT &&
	       same(got, (int)pread(file, got, sizeof(got), 0), 0);
}

static void pointers(void)
{
	const long page = sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char got[TEXT_MAX];
	ssize_t n;

	open_anew();
	ktap_ok(faults(NULL) && faults((void *)-16UL) &&
			faults((void *)0xffffffff81000000UL),
		"a pointer to nowhere is EFAULT");
	mprotect(memory, page, PROT_READ);
	ktap_ok(faults(memory), "so is memory that must not be written");
	ktap_ok(same(got, read_all(file, got, sizeof(got)), 0),
		"the reader who failed loses nothing");

	open_anew();
	mprotect(memory, page, PROT_READ | PROT_WRITE);
	munmap(memory + page, page);
	n = read(file, memory + page - 7, 16);
	ktap_why("7 of 16 bytes have room: %zd; those that were copied count, or none of "
		 "them, "
		 "but the position must agree with the answer",
		 n);
	ktap_ok((n < 0 ? errno == EFAULT : n <= 7) &&
			same(got, read_all(file, got, sizeof(got)), n < 0 ? 0 : (int)n),
		"a buffer that ends early gets part of it or EFAULT");
}

int main(void)
{
	ktap_plan(24);
	file = open(DEVICE, O_RDONLY);
	if (!ktap_ok(file > 0, "opens read-only"))
		return 1;
	to_the_end();
	pieces();
	offsets();
	sizes();
	positions();
	seeks();
	pointers();
	return ktap_end();
}
