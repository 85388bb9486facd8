/* SPDX-License-Identifier: MIT */
/* The API behind TLS on an address of its own, and certificates that are exchanged. */
#include <fcntl.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"
#include "ody/log.h"
#include "tls_files.h"

#define DEADLINE_MS 20000
#define UP "GET /up HTTP/1.1\r\nHost: x\r\n\r\n"

static live_http live;
static tls_files files;

static void open_live(void)
{
    tls_files_make(&files);
    live_init(&live);
    live.options.tls_certificate = files.certificate;
    live.options.tls_key = files.key;
    live_open(&live, true);
}

static void close_live(void)
{
    live_close(&live);
    tls_files_remove(&files);
}

typedef struct secure_client {
    int descriptor;
    SSL_CTX *context;
    SSL *ssl;
} secure_client;

/* Waits until TLS can go on. @return whether it can. */
static bool go_on(secure_client *self, int result, uint64_t deadline)
{
    int error = SSL_get_error(self->ssl, result);
    struct pollfd watched = {.fd = self->descriptor, .events = POLLIN};

    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) {
        return false;
    }
    CHECK(ody_clock_ms() < deadline);
    live_turn(&live);
    poll(&watched, 1, 1);
    return true;
}

/* Shakes hands. @return whether it worked. @param version 0: any. */
static bool secure_open(secure_client *self, int version)
{
    uint64_t deadline = ody_clock_ms() + DEADLINE_MS;
    int result;

    self->descriptor = live_connect(&live);
    self->context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(self->context, 0);
    SSL_CTX_set_min_proto_version(self->context, version);
    SSL_CTX_set_max_proto_version(self->context, version);
    self->ssl = SSL_new(self->context);
    SSL_set_fd(self->ssl, self->descriptor);
    do {
        result = SSL_connect(self->ssl);
    } while (result != 1 && go_on(self, result, deadline));
    return result == 1;
}

static void secure_close(secure_client *self)
{
    SSL_free(self->ssl);
    SSL_CTX_free(self->context);
    close(self->descriptor);
}

/* Asks and reads until text has come. @return false when the server leaves without it. */
static bool secure_ask(secure_client *self, const char *request, const char *text)
{
    uint64_t deadline = ody_clock_ms() + DEADLINE_MS;
    char answer[8192] = {0};
    size_t length = 0;
    int count;

    CHECK_EQUAL(SSL_write(self->ssl, request, (int)strlen(request)), strlen(request));
    for (;;) {
        count = SSL_read(self->ssl, answer + length, (int)(sizeof(answer) - length - 1));
        if (count > 0) {
            length += (size_t)count;
        } else if (!go_on(self, count, deadline)) {
            return false;
        }
        if (strstr(answer, text)) {
            return true;
        }
    }
}

/* The serial number of the certificate that was shown. */
static char *shown(const secure_client *self)
{
    X509 *certificate = SSL_get1_peer_certificate(self->ssl);
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), NULL);
    char *text = BN_bn2hex(number);

    BN_free(number);
    X509_free(certificate);
    return text;
}

static void renew_certificate(void)
{
    tls_files_run(&files, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                          "-subj /CN=localhost -days 2 -keyout key.pem -out certificate.pem");
}

TEST(serves_tls)
{
    secure_client client;
    char request[16384];

    open_live();
    CHECK(secure_open(&client, 0));
    CHECK(secure_ask(&client, UP, "{\"health\":\"OK\"}"));
    live_sign(request, "POST", "/apps/1/events",
              "{\"name\":\"e\",\"data\":\"d\",\"channel\":\"c\"}");
    CHECK(secure_ask(&client, request, "\r\n\r\n{}"));
    secure_close(&client);
    close_live();
}

TEST(speaks_tls_1_2_and_1_3_only)
{
    static const struct {
        int version;
        bool good;
    } rows[] = {{TLS1_VERSION, false},
                {TLS1_1_VERSION, false},
                {TLS1_2_VERSION, true},
                {TLS1_3_VERSION, true}};

    open_live();
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        secure_client client;

        CHECK_EQUAL(secure_open(&client, rows[index].version), rows[index].good);
        secure_close(&client);
    }
    close_live();
}

TEST(plain_requests_are_cut)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send_text(&live, descriptor, UP);
    live_turn(&live);
    ody__http_server_advance(live.server, ody_clock_ms() + 6000);
    while (ody_http_server_look(live.server).connections > 0) {
        live_turn(&live);
    }
    close(descriptor);
    close_live();
}

TEST(a_handshake_must_end_in_time)
{
    int descriptor;

    open_live();
    descriptor = live_connect(&live);
    live_send(&live, descriptor, "\x16\x03\x01", 3);
    live_turn(&live);
    CHECK_EQUAL(ody_http_server_look(live.server).connections, 1);
    ody__http_server_advance(live.server, ody_clock_ms() + 5200);
    CHECK(live_ended(&live, descriptor));
    while (ody_http_server_look(live.server).connections > 0) {
        live_turn(&live);
    }
    close(descriptor);
    close_live();
}

TEST(a_new_certificate_is_shown_to_new_connections)
{
    secure_client before, after;
    char *first, *second;

    open_live();
    CHECK(secure_open(&before, 0));
    CHECK(secure_ask(&before, UP, "health"));
    ody_http_server_reload(live.server, &live.options);
    CHECK_EQUAL(live.server->daemons.next, live.server->daemons.previous);
    renew_certificate();
    ody_http_server_reload(live.server, &live.options);
    CHECK(secure_open(&after, 0));
    first = shown(&before);
    second = shown(&after);
    CHECK(strcmp(first, second) != 0);
    CHECK(secure_ask(&after, UP, "health"));
    /* The old connection goes on to its next answer. */
    CHECK(secure_ask(&before, UP, "Connection: close"));
    while (live.server->daemons.next != live.server->daemons.previous) {
        live_turn(&live);
    }
    CHECK(secure_ask(&after, UP, "health"));
    OPENSSL_free(first);
    OPENSSL_free(second);
    secure_close(&before);
    secure_close(&after);
    close_live();
}

TEST(a_broken_certificate_changes_nothing)
{
    secure_client client;

    open_live();
    ody_log_setup(open("/dev/null", O_WRONLY), ODY_LOG_ERROR, ODY_LOG_READABLE);
    tls_files_run(&files, "echo nonsense > certificate.pem");
    ody_http_server_reload(live.server, &live.options);
    tls_files_run(&files, "rm certificate.pem");
    ody_http_server_reload(live.server, &live.options);
    CHECK(secure_open(&client, 0));
    CHECK(secure_ask(&client, UP, "health"));
    secure_close(&client);
    close_live();
}

TEST(it_does_not_start_with_an_unusable_certificate)
{
    ody_http_server *server;
    ody_error error;

    open_live();
    tls_files_run(&files, "echo nonsense > certificate.pem");
    CHECK_EQUAL(ody_http_server_new(&live.server->setup, &server, &error), ODY_ECERTIFICATE);
    CHECK(strstr(error.message, "ssl.ssl_cert_file: GnuTLS cannot use the certificate"));
    tls_files_run(&files, "rm key.pem");
    CHECK_EQUAL(ody_http_server_new(&live.server->setup, &server, &error), ODY_ECERTIFICATE);
    CHECK(strstr(error.message, "key.pem\" cannot be used: No such file"));
    close_live();
}

TEST(it_ends_with_open_connections)
{
    secure_client client;
    char request[16384];

    open_live();
    live.hold = true;
    live_sign(request, "GET", "/apps/1/channels", NULL);
    CHECK(secure_open(&client, 0));
    CHECK_EQUAL(SSL_write(client.ssl, request, (int)strlen(request)), strlen(request));
    while (ody_requests_pending(live.requests) == 0) {
        live_turn(&live);
    }
    close_live();
    secure_close(&client);
}
