// RFC 6455, as much of it as a load generator meets: whole messages, pings, closes.
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <string.h>

#include "floor.h"

static void unmask(uint8_t *payload, size_t count, const uint8_t mask[4]) {
    uint64_t word = 0;
    memcpy(&word, mask, 4);
    word |= word << 32;
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        uint64_t lane;
        memcpy(&lane, payload + i, 8);
        lane ^= word;
        memcpy(payload + i, &lane, 8);
    }
    for (; i < count; i++) payload[i] ^= mask[i & 3];
}

ptrdiff_t frame_parse(uint8_t *input, size_t count, struct frame *frame) {
    if (count < 2) return 0;
    bool is_final = input[0] & 0x80, is_masked = input[1] & 0x80;
    uint64_t length = input[1] & 0x7f;
    size_t extended = length == 126 ? 2 : length == 127 ? 8 : 0;
    size_t head = 2 + extended + 4;
    if (!is_final || !is_masked || (input[0] & 0x70)) return -1;
    if (count < head) return 0;
    if (extended) {
        length = 0;
        for (size_t i = 0; i < extended; i++) length = length << 8 | input[2 + i];
    }
    if (length > message_limit_bytes) return -1;
    if (count < head + length) return 0;
    *frame = (struct frame){.opcode = input[0] & 0x0f, .payload = input + head, .count = length};
    unmask(frame->payload, length, input + head - 4);
    return (ptrdiff_t)(head + length);
}

void frame_append(struct bytes *bytes, enum opcode opcode, const void *payload, size_t count) {
    uint8_t head[10] = {0x80 | opcode};
    size_t length = 2;
    if (count < 126) {
        head[1] = (uint8_t)count;
    } else if (count < 65536) {
        head[1] = 126, head[2] = (uint8_t)(count >> 8), head[3] = (uint8_t)count;
        length = 4;
    } else {
        head[1] = 127;
        for (int i = 0; i < 8; i++) head[2 + i] = (uint8_t)(count >> (56 - 8 * i));
        length = 10;
    }
    bytes_append(bytes, head, length);
    bytes_append(bytes, payload, count);
}

static void accept_value(const char *key, size_t length, char accept[32]) {
    char joined[128];
    unsigned char digest[SHA_DIGEST_LENGTH];
    int count = snprintf(joined, sizeof joined, "%.*s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", (int)length, key);
    SHA1((const unsigned char *)joined, (size_t)count, digest);
    EVP_EncodeBlock((unsigned char *)accept, digest, SHA_DIGEST_LENGTH);
}

ptrdiff_t handshake(uint8_t *input, size_t count, bool *is_echo, struct bytes *answer) {
    char *end = memmem(input, count, "\r\n\r\n", 4);
    if (!end) return count > 8192 ? -1 : 0;
    end[2] = 0;
    char *text = (char *)input, *key = strcasestr(text, "\r\nsec-websocket-key:");
    *is_echo = strncmp(text, "GET /echo ", 10) == 0;
    if (!key || !(*is_echo || strncmp(text, "GET /bench ", 11) == 0)) return -1;
    key += strlen("\r\nsec-websocket-key:");
    key += strspn(key, " \t");
    size_t length = strcspn(key, " \t\r");
    if (length != 24) return -1;
    char accept[32], head[256];
    accept_value(key, length, accept);
    int written = snprintf(head, sizeof head,
                           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           "Sec-WebSocket-Accept: %s\r\n\r\n",
                           accept);
    bytes_append(answer, head, (size_t)written);
    return end + 4 - text;
}
