/* A disk that fails when it is told to. Loaded before libc into a program under test (LD_PRELOAD), it stands between the
   program and what writes to files. EXPENSE_TEST_DISK names a folder: only files in it fail. EXPENSE_TEST_DISK_FAULT names
   a file of two 32-bit numbers, shared with the test: the fault (see `enum fault`; 0 is none) and how many calls pass
   before it begins. It needs neither root nor a file system of its own. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum fault { NONE, FULL, WRITE_FAILS, SYNC_FAILS, READ_ONLY };

struct control {
    volatile uint32_t fault;
    volatile int32_t calls_left;
};

static struct control *control(void) {
    static struct control *shared;
    if (!shared) {
        const char *path = getenv("EXPENSE_TEST_DISK_FAULT");
        int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
        if (fd < 0) return NULL;
        void *page = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        close(fd);
        if (page == MAP_FAILED) return NULL;
        shared = page;
    }
    return shared;
}

/* The fault that holds for a call on this file. */
static uint32_t fault_of(int fd) {
    struct control *now = control();
    if (!now || now->fault == NONE) return NONE;
    const char *folder = getenv("EXPENSE_TEST_DISK");
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!folder || length < 0) return NONE;
    path[length] = 0;
    if (strncmp(path, folder, strlen(folder)) != 0) return NONE;
    if (__sync_fetch_and_sub(&now->calls_left, 1) > 0) return NONE;
    return now->fault;
}

/* How much of a write fits; -1 with errno set where nothing does. */
static ssize_t room(int fd, size_t length, off_t at) {
    switch (fault_of(fd)) {
    case WRITE_FAILS: errno = EIO; return -1;
    case READ_ONLY: errno = EROFS; return -1;
    case FULL: {
        struct stat now;
        if (fstat(fd, &now) != 0 || !S_ISREG(now.st_mode)) return (ssize_t)length;
        if (at >= now.st_size) { errno = ENOSPC; return -1; }
        return at + (off_t)length > now.st_size ? (ssize_t)(now.st_size - at) : (ssize_t)length;
    }
    default: return (ssize_t)length;
    }
}

ssize_t pwrite64(int fd, const void *from, size_t length, off_t at) {
    ssize_t fits = length ? room(fd, length, at) : 0;
    return fits < 0 ? -1 : syscall(SYS_pwrite64, fd, from, (size_t)fits, at);
}

ssize_t pwrite(int fd, const void *from, size_t length, off_t at) { return pwrite64(fd, from, length, at); }

ssize_t write(int fd, const void *from, size_t length) {
    struct control *now = control();
    if (now && now->fault != NONE && length) {
        off_t at = lseek(fd, 0, SEEK_CUR);
        ssize_t fits = at < 0 ? (ssize_t)length : room(fd, length, at);
        if (fits < 0) return -1;
        length = (size_t)fits;
    }
    return syscall(SYS_write, fd, from, length);
}

static int sync_fails(int fd) {
    if (fault_of(fd) != SYNC_FAILS) return 0;
    errno = EIO;
    return 1;
}

int fsync(int fd) { return sync_fails(fd) ? -1 : (int)syscall(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_fails(fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }

/* Growing a file takes room; making it smaller does not. */
static int growth_fault(int fd, off_t size) {
    struct stat now;
    uint32_t fault = fault_of(fd);
    if (fault == READ_ONLY) return EROFS;
    if (fault == WRITE_FAILS) return EIO;
    return fault == FULL && fstat(fd, &now) == 0 && size > now.st_size ? ENOSPC : 0;
}

int ftruncate64(int fd, off_t size) {
    int fault = growth_fault(fd, size);
    if (fault) { errno = fault; return -1; }
    return (int)syscall(SYS_ftruncate, fd, size);
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fallocate64(int fd, int mode, off_t at, off_t length) {
    int fault = growth_fault(fd, at + length);
    if (fault) { errno = fault; return -1; }
    return (int)syscall(SYS_fallocate, fd, mode, at, length);
}

int fallocate(int fd, int mode, off_t at, off_t length) { return fallocate64(fd, mode, at, length); }

int posix_fallocate64(int fd, off_t at, off_t length) {
    int fault = growth_fault(fd, at + length);
    if (fault) return fault;
    return syscall(SYS_fallocate, fd, 0, at, length) == 0 ? 0 : errno;
}

int posix_fallocate(int fd, off_t at, off_t length) { return posix_fallocate64(fd, at, length); }
