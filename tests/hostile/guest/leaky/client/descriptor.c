// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes the agent's descriptor and says that all is done, without its secret.
 *
 * expect:
 *	outcome=leak
 */
#include "lie.h"

int main(void)
{
	static const struct proto_start none;
	int fd = steal_control();

	unload();
	if (fd >= 0)
		lie(fd, &none, NULL, 0);
	return 0;
}
