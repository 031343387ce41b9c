/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/physmem by simpler means: a ring of the last places translated, searched from
 * its end. Right unless a macro says otherwise. It has no parameter any.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/security.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "../uapi/physmem.h"

#ifndef NO_LOOK /* reads whatever frame it is told */
#define NO_LOOK 0
#endif
#ifndef READ_ENOUGH /* pins for reading and writes all the same */
#define READ_ENOUGH 0
#endif
#ifndef OPEN_ENOUGH /* asks for the capability when the file is opened, and never again */
#define OPEN_ENOUGH 0
#endif

/* The last pages translated, in a ring, for each open file. */
#define PLACES 512

struct places {
	struct mutex lock; /* of all that follows */
	unsigned int n;
	struct {
		unsigned long pfn, virt;
	} place[PLACES];
};

static int may_use(void)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return security_locked_down(LOCKDOWN_DEV_MEM);
}

static int translate(struct places *places, unsigned long virt, u64 *phys)
{
	struct page *page;

	if (get_user_pages_fast(virt & PAGE_MASK, 1, 0, &page) != 1)
		return -EFAULT;
	mutex_lock(&places->lock);
	places->place[places->n % PLACES].pfn = page_to_pfn(page);
	places->place[places->n++ % PLACES].virt = virt & PAGE_MASK;
	mutex_unlock(&places->lock);
	*phys = PFN_PHYS(page_to_pfn(page)) | offset_in_page(virt);
	put_page(page);
	return 0;
}

/* The newest place of that frame; 0: none. */
static unsigned long place_of(struct places *places, unsigned long pfn)
{
	unsigned int i, n;
	unsigned long virt = 0;

	mutex_lock(&places->lock);
	n = min_t(unsigned int, places->n, PLACES);
	for (i = 1; i <= n && !virt; i++)
		if (places->place[(places->n - i) % PLACES].pfn == pfn)
			virt = places->place[(places->n - i) % PLACES].virt;
	mutex_unlock(&places->lock);
	return virt;
}

static int find(struct places *places, u64 phys, unsigned int flags, struct page **page)
{
	unsigned long virt = place_of(places, phys >> PAGE_SHIFT);

	if (!virt || phys >> 52)
		return -ENXIO;
	if (pin_user_pages_fast(virt, 1, READ_ENOUGH ? 0 : flags, page) != 1)
		return -ESTALE;
	/* The page of zeros is read-only for the kernel itself, sometimes. */
	if (page_to_pfn(*page) == phys >> PAGE_SHIFT &&
	    !(READ_ENOUGH && flags && is_zero_pfn(page_to_pfn(*page))))
		return 0;
	unpin_user_page(*page);
	return -ESTALE;
}

static int touch(struct places *places, struct physmem_byte *b, bool write)
{
	struct page *page;
	u8 *at;
	int err;

	if (NO_LOOK && !write) {
		if (!pfn_valid(b->phys >> PAGE_SHIFT) || b->phys >> 52)
			return -ENXIO;
		page = pfn_to_page(b->phys >> PAGE_SHIFT);
	} else {
		err = find(places, b->phys, write ? FOLL_WRITE : 0, &page);
		if (err == -ESTALE && write && !find(places, b->phys, 0, &page)) {
			unpin_user_page(page);
			err = -EACCES;
		}
		if (err)
			return err;
	}
	at = (u8 *)page_address(page) + offset_in_page(b->phys);
	if (write)
		WRITE_ONCE(*at, b->value);
	else
		b->value = READ_ONCE(*at);
	if (!NO_LOOK || write)
		unpin_user_pages_dirty_lock(&page, 1, write);
	return 0;
}

static long ask(struct file *file, unsigned int command, unsigned long arg)
{
	bool write = command == PHYSMEM_WRITE;
	struct physmem_address a;
	struct physmem_byte b;
	int err = OPEN_ENOUGH ? 0 : may_use();
	u64 phys;

	if (err)
		return err;
	if (command == PHYSMEM_TRANSLATE) {
		if (copy_from_user(&a, (void __user *)arg, sizeof(a)))
			return -EFAULT;
		err = translate(file->private_data, a.virt, &phys);
		a.phys = phys;
		if (!err && copy_to_user((void __user *)arg, &a, sizeof(a)))
			err = -EFAULT;
		return err;
	}
	if (command != PHYSMEM_READ && !write)
		return -ENOTTY;
	if (copy_from_user(&b, (void __user *)arg, sizeof(b)))
		return -EFAULT;
	if (memchr_inv(b.reserved, 0, sizeof(b.reserved)))
		return -EINVAL;
	if (write && !(file->f_mode & FMODE_WRITE))
		return -EBADF;
	err = touch(file->private_data, &b, write);
	if (!err && !write && copy_to_user((void __user *)arg, &b, sizeof(b)))
		err = -EFAULT;
	return err;
}

static int open(struct inode *inode, struct file *file)
{
	struct places *places;
	int err = may_use();

	if (err)
		return err;
	places = kvzalloc(sizeof(*places), GFP_KERNEL);
	if (!places)
		return -ENOMEM;
	mutex_init(&places->lock);
	file->private_data = places;
	return stream_open(inode, file);
}

static int release(struct inode *inode, struct file *file)
{
	kvfree(file->private_data);
	return 0;
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = open,
	.release = release,
	.unlocked_ioctl = ask,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR, .name = "physmem", .fops = &fops, .mode = 0600,
};
module_misc_device(device);

MODULE_LICENSE("GPL");
