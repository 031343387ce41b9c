// SPDX-License-Identifier: GPL-2.0-only
/* The side that asks; see symbolize.h. */
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "debuginfo.h"
#include "symbolize.h"
#include "symbolize_wire.h"

struct symbolizer {
	struct debuginfo *info; /* filled here, read by the child only */
	const struct lab_section *sections;
	size_t n_sections;
	pid_t child; /* 0: not yet started; -1: it gave up */
	int fd;
};

struct symbolizer *symbolizer_create(void)
{
	struct symbolizer *s = xcalloc(1, sizeof(*s));

	s->info = debuginfo_create();
	s->fd = -1;
	return s;
}

static void stop(struct symbolizer *s)
{
	cleanup_close(&s->fd);
	s->fd = -1;
	if (s->child > 0) {
		kill(s->child, SIGKILL);
		while (waitpid(s->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	s->child = -1;
}

void symbolizer_destroy(struct symbolizer *s)
{
	if (!s)
		return;
	stop(s);
	debuginfo_destroy(s->info);
	free(s);
}

void symbolizer_add(struct symbolizer *s, const char *name, const char *path)
{
	debuginfo_add(s->info, name, path);
}

void symbolizer_sections(struct symbolizer *s, const struct lab_section *v, size_t n)
{
	debuginfo_sections(s->info, v, n);
	s->sections = v;
	s->n_sections = n;
}

static bool start(struct symbolizer *s)
{
	int ends[2];

	if (s->child)
		return s->child > 0;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
		s->child = -1;
		return false;
	}
	s->child = fork(); /* -1 when it fails */
	if (s->child == 0)
		symbolize_serve(ends[1], s->info, s->sections);
	close(ends[1]);
	s->fd = ends[0];
	return s->child > 0;
}

/* A child that died of a module's debug information is not started again. */
static bool ask(struct symbolizer *s, const struct wire *question, struct wire *answer)
{
	if (!start(s))
		return false;
	if (!wire_send(s->fd, question) && !wire_receive(s->fd, answer))
		return true;
	stop(s);
	return false;
}

const struct lab_section *symbolizer_owner(struct symbolizer *s,
					   unsigned long long address, const char *module)
{
	_cleanup_wire_ struct wire question = WIRE_INIT, answer = WIRE_INIT;
	uint64_t found;

	if (!s->n_sections)
		return NULL;
	wire_put(&question, WIRE_OWNER);
	wire_put(&question, address);
	wire_put_text(&question, module);
	if (!ask(s, &question, &answer))
		return NULL;
	found = wire_get(&answer);
	return found && found <= s->n_sections ? &s->sections[found - 1] : NULL;
}

unsigned long long symbolizer_init_address(struct symbolizer *s,
					   const struct lab_frame *frame)
{
	_cleanup_wire_ struct wire question = WIRE_INIT, answer = WIRE_INIT;
	struct lab_event event = {.frames = (struct lab_frame *)frame, .n_frames = 1};

	if (!s->n_sections || !frame->function || !frame->module)
		return 0;
	wire_put(&question, WIRE_INIT_ADDRESS);
	wire_put_frames(&question, &event);
	return ask(s, &question, &answer) ? wire_get(&answer) : 0;
}

void symbolizer_event(struct symbolizer *s, struct lab_event *event)
{
	_cleanup_wire_ struct wire question = WIRE_INIT, answer = WIRE_INIT;
	_cleanup_event_ struct lab_event resolved = {0};

	if (!event->n_frames)
		return;
	wire_put(&question, WIRE_EVENT);
	wire_put_frames(&question, event);
	if (!ask(s, &question, &answer))
		return;
	wire_get_frames(&answer, &resolved);
	if (!answer.bad && resolved.n_frames)
		lab_event_take_frames(event, &resolved);
}

bool symbolizer_has(struct symbolizer *s, const char *module, const char *symbol)
{
	_cleanup_wire_ struct wire question = WIRE_INIT, answer = WIRE_INIT;

	wire_put(&question, WIRE_HAS);
	wire_put_text(&question, module);
	wire_put_text(&question, symbol);
	if (!ask(s, &question, &answer))
		return true;
	return wire_get(&answer) || answer.bad;
}

void symbolizer_code(struct symbolizer *s, const struct lab_frame *frame,
		     struct object_code *ret)
{
	_cleanup_wire_ struct wire question = WIRE_INIT, answer = WIRE_INIT;
	struct lab_event event = {.frames = (struct lab_frame *)frame, .n_frames = 1};

	*ret = (struct object_code)OBJECT_CODE_INIT;
	if (!frame->function || !frame->module)
		return;
	wire_put(&question, WIRE_CODE);
	wire_put_frames(&question, &event);
	if (ask(s, &question, &answer))
		wire_get_code(&answer, ret);
}

bool symbolizer_gave_up(const struct symbolizer *s)
{
	return s->child < 0;
}
