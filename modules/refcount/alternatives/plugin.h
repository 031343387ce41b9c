/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/module.h>

struct plugin {
	struct module *owner;
	const char *name;
	int (*attach)(void);
	void (*detach)(void);
	int (*speak)(char *buf, size_t size);
};

int plugin_add(const struct plugin *plugin);
void plugin_remove(const struct plugin *plugin);
