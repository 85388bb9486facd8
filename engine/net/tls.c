/* SPDX-License-Identifier: MIT */
/* The vhosts of a shard's context, and the check of certificate and key before anything is bound.
 */
#include "net/client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include "ody/server.h"

/* Otherwise a write is cut near the size of the receive buffer. */
#define SEND_PACKET 65536

static const struct lws_protocols protocols[] = {
    {
        .name = "stream",
        .callback = ody__stream_callback,
        .tx_packet_size = SEND_PACKET,
    },
    {0},
};

/* Timers of libwebsockets stand in a sorted list, and its defaults put one there per connection. */
static const lws_retry_bo_t no_timers;

static struct lws_vhost *vhost_new(ody_shard *shard, const char *name, bool secure)
{
    struct lws_context_creation_info info = {
        .vhost_name = name,
        .port = CONTEXT_PORT_NO_LISTEN_SERVER,
        .protocols = protocols,
        .retry_and_idle_policy = &no_timers,
        .alpn = "http/1.1",
    };

    if (secure) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.provided_client_ssl_ctx = shard->client_tls;
        info.ssl_cert_filepath = shard->options->tls_certificate;
        info.ssl_private_key_filepath = shard->options->tls_key;
        info.ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_RENEGOTIATION;
    }
    return lws_create_vhost(shard->context, &info);
}

int ody__vhosts_new(ody_shard *shard, ody_error *error)
{
    shard->plain = vhost_new(shard, "plain", false);
    if (!shard->plain) {
        return ody_error_set(error, ODY_EMEMORY, "libwebsockets made no vhost");
    }
    if (!shard->options->tls_certificate) {
        return 0;
    }
    /* libwebsockets would make one, load all certificates of the system into it, and with several
     * contexts in a process never free it. */
    shard->client_tls = SSL_CTX_new(TLS_client_method());
    if (!shard->client_tls) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    shard->tls = vhost_new(shard, "tls", true);
    if (!shard->tls) {
        return ody_error_set(error, ODY_ECERTIFICATE,
                             "ssl.ssl_cert_file and ssl.ssl_key_file cannot be used");
    }
    return 0;
}

void ody__vhosts_free(ody_shard *shard)
{
    SSL_CTX_free(shard->client_tls);
    shard->client_tls = NULL;
}

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

int ody_tls_check(const ody_options *options, ody_error *error)
{
    SSL_CTX *context;
    int code = 0;

    if (!options->tls_certificate) {
        return 0;
    }
    if (!options->tls_key) {
        return ody_error_set(error, ODY_ECERTIFICATE, "ssl.ssl_key_file is missing");
    }
    ERR_clear_error();
    context = SSL_CTX_new(TLS_server_method());
    if (!context) {
        return ody_error_set(error, ODY_EMEMORY, "%s", ody_error_text(ODY_EMEMORY));
    }
    SSL_CTX_set_default_passwd_cb(context, no_passphrase);
    if (SSL_CTX_use_certificate_chain_file(context, options->tls_certificate) != 1) {
        code = unusable(error, "ssl.ssl_cert_file", options->tls_certificate);
    } else if (SSL_CTX_use_PrivateKey_file(context, options->tls_key, SSL_FILETYPE_PEM) != 1 ||
               SSL_CTX_check_private_key(context) != 1) {
        code = unusable(error, "ssl.ssl_key_file", options->tls_key);
    }
    SSL_CTX_free(context);
    return code;
}
