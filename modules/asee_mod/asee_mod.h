/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of this module know of each other. */
#ifndef ASEE_MOD_H
#define ASEE_MOD_H

#include <linux/fs.h>

#include "channel.h"

/*
 * What happens where there is no room and where there are no bytes: block.c, overwrite.c.
 * A policy is what read, write and poll do; the rest of a file is in file.c.
 */
struct policy {
	const char *name;
	size_t default_size;
	bool default_chomp;
	const struct file_operations *fops;
};

extern const struct policy policy_block, policy_overwrite;

/* The only device; in main.c. */
struct asee {
	struct channel channel;
	bool chomp;	/* a newline at the end of a write is not stored */
};

extern struct asee asee;

/* What all policies have in common, in file.c. */
int file_open(struct inode *inode, struct file *file);
long file_ioctl(struct file *file, unsigned int command, unsigned long arg);
__poll_t file_poll(struct file *file, poll_table *wait);

/*
 * Takes the newline off the end of a write, where that is wanted: 1, else 0. The write
 * has to count it as written when it returns all of the rest.
 */
size_t file_chomp(struct iov_iter *from);

static inline bool may_not_block(const struct kiocb *iocb)
{
	return iocb->ki_filp->f_flags & O_NONBLOCK || iocb->ki_flags & IOCB_NOWAIT;
}

/* /sys/kernel/asee_mod, in sysfs.c. After exit no write to it is running any more. */
int asee_sysfs_init(void);
void asee_sysfs_exit(void);

/* The interrupt, in interrupt.c. */
int asee_interrupt_init(void);
void asee_interrupt_exit(void);

/* Raises it and returns after its handler has run: 0, or -EINTR. Sleeps. */
int asee_interrupt_raise(void);
unsigned int asee_interrupt_count(void);

/* The address behind the INT instruction, known to the assembler. */
extern const u8 asee_behind_int3[];

#endif
