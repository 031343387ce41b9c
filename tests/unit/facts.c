// SPDX-License-Identifier: GPL-2.0-only
/* lab/vm without a guest: facts kept and recalled, and time that a guest could use. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#include "cache.h"
#include "digest.h"
#include "fs.h"
#include "vm/facts.h"
#include "vm/patience.h"
#include "vm/vm.h"

#include "tap.h"

static struct lab lab;
static const char payload[] = "what the guest is given";

static void test_digest(void)
{
	_cleanup_free_ char *hex = NULL;
	struct digest d;

	digest_init(&d);
	digest_add(&d, "abc", 3);
	hex = digest_end(&d);
	/* FIPS 180-2, appendix B.1 */
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
	       "SHA-256");
	digest_init(&d);
	ok(digest_fd(&d, 0x7fff, 0, 1) < 0, "a file that cannot be read is no digest");
}

static struct lab_guest_job some_job(void)
{
	return (struct lab_guest_job){.stdin_fd = -1,
				      .stdout_fd = -1,
				      .stderr_fd = -1,
				      .proof = LAB_PROOF_STORED,
				      .timeout_ms = 1000,
				      .stall_ms = 2000,
				      .settle_ms = 10};
}

/* The key of a job with that payload, on a template with that proof. */
static char *key(const struct lab_guest_job *job, const char *proof, const char *bytes)
{
	const struct lab_template t = {.proof = (char *)proof};
	int fd = memfd_create("payload", MFD_CLOEXEC);
	char *s;

	(void)!pwrite(fd, bytes, strlen(bytes), PROTO_PAYLOAD_AT);
	s = facts_key(&t, job, fd, strlen(bytes));
	close(fd);
	return s;
}

static bool differs(const struct lab_guest_job *job, const char *proof, const char *bytes)
{
	const struct lab_guest_job plain = some_job();
	_cleanup_free_ char *a = key(&plain, "proof", payload);
	_cleanup_free_ char *b = key(job, proof, bytes);

	return a && b && strcmp(a, b) != 0;
}

static bool has_none(const struct lab_guest_job *job)
{
	_cleanup_free_ char *s = key(job, "proof", payload);

	return !s;
}

static void test_keys(void)
{
	const struct lab_guest_file out = {"a", "b"};
	struct lab_guest_job job = some_job();

	ok(!differs(&job, "proof", payload), "the same job has the same key");
	ok(differs(&job, "prooF", payload), "another template has another");
	ok(differs(&job, "proof", "what the guest is giveN"), "so has another byte");
	ok(differs(&job, "proof", "what the guest is give"), "and a shorter payload");
	job.timeout_ms++;
	ok(differs(&job, "proof", payload), "and another limit");
	job = some_job();
	job.settle_ms++;
	ok(differs(&job, "proof", payload), "and another settle time");
	job = some_job();
	job.expect = 2;
	ok(differs(&job, "proof", payload), "and what is right by another measure");
	job = some_job();
	job.proof = LAB_PROOF_FRESH;
	ok(!differs(&job, "proof", payload), "a fresh run has the key of a stored one");
	job.proof = LAB_PROOF_NONE;
	ok(has_none(&job), "none for who does not ask");
	job = some_job();
	job.tty = true;
	ok(has_none(&job), "none with a terminal");
	job = some_job();
	job.stdin_fd = 0;
	ok(has_none(&job), "none with an input stream");
	job = some_job();
	job.out = &out;
	job.n_out = 1;
	ok(has_none(&job), "none with files to copy out");
}

/* ---- kept and recalled ---- */

static void say(struct lab_guest_report *r, enum proto_type type, const void *data,
		size_t len)
{
	const struct frame f = {type, data, len};

	if (type == PROTO_DONE)
		report_done(r, &f);
	else
		report_frame(r, &f);
}

static void fill(struct lab_guest_report *r)
{
	static const char log[] = "6,1,5000000,-;hello: loaded\n";
	const struct proto_done done = {.taint = 12288, .log_lost = 3};
	const uint32_t phase = PROTO_PHASE_UNLOAD;

	*r = (struct lab_guest_report){.key = xstrdup("0123"), .unload_refcount = -1};
	say(r, PROTO_LOG, log, sizeof(log) - 1);
	say(r, PROTO_PHASE, &phase, sizeof(phase));
	say(r, PROTO_LOG, log, sizeof(log) - 1);
	say(r, PROTO_DONE, &done, sizeof(done));
	report_console(r, "the console\0's end", 18);
	r->end = LAB_END_DONE;
	r->load_ms = 12.5;
	r->witness = LAB_WITNESS_READ;
	r->held = xstrdup("hello");
	r->held_live = true;
}

static int recalled(struct lab_guest_report *ret, struct text *output)
{
	int fd = memfd_create("output", MFD_CLOEXEC);
	struct lab_guest_job job = some_job();
	bool found;

	job.stdout_fd = fd;
	memset(ret, 0, sizeof(*ret));
	found = facts_recall(&lab, "0123", &job, ret);
	lseek(fd, 0, SEEK_SET);
	text_read_fd(output, fd);
	close(fd);
	return found;
}

static void test_recall(void)
{
	static const char said[] = "ok 1 \0 fine\n";
	_cleanup_text_ struct text output = TEXT_INIT, back = TEXT_INIT;
	struct lab_guest_report r, again;

	fill(&r);
	text_add(&output, said, sizeof(said) - 1);
	ok(!recalled(&again, &back), "nothing is there");
	is_int(lab_facts_keep(&lab, &r, &output), 0, "kept");
	ok(recalled(&again, &back), "recalled");
	ok(again.cached, "and says that it is");
	is_int(again.end, LAB_END_DONE, "the end");
	is_int(again.phase, LAB_PHASE_DONE, "the phase");
	is_int(again.n_log, 2, "the log");
	is_int(again.n_log == 2 ? again.log[1].phase : 0, LAB_PHASE_UNLOAD, "by phases");
	is_int(again.taint, 12288, "the taint");
	is_int(again.log_lost, 3, "lost records");
	is_int(again.witness, LAB_WITNESS_READ, "that the host has looked");
	is_str(again.held, "hello", "and what it has seen");
	ok(again.held_live, "and how");
	is_int(again.console.len, 18, "the console");
	ok(again.load_ms > 12 && again.load_ms < 13, "times");
	ok(back.len == output.len && !memcmp(back.s, said, back.len),
	   "the output, NUL too");
	is_int(lab_facts_drop(&lab, &again), 0, "who was recalled drops nothing");
	ok(lab_cache_has(&lab, "facts", "0123"), "it is there still");
	lab_guest_report_deinit(&again);
	is_int(lab_facts_drop(&lab, &r), 0, "a run that failed drops it");
	ok(!recalled(&again, &back), "and it is gone");
	free(r.key);
	r.key = NULL;
	is_int(lab_facts_keep(&lab, &r, &output), 0, "without a key nothing is kept");
	lab_guest_report_deinit(&r);
}

/* Cut anywhere, or with any byte changed, facts are none. */
static void test_damage(void)
{
	_cleanup_free_ char *path = lab_cache_path(&lab, "facts", "0123");
	_cleanup_text_ struct text output = TEXT_INIT;
	_cleanup_free_ char *file = NULL;
	struct lab_guest_report r, again;
	size_t size, believed = 0;

	fill(&r);
	text_puts(&output, "1..1\nok 1\n");
	lab_facts_keep(&lab, &r, &output);
	lab_guest_report_deinit(&r);
	fs_read_file(path, &file, &size);
	for (size_t i = 0; i < size; i++) {
		_cleanup_text_ struct text back = TEXT_INIT;

		fs_write_file(path, file, i, 0600);
		believed += (size_t)recalled(&again, &back);
	}
	is_int(believed, 0, "cut short anywhere, they are not believed");
	for (size_t i = 0; i < size; i++) {
		_cleanup_text_ struct text back = TEXT_INIT;

		file[i] ^= 1;
		fs_write_file(path, file, size, 0600);
		believed += (size_t)recalled(&again, &back);
		file[i] ^= 1;
	}
	is_int(believed, 0, "nor with another byte");
}

/* ---- time ---- */

static double steps(struct patience *p, int ms)
{
	double all = 0;

	for (int i = 0; i < ms / 50; i++) {
		nanosleep(&(struct timespec){0, 50 * 1000000}, NULL);
		all += patience_step(p);
	}
	return all;
}

static void test_patience(void)
{
	struct patience p;
	double counted;

	patience_init(&p, 0);
	ok(patience_step(&p) == 0, "nothing has passed");
	nanosleep(&(struct timespec){2, 500 * 1000000}, NULL);
	counted = patience_step(&p);
	ok(counted > 999 && counted < 1001, "of a long pause, a second");
	ok(p.stopped > 1499, "the rest is known as that");
}

static pid_t spinner(void)
{
	pid_t pid = fork();
	cpu_set_t all, one;
	int cpu = 0;

	if (pid)
		return pid;
	sched_getaffinity(0, sizeof(all), &all);
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	sched_setaffinity(0, sizeof(one), &one);
	for (;;)
		;
}

/* Five of them share one CPU: the one looked at has a fifth, and no more counts. */
static void test_run_queue(void)
{
	struct patience p;
	pid_t pids[5];
	double counted, begin, all;

	if (!fs_exists("/proc/self/schedstat")) {
		ok(true, "time in the run queue # SKIP this kernel does not tell");
		return;
	}
	for (int i = 0; i < 5; i++)
		pids[i] = spinner();
	nanosleep(&(struct timespec){0, 200 * 1000000}, NULL);
	patience_init(&p, pids[0]);
	begin = lab_now_ms();
	counted = steps(&p, 3000);
	all = lab_now_ms() - begin;
	for (int i = 0; i < 5; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	printf("# %.0f of %.0f ms counted\n", counted, all);
	ok(counted < all / 2, "time in the run queue does not count");
	ok(p.starved > all / 2 && p.starved < all, "and is known as that");
	ok(counted > all / 100, "but a part of it does, so that a limit is one");
}

int main(void)
{
	char dir[] = "/tmp/kmlab-facts-XXXXXX";

	lab_init(&lab);
	free(lab.cache_dir);
	lab.cache_dir = xstrdup(mkdtemp(dir));
	test_digest();
	test_keys();
	test_recall();
	test_damage();
	test_patience();
	test_run_queue();
	fs_remove_tree(dir);
	lab_deinit(&lab);
	return tap_done();
}
