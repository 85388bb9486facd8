/* SPDX-License-Identifier: MIT */
/* What a server library does: a connection that is kept, and signed requests over it. Blocking. */
#ifndef ODY_BENCH_HTTP_H
#define ODY_BENCH_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include "ody/view.h"

/** Who signs. */
typedef struct bench_http_app {
    const char *id;
    const char *key;
    const char *secret;
} bench_http_app;

/** @return a connected socket on loopback; ends the program when there is none. */
int bench_http_connect(int port);
/**
 * Makes a signed POST /apps/{id}/events for one channel.
 * @param data is put into the body as a JSON string.
 * @return the request with its body, which the caller frees.
 */
char *bench_http_event(const bench_http_app *app, ody_view channel, ody_view data, size_t *length);
/** Sends a request and reads its answer; ends the program unless that is 200.
 * @return whether the server takes another request on this connection. */
bool bench_http_ask(int descriptor, const char *request, size_t length);

#endif
