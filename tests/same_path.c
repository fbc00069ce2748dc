/* Runs a tool of another Debian on this machine's files, at the same paths.
 *
 * tests/matrix.sh installs this program as TOOLCHAIN/bin/coqc, coqdep, ... Called so, it lays
 * TOOLCHAIN/root/usr and /etc over its own view of the machine and becomes TOOLCHAIN/root/usr/bin/coqc.
 * There is no second process: process id, signals, exit code, environment, descriptors and LD_PRELOAD
 * are those of the real tool. It is linked statically, so LD_PRELOAD is loaded by the tool alone.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CANNOT_RUN = 126 };

static void fail(const char *call, const char *what)
{
    fprintf(stderr, "same_path: %s %s: %s\n", call, what, strerror(errno));
    exit(CANNOT_RUN);
}

static void write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0)
        fail("open", path);
    if (write(file, text, strlen(text)) != (ssize_t)strlen(text))
        fail("write", path);
    close(file);
}

/* A mount namespace of our own; without root's rights it takes a user namespace as well. */
static void leave_mounts(void)
{
    char map[64];
    uid_t user = getuid();
    gid_t group = getgid();

    if (unshare(CLONE_NEWNS) != 0) {
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0)
            fail("unshare", "(needs root or user namespaces)");
        write_file("/proc/self/setgroups", "deny");
        snprintf(map, sizeof map, "%u %u 1", user, user);
        write_file("/proc/self/uid_map", map);
        snprintf(map, sizeof map, "%u %u 1", group, group);
        write_file("/proc/self/gid_map", map);
    }
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        fail("mount", "/");
}

static void lay_over(const char *source, const char *target)
{
    struct stat status;
    if (lstat(target, &status) != 0 || !S_ISDIR(status.st_mode))
        return; /* where /bin is a link to usr/bin, /usr is enough */
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) != 0)
        fail("mount", target);
}

int main(int argc, char **argv)
{
    static const char *const folders[] = {"etc", "bin", "sbin", "lib", "lib64", "usr"};
    char self[PATH_MAX], source[PATH_MAX + 32], target[PATH_MAX];
    /* Not argv[0]: a caller may set that to anything (coqc -schedule-vio-checking calls argv[0]). */
    const char *called = strrchr((const char *)getauxval(AT_EXECFN), '/');
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

    if (length < 0)
        fail("readlink", "/proc/self/exe");
    self[length] = '\0';
    const char *toolchain = dirname(dirname(self));

    leave_mounts();
    snprintf(source, sizeof source, "%s/root/usr/local", toolchain);
    lay_over("/usr/local", source); /* the machine's own stays visible */
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(source, sizeof source, "%s/root/%s", toolchain, folders[i]);
        snprintf(target, sizeof target, "/%s", folders[i]);
        lay_over(source, target);
    }
    snprintf(target, sizeof target, "/usr/bin/%s", called ? called + 1 : "coqc");
    if (argc > 0 && strcmp(basename(argv[0]), basename(target)) == 0)
        argv[0] = target; /* rocq's launchers look beside argv[0] for their workers */
    execv(target, argv);
    fail("exec", target);
}
