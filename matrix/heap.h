/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A binary heap of nodes that live in other structures: the smallest key first, any node
 * removable, everything O(log n). Among equal keys the order is not defined.
 */
#ifndef MATRIX_HEAP_H
#define MATRIX_HEAP_H

#include <stdbool.h>
#include <stddef.h>

struct heap_node {
	double key;
	size_t at; /* place in the heap, from 1; 0: in no heap */
};

struct heap {
	struct heap_node **v;
	size_t n, cap;
};

/** heap_entry - the @type whose member @member is @node. */
#define heap_entry(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

/** heap_add - add @node, which is in no heap. */
void heap_add(struct heap *h, struct heap_node *node, double key);
/** heap_remove - remove @node, which is in this heap. */
void heap_remove(struct heap *h, struct heap_node *node);
/** heap_move - give @node, which is in this heap, another key. */
void heap_move(struct heap *h, struct heap_node *node, double key);
/** heap_top - the node with the smallest key, or NULL. */
struct heap_node *heap_top(const struct heap *h);
void heap_deinit(struct heap *h);

#endif
