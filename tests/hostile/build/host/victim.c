// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: victim AREA
 * What a build of the same user must not reach: servers, sockets, pipes, IPC objects, a
 * key, and this process. Says where they are in AREA/config.h, which the attacks include,
 * and notes in AREA/touched whatever anybody does to them. Ends with its stdin.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

static struct pollfd polled[32];
static const char *names[32];
static int n;
static FILE *touched;
static char memory[64] = "as it was";
static volatile sig_atomic_t signalled;

static void watch(int fd, const char *name)
{
	names[n] = name;
	polled[n++] = (struct pollfd){fd, POLLIN, 0};
}

static int serve(int family, int type, const char *name)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr *at = family == AF_INET ? (void *)&four : (void *)&six;
	socklen_t len = family == AF_INET ? sizeof(four) : sizeof(six);
	int fd = socket(family, type, 0);

	four.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	six.sin6_addr = in6addr_loopback;
	if (fd < 0 || bind(fd, at, len) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 9) < 0) || getsockname(fd, at, &len) < 0)
		return 1; /* a host without IPv6 */
	watch(fd, name);
	return ntohs(family == AF_INET ? four.sin_port : six.sin6_port);
}

static void serve_file(int type, const char *path, const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	socklen_t len =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	int fd = socket(AF_UNIX, type, 0);

	memcpy(at.sun_path, path, strlen(path));
	if (path[0] == '@')
		at.sun_path[0] = '\0';
	if (fd < 0 || bind(fd, (void *)&at, len) < 0)
		exit(1);
	chmod(path, 0777);
	if (type == SOCK_STREAM)
		listen(fd, 9);
	watch(fd, name);
}

static void read_pipe(const char *path)
{
	if (mkfifo(path, 0666) < 0)
		exit(1);
	watch(open(path, O_RDONLY | O_NONBLOCK), path);
}

static void note_signal(int number)
{
	(void)number;
	signalled = 1;
}

static void touch(const char *what)
{
	fprintf(touched, "%s\n", what);
	fflush(touched);
}

int main(int argc, char **argv)
{
	static char name[64], queue[64], key[64];
	struct mq_attr attr = {.mq_maxmsg = 4, .mq_msgsize = 64};
	int shm = shmget(0x6b000000 + getpid(), 4096, IPC_CREAT | 0666);
	char *shared = shmat(shm, NULL, 0), buf[64];
	struct stat st;
	long serial;
	FILE *f;

	if (argc != 2 || chdir(argv[1]) < 0)
		return 1;
	prctl(PR_SET_DUMPABLE, 1);
	signal(SIGUSR1, note_signal);
	snprintf(name, sizeof(name), "@kmlab-victim-%d", (int)getpid());
	snprintf(queue, sizeof(queue), "/kmlab-victim-%d", (int)getpid());
	snprintf(key, sizeof(key), "kmlab-victim-%d", (int)getpid());
	touched = fopen("touched", "w");
	f = fopen("config.h.new", "w");
	if (!touched || !f || stat("/", &st) < 0 || (long)shared == -1)
		return 1;
	fprintf(f, "#define VICTIM_PID %d\n#define VICTIM_ADDR %#lxL\n", (int)getpid(),
		(unsigned long)memory);
	fprintf(f, "#define TCP_PORT %d\n", serve(AF_INET, SOCK_STREAM, "TCP"));
	fprintf(f, "#define TCP6_PORT %d\n",
		serve(AF_INET6, SOCK_STREAM, "TCP over IPv6"));
	fprintf(f, "#define UDP_PORT %d\n", serve(AF_INET, SOCK_DGRAM, "UDP"));
	serve_file(SOCK_STREAM, name, "the abstract socket");
	serve_file(SOCK_STREAM, "socket", "the socket in the area");
	serve_file(SOCK_STREAM, "seen/socket", "the socket that is seen");
	serve_file(SOCK_STREAM, "checkout/socket", "the socket in the checkout");
	serve_file(SOCK_STREAM, "checkout/source/socket", "the socket in the source");
	serve_file(SOCK_DGRAM, "checkout/source/mailbox", "the mailbox in the source");
	serve_file(SOCK_DGRAM, "checkout/mailbox", "the mailbox in the checkout");
	serve_file(SOCK_DGRAM, "seen/mailbox", "the mailbox that is seen");
	read_pipe("seen/pipe");
	read_pipe("checkout/pipe");
	read_pipe("checkout/.git/pipe");
	read_pipe("checkout/source/pipe");
	read_pipe("checkout/source/below/pipe");
	watch(mq_open(queue, O_RDWR | O_CREAT | O_NONBLOCK, 0666, &attr), "the queue");
	serial = syscall(SYS_add_key, "user", key, "secret", 6, -4);
	fprintf(f, "#define SHM_ID %d\n#define SHM_KEY %#x\n", shm,
		0x6b000000 + getpid());
	fprintf(f, "#define ABSTRACT \"%s\"\n#define MQ_NAME \"%s\"\n", name + 1, queue);
	fprintf(f, "#define KEY_NAME \"%s\"\n#define KEY_SERIAL %ldL\n", key, serial);
	fprintf(f, "#define HOST_MAJOR %u\n#define HOST_MINOR %u\n", major(st.st_dev),
		minor(st.st_dev));
	fclose(f);
	rename("config.h.new", "config.h");
	watch(STDIN_FILENO, "");
	for (;;) {
		int woken = poll(polled, (nfds_t)n, 100);

		for (int i = 0; i < n && woken > 0; i++) {
			if (!polled[i].revents)
				continue;
			if (polled[i].fd == STDIN_FILENO)
				goto out;
			touch(names[i]);
			(void)!read(polled[i].fd, buf, sizeof(buf));
			polled[i].fd = -1;
		}
		if (signalled)
			touch("a signal");
		if (*shared || strcmp(memory, "as it was"))
			touch("memory");
		signalled = 0;
		*shared = 0;
	}
out:
	shmctl(shm, IPC_RMID, NULL);
	mq_unlink(queue);
	syscall(SYS_keyctl, 9, serial, -4);
	return 0;
}
