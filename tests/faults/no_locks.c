/* Preloaded: a file system whose locks fail, as NFS without its lock daemon. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/file.h>

int flock(int file, int how) {
    (void)file, (void)how;
    errno = ENOLCK;
    return -1;
}

static int locks(int command) {
    return command == F_SETLK || command == F_SETLKW || command == F_GETLK;
}

#define WITHOUT_LOCKS(NAME)                                                         \
    int NAME(int file, int command, ...) {                                          \
        va_list more;                                                               \
        va_start(more, command);                                                    \
        void *value = va_arg(more, void *);                                         \
        va_end(more);                                                               \
        if (locks(command)) {                                                       \
            errno = ENOLCK;                                                         \
            return -1;                                                              \
        }                                                                           \
        int (*next)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, #NAME); \
        return next(file, command, value);                                          \
    }

WITHOUT_LOCKS(fcntl)
WITHOUT_LOCKS(fcntl64)
