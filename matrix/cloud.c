// SPDX-License-Identifier: GPL-2.0-only
/* Several guests on one thread; see cloud.h. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "clock.h"
#include "cloud.h"
#include "text.h"

/* A guest that is alone needs no slices; it is looked after this often. */
#define ALONE_NS 10000000ull

int cloud_create(const struct cloud_config *config, struct cloud **ret)
{
	struct cloud *cloud = xcalloc(1, sizeof(*cloud));
	int err = kick_init(&cloud->kick, config->kick);

	if (err) {
		free(cloud);
		return err;
	}
	cloud->config = *config;
	sched_init(&cloud->sched, config->policy, config->slice_ns, config->window_ns,
		   config->seed);
	*ret = cloud;
	return 0;
}

void cloud_destroy(struct cloud *cloud)
{
	if (!cloud)
		return;
	kick_deinit(&cloud->kick);
	sched_deinit(&cloud->sched);
	for (size_t i = 0; i < cloud->n; i++) {
		vm_destroy(cloud->guests[i]->vm);
		free(cloud->guests[i]);
	}
	free(cloud->guests);
	timeline_deinit(&cloud->timeline);
	free(cloud);
}

const sigset_t *cloud_run_mask(const struct cloud *cloud)
{
	return cloud->config.kick == KICK_SIGMASK ? &cloud->kick.run_mask : NULL;
}

struct cloud_guest *cloud_add(struct cloud *cloud, struct vm *vm, uint32_t weight,
			      uint32_t cap_percent)
{
	struct cloud_guest *guest = xcalloc(1, sizeof(*guest));

	cloud->guests =
		xreallocarray(cloud->guests, cloud->n + 1, sizeof(struct cloud_guest *));
	guest->lane = (unsigned int)cloud->n;
	cloud->guests[cloud->n++] = guest;
	guest->vm = vm;
	guest->sched = (struct sched_entity){
		.owner = guest, .weight = weight, .cap_percent = cap_percent};
	sched_add(&cloud->sched, &guest->sched, now_ns());
	return guest;
}

static void gone(struct cloud *cloud, struct cloud_guest *guest)
{
	if (guest->gone)
		return;
	guest->gone = true;
	sched_remove(&cloud->sched, &guest->sched);
}

void cloud_stop(struct cloud *cloud, struct cloud_guest *guest, const char *why)
{
	vm_stop(guest->vm, why);
	gone(cloud, guest);
}

void cloud_pause(struct cloud *cloud, struct cloud_guest *guest)
{
	if (guest->gone || guest->paused)
		return;
	guest->paused = true;
	sched_sleep(&cloud->sched, &guest->sched, SCHED_NEVER);
}

/* Its alarm, if it had one, is over: a pause is a long sleep. */
void cloud_resume(struct cloud *cloud, struct cloud_guest *guest)
{
	uint64_t now = now_ns();

	if (guest->gone || !guest->paused)
		return;
	guest->paused = false;
	sched_sleep(&cloud->sched, &guest->sched, now);
	sched_advance(&cloud->sched, now);
}

void cloud_set_weight(struct cloud *cloud, struct cloud_guest *guest, uint32_t weight)
{
	if (!guest->gone)
		sched_set_weight(&cloud->sched, &guest->sched, weight);
}

static bool stopped(const struct cloud *cloud)
{
	return cloud->config.stop && *cloud->config.stop;
}

static enum sched_event meaning(enum vm_event event)
{
	switch (event) {
	case VM_DID_IO:
		return SCHED_IO;
	case VM_KICKED:
		return SCHED_KICK;
	default:
		return SCHED_EXIT;
	}
}

/* When this turn is over at the latest. */
static uint64_t turn_end(const struct cloud *cloud, const struct sched_entity *e,
			 uint64_t now, uint64_t wake)
{
	const struct sched *s = &cloud->sched;
	bool alone = s->ready.n + s->early.n == 1 && !s->policy->every_exit;
	uint64_t slice = sched_turn_ns(s, e);
	uint64_t end = now + (alone && slice < ALONE_NS ? ALONE_NS : slice);

	return alone && wake < end ? wake : end;
}

static bool exits_used_up(const struct cloud *cloud)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < cloud->n; i++)
		sum += vm_exits(cloud->guests[i]->vm);
	return sum >= cloud->config.max_exits;
}

static void note_kick(struct cloud *cloud, uint64_t deadline, uint64_t now)
{
	cloud->kicks++;
	if (now > deadline && now - deadline > cloud->worst_overrun_ns)
		cloud->worst_overrun_ns = now - deadline;
}

/* Enter the guest until its turn is over. */
static enum vm_event take_turn(struct cloud *cloud, struct cloud_guest *guest,
			       uint64_t end)
{
	struct sched *s = &cloud->sched;
	struct vm *vm = guest->vm;
	enum vm_event event;

	kick_arm(&cloud->kick, vm->run, end);
	for (;;) {
		event = vm_enter(vm);
		if (event >= VM_YIELDS)
			break;
		if (cloud->config.max_exits && exits_used_up(cloud))
			break;
		if (event == VM_KICKED) {
			uint64_t now = now_ns();

			note_kick(cloud, end, now);
			if (stopped(cloud) ||
			    sched_turn_over(s, &guest->sched, SCHED_KICK))
				break;
			kick_taken(&cloud->kick);
			end = now + sched_turn_ns(s, &guest->sched);
			kick_arm(&cloud->kick, vm->run, end);
		} else if (s->policy->every_exit &&
			   sched_turn_over(s, &guest->sched, meaning(event))) {
			break;
		}
	}
	kick_taken(&cloud->kick);
	return event;
}

static void finish_turn(struct cloud *cloud, struct cloud_guest *guest,
			enum vm_event event, uint64_t now)
{
	struct vm *vm = guest->vm;

	if (event == VM_ENDED) {
		gone(cloud, guest);
	} else if (event == VM_SLEEPS) {
		uint64_t alarm = vm->alarm_ns;

		vm->alarm_ns = 0;
		if (guest->sched.throttled && guest->sched.cap_period > alarm)
			return;
		sched_sleep(&cloud->sched, &guest->sched, alarm);
	} else if (event == VM_YIELDS) {
		sched_yield_to_others(&cloud->sched, &guest->sched);
	}
}

/* One turn of one guest. @mark: the cpu clock up to which everything is charged. */
static void run_one(struct cloud *cloud, struct sched_entity *e, uint64_t start,
		    uint64_t wake, uint64_t *mark)
{
	struct cloud_guest *guest = e->owner;
	uint64_t end = turn_end(cloud, e, start, wake);
	enum vm_event event = take_turn(cloud, guest, end);
	uint64_t now = now_ns(), cpu = cpu_ns();

	sched_charge(&cloud->sched, e, cpu - *mark, now);
	*mark = cpu;
	if (cloud->config.timeline)
		timeline_add(&cloud->timeline, guest->lane, start, now);
	finish_turn(cloud, guest, event, now);
}

/* No guest is ready: sleep until the first alarm, or until there is something to tend. */
static void idle(struct cloud *cloud, uint64_t now, uint64_t until)
{
	struct pollfd fd = {.fd = cloud->config.fd, .events = POLLIN};
	uint64_t left = until > now ? until - now : 0;
	struct timespec t = {(time_t)(left / 1000000000), (long)(left % 1000000000)};

	ppoll(&fd, cloud->config.fd >= 0, &t, NULL);
	sched_idle(&cloud->sched, now_ns() - now);
}

/* What this thread used since @mark is charged to no guest. */
static void charge_own(struct cloud *cloud, uint64_t *mark)
{
	uint64_t cpu = cpu_ns();

	cloud->own_ns += cpu - *mark;
	*mark = cpu;
}

static void tend(struct cloud *cloud, uint64_t *next, uint64_t now, uint64_t *mark)
{
	if (!cloud->config.tend || now < *next)
		return;
	cloud->config.tend(cloud->config.ctx, cloud);
	*next = now + cloud->config.tend_ns;
	charge_own(cloud, mark);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int cloud_run(struct cloud *cloud)
{
	const struct cloud_config *c = &cloud->config;
	uint64_t start = now_ns(), now = start, mark = cpu_ns(), next_tend = start;
	uint64_t end = c->duration_ns ? start + c->duration_ns : UINT64_MAX;

	cloud->started = start;
	if (c->timeline)
		timeline_init(&cloud->timeline, start);
	for (; now < end && !stopped(cloud); now = now_ns()) {
		struct sched_entity *e;
		uint64_t wake;

		tend(cloud, &next_tend, now, &mark);
		if (!cloud->sched.n || (c->max_exits && exits_used_up(cloud)))
			break;
		wake = sched_advance(&cloud->sched, now);
		e = sched_pick(&cloud->sched, now);
		if (e) {
			run_one(cloud, e, now, earlier(wake, end), &mark);
			continue;
		}
		wake = earlier(wake, end);
		idle(cloud, now, c->tend ? earlier(wake, next_tend) : wake);
		charge_own(cloud, &mark); /* awake for a moment */
	}
	cloud->ended = now;
	sched_settle(&cloud->sched);
	return stopped(cloud) ? -EINTR : 0;
}
