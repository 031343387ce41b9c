// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/hello_procfs read in every way there is: the text is the same for everybody, from
 * wherever and in whatever pieces it is read.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ktap.h"

#define PROC_FILE "/proc/hello_procfs"
#define ROOM	  100 /* nobody reads more: a file without an end must not keep the test */

static const char text[] = "Hello World!\n";
static const size_t len = sizeof(text) - 1;

/* One check: what is expected, and what usually goes wrong when it is not so. */
static bool check(bool good, const char *name, const char *why)
{
	ktap_why("%s", why);
	return ktap_ok(good, "%s", name);
}

static int file_open(int flags)
{
	int fd = open(PROC_FILE, flags | O_CLOEXEC);

	if (fd < 0) {
		ktap_diag("cannot open " PROC_FILE ": %s", strerror(errno));
		exit(EXIT_FAILURE);
	}
	return fd;
}

/* From where the descriptor stands, in pieces of such a size, come this text and the end.
 */
static bool reads_on(int fd, const char *want, size_t piece)
{
	char got[ROOM];
	size_t used = 0;
	ssize_t n;

	do {
		n = read(fd, got + used, used + piece < ROOM ? piece : ROOM - used);
		used += n > 0 ? n : 0;
	} while (n > 0 && used < ROOM);
	return n == 0 && used == strlen(want) && !memcmp(got, want, used);
}

static bool pieces_of_every_size(void)
{
	bool good = true;

	for (size_t piece = 1; good && piece <= ROOM; piece++) {
		int fd = file_open(O_RDONLY);

		good = reads_on(fd, text, piece);
		close(fd);
	}
	return good;
}

static bool pread_gives(int fd, off_t offset, size_t count)
{
	size_t left = offset < (off_t)len ? len - offset : 0;
	size_t want = count < left ? count : left;
	char got[ROOM];

	return pread(fd, got, count, offset) == (ssize_t)want &&
	       (!want || !memcmp(got, text + offset, want));
}

/* Backwards, so that no read just goes on where the one before ended. */
static bool pread_everywhere(void)
{
	int fd = file_open(O_RDONLY);
	bool good = pread_gives(fd, 1L << 40, 5) && pread_gives(fd, 5000, 5);

	for (off_t offset = len + 2; good && offset >= 0; offset--)
		for (size_t count = 1; good && count <= len + 1; count++)
			good = pread_gives(fd, offset, count);
	good = good && lseek(fd, 0, SEEK_CUR) == 0;
	close(fd);
	return good;
}

static bool vector(int fd)
{
	char first[5], second[ROOM];
	struct iovec vec[] = {{first, sizeof(first)}, {second, sizeof(second)}};

	return preadv(fd, vec, 2, 0) == (ssize_t)len && !memcmp(first, text, 5) &&
	       !memcmp(second, text + 5, len - 5);
}

static bool exactly(int fd)
{
	char buf[4096];

	memset(buf, '#', sizeof(buf));
	return pread(fd, buf, sizeof(buf), 0) == (ssize_t)len && buf[len] == '#';
}

static void check_offsets(void)
{
	int fd = file_open(O_RDONLY);

	check(pieces_of_every_size(),
	      "read in pieces of any size, the text is whole and then ends",
	      "a read gives as much as was asked for and goes on there with the next "
	      "one");
	check(pread_everywhere(), "pread gives the right bytes at every offset",
	      "the offset counts, also when nobody has read what lies before it");
	check(exactly(fd), "a large buffer gets the text and not a byte more", "");
	check(vector(fd), "preadv fills one buffer after the other", "");
	check(lseek(fd, 6, SEEK_SET) == 6 && reads_on(fd, "World!\n", 4),
	      "after lseek to an offset a read goes on there", "");
	check(lseek(fd, -3, SEEK_CUR) == (off_t)len - 3 && reads_on(fd, "d!\n", 1),
	      "lseek goes back", "");
	check(lseek(fd, 0, SEEK_SET) == 0 && reads_on(fd, text, 5),
	      "after lseek to the beginning everything can be read again", "");
	check(lseek(fd, 1000, SEEK_SET) != 1000 || reads_on(fd, "", 5),
	      "beyond the end there is nothing", "");
	close(fd);
}

static void check_two_readers(void)
{
	int a = file_open(O_RDONLY), b = file_open(O_RDONLY), status = 1;
	char got[5];
	pid_t child;

	check(read(a, got, 5) == 5 && read(b, got, 2) == 2 &&
		      reads_on(a, " World!\n", 3) && reads_on(b, "llo World!\n", 3),
	      "two readers do not disturb each other",
	      "the place a reader has reached belongs to the open file: use *ppos or "
	      "seq_file, not a variable of the module");
	lseek(a, 0, SEEK_SET);
	child = fork();
	if (!child)
		_exit(read(a, got, 5) != 5);
	waitpid(child, &status, 0);
	check(status == 0 && reads_on(a, " World!\n", 3),
	      "after fork a child reads the beginning, the parent goes on behind it", "");
	close(a);
	close(b);
}

/* Two pages, of which the second cannot be touched: the end of the first. */
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

static void check_bad_buffers(void)
{
	char *wall = before_the_wall();
	int fd = file_open(O_RDONLY);
	ssize_t n;

	check(read(fd, wall, 5) == -1 && errno == EFAULT,
	      "a read to where nothing may be written fails with EFAULT",
	      "copy_to_user(), whose answer counts; never memcpy() or sprintf()");
	check(read(fd, (void *)(uintptr_t)0xffff888000000000, 5) == -1 && errno == EFAULT,
	      "a read to an address of the kernel fails with EFAULT", "");
	n = read(fd, wall - 4, len);
	check((n == -1 && errno == EFAULT) || (n == 4 && !memcmp(wall - 4, text, 4)),
	      "a read to memory that ends too early says so", "");
	check(reads_on(fd, n > 0 ? text + n : text, 3),
	      "after failed reads nothing of the text is missing", "");
	close(fd);
}

/* Root may open it for writing, whatever the mode says; but there is nothing to write to.
 */
static void check_writes(void)
{
	int fd = open(PROC_FILE, O_RDWR | O_CLOEXEC), status = 1;
	pid_t child;

	check(fd < 0 || write(fd, "x", 1) == -1, "a write is refused, to root as well",
	      "there is no .proc_write; procfs then answers EIO");
	check(fd < 0 || reads_on(fd, text, 3), "and leaves the text alone", "");
	close(fd);
	child = fork();
	if (!child) {
		if (setgid(65534) || setuid(65534))
			_exit(2);
		fd = open(PROC_FILE, O_RDONLY);
		_exit(!(reads_on(fd, text, 3) && open(PROC_FILE, O_WRONLY) == -1 &&
			errno == EACCES));
	}
	waitpid(child, &status, 0);
	check(status == 0,
	      "a user without any rights can read it and not open it to write",
	      "mode 0444");
}

static void check_sendfile(void)
{
	int fd = file_open(O_RDONLY), ends[2];
	char got[ROOM];
	ssize_t n;

	if (pipe(ends))
		exit(EXIT_FAILURE);
	n = sendfile(ends[1], fd, NULL, ROOM);
	check(n == -1 ? errno == EINVAL
		      : n == (ssize_t)len && read(ends[0], got, ROOM) == n &&
				!memcmp(got, text, len),
	      "sendfile gives the text, or says that it cannot",
	      "with .proc_read_iter it can, with .proc_read alone the answer is EINVAL");
	close(fd);
	close(ends[0]);
	close(ends[1]);
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
	const int times = 10000;

	for (int i = 0; i < times; i++)
		close(file_open(O_RDONLY));
	lost = kmalloc_objects() - before;
	if (lost >= times / 2)
		ktap_diag("%ld objects more than before", lost);
	check(lost < times / 2, "opened and closed 10000 times, no memory is lost",
	      "single_open() allocates, single_release() frees; seq_release() does not");
}

static bool over; /* atomic */

static void *reader(void *piece)
{
	bool good = true;

	while (good && !__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		int fd = file_open(O_RDONLY);

		good = reads_on(fd, text, (size_t)piece);
		close(fd);
	}
	return (void *)(uintptr_t)good;
}

static void check_everybody(void)
{
	struct timespec second = {.tv_sec = 1};
	pthread_t threads[4];
	bool good = true;

	for (size_t i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, reader, (void *)(1 + 4 * i)))
			exit(EXIT_FAILURE);
	nanosleep(&second, NULL);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < 4; i++) {
		void *ret;

		pthread_join(threads[i], &ret);
		good = good && ret;
	}
	check(good, "with readers on all processors each gets the text", "");
}

int main(void)
{
	ktap_plan(20);
	check_offsets();
	check_two_readers();
	check_bad_buffers();
	check_writes();
	check_sendfile();
	check_memory();
	check_everybody();
	return ktap_end();
}
