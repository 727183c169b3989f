// What the reactor needs of Linux that the Glibc module does not offer safely.
//
// `struct epoll_event` holds a union with a pointer, which strict memory safety counts as unsafe. This twin has
// the same layout (a static assertion in shims.c holds it to that) and carries a plain 64-bit token instead.

#ifndef STOA_CLINUX_H
#define STOA_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/types.h>

// `SOCK_STREAM`, which an optimised build cannot find in Glibc beside a library whose headers include it too.
enum { STOA_SOCK_STREAM = 1 };

struct stoa_event {
    uint32_t events;
    uint64_t token;
} __attribute__((packed));

enum {
    STOA_EPOLLIN = 0x001,
    STOA_EPOLLOUT = 0x004,
    STOA_EPOLLERR = 0x008,
    STOA_EPOLLHUP = 0x010,
    STOA_EPOLLRDHUP = 0x2000,
    STOA_EPOLLET = 1u << 31,
};

int stoa_epoll_create(void);
int stoa_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token);
int stoa_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token);
int stoa_epoll_remove(int epoll, int descriptor);
int stoa_epoll_wait(int epoll, struct stoa_event *events, int capacity, int timeout_ms);

// accept4 with SOCK_NONBLOCK | SOCK_CLOEXEC; needs _GNU_SOURCE, which no header seen by Swift may define.
int stoa_accept(int listener, struct sockaddr *address, socklen_t *length);

int stoa_eventfd(void);

// signalfd over a blocked set of the given signals.
int stoa_signalfd(const int *signals, size_t count);

// A timer of the monotonic clock as a descriptor, and the moment at which it becomes readable (0 disarms it).
int stoa_timerfd(void);
int stoa_timerfd_set(int descriptor, int64_t nanoseconds);

// Of the sockets that share a listening port, sends connections that begin from now on to the one with this number, in
// the order in which they began to listen; where there is none with it, to any. `stoa_unsteer` takes that back.
int stoa_steer(int listener, unsigned number);
int stoa_unsteer(int listener);

// A TCP listener gets no connection that begins from now on: its client sends the first packet again a second later. What
// has begun is not touched.
int stoa_ignore_beginnings(int listener);

// Sends one datagram to a Unix socket; a path that begins with `@` is an abstract name.
int stoa_tell(const char *path, const char *text);

// Makes close() send a reset in place of an orderly end.
int stoa_reset_on_close(int descriptor);

// Binds the calling thread, and those that it starts from now on, to one processor.
int stoa_bind_to_processor(int number);

// Names the calling thread, cut to the kernel's 15 characters.
void stoa_name_thread(const char *name);

#endif
