// The door to libcurl: its headers, and a typed function for each use of its variadic ones, which Swift cannot import.

#ifndef STOA_CCURL_SHIM_H
#define STOA_CCURL_SHIM_H

#include <curl/curl.h>

typedef size_t (*stoa_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
typedef curl_socket_t (*stoa_curl_open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);

static inline CURLcode stoa_curl_set_number(CURL *c, CURLoption o, long v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode stoa_curl_set_size(CURL *c, CURLoption o, curl_off_t v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode stoa_curl_set_text(CURL *c, CURLoption o, const char *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode stoa_curl_set_list(CURL *c, CURLoption o, struct curl_slist *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode stoa_curl_set_context(CURL *c, CURLoption o, void *v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode stoa_curl_set_bytes(CURL *c, CURLoption o, stoa_curl_bytes v) { return curl_easy_setopt(c, o, v); }
static inline CURLcode stoa_curl_set_open(CURL *c, stoa_curl_open v) {
    return curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, v);
}
static inline CURLcode stoa_curl_get_number(CURL *c, CURLINFO i, long *v) { return curl_easy_getinfo(c, i, v); }
static inline CURLcode stoa_curl_get_text(CURL *c, CURLINFO i, char **v) { return curl_easy_getinfo(c, i, v); }

// The transfer that has ended next, with its result, or NULL: a message holds a union, and its pointer dies at once.
static inline CURL *stoa_curl_ended(CURLM *m, CURLcode *result) {
    int left;
    CURLMsg *message;
    while ((message = curl_multi_info_read(m, &left))) {
        if (message->msg == CURLMSG_DONE) {
            *result = message->data.result;
            return message->easy_handle;
        }
    }
    return NULL;
}

#endif
