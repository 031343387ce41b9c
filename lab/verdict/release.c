// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "release.h"

/* Names as in the kernel's symbols, less what compilers and wrappers add: "__" before,
 * "_noprof" behind (6.10, profiling of allocations). */
static const struct release {
	const char *taker, *giver;
} releases[] = {
	{"alloc_etherdev_mqs", "free_netdev()"},
	{"alloc_netdev_mqs", "free_netdev()"},
	{"alloc_pages", "__free_pages()"},
	{"alloc_pages_exact", "free_pages_exact()"},
	{"alloc_pages_node", "__free_pages()"},
	{"alloc_skb", "kfree_skb()"},
	{"alloc_workqueue", "destroy_workqueue()"},
	{"bioset_init", "bioset_exit()"},
	{"cdev_add", "cdev_del()"},
	{"cdev_alloc", "cdev_del(), or kobject_put() before it was added"},
	{"class_create", "class_destroy()"},
	{"crypto_alloc_aead", "crypto_free_aead()"},
	{"crypto_alloc_ahash", "crypto_free_ahash()"},
	{"crypto_alloc_shash", "crypto_free_shash()"},
	{"crypto_alloc_skcipher", "crypto_free_skcipher()"},
	{"device_create", "device_destroy()"},
	{"dma_alloc_attrs", "dma_free_coherent()"},
	{"dma_pool_create", "dma_pool_destroy()"},
	{"filp_open", "filp_close()"},
	{"fwnode_create_software_node", "fwnode_remove_software_node()"},
	{"get_free_pages", "free_pages()"},
	{"ida_alloc_range", "ida_free(), or ida_destroy() for all"},
	{"idr_alloc", "idr_remove() and idr_destroy()"},
	{"idr_alloc_cyclic", "idr_remove() and idr_destroy()"},
	{"idr_alloc_u32", "idr_remove() and idr_destroy()"},
	{"init_srcu_struct", "cleanup_srcu_struct()"},
	{"input_allocate_device", "input_free_device()"},
	{"kasprintf", "kfree()"},
	{"kobject_create_and_add", "kobject_put(): kobject_del() frees nothing"},
	{"kobject_init_and_add", "kobject_put(), also when it fails"},
	{"kobject_set_name", "kobject_put()"},
	{"kvasprintf", "kfree()"},
	{"mempool_create", "mempool_destroy()"},
	{"mempool_create_node", "mempool_destroy()"},
	{"netdev_alloc_skb", "kfree_skb()"},
	{"percpu_counter_init", "percpu_counter_destroy()"},
	{"percpu_counter_init_many", "percpu_counter_destroy()"},
	{"perf_event_create_kernel_counter", "perf_event_release_kernel()"},
	{"platform_device_alloc", "platform_device_put()"},
	{"radix_tree_insert", "radix_tree_delete()"},
	{"register_chrdev", "unregister_chrdev()"},
	{"seq_open", "seq_release() as the file's release function"},
	{"seq_open_private", "seq_release_private() as the file's release function"},
	{"sg_alloc_table", "sg_free_table()"},
	{"simple_open", "the file's release function"},
	{"single_open", "single_release() as the file's release function"},
	{"single_open_size", "single_release() as the file's release function"},
	{"sock_create", "sock_release()"},
	{"sock_create_kern", "sock_release()"},
	{"sock_create_lite", "sock_release()"},
	{"usb_alloc_urb", "usb_free_urb()"},
	{"xa_alloc", "xa_erase(), or xa_destroy() for all"},
	{"xa_insert", "xa_erase(), or xa_destroy() for all"},
	{"xa_store", "xa_erase(), or xa_destroy() for all"},
};

static const char word[] = " through ";

static char *taker(const struct lab_leftover *l)
{
	static const char suffix[] = "_noprof";
	const char *at = l->what ? strstr(l->what, word) : NULL;
	size_t n;

	if (!at)
		return NULL;
	at += strlen(word);
	n = strcspn(at, "(");
	if (n > strlen(suffix) &&
	    !strncmp(at + n - strlen(suffix), suffix, strlen(suffix)))
		n -= strlen(suffix);
	return xstrndup(at, n);
}

char *release_through(const struct lab_leftover *l)
{
	_cleanup_free_ char *name = taker(l);

	return name ? xprintf("%s%s()", word, name) : xstrdup("");
}

char *release_hint(const struct lab_leftover *l)
{
	_cleanup_free_ char *name = taker(l);
	const char *plain = name ? name + strspn(name, "_") : "";

	for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++)
		if (!strcmp(releases[i].taker, plain))
			return xprintf(
				"give it back with %s, in the exit function and on "
				"every error path",
				releases[i].giver);
	return NULL;
}
