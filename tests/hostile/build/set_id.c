// SPDX-License-Identifier: GPL-2.0-only
/* Leaves a file with a set-id bit in the cache: root's, when root builds. */
#include "attack.h"

#define AT SOURCE "/set-id"

static const char *const names[] = {AT, AT ".d"};

static void look(const char *call)
{
	struct stat st;

	for (int i = 0; i < 2; i++) {
		way(lstat(names[i], &st) == 0 && st.st_mode & 06000, "%s", call);
		chmod(names[i], 0755);
		i ? rmdir(names[i]) : unlink(names[i]);
	}
}

static int fresh(void)
{
	return open(AT, O_RDWR | O_CREAT, 0755);
}

#define TRY(call) ((void)!(call), look(#call))

int main(void)
{
	static const mode_t modes[] = {04755, 02755, 06755, 0104755, 07777};

	umask(0);
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		mode_t mode = modes[i];

		fresh(), TRY(chmod(AT, mode));
		TRY(fchmod(fresh(), mode));
		fresh(), TRY(fchmodat(AT_FDCWD, AT, mode, 0));
		fresh(), TRY(syscall(452, AT_FDCWD, AT, mode, 0));
		TRY(syscall(452, fresh(), "", mode, AT_EMPTY_PATH));
		TRY(open(AT, O_WRONLY | O_CREAT, mode));
		TRY(syscall(SYS_open, AT, O_WRONLY | O_CREAT | O_EXCL, mode));
		TRY(syscall(SYS_open, AT, O_WRONLY | O_CREAT, mode | 0xf00000000UL));
		TRY(syscall(SYS_openat, AT_FDCWD, AT, O_WRONLY | O_CREAT | 0xf00000000UL,
			    mode));
		TRY(syscall(SYS_openat, AT_FDCWD, AT, O_CREAT, mode));
		TRY(creat(AT, mode));
		TRY(mkdir(AT ".d", mode));
		TRY(mkdirat(AT_FDCWD, AT ".d", mode));
		TRY(mknod(AT, S_IFREG | mode, 0));
		TRY(mknodat(AT_FDCWD, AT, S_IFREG | mode, 0));
		{
			int fd = open(SOURCE, O_TMPFILE | O_RDWR, mode);
			char path[64];

			snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
			TRY(linkat(AT_FDCWD, path, AT_FDCWD, AT, AT_SYMLINK_FOLLOW));
		}
		{
			unsigned long long how[3] = {O_CREAT | O_WRONLY, mode, 0};

			TRY(syscall(437, AT_FDCWD, AT, how, sizeof(how)));
		}
	}
	return attack_done();
}
