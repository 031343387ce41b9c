// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <sys/socket.h>

#include "symbolize_wire.h"

enum { MESSAGE_MAX = 8 << 20, TEXT_LEN_MAX = 16384, FRAMES_MAX = 4096, CALLS_MAX = 4096 };

#define NO_TEXT UINT64_MAX

void wire_deinit(struct wire *w)
{
	text_deinit(&w->t);
	*w = (struct wire)WIRE_INIT;
}

void wire_put(struct wire *w, uint64_t number)
{
	text_add(&w->t, &number, sizeof(number));
}

void wire_put_text(struct wire *w, const char *s)
{
	wire_put(w, s ? strlen(s) : NO_TEXT);
	if (s)
		text_puts(&w->t, s);
}

void wire_put_frames(struct wire *w, const struct lab_event *event)
{
	wire_put(w, event->n_frames);
	for (size_t i = 0; i < event->n_frames; i++) {
		const struct lab_frame *f = &event->frames[i];

		wire_put_text(w, f->function);
		wire_put_text(w, f->module);
		wire_put_text(w, f->file);
		wire_put(w, f->offset);
		wire_put(w, f->size);
		wire_put(w, (uint64_t)f->line);
		wire_put(w, (f->guess ? 1 : 0) | (f->exact ? 2 : 0));
	}
}

void wire_put_code(struct wire *w, const struct object_code *code)
{
	wire_put(w, code->n_bytes);
	for (size_t i = 0; i < code->n_bytes; i++)
		wire_put(w, code->bytes[i]);
	wire_put(w, code->n_calls);
	for (size_t i = 0; i < code->n_calls; i++) {
		wire_put(w, code->calls[i].offset);
		wire_put_text(w, code->calls[i].name);
	}
}

uint64_t wire_get(struct wire *w)
{
	uint64_t number;

	if (w->bad || w->t.len - w->at < sizeof(number)) {
		w->bad = true;
		return 0;
	}
	memcpy(&number, w->t.s + w->at, sizeof(number));
	w->at += sizeof(number);
	return number;
}

char *wire_get_text(struct wire *w)
{
	uint64_t len = wire_get(w);
	char *s;

	if (w->bad || len == NO_TEXT)
		return NULL;
	if (len > TEXT_LEN_MAX || w->t.len - w->at < len) {
		w->bad = true;
		return NULL;
	}
	s = xstrndup(w->t.s + w->at, len);
	w->at += len;
	return s;
}

void wire_get_frames(struct wire *w, struct lab_event *event)
{
	uint64_t n = wire_get(w);

	for (uint64_t i = 0; i < n && i < FRAMES_MAX && !w->bad; i++) {
		struct lab_frame f = {.function = wire_get_text(w)};
		uint64_t flags;

		f.module = wire_get_text(w);
		f.file = wire_get_text(w);
		f.offset = wire_get(w);
		f.size = wire_get(w);
		f.line = (int)wire_get(w);
		flags = wire_get(w);
		f.guess = flags & 1;
		f.exact = flags & 2;
		if (w->bad)
			lab_frame_deinit(&f);
		else
			lab_event_add_frame(event, &f);
	}
}

void wire_get_code(struct wire *w, struct object_code *code)
{
	uint64_t n = wire_get(w);

	for (uint64_t i = 0; i < n && i < OBJECT_CODE_BYTES && !w->bad; i++)
		code->bytes[code->n_bytes++] = (unsigned char)wire_get(w);
	n = wire_get(w);
	for (uint64_t i = 0; i < n && i < CALLS_MAX && !w->bad; i++) {
		uint64_t offset = wire_get(w);
		char *name = wire_get_text(w);

		if (name)
			object_code_add(code, offset, name);
	}
}

static int send_all(int fd, const char *s, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, s, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return -EPIPE;
		s += sent;
		n -= (size_t)sent;
	}
	return 0;
}

static int receive_all(int fd, char *s, size_t n)
{
	while (n) {
		ssize_t got = recv(fd, s, n, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -EPIPE;
		s += got;
		n -= (size_t)got;
	}
	return 0;
}

int wire_send(int fd, const struct wire *w)
{
	uint64_t len = w->t.len;
	int err = send_all(fd, (const char *)&len, sizeof(len));

	return err ? err : send_all(fd, w->t.s, w->t.len);
}

int wire_receive(int fd, struct wire *ret)
{
	uint64_t len;
	int err = receive_all(fd, (char *)&len, sizeof(len));
	char buf[4096];

	*ret = (struct wire)WIRE_INIT;
	if (!err && len > MESSAGE_MAX)
		err = -EMSGSIZE;
	while (!err && len) {
		size_t n = len < sizeof(buf) ? len : sizeof(buf);

		err = receive_all(fd, buf, n);
		if (!err)
			text_add(&ret->t, buf, n);
		len -= n;
	}
	return err;
}
