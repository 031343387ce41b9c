// SPDX-License-Identifier: GPL-2.0-only
/* What changed in block devices. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_block[] = {
	{R(5, 18), .old = {"header linux/genhd.h"},
	 .since = "<linux/genhd.h> is part of <linux/blkdev.h>"},
	{R(5, 10),
	 .old = {"call check_disk_change",
		 "member block_device_operations.media_changed"},
	 .since = "there is no check_disk_change() and no .media_changed: "
		  "bdev_check_media_change(bdev), from 6.5 on "
		  "disk_check_media_change(disk), and .check_events"},
	{R(6, 5), .old = {"call bdev_check_media_change"},
	 .since = "bdev_check_media_change(bdev) is disk_check_media_change(disk)",
	 .new = {"call disk_check_media_change"},
	 .before = "disk_check_media_change(disk) is bdev_check_media_change(bdev)"},
	{R(5, 15), .old = {"call alloc_disk", "call alloc_disk_node"},
	 .since = "there is no alloc_disk(): blk_alloc_disk(), or blk_mq_alloc_disk(), "
		  "which make the queue too"},
	{R(6, 9), .old = {"args blk_alloc_disk"},
	 .since = "blk_alloc_disk() takes the queue's limits first: "
		  "blk_alloc_disk(&limits, NUMA_NO_NODE)",
	 .new = {"args blk_alloc_disk"},
	 .before = "blk_alloc_disk() takes the node only"},
	{R(5, 14), .new = {"call blk_alloc_disk", "call blk_mq_alloc_disk"},
	 .before = "there is no blk_alloc_disk() and blk_mq_alloc_disk(): alloc_disk(), "
		   "and a queue for it"},
	{R(6, 9), .old = {"args blk_mq_alloc_disk", "args __blk_mq_alloc_disk"},
	 .since = "blk_mq_alloc_disk() takes the queue's limits: blk_mq_alloc_disk(&set, "
		  "&limits, data)",
	 .new = {"args blk_mq_alloc_disk"},
	 .before = "blk_mq_alloc_disk() takes no limits"},
	{R(6, 9), .old = {"call blk_mq_init_queue"},
	 .since = "blk_mq_init_queue(&set) is blk_mq_alloc_queue(&set, &limits, data)",
	 .new = {"call blk_mq_alloc_queue"},
	 .before = "blk_mq_alloc_queue() is blk_mq_init_queue(&set)"},
	{R(6, 11),
	 .old = {"call blk_queue_logical_block_size", "call blk_queue_max_hw_sectors",
		 "call blk_queue_physical_block_size", "call blk_queue_max_segments"},
	 .since = "a queue's limits are set when it is made: struct queue_limits, such "
		  "as .logical_block_size"},
	{R(6, 11), .old = {"call QUEUE_FLAG_NONROT"},
	 .since = "there is no QUEUE_FLAG_NONROT: it is the default, BLK_FEAT_ROTATIONAL "
		  "in the limits' features says the opposite"},
	{R(6, 0), .old = {"call blk_cleanup_queue"},
	 .since = "there is no blk_cleanup_queue(): put_disk(), which does it, or "
		  "blk_mq_destroy_queue()"},
	{R(5, 7), .old = {"call blk_queue_make_request"},
	 .since = "there is no blk_queue_make_request(): .submit_bio in the "
		  "block_device_operations since 5.9"},
	{R(5, 0),
	 .old = {"call blk_init_queue", "call blk_fetch_request",
		 "call blk_init_queue_node"},
	 .since =
		 "there is no blk_init_queue(): blk-mq, with a struct blk_mq_tag_set and "
		 ".queue_rq"},
	{R(5, 16), .field = "submit_bio", .was = "blk_qc_t (struct bio *)",
	 .is = "void (struct bio *)",
	 .since = "block_device_operations.submit_bio() returns void",
	 .before =
		 "block_device_operations.submit_bio() returns blk_qc_t: BLK_QC_T_NONE"},
	{R(6, 5), .field = "open", .was = "int (struct block_device *, fmode_t)",
	 .is = "int (struct gendisk *, blk_mode_t)",
	 .since = "block_device_operations.open() is int f(struct gendisk *, blk_mode_t)",
	 .new = {"call blk_mode_t"},
	 .before = "block_device_operations.open() is int f(struct block_device *, "
		   "fmode_t)"},
	{R(6, 5), .field = "release", .was = "void (struct gendisk *, fmode_t)",
	 .is = "void (struct gendisk *)",
	 .since = "block_device_operations.release() gets the disk only",
	 .before = "block_device_operations.release() gets the mode too: void f(struct "
		   "gendisk *, fmode_t)"},
	{R(6, 18), .field = "getgeo",
	 .was = "int (struct block_device *, struct hd_geometry *)",
	 .is = "int (struct gendisk *, struct hd_geometry *)",
	 .since = "block_device_operations.getgeo() gets a struct gendisk *",
	 .before = "block_device_operations.getgeo() gets a struct block_device *"},
	{R(5, 18), .old = {"args bio_alloc"},
	 .since = "bio_alloc() takes device and operation too: bio_alloc(bdev, count, "
		  "REQ_OP_READ, GFP_KERNEL)",
	 .new = {"args bio_alloc"},
	 .before = "bio_alloc() takes flags and count: bio_alloc(GFP_KERNEL, count)"},
	{R(5, 12), .old = {"member bio.bi_disk"},
	 .since = "bio.bi_disk is bio->bi_bdev->bd_disk"},
	{R(6, 0), .old = {"call bdevname"},
	 .since = "there is no bdevname(): print it with %pg and the block_device"},
	{R(6, 8),
	 .old = {"call blkdev_get_by_path", "call blkdev_get_by_dev", "call blkdev_put"},
	 .since = "there is no blkdev_get_by_path(): bdev_file_open_by_path() from 6.9 "
		  "on, with file_bdev(), and fput()"},
	{R(6, 9), .new = {"call bdev_file_open_by_path", "call file_bdev"},
	 .before = "there is no bdev_file_open_by_path(): blkdev_get_by_path() until "
		   "6.7, bdev_open_by_path() until 6.8"},
	{0},
};
