// SPDX-License-Identifier: GPL-2.0-only
/* What changed for drivers: classes, buses, sysfs, proc, PCI and DMA, tty, gpio. */
#include "api_change.h"

#define R API_RELEASE

const struct api_change api_driver[] = {
	/* classes and buses */
	{R(6, 4), .old = {"args class_create", "pass class_create struct module *"},
	 .since = "class_create() takes the name only: class_create(\"name\")",
	 .new = {"args class_create"},
	 .before = "class_create() takes the owner too: class_create(THIS_MODULE, "
		   "\"name\")"},
	{R(6, 2), .field = "devnode", .was = "char *(struct device *, umode_t *)",
	 .is = "char *(const struct device *, umode_t *)",
	 .since = "class.devnode() gets a const struct device *",
	 .before = "class.devnode() gets a struct device *, without const"},
	{R(6, 2), .field = "dev_uevent",
	 .was = "int (struct device *, struct kobj_uevent_env *)",
	 .is = "int (const struct device *, struct kobj_uevent_env *)",
	 .since = "class.dev_uevent() gets a const struct device *",
	 .before = "class.dev_uevent() gets a struct device *, without const"},
	{R(6, 4), .field = "show",
	 .was = "ssize_t (struct class *, struct class_attribute *, char *)",
	 .is = "ssize_t (const struct class *, const struct class_attribute *, char *)",
	 .old = {"wants (const struct class *, const struct class_attribute *"},
	 .since = "a class attribute's functions get const struct class * and const "
		  "struct class_attribute *",
	 .new = {"gives (const struct class *, const struct class_attribute *"},
	 .before = "a class attribute's functions get struct class * and struct "
		   "class_attribute *, without const"},
	{R(6, 4), .old = {"member class.owner"},
	 .since = "struct class has no owner: leave it out"},
	{R(6, 4), .field = "show", .was = "ssize_t (struct bus_type *, char *)",
	 .is = "ssize_t (const struct bus_type *, char *)",
	 .old = {"wants (const struct bus_type *, const char *"},
	 .since = "a bus attribute's functions get a const struct bus_type *",
	 .new = {"gives (const struct bus_type *, const char *"},
	 .before = "a bus attribute's functions get a struct bus_type *, without const"},
	{R(6, 11), .field = "match",
	 .was = "int (struct device *, struct device_driver *)",
	 .is = "int (struct device *, const struct device_driver *)",
	 .since = "bus_type.match() gets a const struct device_driver *",
	 .before = "bus_type.match() gets a struct device_driver *, without const"},
	{R(5, 15), .field = "remove", .was = "int (struct device *)",
	 .is = "void (struct device *)", .since = "bus_type.remove() returns void",
	 .before = "bus_type.remove() returns int: return 0"},
	{R(6, 3), .field = "uevent",
	 .was = "int (struct device *, struct kobj_uevent_env *)",
	 .is = "int (const struct device *, struct kobj_uevent_env *)",
	 .since = "bus_type.uevent() gets a const struct device *",
	 .before = "bus_type.uevent() gets a struct device *, without const"},
	{R(6, 11), .field = "remove", .was = "int (struct platform_device *)",
	 .is = "void (struct platform_device *)",
	 .since = "platform_driver.remove() returns void",
	 .before = "platform_driver.remove() returns int: return 0, or name it "
		   ".remove_new from 6.3 on"},
	{R(6, 13), R(6, 3), .old = {"member platform_driver.remove_new"},
	 .since = "platform_driver.remove_new is gone: .remove, which returns void",
	 .new = {"member platform_driver.remove_new"},
	 .before = "there is no platform_driver.remove_new: .remove, which returns int"},
	{R(6, 1), .field = "remove", .was = "int (struct i2c_client *)",
	 .is = "void (struct i2c_client *)", .since = "i2c_driver.remove() returns void",
	 .before = "i2c_driver.remove() returns int: return 0"},
	{R(6, 3), .field = "probe",
	 .was = "int (struct i2c_client *, const struct i2c_device_id *)",
	 .is = "int (struct i2c_client *)",
	 .since = "i2c_driver.probe() gets the client only: i2c_client_get_device_id() "
		  "for the id",
	 .before = "i2c_driver.probe() gets the id too; the form without it is named "
		   ".probe_new"},
	{R(6, 6), .old = {"member i2c_driver.probe_new"},
	 .since = "i2c_driver.probe_new is gone: .probe, which takes the same"},
	{R(5, 18), .field = "remove", .was = "int (struct spi_device *)",
	 .is = "void (struct spi_device *)", .since = "spi_driver.remove() returns void",
	 .before = "spi_driver.remove() returns int: return 0"},
	{R(6, 2), .field = "remove", .was = "int (struct acpi_device *)",
	 .is = "void (struct acpi_device *)",
	 .since = "an acpi_driver's remove() returns void",
	 .before = "an acpi_driver's remove() returns int: return 0"},
	{R(6, 12), .field = "report_fixup",
	 .was = "__u8 *(struct hid_device *, __u8 *, unsigned int *)",
	 .is = "const __u8 *(struct hid_device *, __u8 *, unsigned int *)",
	 .since = "hid_driver.report_fixup() returns const __u8 *",
	 .before = "hid_driver.report_fixup() returns __u8 *, without const"},

	/* sysfs, proc, sysctl */
	{R(5, 18), .old = {"member kobj_type.default_attrs"},
	 .since = "kobj_type.default_attrs is gone: .default_groups, with "
		  "ATTRIBUTE_GROUPS()"},
	{R(5, 6),
	 .old = {"pass proc_create struct file_operations *",
		 "pass proc_create_data struct file_operations *"},
	 .since = "proc_create() takes a struct proc_ops: .proc_open, .proc_read, "
		  ".proc_lseek, ... and no .owner"},
	{R(5, 17), .old = {"call PDE_DATA"}, .since = "PDE_DATA() is pde_data()",
	 .new = {"call pde_data"}, .before = "pde_data() is PDE_DATA()"},
	{R(3, 10), .old = {"call create_proc_entry", "call create_proc_read_entry"},
	 .since = "there is no create_proc_entry(): proc_create(), with struct proc_ops"},
	{R(6, 5), .old = {"call register_sysctl_table"},
	 .since = "there is no register_sysctl_table(): register_sysctl(\"directory\", "
		  "table), with the entries only"},
	{R(6, 11), .old = {"wants int (const struct ctl_table *"},
	 .since = "a sysctl's proc_handler() gets a const struct ctl_table *",
	 .new = {"gives int (const struct ctl_table *"},
	 .before = "a sysctl's proc_handler() gets a struct ctl_table *, without const"},

	/* PCI, DMA, I/O memory */
	{R(5, 18),
	 .old = {"call pci_alloc_consistent", "call pci_zalloc_consistent",
		 "call pci_free_consistent"},
	 .since = "there is no pci_alloc_consistent(): dma_alloc_coherent(&pdev->dev, "
		  "size, &handle, GFP_KERNEL)"},
	{R(5, 18),
	 .old = {"call pci_map_single", "call pci_unmap_single", "call pci_map_page",
		 "call pci_map_sg"},
	 .since = "there are no pci_map_...(): dma_map_single(&pdev->dev, ...), with "
		  "DMA_TO_DEVICE, DMA_FROM_DEVICE"},
	{R(5, 18),
	 .old = {"call pci_set_dma_mask", "call pci_set_consistent_dma_mask",
		 "header linux/pci-dma-compat.h"},
	 .since = "there is no pci_set_dma_mask(): dma_set_mask_and_coherent(&pdev->dev, "
		  "mask)"},
	{R(5, 10), .old = {"header linux/dma-contiguous.h"},
	 .since = "<linux/dma-contiguous.h> is part of <linux/dma-map-ops.h>"},
	{R(5, 6), .old = {"call ioremap_nocache", "call devm_ioremap_nocache"},
	 .since = "there is no ioremap_nocache(): ioremap(), which does not cache"},
	{R(6, 3), .old = {"args iommu_map"},
	 .since = "iommu_map() takes the flags of its allocations last: GFP_KERNEL",
	 .new = {"args iommu_map"}, .before = "iommu_map() takes no gfp flags"},
	{R(6, 11), .old = {"args virtio_find_vqs"},
	 .since = "virtio_find_vqs() takes an array of struct virtqueue_info for the "
		  "callbacks and the names",
	 .new = {"args virtio_find_vqs"},
	 .before = "virtio_find_vqs() takes callbacks and names, each in an array"},

	/* tty, gpio, spi, ptp */
	{R(6, 6), .old = {"wants ssize_t (struct tty_struct *, const u8 *, size_t)"},
	 .since = "tty_operations.write() is ssize_t f(struct tty_struct *, const u8 *, "
		  "size_t)",
	 .new = {"gives ssize_t (struct tty_struct *, const u8 *, size_t)"},
	 .before = "tty_operations.write() is int f(struct tty_struct *, const unsigned "
		   "char *, int)"},
	{R(5, 14), .field = "write_room", .was = "int (struct tty_struct *)",
	 .is = "unsigned int (struct tty_struct *)",
	 .since = "tty_operations.write_room() returns unsigned int",
	 .before = "tty_operations.write_room() returns int"},
	{R(5, 14), .field = "chars_in_buffer", .was = "int (struct tty_struct *)",
	 .is = "unsigned int (struct tty_struct *)",
	 .since = "tty_operations.chars_in_buffer() returns unsigned int",
	 .before = "tty_operations.chars_in_buffer() returns int"},
	{R(5, 15), .old = {"call alloc_tty_driver", "call put_tty_driver"},
	 .since = "there is no alloc_tty_driver() and put_tty_driver(): "
		  "tty_alloc_driver(lines, flags), tty_driver_kref_put()"},
	{R(5, 14), .old = {"args tty_register_ldisc"},
	 .since = "tty_register_ldisc() takes the operations only, their number is "
		  ".num in them",
	 .new = {"args tty_register_ldisc"},
	 .before =
		 "tty_register_ldisc() takes the number too: tty_register_ldisc(number, "
		 "&ops)"},
	{R(6, 17), .field = "set", .was = "void (struct gpio_chip *, unsigned int, int)",
	 .is = "int (struct gpio_chip *, unsigned int, int)",
	 .since = "gpio_chip.set() returns int: 0, or -errno",
	 .before = "gpio_chip.set() returns void"},
	{R(6, 9),
	 .old = {"call spi_alloc_master", "call spi_register_master",
		 "call devm_spi_register_master", "call spi_master_get_devdata"},
	 .since = "SPI masters are hosts: spi_alloc_host(), spi_register_controller(), "
		  "with struct spi_controller"},
	{R(6, 2), .old = {"member ptp_clock_info.adjfreq"},
	 .since =
		 "ptp_clock_info.adjfreq is gone: .adjfine, in scaled parts per million"},
	{0},
};
