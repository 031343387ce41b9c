// SPDX-License-Identifier: GPL-2.0-only
/* Takes more than its share: a higher priority, higher limits, or the last to be killed.
 */
#include "attack.h"
#include <sched.h>
#include <sys/resource.h>

static bool writes(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	return fd >= 0 && write(fd, text, strlen(text)) > 0;
}

int main(void)
{
	struct sched_param param = {.sched_priority = 1};

	way(sched_setscheduler(0, SCHED_FIFO, &param) == 0, "SCHED_FIFO");
	way(sched_setscheduler(0, SCHED_RR, &param) == 0, "SCHED_RR");
	way(setpriority(PRIO_PROCESS, 0, -5) == 0, "setpriority");
	way(nice(-5) != -1, "nice");
	way(syscall(SYS_ioprio_set, 1, 0, 1 << 13) == 0, "ioprio_set");
	for (int what = 0; what < RLIM_NLIMITS; what++) {
		struct rlimit now, more;

		getrlimit((__rlimit_resource_t)what, &now);
		if (now.rlim_max == RLIM_INFINITY)
			continue;
		more = (struct rlimit){now.rlim_max + 1, now.rlim_max + 1};
		way(setrlimit((__rlimit_resource_t)what, &more) == 0 &&
			    getrlimit((__rlimit_resource_t)what, &now) == 0 &&
			    now.rlim_max == more.rlim_max,
		    "limit %d", what);
	}
	way(writes("/proc/self/oom_score_adj", "999"), "oom_score_adj");
	way(writes("/proc/self/oom_score_adj", "-1000"), "oom_score_adj of the last");
	way(writes("/proc/self/oom_adj", "-17"), "oom_adj");
	way(writes("/proc/self/autogroup", "-5"), "autogroup");
	return attack_done();
}
