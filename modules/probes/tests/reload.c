// SPDX-License-Identifier: GPL-2.0-only
/*
 * Black box: 200 times loaded with a probe. A probe that is left behind, even once, is
 * called when its handler is gone.
 */
#define _GNU_SOURCE
#include <time.h>

#define KMODULE "probes"
#include "kmodule.h"
#include "ktap.h"

#define FUNCTION "__x64_sys_getsid"
#define TIMES	 200

static long seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* Each round waits for several RCU grace periods: have them expedited. */
static void hurry(void)
{
	int fd = open("/sys/kernel/rcu_expedited", O_WRONLY | O_CLOEXEC);

	if (write(fd, "1", 1) < 0)
		ktap_diag("grace periods take their time");
	close(fd);
}

int main(void)
{
	long end = seconds() + 40;
	int times = 0, failed = 0;

	ktap_plan(3);
	hurry();
	ktap_ok(!unload_module(), "it is unloaded");
	while (!failed && times < TIMES && (times < TIMES / 4 || seconds() < end)) {
		failed = load_module("symbol=" FUNCTION);
		getsid(0);
		failed = failed ? failed : unload_module();
		times++;
	}
	if (times < TIMES)
		ktap_diag("%d times is all that this machine could do in 40 seconds",
			  times);
	ktap_why("That was time %d: %s", times, strerror(failed));
	ktap_ok(!failed, "loaded with a probe, hit, and unloaded, %d times", times);
	getsid(0);
	ktap_ok(!load_module("symbol=" FUNCTION), "and once more");
	return ktap_end();
}
