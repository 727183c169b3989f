// What main.c needs of the C interface that socketify's library exports; the wheel carries no header for it.
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef struct uws_app_s uws_app_t;
typedef struct uws_websocket_s uws_websocket_t;
struct us_listen_socket_t;

struct us_socket_context_options_t {
    const char *key_file_name, *cert_file_name, *passphrase, *dh_params_file_name, *ca_file_name,
        *ssl_ciphers;
    int ssl_prefer_low_memory_usage;
};

typedef struct {
    int port;
    const char *host;
    int options;
} uws_app_listen_config_t;

typedef enum { UWS_TEXT = 1, UWS_BINARY = 2 } uws_opcode_t;
enum { UWS_EXCLUSIVE_PORT = 1, UWS_SHARED_COMPRESSOR = 1, UWS_SHARED_DECOMPRESSOR = 1 << 8 };

typedef struct {
    unsigned int compression;
    unsigned int maxPayloadLength;
    unsigned short idleTimeout;
    unsigned int maxBackpressure;
    bool closeOnBackpressureLimit, resetIdleTimeoutOnSend, sendPingsAutomatically;
    unsigned short maxLifetime;
    void (*upgrade)(void);
    void (*open)(uws_websocket_t *socket, void *data);
    void (*message)(uws_websocket_t *socket, const char *text, size_t length, uws_opcode_t opcode,
                    void *data);
    void (*drain)(uws_websocket_t *socket, void *data);
    void (*ping)(void), (*pong)(void), (*close)(void), (*subscription)(void);
} uws_socket_behavior_t;

uws_app_t *uws_create_app(int ssl, struct us_socket_context_options_t options);
bool uws_constructor_failed(int ssl, uws_app_t *app);
void uws_ws(int ssl, uws_app_t *app, const char *pattern, uws_socket_behavior_t behavior, void *data);
void uws_app_listen_with_config(int ssl, uws_app_t *app, uws_app_listen_config_t config,
                                void (*handler)(struct us_listen_socket_t *socket,
                                                uws_app_listen_config_t config, void *data),
                                void *data);
void uws_app_run(int ssl, uws_app_t *app);
bool uws_ws_subscribe(int ssl, uws_websocket_t *socket, const char *topic, size_t length);
int uws_ws_send(int ssl, uws_websocket_t *socket, const char *text, size_t length, uws_opcode_t opcode);
int uws_ws_send_with_options(int ssl, uws_websocket_t *socket, const char *text, size_t length,
                             uws_opcode_t opcode, bool compress, bool fin);
bool uws_publish(int ssl, uws_app_t *app, const char *topic, size_t topic_length, const char *text,
                 size_t length, uws_opcode_t opcode, bool compress);
