/* SPDX-License-Identifier: MIT */
/* Signed requests. Source: Pusher Channels HTTP API, "Generating authentication signatures". */
#include "http.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "ody/auth.h"

static void fail(const char *what)
{
    fprintf(stderr, "load: %s\n", what);
    exit(1);
}

int bench_http_connect(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) < 0) {
        fail("cannot connect for HTTP");
    }
    return descriptor;
}

static void md5_hex(const char *data, size_t length, char out[33])
{
    unsigned char digest[16];

    if (!EVP_Digest(data, length, digest, NULL, EVP_md5(), NULL)) {
        fail("no MD5");
    }
    for (int index = 0; index < 16; index++) {
        snprintf(out + 2 * index, 3, "%02x", digest[index]);
    }
}

/* data holds no control characters. */
static size_t escape(ody_view data, char *out)
{
    size_t length = 0;

    for (size_t index = 0; index < data.length; index++) {
        if (data.data[index] == '"' || data.data[index] == '\\') {
            out[length++] = '\\';
        }
        out[length++] = data.data[index];
    }
    return length;
}

static char *body_make(ody_view channel, ody_view data, size_t *length)
{
    char *body = malloc(2 * data.length + channel.length + 64);
    int head;

    if (!body) {
        fail("out of memory");
    }
    head = sprintf(body, "{\"name\":\"tick\",\"channels\":[\"%.*s\"],\"data\":\"",
                   (int)channel.length, channel.data);
    *length = (size_t)head + escape(data, body + head);
    *length += (size_t)sprintf(body + *length, "\"}");
    return body;
}

char *bench_http_event(const bench_http_app *app, ody_view channel, ody_view data, size_t *length)
{
    size_t body_length;
    char *body = body_make(channel, data, &body_length);
    char *request = malloc(body_length + 1024);
    char digest[33];
    char query[512];
    char text[640];
    char signature[ODY_SIGNATURE_HEX + 1];
    ody_view part;
    int head;

    md5_hex(body, body_length, digest);
    snprintf(query, sizeof(query), "auth_key=%s&auth_timestamp=%ld&auth_version=1.0&body_md5=%s",
             app->key, (long)time(NULL), digest);
    snprintf(text, sizeof(text), "POST\n/apps/%s/events\n%s", app->id, query);
    part = ody_view_of(text);
    if (!request || ody_hmac_sha256_hex(ody_view_of(app->secret), &part, 1, signature) < 0) {
        fail("cannot sign");
    }
    head = sprintf(request,
                   "POST /apps/%s/events?%s&auth_signature=%s HTTP/1.1\r\nHost: localhost\r\n"
                   "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                   app->id, query, signature, body_length);
    memcpy(request + head, body, body_length);
    free(body);
    *length = (size_t)head + body_length;
    return request;
}

/* @return how long the head is with the blank line behind it; 0 while it has not come whole. */
static size_t head_length(const char *answer, size_t have)
{
    const char *end = memmem(answer, have, "\r\n\r\n", 4);

    return end ? (size_t)(end - answer) + 4 : 0;
}

/* @return how long the whole answer will be; a server that does not say it ends the program. */
static size_t answer_length(const char *answer, size_t head)
{
    const char *field = strcasestr(answer, "\r\nContent-Length:");

    if (strlen(answer) < 12 || strncmp(answer + 8, " 200", 4) != 0 || !field ||
        field > answer + head) {
        fprintf(stderr, "load: not the answer expected: %s\n", answer);
        exit(1);
    }
    return head + strtoul(field + strlen("\r\nContent-Length:"), NULL, 10);
}

static bool kept(const char *answer)
{
    return strncmp(answer, "HTTP/1.1", 8) == 0 && !strcasestr(answer, "\r\nConnection: close");
}

bool bench_http_ask(int descriptor, const char *request, size_t length)
{
    char answer[4096] = "";
    size_t have = 0;
    size_t head = 0;

    if (send(descriptor, request, length, MSG_NOSIGNAL) != (ssize_t)length) {
        fail("the server takes no request");
    }
    while (head == 0 || have < answer_length(answer, head)) {
        ssize_t count = recv(descriptor, answer + have, sizeof(answer) - 1 - have, 0);

        if (count <= 0) {
            fprintf(stderr, "load: no whole answer: %s\n", answer);
            exit(1);
        }
        have += (size_t)count;
        answer[have] = '\0';
        head = head_length(answer, have);
    }
    return kept(answer);
}
