/* SPDX-License-Identifier: GPL-2.0-only */
/* What a plug-in offers to the core, and how it says so. */
#ifndef KMLAB_REFCOUNT_H
#define KMLAB_REFCOUNT_H

#include <linux/list.h>
#include <linux/types.h>

struct module;

/*
 * Lies in the plug-in's own memory, and so do the functions: all of it is gone when the
 * plug-in is unloaded. The core calls them, and looks at this at all, only while it
 * holds a reference to @owner, or its own lock.
 */
struct refcount_plugin {
	struct module *owner; /* THIS_MODULE of the plug-in */
	const char *name; /* what users attach to */
	int (*attach)(void); /* one more user; a negative errno refuses it */
	void (*detach)(void); /* one user less */
	size_t (*speak)(char *buf, size_t size); /* one line for the user; its length */
	struct list_head list; /* the core's */
};

/*
 * From here on users may attach: call it last in the init function. What can still fail
 * afterwards would free the plug-in under them, for a module whose init fails is freed
 * whatever its reference count says.
 */
int refcount_plugin_register(struct refcount_plugin *plugin);

/* From here on nobody can attach. Call it first in the exit function; may sleep. */
void refcount_plugin_unregister(struct refcount_plugin *plugin);

#endif /* KMLAB_REFCOUNT_H */
