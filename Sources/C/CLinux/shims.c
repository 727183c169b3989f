#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/filter.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

_Static_assert(sizeof(struct stoa_event) == sizeof(struct epoll_event), "the twin must have epoll_event's size");
_Static_assert(offsetof(struct stoa_event, token) == offsetof(struct epoll_event, data), "and its layout");
_Static_assert(STOA_EPOLLIN == EPOLLIN && STOA_EPOLLOUT == EPOLLOUT && STOA_EPOLLERR == EPOLLERR, "flags");
_Static_assert(STOA_EPOLLHUP == EPOLLHUP && STOA_EPOLLRDHUP == EPOLLRDHUP, "flags");
_Static_assert(STOA_SOCK_STREAM == SOCK_STREAM, "sockets");
_Static_assert(STOA_EPOLLET == EPOLLET, "flags");

int stoa_epoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

static int control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

int stoa_epoll_add(int epoll, int descriptor, uint32_t events, uint64_t token) {
    return control(epoll, EPOLL_CTL_ADD, descriptor, events, token);
}

int stoa_epoll_modify(int epoll, int descriptor, uint32_t events, uint64_t token) {
    return control(epoll, EPOLL_CTL_MOD, descriptor, events, token);
}

int stoa_epoll_remove(int epoll, int descriptor) { return control(epoll, EPOLL_CTL_DEL, descriptor, 0, 0); }

int stoa_epoll_wait(int epoll, struct stoa_event *events, int capacity, int timeout_ms) {
    return epoll_wait(epoll, (struct epoll_event *)events, capacity, timeout_ms);
}

int stoa_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int stoa_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

int stoa_signalfd(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0) return -1;
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int stoa_timerfd(void) { return timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC); }

int stoa_timerfd_set(int descriptor, int64_t nanoseconds) {
    struct itimerspec when = {.it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
    return timerfd_settime(descriptor, TFD_TIMER_ABSTIME, &when, NULL);
}

int stoa_reset_on_close(int descriptor) {
    struct linger now = {.l_onoff = 1, .l_linger = 0};
    return setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

int stoa_steer(int listener, unsigned number) {
    struct sock_filter code[] = {{.code = BPF_RET | BPF_K, .k = number}};
    struct sock_fprog program = {.len = 1, .filter = code};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof program);
}

int stoa_unsteer(int listener) {
    int any = 0;
    return setsockopt(listener, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &any, sizeof any);
}

int stoa_ignore_beginnings(int listener) {
    // Byte 13 of a TCP header has its flags: SYN without ACK begins a connection (RFC 9293, section 3.1).
    struct sock_filter code[] = {
        {.code = BPF_LD | BPF_B | BPF_ABS, .k = 13},
        {.code = BPF_ALU | BPF_AND | BPF_K, .k = 0x12},
        {.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = 1, .k = 0x02},
        {.code = BPF_RET | BPF_K, .k = 0},
        {.code = BPF_RET | BPF_K, .k = 0xffffffff},
    };
    struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
    return setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

int stoa_tell(const char *path, const char *text) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length < 2 || length >= sizeof address.sun_path) return -1;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@') address.sun_path[0] = 0;
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t sent = sendto(descriptor, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    close(descriptor);
    return sent < 0 ? -1 : 0;
}

int stoa_bind_to_processor(int number) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(number, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

void stoa_name_thread(const char *name) {
    char short_name[16];
    strncpy(short_name, name, sizeof short_name - 1);
    short_name[sizeof short_name - 1] = 0;
    pthread_setname_np(pthread_self(), short_name);
}
