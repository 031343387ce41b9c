// SPDX-License-Identifier: GPL-2.0-only
/* Debug information that means harm: what its reader may do, and what is believed of it.
 */
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fs.h"
#include "stand_in.h"
#include "scratch.h"
#include "tap.h"
#include "verdict/debuginfo.h"
#include "verdict/symbolize.h"
#include "verdict/symbolize_wire.h"

#define AT 0xffffffffc0100000ULL

static struct lab_section sections[] = {{"tiny", ".text", AT}};

static char *compile(void)
{
	return compile_stand_in(scratch, "tiny", "int first(int n) { return n / 3; }\n",
				"-O1", "-g");
}

static struct symbolizer *symbolizer_of(const char *ko)
{
	struct symbolizer *s = symbolizer_create();

	symbolizer_add(s, "tiny", ko);
	symbolizer_sections(s, sections, 1);
	return s;
}

static struct lab_event event_at(unsigned long long address)
{
	struct lab_frame f = {.offset = address, .exact = true};
	struct lab_event e = {0};

	lab_event_add_frame(&e, &f);
	return e;
}

/* The only child of this process that is alive. */
static pid_t child(void)
{
	_cleanup_free_ char *path = xprintf("/proc/self/task/%d/children", getpid());
	_cleanup_free_ char *text = NULL;

	return fs_read_file(path, &text, NULL) ? 0 : (pid_t)atoi(text);
}

static void test_child(void)
{
	_cleanup_free_ char *ko = compile();
	_cleanup_free_ char *path = NULL, *status = NULL, *limits = NULL;
	struct symbolizer *s = symbolizer_of(ko);
	_cleanup_event_ struct lab_event e = event_at(AT);

	is_int(child(), 0, "no child before the first question");
	symbolizer_event(s, &e);
	is_str(e.frames[0].function, "first", "a place is found");
	is_int(e.frames[0].line, 1, "with its line");
	path = xprintf("/proc/%d/status", child());
	fs_read_file(path, &status, NULL);
	ok(status && strstr(status, "Seccomp:\t2\n"), "by a child of few system calls");
	free(path);
	path = xprintf("/proc/%d/limits", child());
	fs_read_file(path, &limits, NULL);
	ok(limits && strstr(limits, "Max open files            0  "),
	   "that opens no more files");
	ok(limits && strstr(limits, "Max cpu time              20  "),
	   "and has not all the time there is");
	ok(limits && !strstr(limits, "Max address space         unlimited"),
	   "nor all memory");
	ok(!symbolizer_gave_up(s), "all is well");
	symbolizer_destroy(s);
	is_int(child(), 0, "and it is gone at the end");
}

/*
 * Debug information may keep its texts in another file, whose path it gives, and the
 * library opens that: here a FIFO. The name of the function is such a text.
 */
static const char make_alt[] =
	"cc -gdwarf-4 -O1 -fcf-protection=none -S -o alt.s tiny.c && "
	"awk '/uleb128 0x2e$/ { inside = 1 } "
	"here { sub(/0x[0-9a-f]+$/, \"0x1f21\"); here = inside = 0 } "
	"inside && /uleb128 0x3$/ { here = 1 } { print }' alt.s >alt2.s && "
	"printf '\\t.section .gnu_debugaltlink,\"\",@progbits\\n\\t.string \"%s/fifo\"\\n"
	"\\t.ascii \"01234567890123456789\"\\n' \"$PWD\" >>alt2.s && "
	"grep -q 0x1f21 alt2.s && cc -c -o alt.ko alt2.s && mkfifo fifo";

static void test_other_file(void)
{
	char *argv[] = {"sh", "-c", (char *)make_alt, NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	_cleanup_free_ char *ko = in_scratch("alt.ko");
	_cleanup_text_ struct text said = TEXT_INIT;
	_cleanup_event_ struct lab_event e = event_at(AT);
	struct symbolizer *s = symbolizer_of(ko);
	int status = -1;

	put("tiny.c", "int first_of_all_functions(int n) { return n / 3; }\n");
	spec.argv = argv;
	spec.cwd = scratch;
	process_capture(&spec, 60000, -1, &said, NULL, &status);
	if (!ok(status == 0, "a module with texts in a FIFO"))
		printf("# %s\n", said.s ? said.s : "");
	symbolizer_event(s, &e); /* would wait for ever */
	is_int(e.n_frames, 1, "nobody waits for it");
	is_str(e.frames[0].function, "first_of_all_functions",
	       "the symbol is known all the same");
	symbolizer_destroy(s);
}

static void test_death(void)
{
	_cleanup_free_ char *ko = compile();
	struct symbolizer *s = symbolizer_of(ko);
	_cleanup_event_ struct lab_event e = event_at(AT);

	ok(symbolizer_owner(s, AT, NULL) == sections, "an address has its section");
	kill(child(), SIGKILL);
	symbolizer_event(s, &e);
	ok(e.n_frames == 1 && e.frames[0].offset == AT && !e.frames[0].function,
	   "when the child dies, frames stay as they were");
	ok(!symbolizer_owner(s, AT, NULL), "nothing has an owner");
	ok(symbolizer_has(s, "tiny", "nothing"), "and no module is accused");
	ok(symbolizer_gave_up(s), "and that is known");
	is_int(child(), 0, "none is started again");
	symbolizer_destroy(s);
}

/* ---- a child that was taken over says what it likes ---- */

static void put_example(struct wire *w)
{
	struct lab_frame f = {.function = xstrdup("f"),
			      .module = xstrdup("m"),
			      .offset = 4,
			      .size = 8,
			      .line = 12,
			      .guess = true};
	_cleanup_event_ struct lab_event e = {0};

	lab_event_add_frame(&e, &f);
	wire_put_frames(w, &e);
}

static void test_wire(void)
{
	_cleanup_wire_ struct wire whole = WIRE_INIT;
	_cleanup_event_ struct lab_event e = {0};
	bool bad = true;

	put_example(&whole);
	wire_get_frames(&whole, &e);
	ok(!whole.bad && e.n_frames == 1, "frames come through");
	ok(!strcmp(e.frames[0].function, "f") && !e.frames[0].file &&
		   e.frames[0].line == 12 && e.frames[0].guess && !e.frames[0].exact,
	   "as they were");
	for (size_t n = 0; n < whole.t.len; n++) {
		_cleanup_wire_ struct wire cut = WIRE_INIT;
		_cleanup_event_ struct lab_event none = {0};

		text_add(&cut.t, whole.t.s, n);
		wire_get_frames(&cut, &none);
		bad &= cut.bad && !none.n_frames;
	}
	ok(bad, "a message that is cut anywhere is bad");
}

static void test_wild_numbers(void)
{
	_cleanup_wire_ struct wire many = WIRE_INIT, length = WIRE_INIT, in = WIRE_INIT;
	_cleanup_event_ struct lab_event e = {0};
	uint64_t huge = UINT64_MAX - 8;
	int ends[2];

	wire_put(&many, huge);
	wire_get_frames(&many, &e);
	ok(many.bad && !e.n_frames, "so is one that promises frames without end");
	wire_put(&length, huge);
	wire_put(&length, 0);
	ok(!wire_get_text(&length) && length.bad, "and one with a text without end");
	if (!ok(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0, "sockets"))
		return;
	ok(write(ends[1], &huge, sizeof(huge)) == sizeof(huge),
	   "a length beyond measure");
	is_int(wire_receive(ends[0], &in), -EMSGSIZE, "is refused");
	close(ends[1]);
	is_int(wire_receive(ends[0], &in), -EPIPE, "an end is noticed");
	close(ends[0]);
}

int main(void)
{
	char dir[] = "/tmp/kmlab-symbolize-XXXXXX";

	scratch = mkdtemp(dir);
	if (!scratch)
		return 1;
	test_child();
	test_other_file();
	test_death();
	test_wire();
	test_wild_numbers();
	fs_remove_tree(scratch);
	return tap_done();
}
