// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run seen from the host: one poll loop over the agent's frames, the command's streams,
 * the console and QMP, until the agent is done or something else ends it.
 */
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>

#include "session_state.h"

#define CONSOLE_LIMIT (64ULL << 20)

/* Below this speed limits grow in proportion; TCG on a quiet machine is about here. */
#define USUAL_SPEED 0.5

/* ---- START and other words to the agent ---- */

static void read_window(const struct session *s, struct proto_window *w)
{
	struct winsize size;

	if (s->job->tty && ioctl(s->job->stdin_fd, TIOCGWINSZ, &size) == 0 && size.ws_row)
		*w = (struct proto_window){size.ws_row, size.ws_col};
	else if (!w->rows)
		*w = (struct proto_window){24, 80};
}

static void send_start(struct session *s)
{
	struct proto_start *p = &s->start;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	p->realtime_ns = (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
	p->flags = (s->job->stdin_fd >= 0 ? PROTO_HAS_STDIN : 0) |
		   (s->job->stdout_fd >= 0 ? PROTO_HAS_STDOUT : 0) |
		   (s->job->stderr_fd >= 0 ? PROTO_HAS_STDERR : 0) |
		   (s->job->tty ? PROTO_TTY : 0);
	p->settle_ms = s->job->settle_ms;
	read_window(s, &p->window);
	if (getrandom(p->nonce, sizeof(p->nonce), 0) != sizeof(p->nonce) ||
	    getrandom(p->secret, sizeof(p->secret), 0) != sizeof(p->secret) ||
	    getrandom(p->entropy, sizeof(p->entropy), 0) != sizeof(p->entropy))
		session_fail(s,
			     lab_fail(s->lab, -EIO, "no random numbers from the kernel"));
	else if (frame_send(s->vm->control, PROTO_START, p, sizeof(*p)) == 0)
		session_set_state(s, GREETING);
}

static void tell_input_end(struct session *s)
{
	if (s->in_told || !s->in.ended || !pump_empty(&s->in) || s->job->stdin_fd < 0)
		return;
	s->in_told = true;
	frame_send(s->vm->control, PROTO_STDIN_END, &s->in.taken, sizeof(s->in.taken));
}

static void tell_window(struct session *s)
{
	struct proto_window w = {0, 0};
	char drop[64];

	(void)!read(s->job->winch_fd, drop, sizeof(drop));
	read_window(s, &w);
	frame_send(s->vm->control, PROTO_WINDOW, &w, sizeof(w));
}

/* ---- what QEMU says ---- */

static void on_event(struct session *s, const char *event, json_t *data)
{
	const char *text;

	if (!strcmp(event, "RESUME") && s->state == RESTORING) {
		send_start(s);
	} else if (!strcmp(event, "SHUTDOWN")) {
		text = json_string_value(json_object_get(data, "reason"));
		free(s->shutdown);
		s->shutdown = xstrdup(text ? text : "");
	} else if (!strcmp(event, "MIGRATION")) {
		text = json_string_value(json_object_get(data, "status"));
		if (text && !strcmp(text, "failed"))
			session_fail(s, session_damaged(s, "no reason given"));
	}
}

static void on_message(struct session *s, json_t *message)
{
	const char *event = json_string_value(json_object_get(message, "event"));
	json_t *error = json_object_get(message, "error");
	const char *text = json_string_value(json_object_get(error, "desc"));

	if (event)
		on_event(s, event, json_object_get(message, "data"));
	else if (error && s->state == RESTORING)
		session_fail(s, session_damaged(s, text ? text : "no reason given"));
}

static void read_qmp(struct session *s)
{
	json_t *message;
	int err;

	while ((err = qmp_next(s->vm, &message)) == 0) {
		on_message(s, message);
		json_decref(message);
	}
	if (err != -EPIPE)
		return;
	cleanup_close(&s->vm->qmp);
	s->vm->qmp = -1;
	if (s->state == RESTORING)
		session_fail(s, session_damaged(s, "QEMU ended"));
	else if (s->state < DYING)
		session_set_state(s, DYING);
}

/* ---- what the console says ---- */

static void scan_console(struct session *s, size_t fresh)
{
	static const char sign[] = "Kernel panic - not syncing";
	const struct text *c = &s->r->console;
	size_t from = c->len > fresh + sizeof(sign) ? c->len - fresh - sizeof(sign) : 0;

	if (s->state != ASKING &&
	    memmem(c->s + from, c->len - from, sign, sizeof(sign) - 1))
		s->panic = true;
}

static bool read_console(struct session *s)
{
	char buf[16384];
	ssize_t n = read(s->vm->console, buf, sizeof(buf));

	if (n < 0)
		return false;
	if (n == 0) {
		cleanup_close(&s->vm->console);
		s->vm->console = -1;
		return false;
	}
	report_console(s->r, buf, (size_t)n);
	scan_console(s, (size_t)n);
	if (s->r->console_bytes > CONSOLE_LIMIT)
		session_end(s, LAB_END_FLOOD);
	return true;
}

static void check_done(struct session *s)
{
	bool all = s->out.taken >= s->done.stdout_bytes && pump_empty(&s->out) &&
		   s->err.taken >= s->done.stderr_bytes && pump_empty(&s->err);

	if (s->state == DRAINING && (all || s->vm->qmp < 0))
		session_end(s, LAB_END_DONE);
}

static enum lab_guest_end how_it_died(const struct session *s)
{
	if (s->shutdown && !strcmp(s->shutdown, "guest-shutdown"))
		return LAB_END_POWEROFF;
	if (s->panic || (s->shutdown && !strcmp(s->shutdown, "guest-panic")))
		return LAB_END_PANIC;
	return s->shutdown ? LAB_END_RESET : LAB_END_QEMU;
}

/* QEMU has closed QMP: what it sent before lies in the sockets, then comes their end. */
static void read_rest(struct session *s)
{
	bool asked = s->waited > 0 && s->r->end == LAB_END_SILENT;
	struct pollfd fds[2];

	for (;;) {
		fds[0] = (struct pollfd){s->vm->control, POLLIN, 0};
		fds[1] = (struct pollfd){s->vm->console, POLLIN, 0};
		if (poll(fds, 2, 1000) <= 0)
			break;
		if (fds[0].revents && !session_read_control(s) && s->vm->control >= 0)
			session_close_control(s);
		if (fds[1].revents && !read_console(s) && s->vm->console >= 0)
			break;
		if (s->state == ENDED)
			return;
		if (s->vm->control < 0 && s->vm->console < 0)
			break;
	}
	session_end(s, s->state == DRAINING ? LAB_END_DONE
		       : asked		    ? LAB_END_SILENT
					    : how_it_died(s));
}

/* ---- the loop ---- */

enum { F_QMP, F_CONTROL, F_CONSOLE, F_OUT, F_ERR, F_IN, F_WINCH, F_CANCEL, N_FDS };

static void fill_fds(const struct session *s, struct pollfd *fds)
{
	bool on = s->state == RUNNING || s->state == DRAINING;

	fds[F_QMP] = (struct pollfd){s->vm->qmp, POLLIN, 0};
	fds[F_CONTROL] = (struct pollfd){s->vm->control, POLLIN, 0};
	fds[F_CONSOLE] = (struct pollfd){s->vm->console, POLLIN, 0};
	fds[F_OUT] = pump_want(&s->out);
	fds[F_ERR] = pump_want(&s->err);
	fds[F_IN] = pump_want(&s->in);
	fds[F_WINCH] = (struct pollfd){s->job->tty ? s->job->winch_fd : -1, POLLIN, 0};
	fds[F_CANCEL] = (struct pollfd){s->lab->cancel_fd, POLLIN, 0};
	if (!on)
		fds[F_IN].fd = fds[F_WINCH].fd = -1;
}

static void serve(struct session *s, const struct pollfd *fds)
{
	if (fds[F_CANCEL].revents) {
		session_end(s, LAB_END_CANCELLED);
		return;
	}
	if (fds[F_OUT].revents)
		pump_step(&s->out);
	if (fds[F_ERR].revents)
		pump_step(&s->err);
	if (fds[F_IN].revents)
		pump_step(&s->in);
	tell_input_end(s);
	if (fds[F_WINCH].revents)
		tell_window(s);
	if (fds[F_CONSOLE].revents)
		read_console(s);
	if (fds[F_CONTROL].revents && s->state != ENDED)
		session_read_control(s);
	if (fds[F_QMP].revents && s->state != ENDED)
		read_qmp(s);
}

static void loop(struct session *s)
{
	struct pollfd fds[N_FDS];

	while (s->state != ENDED) {
		fill_fds(s, fds);
		if (poll(fds, N_FDS, 250) > 0)
			serve(s, fds);
		check_done(s);
		if (s->state == DYING)
			read_rest(s);
		if (s->state != ENDED)
			watchdog_check(s);
	}
}

static void session_init(struct session *s, uint64_t payload_size)
{
	const struct lab_guest_job *job = s->job;
	bool command = job->argv && job->argv[0];

	s->scale = s->t->speed > 0 && s->t->speed < USUAL_SPEED
			   ? USUAL_SPEED / s->t->speed
			   : 1;
	if (s->scale > 8)
		s->scale = 8;
	s->order = (struct order){.job = job, .phase = LAB_PHASE_BOOT};
	s->copyout = (struct copyout){.job = job, .fd = -1};
	s->start.payload_size = payload_size;
	s->r->phase = LAB_PHASE_BOOT;
	s->r->unload_refcount = -1;
	s->phase_begun = lab_now_ms();
	patience_init(&s->patience, s->vm->pid);
	pump_init(&s->in, command ? job->stdin_fd : -1, s->vm->in);
	pump_init(&s->out, s->vm->out, job->stdout_fd);
	pump_init(&s->err, s->vm->err, job->stderr_fd);
}

int session_run(struct lab *lab, const struct lab_template *t,
		const struct lab_guest_job *job, struct vm *vm, uint64_t payload_size,
		double started, struct lab_guest_report *r)
{
	struct session *s = xcalloc(1, sizeof(*s));
	int err;

	*s = (struct session){
		.lab = lab, .t = t, .job = job, .vm = vm, .r = r, .begun = started};
	session_init(s, payload_size);
	loop(s);
	r->stopped_ms = s->patience.stopped;
	r->usable_ms = s->spent;
	r->starved_ms = s->patience.starved;
	while (vm->console >= 0 && r->end != LAB_END_FLOOD && read_console(s))
		; /* what was printed until now is there already */
	err = s->error;
	if (!err && r->end == LAB_END_QEMU)
		r->qemu_error = vm_errors(vm);
	if (!err && r->end == LAB_END_DONE && s->copyout.problem)
		err = lab_fail(lab, -EIO, "%s; check the place to copy to",
			       s->copyout.problem);
	r->copy_failed = take_ptr(s->copyout.unfinished);
	r->copy_note = take_ptr(s->copyout.unread);
	free(s->shutdown);
	frames_deinit(&s->frames);
	copyout_deinit(&s->copyout);
	free(s);
	return err;
}
