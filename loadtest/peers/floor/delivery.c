// The end of a turn: one system call per connection that something is due to.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "floor.h"

static struct connection **replying;
static size_t reply_count, reply_capacity;

void reply(struct connection *connection) {
    if (connection->has_reply || connection->waits_for_room) return;
    connection->has_reply = true;
    if (reply_count == reply_capacity) {
        reply_capacity = reply_capacity ? reply_capacity * 2 : 64;
        replying = realloc(replying, reply_capacity * sizeof *replying);
        if (!replying) abort();
    }
    replying[reply_count++] = connection;
}

// Keeps what the kernel did not take of `slices`, after `taken` bytes.
static void keep_rest(struct connection *connection, const struct iovec *slices, size_t count, size_t taken) {
    for (size_t i = 0; i < count; i++) {
        size_t skipped = taken < slices[i].iov_len ? taken : slices[i].iov_len;
        taken -= skipped;
        bytes_append(&connection->out, (uint8_t *)slices[i].iov_base + skipped, slices[i].iov_len - skipped);
    }
    if (connection->out.count - connection->written > backlog_limit_bytes) close_later(connection);
    else if (!connection->waits_for_room) watch_for_room(connection, true);
}

static void send_slices(struct connection *connection, struct iovec *slices, size_t count) {
    if (connection->is_closing) return;
    if (connection->waits_for_room) return keep_rest(connection, slices, count, 0);
    size_t due = 0;
    for (size_t i = 0; i < count; i++) due += slices[i].iov_len;
    ssize_t sent;
    if (count == 1) {
        sent = send(connection->fd, slices[0].iov_base, due, MSG_NOSIGNAL);
    } else {
        struct msghdr message = {.msg_iov = slices, .msg_iovlen = count};
        sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
    }
    if (sent == (ssize_t)due) return;
    if (sent < 0 && errno != EAGAIN) return close_later(connection);
    keep_rest(connection, slices, count, sent < 0 ? 0 : (size_t)sent);
}

// All that is due to a connection: its replies, then the frames of each of its channels.
static void send_due(struct connection *connection) {
    struct iovec slices[IOV_MAX];
    struct bytes replies = {0};
    size_t count = 0;
    if (connection->has_reply) {
        connection->has_reply = false;
        replies = connection->out;
        connection->out = (struct bytes){0};
        slices[count++] = (struct iovec){replies.start, replies.count};
    }
    for (uint32_t i = 0; i < connection->subscription_count; i++) {
        struct bytes *due = &connection->subscriptions[i].channel->due;
        if (due->count == 0) continue;
        if (count == IOV_MAX) {
            send_slices(connection, slices, count);
            count = 0;
        }
        slices[count++] = (struct iovec){due->start, due->count};
    }
    if (count) send_slices(connection, slices, count);
    bytes_free(&replies);
}

void deliver_all(uint64_t turn) {
    // A connection with replies or several channels is gathered once; the usual one, with one channel, needs
    // no more than the send.
    for (size_t i = 0; i < reply_count; i++) {
        replying[i]->turn = turn;
        send_due(replying[i]);
    }
    reply_count = 0;
    for (size_t i = 0; i < dirty_channel_count; i++) {
        struct channel *channel = dirty_channels[i];
        struct iovec due = {channel->due.start, channel->due.count};
        for (uint32_t slot = 0; slot < channel->count; slot++) {
            struct connection *connection = channel->members[slot].connection;
            if (connection->turn == turn) continue;
            if (connection->subscription_count == 1) {
                send_slices(connection, &due, 1);
            } else {
                connection->turn = turn;
                send_due(connection);
            }
        }
    }
    for (size_t i = 0; i < dirty_channel_count; i++) dirty_channels[i]->due.count = 0;
    dirty_channel_count = 0;
}

bool write_backlog(struct connection *connection) {
    struct bytes *out = &connection->out;
    size_t waiting = out->count - connection->written;
    ssize_t sent = send(connection->fd, out->start + connection->written, waiting, MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    connection->written += (size_t)sent;
    if (connection->written < out->count) return true;
    bytes_free(out);
    connection->written = 0;
    watch_for_room(connection, false);
    return true;
}
