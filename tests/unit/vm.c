// SPDX-License-Identifier: GPL-2.0-only
/* What the lab makes of a guest's words, hostile ones included. No guest is started. */
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "fs.h"

#include "vm/pump.h"
#include "vm/order.h"
#include "vm/vm.h"

#include "tap.h"

static void put_frame(struct text *t, enum proto_type type, const void *data, size_t len)
{
	struct proto_frame head = {PROTO_MAGIC, PROTO_VERSION, (uint16_t)type,
				   (uint32_t)len};

	text_add(t, &head, sizeof(head));
	text_add(t, data, len);
}

static void test_frames(void)
{
	_cleanup_text_ struct text wire = TEXT_INIT;
	struct frames frames = {TEXT_INIT, 0};
	struct frame f;
	int ends[2];

	if (!ok(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0,
		"sockets"))
		return;
	put_frame(&wire, PROTO_ALIVE, "", 0);
	put_frame(&wire, PROTO_STALL, "abc", 3);
	ok(write(ends[1], wire.s, wire.len - 1) == (ssize_t)wire.len - 1,
	   "all but a byte");
	ok(frames_read(&frames, ends[0]) > 0, "bytes arrive");
	is_int(frames_next(&frames, &f), 1, "the first frame is whole");
	is_int(f.type, PROTO_ALIVE, "its type");
	is_int(frames_next(&frames, &f), 0, "the second is not whole yet");
	ok(write(ends[1], "c", 1) == 1 && frames_read(&frames, ends[0]) == 1,
	   "the last byte");
	is_int(frames_next(&frames, &f), 1, "now it is");
	ok(f.len == 3 && !memcmp(f.data, "abc", 3), "its contents");
	is_int(frames_read(&frames, ends[0]), -EAGAIN, "nothing more");
	ok(write(ends[1], "rubbish rubbish rubbish", 23) == 23, "rubbish is sent");
	frames_read(&frames, ends[0]);
	is_int(frames_next(&frames, &f), -EPROTO, "rubbish is refused");
	frames_deinit(&frames);
	close(ends[0]);
	close(ends[1]);
}

static void test_long_frame(void)
{
	struct proto_frame head = {PROTO_MAGIC, PROTO_VERSION, PROTO_LOG,
				   PROTO_MAX_FRAME + 1};
	struct frames frames = {TEXT_INIT, 0};
	struct frame f;

	text_add(&frames.in, &head, sizeof(head));
	is_int(frames_next(&frames, &f), -EPROTO, "a frame above the limit is refused");
	frames_deinit(&frames);
}

static void test_log(void)
{
	static const char records[] = "6,100,5000000,-;hello: loaded\n"
				      " SUBSYSTEM=misc\n DEVICE=c10:1\n"
				      "3,101,5000001,-;tab\\x09bar\\x5cend\\x0anext\n"
				      "no semicolon\n"
				      "4,102,5000002,c;last";
	struct lab_guest_report r = {.phase = LAB_PHASE_LOAD};
	struct frame f = {PROTO_LOG, records, sizeof(records) - 1};

	ok(report_frame(&r, &f), "a log frame is taken");
	if (is_int(r.n_log, 3, "three records")) {
		is_str(r.log[0].text, "hello: loaded", "text");
		is_int(r.log[0].level, 6, "level");
		is_int(r.log[0].usec, 5000000, "time");
		is_int(r.log[0].phase, LAB_PHASE_LOAD, "phase");
		is_str(r.log[1].text, "tab\tbar\\end next", "escapes");
		is_str(r.log[2].text, "last", "a record without its newline");
	}
	lab_guest_report_deinit(&r);
}

static void test_endless_log(void)
{
	static const char record[] = "6,1,1,-;again and again\n";
	struct lab_guest_report r = {0};
	struct frame f = {PROTO_LOG, record, sizeof(record) - 1};
	size_t n = 1200000;

	for (size_t i = 0; i < n; i++)
		report_frame(&r, &f);
	ok(r.n_log <= 1 << 20, "an endless log is bounded");
	is_int(r.n_log + r.log_lost, n, "and what was dropped is counted");
	lab_guest_report_deinit(&r);
}

static void test_short_frames(void)
{
	struct lab_guest_report r = {0};
	char junk[64];

	memset(junk, 'x', sizeof(junk));
	for (int type = 0; type < 80; type++)
		for (size_t len = 0; len < sizeof(junk); len++) {
			struct frame f = {(enum proto_type)type, junk, len};

			report_frame(&r, &f);
		}
	is_int(r.phase, LAB_PHASE_BUILD, "frames of any length and kind are survived");
	lab_guest_report_deinit(&r);
}

static void test_unload(void)
{
	struct {
		struct proto_call call;
		char strings[16];
	} told = {{11, 0, 0, 2, 0, 0}, "one\0two,three"};
	struct lab_guest_report r = {0};
	struct frame f = {PROTO_UNLOAD, (const char *)&told, sizeof(told)};

	report_frame(&r, &f);
	is_str(r.unload_failed, "one", "the module that did not unload");
	is_str(r.unload_holders, "two,three", "who holds it");
	is_int(r.unload_errno, 11, "errno");
	is_int(r.unload_refcount, 2, "references");
	lab_guest_report_deinit(&r);
}

static void add_sections(struct lab_guest_report *r, uint64_t address)
{
	_cleanup_text_ struct text t = TEXT_INIT;
	struct proto_section s = {address};
	struct frame f = {PROTO_SECTIONS, NULL, 0};

	text_add(&t, "hello", 6);
	text_add(&t, &s, sizeof(s));
	text_add(&t, ".text", 6);
	f.data = t.s;
	f.len = t.len;
	report_frame(r, &f);
}

static void test_sections(void)
{
	struct lab_guest_report r = {0};

	add_sections(&r, 0x1000);
	add_sections(&r, 0x2000);
	if (is_int(r.n_sections, 1, "a module told twice counts once")) {
		is_int((long long)r.sections[0].address, 0x2000, "the later word counts");
		is_str(r.sections[0].module, "hello", "module");
		is_str(r.sections[0].name, ".text", "section");
	}
	lab_guest_report_deinit(&r);
}

/* ---- the order of frames ---- */

struct word {
	enum proto_type type;
	uint32_t phase; /* with PROTO_PHASE */
};

/* How many of the words the order takes, one after the other. */
static size_t taken(const struct lab_guest_job *job, const struct word *words, size_t n)
{
	struct order order = {.job = job, .phase = LAB_PHASE_BOOT};

	for (size_t i = 0; i < n; i++) {
		struct frame f = {words[i].type, NULL, 0};

		if (f.type == PROTO_PHASE) {
			f.data = (const char *)&words[i].phase;
			f.len = sizeof(words[i].phase);
		}
		if (!order_takes(&order, &f))
			return i;
	}
	return n;
}

#define TAKES(job, n, name, ...)                                                         \
	is_int(taken(job, (const struct word[]){__VA_ARGS__},                            \
		     sizeof((const struct word[]){__VA_ARGS__}) / sizeof(struct word)),  \
	       n, name)

static void test_order(void)
{
	static const struct word hello = {PROTO_HELLO, 0}, log = {PROTO_LOG, 0},
				 load = {PROTO_PHASE, PROTO_PHASE_LOAD},
				 test = {PROTO_PHASE, PROTO_PHASE_TEST},
				 unload = {PROTO_PHASE, PROTO_PHASE_UNLOAD},
				 leak = {PROTO_PHASE, PROTO_PHASE_LEAK},
				 done = {PROTO_DONE, 0}, refused = {PROTO_LOAD, 0},
				 command = {PROTO_COMMAND, 0}, file = {PROTO_FILE, 0},
				 stuck = {PROTO_UNLOAD, 0}, left = {PROTO_LEFTOVER, 0},
				 look = {PROTO_LOOK, 0}, trouble = {PROTO_TROUBLE, 0};
	char *argv[] = {(char *)"true", NULL};
	const struct lab_guest_file out = {"a", "b"};
	const struct lab_guest_job plain = {0}, runs = {.argv = argv},
				   copies = {.argv = argv, .out = &out, .n_out = 1};

	TAKES(&plain, 7, "a whole job", hello, load, test, unload, leak, left, done);
	TAKES(&plain, 9, "the log at any time", hello, log, load, test, unload, stuck,
	      leak, done, log);
	TAKES(&runs, 7, "with a command", hello, load, test, command, unload, leak, done);
	TAKES(&runs, 7, "or none, after a refused load", hello, load, refused, test,
	      unload, leak, done);
	TAKES(&copies, 6, "with files", hello, load, test, command, file, unload);
	TAKES(&plain, 0, "nothing before the greeting", load);
	TAKES(&plain, 1, "which comes once", hello, hello);
	TAKES(&plain, 1, "no phase is left out", hello, test);
	TAKES(&plain, 3, "nor comes again", hello, load, test, load);
	TAKES(&plain, 2, "no end while loading", hello, load, done);
	TAKES(&plain, 4, "nor while unloading", hello, load, test, unload, done);
	TAKES(&plain, 6, "nor two", hello, load, test, unload, leak, done, done);
	TAKES(&runs, 3, "a command must have ended", hello, load, test, unload);
	TAKES(&runs, 4, "once", hello, load, test, command, command);
	TAKES(&plain, 3, "and only where there is one", hello, load, test, command);
	TAKES(&runs, 4, "nor after a refused load", hello, load, refused, test, command);
	TAKES(&copies, 3, "files come after the command", hello, load, test, file);
	TAKES(&runs, 4, "where files are wanted", hello, load, test, command, file);
	TAKES(&plain, 3, "what is left is not known yet", hello, load, test, left);
	TAKES(&plain, 3, "nor who points to it", hello, load, test, look);
	TAKES(&plain, 5 + PROTO_MAX_LOOKS, "which is not asked for ever", hello, load,
	      test, unload, leak, look, look, look, look, look, look, look, look, look);
	TAKES(&plain, 2, "an agent in trouble says so at once", hello, load, trouble);
	TAKES(&plain, 1, "the host's own words are not the agent's", hello,
	      (struct word){PROTO_START, 0});
}

/* ---- files from the guest ---- */

static void send_file(struct copyout *c, enum proto_file_type type, const char *path,
		      const char *data)
{
	struct proto_file file = {.index = 0, .type = type, .mode = 0755};
	_cleanup_text_ struct text t = TEXT_INIT;
	struct frame f = {PROTO_FILE, NULL, 0};

	text_add(&t, &file, sizeof(file));
	text_add(&t, path, strlen(path) + 1);
	f.data = t.s;
	f.len = t.len;
	copyout_file(c, &f);
	if (!data)
		return;
	f = (struct frame){PROTO_FILE_DATA, data, strlen(data)};
	copyout_data(c, &f);
}

static bool has(const char *dir, const char *name, const char *want)
{
	_cleanup_free_ char *path = xprintf("%s/%s", dir, name);
	_cleanup_free_ char *data = NULL;

	return fs_read_file(path, &data, NULL) == 0 && !strcmp(data, want);
}

/* What a job's one place gets, in a directory of its own. */
struct copying {
	char top[32];
	char *place;
	struct lab_guest_file out;
	struct lab_guest_job job;
	struct copyout c;
};

static bool begin_copying(struct copying *t)
{
	*t = (struct copying){.top = "/tmp/kmlab-test-XXXXXX"};
	if (!ok(mkdtemp(t->top), "a place to copy to"))
		return false;
	t->place = xprintf("%s/place", t->top);
	t->out = (struct lab_guest_file){t->place, "/guest"};
	t->job = (struct lab_guest_job){.out = &t->out, .n_out = 1};
	t->c = (struct copyout){.job = &t->job, .fd = -1};
	send_file(&t->c, PROTO_FILE_DIR, "", NULL);
	return true;
}

static void end_copying(struct copying *t)
{
	copyout_deinit(&t->c);
	fs_remove_tree(t->top);
	free(t->place);
}

static void test_copyout(void)
{
	_cleanup_free_ char *link = NULL, *escaped = NULL;
	struct copying t;

	if (!begin_copying(&t))
		return;
	link = xprintf("%s/link", t.place);
	escaped = xprintf("%s/escaped", t.top);
	send_file(&t.c, PROTO_FILE_DIR, "sub", NULL);
	send_file(&t.c, PROTO_FILE_REGULAR, "sub/file", "contents");
	ok(has(t.place, "sub/file", "contents"), "a file in a tree arrives");
	is_str(t.c.problem, NULL, "without a problem");
	send_file(&t.c, PROTO_FILE_REGULAR, "../escaped", "bad");
	ok(!fs_exists(escaped), "nothing is written above the place");
	ok(t.c.problem, "and the attempt is a problem");
	ok(symlink("..", link) == 0, "a link that leads out");
	send_file(&t.c, PROTO_FILE_REGULAR, "link/escaped", "bad");
	ok(!fs_exists(escaped), "no link is followed");
	send_file(&t.c, PROTO_FILE_REGULAR, escaped, "bad");
	ok(!fs_exists(escaped), "an absolute path stays inside");
	end_copying(&t);
}

/* What was in the place before is no trap either. */
static void test_copyout_traps(void)
{
	_cleanup_free_ char *fifo = NULL;
	struct copying t;

	if (!begin_copying(&t))
		return;
	fifo = xprintf("%s/fifo", t.place);
	ok(mkfifo(fifo, 0600) == 0, "a FIFO without a reader in it");
	send_file(&t.c, PROTO_FILE_REGULAR, "fifo", "bad");
	ok(t.c.problem, "is not waited for");
	send_file(&t.c, PROTO_FILE_DIR, "sub", NULL);
	send_file(&t.c, PROTO_FILE_REGULAR, "sub", "bad");
	ok(fs_is_dir(t.place), "a directory does not become a file");
	send_file(&t.c, PROTO_FILE_REGULAR, "", "bad");
	ok(fs_is_dir(t.place), "nor does the place itself");
	send_file(&t.c, (enum proto_file_type)77, "odd", "bad");
	ok(!has(t.place, "odd", "bad"), "what is of no known kind is not written");
	send_file(&t.c, PROTO_FILE_STUCK, "later", NULL);
	is_str(t.c.unfinished,
	       "'/guest/odd' could not be copied out: what read it was killed "
	       "(signal 0)",
	       "and is told; of what follows the first counts");
	end_copying(&t);
}

static void test_copyout_in_the_way(void)
{
	struct copying t;

	if (!begin_copying(&t))
		return;
	send_file(&t.c, PROTO_FILE_REGULAR, "one", "contents");
	send_file(&t.c, PROTO_FILE_DIR, "two", NULL);
	send_file(&t.c, PROTO_FILE_DIR, "two", NULL);
	is_str(t.c.problem, NULL, "a directory that is there already is fine");
	send_file(&t.c, PROTO_FILE_DIR, "one", NULL);
	ok(t.c.problem && str_ends(t.c.problem, ": Not a directory"),
	   "a file in its place is not");
	ok(has(t.place, "one", "contents"), "and stays as it is");
	end_copying(&t);
}

static void test_copyout_limits(void)
{
	static char piece[PROTO_MAX_FRAME];
	struct lab_guest_file out = {"/dev/null", "/guest"};
	struct lab_guest_job job = {.out = &out, .n_out = 1};
	struct copyout c = {.job = &job, .fd = -1};
	struct frame f = {PROTO_FILE_DATA, piece, sizeof(piece)};
	size_t n = COPYOUT_MAX_BYTES / sizeof(piece);

	send_file(&c, PROTO_FILE_REGULAR, "", NULL);
	for (size_t i = 0; i < n; i++)
		copyout_data(&c, &f);
	ok(!c.full && !c.problem, "as many bytes as a guest may send");
	f.len = 1;
	copyout_data(&c, &f);
	ok(c.full, "one more is too many");
	is_str(c.unfinished, "the guest sent more than 1024 MiB for '--out /guest'",
	       "and says so");
	copyout_deinit(&c);
	c = (struct copyout){.job = &job, .fd = -1};
	for (size_t i = 0; i < COPYOUT_MAX_FILES; i++)
		send_file(&c, PROTO_FILE_MISSING, "x", NULL);
	ok(!c.full, "as many files as a guest may send");
	send_file(&c, PROTO_FILE_MISSING, "x", NULL);
	ok(c.full, "one more is too many");
	copyout_deinit(&c);
}

/* ---- streams ---- */

static void test_pump(void)
{
	static char big[100000], back[sizeof(big)];
	struct pump *p = xcalloc(1, sizeof(*p));
	int in[2], out[2];
	size_t got = 0;
	ssize_t n;

	if (!ok(pipe(in) == 0 && pipe2(out, O_NONBLOCK) == 0, "pipes"))
		return;
	fcntl(in[1], F_SETPIPE_SZ, 1 << 20);
	memset(big, 'z', sizeof(big));
	ok(write(in[1], big, sizeof(big)) == sizeof(big), "bytes go in");
	close(in[1]);
	pump_init(p, in[0], out[1]);
	while (!p->ended || !pump_empty(p)) {
		pump_step(p);
		while ((n = read(out[0], back + got, sizeof(back) - got)) > 0)
			got += (size_t)n;
	}
	is_int(got, sizeof(big), "as many come out");
	is_int(p->taken, sizeof(big), "and are counted");
	close(in[0]);
	close(out[0]);
	close(out[1]);
	free(p);
}

static void test_reader_gone(void)
{
	struct pump *p = xcalloc(1, sizeof(*p));
	int in[2], out[2];

	if (!ok(pipe2(in, O_NONBLOCK) == 0 && pipe(out) == 0, "pipes"))
		return;
	close(out[0]);
	ok(write(in[1], "lost", 4) == 4, "bytes for nobody");
	pump_init(p, in[0], out[1]);
	pump_step(p);
	pump_step(p); /* would die of SIGPIPE */
	ok(p->broken && pump_empty(p), "a reader that left is noticed");
	ok(write(in[1], "more", 4) == 4, "more of them");
	pump_step(p);
	is_int(p->taken, 8, "the rest is read and dropped");
	close(in[0]);
	close(in[1]);
	close(out[1]);
	free(p);
}

/* ---- the accelerator ---- */

static void test_accel(void)
{
	char cache[] = "/tmp/kmlab-test-XXXXXX";
	struct lab lab = {.cache_dir = mkdtemp(cache), .cancel_fd = -1};
	struct lab_accel_probe first, again;

	if (!ok(lab.cache_dir, "a cache"))
		return;
	is_int(lab_accel_probe(&lab, true, &first), 0, "the probe answers");
	ok(first.reason && *first.reason, "with a reason");
	ok(first.accel == LAB_ACCEL_TCG || (first.kvm_device && first.kvm_works),
	   "KVM is chosen only where it works");
	is_int(lab_accel_probe(&lab, false, &again), 0, "and answers again");
	is_str(again.reason, first.reason, "the same, from memory");
	free(first.reason);
	free(again.reason);
	fs_remove_tree(cache);
}

int main(void)
{
	test_frames();
	test_long_frame();
	test_log();
	test_endless_log();
	test_short_frames();
	test_unload();
	test_sections();
	test_order();
	test_copyout();
	test_copyout_traps();
	test_copyout_in_the_way();
	test_copyout_limits();
	test_pump();
	test_reader_gone();
	test_accel();
	return tap_done();
}
