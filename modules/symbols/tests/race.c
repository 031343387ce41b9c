// SPDX-License-Identifier: GPL-2.0-only
/*
 * The results are read on both CPUs while the consumer is unloaded and loaded and another
 * process tries to unload the provider all the time. That succeeds only while the
 * consumer is away, and a result that can be read is right.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kmodule.h"
#include "ktap.h"
#include "ktest.h"

#define READERS 4
#define RACE_MS 2000
#define MOST_MS 30000
#define ENOUGH	3

static struct kmodule provider, consumer;

static struct {
	bool stop;
	int good, absent, odd, odd_errno;
	int provider_gone, consumer_gone;
} * all;

#define COUNT(field) __atomic_add_fetch(&all->field, 1, __ATOMIC_RELAXED)
#define READ(field)  __atomic_load_n(&all->field, __ATOMIC_RELAXED)

/* The provider is loaded first, the consumer last. */
static void find_modules(void)
{
	kmodule_pair(&provider, &consumer,
		     "/lab/symbols_provider.ko /lab/symbols_consumer.ko");
}

static void odd(int err)
{
	COUNT(odd);
	__atomic_store_n(&all->odd_errno, err, __ATOMIC_RELAXED);
}

static void read_once(const char *path, const char *want)
{
	char text[32];
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	int err = errno;

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	if (n > 0 && !strcmp(text, want))
		COUNT(good);
	else if (n < 0 && (err == ENOENT || err == ENODEV))
		COUNT(absent);
	else
		odd(n < 0 ? err : EPROTO);
}

static void reader(int number)
{
	static const char *const want[][2] = {
		{"sum", "5\n"}, {"difference", "1\n"}, {"product", "6\n"}};
	unsigned int seed = (unsigned int)number + 1;
	char path[128];

	run_on_cpu(number);
	for (int i = 0; !READ(stop); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s",
			 consumer.name, want[i % 3][0]);
		read_once(path, want[i % 3][1]);
		usleep(rand_r(&seed) % 500);
	}
	_exit(0);
}

/* Succeeds only while the consumer is not there, and puts it back. */
static void unloader(void)
{
	unsigned int seed = 99;

	while (!READ(stop)) {
		int err = kmodule_unload(&provider, O_NONBLOCK);

		if (!err) {
			COUNT(provider_gone);
			err = kmodule_load(&provider, "");
			if (err)
				odd(err);
		} else if (err != EWOULDBLOCK && err != EBUSY) {
			odd(err);
		}
		usleep(rand_r(&seed) % 20000);
	}
	_exit(0);
}

/* Loading fails with ENOENT while the provider is away, with EBUSY when it is leaving or
 * coming at that moment. */
static void consume(void)
{
	long end = now_ms() + MOST_MS;
	int err;

	err = kmodule_unload(&consumer, O_NONBLOCK);
	if (err)
		odd(err);
	all->consumer_gone++;
	do {
		usleep(500);
		err = kmodule_load(&consumer, "");
	} while ((err == ENOENT || err == EBUSY) && now_ms() < end);
	if (err)
		odd(err);
}

static bool enough(void)
{
	return READ(provider_gone) >= ENOUGH && all->consumer_gone >= ENOUGH &&
	       READ(good) >= ENOUGH;
}

/* Where this fails, the consumer would call code that is gone: the test ends here. */
static bool provider_is_held(void)
{
	int err = kmodule_unload(&provider, O_NONBLOCK);

	ktap_why("%s", err ? strerror(err) : "it was unloaded");
	return ktap_ok(err == EWOULDBLOCK, "the consumer keeps the provider from going");
}

int main(void)
{
	pid_t child[READERS + 1];
	bool clean = true;
	long start;

	find_modules();
	ktap_plan(4);
	if (!provider_is_held())
		return ktap_end();
	all = shared_memory(sizeof(*all));
	for (int i = 0; i <= READERS; i++) {
		child[i] = fork();
		if (!child[i] && i < READERS)
			reader(i);
		else if (!child[i])
			unloader();
	}
	start = now_ms();
	while (now_ms() - start < RACE_MS || (!enough() && now_ms() - start < MOST_MS))
		consume();
	__atomic_store_n(&all->stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i <= READERS; i++) {
		int status = -1;

		waitpid(child[i], &status, 0);
		clean &= status == 0;
	}
	ktap_diag(
		"results: %d right, %d times absent; unloaded: consumer %d, provider %d",
		all->good, all->absent, all->consumer_gone, all->provider_gone);
	ktap_ok(enough(), "both come and go, and results are read in between");
	ktap_why("%d odd answers, the last: %s", all->odd, strerror(all->odd_errno));
	ktap_ok(all->odd == 0, "each result is right, or the consumer is not there");
	ktap_ok(clean, "nobody is killed");
	return ktap_end();
}
