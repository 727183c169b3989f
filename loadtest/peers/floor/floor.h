// The least that any server does which writes to each socket: one thread, epoll, one gathered `send` per
// subscriber and turn. No timers, no logs, no bookkeeping per message.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum {
    read_bytes = 64 * 1024,             // read of one connection in one turn
    message_limit_bytes = 1024 * 1024,  // the longest message of a client
    backlog_limit_bytes = 64 << 20,     // unread output of one connection, then it is closed
};

// Bytes that grow at the end.
struct bytes {
    uint8_t *start;
    size_t count, capacity;
};

struct channel;
struct connection;

// A subscription as the connection sees it: `slot` is its place among the channel's members.
struct subscription {
    struct channel *channel;
    uint32_t slot;
};

// The same as the channel sees it: `index` is its place among the connection's subscriptions.
struct member {
    struct connection *connection;
    uint32_t index;
};

struct channel {
    struct channel *next_in_bucket;
    struct member *members;
    uint32_t count, capacity;
    struct bytes due;  // this turn's frames, the same memory for all members
    uint32_t name_length;
    char name[];
};

struct connection {
    int fd;
    bool is_open, is_echo, is_closing, waits_for_room, has_reply;
    uint32_t subscription_count, subscription_capacity;
    struct subscription *subscriptions;
    uint64_t turn;         // the last turn in which its subscriptions were gathered
    struct bytes partial;  // the beginning of a request or frame that is not whole yet
    struct bytes out;      // replies of this turn, or what the kernel did not take
    size_t written;        // bytes of `out` that it took since
};

// bytes.c
void bytes_reserve(struct bytes *bytes, size_t more);
void bytes_append(struct bytes *bytes, const void *data, size_t count);
void bytes_free(struct bytes *bytes);

// websocket.c
enum opcode { opcode_text = 1, opcode_binary = 2, opcode_close = 8, opcode_ping = 9, opcode_pong = 10 };
struct frame {
    enum opcode opcode;
    uint8_t *payload;
    size_t count;
};
// Bytes taken from `input`; 0 when the frame is not whole yet, -1 when it breaks the rules. Unmasks in place.
ptrdiff_t frame_parse(uint8_t *input, size_t count, struct frame *frame);
// Appends an unmasked frame to `bytes`.
void frame_append(struct bytes *bytes, enum opcode opcode, const void *payload, size_t count);
// Bytes taken; 0 when the request is not whole yet, -1 when it is none of ours. Appends the answer to
// `answer`.
ptrdiff_t handshake(uint8_t *input, size_t count, bool *is_echo, struct bytes *answer);

// channels.c
extern struct channel **dirty_channels;
extern size_t dirty_channel_count;
void subscribe(struct connection *connection, const char *name, size_t length);
void publish(const char *name, size_t length, const void *payload, size_t count);
void unsubscribe_all(struct connection *connection);

// delivery.c
// Marks that `connection.out` has a reply; it leaves at the end of the turn.
void reply(struct connection *connection);
// The end of a turn: every reply and every dirty channel goes out.
void deliver_all(uint64_t turn);
// Writes what waited; false when the connection is gone.
bool write_backlog(struct connection *connection);

// main.c
void close_later(struct connection *connection);
void watch_for_room(struct connection *connection, bool waits);
