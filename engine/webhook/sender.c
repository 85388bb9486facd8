/* SPDX-License-Identifier: MIT */
/* Requests on the way: one easy handle each, which shares connections with the others. */
#include "webhook/sender.h"

#include <curl/curl.h>
#include <stdio.h>
#include "base/list.h"
#include "base/memory.h"
#include "ody/error.h"
#include "ody/server.h"
#include "ody/version.h"

#define WAIT_MOST 60000 /* ms */

typedef struct transfer {
    ody_list_node node;
    CURL *easy;
    struct curl_slist *headers;
    ody_webhook_hook *hook;
    size_t received; /* bytes of the answer, head and body */
    size_t most;     /* of them */
    char error[CURL_ERROR_SIZE];
} transfer;

struct ody_webhook_sender {
    CURLM *multi;
    const ody_webhook_limits *limits;
    const char *ca_file;
    ody_list transfers;
};

const char *ody_version_libcurl(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

ody_webhook_sender *ody__sender_new(const ody_webhook_limits *limits, const char *ca_file)
{
    ody_webhook_sender *sender = ody_calloc(1, sizeof(*sender));

    if (!sender) {
        return NULL;
    }
    ody_list_init(&sender->transfers);
    sender->limits = limits;
    sender->ca_file = ca_file;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        ody_free(sender);
        return NULL;
    }
    sender->multi = curl_multi_init();
    if (!sender->multi) {
        ody__sender_free(sender);
        return NULL;
    }
    curl_multi_setopt(sender->multi, CURLMOPT_MAXCONNECTS, (long)limits->requests);
    return sender;
}

static void transfer_free(transfer *self)
{
    ody_list_remove(&self->node);
    curl_easy_cleanup(self->easy);
    curl_slist_free_all(self->headers);
    ody_free(self);
}

void ody__sender_free(ody_webhook_sender *sender)
{
    ody_list_node *node;

    if (!sender) {
        return;
    }
    while ((node = ody_list_take_first(&sender->transfers))) {
        transfer *self = ody_container_of(node, transfer, node);

        curl_multi_remove_handle(sender->multi, self->easy);
        transfer_free(self);
    }
    curl_multi_cleanup(sender->multi);
    curl_global_cleanup();
    ody_free(sender);
}

/* Whatever the receiver answers, nobody reads it; what never ends is broken off. */
static size_t discard(char *data, size_t size, size_t count, void *context)
{
    transfer *self = context;

    (void)data;
    self->received += size * count;
    return self->received <= self->most ? size * count : 0;
}

static bool add_header(transfer *self, const char *name, const char *value)
{
    char text[512];
    struct curl_slist *more;

    if ((size_t)snprintf(text, sizeof(text), "%s: %s", name, value) >= sizeof(text)) {
        return false;
    }
    more = curl_slist_append(self->headers, text);
    self->headers = more ? more : self->headers;
    return more != NULL;
}

static bool add_headers(transfer *self, const ody_webhook_request *request)
{
    /* libcurl takes a header without a value as: send none. It would wait for "100 Continue". */
    struct curl_slist *first = curl_slist_append(NULL, "Expect:");

    self->headers = first;
    return first && add_header(self, "Content-Type", "application/json") &&
           add_header(self, "X-Pusher-Key", request->key) &&
           add_header(self, "X-Pusher-Signature", request->signature);
}

#define SET(option, value) (curl_easy_setopt(self->easy, (option), (value)) == CURLE_OK)

static bool set_request(transfer *self, const ody_webhook_request *request)
{
    return SET(CURLOPT_URL, request->url) && SET(CURLOPT_POST, 1L) &&
           SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length) &&
           SET(CURLOPT_POSTFIELDS, request->body.data) && SET(CURLOPT_HTTPHEADER, self->headers) &&
           SET(CURLOPT_USERAGENT, "ody-websocket/" ODY_VERSION) &&
           SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) && SET(CURLOPT_PRIVATE, self);
}

static bool set_answer(transfer *self)
{
    return SET(CURLOPT_WRITEFUNCTION, discard) && SET(CURLOPT_WRITEDATA, self) &&
           SET(CURLOPT_HEADERFUNCTION, discard) && SET(CURLOPT_HEADERDATA, self) &&
           SET(CURLOPT_ERRORBUFFER, self->error);
}

/* Only who the configuration names is told anything. */
static bool set_trust(transfer *self, const char *ca_file)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    bool done = SET(CURLOPT_PROTOCOLS_STR, "http,https");
#else
    bool done = SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    return done && SET(CURLOPT_FOLLOWLOCATION, 0L) && SET(CURLOPT_PROXY, "") &&
           SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) && SET(CURLOPT_SSL_VERIFYPEER, 1L) &&
           SET(CURLOPT_SSL_VERIFYHOST, 2L) &&
           SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           (!ca_file || SET(CURLOPT_CAINFO, ca_file));
}

static bool set_times(transfer *self, const ody_webhook_limits *limits)
{
    return SET(CURLOPT_CONNECTTIMEOUT_MS, (long)limits->connect_time) &&
           SET(CURLOPT_TIMEOUT_MS, (long)limits->request_time) &&
           SET(CURLOPT_NOSIGNAL, 1L)
#if LIBCURL_VERSION_NUM >= 0x075700
           /* A name that is not resolved in time is given up. Without this everybody would wait for
            * the thread that asks for it. */
           && SET(CURLOPT_QUICK_EXIT, 1L)
#endif
        ;
}

int ody__sender_start(ody_webhook_sender *sender, const ody_webhook_request *request)
{
    transfer *self = ody_calloc(1, sizeof(*self));

    if (!self) {
        return ODY_EMEMORY;
    }
    self->hook = request->hook;
    self->most = sender->limits->response_size;
    self->easy = curl_easy_init();
    if (!self->easy || !add_headers(self, request) || !set_request(self, request) ||
        !set_answer(self) || !set_trust(self, sender->ca_file) ||
        !set_times(self, sender->limits) ||
        curl_multi_add_handle(sender->multi, self->easy) != CURLM_OK) {
        transfer_free(self);
        return ODY_EMEMORY;
    }
    ody_list_append(&sender->transfers, &self->node);
    return 0;
}

/* @return NULL for a request that was delivered. @param text of size bytes. */
static const char *judge(const transfer *self, CURLcode result, char *text, size_t size)
{
    long status = 0;

    curl_easy_getinfo(self->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status >= 200 && status <= 299) {
        /* Then it was taken, however the rest of the answer came along. */
        return NULL;
    }
    if (result == CURLE_OK) {
        snprintf(text, size, "status %ld", status);
    } else {
        snprintf(text, size, "%s", self->error[0] ? self->error : curl_easy_strerror(result));
    }
    return text;
}

void ody__sender_work(ody_webhook_sender *sender,
                      void (*ended)(void *context, ody_webhook_hook *hook, const char *reason),
                      void *context)
{
    CURLMsg *message;
    int number;

    curl_multi_perform(sender->multi, &number);
    while ((message = curl_multi_info_read(sender->multi, &number))) {
        char text[CURL_ERROR_SIZE];
        char *private = NULL;
        const char *reason;
        transfer *self;

        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        self = (transfer *)private;
        reason = judge(self, message->data.result, text, sizeof(text));
        curl_multi_remove_handle(sender->multi, self->easy);
        ended(context, self->hook, reason);
        transfer_free(self);
    }
}

void ody__sender_wait(ody_webhook_sender *sender, uint64_t ms)
{
    curl_multi_poll(sender->multi, NULL, 0, (int)(ms < WAIT_MOST ? ms : WAIT_MOST), NULL);
}

void ody__sender_wake(ody_webhook_sender *sender)
{
    curl_multi_wakeup(sender->multi);
}
