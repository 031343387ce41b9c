// SPDX-License-Identifier: GPL-2.0-only
/* Sources: kernel/module of 5.10 to 7.2; init_module(2), delete_module(2). */
#include <errno.h>
#include <string.h>

#include "errno_words.h"

struct words {
	int err;
	const char *words;
};

static const struct words load[] = {
	{ENOEXEC, "the kernel does not accept the file's format or version"},
	{ENOENT, "a symbol the module needs does not exist in this kernel"},
	{EEXIST, "a module of this name, or a symbol it exports, is already there"},
	{EKEYREJECTED, "the kernel accepts only modules signed with a key it trusts"},
	{ENOKEY, "the kernel wants a signature and knows no key for this one"},
	{EBADMSG, "the module's signature is damaged"},
	{ENODATA, "the module is not signed and the kernel wants a signature"},
	{ENOPKG, "the kernel lacks the algorithm of the module's signature"},
	{EPERM,
	 "loading modules is forbidden in this kernel (lockdown or modules_disabled)"},
	{EINVAL, "a parameter or a relocation of the module is invalid"},
	{ENOMEM, "the guest has not enough memory for the module"},
	{EBUSY, "a module of this name is being loaded or unloaded"},
	{ETXTBSY, "the file is being written"},
	{EOPNOTSUPP, "the kernel cannot load a compressed module itself"},
	{ETIMEDOUT, "waiting for a module this one depends on took too long"},
	{EFAULT, "the parameters could not be read"},
	{EIO, "the file could not be read"},
	{EFBIG, "the file is too big"},
	{EINTR, "loading was interrupted"},
};

static const struct words unload[] = {
	{EAGAIN, "the module is still in use"},
	{EBUSY, "the module cannot be unloaded: it has no exit function, or it is not "
		"fully loaded"},
	{ENOENT, "no module of this name is loaded"},
	{EPERM, "unloading modules is forbidden in this kernel"},
	{EINTR, "unloading was interrupted"},
};

static const char *find(const struct words *v, size_t n, int err)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].err == err)
			return v[i].words;
	return NULL;
}

char *errno_name(int err)
{
	const char *name = strerrorname_np(err);

	return name ? xstrdup(name) : xprintf("errno %d", err);
}

const char *errno_of_load(int err)
{
	return find(load, sizeof(load) / sizeof(*load), err);
}

const char *errno_of_unload(int err)
{
	return find(unload, sizeof(unload) / sizeof(*unload), err);
}
