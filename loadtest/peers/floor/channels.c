// Channel → members, and the frames that each channel owes its members at the end of the turn.
#include <stdlib.h>
#include <string.h>

#include "floor.h"

enum { bucket_count = 1 << 16 };
static struct channel *buckets[bucket_count];

struct channel **dirty_channels;
size_t dirty_channel_count;
static size_t dirty_channel_capacity;

static void *grown(void *array, size_t count, size_t size) {
    array = realloc(array, count * size);
    if (!array) abort();
    return array;
}

static uint32_t bucket(const char *name, size_t length) {
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    return (hash ^ hash >> 16) % bucket_count;
}

static struct channel *find(const char *name, size_t length, bool makes) {
    struct channel **place = &buckets[bucket(name, length)];
    for (struct channel *channel = *place; channel; channel = channel->next_in_bucket)
        if (channel->name_length == length && memcmp(channel->name, name, length) == 0) return channel;
    if (!makes) return NULL;
    struct channel *channel = calloc(1, sizeof *channel + length);
    if (!channel) abort();
    channel->next_in_bucket = *place;
    channel->name_length = (uint32_t)length;
    memcpy(channel->name, name, length);
    return *place = channel;
}

void subscribe(struct connection *connection, const char *name, size_t length) {
    struct channel *channel = find(name, length, true);
    for (uint32_t i = 0; i < connection->subscription_count; i++)
        if (connection->subscriptions[i].channel == channel) return;
    if (channel->count == channel->capacity) {
        channel->capacity = channel->capacity ? channel->capacity * 2 : 4;
        channel->members = grown(channel->members, channel->capacity, sizeof *channel->members);
    }
    if (connection->subscription_count == connection->subscription_capacity) {
        connection->subscription_capacity =
            connection->subscription_capacity ? connection->subscription_capacity * 2 : 1;
        connection->subscriptions = grown(connection->subscriptions, connection->subscription_capacity,
                                          sizeof *connection->subscriptions);
    }
    uint32_t index = connection->subscription_count++, slot = channel->count++;
    connection->subscriptions[index] = (struct subscription){channel, slot};
    channel->members[slot] = (struct member){connection, index};
}

void unsubscribe_all(struct connection *connection) {
    for (uint32_t i = 0; i < connection->subscription_count; i++) {
        struct channel *channel = connection->subscriptions[i].channel;
        uint32_t slot = connection->subscriptions[i].slot;
        struct member moved = channel->members[--channel->count];
        channel->members[slot] = moved;
        moved.connection->subscriptions[moved.index].slot = slot;
    }
    free(connection->subscriptions);
    connection->subscriptions = NULL;
    connection->subscription_count = connection->subscription_capacity = 0;
}

void publish(const char *name, size_t length, const void *payload, size_t count) {
    struct channel *channel = find(name, length, false);
    if (!channel || channel->count == 0) return;
    if (channel->due.count == 0) {
        if (dirty_channel_count == dirty_channel_capacity) {
            dirty_channel_capacity = dirty_channel_capacity ? dirty_channel_capacity * 2 : 64;
            dirty_channels = grown(dirty_channels, dirty_channel_capacity, sizeof *dirty_channels);
        }
        dirty_channels[dirty_channel_count++] = channel;
    }
    frame_append(&channel->due, opcode_text, payload, count);
}
