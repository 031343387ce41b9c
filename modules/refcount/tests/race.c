// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users come and go on both CPUs while the modules are unloaded and loaded under them.
 * Every call either works or says that nobody is there; what must not happen is a crash.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "refcount_tests.h"

#define USERS	6
#define RACE_MS 2000
#define ENOUGH	3

/* Children and parent share it; each counter has one writer, or is added to atomically.
 */
static struct {
	bool calm; /* users pause longer, so that the modules can be unloaded */
	bool stop;
	int opened, absent, attached, refused, odd, odd_errno;
	int plugin_gone, core_gone;
} * all;

#define COUNT(field) __atomic_add_fetch(&all->field, 1, __ATOMIC_RELAXED)
#define READ(field)  __atomic_load_n(&all->field, __ATOMIC_RELAXED)

static void odd(int err)
{
	COUNT(odd);
	__atomic_store_n(&all->odd_errno, err, __ATOMIC_RELAXED);
}

static void use_once(void)
{
	char line[128];
	int fd = open(DEVICE, O_RDWR);

	if (fd < 0) {
		/* No node; a node without a driver; a driver that is on its way out. */
		if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
			COUNT(absent);
		else
			odd(errno);
		return;
	}
	COUNT(opened);
	if (write(fd, plugin.name, strlen(plugin.name)) < 0) {
		if (errno == ENODEV || errno == EUSERS)
			COUNT(refused);
		else
			odd(errno);
	} else {
		COUNT(attached);
		if (pread(fd, line, sizeof(line), 0) <= 0)
			odd(errno);
	}
	close(fd);
}

static void user(int number)
{
	unsigned int seed = (unsigned int)number + 1;

	run_on_cpu(number);
	while (!READ(stop)) {
		use_once();
		usleep(rand_r(&seed) % (READ(calm) ? 50000 : 3000));
	}
	_exit(0);
}

/* Unload and load once: the plug-in, and the core, too, where the users let it go. */
static void unload_and_load(void)
{
	if (!kmodule_unload(&plugin, O_NONBLOCK)) {
		all->plugin_gone++;
		if (!kmodule_unload(&core, O_NONBLOCK)) {
			all->core_gone++;
			if (kmodule_load(&core, ""))
				odd(errno);
		}
		if (kmodule_load(&plugin, ""))
			odd(errno);
	}
}

static bool enough(void)
{
	return all->plugin_gone >= ENOUGH && all->core_gone >= ENOUGH &&
	       READ(attached) >= ENOUGH;
}

int main(void)
{
	pid_t child[USERS];
	bool clean = true;
	long start;

	find_modules();
	ktap_plan(4);
	all = shared_memory(sizeof(*all));
	for (int i = 0; i < USERS; i++) {
		child[i] = fork();
		if (!child[i])
			user(i);
	}
	start = now_ms();
	while (now_ms() - start < RACE_MS)
		unload_and_load();
	__atomic_store_n(&all->calm, true, __ATOMIC_RELAXED);
	while (!enough() && now_ms() - start < 3 * FOR_EVER_MS)
		unload_and_load();
	__atomic_store_n(&all->stop, true, __ATOMIC_RELAXED);
	for (int i = 0; i < USERS; i++) {
		int status = -1;

		waitpid(child[i], &status, 0);
		clean &= status == 0;
	}
	ktap_diag("opened %d, absent %d; attached %d, refused %d; unloaded: plug-in %d, "
		  "core %d",
		  all->opened, all->absent, all->attached, all->refused, all->plugin_gone,
		  all->core_gone);
	ktap_ok(enough(), "users attach, and between them both modules are unloaded");
	ktap_why("%d odd answers, the last: %s", all->odd, strerror(all->odd_errno));
	ktap_ok(all->odd == 0, "each call works, or says that nobody is there");
	ktap_ok(clean, "no user is killed");
	ktap_why("counts: core %d, plug-in %d", count(&core), count(&plugin));
	ktap_ok(count(&core) == 1 && count(&plugin) == 0,
		"no reference is lost or left over");
	return ktap_end();
}
