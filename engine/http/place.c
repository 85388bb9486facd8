/* SPDX-License-Identifier: MIT */
/* Places in lists as text. */
#include "http/place.h"

#include "base/number.h"

void ody_place_write(ody_bytes *out, const ody_browse_entry *entry)
{
    char text[ODY_SOCKET_ID_TEXT];

    ody_bytes_append_number(out, entry->weight);
    ody_bytes_append_byte(out, ':');
    ody_bytes_append_view(out, entry->id.first != 0 ? ody_socket_id_format(entry->id, text)
                                                    : entry->name);
}

bool ody_place_read(ody_view text, bool ids, ody_browse_entry *place)
{
    const char *colon = text.length > 0 ? memchr(text.data, ':', text.length) : NULL;
    size_t digits = colon ? (size_t)(colon - text.data) : 0;
    uint64_t weight;

    if (!ody_number_parse((ody_view){text.data, digits}, UINT32_MAX, &weight)) {
        return false;
    }
    *place = (ody_browse_entry){
        .weight = (uint32_t)weight,
        .name = {colon + 1, text.length - digits - 1},
    };
    return !ids || (ody_socket_id_parse(place->name, &place->id) && place->id.first != 0);
}
