// SPDX-License-Identifier: GPL-2.0-only
/* What changed in memory: mappings, pages, user space, allocation. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_mm[] = {
	{R(6, 3), .old = {"const vm_flags"},
	 .since = "vma->vm_flags is const: vm_flags_set(vma, flags), vm_flags_clear(vma, "
		  "flags)",
	 .new = {"call vm_flags_set", "call vm_flags_clear", "call vm_flags_mod"},
	 .before = "there is no vm_flags_set(): vma->vm_flags |= flags"},
	{R(5, 8), .old = {"member mm_struct.mmap_sem"},
	 .since = "mm_struct.mmap_sem is mmap_lock: mmap_read_lock(mm), "
		  "mmap_read_unlock(mm)"},
	{R(6, 5), .old = {"args get_user_pages", "args pin_user_pages"},
	 .since = "get_user_pages() and pin_user_pages() take no vmas: leave the last "
		  "argument out",
	 .new = {"args get_user_pages", "args pin_user_pages"},
	 .before = "get_user_pages() and pin_user_pages() take an array of vmas last: "
		   "NULL"},
	{R(6, 10), .old = {"call follow_pfn"},
	 .since = "there is no follow_pfn(): follow_pfnmap_start() from 6.12 on"},
	{R(4, 11), .old = {"gives (struct vm_area_struct *, struct vm_fault *)"},
	 .since = "vm_operations_struct.fault() gets the vm_fault only: vm_fault_t "
		  "f(struct vm_fault *vmf), with vmf->vma"},
	{R(5, 1), .field = "fault", .was = "int (struct vm_fault *)",
	 .is = "vm_fault_t (struct vm_fault *)",
	 .since = "vm_operations_struct.fault() returns vm_fault_t"},
	{R(4, 10), .old = {"member vm_fault.virtual_address"},
	 .since = "vm_fault.virtual_address is vmf->address, a number"},
	{R(5, 0), .old = {"args access_ok", "call VERIFY_READ", "call VERIFY_WRITE"},
	 .since = "access_ok() takes no type: access_ok(pointer, size)"},
	{R(5, 8), .old = {"call probe_kernel_read", "call probe_kernel_write"},
	 .since = "probe_kernel_read() is copy_from_kernel_nofault(), "
		  "probe_kernel_write() copy_to_kernel_nofault()"},
	{R(6, 7), .old = {"call register_shrinker", "call unregister_shrinker"},
	 .since = "there is no register_shrinker(): shrinker_alloc(), "
		  "shrinker_register(), shrinker_free()",
	 .new = {"call shrinker_alloc", "call shrinker_register", "call shrinker_free"},
	 .before = "there is no shrinker_alloc(): a struct shrinker of your own, with "
		   "register_shrinker()"},
	{R(6, 0), .old = {"args register_shrinker"},
	 .since = "register_shrinker() takes a name too: register_shrinker(&s, \"name\")",
	 .new = {"args register_shrinker"},
	 .before = "register_shrinker() takes the shrinker only"},
	{R(5, 8), .old = {"args __vmalloc", "args __vmalloc_noprof"},
	 .since = "__vmalloc() takes no protection: __vmalloc(size, flags)"},
	{R(5, 8), .old = {"args vm_map_ram"},
	 .since = "vm_map_ram() takes no protection: vm_map_ram(pages, count, node)"},
	{R(4, 4), .old = {"call __GFP_WAIT"},
	 .since = "there is no __GFP_WAIT: GFP_KERNEL, or __GFP_RECLAIM"},
	{R(4, 6),
	 .old = {"call PAGE_CACHE_SIZE", "call PAGE_CACHE_SHIFT", "call PAGE_CACHE_MASK",
		 "call page_cache_release"},
	 .since = "there is no PAGE_CACHE_SIZE: PAGE_SIZE, PAGE_SHIFT, PAGE_MASK, "
		  "put_page()"},
	{R(5, 16), .old = {"call iov_iter_fault_in_readable"},
	 .since = "iov_iter_fault_in_readable() is fault_in_iov_iter_readable(), which "
		  "returns the bytes that are not there",
	 .new = {"call fault_in_iov_iter_readable"},
	 .before = "fault_in_iov_iter_readable() is iov_iter_fault_in_readable(), which "
		   "returns 0 or -EFAULT"},
	{0},
};
