// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debian provider against an archive of our own: real apt, real signatures, no
 * network. Skipped where apt, gpg or depmod are missing.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "fs.h"
#include "kernel/apt.h"
#include "kernel/apt_user.h"
#include "kernel/internal.h"
#include "kernel/root.h"
#include "kernel/sources.h"
#include "process.h"

#include "fake_deb.h"
#include "scratch.h"
#include "tap.h"

#define REL  "6.1.0-99-amd64"
#define OLD  "6.1.0-98-amd64"
#define DIST "archive/dists/bookworm/"

static struct text packages; /* the archive's Packages file */

/* Runs a shell line in the scratch directory; its output, for the caller to free. */
static char *sh(const char *line)
{
	char *argv[] = {"sh", "-c", (char *)line, NULL};
	struct process_spec spec = PROCESS_SPEC_INIT;
	struct text out = TEXT_INIT;
	int status = -1;

	spec.argv = argv;
	spec.cwd = scratch;
	process_capture(&spec, 60000, -1, &out, NULL, &status);
	if (status)
		printf("# '%s' exited with %d: %s\n", line, status, out.s ? out.s : "");
	return text_take(&out);
}

static void add_package(const char *name, const char *version, const char *depends,
			const struct member *m, size_t n)
{
	_cleanup_free_ char *file = xprintf("pool/%s_%s_amd64.deb", name, version);
	_cleanup_free_ char *path = xprintf("%s/archive/%s", scratch, file);
	_cleanup_free_ char *line = xprintf("sha256sum < archive/%s", file);
	_cleanup_free_ char *sum = NULL;
	struct stat st = {.st_size = 0};

	put("archive/pool/.keep", "");
	make_deb(path, m, n, false);
	stat(path, &st);
	sum = sh(line);
	text_printf(&packages, "Package: %s\nVersion: %s\nArchitecture: amd64\n", name,
		    version);
	if (depends)
		text_printf(&packages, "Depends: %s\n", depends);
	text_printf(&packages,
		    "Filename: %s\nSize: %lld\nSHA256: %.64s\n"
		    "Description: fake\n\n",
		    file, (long long)st.st_size, sum);
}

static void add_kernel(const char *release, const char *version)
{
	_cleanup_free_ char *vmlinuz = xprintf("./boot/vmlinuz-%s", release);
	_cleanup_free_ char *config = xprintf("./boot/config-%s", release);
	_cleanup_free_ char *order = xprintf("./lib/modules/%s/modules.order", release);
	_cleanup_free_ char *builtin =
		xprintf("./lib/modules/%s/modules.builtin", release);
	_cleanup_free_ char *makefile =
		xprintf("./usr/src/linux-headers-%s/Makefile", release);
	_cleanup_free_ char *scripts =
		xprintf("./usr/src/linux-headers-%s/scripts", release);
	_cleanup_free_ char *image_name = xprintf("linux-image-%s", release);
	_cleanup_free_ char *headers_name = xprintf("linux-headers-%s", release);
	struct member image[] = {{.path = vmlinuz, .text = "bzImage", .mode = 0600},
				 {.path = config, .text = "CONFIG_X=y\n", .mode = 0644},
				 {.path = order, .text = "", .mode = 0644},
				 {.path = builtin, .text = "", .mode = 0644}};
	struct member headers[] = {
		{.path = makefile, .text = "all:\n", .mode = 0644},
		{.path = scripts, .link = "../../lib/linux-kbuild-6.1/scripts"},
	};

	add_package(image_name, version,
		    "kmod, linux-base (>= 4.3), "
		    "initramfs-tools (>= 0.120) | linux-initramfs-tool",
		    image, 4);
	add_package(headers_name, version, "linux-kbuild-6.1, gcc-12", headers, 2);
}

static void make_packages(void)
{
	_cleanup_strv_ struct strv tools = STRV_INIT;
	struct member gcc = {.path = "./usr/bin/gcc-12", .text = "gcc", .mode = 0755};
	struct member modpost = {.path = "./usr/lib/linux-kbuild-6.1/scripts/modpost",
				 .text = "modpost",
				 .mode = 0755};

	add_kernel(REL, "6.1.99-2");
	add_kernel(OLD, "6.1.98-1");
	add_package("linux-image-6.1.0-99-rt-amd64", "6.1.100-1", NULL, NULL, 0);
	add_package("linux-image-amd64", "6.1.99-2", "linux-image-" REL " (= 6.1.99-2)",
		    NULL, 0);
	add_package("linux-kbuild-6.1", "6.1.99-2", NULL, &modpost, 1);
	add_package("gcc-12", "1:12.2-1", NULL, &gcc, 1);
	root_packages(&tools);
	for (size_t i = 0; i < tools.n; i++)
		add_package(tools.v[i], "1.0", NULL, NULL, 0);
	put(DIST "main/binary-amd64/Packages", packages.s);
}

static void date_line(struct text *t, const char *field, long offset)
{
	time_t when = time(NULL) + offset;
	char buffer[64];
	struct tm tm;

	gmtime_r(&when, &tm);
	strftime(buffer, sizeof(buffer), "%a, %d %b %Y %H:%M:%S UTC", &tm);
	text_printf(t, "%s: %s\n", field, buffer);
}

static void sign_release(long valid)
{
	_cleanup_free_ char *sum = sh("sha256sum < " DIST "main/binary-amd64/Packages");
	_cleanup_text_ struct text t = TEXT_INIT;

	text_puts(&t, "Origin: Debian\nSuite: oldstable\nCodename: bookworm\n");
	date_line(&t, "Date", -86400);
	date_line(&t, "Valid-Until", valid);
	text_printf(&t,
		    "Architectures: amd64\nComponents: main\nSHA256:\n"
		    " %.64s %zu main/binary-amd64/Packages\n",
		    sum, packages.len);
	put(DIST "Release", t.s);
	free(sh("gpg --batch --yes --homedir gpg --clearsign -o " DIST "InRelease " DIST
		"Release 2>/dev/null && rm " DIST "Release"));
}

static bool make_archive(void)
{
	_cleanup_free_ char *out = NULL;

	out = sh(
		"mkdir -m 700 gpg && gpg --batch --homedir gpg --passphrase '' "
		"--quick-generate-key test@example.org ed25519 sign never 2>/dev/null && "
		"gpg --homedir gpg --export > key.gpg");
	make_packages();
	sign_release(86400);
	return there(DIST "InRelease");
}

static int add(struct lab *lab, const char *what, bool allow_expired, char **id)
{
	_cleanup_kernel_name_ struct kernel_name name = {.arg = NULL};
	_cleanup_debian_mirror_ struct debian_mirror mirror = {.uri = NULL};

	mirror.uri = xprintf("file:%s/archive", scratch);
	mirror.key = in_scratch("key.gpg");
	kernel_name_parse(lab, what, &name);
	return debian_add_from(lab, &mirror, &name, allow_expired, id);
}

static void refused(struct lab *lab, const char *what, int err, const char *part)
{
	_cleanup_free_ char *id = NULL;

	is_int(add(lab, what, false, &id), err, what);
	ok(strstr(lab_error(lab), part), "its sentence");
	ok(!there("cache/kernels/debian-6.1.99-2"), "nothing was added");
	printf("# %s\n", lab_error(lab));
}

static void test_refusals(struct lab *lab)
{
	_cleanup_free_ char *out = NULL, *id = NULL;

	sign_release(-3600);
	refused(lab, "debian/6.1", -ESTALE, "--allow-expired");
	refused(lab, "debian/6.3", -ESTALE, "'bookworm");
	sign_release(86400);
	out = sh("cp key.gpg good.gpg && : > key.gpg");
	refused(lab, "debian/6.1", -EKEYREJECTED, "debian-archive-keyring");
	free(out);
	out = sh("mv good.gpg key.gpg && cp archive/pool/gcc-12_1:12.2-1_amd64.deb "
		 "good.deb && "
		 "printf x >> archive/pool/gcc-12_1:12.2-1_amd64.deb");
	refused(lab, "debian/6.1", -EBADMSG, "damaged");
	free(out);
	out = sh("mv good.deb archive/pool/gcc-12_1:12.2-1_amd64.deb");
	refused(lab, "debian/trixie", -ENOENT, "no suite 'trixie'");
	refused(lab, "debian/6.3", -ENOENT, "did you mean 'debian/6.1'");
	refused(lab, "debian/6.1.99-3", -ENOENT, "no Debian suite has");
	sign_release(-3600);
	is_int(add(lab, "debian/6.1.98-1", true, &id), 0, "expired, and told to take it");
	sign_release(86400);
}

static void test_add(struct lab *lab)
{
	_cleanup_kernel_ struct lab_kernel *k = NULL, *old = NULL;
	_cleanup_free_ char *id = NULL, *again = NULL, *modpost = NULL, *gcc = NULL;

	is_int(add(lab, "debian/bookworm", false, &id), 0, "add a suite's kernel");
	is_str(id, "debian-6.1.99-2", "its default one, not rt");
	is_int(lab_kernel_find(lab, "debian/6.1", &k), 0, "found by series");
	is_int(lab_kernel_find(lab, "debian/6.1.98", &old), 0, "as is the older one");
	if (!k || !old)
		return;
	is_str(k->release, REL, "release");
	is_str(k->suite, "bookworm", "suite");
	is_str(k->root, old->root, "both share the build root");
	modpost = xprintf("%s/linux-headers-" REL "/scripts/modpost", k->usr_src);
	ok(fs_exists(modpost), "the headers reach their tools inside usr/src");
	gcc = xprintf("%s/usr/bin/gcc", k->root);
	ok(fs_exists(gcc), "the root has a gcc");
	ok(fs_exists(k->config), "config");
	ok(!there("cache/kernels/debian-6.1.99-2/debs"), "packages are not kept");
	is_int(add(lab, "debian/bookworm", false, &again), 0, "again");
	is_str(again, id, "is the same");
	is_int(lab_kernel_remove(lab, "debian/6.1.99-2"), 0, "remove one");
	ok(fs_exists(gcc), "the root stays for the other");
	is_int(lab_kernel_remove(lab, "debian/6.1"), 0, "remove the other");
	ok(!fs_exists(gcc), "the root is gone");
}

static void test_cancel(struct lab *lab)
{
	_cleanup_free_ char *id = NULL, *stages = NULL;
	int pipes[2];

	if (pipe(pipes) < 0 || write(pipes[1], "x", 1) != 1)
		return;
	lab->cancel_fd = pipes[0];
	is_int(add(lab, "debian/6.1", false, &id), -ECANCELED, "interrupted");
	lab->cancel_fd = -1;
	close(pipes[0]);
	close(pipes[1]);
	stages = sh("ls -A cache/kernels cache/roots | grep -c . || true");
	is_str(stages, "2\n", "only the two headings: nothing is left");
}

/* ---- who downloads ---- */

/* The user whose connection comes from @port, by the kernel's own table; -1: nobody. */
static int owner_of(unsigned int port)
{
	_cleanup_free_ char *table = NULL;
	char *save, *line;

	if (fs_read_file("/proc/net/tcp", &table, NULL))
		return -1;
	for (line = strtok_r(table, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		unsigned int from;
		int uid;

		if (sscanf(line, " %*u: %*8x:%4x %*x:%*x %*x %*x:%*x %*x:%*x %*x %d",
			   &from, &uid) == 2 &&
		    from == port)
			return uid;
	}
	return -1;
}

/* A server that knows nothing, and tells @to who asked. */
static pid_t serve_nothing(int listening, int to)
{
	static const char answer[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
				     "Connection: close\r\n\r\n";
	pid_t pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		struct sockaddr_in peer;
		socklen_t len = sizeof(peer);
		int fd = accept(listening, (struct sockaddr *)&peer, &len), uid;
		char request[4096];

		uid = owner_of(ntohs(peer.sin_port));
		(void)!write(to, &uid, sizeof(uid));
		(void)!read(fd, request, sizeof(request));
		(void)!write(fd, answer, strlen(answer));
		close(fd);
	}
}

/* Reads lists from our server; the user who asked for them, or -1. */
static int who_downloads(struct lab *lab)
{
	_cleanup_free_ char *conf = in_scratch("no-proxy.conf");
	_cleanup_debian_mirror_ struct debian_mirror mirror = {.uri = NULL};
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), ends[2], uid = -1;
	struct apt apt;
	pid_t server;

	put("no-proxy.conf", "Dir::Etc::main \"/dev/null\";\n"
			     "Dir::Etc::parts \"/dev/null\";\n");
	setenv("APT_CONFIG", conf, 1);
	setenv("no_proxy", "127.0.0.1", 1);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&a, len) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&a, &len) || pipe(ends))
		return -1;
	server = serve_nothing(fd, ends[1]);
	close(ends[1]);
	mirror.uri = xprintf("http://127.0.0.1:%d/debian", ntohs(a.sin_port));
	mirror.key = in_scratch("key.gpg");
	if (!apt_open(lab, &mirror, "bookworm", false, &apt)) {
		ok(apt_update(&apt) < 0, "a server without lists is refused");
		apt_close(&apt);
	}
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	if (read(ends[0], &uid, sizeof(uid)) != sizeof(uid))
		uid = -1;
	close(ends[0]);
	close(fd);
	unsetenv("APT_CONFIG");
	return uid;
}

static void count_phrase(void *data, const struct lab_progress *p)
{
	*(int *)data += str_starts(p->what, "apt's downloaders run as root, since ");
}

/* Without root they are the user's; as root they are _apt's, where that can be. */
static void test_downloaders(struct lab *lab)
{
	_cleanup_free_ char *possible = apt_user_obstacle(NULL, NULL);
	const struct passwd *pw = getpwnam(APT_USER);
	int said = 0;

	lab->progress = count_phrase;
	lab->progress_data = &said;
	if (geteuid() != 0) {
		is_int(who_downloads(lab), geteuid(), "a user downloads as that user");
		is_int(said, 0, "and nothing is said of it");
	} else if (possible || !pw) {
		is_int(who_downloads(lab), 0, "root downloads as root where it must");
		ok(said, "and says so");
	} else {
		is_int(who_downloads(lab), pw->pw_uid, "root downloads as '_apt'");
		is_int(said, 0, "and nothing is said of it");
		chmod(scratch, 0700); /* the key is out of _apt's reach */
		is_int(who_downloads(lab), 0, "but as root what '_apt' cannot read");
		ok(said, "and says so");
		chmod(scratch, 0755);
	}
	lab->progress = NULL;
}

int main(void)
{
	char dir[] = "/tmp/kmlab-debian-XXXXXX";
	static const char *const needed[] = {"apt-get", "gpg", "sha256sum", "depmod"};
	_cleanup_free_ char *cache = NULL;
	struct lab lab;

	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		_cleanup_free_ char *path = process_find(needed[i]);

		if (!path) {
			printf("1..0 # SKIP no %s\n", needed[i]);
			return 0;
		}
	}
	scratch = mkdtemp(dir);
	chmod(scratch, 0755); /* apt's downloaders are of another user */
	cache = in_scratch("cache");
	setenv("KMLAB_CACHE", cache, 1);
	if (lab_init(&lab) < 0 || !make_archive())
		printf("Bail out! cannot make an archive to test with\n");
	test_refusals(&lab);
	test_add(&lab);
	test_downloaders(&lab);
	test_cancel(&lab);
	free(sh("gpgconf --homedir gpg --kill all"));
	lab_deinit(&lab);
	text_deinit(&packages);
	fs_remove_tree(scratch);
	return tap_done();
}
