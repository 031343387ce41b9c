// SPDX-License-Identifier: GPL-2.0-only
/*
 * Nobody ever sees a mix of two messages. Every message here is one letter, so many times
 * as only that letter is: whatever a reader gets, one look tells whether it is one whole
 * message. First with the replacement put exactly where it hurts, then at random on all
 * processors.
 */
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "file.h"

#define SPLIT 68 /* bytes of a message that lie before the page that does not come */

static size_t length_of(char letter)
{
	return 75 + (letter - 'A');
}

static size_t message_of(char letter, char *buf)
{
	memset(buf, letter, length_of(letter));
	return length_of(letter);
}

static void put(char letter)
{
	char buf[MESSAGE_MAX];

	file_put(buf, message_of(letter, buf));
}

static bool is_whole(const struct bytes *b)
{
	char want[MESSAGE_MAX];

	return b->len > 0 && b->text[0] >= 'A' && b->text[0] <= 'Z' &&
	       bytes_are(b, want, message_of(b->text[0], want));
}

/* "70 x A, 12 x B" */
static void show(const char *who, const struct bytes *b)
{
	char line[256] = "";
	int used = 0;

	for (ssize_t i = 0, from = 0; i < b->len && used < 200; from = i) {
		while (i < b->len && b->text[i] == b->text[from])
			i++;
		used += snprintf(line + used, sizeof(line) - used, "%s%zd x %c",
				 from ? ", " : "", i - from, b->text[from]);
	}
	saw("%s got %zd bytes: %s", who, b->len, line);
}

static bool whole(const char *who, const struct bytes *b)
{
	if (is_whole(b))
		return true;
	show(who, b);
	return false;
}

/* Begins to read, then the message is replaced, then reads to the end in such pieces. */
static bool replaced_behind(size_t first, size_t piece, char old, char new)
{
	struct bytes b = {0};
	int fd;

	put(old);
	fd = file_open(O_RDONLY);
	b.len = read(fd, b.text, first);
	put(new);
	bytes_read(&b, fd, piece);
	close(fd);
	return whole("the reader", &b);
}

/* Byte by byte, and between any two bytes another message. */
static bool replaced_all_the_time(void)
{
	struct bytes b = {0};
	int fd = file_open(O_RDONLY);

	put('M');
	for (char letter = 'A';; letter = letter == 'Z' ? 'A' : letter + 1) {
		ssize_t n = read(fd, b.text + b.len, 1);

		if (n != 1 || ++b.len == ROOM)
			break;
		put(letter);
	}
	close(fd);
	return whole("the reader", &b);
}

static bool rewinding(void)
{
	struct bytes b = {0};
	int fd = file_open(O_RDONLY);
	char byte;

	put('C');
	if (read(fd, &byte, 1) != 1)
		saw("nothing to read");
	put('D');
	lseek(fd, 0, SEEK_SET);
	bytes_read(&b, fd, ROOM);
	close(fd);
	return whole("the reader", &b) && b.text[0] == 'D';
}

static bool two_readers(void)
{
	struct bytes a = {0}, b = {0};
	int fd_a, fd_b;

	put('A');
	fd_a = file_open(O_RDONLY);
	a.len = read(fd_a, a.text, 40);
	put('B');
	fd_b = file_open(O_RDONLY);
	b.len = read(fd_b, b.text, 10);
	bytes_read(&a, fd_a, 7);
	bytes_read(&b, fd_b, 7);
	close(fd_a);
	close(fd_b);
	return whole("the first reader", &a) && a.text[0] == 'A' &&
	       whole("the second reader", &b) && b.text[0] == 'B';
}

static void check_replaced(void)
{
	check(replaced_behind(1, 1, 'A', 'B') && replaced_behind(1, ROOM, 'A', 'Z') &&
		      replaced_behind(50, 10, 'Z', 'A') &&
		      replaced_behind(74, ROOM, 'A', 'B'),
	      "a message that is replaced while it is read is read to its end",
	      "a reader that has begun goes on with the message it began with; a read "
	      "that looks at the newest message each time mixes the two");
	check(replaced_all_the_time(),
	      "read byte by byte, and replaced after every byte, it is one message", "");
	check(two_readers(), "two readers at different places each get their own", "");
	check(rewinding(), "a reader that goes back to the beginning gets the newest",
	      "a read from offset 0 that begins after a write has ended gives what "
	      "that write wrote; a copy made at open is out of date here");
}

/*
 * Two pages, of which the second is not there yet: whoever touches it sleeps, a system
 * call in the middle of its copy too, until late_arrive().
 */
struct late {
	int fd;
	size_t page;
	char *map;
};

static bool late_make(struct late *late)
{
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register reg = {.mode = UFFDIO_REGISTER_MODE_MISSING};

	late->page = sysconf(_SC_PAGESIZE);
	late->fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	late->map = mmap(NULL, 2 * late->page, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (late->fd < 0 || late->map == MAP_FAILED || ioctl(late->fd, UFFDIO_API, &api))
		return false;
	reg.range.start = (uintptr_t)late->map + late->page;
	reg.range.len = late->page;
	memset(late->map, 0, late->page);
	return !ioctl(late->fd, UFFDIO_REGISTER, &reg);
}

/* Somebody waits for the second page. False when it seems that nobody will. */
static bool late_wanted(struct late *late)
{
	struct pollfd p = {.fd = late->fd, .events = POLLIN};

	return poll(&p, 1, 5000) == 1 && p.revents & POLLIN;
}

/* The second page comes, full of this letter. */
static void late_arrive(struct late *late, char letter)
{
	char *page = malloc(late->page);
	struct uffdio_copy copy = {.dst = (uintptr_t)late->map + late->page,
				   .src = (uintptr_t)page,
				   .len = late->page};

	memset(page, letter, late->page);
	ioctl(late->fd, UFFDIO_COPY, &copy);
	free(page);
}

static void late_free(struct late *late)
{
	munmap(late->map, 2 * late->page);
	close(late->fd);
}

/* One write or one read of @len bytes at @text, in a thread, for it may sleep. */
struct call {
	pthread_t thread;
	bool writes;
	char *text;
	size_t len;
	ssize_t ret;
	bool done; /* atomic */
};

static void *call_run(void *arg)
{
	struct call *call = arg;
	int fd = file_open(call->writes ? O_WRONLY : O_RDONLY);

	call->ret = call->writes ? write(fd, call->text, call->len)
				 : read(fd, call->text, call->len);
	close(fd);
	__atomic_store_n(&call->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void call_start(struct call *call)
{
	if (pthread_create(&call->thread, NULL, call_run, call)) {
		ktap_diag("no thread");
		exit(EXIT_FAILURE);
	}
}

/* Until it is through, unless it waits for the other one; that is allowed. */
static void call_give_time(struct call *call)
{
	struct timespec t = {.tv_nsec = 1000 * 1000};

	for (int i = 0; i < 500 && !__atomic_load_n(&call->done, __ATOMIC_ACQUIRE); i++)
		nanosleep(&t, NULL);
}

/* The first part of new is copied, the rest has to wait: what does a reader get now? */
static bool slow_writer(struct late *late)
{
	char *text = late->map + late->page - SPLIT;
	struct bytes b = {0};
	struct call writer = {.writes = true, .text = text, .len = length_of('N')};
	struct call reader = {.text = b.text, .len = ROOM};

	put('O');
	memset(text, 'N', SPLIT);
	call_start(&writer);
	if (!late_wanted(late))
		saw("the writer did not stop in the middle");
	call_start(&reader);
	call_give_time(&reader);
	late_arrive(late, 'N');
	pthread_join(reader.thread, NULL);
	pthread_join(writer.thread, NULL);
	b.len = reader.ret;
	return whole("the reader", &b) && writer.ret == (ssize_t)length_of('N');
}

/* The reader has got the first part and its memory makes it wait; now comes a new one. */
static bool slow_reader(struct late *late)
{
	char *text = late->map + late->page - SPLIT, buf[MESSAGE_MAX];
	struct bytes b;
	struct call reader = {.text = text, .len = MESSAGE_MAX};
	struct call writer = {.writes = true, .text = buf, .len = message_of('N', buf)};

	put('O');
	call_start(&reader);
	if (!late_wanted(late))
		saw("the reader did not stop in the middle");
	call_start(&writer);
	call_give_time(&writer);
	late_arrive(late, '?');
	pthread_join(reader.thread, NULL);
	pthread_join(writer.thread, NULL);
	b.len = reader.ret;
	if (b.len > 0)
		memcpy(b.text, text, b.len);
	return whole("the reader", &b);
}

static void check_slow(void)
{
	static const struct {
		bool (*run)(struct late *late);
		const char *name, *why;
	} tests[] = {
		{slow_writer,
		 "a writer stopped in the middle of its copy has shown nothing",
		 "copy_from_user() may sleep at every page: what it fills must not be "
		 "what others read"},
		{slow_reader,
		 "a reader stopped in the middle of its copy gets one message",
		 "copy_to_user() may sleep at every page: what it copies from must not "
		 "change meanwhile"},
	};

	for (size_t i = 0; i < 2; i++) {
		struct late late;

		if (late_make(&late))
			check(tests[i].run(&late), tests[i].name, tests[i].why);
		else
			ktap_skip("no userfaultfd", "%s", tests[i].name);
		late_free(&late);
	}
}

/*
 * Everybody at once: writers, readers with calls of different size, and threads that use
 * one open file together.
 */
static bool over; /* atomic */
static int shared_fd;

struct worker {
	pthread_t thread;
	bool (*turn)(struct worker *self); /* false: what it saw is no message */
	const char *who;
	size_t piece; /* of a reader */
	unsigned int seed;
	unsigned long turns;
	bool failed;
	struct bytes seen;
};

static char any_letter(struct worker *self)
{
	return 'A' + rand_r(&self->seed) % 26;
}

static bool turn_write(struct worker *self)
{
	put(any_letter(self));
	return true;
}

static bool turn_read(struct worker *self)
{
	self->seen = file_get(self->piece);
	return is_whole(&self->seen);
}

static bool turn_share(struct worker *self)
{
	char buf[MESSAGE_MAX];

	/* seq_file knows no pwrite, and rightly says so */
	if (self->turns % 4 == 0)
		return pwrite(shared_fd, buf, message_of(any_letter(self), buf), 0) > 0 ||
		       errno == ESPIPE;
	self->seen.len = pread(shared_fd, self->seen.text, ROOM, 0);
	return is_whole(&self->seen);
}

static void *worker_run(void *arg)
{
	struct worker *self = arg;

	while (!self->failed && !__atomic_load_n(&over, __ATOMIC_RELAXED)) {
		self->failed = !self->turn(self);
		self->turns++;
	}
	return NULL;
}

static void check_everybody(void)
{
	static struct worker workers[] = {
		{.turn = turn_write, .who = "a writer"},
		{.turn = turn_write, .who = "another writer"},
		{.turn = turn_read, .piece = ROOM, .who = "a reader"},
		{.turn = turn_read, .piece = 1, .who = "a reader of single bytes"},
		{.turn = turn_read, .piece = 33, .who = "a reader of 33 bytes at a time"},
		{.turn = turn_share, .who = "a user of a shared open file"},
		{.turn = turn_share, .who = "another user of a shared open file"},
	};
	const size_t n = sizeof(workers) / sizeof(workers[0]);
	struct timespec second_and_a_half = {1, 500 * 1000 * 1000};
	bool good = true;

	put('A');
	shared_fd = file_open(O_RDWR);
	for (size_t i = 0; i < n; i++) {
		workers[i].seed = i;
		if (pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]))
			exit(EXIT_FAILURE);
	}
	nanosleep(&second_and_a_half, NULL);
	__atomic_store_n(&over, true, __ATOMIC_RELAXED);
	for (size_t i = 0; i < n; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].failed)
			show(workers[i].who, &workers[i].seen);
		good = good && !workers[i].failed;
	}
	close(shared_fd);
	check(good, "with writers and readers on all processors each message is whole",
	      "a message is put in place of the old one in one step under a lock, and "
	      "a reader takes it the same way");
}

int main(void)
{
	ktap_plan(7);
	check_replaced();
	check_slow();
	check_everybody();
	return ktap_end();
}
