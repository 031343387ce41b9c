// SPDX-License-Identifier: GPL-2.0-only
/* A kernel as the rest of the lab knows it; see lab_kernel.h. */
#include "lab_kernel.h"

struct lab_kernel *lab_kernel_copy(const struct lab_kernel *k)
{
	struct lab_kernel *copy = xcalloc(1, sizeof(*copy));

	*copy = (struct lab_kernel){
		.name = xstrdup(k->name),
		.id = xstrdup(k->id),
		.provider = xstrdup(k->provider),
		.suite = xstrdup(k->suite),
		.release = xstrdup(k->release),
		.version = xstrdup(k->version),
		.image = xstrdup(k->image),
		.modules = xstrdup(k->modules),
		.config = xstrdup(k->config),
		.system_map = xstrdup(k->system_map),
		.root = xstrdup(k->root),
		.headers = xstrdup(k->headers),
		.usr_src = xstrdup(k->usr_src),
		.size = k->size,
	};
	return copy;
}

void lab_kernel_destroy(struct lab_kernel *k)
{
	if (!k)
		return;
	free(k->name);
	free(k->id);
	free(k->provider);
	free(k->suite);
	free(k->release);
	free(k->version);
	free(k->image);
	free(k->modules);
	free(k->config);
	free(k->system_map);
	free(k->root);
	free(k->headers);
	free(k->usr_src);
	free(k);
}
