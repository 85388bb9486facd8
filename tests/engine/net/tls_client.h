/* SPDX-License-Identifier: MIT */
/* A TLS client that can misbehave. */
#ifndef ODY_TEST_NET_TLS_CLIENT_H
#define ODY_TEST_NET_TLS_CLIENT_H

#include <openssl/ssl.h>
#include "house.h"
#include "tls_files.h"

/** Like house_open, with TLS. */
void tls_house_open(net_house *house, const tls_files *files);

typedef struct tls_client {
    int descriptor;
    SSL_CTX *context;
    SSL *ssl;
} tls_client;

typedef struct tls_wish {
    int version;        /* TLS1_2_VERSION …; 0: whatever both speak */
    const char *alpn;   /* in the form of the wire, or NULL */
    const char *name;   /* of the server, or NULL */
    int receive_buffer; /* 0: the default */
} tls_wish;

/** Connects and shakes hands. @param wish may be NULL. @return whether the handshake succeeded. */
bool tls_connect(tls_client *self, const net_house *house, const tls_wish *wish);
void tls_write(tls_client *self, const char *data, size_t length);
#define tls_write_text(self, text) tls_write((self), (text), strlen(text))
/** Sends a masked frame. */
void tls_frame(tls_client *self, int first_byte, const char *payload, size_t length);
/** Reads until text has come or, with NULL, to the end. @return what came, with a NUL, to free. */
char *tls_read_until(tls_client *self, const char *text, size_t *length);
/** Asks for a WebSocket at target and reads until `until` has come. */
void tls_open(tls_client *self, const net_house *house, const char *target, const char *until,
              const tls_wish *wish);
void tls_close(tls_client *self);

#endif
