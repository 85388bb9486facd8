/* SPDX-License-Identifier: MIT */
/* Making, weighing and freeing mail. */
#include "hub/mail.h"

#include <unistd.h>
#include "base/memory.h"
#include "hub/hub.h"

static ody_view place(char **at, ody_view text)
{
    ody_view placed = {*at, text.length};

    if (text.length == 0) {
        return text.data ? placed : ODY_VIEW_NONE;
    }
    memcpy(*at, text.data, text.length);
    *at += text.length;
    return placed;
}

ody_mail *ody_mail_new_sized(ody_mail_kind kind, unsigned origin, size_t bytes)
{
    size_t size = sizeof(ody_mail) + bytes;
    ody_mail *mail = size <= UINT32_MAX ? ody_malloc(size) : NULL;

    if (mail) {
        *mail =
            (ody_mail){.size = (uint32_t)size, .kind = (uint8_t)kind, .origin = (uint8_t)origin};
        mail->data = (ody_view){mail->text, bytes};
    }
    return mail;
}

ody_mail *ody_mail_new(ody_mail_kind kind, unsigned origin, const ody_mail_texts *texts)
{
    size_t bytes = texts->channel.length + texts->event.length + texts->data.length +
                   texts->user_id.length + texts->user_info.length;
    ody_mail *mail = ody_mail_new_sized(kind, origin, bytes);
    char *at;

    if (!mail) {
        return NULL;
    }
    mail->app = texts->app;
    at = mail->text;
    mail->channel = place(&at, texts->channel);
    mail->event = place(&at, texts->event);
    mail->data = place(&at, texts->data);
    mail->user_id = place(&at, texts->user_id);
    mail->user_info = place(&at, texts->user_info);
    return mail;
}

void ody_mail_weigh(ody_mail *mail)
{
    uint64_t cost = (uint64_t)mail->size + mail->result_length +
                    (mail->frame ? mail->frame->length : 0) +
                    (mail->second ? mail->second->length : 0);

    mail->node.cost = cost < UINT32_MAX ? (uint32_t)cost : UINT32_MAX;
}

void ody_mail_free(ody_mail *mail)
{
    if (!mail) {
        return;
    }
    if (mail->kind == ODY_MAIL_SOCKET || mail->kind == ODY_MAIL_UPGRADE) {
        close((int)mail->number);
    }
    ody_frame_unref(mail->frame);
    ody_frame_unref(mail->second);
    ody_free(mail->result);
    ody_free(mail);
}

int ody_mail_take_socket(ody_mail *take_mail)
{
    int descriptor = (int)take_mail->number;

    take_mail->kind = ODY_MAIL_ANSWER; /* owns nothing */
    ody_mail_free(take_mail);
    return descriptor;
}
