/* SPDX-License-Identifier: MIT */
/*
 * A connection that was used for requests may be asked for a WebSocket next: proxies keep
 * connections for whatever comes. Its socket then goes on at a shard, with the head that is already
 * read. libmicrohttpd closes its descriptor, we give a copy.
 */
#include <fcntl.h>
#include <unistd.h>
#include "http/room.h"
#include "hub/mail.h"

/* @return mail with the head and a copy of the descriptor, or NULL. */
static ody_mail *mail_new(const ody_http_exchange *exchange)
{
    ody_bytes head = {0};
    ody_mail *mail = NULL;
    int copy;

    ody__http_write_head(exchange, &head);
    copy = head.failed ? -1 : fcntl(exchange->connection->descriptor, F_DUPFD_CLOEXEC, 0);
    if (copy >= 0) {
        mail = ody_mail_new(ODY_MAIL_UPGRADE, exchange->server->setup.shard_count,
                            &(ody_mail_texts){.data = ody_bytes_view(&head)});
        if (mail) {
            mail->number = (uint64_t)copy;
            ody_mail_weigh(mail);
        } else {
            close(copy);
        }
    }
    ody_bytes_fini(&head);
    return mail;
}

bool ody__http_upgrade(ody_http_exchange *exchange)
{
    ody_http_server *server = exchange->server;
    const ody_http_setup *setup = &server->setup;
    unsigned shard = server->next_shard++ % setup->shard_count;
    ody_mail *mail = mail_new(exchange);

    if (!mail) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return false;
    }
    if (setup->transport->post(setup->transport_context, shard, mail, false) < 0) {
        ody_mail_free(mail);
        ody__http_refuse_error(exchange, ODY_EOVERLOADED, NULL);
        return false;
    }
    exchange->connection->given = true;
    return true;
}
