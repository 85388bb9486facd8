/* SPDX-License-Identifier: MIT */
/* One frame, one reference and one mail a shard. */
#include "hub/fanout.h"

#include "wire/encode.h"

bool ody__fanout_blocked(const ody_hub *hub, const ody_channel *channel)
{
    for (unsigned shard = 0; shard < hub->count; shard++) {
        if (channel->on_shard[shard] > 0 && ody__hub_full(hub, shard)) {
            return true;
        }
    }
    return false;
}

/* How many get it on that shard. */
static uint32_t receivers(const ody_channel *channel, unsigned shard, ody_socket_id except)
{
    uint32_t count = channel->on_shard[shard];

    if (count > 0 && except.first != 0 && ody_socket_id_shard(except) == shard &&
        ody_members_find(&channel->members, except)) {
        count--;
    }
    return count;
}

int ody__fanout_make(ody_hub *hub, const ody_channel *channel, const ody_bytes *text,
                     ody_socket_id except, ody_fanout *fanout)
{
    const ody_mail_texts texts = {.app = channel->app, .channel = ody_channel_name(channel)};
    ody_mailbox_node **last = &fanout->first;
    ody_frame *frame = NULL;
    int code = text->failed ? ODY_EMEMORY : 0;

    *fanout = (ody_fanout){0};
    for (unsigned shard = 0; code == 0 && shard < hub->count; shard++) {
        ody_mail *mail;

        if (receivers(channel, shard, except) == 0) {
            continue;
        }
        if (!frame) {
            frame = ody_frame_new(&hub->frames, ODY_OPCODE_TEXT, ody_bytes_view(text));
        }
        mail = frame ? ody_mail_new(ODY_MAIL_DELIVER, hub->index, &texts) : NULL;
        if (!mail) {
            code = ODY_EMEMORY;
            break;
        }
        mail->target = (uint8_t)shard;
        mail->client = except;
        mail->frame = ody_frame_ref(frame);
        *last = &mail->node;
        last = &mail->node.next;
    }
    ody_frame_unref(frame);
    if (code < 0) {
        ody__fanout_drop(fanout);
    }
    return code;
}

void ody__fanout_send(ody_hub *hub, ody_channel *channel, ody_fanout *fanout)
{
    channel->serial++;
    while (fanout->first) {
        ody_mail *mail = ody_container_of(fanout->first, ody_mail, node);

        fanout->first = mail->node.next;
        mail->number = channel->serial;
        mail->stamp = fanout->stamp;
        (void)ody__hub_post(hub, mail->target, mail, true);
    }
}

void ody__fanout_drop(ody_fanout *fanout)
{
    while (fanout->first) {
        ody_mail *mail = ody_container_of(fanout->first, ody_mail, node);

        fanout->first = mail->node.next;
        ody_mail_free(mail);
    }
}

void ody__fanout_add(ody_fanout *fanout, ody_mail *take_mail)
{
    take_mail->node.next = fanout->first;
    fanout->first = &take_mail->node;
}

void ody__fanout_post(ody_hub *hub, ody_fanout *fanout)
{
    while (fanout->first) {
        ody_mail *mail = ody_container_of(fanout->first, ody_mail, node);

        fanout->first = mail->node.next;
        (void)ody__hub_post(hub, mail->target, mail, true);
    }
}
