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

/* include/linux/errno.h: the kernel's own, which no C library knows. The same from 5.10
 * to 7.2. */
static const struct internal {
	int err;
	const char *name, *words;
} internal[] = {
	{512, "ERESTARTSYS", "a signal interrupted it"},
	{513, "ERESTARTNOINTR", "it was interrupted and wants to be called again"},
	{514, "ERESTARTNOHAND", "it was interrupted and wants to be called again"},
	{515, "ENOIOCTLCMD", "the driver does not know this ioctl"},
	{516, "ERESTART_RESTARTBLOCK", "it was interrupted and wants to be continued"},
	{517, "EPROBE_DEFER", "something that it needs is not there yet"},
	{518, "EOPENSTALE", "the name in the cache is outdated"},
	{519, "ENOPARAM", "the option is not known"},
	{521, "EBADHANDLE", "the NFS handle is invalid"},
	{522, "ENOTSYNC", "the copies differ (NFS)"},
	{523, "EBADCOOKIE", "the place in the directory is outdated (NFS)"},
	{524, "ENOTSUPP", "it cannot do that"},
	{525, "ETOOSMALL", "the buffer is too small (NFS)"},
	{526, "ESERVERFAULT", "an error without a number (NFS)"},
	{527, "EBADTYPE", "the server does not know the type (NFS)"},
	{528, "EJUKEBOX", "begun, and it will take long (NFS)"},
	{529, "EIOCBQUEUED", "begun, and the answer comes later (aio)"},
	{530, "ERECALLCONFLICT", "another client's state is in the way (NFS)"},
	{531, "ENOGRACE", "too late to claim the lock again (NFS)"},
};

static const struct internal *find_internal(int err)
{
	for (size_t i = 0; i < sizeof(internal) / sizeof(*internal); i++)
		if (internal[i].err == err)
			return &internal[i];
	return NULL;
}

static const char *find(const struct words *v, size_t n, int err)
{
	for (size_t i = 0; i < n; i++)
		if (v[i].err == err)
			return v[i].words;
	return NULL;
}

char *errno_name(int err)
{
	const struct internal *own = find_internal(err);
	const char *name = own ? own->name : strerrorname_np(err);

	return name ? xstrdup(name) : xprintf("%d", err);
}

const char *errno_words(int err)
{
	const struct internal *own = find_internal(err);

	return own		     ? own->words
	       : errno_is_known(err) ? strerror(err)
				     : "an error without a name";
}

bool errno_is_internal(int err)
{
	return find_internal(err) != NULL;
}

bool errno_is_known(int err)
{
	return errno_is_internal(err) || strerrorname_np(err);
}

const char *errno_of_load(int err)
{
	return find(load, sizeof(load) / sizeof(*load), err);
}

const char *errno_of_unload(int err)
{
	return find(unload, sizeof(unload) / sizeof(*unload), err);
}
