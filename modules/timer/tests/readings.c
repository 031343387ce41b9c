// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: what one reader after the other gets from /proc/timer. Each reading is held
 * against the clocks before and after it, to the nanosecond. Sets the guest's clock.
 */
#include <inttypes.h>
#include <sys/wait.h>

#include "ktap.h"
#include "reading.h"

#define READINGS 200

static struct reading last; /* the newest one */

static void show(const struct reading *r)
{
	ktap_diag("got:\n%s", r->text);
}

/* One check of one reading: whole, of now, and @last the one before it. */
static bool expect_next(const char *name)
{
	struct reading r;
	bool good = reading_take(&r, TEXT_SIZE) && is_within(r.current, r.real) &&
		    follows(&last, &r);

	if (!ktap_ok(good, "%s", name)) {
		show(&r);
		ktap_diag("current time was between %" PRId64 " and %" PRId64 " ns",
			  r.real.from, r.real.to);
		ktap_diag("elapsed time was between %" PRId64 " and %" PRId64 " ns",
			  span(last.mono, r.mono).from, span(last.mono, r.mono).to);
	}
	last = r;
	return good;
}

static void first_reading(void)
{
	bool good = reading_take(&last, TEXT_SIZE);

	ktap_why("nobody has read before, so there is no interval to show");
	if (!ktap_ok(good && !last.has_elapsed,
		     "the first reading after the load is the line 'current time: "
		     "SEC.NNNNNNNNN' alone"))
		show(&last);
	ktap_why("SEC.NNNNNNNNN is CLOCK_REALTIME, seconds since 1970, taken while the\n"
		 "file is opened or read; a coarse or cached clock lags behind");
	if (!ktap_ok(
		    good && is_within(last.current, last.real),
		    "the current time lies between the clock before and the clock after"))
		show(&last);
	ktap_why("the state of 'the last reading' belongs to the device, not to the\n"
		 "open file or the process: in the document each reading is another\n"
		 "cat");
	expect_next(
		"the second reading adds a line with the time elapsed since the first");
}

static void many_readings(void)
{
	int malformed = 0, wrong = 0;
	struct reading r;

	for (int i = 0; i < READINGS; i++) {
		if (!reading_take(&r, TEXT_SIZE) || !r.has_elapsed) {
			if (!malformed++)
				show(&r);
		} else if (!is_within(r.current, r.real) || !follows(&last, &r)) {
			if (!wrong++)
				show(&r);
		}
		last = r;
	}
	ktap_why("exactly 'current time: SEC.NNNNNNNNN' and 'elapsed time:\n"
		 "SEC.NNNNNNNNN', no sign, no space, nothing else");
	ktap_ok(!malformed, "all of %d readings have exactly the two lines", READINGS);
	ktap_why("current time: the clock while reading; elapsed time: since the\n"
		 "reading before");
	ktap_ok(!wrong, "all of %d readings tell both times right", READINGS);
}

/* A moment after a full second, and soon after the last reading, both begin with zeros.
 */
static void leading_zeros(void)
{
	int64_t now = clock_now(CLOCK_REALTIME);

	clock_set(now / SECOND * SECOND + SECOND);
	reading_take(&last, TEXT_SIZE);
	ktap_why("nine digits always: 0.001234567 is not 0.1234567; printf %%09ld, not\n"
		 "%%ld, puts the zeros in");
	expect_next("a fraction that is small keeps its leading zeros");
}

/* Both clocks in step, so that it does not matter which of them the module takes apart.
 */
static void borrowed_second(void)
{
	int64_t mono = clock_now(CLOCK_MONOTONIC);

	clock_set(clock_now(CLOCK_REALTIME) / SECOND * SECOND +
		  clock_now(CLOCK_MONOTONIC) % SECOND);
	sleep_ns((SECOND * 19 / 10 - mono % SECOND) % SECOND); /* until .9 */
	reading_take(&last, TEXT_SIZE);
	sleep_ns(SECOND / 5);
	ktap_why("from 1.9 to 2.1 it is 0.2: where seconds and nanoseconds are\n"
		 "subtracted apart, a negative rest must borrow a second");
	expect_next("an interval that crosses a full second is right");
}

static void clock_steps(void)
{
	static const struct {
		int64_t by;
		const char *name;
	} steps[] = {
		{-1000 * SECOND, "back by 1000 s"},
		{3000 * SECOND, "ahead by 3000 s"},
		{-2000 * SECOND - SECOND / 3, "back by 2000.3 s"},
	};
	char name[128];

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		clock_set(clock_now(CLOCK_REALTIME) + steps[i].by);
		snprintf(name, sizeof(name),
			 "the clock set %s moves the current time, not the elapsed one",
			 steps[i].name);
		ktap_why("time between two events is measured on CLOCK_MONOTONIC\n"
			 "(ktime_get), which nobody can set; the difference of two wall\n"
			 "clock times may be negative");
		expect_next(name);
	}
}

/*
 * After a file was opened within @open and closed again. The document speaks of reads, so
 * this is none; but a module that takes its time and stores it at the open is let pass,
 * if @may: its intervals join as well. Returns whether this one does so.
 */
static bool after_open(struct within open, bool may, const char *name)
{
	struct reading r;
	bool good = reading_take(&r, TEXT_SIZE) && r.has_elapsed;
	bool counts = good && may && is_within(r.elapsed, span(open, r.mono));

	if (counts) {
		ktap_skip("this module counts each open as a reading", "%s", name);
	} else {
		ktap_why("an interval goes from one reading to the next; who closes the\n"
			 "file unread has not seen the time, and the next reader would\n"
			 "miss a piece of it");
		if (!ktap_ok(good && follows(&last, &r), "%s", name))
			show(&r);
	}
	last = r;
	return counts;
}

static void no_readings(void)
{
	struct within open_mono;
	bool counts;
	char byte;
	int fd;

	sleep_ns(SECOND / 20);
	open_mono.from = clock_now(CLOCK_MONOTONIC);
	close(open(PATH, O_RDONLY));
	open_mono.to = clock_now(CLOCK_MONOTONIC);
	sleep_ns(SECOND / 20);
	counts =
		after_open(open_mono, true,
			   "who opens the file and does not read takes no interval away");

	sleep_ns(SECOND / 20);
	open_mono.from = clock_now(CLOCK_MONOTONIC);
	fd = open(PATH, O_RDONLY);
	open_mono.to = clock_now(CLOCK_MONOTONIC);
	ktap_why("read(fd, buf, 0) asks for nothing");
	ktap_ok(read(fd, &byte, 0) == 0, "a read of zero bytes returns 0");
	close(fd);
	sleep_ns(SECOND / 20);
	after_open(open_mono, counts, "neither does who reads zero bytes");
}

/*
 * The first byte alone, then the rest twice from the same place, then on one by one, with
 * another reader between any two: all of it must be one text.
 */
static void pieces(void)
{
	struct reading r = {0}, other;
	char again[TEXT_SIZE] = "", twice[TEXT_SIZE] = "";
	bool good, undisturbed = true;
	int fd;

	reading_begin(&r);
	fd = open(PATH, O_RDONLY);
	good = read(fd, r.text, 1) == 1;
	reading_end(&r);
	good = good && pread(fd, again, sizeof(again) - 1, 1) > 0;
	reading_take(&other, TEXT_SIZE);
	undisturbed = follows(&r, &other);
	good = good && pread(fd, twice, sizeof(twice) - 1, 1) > 0;
	for (size_t at = 1; good && at < TEXT_SIZE - 1; at++) {
		ssize_t n = read(fd, r.text + at, 1);

		good = n >= 0;
		if (n <= 0)
			break;
		if (at % 8 == 0)
			good = reading_take(&other, TEXT_SIZE);
	}
	close(fd);

	ktap_why("a read beyond the start goes on in the text that the read at the\n"
		 "start began; formatting the clock anew in each read mixes digits of\n"
		 "different times");
	if (!ktap_ok(good && !strcmp(again, twice) && !strcmp(again, r.text + 1),
		     "pieces of one open file come from one text, whoever reads "
		     "meanwhile"))
		ktap_diag("byte by byte:\n%sat once from byte 1:\n%slater again:\n%s",
			  r.text, again, twice);
	ktap_why("the text read byte by byte is an ordinary reading");
	if (!ktap_ok(good && reading_parse(&r) && is_within(r.current, r.real) &&
			     follows(&last, &r),
		     "a reader of single bytes gets a whole and right text"))
		show(&r);
	ktap_why("a text is one reading, however many calls fetch it: the next\n"
		 "reader's interval begins at its one time");
	if (!ktap_ok(undisturbed, "reading in pieces counts as one reading"))
		show(&other);
	last = other;
}

/*
 * The same open file, read from its start again by @how. Either a new reading, or, from a
 * module that makes one text at each open, that text again.
 */
static void reread(int fd, bool seek, const char *name)
{
	struct reading r = {0};
	bool good;

	sleep_ns(SECOND / 50);
	reading_begin(&r);
	good = seek ? lseek(fd, 0, SEEK_SET) == 0 && read_rest(fd, r.text, 0, TEXT_SIZE)
		    : pread(fd, r.text, sizeof(r.text) - 1, 0) > 0;
	reading_end(&r);
	if (good && !strcmp(r.text, last.text)) {
		ktap_skip("this module makes one text for each open file", "%s", name);
		return;
	}
	ktap_why("a read from the start tells the time anew, as of other files in\n"
		 "/proc: a program that keeps the file open would see a clock that\n"
		 "stands still");
	if (!ktap_ok(good && reading_parse(&r) && is_within(r.current, r.real) &&
			     follows(&last, &r),
		     "%s", name))
		show(&r);
	last = r;
}

static void rereading(void)
{
	int fd;

	last.text[0] = 0;
	reading_begin(&last); /* before the open: the time may be of that */
	fd = open(PATH, O_RDONLY);
	read_rest(fd, last.text, 0, TEXT_SIZE);
	reading_end(&last);
	reread(fd, true, "going back to the start and reading again is a new reading");
	reread(fd, false, "so is pread at the start");
	close(fd);
}

/* Which of the two a module takes as the time of a reading is its choice; not a third. */
static void open_or_read(void)
{
	struct within open_real, read_real;
	struct reading r = {0};
	bool of_open, good;
	int fd;

	reading_begin(&r);
	open_real.from = r.real.from;
	fd = open(PATH, O_RDONLY);
	open_real.to = clock_now(CLOCK_REALTIME);
	sleep_ns(SECOND / 20);
	read_real.from = clock_now(CLOCK_REALTIME);
	good = read_rest(fd, r.text, 0, TEXT_SIZE) && reading_parse(&r);
	reading_end(&r);
	read_real.to = r.real.to;
	close(fd);

	of_open = good && is_within(r.current, open_real);
	ktap_why("whoever gets the text must know which moment it speaks of");
	if (!ktap_ok(good && follows(&last, &r) &&
			     (of_open || is_within(r.current, read_real)),
		     "the time is that of the open or that of the first read, nothing "
		     "else"))
		show(&r);
	if (of_open || !good)
		ktap_ok(of_open, "the time is that of the open");
	else
		ktap_skip("this module takes the time of the first read: as good",
			  "the time is that of the open");
	last = r;
}

/*
 * Opened first, read last. Whichever of the two the module puts first, together their
 * intervals must reach from the reading before them to the later one.
 */
static void overtaken(void)
{
	struct reading slow = {0}, fast;
	const struct reading *later;
	int64_t sum;
	bool good;
	int fd;

	reading_begin(&slow);
	fd = open(PATH, O_RDONLY);
	sleep_ns(SECOND / 50);
	good = reading_take(&fast, TEXT_SIZE);
	sleep_ns(SECOND / 50);
	good = read_rest(fd, slow.text, 0, TEXT_SIZE) && good && reading_parse(&slow) &&
	       slow.has_elapsed && fast.has_elapsed;
	reading_end(&slow);
	close(fd);

	later = good && slow.current > fast.current ? &slow : &fast;
	sum = slow.elapsed + fast.elapsed;
	ktap_why("each interval begins where another has ended: taking the time in one\n"
		 "call and storing it in another gives negative or overlapping ones");
	if (!ktap_ok(good && is_within(sum, span(last.mono, later->mono)),
		     "a reader overtaken by another gets an interval that joins the "
		     "others"))
		ktap_diag("overtaken:\n%sovertaking:\n%s", slow.text, fast.text);
	/* The next reading may only follow the later of the two. */
	last = *later;
	expect_next("and the next reading follows the later of the two");
}

/* A child shares the open file and its position: who reads first gets the first part. */
static void shared_by_fork(void)
{
	struct reading r = {0};
	int fd, status = 1;
	bool good;
	pid_t pid;

	reading_begin(&r);
	fd = open(PATH, O_RDONLY);
	good = read(fd, r.text, 10) == 10;
	reading_end(&r);
	pid = fork();
	if (pid == 0) {
		char more[20];

		_exit(read(fd, more, sizeof(more)) == sizeof(more) &&
				      !memcmp(more, "me: ", 4)
			      ? 0
			      : 1);
	}
	good = waitpid(pid, &status, 0) == pid && status == 0 && good;
	/* 30 bytes are gone; the first line has 36 at least. */
	good = read_rest(fd, r.text, 10, TEXT_SIZE) && good;
	close(fd);
	ktap_why("parent and child have one position; the file goes on where it stands");
	ktap_ok(good && strchr(r.text, '\n') && strstr(r.text, "\nelapsed time: "),
		"an open file shared by a fork is read on, not anew");
	/* The middle of it went to the child, but it was a reading. */
	ktap_why("the reading shared by two processes is one reading");
	last = r;
	expect_next("and it was one reading");
}

static int as_nobody(void)
{
	struct reading r;

	if (setgid(65534) || setuid(65534))
		return 2;
	if (!reading_take(&r, TEXT_SIZE))
		return 3;
	return open(PATH, O_WRONLY) >= 0 || errno != EACCES ? 4 : 0;
}

static void anybody(void)
{
	int status = 1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(as_nobody());
	waitpid(pid, &status, 0);
	ktap_why("mode 0444: everybody may read, nobody may write");
	if (!ktap_ok(status == 0, "an ordinary user may read it and may not write it"))
		ktap_diag("step %d", WEXITSTATUS(status));
}

int main(void)
{
	ktap_plan(25);
	first_reading();
	many_readings();
	leading_zeros();
	borrowed_second();
	clock_steps();
	no_readings();
	pieces();
	rereading();
	open_or_read();
	overtaken();
	shared_by_fork();
	anybody();
	return ktap_end();
}
