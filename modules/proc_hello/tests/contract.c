// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/hello call by call: every offset and length, bad pointers, too much and nothing.
 * Where the document leaves a choice, every answer that loses no text silently is taken.
 */
#include <limits.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "file.h"

static const char text[] = "abcdefghijklmnopqrstuvwxyz\n";
static const size_t text_len = sizeof(text) - 1;

/* Two pages, of which the second can be neither read nor written: the end of the first.
 */
static char *before_the_wall(void)
{
	size_t page = sysconf(_SC_PAGESIZE);
	char *map = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + page, page, PROT_NONE)) {
		ktap_diag("no memory: %s", strerror(errno));
		exit(EXIT_FAILURE);
	}
	return map + page;
}

static bool pieces_of_every_size(void)
{
	for (size_t piece = 1; piece <= text_len + 1; piece++) {
		struct bytes b = file_get(piece);

		if (!bytes_are(&b, text, text_len)) {
			saw("in pieces of %zu bytes came %zd of %zu bytes", piece, b.len,
			    text_len);
			return false;
		}
	}
	return true;
}

/* One read at an offset gives what is there, up to the count. */
static bool pread_gives(int fd, size_t offset, size_t count)
{
	size_t left = offset < text_len ? text_len - offset : 0;
	ssize_t want = count < left ? count : left;
	char buf[64];
	ssize_t n = pread(fd, buf, count, offset);

	if (n == want && (!want || !memcmp(buf, text + offset, want)))
		return true;
	saw("pread of %zu bytes at %zu: %zd, not %zd", count, offset, n, want);
	return false;
}

static bool pread_everywhere(void)
{
	int fd = file_open(O_RDONLY);
	bool good = true;

	for (size_t offset = 0; good && offset <= text_len + 2; offset++)
		for (size_t count = 1; good && count <= text_len + 1; count++)
			good = pread_gives(fd, offset, count);
	good = good && pread_gives(fd, 4096, 10) && pread_gives(fd, 1UL << 40, 10) &&
	       pread_gives(fd, LONG_MAX - 100, 10);
	close(fd);
	return good;
}

static bool reads_on_from(int fd, const char *want)
{
	struct bytes b = {0};

	bytes_read(&b, fd, 5);
	return bytes_are(&b, want, strlen(want));
}

static void check_reads(void)
{
	int fd = file_open(O_RDONLY);
	char buf[8], big[4096];
	struct iovec vec[] = {{buf, 3}, {big, sizeof(big)}};
	off_t end;
	pid_t child;
	int status = 1;

	check(pieces_of_every_size(), "read in pieces of any size, the message is whole",
	      "a read takes as much as was asked for, moves the offset by that, and "
	      "goes "
	      "on there; giving all or nothing leaves a slow reader without a byte");
	check(pread_everywhere(), "pread gives the right bytes at every offset",
	      "copy from text + offset, at most length - offset bytes; at the end and "
	      "beyond it the answer is 0");

	check(lseek(fd, 20, SEEK_SET) == 20 && reads_on_from(fd, "uvwxyz\n"),
	      "after lseek to an offset a read goes on there",
	      "the offset is what lseek(2) says it is: .proc_lseek is set, and read "
	      "uses *ppos and no counter of its own");
	check(lseek(fd, -4, SEEK_CUR) == (off_t)text_len - 4 &&
		      reads_on_from(fd, "xyz\n"),
	      "lseek goes back by as much as one likes", "");
	check(lseek(fd, 0, SEEK_SET) == 0 && reads_on_from(fd, text),
	      "after lseek to the beginning everything can be read again", "");
	check(lseek(fd, 5000, SEEK_SET) == 5000 && read(fd, buf, 1) == 0,
	      "after lseek beyond the end there is nothing to read", "");
	end = lseek(fd, 0, SEEK_END);
	saw("%lld", (long long)end);
	check(end == -1 || end == 0 || end == (off_t)text_len,
	      "lseek to the end is refused, 0 or the length",
	      "files of /proc have the size 0; a file that knows better may say so; any "
	      "other number comes out of nowhere");

	lseek(fd, 2, SEEK_SET);
	check(read(fd, buf, 0) == 0 && lseek(fd, 0, SEEK_CUR) == 2,
	      "a read of 0 bytes returns 0 and moves nothing", "");
	lseek(fd, 0, SEEK_SET);
	memset(big, '#', sizeof(big));
	check(read(fd, big, sizeof(big)) == (ssize_t)text_len && big[text_len] == '#',
	      "a large buffer gets the message and not a byte more",
	      "exactly the message's bytes: not the whole buffer it lies in, no NUL "
	      "behind it");
	lseek(fd, 0, SEEK_SET);
	check(readv(fd, vec, 2) == (ssize_t)text_len && !memcmp(buf, text, 3) &&
		      !memcmp(big, text + 3, text_len - 3),
	      "readv fills one buffer after the other", "");

	lseek(fd, 0, SEEK_SET);
	child = fork();
	if (!child)
		_exit(!(read(fd, buf, 3) == 3 && !memcmp(buf, text, 3)));
	waitpid(child, &status, 0);
	check(status == 0 && reads_on_from(fd, text + 3),
	      "a child reads the beginning, the parent goes on behind it",
	      "after fork(2) both have one open file and one offset; what is kept for "
	      "a reader belongs to the open file, not to the process");
	close(fd);
}

static void check_bad_reads(void)
{
	int fd = file_open(O_RDONLY);
	char *wall = before_the_wall();
	ssize_t n;

	check(read(fd, wall, 10) == -1 && errno == EFAULT,
	      "a read to where nothing may be written fails with EFAULT", "");
	check(read(fd, (void *)(uintptr_t)0xffff888000000000, 10) == -1 &&
		      errno == EFAULT,
	      "a read to an address of the kernel fails with EFAULT", "");
	n = read(fd, wall - 5, 20);
	check((n == -1 && errno == EFAULT) || (n == 5 && !memcmp(wall - 5, text, 5)),
	      "a read to memory that ends too early says so",
	      "either EFAULT or the 5 bytes that had room; never 20");
	check(reads_on_from(fd, n > 0 ? text + n : text),
	      "after failed reads nothing of the message is missing",
	      "an offset moves by what was given, and by nothing after EFAULT");
	close(fd);
}

static bool every_length(void)
{
	char buf[MESSAGE_MAX];

	memset(buf, 'x', sizeof(buf));
	for (size_t len = 1; len <= sizeof(buf); len++) {
		buf[0] = buf[len - 1] = 'A' + len % 26;
		if (file_put(buf, len) != (ssize_t)len || !file_has(buf, len)) {
			saw("not so with %zu bytes", len);
			return false;
		}
		buf[len - 1] = 'x';
	}
	return true;
}

static bool every_byte(void)
{
	char buf[64];

	for (int start = 0; start < 256; start += 64) {
		for (int i = 0; i < 64; i++)
			buf[i] = start + i;
		if (file_put(buf, sizeof(buf)) != sizeof(buf) ||
		    !file_has(buf, sizeof(buf))) {
			saw("not so with the bytes %d to %d", start, start + 63);
			return false;
		}
	}
	return true;
}

/* After a write that was too long: refused and the old kept, or the start taken. */
static bool too_much(size_t len)
{
	char *buf = mmap(NULL, len, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ssize_t n;
	bool good;

	if (buf == MAP_FAILED)
		return false;
	memset(buf, '+', ROOM);
	file_put("old", 3);
	n = file_put(buf, len);
	if (n < 0)
		good = file_says("old");
	else
		good = n > 0 && n <= MESSAGE_MAX && file_has(buf, n);
	if (!good)
		saw("write of %zu bytes: %zd, and then the file has %zd", len, n,
		    file_get(ROOM).len);
	munmap(buf, len);
	return good;
}

static void check_writes(void)
{
	check(every_length(), "a message of any length from 1 to 100 is read as written",
	      "up to 100 bytes are kept with their number; a shorter message leaves "
	      "nothing of a longer one; no byte is set aside for a NUL");
	check(every_byte(), "every byte is kept, NUL as well",
	      "a message is bytes and a length; strlen() stops at the first NUL and "
	      "runs on where there is none");

	check(too_much(MESSAGE_MAX + 1) && too_much(4096) && too_much(1 << 20) &&
		      too_much(INT_MAX),
	      "of too long a message no more is kept than was reported",
	      "more than 100 bytes are refused with an errno and change nothing, or "
	      "the first of them are stored and exactly their number is returned");

	file_put("kept", 4);
	check(file_put("", 0) == 0 && file_says("kept"),
	      "a write of 0 bytes returns 0 and changes nothing",
	      "POSIX, of files: a write of nothing returns 0 and has no other result");
}

static void check_bad_writes(void)
{
	char *wall = before_the_wall();

	file_put("the old message", 15);
	memset(wall - MESSAGE_MAX, '!', MESSAGE_MAX);
	check(file_put(wall, 10) == -1 && errno == EFAULT,
	      "a write from where nothing may be read fails with EFAULT", "");
	check(file_put((void *)(uintptr_t)0xffff888000000000, 10) == -1 &&
		      errno == EFAULT,
	      "a write from an address of the kernel fails with EFAULT", "");
	check(file_put(wall - 70, 100) == -1 && errno == EFAULT,
	      "a write from memory that ends too early fails with EFAULT", "");
	check(file_says("the old message"),
	      "after failed writes the old message is there",
	      "copy_from_user() copies up to the bad byte: copy to a place of its own, "
	      "and let the new message replace the old one when it is complete");
}

/* What an offset does to a write is a choice; garbage and silence are not. */
static void check_write_offset(void)
{
	int fd = file_open(O_RDWR);
	ssize_t n;

	n = write(fd, "first\n", 6);
	check(n == 6 && lseek(fd, 0, SEEK_SET) == 0 && reads_on_from(fd, "first\n"),
	      "one descriptor writes, goes back and reads what it wrote",
	      "what was last written is what is read, by the writer too");
	lseek(fd, 0, SEEK_SET);
	n = write(fd, "second\n", 7);
	check(n == 7 && lseek(fd, 3, SEEK_SET) == 3 && reads_on_from(fd, "ond\n"),
	      "and reads the new message, not the old one, at any offset", "");
	close(fd);

	fd = file_open(O_WRONLY);
	if (write(fd, "one\n", 4) != 4 || write(fd, "two\n", 4) != 4)
		saw("write: %s", strerror(errno));
	check(file_says("two\n") || file_says("one\ntwo\n"),
	      "a second write through one descriptor replaces or continues the first",
	      "two writes are two messages, of which the last stays, or one after the "
	      "other; not \"two\" with something nobody wrote around it");
	close(fd);

	file_put("ABCDEFGH", 8);
	fd = file_open(O_WRONLY);
	n = pwrite(fd, "xyz", 3, 2);
	check(n == -1 ? file_says("ABCDEFGH")
		      : n == 3 && (file_says("xyz") || file_says("ABxyz") ||
				   file_says("ABxyzFGH")),
	      "a write at an offset does something one can describe",
	      "the message is replaced, or changed from there on, or the write is "
	      "refused: but no byte appears that nobody wrote");
	close(fd);
}

static void check_users(void)
{
	int status = 1;
	pid_t child = fork();

	if (!child) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		_exit(!(file_put("from nobody", 11) == 11 && file_says("from nobody")));
	}
	waitpid(child, &status, 0);
	check(status == 0, "a user without any rights can write and read",
	      "mode 0666, and no further question asked");
}

/*
 * All that kmalloc() has given and not got back, in the whole kernel: the memory may be
 * allocated by a function of the kernel that the module calls, as single_open() does.
 */
static long kmalloc_objects(void)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	long sum = 0, n;
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "kmalloc%*s %ld", &n) == 1)
			sum += n;
	if (f)
		fclose(f);
	return sum;
}

static void check_memory(void)
{
	long before = kmalloc_objects(), lost;
	const int times = 3000;

	for (int i = 0; i < times; i++)
		if (file_put(text, text_len) < 0 || !file_has(text, text_len))
			break;
	lost = kmalloc_objects() - before;
	if (lost >= times / 2)
		saw("%ld objects more than before", lost);
	check(lost < times / 2, "written and read 3000 times, no memory is lost",
	      "an old message is freed with its last reader, and what was allocated at "
	      "open "
	      "is freed at release");
}

int main(void)
{
	ktap_plan(29);
	file_put(text, text_len);
	check_reads();
	check_bad_reads();
	check_writes();
	check_bad_writes();
	check_write_offset();
	check_users();
	check_memory();
	return ktap_end();
}
