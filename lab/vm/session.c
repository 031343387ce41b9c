// SPDX-License-Identifier: GPL-2.0-only
/*
 * A run seen from the host: one poll loop over the agent's frames, the command's streams,
 * the console and QMP, until the agent is done or something else ends it.
 */
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>

#include "patience.h"
#include "pump.h"
#include "vm.h"

#define HELLO_LIMIT_MS	 20000
#define SILENT_LIMIT_MS	 8000 /* eight heartbeats missed */
#define NMI_LIMIT_MS	 3000
#define DRAIN_LIMIT_MS	 10000
#define KILLED_LIMIT_MS	 2000
#define OOPS_LIMIT_MS	 5000
#define CONSOLE_LIMIT	 (64ULL << 20)
#define STALL_DEFAULT_MS 10000

/* Below this speed limits grow in proportion; TCG on a quiet machine is about here. */
#define USUAL_SPEED 0.5

enum state {
	RESTORING, /* QEMU reads the device state */
	GREETING,  /* START sent */
	RUNNING,
	DRAINING, /* DONE came; what the command wrote may still be on its way */
	DYING,	  /* QEMU ends; reading what it left */
	ASKING,	  /* silent; NMI injected */
	ENDED,
};

struct session {
	struct lab *lab;
	const struct lab_template *t;
	const struct lab_guest_job *job;
	struct vm *vm;
	struct lab_guest_report *r;
	enum state state;
	struct frames frames;
	struct copyout copyout;
	struct pump in, out, err;
	bool in_told; /* STDIN_END sent */
	struct proto_start start;
	struct proto_done done;
	double scale;
	double begun, phase_begun;
	struct patience patience;
	/* In milliseconds that the guest could use (patience.h): */
	double spent;		/* in all */
	double waited;		/* in this state, without anything from the agent */
	double tried;		/* since the agent began what it waits for */
	struct proto_wait wait; /* that; number 0: nothing yet, or given up */
	bool oopsed;		/* while the command ran */
	double quiet;		/* since it wrote something, or the kernel did */
	uint64_t said;		/* how much that was */
	bool panic;		/* the console said so, and not because of our NMI */
	char *shutdown;		/* QMP's reason, or NULL */
	int error;
};

static void set_state(struct session *s, enum state state)
{
	s->state = state;
	s->waited = 0;
}

static void end(struct session *s, enum lab_guest_end how)
{
	s->r->end = how;
	s->state = ENDED;
}

static void fail(struct session *s, int err)
{
	s->error = err;
	s->state = ENDED;
}

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
	    getrandom(p->entropy, sizeof(p->entropy), 0) != sizeof(p->entropy))
		fail(s, lab_fail(s->lab, -EIO, "no random numbers from the kernel"));
	else if (frame_send(s->vm->control, PROTO_START, p, sizeof(*p)) == 0)
		set_state(s, GREETING);
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

static int damaged(struct session *s, const char *why)
{
	_cleanup_free_ char *qemu = vm_errors(s->vm);

	return lab_fail(s->lab, -ESTALE,
			"the template '%s' does not resume: %s; remove it "
			"with 'kmlab clean'",
			s->t->id, qemu ? qemu : why);
}

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
			fail(s, damaged(s, "no reason given"));
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
		fail(s, damaged(s, text ? text : "no reason given"));
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
		fail(s, damaged(s, "QEMU ended"));
	else if (s->state < DYING)
		set_state(s, DYING);
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
		end(s, LAB_END_FLOOD);
	return true;
}

/* ---- what the agent says ---- */

static void note_phase(struct session *s, enum lab_phase before)
{
	double now = lab_now_ms();
	double *where = before == LAB_PHASE_LOAD     ? &s->r->load_ms
			: before == LAB_PHASE_TEST   ? &s->r->test_ms
			: before == LAB_PHASE_UNLOAD ? &s->r->unload_ms
						     : NULL;

	if (where)
		*where = now - s->phase_begun;
	s->phase_begun = now;
}

static void on_hello(struct session *s, const struct frame *f)
{
	if (s->state != GREETING || f->len != PROTO_NONCE_SIZE ||
	    memcmp(f->data, s->start.nonce, PROTO_NONCE_SIZE))
		return;
	s->r->clone_ms = lab_now_ms() - s->begun;
	set_state(s, RUNNING);
}

static void on_wait(struct session *s, const struct frame *f)
{
	if (f->len != sizeof(s->wait))
		return;
	memcpy(&s->wait, f->data, sizeof(s->wait));
	s->tried = 0;
}

static void on_done(struct session *s, const struct frame *f)
{
	if (s->state != RUNNING || f->len != sizeof(s->done))
		return;
	memcpy(&s->done, f->data, sizeof(s->done));
	if (memcmp(s->done.nonce, s->start.nonce, PROTO_NONCE_SIZE))
		return;
	report_done(s->r, f);
	set_state(s, DRAINING);
}

static void on_trouble(struct session *s, const struct frame *f)
{
	fail(s, lab_fail(s->lab, -EIO,
			 "the guest's agent says: %.*s; give the guest more "
			 "memory",
			 (int)strnlen(f->data, f->len), f->data));
}

/* "Oops: 0000 [#1] SMP", as the kernel's die() has it in every release. */
static bool is_oops(const char *log, size_t len)
{
	const char *end = log + len, *at = memmem(log, len, "Oops: ", 6);
	const char *line = at ? memchr(at, '\n', (size_t)(end - at)) : NULL;

	return line && memmem(at, (size_t)(line - at), "[#", 2);
}

/* A command that oopses may die holding what it needs to die. A limit that is there
 * anyway is not waited for when nothing happens any more. */
static void notice_oops(struct session *s, const struct frame *f)
{
	if (s->oopsed || s->wait.what != PROTO_WAIT_COMMAND || !is_oops(f->data, f->len))
		return;
	s->oopsed = true;
}

static void on_frame(struct session *s, const struct frame *f)
{
	enum lab_phase before = s->r->phase;

	switch (f->type) {
	case PROTO_HELLO:
		on_hello(s, f);
		break;
	case PROTO_DONE:
		on_done(s, f);
		break;
	case PROTO_WAIT:
		on_wait(s, f);
		break;
	case PROTO_FILE:
		copyout_file(&s->copyout, f);
		break;
	case PROTO_FILE_DATA:
		copyout_data(&s->copyout, f);
		break;
	case PROTO_TROUBLE:
		on_trouble(s, f);
		break;
	case PROTO_LOG:
		notice_oops(s, f);
		/* fall through */
	default:
		report_frame(s->r, f);
		if (s->r->phase != before)
			note_phase(s, before);
	}
}

static void close_control(struct session *s)
{
	cleanup_close(&s->vm->control);
	s->vm->control = -1;
}

static bool read_control(struct session *s)
{
	ssize_t n = frames_read(&s->frames, s->vm->control);
	struct frame f;
	int rc;

	if (n == 0)
		close_control(s);
	if (n <= 0)
		return false;
	while (s->state != ENDED && (rc = frames_next(&s->frames, &f)) != 0) {
		if (rc <
		    0) { /* not our agent any more: nothing it says is worth reading */
			end(s, LAB_END_SILENT);
			break;
		}
		s->waited = 0;
		on_frame(s, &f);
	}
	return true;
}

/* ---- time ---- */

/* The agent's command is given up early enough to be reported within the job's time. */
static double command_ms(unsigned int timeout_ms)
{
	return timeout_ms > 8000 ? timeout_ms - 3000 : timeout_ms * 5 / 8;
}

/* 0: no limit. */
static double wait_limit_ms(const struct session *s)
{
	switch (s->wait.what) {
	case PROTO_WAIT_CALL:
		return s->job->stall_ms ? s->job->stall_ms : STALL_DEFAULT_MS;
	case PROTO_WAIT_COMMAND:
		return command_ms(s->job->timeout_ms);
	default:
		return KILLED_LIMIT_MS;
	}
}

/* Did the command oops, and is nothing heard of it since? */
static bool is_lost(struct session *s, double step)
{
	uint64_t said = s->out.taken + s->err.taken + s->r->n_log + s->r->log_lost;

	s->quiet = said == s->said ? s->quiet + step : 0;
	s->said = said;
	return s->oopsed && s->wait.what == PROTO_WAIT_COMMAND &&
	       s->quiet > OOPS_LIMIT_MS * s->scale;
}

static void check_agents_wait(struct session *s, double step)
{
	double limit = wait_limit_ms(s) * s->scale;
	bool lost = is_lost(s, step);

	if (!s->wait.number || !limit || s->state != RUNNING ||
	    (s->tried < limit && !lost))
		return;
	frame_send(s->vm->control, PROTO_GIVE_UP, &s->wait.number,
		   sizeof(s->wait.number));
	s->wait.number = 0;
}

static void check_waits(struct session *s)
{
	double step = patience_step(&s->patience);

	s->spent += step;
	s->waited += step;
	s->tried += step;
	check_agents_wait(s, step);
	if (s->job->timeout_ms && s->spent > s->job->timeout_ms * s->scale &&
	    s->state < DRAINING)
		end(s, LAB_END_TIMEOUT);
	else if (s->state <= GREETING && s->waited > HELLO_LIMIT_MS * s->scale)
		fail(s, damaged(s, "its agent does not answer"));
	else if (s->state == RUNNING && s->waited > SILENT_LIMIT_MS * s->scale) {
		qmp_send(s->vm, "inject-nmi", NULL);
		set_state(s, ASKING);
	} else if (s->state == ASKING && s->waited > NMI_LIMIT_MS * s->scale)
		end(s, s->panic ? LAB_END_PANIC : LAB_END_SILENT);
	else if (s->state == DRAINING && s->waited > DRAIN_LIMIT_MS)
		end(s, LAB_END_DONE);
}

static void check_done(struct session *s)
{
	bool all = s->out.taken >= s->done.stdout_bytes && pump_empty(&s->out) &&
		   s->err.taken >= s->done.stderr_bytes && pump_empty(&s->err);

	if (s->state == DRAINING && (all || s->vm->qmp < 0))
		end(s, LAB_END_DONE);
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
		if (fds[0].revents && !read_control(s) && s->vm->control >= 0)
			close_control(s);
		if (fds[1].revents && !read_console(s) && s->vm->console >= 0)
			break;
		if (s->state == ENDED)
			return;
		if (s->vm->control < 0 && s->vm->console < 0)
			break;
	}
	end(s, s->state == DRAINING ? LAB_END_DONE
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
		end(s, LAB_END_CANCELLED);
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
		read_control(s);
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
			check_waits(s);
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
	free(s->shutdown);
	frames_deinit(&s->frames);
	copyout_deinit(&s->copyout);
	free(s);
	return err;
}
