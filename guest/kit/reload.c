// SPDX-License-Identifier: GPL-2.0-only
/*
 * reload: unload and load a module many times, which a shell does in three times as long,
 * most of it spent in starting insmod and rmmod.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char usage[] =
	"usage: reload TIMES NAME FILE.ko [PARAM=VALUE...]\n"
	"\n"
	"Unloads module NAME and loads FILE.ko, as often as that, as fast as it can be "
	"done.\n"
	"The module is loaded before and afterwards.\n"
	"\n"
	"  reload 200 hello /lab/hello.ko\n"
	"  reload 50 params $KMLAB_KO myint=7 'mystring=\"a b\"'\n"
	"\n"
	"Exit status: 0 done, 1 the kernel refused once, 2 it could not begin.\n";

/* "a=1 b=2": the parameters as the kernel takes them; the caller frees it. */
static char *join(char *const *words)
{
	size_t size = 1, len = 0;
	char *s;

	for (char *const *w = words; *w; w++)
		size += strlen(*w) + 1;
	s = calloc(1, size);
	for (char *const *w = words; s && *w; w++)
		len += (size_t)sprintf(s + len, "%s%s", len ? " " : "", *w);
	return s;
}

static int once(const char *name, int fd, const char *params)
{
	const char *what = "unload";
	long err = syscall(SYS_delete_module, name, O_NONBLOCK);

	if (!err) {
		what = "load";
		err = syscall(SYS_finit_module, fd, params, 0);
	}
	if (err)
		printf("cannot %s %s: %s\n", what, name, strerror(errno));
	return err ? -1 : 0;
}

int main(int argc, char **argv)
{
	char *params, *end;
	long times;
	int fd;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return fputs(usage, stdout) < 0;
	if (argc < 4)
		return fputs(usage, stderr), 2;
	times = strtol(argv[1], &end, 10);
	if (times < 0 || *end || end == argv[1])
		return fprintf(stderr, "reload: '%s' is no number of times\n", argv[1]),
		       2;
	fd = open(argv[3], O_RDONLY | O_CLOEXEC);
	params = join(argv + 4);
	if (fd < 0 || !params)
		return fprintf(stderr, "reload: cannot open '%s': %s\n", argv[3],
			       strerror(errno)),
		       2;
	for (long left = times; left; left--) {
		if (!once(argv[2], fd, params))
			continue;
		printf("that was after %ld times\n", times - left);
		return 1;
	}
	free(params);
	close(fd);
	return 0;
}
