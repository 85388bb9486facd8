/* SPDX-License-Identifier: MIT */
#include "tls_client.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include "test.h"

#define DEADLINE_MS 20000

/* libwebsockets looks at the dates of its certificates with mktime, in each shard's thread. The C
 * library guards its time zone with a lock that ThreadSanitizer does not see. And libev takes a
 * socket out of its epoll set only when that next has something to say, which may be when another
 * thread already has it: that thread's close then is the end of it, too. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:tzset_internal\nrace:epoll_ctl\n";
}

void tls_house_open(net_house *house, const tls_files *files)
{
    house->options.tls_certificate = files->certificate;
    house->options.tls_key = files->key;
    house_open(house);
}

bool tls_connect(tls_client *self, const net_house *house, const tls_wish *wish)
{
    static const tls_wish none;

    wish = wish ? wish : &none;
    self->descriptor = raw_connect(house, wish->receive_buffer);
    self->context = SSL_CTX_new(TLS_client_method());
    CHECK(self->context != NULL);
    SSL_CTX_set_security_level(self->context, 0);
    SSL_CTX_set_min_proto_version(self->context, wish->version);
    SSL_CTX_set_max_proto_version(self->context, wish->version);
    self->ssl = SSL_new(self->context);
    CHECK(self->ssl != NULL);
    if (wish->alpn) {
        SSL_set_alpn_protos(self->ssl, (const unsigned char *)wish->alpn,
                            (unsigned)strlen(wish->alpn));
    }
    if (wish->name) {
        SSL_set_tlsext_host_name(self->ssl, wish->name);
    }
    SSL_set_fd(self->ssl, self->descriptor);
    return SSL_connect(self->ssl) == 1;
}

void tls_write(tls_client *self, const char *data, size_t length)
{
    CHECK_EQUAL(SSL_write(self->ssl, data, (int)length), length);
}

void tls_frame(tls_client *self, int first_byte, const char *payload, size_t length)
{
    char *frame = malloc(length + 14);
    size_t header = raw_frame_header(frame, first_byte, length);

    memcpy(frame + header, payload, length);
    tls_write(self, frame, header + length);
    free(frame);
}

char *tls_read_until(tls_client *self, const char *text, size_t *length)
{
    size_t capacity = 65536;
    size_t ignored, looked = 0; /* through so much of it, but for the length of text */
    char *data = malloc(capacity + 1);

    length = length ? length : &ignored;
    *length = 0;
    for (;;) {
        struct pollfd watched = {.fd = self->descriptor, .events = POLLIN};
        int count;

        data[*length] = '\0';
        if (text && memmem(data + looked, *length - looked, text, strlen(text))) {
            return data;
        }
        looked = text && *length > strlen(text) ? *length - strlen(text) : 0;
        if (SSL_pending(self->ssl) == 0 && poll(&watched, 1, DEADLINE_MS) != 1) {
            FAIL("nothing came in %d ms; until now: %s", DEADLINE_MS, data);
        }
        if (*length == capacity) {
            capacity *= 2;
            data = realloc(data, capacity + 1);
        }
        count = SSL_read(self->ssl, data + *length, (int)(capacity - *length));
        if (count <= 0) {
            data[*length] = '\0';
            if (text) {
                FAIL("the peer left without saying \"%s\"; it said: %s", text, data);
            }
            return data;
        }
        *length += (size_t)count;
    }
}

void tls_open(tls_client *self, const net_house *house, const char *target, const char *until,
              const tls_wish *wish)
{
    char request[1024];

    CHECK(tls_connect(self, house, wish));
    snprintf(request, sizeof(request),
             "GET %s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
             "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Version: 13\r\n\r\n",
             target);
    tls_write_text(self, request);
    if (until) {
        free(tls_read_until(self, until, NULL));
    }
}

void tls_close(tls_client *self)
{
    SSL_free(self->ssl);
    SSL_CTX_free(self->context);
    close(self->descriptor);
}
