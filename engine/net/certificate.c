/* SPDX-License-Identifier: MIT */
/* Loads certificate and key, and shows newer ones on a context that has older ones. */
#include "net/certificate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include "ody/server.h"

static int unusable(ody_error *error, const char *key, const char *file)
{
    unsigned long reason = ERR_peek_error();
    const char *text = ERR_reason_error_string(reason);

    ody_error_set(error, ODY_ECERTIFICATE, "%s: \"%s\" cannot be used: %s", key, file,
                  text ? text : "unknown reason");
    ERR_clear_error();
    return ODY_ECERTIFICATE;
}

/* Without it OpenSSL would ask whoever sits at the terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

static int load(SSL_CTX *context, const ody_options *options, ody_error *error)
{
    ERR_clear_error();
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, options->tls_certificate) != 1) {
        return unusable(error, "ssl.ssl_cert_file", options->tls_certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(context, options->tls_key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return unusable(error, "ssl.ssl_key_file", options->tls_key);
    }
    return 0;
}

int ody_certificate_load(const ody_options *options, ody_certificate **out, ody_error *error)
{
    int code;

    *out = NULL;
    if (!options->tls_certificate) {
        return 0;
    }
    if (!options->tls_key) {
        return ody_error_set(error, ODY_ECERTIFICATE, "ssl.ssl_key_file is missing");
    }
    *out = SSL_CTX_new(TLS_server_method());
    if (!*out) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    code = load(*out, options, error);
    if (code < 0) {
        SSL_CTX_free(*out);
        *out = NULL;
    }
    return code;
}

void ody_certificate_free(ody_certificate *certificate)
{
    SSL_CTX_free(certificate);
}

int ody_tls_check(const ody_options *options, ody_error *error)
{
    ody_certificate *certificate;
    int code = ody_certificate_load(options, &certificate, error);

    ody_certificate_free(certificate);
    return code;
}

/* The context itself must stay the carrier: libwebsockets knows its vhost by it. And the carrier's
 * certificate cannot be replaced: it would stay beside one of another type. */
static int on_handshake(SSL *connection, void *context)
{
    ody_certificate *certificate = *(ody_certificate *const *)context;
    STACK_OF(X509) *chain = NULL;

    if (!certificate) {
        return 1;
    }
    SSL_certs_clear(connection);
    SSL_CTX_get0_chain_certs(certificate, &chain);
    return SSL_use_cert_and_key(connection, SSL_CTX_get0_certificate(certificate),
                                SSL_CTX_get0_privatekey(certificate), chain, 1);
}

void ody__certificate_follow(SSL_CTX *carrier, ody_certificate *const *current)
{
    SSL_CTX_set_cert_cb(carrier, on_handshake, (void *)current);
}
