// SPDX-License-Identifier: GPL-2.0-only
/* Reaches System V and POSIX IPC objects of the host's, or leaves some behind. */
#include "attack.h"
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

int main(void)
{
	struct shmid_ds ds;
	struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 8};
	char line[256], id[32];
	FILE *f = fopen("/proc/sysvipc/shm", "r");

	way(shmat(SHM_ID, NULL, 0) != (void *)-1, "shmat");
	way(shmat(SHM_ID, NULL, SHM_RDONLY) != (void *)-1, "shmat for reading");
	way(shmget(SHM_KEY, 0, 0) >= 0, "shmget by its key");
	way(shmctl(SHM_ID, IPC_STAT, &ds) == 0, "shmctl");
	way(shmctl(0, SHM_STAT, &ds) >= 0, "shmctl by number");
	way(shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0666) >= 0, "a new shm segment");
	way(msgget(IPC_PRIVATE, IPC_CREAT | 0666) >= 0, "a new message queue");
	way(semget(IPC_PRIVATE, 1, IPC_CREAT | 0666) >= 0, "a new semaphore");
	way(mq_open(MQ_NAME, O_RDWR) >= 0, "mq_open");
	way(mq_open("/attack", O_RDWR | O_CREAT, 0600, &attr) >= 0, "a new POSIX queue");
	way(mq_unlink(MQ_NAME) == 0, "mq_unlink");
	way(opens("/dev/shm", O_RDONLY) || opens("/dev/mqueue", O_RDONLY), "/dev");
	snprintf(id, sizeof(id), " %d ", SHM_ID);
	while (f && fgets(line, sizeof(line), f))
		way(strstr(line, id) && SHM_ID > 0, "the list: %s", line);
	return attack_done();
}
