/* SPDX-License-Identifier: MIT */
/* The vhosts of a shard's context. */
#include "net/client.h"

#include <openssl/ssl.h>

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
