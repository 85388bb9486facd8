/* SPDX-License-Identifier: MIT */
/* A transport in memory. */
#include "played_hub.h"

#include <fcntl.h>
#include "../apps.h"
#include "base/log.h"
#include "base/map.h"

static void note(played_hub *hub, const ody_mail *mail)
{
    size_t used = strlen(hub->log);
    char id[ODY_SOCKET_ID_TEXT] = "-";

    if (mail->client.first != 0) {
        ody_socket_id_format(mail->client, id);
    }
    snprintf(hub->log + used, sizeof(hub->log) - used, "%.*s %.*s %.*s %s\n",
             (int)mail->channel.length, mail->channel.data, (int)mail->event.length,
             mail->event.data, (int)mail->data.length, mail->data.data, id);
}

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    played_hub *hub = context;

    (void)must;
    CHECK_EQUAL(target, 0);
    CHECK_EQUAL(take_mail->kind, ODY_MAIL_PUBLISH);
    note(hub, take_mail);
    hub->published++;
    hub->waiting++;
    take_mail->node.next = NULL;
    *hub->last = &take_mail->node;
    hub->last = &take_mail->node.next;
    return 0;
}

static bool full(void *context, unsigned target)
{
    (void)target;
    return ((played_hub *)context)->full;
}

static const ody_transport transport = {.post = post, .full = full};

void played_hub_init(played_hub *hub)
{
    memset(hub, 0, sizeof(*hub));
    ody_hash_seed();
    ody_log_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), ODY_LOG_DEBUG, ODY_LOG_JSON);
    hub->options = (ody_options){.worker_num = 1};
    hub->app = test_apps(&hub->options, 1, "key", "secret");
    hub->last = &hub->first;
    hub->requests = ody_requests_new(&hub->options, 1, &transport, hub);
    CHECK(hub->requests);
}

void played_hub_answer(played_hub *hub)
{
    ody_mailbox_node *node = hub->first;

    hub->first = NULL;
    hub->last = &hub->first;
    while (node) {
        ody_mailbox_node *next = node->next;
        ody_mail *mail = (ody_mail *)node;

        mail->kind = ODY_MAIL_ANSWER;
        mail->code = hub->code;
        hub->waiting--;
        ody_requests_mail(hub->requests, mail);
        node = next;
    }
}

void played_hub_fini(played_hub *hub)
{
    ody_mailbox_node *node = hub->first;

    while (node) {
        ody_mailbox_node *next = node->next;

        ody_mail_free((ody_mail *)node);
        node = next;
    }
    ody_requests_free(hub->requests);
}
