// uwebsockets PORT CERTIFICATE KEY DEFLATE: uWebSockets' own publish/subscribe behind the peers' little
// protocol.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "uws.h"

static const struct us_socket_context_options_t *tls;  // NULL without
static uws_app_t *app;
static bool compresses;

static int ssl(void) {
    return tls != NULL;
}

static void on_echo(uws_websocket_t *socket, const char *text, size_t length, uws_opcode_t opcode,
                    void *data) {
    (void)data;
    uws_ws_send_with_options(ssl(), socket, text, length, opcode, compresses, true);
}

// Called corked, as every handler of uWebSockets is.
static void on_bench(uws_websocket_t *socket, const char *text, size_t length, uws_opcode_t opcode,
                     void *data) {
    (void)opcode, (void)data;
    if (length == 0) return;
    if (text[0] == 'S') {
        uws_ws_subscribe(ssl(), socket, text + 1, length - 1);
        uws_ws_send(ssl(), socket, "s", 1, UWS_TEXT);
    } else if (text[0] == 'P') {
        const char *space = memchr(text, ' ', length);
        if (!space) return;
        size_t payload = length - (size_t)(space + 1 - text);
        uws_publish(ssl(), app, text + 1, (size_t)(space - text - 1), space + 1, payload, UWS_TEXT,
                    compresses);
    } else if (text[0] == 'R') {
        uws_ws_send(ssl(), socket, "r", 1, UWS_TEXT);
    }
}

static void on_listen(struct us_listen_socket_t *socket, uws_app_listen_config_t config, void *data) {
    (void)data;
    if (!socket) {
        fprintf(stderr, "cannot listen on port %d\n", config.port);
        exit(1);
    }
    puts("ready");
    fflush(stdout);
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    struct us_socket_context_options_t options = {.cert_file_name = argv[2], .key_file_name = argv[3]};
    tls = argv[2][0] ? &options : NULL;
    compresses = argv[4][0] == '1';
    app = uws_create_app(ssl(), options);
    if (!app || uws_constructor_failed(ssl(), app)) return 1;
    uws_socket_behavior_t behavior = {
        .compression = compresses ? UWS_SHARED_COMPRESSOR | UWS_SHARED_DECOMPRESSOR : 0,
        .maxPayloadLength = 64 << 20,
        .maxBackpressure = 64 << 20,  // beyond it messages would be dropped
        .idleTimeout = 0,
        .sendPingsAutomatically = false,
    };
    behavior.message = on_bench;
    uws_ws(ssl(), app, "/bench", behavior, NULL);
    behavior.message = on_echo;
    uws_ws(ssl(), app, "/echo", behavior, NULL);
    uws_app_listen_config_t listening = {
        .port = atoi(argv[1]), .host = "127.0.0.1", .options = UWS_EXCLUSIVE_PORT};
    uws_app_listen_with_config(ssl(), app, listening, on_listen, NULL);
    uws_app_run(ssl(), app);
}
