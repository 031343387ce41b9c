// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters of every usual kind. They are not arguments of the init function: each is an
 * ordinary variable with an initial value, and the kernel overwrites it from the text
 * given to insmod before init runs. Each may also appear as a file under
 * /sys/module/params/parameters, with permissions of its own.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/version.h>
#include <generated/utsrelease.h> /* UTS_RELEASE moved here from linux/version.h */

/* The initial values are the defaults. */
static short myshort = 1;
static int myint = 2;
static long mylong = 3;
static char *mystring = "four";
static int myintArray[4] = { 5, 6, 7, 8 };
static int arr_argc; /* how many elements were given; the kernel counts them for us */
static bool my_bool;
static unsigned int my_percent = 50;

/*
 * The last argument is the mode of the file in /sys: 0660, read and write for the owner
 * and the group. The module itself is not told when somebody writes the file, so use such
 * a mode only for what may change at any time.
 */
module_param(myshort, short, 0660);
MODULE_PARM_DESC(myshort, "A short integer");

module_param(myint, int, 0644);
MODULE_PARM_DESC(myint, "An integer");

module_param(mylong, long, 0400);
MODULE_PARM_DESC(mylong, "A long integer");

/*
 * Mode 0000: no file at all, the value can be given at load only. For charp this has a
 * second merit: a write to the file would free the old text, so that every reader would
 * need kernel_param_lock() around each use of the pointer.
 */
module_param(mystring, charp, 0000);
MODULE_PARM_DESC(mystring, "A character string");

module_param_array(myintArray, int, &arr_argc, 0000);
MODULE_PARM_DESC(myintArray, "An array of integers");

/* A name with an underscore may be given with a dash: my-bool=1 works as well. */
module_param(my_bool, bool, 0644);
MODULE_PARM_DESC(my_bool, "A truth value; the name alone means yes");

/*
 * A parameter that checks. The kernel calls this with the text, both at load and for each
 * write to the file, holding this module's parameter lock. Nothing is stored before all
 * checks have passed, so a refused value leaves the old one in place.
 */
static int percent_set(const char *val, const struct kernel_param *kp)
{
	unsigned int percent;
	int err;

	err = kstrtouint(val, 10, &percent);
	if (err)
		return err;
	if (percent > 100) {
		pr_warn("%s: %u is more than 100\n", kp->name, percent);
		return -EINVAL;
	}
	*(unsigned int *)kp->arg = percent;
	return 0;
}

static const struct kernel_param_ops percent_ops = {
	.set = percent_set,
	.get = param_get_uint,
};

module_param_cb(my_percent, &percent_ops, &my_percent, 0644);
MODULE_PARM_DESC(my_percent, "A number from 0 to 100, checked when set");

/*
 * The lock keeps writers of the files out, so that the lines belong together. The two
 * parameters without a file are shown here only.
 */
static void show_values(void)
{
	int i;

	kernel_param_lock(THIS_MODULE);
	pr_info("myshort %d\n", myshort);
	pr_info("myint %d\n", myint);
	pr_info("mylong %ld\n", mylong);
	pr_info("mystring \"%s\"\n", mystring);
	for (i = 0; i < ARRAY_SIZE(myintArray); i++)
		pr_info("myintArray[%d] %d%s\n", i, myintArray[i],
			i < arr_argc ? "" : " (default)");
	pr_info("arr_argc %d\n", arr_argc);
	pr_info("my_bool %c\n", my_bool ? 'Y' : 'N');
	pr_info("my_percent %u\n", my_percent);
	kernel_param_unlock(THIS_MODULE);
}

/*
 * The version this module was built for, frozen by the preprocessor; uname(2) tells the
 * one that runs. KERNEL_VERSION() is meant for comparisons: one byte for the patch level
 * (it stops at 255), one for the minor number, the rest for the major.
 */
static void show_version(void)
{
	unsigned int code = LINUX_VERSION_CODE;

	pr_info("UTS_RELEASE %s\n", UTS_RELEASE);
	pr_info("LINUX_VERSION_CODE %u = KERNEL_VERSION(%u, %u, %u)\n", code, code >> 16,
		(code >> 8) & 0xff, code & 0xff);
	pr_info("KERNEL_VERSION(5, 10, 0) %u: %s\n", KERNEL_VERSION(5, 10, 0),
		code >= KERNEL_VERSION(5, 10, 0) ? "reached" : "not reached");
}

static int __init params_init(void)
{
	show_version();
	show_values();
	return 0;
}

/* Shows them once more: what was written to the files meanwhile is in the variables. */
static void __exit params_exit(void)
{
	show_values();
}

module_init(params_init);
module_exit(params_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The kmlab authors");
MODULE_DESCRIPTION("Module parameters of every kind, and the kernel version macros");
MODULE_VERSION("1.0");
