// Plays the kernel for a server: preloaded into its process, it makes system calls fail, or do less than was asked, as
// the file FAULTS_FILE says. Tests map the same file (Faults.swift), so they change it while the server runs.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// The same order as Faults.Call.
enum call { RECEIVE, SEND, ACCEPT, WAIT, WRITE_FILE, SYNC_FILE, CLOCK, CALLS };

struct rule {
    _Atomic int32_t every;  // 0: never; n: each nth call
    _Atomic int32_t error;  // errno, or 0: `limit` bytes at most
    _Atomic int64_t limit;  // bytes; of the clock: how many milliseconds it is ahead
    _Atomic int64_t left;   // how often still
    _Atomic int64_t calls;
    _Atomic int64_t hits;
};

static struct rule *rules;

__attribute__((constructor)) static void map_rules(void) {
    const char *path = getenv("FAULTS_FILE");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, CALLS * sizeof(struct rule), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (memory != MAP_FAILED) rules = memory;
}

// Whether this call is one to spoil; fails it where an error is to be, otherwise bounds `count`.
static int spoils(enum call call, size_t *count) {
    if (!rules) return 0;
    struct rule *rule = &rules[call];
    int32_t every = rule->every;
    if (every <= 0 || ++rule->calls % every != 0) return 0;
    if (rule->left-- <= 0) {
        rule->left = 0;
        return 0;
    }
    rule->hits++;
    if (rule->error) {
        errno = rule->error;
        return 1;
    }
    if (count && *count > (size_t)rule->limit) *count = rule->limit;
    return 0;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

ssize_t recv(int descriptor, void *buffer, size_t count, int flags) {
    return spoils(RECEIVE, &count) ? -1 : REAL(recv)(descriptor, buffer, count, flags);
}

ssize_t send(int descriptor, const void *buffer, size_t count, int flags) {
    return spoils(SEND, &count) ? -1 : REAL(send)(descriptor, buffer, count, flags);
}

ssize_t sendmsg(int descriptor, const struct msghdr *message, int flags) {
    size_t count = SIZE_MAX;
    if (spoils(SEND, &count)) return -1;
    if (count == SIZE_MAX || message->msg_iovlen == 0) return REAL(sendmsg)(descriptor, message, flags);
    // Less than was asked: of the first piece only.
    size_t first = message->msg_iov[0].iov_len;
    return REAL(send)(descriptor, message->msg_iov[0].iov_base, first < count ? first : count, flags);
}

int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags) {
    return spoils(ACCEPT, NULL) ? -1 : REAL(accept4)(listener, address, length, flags);
}

int epoll_wait(int epoll, struct epoll_event *events, int capacity, int timeout) {
    return spoils(WAIT, NULL) ? -1 : REAL(epoll_wait)(epoll, events, capacity, timeout);
}

static int is_file(int descriptor) {
    struct stat about;
    return descriptor > 2 && fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode);
}

ssize_t write(int descriptor, const void *buffer, size_t count) {
    return is_file(descriptor) && spoils(WRITE_FILE, &count) ? -1 : REAL(write)(descriptor, buffer, count);
}

ssize_t pwrite64(int descriptor, const void *buffer, size_t count, off64_t offset) {
    return is_file(descriptor) && spoils(WRITE_FILE, &count) ? -1 : REAL(pwrite64)(descriptor, buffer, count, offset);
}

// The same by its other name, and in pieces: PostgreSQL's way.
ssize_t pwrite(int descriptor, const void *buffer, size_t count, off_t offset) {
    return is_file(descriptor) && spoils(WRITE_FILE, &count) ? -1 : REAL(pwrite)(descriptor, buffer, count, offset);
}

ssize_t pwritev(int descriptor, const struct iovec *pieces, int count, off_t offset) {
    return is_file(descriptor) && spoils(WRITE_FILE, NULL) ? -1 : REAL(pwritev)(descriptor, pieces, count, offset);
}

int fsync(int descriptor) { return spoils(SYNC_FILE, NULL) ? -1 : REAL(fsync)(descriptor); }

int fdatasync(int descriptor) { return spoils(SYNC_FILE, NULL) ? -1 : REAL(fdatasync)(descriptor); }

int clock_gettime(clockid_t clock, struct timespec *time) {
    int result = REAL(clock_gettime)(clock, time);
    if (result == 0 && clock == CLOCK_REALTIME && rules && rules[CLOCK].every) {
        int64_t nanoseconds = time->tv_nsec + rules[CLOCK].limit % 1000 * 1000000 + 1000000000;
        time->tv_sec += rules[CLOCK].limit / 1000 + nanoseconds / 1000000000 - 1;
        time->tv_nsec = nanoseconds % 1000000000;
        rules[CLOCK].hits++;
    }
    return result;
}
