// SPDX-License-Identifier: GPL-2.0-only
/* A binary heap; see heap.h. v[0] is the root, and node->at is its index plus one. */
#include <stdlib.h>

#include "heap.h"
#include "text.h"

static void put(struct heap *h, size_t at, struct heap_node *node)
{
	h->v[at] = node;
	node->at = at + 1;
}

static void up(struct heap *h, size_t at)
{
	struct heap_node *node = h->v[at];

	for (; at && h->v[(at - 1) / 2]->key > node->key; at = (at - 1) / 2)
		put(h, at, h->v[(at - 1) / 2]);
	put(h, at, node);
}

static void down(struct heap *h, size_t at)
{
	struct heap_node *node = h->v[at];

	for (size_t child; (child = 2 * at + 1) < h->n; at = child) {
		if (child + 1 < h->n && h->v[child + 1]->key < h->v[child]->key)
			child++;
		if (h->v[child]->key >= node->key)
			break;
		put(h, at, h->v[child]);
	}
	put(h, at, node);
}

void heap_add(struct heap *h, struct heap_node *node, double key)
{
	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 8;
		h->v = xreallocarray(h->v, h->cap, sizeof(struct heap_node *));
	}
	node->key = key;
	h->v[h->n++] = node;
	up(h, h->n - 1);
}

void heap_move(struct heap *h, struct heap_node *node, double key)
{
	double old = node->key;

	node->key = key;
	if (key < old)
		up(h, node->at - 1);
	else
		down(h, node->at - 1);
}

void heap_remove(struct heap *h, struct heap_node *node)
{
	size_t at = node->at - 1;
	struct heap_node *last = h->v[--h->n];

	node->at = 0;
	if (last == node)
		return;
	put(h, at, last);
	up(h, at);
	down(h, last->at - 1);
}

struct heap_node *heap_top(const struct heap *h)
{
	return h->n ? h->v[0] : NULL;
}

void heap_deinit(struct heap *h)
{
	free(h->v);
	*h = (struct heap){0};
}
