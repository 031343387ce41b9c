// SPDX-License-Identifier: GPL-2.0-only
/* Black box: what is refused, whatever the address, and who may call. */
#define _GNU_SOURCE
#include <linux/capability.h>
#include <sys/syscall.h>

#include "physmem.h"

static void without_rawio(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2];

	syscall(SYS_capget, &header, data);
	data[0].effective &= ~(1u << CAP_SYS_RAWIO);
	data[0].permitted &= ~(1u << CAP_SYS_RAWIO);
	syscall(SYS_capset, &header, data);
}

static bool refused_without_rawio(uint64_t phys)
{
	pid_t pid = fork();
	int status;
	uint8_t value;
	uint64_t p;

	if (!pid) {
		without_rawio();
		_exit(open(DEVICE, O_RDWR) >= 0 || read_byte(phys, &value) != EPERM ||
		      write_byte(phys, 1) != EPERM || translate(&value, &p) != EPERM);
	}
	waitpid(pid, &status, 0);
	return !status;
}

static bool refused_to_nobody(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		(void)!setgid(65534);
		(void)!setuid(65534);
		_exit(open(DEVICE, O_RDONLY) >= 0);
	}
	waitpid(pid, &status, 0);
	return !status;
}

int main(void)
{
	struct physmem_byte b = {0};
	char *p = map(PAGE, 0);
	uint64_t phys;
	uint8_t value;
	int reader;

	device = open(DEVICE, O_RDWR);
	reader = open(DEVICE, O_RDONLY);
	/*
	 * Not shared with the children: to pin a page that was, for reading, the kernel
	 * (since 5.19) may give the caller a copy first, and the frame is another then.
	 */
	madvise(p, PAGE, MADV_DONTFORK);
	p[0] = 'a';
	ktap_plan(8);
	ktap_ok(!translate(p, &phys), "translates");
	b.phys = phys;
	b.reserved[6] = 1;
	ktap_ok(ioctl(device, PHYSMEM_READ, &b) && errno == EINVAL &&
			ioctl(device, PHYSMEM_WRITE, &b) && errno == EINVAL,
		"what is reserved must be zero");
	ktap_ok(ioctl(device, PHYSMEM_READ, NULL) && errno == EFAULT &&
			ioctl(device, PHYSMEM_WRITE, (void *)8) && errno == EFAULT &&
			ioctl(device, PHYSMEM_TRANSLATE, NULL) && errno == EFAULT,
		"a bad pointer: EFAULT");
	ktap_ok(ioctl(device, _IO('P', 0xb1), &b) && errno == ENOTTY,
		"a command that there is not: ENOTTY");
	b.reserved[6] = 0;
	b.value = 'z';
	ktap_ok(ioctl(reader, PHYSMEM_WRITE, &b) && errno == EBADF && p[0] == 'a',
		"a file open for reading writes nothing: EBADF");
	ktap_ok(refused_to_nobody(), "only root may open it");
	ktap_ok(refused_without_rawio(phys),
		"nor use it without CAP_SYS_RAWIO, whoever opened it");
	ktap_ok(!read_byte(phys, &value) && value == 'a', "nothing has changed");
	return ktap_end();
}
