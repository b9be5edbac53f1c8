/* Fails, cuts or kills at the k-th call that writes below a folder. Loaded before the C library (LD_PRELOAD). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

enum { NOTHING, EIO_ONCE, FULL, KILL, TORN };
static int mode = NOTHING;
static long at = 0, seen = 0;

void fault_arm(int how, long number) { mode = how; at = number; seen = 0; }
long fault_seen(void) { return seen; }

static int counts(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    return root && path && !strncmp(path, root, strlen(root)) && !strstr(path, "/cache");
}

static int counts_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return counts(path);
}

/* 0: let it through; 1: it fails, errno is set; 2: half of it is written, and then it fails or the process dies. */
static int fate(int writes) {
    seen++;
    if (mode == NOTHING || seen < at || (seen > at && mode != FULL)) return 0;
    if (mode == EIO_ONCE) { errno = EIO; return 1; }
    if (mode == KILL) raise(SIGKILL);
    if (seen == at && writes) return 2;
    if (mode == TORN) raise(SIGKILL);
    errno = ENOSPC;
    return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define WRITES(name, arguments, half, full)                          \
    ssize_t name arguments {                                         \
        int how = counts_fd(fd) ? fate(1) : 0;                       \
        if (how == 1) return -1;                                     \
        if (how == 2) { ssize_t done = REAL(name) half; if (mode == TORN) raise(SIGKILL); return done; } \
        return REAL(name) full;                                      \
    }
WRITES(write, (int fd, const void *text, size_t size), (fd, text, size / 2), (fd, text, size))
WRITES(pwrite, (int fd, const void *text, size_t size, off_t place), (fd, text, size / 2, place), (fd, text, size, place))
WRITES(pwrite64, (int fd, const void *text, size_t size, off64_t place), (fd, text, size / 2, place), (fd, text, size, place))

#define ON_FD(name, arguments, call) int name arguments { return counts_fd(fd) && fate(0) ? -1 : REAL(name) call; }
ON_FD(fsync, (int fd), (fd))
ON_FD(fdatasync, (int fd), (fd))
ON_FD(ftruncate, (int fd, off_t size), (fd, size))
ON_FD(ftruncate64, (int fd, off64_t size), (fd, size))

#define ON_PATH(name, arguments, call) int name arguments { return counts(path) && fate(0) ? -1 : REAL(name) call; }
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t how), (path, how))

#define OPENS(name, arguments, call)                                  \
    int name arguments {                                              \
        mode_t how = 0;                                               \
        if (flags & O_CREAT) { va_list rest; va_start(rest, flags); how = va_arg(rest, mode_t); va_end(rest); } \
        int made = (flags & O_CREAT) && counts(path) && access(path, F_OK); \
        return made && fate(0) ? -1 : REAL(name) call;                \
    }
OPENS(open, (const char *path, int flags, ...), (path, flags, how))
OPENS(open64, (const char *path, int flags, ...), (path, flags, how))
OPENS(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, how))
OPENS(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, how))
