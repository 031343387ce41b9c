// SPDX-License-Identifier: GPL-2.0-only
/*
 * The format of libkmod's index files, version 2: a tree of letters. Numbers are big
 * endian.
 *
 *	u32 magic, version, root
 *	node: [prefix, NUL] [u8 first, last; u32 child[last - first + 1]]
 *	      [u32 count; { u32 priority; value, NUL } * count]
 *
 * A reference to a node is its place in the file; 0: no node. Its highest bits say which
 * of the three parts the node has. depmod writes a node behind all of its children.
 */
#include <stdint.h>
#include <string.h>

#include "index_file.h"

#define MAGIC	   0xb007f457U
#define VERSION	   2
#define HAS_PREFIX 0x80000000U
#define HAS_VALUES 0x40000000U
#define HAS_CHILDS 0x20000000U
#define PLACE	   0x0fffffffU
#define DEPTH	   1024

struct cursor {
	const uint8_t *data;
	size_t at, size;
};

static bool skip(struct cursor *c, size_t n)
{
	if (n > c->size - c->at)
		return false;
	c->at += n;
	return true;
}

static bool number(struct cursor *c, uint32_t *ret)
{
	const uint8_t *p = c->data + c->at;

	if (!skip(c, 4))
		return false;
	*ret = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	return true;
}

static bool string(struct cursor *c)
{
	const uint8_t *end = memchr(c->data + c->at, 0, c->size - c->at);

	return end && skip(c, (size_t)(end - c->data) - c->at + 1);
}

static bool values(struct cursor *c)
{
	uint32_t n, priority;

	if (!number(c, &n))
		return false;
	for (; n; n--)
		if (!number(c, &priority) || !string(c))
			return false;
	return true;
}

static bool node(const struct cursor *file, uint32_t reference, size_t before, int depth);

static bool children(struct cursor *c, size_t parent, int depth)
{
	const uint8_t *letters = c->data + c->at;
	uint32_t child;

	if (!skip(c, 2) || letters[0] > letters[1])
		return false;
	for (int n = letters[1] - letters[0] + 1; n; n--)
		if (!number(c, &child) || !node(c, child, parent, depth))
			return false;
	return true;
}

static bool node(const struct cursor *file, uint32_t reference, size_t before, int depth)
{
	struct cursor c = {file->data, reference & PLACE, file->size};
	size_t place = c.at;

	if (!place)
		return true;
	if (place >= before || !depth)
		return false;
	return (!(reference & HAS_PREFIX) || string(&c)) &&
	       (!(reference & HAS_CHILDS) || children(&c, place, depth - 1)) &&
	       (!(reference & HAS_VALUES) || values(&c));
}

bool index_file_whole(const char *data, size_t size)
{
	struct cursor c = {(const uint8_t *)data, 0, size};
	uint32_t magic, version, root;

	return number(&c, &magic) && number(&c, &version) && number(&c, &root) &&
	       magic == MAGIC && version >> 16 == VERSION && node(&c, root, size, DEPTH);
}
