/* SPDX-License-Identifier: MIT */
/* A name in a letter stands behind its tag, one byte, and its length, two. */
#include "hub/letters.h"

#define HEADER (1 + sizeof(uint16_t))

void ody__letter_measure(ody_letter *letter, ody_view name)
{
    letter->bytes += HEADER + name.length;
}

bool ody__letters_make(ody_hub *hub, ody_letter *letters, ody_mail_kind kind, uint32_t app,
                       ody_socket_id client)
{
    bool all = true;

    for (unsigned home = 0; home < hub->count; home++) {
        ody_letter *letter = &letters[home];

        if (letter->bytes == 0) {
            continue;
        }
        letter->mail = ody_mail_new_sized(kind, hub->index, letter->bytes);
        if (letter->mail) {
            letter->mail->app = app;
            letter->mail->client = client;
            letter->mail->target = (uint8_t)home;
            letter->at = letter->mail->text;
        }
        all = all && letter->mail;
    }
    return all;
}

void ody__letter_write(ody_letter *letter, ody_letter_tag tag, ody_view name)
{
    uint16_t length = (uint16_t)name.length;

    *letter->at++ = (char)tag;
    memcpy(letter->at, &length, sizeof(length));
    memcpy(letter->at + sizeof(length), name.data, name.length);
    letter->at += sizeof(length) + name.length;
}

unsigned ody__letters_post(ody_hub *hub, ody_letter *letters)
{
    unsigned posted = 0;

    for (unsigned home = 0; home < hub->count; home++) {
        if (letters[home].mail) {
            (void)ody__hub_post(hub, home, letters[home].mail, true);
            posted++;
        }
    }
    return posted;
}

bool ody__letter_next(ody_view *at, ody_letter_name *name)
{
    uint16_t length;

    if (at->length == 0) {
        return false;
    }
    name->tag = (char *)at->data;
    memcpy(&length, at->data + 1, sizeof(length));
    name->name = (ody_view){at->data + HEADER, length};
    *at = (ody_view){at->data + HEADER + length, at->length - HEADER - length};
    return true;
}
