// floor PORT: a turn is epoll_wait, one read of each readable socket, one send to each that something is due
// to.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floor.h"

static int poller;
static uint8_t input[message_limit_bytes + 64 + read_bytes];
static struct connection **closing;
static size_t closing_count, closing_capacity;

void close_later(struct connection *connection) {
    if (connection->is_closing) return;
    connection->is_closing = true;
    if (closing_count == closing_capacity) {
        closing_capacity = closing_capacity ? closing_capacity * 2 : 64;
        closing = realloc(closing, closing_capacity * sizeof *closing);
        if (!closing) abort();
    }
    closing[closing_count++] = connection;
}

// At the end of a turn, so that no event of this turn meets a descriptor that is another one's by now.
static void close_all(void) {
    for (size_t i = 0; i < closing_count; i++) {
        struct connection *connection = closing[i];
        unsubscribe_all(connection);
        bytes_free(&connection->partial);
        bytes_free(&connection->out);
        close(connection->fd);
        free(connection);
    }
    closing_count = 0;
}

void watch_for_room(struct connection *connection, bool waits) {
    connection->waits_for_room = waits;
    struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = connection};
    epoll_ctl(poller, EPOLL_CTL_MOD, connection->fd, &event);
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection) abort();
        connection->fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
    }
}

static void command(struct connection *connection, const char *text, size_t count) {
    if (count == 0) return;
    switch (text[0]) {
        case 'S':
            subscribe(connection, text + 1, count - 1);
            frame_append(&connection->out, opcode_text, "s", 1);
            reply(connection);
            return;
        case 'P': {
            const char *space = memchr(text, ' ', count);
            if (!space) return;
            publish(text + 1, (size_t)(space - text - 1), space + 1, count - (size_t)(space + 1 - text));
            return;
        }
        case 'R':
            frame_append(&connection->out, opcode_text, "r", 1);
            reply(connection);
            return;
    }
}

static void take_frame(struct connection *connection, const struct frame *frame) {
    switch (frame->opcode) {
        case opcode_close:
            frame_append(&connection->out, opcode_close, frame->payload, frame->count);
            write_backlog(connection);
            close_later(connection);
            return;
        case opcode_ping:
            frame_append(&connection->out, opcode_pong, frame->payload, frame->count);
            reply(connection);
            return;
        case opcode_pong:
            return;
        case opcode_text:
        case opcode_binary:
            if (!connection->is_echo) return command(connection, (char *)frame->payload, frame->count);
            frame_append(&connection->out, frame->opcode, frame->payload, frame->count);
            reply(connection);
            return;
        default:
            close_later(connection);
    }
}

// Bytes of `data` that were whole requests and frames.
static size_t take(struct connection *connection, uint8_t *data, size_t count) {
    size_t taken = 0;
    while (taken < count && !connection->is_closing) {
        ptrdiff_t step;
        if (connection->is_open) {
            struct frame frame;
            step = frame_parse(data + taken, count - taken, &frame);
            if (step > 0) take_frame(connection, &frame);
        } else {
            step = handshake(data + taken, count - taken, &connection->is_echo, &connection->out);
            if (step > 0) {
                connection->is_open = true;
                reply(connection);
            }
        }
        if (step < 0) close_later(connection);
        if (step <= 0) break;
        taken += (size_t)step;
    }
    return taken;
}

static void read_once(struct connection *connection) {
    size_t held = connection->partial.count;
    if (held) memcpy(input, connection->partial.start, held);
    ssize_t count = recv(connection->fd, input + held, read_bytes, 0);
    if (count <= 0) {
        if (count == 0 || errno != EAGAIN) close_later(connection);
        return;
    }
    size_t all = held + (size_t)count, taken = take(connection, input, all);
    connection->partial.count = 0;
    if (taken < all) bytes_append(&connection->partial, input + taken, all - taken);
    else if (held) bytes_free(&connection->partial);
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, SOMAXCONN) < 0) {
        perror("listen");
        exit(1);
    }
    return listener;
}

static void turn(int listener, uint64_t number) {
    static struct epoll_event events[1024];
    int count = epoll_wait(poller, events, 1024, -1);
    for (int i = 0; i < count; i++) {
        struct connection *connection = events[i].data.ptr;
        if (!connection) {
            accept_all(listener);
            continue;
        }
        if (connection->is_closing) continue;
        if (connection->waits_for_room && (events[i].events & EPOLLOUT) && !write_backlog(connection))
            close_later(connection);
        else if (events[i].events & ~(uint32_t)EPOLLOUT) read_once(connection);
    }
    deliver_all(number);
    close_all();
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    int listener = listen_on(atoi(argv[1]));
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};  // no connection: the listener
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    puts("ready");
    fflush(stdout);
    for (uint64_t number = 1;; number++) turn(listener, number);
}
