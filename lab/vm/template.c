// SPDX-License-Identifier: GPL-2.0-only
/* Templates in the cache: their identity, their description, their making. */
#include <string.h>
#include <sys/stat.h>

#include "fs.h"

#include "../cache.h"
#include "../evict.h"
#include "vm.h"

#define KIND   "templates"
#define FORMAT 5

/* Five-level page tables and the like only make an emulated page walk longer. */
/* How much disk space templates may use before the least recently used are removed. */
#define KEEP_DAYS  30
#define KEEP_BYTES (8ULL << 30)
/* Facts of other templates are seldom wanted again. They are evicted when a template is
 * booted. */
#define FACTS_BYTES (1ULL << 30)

#define CPU_TCG	   "max,-la57,-svm,-vmx"
#define CPU_NESTED "max,-la57"
#define CPU_KVM	   "host,migratable=on"

void lab_template_destroy(struct lab_template *t)
{
	if (!t)
		return;
	free(t->id);
	free(t->dir);
	free(t->release);
	free(t->proof);
	free(t->qemu);
	free(t->machine);
	free(t->cpu);
	strv_deinit(&t->append);
	lab_kernel_destroy(t->kernel);
	free(t);
}

static const char *cpu_model(enum lab_accel accel, bool nested)
{
	if (accel == LAB_ACCEL_KVM)
		return CPU_KVM;
	return nested ? CPU_NESTED : CPU_TCG;
}

/* ---- identity ---- */

/* By its real name: two caches that share kernels by a link share templates, too. */
static int add_file(struct lab *lab, struct strv *key, const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);
	struct stat st;

	if (!real || stat(real, &st) < 0)
		return lab_fail(lab, -errno, "cannot read '%s': %s; add the kernel again",
				path, strerror(errno));
	strv_printf(key, "%s:%lld:%lld.%09ld", real, (long long)st.st_size,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return 0;
}

/* The build of QEMU is identified by its file: asking for its version would mean to
 * start it. */
static int make_id(struct lab *lab, struct lab_template *t)
{
	_cleanup_strv_ struct strv key = STRV_INIT;
	_cleanup_free_ char *hash = NULL;
	int err = add_file(lab, &key, t->qemu);

	strv_printf(&key, "format %d, protocol %d", FORMAT, PROTO_VERSION);
	strv_printf(&key, "%s %s %u MiB %u cpus", accel_name(t->accel), t->cpu,
		    t->memory_mib, t->cpus);
	strv_add(&key, t->kernel->id);
	strv_add(&key, boot_command_line());
	strv_add_all(&key, t->append.v);
	if (!err)
		err = add_file(lab, &key, t->kernel->image);
	if (!err)
		err = initramfs_key(lab, &key);
	if (err)
		return err;
	hash = lab_cache_key((const char *const *)key.v);
	t->id = xprintf("%s-%s", t->kernel->id, hash);
	t->dir = lab_cache_path(lab, KIND, t->id);
	return 0;
}

static int describe(struct lab *lab, const struct lab_vm_shape *shape,
		    struct lab_template *t)
{
	struct lab_accel_probe probe = {0};
	int err = lab_accel_probe(lab, false, &probe);

	if (err)
		return err;
	free(probe.reason);
	t->accel = probe.accel;
	t->memory_mib = shape->memory_mib ? shape->memory_mib : 256;
	t->cpus = shape->cpus ? shape->cpus : 2;
	t->nested = shape->nested;
	t->cpu = xstrdup(cpu_model(t->accel, t->nested));
	t->kernel = lab_kernel_copy(shape->kernel);
	strv_add_all(&t->append, shape->append);
	t->qemu = qemu_path(lab);
	return t->qemu ? make_id(lab, t) : -ENOENT;
}

/* ---- description on disk ---- */

static json_t *file_mark(const char *dir, const char *name)
{
	_cleanup_free_ char *path = xprintf("%s/%s", dir, name);
	struct stat st;

	if (stat(path, &st) < 0)
		return NULL;
	return json_pack("{s:I,s:I,s:I}", "size", (json_int_t)st.st_size, "ctime",
			 (json_int_t)st.st_ctim.tv_sec, "nsec",
			 (json_int_t)st.st_ctim.tv_nsec);
}

/* Clones map the memory file privately, so a file that was changed after the save is
 * damaged. The change time (ctime) shows it; no program can set it back. */
static bool files_intact(const char *dir, json_t *root)
{
	static const char *const names[] = {LAB_RAM_FILE, LAB_STATE_FILE, LAB_STUB_FILE};

	for (size_t i = 0; i < 3; i++) {
		json_t *now = file_mark(dir, names[i]);
		bool same = now && json_equal(now, json_object_get(root, names[i]));

		json_decref(now);
		if (!same)
			return false;
	}
	return true;
}

static json_t *map_mark(const struct proto_kernel_map *map)
{
	return json_pack("[IIIIiiiii]", (json_int_t)map->text,
			 (json_int_t)map->text_physical, (json_int_t)map->page_tables,
			 (json_int_t)map->modules, (int)map->levels, (int)map->loaded,
			 (int)map->state_at, (int)map->list_at, (int)map->name_at);
}

static bool read_map(json_t *mark, struct proto_kernel_map *ret)
{
	json_int_t at[4];
	int small[5];

	if (json_unpack(mark, "[IIIIiiiii]", &at[0], &at[1], &at[2], &at[3], &small[0],
			&small[1], &small[2], &small[3], &small[4]))
		return false;
	*ret = (struct proto_kernel_map){
		.text = (uint64_t)at[0],
		.text_physical = (uint64_t)at[1],
		.page_tables = (uint64_t)at[2],
		.modules = (uint64_t)at[3],
		.levels = (uint32_t)small[0],
		.loaded = (uint32_t)small[1],
		.state_at = (uint32_t)small[2],
		.list_at = (uint32_t)small[3],
		.name_at = (uint32_t)small[4],
	};
	return true;
}

static json_t *layout_mark(const struct proto_layout *layout)
{
	json_t *mark = json_array();

	for (size_t i = 0; i < PROTO_LAYOUT_LEN; i++)
		json_array_append_new(mark, json_integer((json_int_t)layout->at[i]));
	return mark;
}

static bool read_layout(json_t *mark, struct proto_layout *ret)
{
	if (json_array_size(mark) != PROTO_LAYOUT_LEN)
		return false;
	for (size_t i = 0; i < PROTO_LAYOUT_LEN; i++)
		ret->at[i] = (uint64_t)json_integer_value(json_array_get(mark, i));
	return true;
}

static int write_description(struct lab *lab, const struct lab_template *t,
			     const char *dir)
{
	_cleanup_free_ char *path = xprintf("%s/" LAB_TEMPLATE_FILE, dir);
	json_t *root = json_pack(
		"{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:f,s:f,s:o,s:o,s:o,s:o,s:o}", "format",
		FORMAT, "kernel", t->kernel->id, "release", t->release, "proof", t->proof,
		"machine", t->machine, "cpu", t->cpu, "accelerator", accel_name(t->accel),
		"boot_ms", t->boot_ms, "speed", t->speed, "map", map_mark(&t->map),
		"layout", layout_mark(&t->layout), LAB_RAM_FILE,
		file_mark(dir, LAB_RAM_FILE), LAB_STATE_FILE,
		file_mark(dir, LAB_STATE_FILE), LAB_STUB_FILE,
		file_mark(dir, LAB_STUB_FILE));
	char *text = root ? json_dumps(root, JSON_INDENT(2)) : NULL;
	int err = text ? fs_write_file(path, text, strlen(text), 0600) : -ENOMEM;

	free(text);
	json_decref(root);
	return err ? lab_fail(lab, err, "cannot write '%s': %s; free space", path,
			      strerror(-err))
		   : 0;
}

static bool read_description(struct lab_template *t)
{
	_cleanup_free_ char *path = xprintf("%s/" LAB_TEMPLATE_FILE, t->dir);
	json_t *root = json_load_file(path, 0, NULL);
	const char *release, *machine, *proof;
	bool good = root && files_intact(t->dir, root) &&
		    json_unpack(root, "{s:s,s:s,s:s,s:F,s:F}", "release", &release,
				"proof", &proof, "machine", &machine, "boot_ms",
				&t->boot_ms, "speed", &t->speed) == 0 &&
		    read_map(json_object_get(root, "map"), &t->map) &&
		    read_layout(json_object_get(root, "layout"), &t->layout);

	if (good) {
		t->release = xstrdup(release);
		t->machine = xstrdup(machine);
		t->proof = xstrdup(proof);
	}
	json_decref(root);
	return good;
}

/* ---- getting one ---- */

static bool look(struct lab *lab, struct lab_template *t)
{
	return lab_cache_has(lab, KIND, t->id) && read_description(t);
}

static int build(struct lab *lab, struct lab_template *t)
{
	_cleanup_stage_ struct lab_stage stage = LAB_STAGE_INIT;
	_cleanup_free_ char *what =
		xprintf("booting %s once, for its template", t->kernel->name);
	struct lab_qemu qemu = {0};
	int err = lab_cache_remove(lab, KIND, t->id); /* a damaged one */

	if (!err)
		err = lab_qemu_find(lab, &qemu);
	if (err)
		return err;
	t->machine = xprintf("pc-q35-%u.%u", qemu.major, qemu.minor);
	lab_qemu_deinit(&qemu);
	err = lab_stage_begin(lab, KIND, &stage);
	lab_report(lab, what, 0, 0, false);
	if (!err)
		err = template_boot(lab, t, stage.dir);
	if (!err)
		err = write_description(lab, t, stage.dir);
	if (!err)
		err = lab_stage_publish(lab, &stage, t->id);
	lab_report(lab, what, 0, 0, true);
	t->built = true;
	/* Each shape has a template of its own: those of past experiments must not fill
	 * the disk. */
	if (!err)
		err = lab_evict(lab, KIND, KEEP_DAYS, KEEP_BYTES);
	return err ? err : lab_evict(lab, "facts", KEEP_DAYS, FACTS_BYTES);
}

static int look_or_build(struct lab *lab, struct lab_template *t)
{
	_cleanup_close_ int lock = -1;

	if (look(lab, t))
		return 0;
	lock = lab_cache_lock(lab, KIND, t->id);
	if (lock < 0)
		return lock;
	return look(lab, t) ? 0 : build(lab, t);
}

int lab_template_get(struct lab *lab, const struct lab_vm_shape *shape,
		     struct lab_template **ret)
{
	_cleanup_template_ struct lab_template *t = xcalloc(1, sizeof(*t));
	int err = describe(lab, shape, t);

	if (!err)
		err = look_or_build(lab, t);
	if (!err)
		*ret = take_ptr(t);
	return err;
}
