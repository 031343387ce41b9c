// SPDX-License-Identifier: GPL-2.0-only
/* Error codes used as pointers: with the offset of a field they look like NULL. */
#include <string.h>

#include "errno_words.h"
#include "judge_parts.h"
#include "registers.h"

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

enum { ERRNO_MAX = 4095, FIELD_MAX = 4096, FIELD_ALIGN = 8 };

/* What takes a thing, and what makes it: an error code that ends in the one comes from
 * the other. */
static const struct maker {
	const char *user, *maker;
} makers[] = {
	{"kthread_", "kthread_run() or kthread_create()"},
	{"wake_up_process", "kthread_create()"},
	{"try_to_wake_up", "kthread_create()"},
	{"filp_close", "filp_open()"},
	{"fput", "filp_open()"},
	{"kernel_read", "filp_open()"},
	{"__kernel_read", "filp_open()"},
	{"kernel_write", "filp_open()"},
	{"__kernel_write", "filp_open()"},
	{"class_", "class_create()"},
	{"device_destroy", "class_create()"},
	{"device_create", "class_create()"},
	{"device_unregister", "device_create()"},
	{"device_del", "device_create()"},
	{"put_device", "device_create()"},
	{"root_device_unregister", "root_device_register()"},
	{"platform_device_", "platform_device_register_simple()"},
	{"crypto_", "the crypto_alloc_ function"},
	{"clk_", "clk_get()"},
	{"regulator_", "regulator_get()"},
	{"gpiod_", "gpiod_get()"},
	{"perf_event_", "perf_event_create_kernel_counter()"},
	{"kern_unmount", "kern_mount()"},
};

static bool is_error(unsigned long long v)
{
	return v >= (unsigned long long)-ERRNO_MAX;
}

/* The pointer to whose field @address belongs, in a register that functions keep for
 * their callers; with @any in any other as well. */
static bool find_owner(const struct strv *lines, unsigned long long address, bool any,
		       unsigned long long *ret)
{
	/* RBX RBP R12 to R15, then the others but RSP */
	static const unsigned char order[] = {3, 5, 12, 13, 14, 15, 0, 1,
					      2, 6, 7,	8,  9,	10, 11};
	enum { KEPT = 6 };
	struct registers r;

	if (!registers_read(lines, &r))
		return false;
	for (size_t i = 0; i < (any ? COUNT(order) : KEPT); i++) {
		unsigned long long v = r.v[order[i]], offset = address - v;

		if (!is_error(v) || !offset || offset >= FIELD_MAX ||
		    offset % FIELD_ALIGN)
			continue;
		*ret = v;
		return true;
	}
	return false;
}

/* Code that was called, not data that was accessed. */
static bool is_call(const struct lab_event *event, unsigned long long address)
{
	return event->n_frames && event->frames[0].exact && !event->frames[0].function &&
	       event->frames[0].offset == address;
}

/*
 * The error code behind the access to @address. A function that is given the address of a
 * field has only that in the register it uses; then the code itself is in another one.
 * For a small address there must be more evidence: no field of its size lies there when
 * the pointer is NULL.
 */
static bool find_error(const struct lab_event *event, const struct object_code *code,
		       unsigned long long address, unsigned long long *ret)
{
	struct memory_access a;

	*ret = address;
	if (is_call(event, address))
		return is_error(address);
	if (!registers_access(&event->detail, code, address, &a))
		return false;
	*ret = a.pointer;
	if (is_error(a.pointer)) {
		if (a.pointer == address)
			find_owner(&event->detail, address, false, ret);
		return true;
	}
	return a.pointer < FIELD_MAX && a.size > 1 && address % a.size &&
	       find_owner(&event->detail, address, true, ret);
}

/* NULL less the offset of a field: what container_of() and the list macros make of it. */
static bool is_container_of_null(const struct strv *lines, const struct object_code *code,
				 unsigned long long address)
{
	struct memory_access a;

	return is_error(address) && registers_access(lines, code, address, &a) &&
	       !a.pointer;
}

/* Functions that return an error code instead of NULL, as the compiler sees them. */
static const struct maker known_makers[] = {
	{"kthread_create_on_", "kthread_run() or kthread_create()"},
	{"kthread_create_worker", "kthread_create_worker()"},
	{"__kthread_create_worker", "kthread_create_worker()"},
	{"filp_open", "filp_open()"},
	{"file_open_root", "file_open_root()"},
	{"dentry_open", "dentry_open()"},
	{"class_create", "class_create()"},
	{"__class_create", "class_create()"},
	{"device_create", "device_create()"},
	{"__root_device_register", "root_device_register()"},
	{"platform_device_register_full", "platform_device_register_simple()"},
	{"memdup_user", "memdup_user()"},
	{"strndup_user", "strndup_user()"},
	{"vmemdup_user", "vmemdup_user()"},
	{"crypto_alloc_", "the crypto_alloc_ function"},
	{"debugfs_create_dir", "debugfs_create_dir()"},
	{"debugfs_create_file", "debugfs_create_file()"},
	{"anon_inode_get", "anon_inode_getfile()"},
	{"kern_mount", "kern_mount()"},
	{"perf_event_create_kernel_counter", "perf_event_create_kernel_counter()"},
	{"register_wide_hw_breakpoint", "register_wide_hw_breakpoint()"},
	{"clk_get", "clk_get()"},
	{"devm_clk_get", "devm_clk_get()"},
	{"regulator_get", "regulator_get()"},
	{"gpiod_get", "gpiod_get()"},
	{"devm_gpiod_get", "devm_gpiod_get()"},
	{"devm_ioremap_resource", "devm_ioremap_resource()"},
	{"devm_platform_ioremap_resource", "devm_platform_ioremap_resource()"},
	{"dma_buf_get", "dma_buf_get()"},
};

static const char *known_maker(const char *function)
{
	for (size_t i = 0; i < COUNT(known_makers); i++)
		if (str_starts(function, known_makers[i].user))
			return known_makers[i].maker;
	return NULL;
}

/* The last call before the place, in the order of the code, of a function known to return
 * error codes. */
static const char *called_before(struct judge *j, const struct lab_frame *place)
{
	_cleanup_object_code_ struct object_code code;
	const char *maker = NULL;

	symbolizer_code(j->symbols, place, &code);
	for (size_t i = 0; i < code.n_calls; i++)
		if (code.calls[i].offset < place->offset &&
		    known_maker(code.calls[i].name))
			maker = known_maker(code.calls[i].name);
	return maker;
}

static const char *taker(const char *function)
{
	for (size_t i = 0; i < COUNT(makers); i++)
		if (str_starts(function, makers[i].user))
			return makers[i].maker;
	return NULL;
}

/* By what the pointer was given to, outermost first: that is what the module called. */
static const char *maker_of(struct judge *j, const struct lab_event *event)
{
	const char *maker = NULL, *words;
	size_t i;

	for (i = 0; i < event->n_frames && !event->frames[i].module; i++) {
		const struct lab_frame *f = &event->frames[i];

		words = f->function && !f->guess ? taker(f->function) : NULL;
		if (words)
			maker = words;
	}
	if (!maker && i < event->n_frames)
		maker = called_before(j, &event->frames[i]);
	return maker;
}

static void say_error(struct judge *j, struct lab_event *event,
		      unsigned long long pointer, unsigned long long address)
{
	int err = (int)-(long long)pointer;
	_cleanup_free_ char *name = errno_name(err), *title = NULL, *offset = NULL;
	const char *maker = maker_of(j, event);
	bool doubt = !(err % FIELD_ALIGN); /* what container_of() makes of NULL, too */

	title = xprintf("error pointer%s dereferenced: -%d (%s)%s",
			doubt ? "" : ", not NULL,", err, name,
			doubt ? ", or NULL less the offset of a field," : "");
	judge_rename(event, "error-pointer", title);
	if (address != pointer)
		offset = xprintf(" plus the offset 0x%llx", address - pointer);
	event->hint = xprintf("the pointer is the error code -%d (%s)%s: the result of "
			      "%s was not checked; test it with IS_ERR() before use",
			      err, name, offset ? offset : "",
			      maker ? maker : "the call it came from");
}

void judge_error_pointer(struct judge *j, struct lab_event *event)
{
	_cleanup_object_code_ struct object_code code = OBJECT_CODE_INIT;
	unsigned long long address, pointer;

	if ((event->outcome != LAB_OOPS && event->outcome != LAB_PANIC) ||
	    !judge_fault_address(event, &address))
		return;
	if (event->n_frames)
		symbolizer_code(j->symbols, &event->frames[0], &code);
	if (is_container_of_null(&event->detail, &code, address))
		judge_rename(event, "null-dereference",
			     "NULL pointer dereference, less the offset of a field,");
	else if (find_error(event, &code, address, &pointer))
		say_error(j, event, pointer, address);
}
