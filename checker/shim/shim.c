/* The snapshot shim: makes coqc read its source from the driver, and fork between two sentences.
 *
 * It is preloaded into coqc. The n-th time coqc opens the source for reading, it gets a
 * descriptor whose read() asks the driver what to do, over a Unix seqpacket socket. The driver decides
 * everything; what it may answer is listed at `struct request` below. docs/snapshot-engine.md
 * tells the whole story.
 *
 * No libc function is wrapped by its next definition: system calls are made directly, so nothing
 * depends on the order of libraries. Anything unexpected ends the process with status
 * EXIT_SHIM and a line on standard error; the driver never takes such an end for a verdict.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { PROTOCOL = 2, EXIT_SHIM = 97, FEED_MAX = 65536, MOST_UNSAID = 32, UNSAID_NS = 40000000 };

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

/* What the driver is sent.
 *   'H' hello: a process has begun to read the source; a pidfd of it comes along. value: PROTOCOL.
 *   'R' read: all that was fed has been executed; what next? The driver answers with one of
 *       'F' bytes...   hand these bytes to coqc (none: the end of the file). It may send several
 *           ahead: then no 'R' waits for it, and they are said together, to wake it less often,
 *       'K' + 3 descriptors (channel, stdout, stderr)   fork: the child talks on the new channel,
 *           where it says 'H' and 'R'; this process says 'K' and waits for the next answer,
 *       'W' + the same: the child may write its output, if this process may,
 *       and the end of the channel: exit.
 *   'K' forked. value: 0, or the errno of the fork.
 *   'E' end: coqc opens its output file, so the whole source is processed. No answer: the driver
 *       ends the process, or lets it write if it was started to write. */
struct request {
    char kind;
    char pad[3];
    int32_t value;
    int32_t pid;
    int32_t threads;
    uint64_t cpu_ns;  /* CPU time of this process */
    uint64_t peak_kb; /* its peak resident size */
    uint64_t printed; /* bytes that it has written on standard output */
};

static struct {
    int armed;               /* the environment names a driver */
    struct sockaddr_un home; /* where the driver listens */
    dev_t dev;               /* the source */
    ino_t ino;
    int feed_at;        /* which opening of the source is the one to feed, from 1 */
    int opened;         /* how often it was opened so far */
    int writes_allowed; /* coqc may write its files */
    int hinted_at;      /* no driver: which opening of a source gets the text beside it, from 1 */
    char opened_list[PATH_MAX]; /* where the names of the files go that coqc reads; or empty */
    char temporary[PATH_MAX];   /* the folder of its temporary files, which goes with the run */
    int source;         /* the descriptor that is fed, or -1 */
    int channel;        /* the socket to the driver, or -1 */
    volatile sig_atomic_t watches; /* the end of the driver is the end of this process */
    size_t fed, used;   /* bytes of `text` that were received and handed on */
    struct request unsaid[MOST_UNSAID]; /* what the driver need not hear at once */
    int unsaid_count;
    uint64_t said_ns; /* when it heard from us last */
    char text[FEED_MAX + 1];
} shim = {.source = -1, .channel = -1};

static void die(const char *what) {
    dprintf(2, "proof-makefile shim: %s: %s\n", what, strerror(errno));
    syscall(SYS_exit_group, EXIT_SHIM);
}

/* ---- the channel ---- */

/* While coqc computes, the end of the driver ends this process: every event on the channel raises a
 * signal. An event alone proves nothing: the kernel wakes us for a message of the driver first
 * and raises the signal for it later, when we may be watching already. */
static int is_driver_gone(void) {
    struct pollfd channel = {.fd = shim.channel, .events = POLLIN};
    return poll(&channel, 1, 0) > 0 && (channel.revents & (POLLHUP | POLLERR | POLLNVAL));
}

static void look_for_driver(int number) {
    int saved = errno;
    (void)number;
    if (shim.watches && is_driver_gone()) syscall(SYS_exit_group, EXIT_SHIM);
    errno = saved;
}

static void watch_driver(int on) {
    int flags = fcntl(shim.channel, F_GETFL);
    if (flags < 0) die("F_GETFL");
    if (on) {
        struct sigaction action = {.sa_handler = look_for_driver, .sa_flags = SA_RESTART};
        if (sigaction(SIGRTMAX, &action, NULL) < 0) die("sigaction");
        if (fcntl(shim.channel, F_SETOWN, (int)syscall(SYS_getpid)) < 0) die("F_SETOWN");
        if (fcntl(shim.channel, F_SETSIG, SIGRTMAX) < 0) die("F_SETSIG");
    }
    shim.watches = on;
    if (fcntl(shim.channel, F_SETFL, on ? flags | O_ASYNC : flags & ~O_ASYNC) < 0) die("F_SETFL");
    if (on && is_driver_gone()) syscall(SYS_exit_group, EXIT_SHIM);
}

static uint64_t clock_ns(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) < 0) die("clock_gettime");
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static struct request request_of(char kind, int value) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) < 0) die("getrusage");
    struct stat out;
    if (fstat(1, &out) < 0) die("standard output");
    return (struct request){
        .kind = kind,
        .value = value,
        .pid = (int32_t)syscall(SYS_getpid),
        .cpu_ns = clock_ns(CLOCK_PROCESS_CPUTIME_ID),
        .peak_kb = (uint64_t)usage.ru_maxrss,
        .printed = (uint64_t)out.st_size,
    };
}

static void transmit(struct request *request, int passed_fd) {
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {0};
    struct iovec part = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (passed_fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &passed_fd, sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(shim.channel, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent != (ssize_t)sizeof *request) syscall(SYS_exit_group, EXIT_SHIM); /* no driver left */
}

static void say_the_rest(void) {
    int count = shim.unsaid_count;
    shim.unsaid_count = 0;
    for (int n = 0; n < count; n++) transmit(&shim.unsaid[n], -1);
    shim.said_ns = clock_ns(CLOCK_MONOTONIC);
}

static void say(char kind, int value, int passed_fd) {
    struct request request = request_of(kind, value);
    if (kind == 'H') { /* a fork copies one thread: there must be no other */
        DIR *tasks = opendir("/proc/self/task");
        if (!tasks) die("/proc/self/task");
        for (struct dirent *entry; (entry = readdir(tasks));)
            request.threads += entry->d_name[0] != '.';
        closedir(tasks);
    }
    say_the_rest();
    transmit(&request, passed_fd);
}

/* An error ends coqc by exit(): the driver hears what went well before it. */
__attribute__((destructor)) static void say_last(void) {
    if (shim.channel >= 0) say_the_rest();
}

/* A pidfd names this process for the driver, whatever namespace it lives in and for good: numbers
 * of processes are reused. */
static void say_hello(void) {
    int self = (int)syscall(SYS_pidfd_open, syscall(SYS_getpid), 0);
    if (self < 0) die("pidfd_open");
    say('H', PROTOCOL, self);
    syscall(SYS_close, self);
}

static void meet_driver(void) {
    shim.channel = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (shim.channel < 0) die("socket");
    if (connect(shim.channel, (struct sockaddr *)&shim.home, sizeof shim.home) < 0)
        die("connect to the driver");
    say_hello();
}

/* ---- the fork ---- */

/* In the child: whatever the parent writes to is not ours to write to as well. */
static void leave_files(int out, int err) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) die("/dev/null");
    DIR *list = opendir("/proc/self/fd");
    if (!list) die("/proc/self/fd");
    for (struct dirent *entry; (entry = readdir(list));) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || fd == null || fd == dirfd(list)) continue;
        if (fd == shim.channel || fd == out || fd == err || fd <= 2) continue;
        int flags = fcntl(fd, F_GETFL);
        if (flags < 0) die("F_GETFL");
        if ((flags & O_ACCMODE) == O_RDONLY) continue;
        if (dup3(null, fd, O_CLOEXEC) < 0) die("dup3");
    }
    closedir(list);
    syscall(SYS_close, null);
    if (dup2(out, 1) < 0 || dup2(err, 2) < 0) die("dup2");
    syscall(SYS_close, out);
    syscall(SYS_close, err);
}

/* What the minor heap holds moves to the major heap, and its pages are given back: a process that
 * waits to be copied again has none of it to keep, nor has the copy. We are called by the runtime
 * where another thread may run OCaml's collector, so we may; the names are those of OCaml 4 and 5.
 * Where the bounds are not where we think that they are, nothing is given back. */
static void empty_minor_heap(void) {
    void (*leave)(void) = dlsym(RTLD_DEFAULT, "caml_leave_blocking_section");
    void (*enter)(void) = dlsym(RTLD_DEFAULT, "caml_enter_blocking_section_no_pending");
    void (*empty)(void) = dlsym(RTLD_DEFAULT, "caml_empty_minor_heap");
    /* of OCaml 4; domain_state.tbl says what is where in it */
    char ***state = dlsym(RTLD_DEFAULT, "Caml_state");
    /* of OCaml 5 */
    char **heaps = dlsym(RTLD_DEFAULT, "caml_minor_heaps_start");
    char **heaps_end = dlsym(RTLD_DEFAULT, "caml_minor_heaps_end");
    if (!empty) empty = dlsym(RTLD_DEFAULT, "caml_empty_minor_heaps_once");
    if (!leave || !enter || !empty || !(state || (heaps && heaps_end))) return;
    leave();
    empty();
    enter();
    char *start = state ? (*state)[4] : *heaps, *end = state ? (*state)[5] : *heaps_end;
    if (state && ((*state)[6] != start || (*state)[7] != end)) return;
    if (state && (*state)[0] != end && (*state)[1] != end) return; /* where the next value goes */
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)start + page - 1) / page * page;
    uintptr_t last = (uintptr_t)end / page * page;
    if (first < last && madvise((void *)first, last - first, MADV_DONTNEED) < 0) die("madvise");
}

/* libc's fork() would run OCaml's handlers, which reset the locks that we are called under; the
 * bare system call leaves them as they are. The child keeps the thread id that libc remembers of
 * its parent: OCaml holds a mutex here that only its owner, named by that id, may release.
 * CLONE_PARENT: every snapshot is the driver's own child, whoever it was copied from, so that the
 * driver can wait for it. */
static void fork_here(int channel, int out, int err, int writes) {
    empty_minor_heap();
    /* The order of the last arguments differs between x86-64 and arm64; all are 0. */
    long pid = syscall(SYS_clone, SIGCHLD | CLONE_PARENT, 0, 0, 0, 0);
    if (pid == 0) {
        syscall(SYS_close, shim.channel);
        shim.channel = channel;
        if (!writes) shim.writes_allowed = 0; /* the parent writes what the source ends in */
        leave_files(out, err);
        if (setpgid(0, 0) < 0) die("setpgid");
        say_hello();
        say('R', 0, -1);
        return;
    }
    int failure = pid < 0 ? errno : 0;
    syscall(SYS_close, channel);
    syscall(SYS_close, out);
    syscall(SYS_close, err);
    say('K', failure, -1);
}

/* ---- feeding ---- */

/* Waits for one answer of the driver and obeys. Returns 1 when there is text to hand on.
 * `flags`: MSG_DONTWAIT when only an answer that is there already is wanted. */
static int obey(int flags) {
    union {
        char bytes[CMSG_SPACE(3 * sizeof(int))];
        struct cmsghdr align;
    } control;
    char kind;
    struct iovec parts[2] = {{&kind, 1}, {shim.text, sizeof shim.text}};
    struct msghdr message = {
        .msg_iov = parts,
        .msg_iovlen = 2,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes,
    };
    ssize_t got;
    do got = recvmsg(shim.channel, &message, MSG_CMSG_CLOEXEC | flags);
    while (got < 0 && errno == EINTR);
    if (got < 0 && errno == EAGAIN && flags) return 0;
    if (got <= 0) syscall(SYS_exit_group, EXIT_SHIM); /* the driver is done with us, or gone */
    if (kind == 'F' && got - 1 <= FEED_MAX) {
        shim.fed = (size_t)got - 1;
        shim.used = 0;
        return 1;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if ((kind == 'K' || kind == 'W') && header && header->cmsg_len == CMSG_LEN(3 * sizeof(int))) {
        int fds[3];
        memcpy(fds, CMSG_DATA(header), sizeof fds);
        fork_here(fds[0], fds[1], fds[2], kind == 'W');
        return 0;
    }
    errno = EPROTO;
    die("what the driver said");
    return 0;
}

/* All was executed that was fed. Gets the next text; returns 0 when the driver has to be asked. */
static int go_on(void) {
    if (shim.unsaid_count == MOST_UNSAID) say_the_rest();
    shim.unsaid[shim.unsaid_count++] = request_of('R', 0);
    if (clock_ns(CLOCK_MONOTONIC) - shim.said_ns > UNSAID_NS) say_the_rest();
    return obey(MSG_DONTWAIT);
}

static ssize_t feed(char *buffer, size_t count) {
    int saved = errno;
    if (shim.used == shim.fed && !go_on()) {
        say_the_rest();
        watch_driver(0);
        while (!obey(0)) {}
        watch_driver(1);
    }
    size_t left = shim.fed - shim.used;
    size_t n = left < count ? left : count;
    memcpy(buffer, shim.text + shim.used, n);
    shim.used += n;
    errno = saved;
    return (ssize_t)n;
}

/* ---- what coqc calls ---- */

__attribute__((constructor)) static void start(void) {
    const char *hinted_at = getenv("PROOF_SNAPSHOT_HINTED");
    if (hinted_at) {
        shim.hinted_at = atoi(hinted_at);
        return;
    }
    const char *home = getenv("PROOF_SNAPSHOT_SOCKET");
    const char *source = getenv("PROOF_SNAPSHOT_SOURCE"); /* device:inode */
    const char *feed_at = getenv("PROOF_SNAPSHOT_OPENING");
    if (!home || !source || !feed_at || strlen(home) >= sizeof shim.home.sun_path) return;
    shim.home.sun_family = AF_UNIX;
    memcpy(shim.home.sun_path, home, strlen(home) + 1);
    char *rest;
    shim.dev = (dev_t)strtoull(source, &rest, 10);
    if (*rest != ':') return;
    shim.ino = (ino_t)strtoull(rest + 1, NULL, 10);
    shim.feed_at = atoi(feed_at);
    shim.writes_allowed = getenv("PROOF_SNAPSHOT_WRITES") != NULL;
    const char *temporary = getenv("TMPDIR");
    if (temporary && strlen(temporary) < sizeof shim.temporary)
        memcpy(shim.temporary, temporary, strlen(temporary) + 1);
    const char *opened_list = getenv("PROOF_SNAPSHOT_OPENED");
    if (opened_list) {
        if (strlen(opened_list) >= sizeof shim.opened_list) return;
        memcpy(shim.opened_list, opened_list, strlen(opened_list) + 1);
    }
    shim.armed = 1;
}

static int ends_in(const char *path, const char *end) {
    size_t n = strlen(path), m = strlen(end);
    return n >= m && strcmp(path + n - m, end) == 0;
}

static int open_source(int fd) {
    struct stat found;
    if (fstat(fd, &found) < 0 || found.st_dev != shim.dev || found.st_ino != shim.ino) return fd;
    if (++shim.opened != shim.feed_at) return fd;
    shim.source = fd; /* its offset stays 0, as OCaml records it */
    unsetenv("LD_PRELOAD"); /* coqc's own launcher needed it; what coqc starts does not */
    meet_driver();
    return fd;
}

/* `make quick` with hints: coqc gets `.F.v.hinted` in the place of F.v, where what is known of section
 * variables is written out. Who reads that text takes it away: while it is there, nobody has. Its
 * time says which F.v it was made from. */
static int open_hinted(int folder, const char *path, int source) {
    char name[PATH_MAX];
    struct stat of_source, of_text;
    int saved = errno;
    const char *slash = strrchr(path, '/');
    int base = slash ? (int)(slash - path) + 1 : 0;
    int size = snprintf(name, sizeof name, "%.*s.%s.hinted", base, path, path + base);
    if (size >= (int)sizeof name || fstatat(folder, name, &of_text, 0) < 0 ||
        ++shim.opened != shim.hinted_at) {
        errno = saved;
        return source;
    }
    if (fstat(source, &of_source) < 0) die("the source");
    if (of_source.st_mtim.tv_sec != of_text.st_mtim.tv_sec ||
        of_source.st_mtim.tv_nsec != of_text.st_mtim.tv_nsec) {
        errno = ESTALE;
        die("the source was changed after its hints were written");
    }
    int text = (int)syscall(SYS_openat, folder, name, O_RDONLY | O_CLOEXEC, 0);
    if (text < 0 || unlinkat(folder, name, 0) < 0) die("the text with hints");
    syscall(SYS_close, source);
    shim.hinted_at = 0;
    unsetenv("LD_PRELOAD");
    errno = saved;
    return text;
}

/* A verdict holds as long as the files that coqc read for it: their names, one a line. Forked
 * processes append to the same list; a line is one write, so lines do not mix. */
static void note_opened(const char *path) {
    char line[PATH_MAX + 1];
    size_t size = strlen(path);
    if (!strncmp(path, "/proc/", 6) || !strncmp(path, "/dev/", 5)) return;
    if (size >= PATH_MAX) die("a path is too long");
    memcpy(line, path, size);
    line[size++] = '\n';
    int saved = errno;
    int list = (int)syscall(SYS_openat, AT_FDCWD, shim.opened_list,
                            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (list < 0) die("the list of opened files");
    if (syscall(SYS_write, list, line, size) != (long)size) die("the list of opened files");
    syscall(SYS_close, list);
    errno = saved;
}

/* A stand-in to come: coqc sees its name, and cannot load it. It is as if it were not there. */
static int is_not_made_yet(const char *path, int fd) {
    struct stat found;
    return ends_in(path, ".vo") && fstat(fd, &found) == 0 && found.st_size == 0;
}

/* What coqc has to itself, and may open again to fill it (native_compute). */
static int is_temporary(const char *path) {
    size_t size = strlen(shim.temporary);
    return size && !strncmp(path, shim.temporary, size) && path[size] == '/';
}

/* Opens a file for writing as far as that can fail, and leaves all as it is: what is written goes
 * nowhere. What `Redirect` has coqc write (NAME.out) would tell a proof that was put off from one. */
static int open_unwritten(int folder, const char *path, int flags, mode_t mode) {
    int as_it_is = flags & ~(O_CREAT | O_TRUNC);
    int fd = (int)syscall(SYS_openat, folder, path, as_it_is, 0);
    if (fd < 0 && errno == ENOENT && flags & O_CREAT) {
        fd = (int)syscall(SYS_openat, folder, path, flags | O_EXCL, mode);
        if (fd >= 0) syscall(SYS_unlinkat, folder, path, 0);
    }
    if (fd < 0) return fd;
    syscall(SYS_close, fd);
    return (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", as_it_is, 0);
}

static int open_at(int folder, const char *path, int flags, mode_t mode) {
    int writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    if (shim.armed && writes && !(flags & (O_EXCL | O_DIRECTORY)) && strncmp(path, "/dev/", 5)) {
        if (shim.channel >= 0 && (ends_in(path, ".vo") || ends_in(path, ".vos") ||
                                  ends_in(path, ".vok") || ends_in(path, ".vio"))) {
            int saved = errno;
            watch_driver(0);
            say('E', 0, -1);
            if (!shim.writes_allowed) { /* the driver ends us; until then, nothing is written */
                while (obey(0)) {}
                syscall(SYS_exit_group, EXIT_SHIM);
            }
            watch_driver(1);
            errno = saved;
        }
        if (is_temporary(path)) return (int)syscall(SYS_openat, folder, path, flags, mode);
        if (!shim.writes_allowed) { /* a check touches no file */
            flags &= ~(O_CREAT | O_TRUNC);
            int there = (flags & O_ACCMODE) == O_RDONLY;
            int fd = there ? (int)syscall(SYS_openat, folder, path, flags, 0) : -1;
            return fd >= 0 ? fd : (int)syscall(SYS_openat, AT_FDCWD, "/dev/null", flags, 0);
        }
        if (ends_in(path, ".out")) return open_unwritten(folder, path, flags, mode);
    }
    int fd = (int)syscall(SYS_openat, folder, path, flags, mode);
    if (fd < 0 || writes) return fd;
    if (shim.hinted_at && ends_in(path, ".v")) return open_hinted(folder, path, fd);
    if (!shim.armed) return fd;
    if (shim.opened_list[0] && !(flags & O_DIRECTORY) && !is_temporary(path) &&
        !is_not_made_yet(path, fd)) {
        note_opened(path);
    }
    if (shim.channel < 0 && ends_in(path, ".v")) return open_source(fd);
    return fd;
}

static mode_t mode_of(int flags, va_list arguments) {
    int makes = (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
    return makes ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_at(folder, path, flags, mode);
}

int open64(const char *, int, ...) __attribute__((alias("open")));
int openat64(int, const char *, int, ...) __attribute__((alias("openat")));

ssize_t read(int fd, void *buffer, size_t count) {
    if (fd >= 0 && fd == shim.source) return feed(buffer, count);
    return syscall(SYS_read, fd, buffer, count);
}

int close(int fd) {
    if (fd >= 0 && fd == shim.source) shim.source = -1;
    return (int)syscall(SYS_close, fd);
}
