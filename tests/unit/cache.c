// SPDX-License-Identifier: GPL-2.0-only
/* lab/cache: one rename makes an entry, a killed maker leaves nothing that lasts. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "cache.h"
#include "evict.h"
#include "fs.h"

#include "tap.h"

static struct lab lab;

static int make(const char *id, const char *content)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_free_ char *file = NULL;
	int err = lab_stage_begin(&lab, "things", &stage);

	if (err)
		return err;
	file = xprintf("%s/file", stage.dir);
	fs_write_file(file, content, strlen(content), 0600);
	return lab_stage_publish(&lab, &stage, id);
}

static size_t hidden_entries(void)
{
	_cleanup_free_ char *dir = lab_cache_path(&lab, "things", NULL);
	_cleanup_strv_ struct strv all = STRV_INIT, shown = STRV_INIT;

	fs_list(dir, true, &all);
	fs_list(dir, false, &shown);
	return all.n - shown.n;
}

static void test_publish(void)
{
	_cleanup_free_ char *path = lab_cache_path(&lab, "things", "one");
	_cleanup_free_ char *file = xprintf("%s/file", path);
	_cleanup_free_ char *content = NULL;

	ok(!lab_cache_has(&lab, "things", "one"), "not there yet");
	is_int(make("one", "first"), 0, "published");
	ok(lab_cache_has(&lab, "things", "one"), "there");
	is_int(make("one", "second"), 0, "published again");
	fs_read_file(file, &content, NULL);
	is_str(content, "first", "the one that was there wins");
	is_int(hidden_entries(), 0, "no staging directory is left");
	is_int(lab_cache_remove(&lab, "things", "one"), 0, "removed");
	ok(!lab_cache_has(&lab, "things", "one"), "gone");
	is_int(lab_cache_remove(&lab, "things", "one"), 0, "removing nothing is fine");
}

static void test_killed_maker(void)
{
	int pipes[2];
	char byte;
	pid_t pid;

	ok(pipe(pipes) == 0, "pipe");
	pid = fork();
	if (!pid) {
		struct lab_stage stage;

		(void)!lab_stage_begin(&lab, "things", &stage);
		(void)!write(pipes[1], "x", 1);
		pause();
	}
	(void)!read(pipes[0], &byte, 1);
	lab_cache_sweep(&lab);
	is_int(hidden_entries(), 1, "a sweep leaves a live maker alone");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	lab_cache_sweep(&lab);
	is_int(hidden_entries(), 0, "and takes what a killed one left");
}

static int inside, most;

static void *hold_lock(void *data)
{
	struct lab own;
	int fd;

	lab_child(&lab, &own);
	fd = lab_cache_lock(&own, "things", "contended");
	if (__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST) > 1)
		most = 2;
	usleep(2000);
	__atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
	close(fd);
	lab_deinit(&own);
	return NULL;
}

static void test_lock(void)
{
	pthread_t ids[8];

	for (int i = 0; i < 8; i++)
		pthread_create(&ids[i], NULL, hold_lock, NULL);
	for (int i = 0; i < 8; i++)
		pthread_join(ids[i], NULL);
	is_int(most, 0, "one at a time");
}

static void test_key(void)
{
	_cleanup_free_ char *a = lab_cache_key((const char *const[]){"ab", "c", NULL});
	_cleanup_free_ char *b = lab_cache_key((const char *const[]){"a", "bc", NULL});

	ok(strlen(a) == 16 && strcmp(a, b), "keys know where one part ends");
}

static void test_removal(void)
{
	_cleanup_free_ char *dir = xprintf("%s/tree/a/b", lab.cache_dir);
	_cleanup_free_ char *top = xprintf("%s/tree", lab.cache_dir);
	_cleanup_free_ char *link = xprintf("%s/tree/link", lab.cache_dir);

	fs_mkdir_p(dir, 0700);
	(void)!symlink("/etc", link);
	chmod(dir, 0);
	is_int(fs_remove_tree(top), 0, "a tree with an unreadable directory");
	ok(!fs_exists(top) && fs_exists("/etc/passwd"), "gone, and no link was followed");
}

/* What was made from debian-6.1.176-1 goes, what only begins like it stays. */
static void test_remove_prefix(void)
{
	static const struct {
		const char *id;
		bool stays;
	} cases[] = {
		{"debian-6.1.176-1-0123456789abcdef", false},
		{"debian-6.1.176-1-fedcba9876543210", false},
		{"debian-6.1.176-1", true},
		{"debian-6.1.176-10-0123456789abcdef", true},
		{"debian-6.1.176-1-2-0123456789abcdef", true},
		{"debian-6.1.176-1+b1-0123456789abcdef", true},
		{"debian-6.1.17-1-0123456789abcdef", true},
	};

	is_int(lab_cache_remove_prefix(&lab, "nothing", "debian-6.1.176-1"), 0,
	       "a kind that has no entries yet");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		make(cases[i].id, "x");
	is_int(lab_cache_remove_prefix(&lab, "things", "debian-6.1.176-1"), 0,
	       "what was made from an entry is removed");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		is_int(lab_cache_has(&lab, "things", cases[i].id), cases[i].stays,
		       cases[i].id);
	is_int(hidden_entries(), 0, "no staging directory is left");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		lab_cache_remove(&lab, "things", cases[i].id);
}

static void make_used(const char *id, time_t ago)
{
	static char bytes[100001];
	_cleanup_free_ char *path = lab_cache_path(&lab, "things", id);
	struct timespec times[2] = {{.tv_sec = time(NULL) - ago},
				    {.tv_sec = time(NULL) - ago}};

	memset(bytes, 'x', sizeof(bytes) - 1);
	make(id, bytes);
	utimensat(AT_FDCWD, path, times, 0);
}

static void test_eviction(void)
{
	make_used("old", 40 * 86400);
	make_used("older", 50 * 86400);
	make_used("young", 60);
	is_int(lab_evict(&lab, "things", 45, 1 << 30), 0, "evict by age");
	ok(!lab_cache_has(&lab, "things", "older"), "what nobody used is gone");
	ok(lab_cache_has(&lab, "things", "young"), "what was used stays");
	make_used("old", 40 * 86400); /* has() has just marked it */
	is_int(lab_evict(&lab, "things", 45, 150000), 0, "evict by size");
	ok(!lab_cache_has(&lab, "things", "old"), "the least recently used goes first");
	ok(lab_cache_has(&lab, "things", "young"), "until the rest fits");
	is_int(lab_evict(&lab, "things", 45, 0), 0, "nothing fits");
	ok(!lab_cache_has(&lab, "things", "young"), "all gone");
}

int main(void)
{
	char dir[] = "/tmp/kmlab-cache-XXXXXX";

	if (!mkdtemp(dir))
		return 1;
	setenv("KMLAB_CACHE", dir, 1);
	is_int(lab_init(&lab), 0, "a lab");
	test_publish();
	test_killed_maker();
	test_lock();
	test_key();
	test_removal();
	test_remove_prefix();
	test_eviction();
	lab_deinit(&lab);
	fs_remove_tree(dir);
	return tap_done();
}
