// SPDX-License-Identifier: GPL-2.0-only
/*
 * The baseline is a set of 64-bit hashes of "directory, name": a comparison needs no
 * string of it, and two names that collide (one in 10^13 here) would only hide one.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/cleanup.h"

#include "names.h"
#include "nodes.h"

enum how {
	DIR_NAMES,     /* the entries of a directory */
	DIR_PROC_ROOT, /* the same, without processes */
	DIR_BEFORE,    /* the same, for the baseline only */
	FILE_LINES,    /* the lines of a file */
	FILE_CHILDREN, /* process ids in a file, named by their comm */
};

/* What is watched. '*' stands for each directory there was at the baseline. */
static const struct root {
	const char *path, *kind;
	enum how how;
} roots[] = {
	/* One thing shows under several names; the first one listed here is told. */
	{"/sys/module", "module", DIR_NAMES},
	{"/dev", "dev", DIR_NAMES},
	{"/dev/*", "dev", DIR_NAMES},
	{NODES_CHAR, "device", DIR_BEFORE},
	{NODES_BLOCK, "device", DIR_BEFORE},
	{"/sys/class/net", "netdev", DIR_NAMES},
	{"/sys/class", "class", DIR_NAMES},
	{"/sys/class/*", "sysfs", DIR_NAMES},
	{"/sys/bus", "bus", DIR_NAMES},
	{"/sys/bus/*/drivers", "driver", DIR_NAMES},
	{"/sys/bus/*/devices", "device", DIR_NAMES},
	{"/sys/devices/virtual", "sysfs", DIR_NAMES},
	{"/sys/devices", "sysfs", DIR_NAMES},
	{"/sys/block", "dev", DIR_NAMES},
	{"/sys", "sysfs", DIR_NAMES},
	{"/sys/fs", "sysfs", DIR_NAMES},
	{"/sys/firmware", "sysfs", DIR_NAMES},
	{"/sys/kernel", "sysfs", DIR_NAMES},
	{"/sys/kernel/slab", "slab", DIR_NAMES},
	{"/sys/kernel/debug", "debugfs", DIR_NAMES},
	{"/proc", "proc", DIR_PROC_ROOT},
	{"/proc/driver", "proc", DIR_NAMES},
	{"/proc/fs", "proc", DIR_NAMES},
	{"/proc/bus", "proc", DIR_NAMES},
	{"/proc/tty/driver", "proc", DIR_NAMES},
	{"/proc/self/net", "proc", DIR_NAMES},
	{"/proc/irq/*", "irq", DIR_NAMES},
	{"/proc/devices", "chrdev", FILE_LINES},
	{"/proc/2/task/2/children", "kthread", FILE_CHILDREN},
};

/* What the kernel makes on its own account while a module comes and goes. */
static const struct own {
	const char *kind, *pattern, *reason;
} own[] = {
	{"kthread", "kworker/*", "workers come and go with the load"},
	{"kthread", "migration/*", "one per CPU brought up"},
	{"kthread", "ksoftirqd/*", "one per CPU brought up"},
	{"kthread", "cpuhp/*", "one per CPU brought up"},
	{"kthread", "idle_inject/*", "one per CPU brought up"},
	{"kthread", "rcu[bco]/*", "one per CPU brought up"},
	{"kthread", "rcuo[ps]/*", "one per CPU brought up"},
	{"kthread", "rcu_*", "RCU starts its helpers when it needs them"},
	{"kthread", "kdevtmpfs", "starts with devtmpfs"},
	{"kthread", "kauditd", "starts with the first audit listener"},
	{"kthread", "trigger_data_free", "tracing frees triggers with its help"},
	{"kthread", "psimon", "starts with the first pressure trigger"},
	{"kthread", "khugepaged", "starts when huge pages are switched on"},
	{"kthread", "kcompactd*", "one per memory node"},
	{"kthread", "kswapd*", "one per memory node"},
	{"kthread", "kthreadd", "itself, between fork and its new name"},
	{"kthread", "jbd2/*", "a file system was mounted"},
	{"kthread", "card*-crtc*", "the console changed its mode"},
	{"slab", ":*", "a cache shared by several names, made at the first of them"},
	{"slab", "*(*:*)", "a control group's own copy of a cache"},
	{"slab", "bio-*", "shared by all users of one bio size"},
	{"slab", "biovec-*", "shared by all users of one vector size"},
	{"dev", "vcs*", "a virtual console was opened"},
	{"sysfs", "vcs*", "a virtual console was opened"},
	{"sysfs", "*:*", "a backing device or SCSI address of a mounted disk"},
	{"irq", "smp_affinity*", "a file of the interrupt itself"},
	{"irq", "[0-9]*", "an interrupt line that came with a device"},
};

struct watch {
	char *path;
	const struct root *root;
	int fd;
	unsigned int non_process; /* bytes of directory entries before the processes */
};

struct names {
	struct watch *watch;
	unsigned int n_watch;
	uint64_t *set; /* open addressing, 0 is empty */
	size_t cap, used;
	char (*told)[64]; /* last component of what was reported, to tell a thing once */
	unsigned int n_told;
	unsigned int patience; /* steps to wait for what goes late, in all */
};

enum { BUFFER = 32768, TOLD_MAX = 256, PATIENCE = 100 };

struct visitor {
	struct names *n;
	const struct watch *w;
	bool blocks;	    /* these are lines about block devices */
	leftover_fn report; /* NULL while taking the baseline */
	void *data;
};

const char *names_kernel_own(const char *kind, const char *name)
{
	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (!strcmp(own[i].kind, kind) && !fnmatch(own[i].pattern, name, 0))
			return own[i].reason;
	return NULL;
}

/* FNV-1a. */
static uint64_t hash(const char *s, uint64_t h)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3;
	return h;
}

static uint64_t name_key(const struct names *n, const struct watch *w, const char *name)
{
	uint64_t seed = 0xcbf29ce484222325 + (uint64_t)(w - n->watch);

	return hash(name, seed * 0x100000001b3) | 1;
}

static bool set_has(const struct names *n, uint64_t key)
{
	for (size_t i = key & (n->cap - 1); n->set[i]; i = (i + 1) & (n->cap - 1))
		if (n->set[i] == key)
			return true;
	return false;
}

static void set_put(uint64_t *set, size_t cap, uint64_t key)
{
	size_t i = key & (cap - 1);

	while (set[i] && set[i] != key)
		i = (i + 1) & (cap - 1);
	set[i] = key;
}

static void set_add(struct names *n, uint64_t key)
{
	uint64_t *bigger;

	if (set_has(n, key))
		return;
	if (n->used * 2 >= n->cap) {
		bigger = calloc(n->cap * 2, sizeof(*bigger));
		if (!bigger)
			return;
		for (size_t i = 0; i < n->cap; i++)
			if (n->set[i])
				set_put(bigger, n->cap * 2, n->set[i]);
		free(n->set);
		n->set = bigger;
		n->cap *= 2;
	}
	set_put(n->set, n->cap, key);
	n->used++;
}

/* A device shows in /dev, in its class, on its bus, ...: the first of them is told. */
static bool told_before(struct names *n, const char *name)
{
	for (unsigned int i = 0; i < n->n_told; i++)
		if (!strncmp(n->told[i], name, sizeof(n->told[i]) - 1))
			return true;
	if (n->n_told < TOLD_MAX)
		snprintf(n->told[n->n_told++], sizeof(n->told[0]), "%s", name);
	return false;
}

static void tell(const struct visitor *v, const char *kind, const char *what,
		 const char *name)
{
	struct leftover l = {0};

	if (names_kernel_own(kind, name))
		return;
	if (strcmp(kind, "kthread") && strcmp(kind, "slab") && strcmp(kind, "chrdev") &&
	    strcmp(kind, "blkdev") && told_before(v->n, name))
		return;
	snprintf(l.kind, sizeof(l.kind), "%s", kind);
	snprintf(l.what, sizeof(l.what), "%s", what);
	v->report(v->data, &l);
}

/* kthread_stop() returns while the thread is still on its way out of the lists. */
static void visit_kthread(const struct visitor *v, const char *pid)
{
	/* include/linux/sched.h, the ninth field of stat(5) */
	enum { PF_EXITING = 4, PF_KTHREAD = 0x200000 };
	char path[64], stat[512] = "", *comm, *end;
	unsigned int flags;
	ssize_t len = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		len = read(fd, stat, sizeof(stat) - 1);
		close(fd);
	}
	comm = strchr(stat, '(');
	end = strrchr(stat, ')');
	if (len <= 0 || !comm || !end)
		return; /* it ended meanwhile */
	*end++ = 0;
	if (sscanf(end, " %*c %*d %*d %*d %*d %*d %u", &flags) != 1)
		flags = PF_KTHREAD;
	if (flags & PF_EXITING)
		return;
	/* The kernel's helper programs have no other parent either. */
	tell(v, flags & PF_KTHREAD ? "kthread" : "process", comm + 1, comm + 1);
}

/*
 * The name of a cache is a link to where the cache is; it stays in all kernels, however
 * well the cache was destroyed, until somebody needs the name again. Only a cache that is
 * there, and is not one that others had before, is evidence.
 */
static bool stale_cache(const struct visitor *v, const char *name)
{
	char target[128];
	ssize_t len = readlinkat(v->w->fd, name, target, sizeof(target) - 1);

	if (len <= 0)
		return false;
	target[len] = 0;
	return set_has(v->n, name_key(v->n, v->w, target)) ||
	       faccessat(v->w->fd, target, F_OK, 0);
}

/* With SLAB_TYPESAFE_BY_RCU the name goes after the cache was destroyed, when RCU has had
 * its time (seen on 6.1). */
static bool goes_late(const struct visitor *v, const char *name)
{
	enum { STEP_US = 10000 };

	for (; v->n->patience; v->n->patience--) {
		if (faccessat(v->w->fd, name, F_OK, AT_SYMLINK_NOFOLLOW))
			return true;
		usleep(STEP_US);
	}
	return false;
}

static bool known_device(const void *data, const char *dir, const char *number)
{
	const struct names *n = data;

	for (unsigned int i = 0; i < n->n_watch; i++)
		if (!strcmp(n->watch[i].path, dir))
			return set_has(n, name_key(n, &n->watch[i], number));
	return false;
}

static void visit(const struct visitor *v, const char *name)
{
	const struct watch *w = v->w;
	char what[192];

	if (!v->report) {
		set_add(v->n, name_key(v->n, w, name));
		return;
	}
	if (set_has(v->n, name_key(v->n, w, name)))
		return;
	if (w->root->how == FILE_CHILDREN) {
		visit_kthread(v, name);
	} else if (w->root->how == FILE_LINES) {
		name += strspn(name, " ");
		tell(v, v->blocks ? "blkdev" : w->root->kind, name, name);
	} else if (!strcmp(w->root->kind, "slab") &&
		   (stale_cache(v, name) || goes_late(v, name))) {
		return;
	} else if (!strncmp(w->path, "/dev", 4) &&
		   !nodes_by_kernel(w->fd, name, known_device, v->n)) {
		return;
	} else if (!strcmp(w->root->kind, "slab") || !strcmp(w->root->kind, "netdev")) {
		tell(v, w->root->kind, name, name);
	} else {
		snprintf(what, sizeof(what), "%.100s/%.80s", w->path, name);
		tell(v, w->root->kind, what, name);
	}
}

/* As the kernel writes it; libc has no name for it. */
struct entry {
	uint64_t ino;
	int64_t off;
	unsigned short len;
	unsigned char type;
	char name[];
};

/* Processes come after all other names in /proc and each costs an inode: ask for no
 * more bytes than the others need, and stop at the first number. */
static void walk_dir(const struct visitor *v, struct watch *w)
{
	static const unsigned int spare = 96;
	_Alignas(8) char buf[BUFFER];
	size_t want = w->non_process ? w->non_process + spare : sizeof(buf);
	unsigned int bytes = 0;
	long len;

	lseek(w->fd, 0, SEEK_SET);
	while ((len = syscall(SYS_getdents64, w->fd, buf, want)) > 0) {
		for (long at = 0; at < len;) {
			const struct entry *e = (const struct entry *)(buf + at);

			if (w->root->how == DIR_PROC_ROOT &&
			    isdigit((unsigned char)e->name[0])) {
				if (!v->report)
					w->non_process = bytes;
				return;
			}
			bytes += e->len;
			at += e->len;
			if (strcmp(e->name, ".") && strcmp(e->name, ".."))
				visit(v, e->name);
		}
	}
}

/* /proc/devices has both kinds of devices, each below a line that says which. */
static void walk_file(struct visitor *v, struct watch *w)
{
	const char *separators = w->root->how == FILE_LINES ? "\n" : " \n";
	char buf[BUFFER], *save = NULL;
	size_t fill = 0;
	ssize_t len;

	lseek(w->fd, 0, SEEK_SET);
	while (fill < sizeof(buf) - 1 &&
	       (len = read(w->fd, buf + fill, sizeof(buf) - 1 - fill)) > 0)
		fill += (size_t)len;
	buf[fill] = 0;
	v->blocks = false;
	for (char *s = strtok_r(buf, separators, &save); s;
	     s = strtok_r(NULL, separators, &save)) {
		v->blocks |= !strcmp(s, "Block devices:");
		visit(v, s);
	}
}

static void walk(struct visitor *v, struct watch *w)
{
	v->w = w;
	if (w->root->how == FILE_LINES || w->root->how == FILE_CHILDREN)
		walk_file(v, w);
	else
		walk_dir(v, w);
}

static bool watched(const struct names *n, const char *path)
{
	for (unsigned int i = 0; i < n->n_watch; i++)
		if (!strcmp(n->watch[i].path, path))
			return true;
	return false;
}

static void add_watch(struct names *n, const struct root *root, const char *path)
{
	bool file = root->how == FILE_LINES || root->how == FILE_CHILDREN;
	_cleanup_close_ int fd = -1;
	struct watch *bigger;
	char *copy;

	if (watched(n, path))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | (file ? 0 : O_DIRECTORY));
	bigger = fd < 0 ? NULL : realloc(n->watch, (n->n_watch + 1) * sizeof(*bigger));
	if (!bigger)
		return;
	n->watch = bigger;
	copy = strdup(path);
	if (copy)
		n->watch[n->n_watch++] = (struct watch){copy, root, take_fd(&fd), 0};
}

/* One '*' only; links (as in /sys/class/net) are no directories of their own. */
static void add_root(struct names *n, const struct root *root)
{
	const char *star = strchr(root->path, '*');
	_cleanup_dir_ DIR *dir = NULL;
	char path[512];
	struct dirent *e;

	if (!star) {
		add_watch(n, root, root->path);
		return;
	}
	snprintf(path, sizeof(path), "%.*s", (int)(star - root->path), root->path);
	dir = opendir(path);
	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.' || e->d_type != DT_DIR)
			continue;
		snprintf(path, sizeof(path), "%.*s%s%s", (int)(star - root->path),
			 root->path, e->d_name, star + 1);
		add_watch(n, root, path);
	}
}

struct names *names_baseline(void)
{
	struct names *n = calloc(1, sizeof(*n));
	struct visitor v = {.n = n};

	if (!n)
		return NULL;
	n->cap = 4096;
	n->set = calloc(n->cap, sizeof(*n->set));
	n->told = calloc(TOLD_MAX, sizeof(*n->told));
	if (!n->set || !n->told) {
		names_destroy(n);
		return NULL;
	}
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		add_root(n, &roots[i]);
	for (unsigned int i = 0; i < n->n_watch; i++)
		walk(&v, &n->watch[i]);
	return n;
}

void names_compare(struct names *n, leftover_fn report, void *data)
{
	struct visitor v = {.n = n, .report = report, .data = data};

	n->n_told = 0;
	n->patience = PATIENCE;
	for (unsigned int i = 0; i < n->n_watch; i++)
		if (n->watch[i].root->how != DIR_BEFORE)
			walk(&v, &n->watch[i]);
}

void names_destroy(struct names *n)
{
	if (!n)
		return;
	for (unsigned int i = 0; i < n->n_watch; i++) {
		close(n->watch[i].fd);
		free(n->watch[i].path);
	}
	free(n->watch);
	free(n->set);
	free(n->told);
	free(n);
}
