// SPDX-License-Identifier: GPL-2.0-only
/* What changed in files, inodes and file systems. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_fs[] = {
	/* files */
	{R(6, 12), .old = {"call no_llseek"},
	 .since = "there is no no_llseek: leave .llseek out, which means the same"},
	{R(6, 6), .old = {"member file_operations.iterate"},
	 .since = "file_operations.iterate is gone: .iterate_shared, which may run in "
		  "parallel, or WRAP_DIR_ITER()"},
	{R(3, 11), .old = {"member file_operations.readdir"},
	 .since = "file_operations.readdir is gone: .iterate_shared, with dir_emit()"},
	{R(2, 36), .old = {"member file_operations.ioctl"},
	 .since = "file_operations.ioctl is gone: .unlocked_ioctl, long f(struct file *, "
		  "unsigned int, unsigned long)"},
	{R(4, 1),
	 .old = {"member file_operations.aio_read", "member file_operations.aio_write"},
	 .since = "file_operations.aio_read and .aio_write are gone: .read_iter, "
		  ".write_iter"},
	{R(6, 5), .old = {"call generic_file_splice_read"},
	 .since = "there is no generic_file_splice_read(): filemap_splice_read(), or "
		  "copy_splice_read() without a page cache",
	 .new = {"call copy_splice_read", "call filemap_splice_read"},
	 .before = "there is no copy_splice_read() and filemap_splice_read(): "
		   "generic_file_splice_read()"},
	{R(4, 14), .old = {"call vfs_read", "call vfs_write"},
	 .since = "vfs_read() and vfs_write() are not for modules: kernel_read(), "
		  "kernel_write()"},
	{R(4, 14),
	 .old = {"pass kernel_read loff_t *", "pass kernel_write loff_t *",
		 "pass kernel_read size_t"},
	 .since = "the position comes last, as a pointer: kernel_read(file, buffer, "
		  "count, &position)"},
	{R(5, 10),
	 .old = {"call set_fs", "call get_fs", "call mm_segment_t", "call KERNEL_DS"},
	 .since = "there is no set_fs() on x86: kernel_read(), kernel_write(), or a "
		  "function that takes a kernel pointer"},
	{R(6, 8), .old = {"args eventfd_signal"},
	 .since = "eventfd_signal() takes the context only, it adds 1",
	 .new = {"args eventfd_signal"},
	 .before = "eventfd_signal() takes the number to add too: eventfd_signal(ctx, "
		   "1)"},

	/* inodes */
	{R(6, 6), .old = {"member inode.i_ctime"},
	 .since = "inode.i_ctime is not to be used: inode_get_ctime(), "
		  "inode_set_ctime_current()",
	 .new = {"call inode_set_ctime_current", "call inode_set_ctime_to_ts",
		 "call inode_get_ctime"},
	 .before = "there is no inode_set_ctime_current(): inode->i_ctime = "
		   "current_time(inode)"},
	{R(6, 7), .old = {"member inode.i_mtime", "member inode.i_atime"},
	 .since = "inode.i_mtime and i_atime are not to be used: inode_get_mtime(), "
		  "inode_set_mtime_to_ts(), simple_inode_init_ts() for all",
	 .new = {"call inode_set_mtime_to_ts", "call inode_set_atime_to_ts",
		 "call simple_inode_init_ts", "call inode_get_mtime"},
	 .before = "there is no inode_set_mtime_to_ts(): set inode->i_mtime and "
		   "inode->i_atime"},
	{R(6, 15), .field = "mkdir",
	 .was = "int (struct mnt_idmap *, struct inode *, struct dentry *, umode_t)",
	 .is = "struct dentry *(struct mnt_idmap *, struct inode *, struct dentry *, "
	       "umode_t)",
	 .since = "inode_operations.mkdir() returns struct dentry *: NULL for its own, "
		  "ERR_PTR(-errno)",
	 .before = "inode_operations.mkdir() returns int"},
	{R(6, 3), .old = {"wants (struct mnt_idmap *"},
	 .since = "inode operations get a struct mnt_idmap * first (a struct "
		  "user_namespace * before, nothing before 5.12)",
	 .new = {"gives (struct mnt_idmap *", "call nop_mnt_idmap"},
	 .before = "inode operations get no struct mnt_idmap *, but a struct "
		   "user_namespace * first, &init_user_ns (nothing before 5.12)"},
	{R(5, 12), .old = {"wants (struct user_namespace *"},
	 .since = "inode operations get a struct user_namespace * first",
	 .new = {"gives (struct user_namespace *"},
	 .before = "inode operations get no struct user_namespace *"},
	{R(6, 3),
	 .old = {"pass inode_init_owner struct user_namespace *",
		 "args inode_init_owner"},
	 .since = "inode_init_owner() takes &nop_mnt_idmap, or the operation's, first"},
	{R(5, 12), .old = {"args inode_init_owner"},
	 .since = "inode_init_owner() takes &init_user_ns first (&nop_mnt_idmap since "
		  "6.3)",
	 .new = {"args inode_init_owner"},
	 .before = "inode_init_owner() takes the inode first"},
	{R(6, 14), .field = "d_revalidate", .was = "int (struct dentry *, unsigned int)",
	 .is = "int (struct inode *, const struct qstr *, struct dentry *, unsigned int)",
	 .since = "dentry_operations.d_revalidate() gets the directory and the name "
		  "first",
	 .before = "dentry_operations.d_revalidate() gets dentry and flags only"},

	/* file systems */
	{R(7, 0), .old = {"member file_system_type.mount"},
	 .since = "file_system_type.mount is gone: .init_fs_context, with "
		  "get_tree_nodev() "
		  "or get_tree_bdev()"},
	{R(6, 1),
	 .old = {"gives int (*)(struct dir_context *",
		 "wants bool (*)(struct dir_context *"},
	 .since = "the actor of a dir_context returns bool: true to go on, for 0"},
	{R(5, 19), .old = {"member address_space_operations.readpage"},
	 .since = "address_space_operations.readpage is .read_folio, with struct folio *",
	 .new = {"member address_space_operations.read_folio"},
	 .before =
		 "address_space_operations.read_folio is .readpage, with struct page *"},
	{R(6, 16), .old = {"member address_space_operations.writepage"},
	 .since = "address_space_operations.writepage is gone: .writepages"},
	{R(5, 18), .old = {"member address_space_operations.set_page_dirty"},
	 .since = "address_space_operations.set_page_dirty is .dirty_folio, with struct "
		  "folio *",
	 .new = {"member address_space_operations.dirty_folio"},
	 .before = "address_space_operations.dirty_folio is .set_page_dirty, with struct "
		   "page *"},
	{0},
};
