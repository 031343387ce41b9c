// SPDX-License-Identifier: GPL-2.0-only
/*
 * The empty program and five system calls: what 'cat' does with one file, and a question
 * that the file refuses. The functions are libc's thinnest: each puts its arguments into
 * registers, enters the kernel once, and turns an error into -1 and errno. printf and
 * fopen would not do: they collect bytes in a buffer, ask what kind of file it is, and
 * take memory, in calls of their own.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

int main(void)
{
	struct winsize size;
	char text[64];
	ssize_t n;
	int fd;

	/* 1: a name becomes a number. */
	fd = openat(AT_FDCWD, "/proc/sys/kernel/ostype", O_RDONLY);
	/* 2: the kernel runs the file's read function, which writes into our memory. */
	n = read(fd, text, sizeof(text));
	/* 3: and the other way round, into what standard output happens to be. */
	n = write(STDOUT_FILENO, text, n > 0 ? (size_t)n : 0);
	/* 4: "how wide is your window?" A file that has none says ENOTTY. */
	ioctl(fd, TIOCGWINSZ, &size);
	/* 5: the number is free again. The end of the process would do the same. */
	close(fd);
	return n > 0 ? 0 : 1;
}
