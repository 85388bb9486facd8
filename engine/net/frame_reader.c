/* SPDX-License-Identifier: MIT */
/* The state machine that reads frames. */
#include "net/frame_reader.h"

#include "base/memory.h"
#include "ody/error.h"

enum { BIT_FIN = 0x80, BITS_RESERVED = 0x70, BIT_CONTROL = 0x08, BIT_MASK = 0x80 };

void ody_frame_reader_fini(ody_frame_reader *reader)
{
    ody_free(reader->control);
    reader->control = NULL;
}

static bool is_control(const ody_frame_reader *reader)
{
    return (reader->header[0] & BIT_CONTROL) != 0;
}

static bool is_final(const ody_frame_reader *reader)
{
    return (reader->header[0] & BIT_FIN) != 0;
}

/* How long the header is, as far as its first two bytes tell. */
static size_t header_size(const ody_frame_reader *reader)
{
    uint8_t short_length = reader->header[1] & 0x7f;

    if (reader->header_length < 2) {
        return 2;
    }
    return short_length == 127 ? 14 : short_length == 126 ? 8 : 6;
}

static int check_data_opcode(const ody_frame_reader *reader, uint8_t opcode)
{
    bool continues = opcode == 0;

    if (opcode > 2 || continues != (reader->opcode != 0)) {
        return ODY_EPROTOCOL;
    }
    return 0;
}

/* The first two bytes decide whether the frame may be at all. */
static int check_header(const ody_frame_reader *reader)
{
    uint8_t opcode = reader->header[0] & 0x0f;

    if ((reader->header[0] & BITS_RESERVED) != 0 || (reader->header[1] & BIT_MASK) == 0) {
        return ODY_EPROTOCOL;
    }
    if (!is_control(reader)) {
        return check_data_opcode(reader, opcode);
    }
    return opcode > 10 || !is_final(reader) || (reader->header[1] & 0x7f) > ODY_CONTROL_MAX
               ? ODY_EPROTOCOL
               : 0;
}

/* The header is whole: begins the frame. */
static int begin_frame(ody_frame_reader *reader)
{
    size_t size = header_size(reader);
    uint64_t length = 0;

    if (size == 6) {
        length = reader->header[1] & 0x7f;
    }
    for (size_t index = 2; size > 6 && index < size - 4; index++) {
        length = length << 8 | reader->header[index];
    }
    if (length >> 63 != 0) {
        return ODY_EPROTOCOL;
    }
    reader->rest = length;
    reader->mask_index = 0;
    reader->control_length = 0;
    if (!is_control(reader) && reader->opcode == 0) {
        reader->opcode = reader->header[0] & 0x0f;
        reader->begun = false;
    }
    return 0;
}

/* Collects header bytes. Returns 1 when it is whole, 0 when more must come. */
static int read_header(ody_frame_reader *reader, char **data, size_t *length)
{
    while (reader->header_length < header_size(reader)) {
        if (*length == 0) {
            return 0;
        }
        reader->header[reader->header_length++] = (uint8_t) * *data;
        (*data)++;
        (*length)--;
        if (reader->header_length == 2 && check_header(reader) < 0) {
            return ODY_EPROTOCOL;
        }
        if (reader->header_length > 2 && reader->header_length == header_size(reader)) {
            return begin_frame(reader) < 0 ? ODY_EPROTOCOL : 1;
        }
    }
    return 1;
}

static void unmask(ody_frame_reader *reader, char *data, size_t length)
{
    const uint8_t *mask = reader->header + header_size(reader) - 4;
    uint8_t turned[8];
    uint64_t wide;
    size_t at = 0;

    for (size_t index = 0; index < sizeof(turned); index++) {
        turned[index] = mask[(reader->mask_index + index) & 3];
    }
    memcpy(&wide, turned, sizeof(wide));
    for (; at + sizeof(wide) <= length; at += sizeof(wide)) {
        uint64_t word;

        memcpy(&word, data + at, sizeof(word));
        word ^= wide;
        memcpy(data + at, &word, sizeof(word));
    }
    for (; at < length; at++) {
        data[at] = (char)(data[at] ^ turned[at & 7]);
    }
    reader->mask_index = (uint8_t)((reader->mask_index + length) & 3);
}

/* Takes what has come of this frame's payload off the input, unmasked. */
static ody_view take_payload(ody_frame_reader *reader, char **data, size_t *length)
{
    size_t part = reader->rest < *length ? (size_t)reader->rest : *length;
    ody_view piece = {*data, part};

    if (part > 0) {
        unmask(reader, *data, part);
    }
    *data += part;
    *length -= part;
    reader->rest -= part;
    return piece;
}

/* Keeps a part of a control frame. Returns 1 when it is whole, with piece set to all of it. */
static int keep_control(ody_frame_reader *reader, ody_view *piece)
{
    if (reader->rest == 0 && reader->control_length == 0) {
        return 1;
    }
    if (!reader->control) {
        reader->control = ody_malloc(ODY_CONTROL_MAX);
        if (!reader->control) {
            return ODY_EMEMORY;
        }
    }
    if (piece->length > 0) {
        memcpy(reader->control + reader->control_length, piece->data, piece->length);
        reader->control_length = (uint8_t)(reader->control_length + piece->length);
    }
    *piece = (ody_view){reader->control, reader->control_length};
    return reader->rest == 0 ? 1 : 0;
}

static int control_event(ody_frame_reader *reader, ody_view piece, ody_frame_event *event)
{
    int whole = keep_control(reader, &piece);

    if (whole == 1) {
        *event = (ody_frame_event){reader->header[0] & 0x0f, true, true, piece};
        reader->header_length = 0;
    }
    return whole;
}

static int data_event(ody_frame_reader *reader, ody_view piece, ody_frame_event *event)
{
    bool frame_ends = reader->rest == 0;
    bool last = frame_ends && is_final(reader);

    if (frame_ends) {
        reader->header_length = 0;
    }
    if (piece.length == 0 && !last) {
        return 0;
    }
    *event = (ody_frame_event){reader->opcode, !reader->begun, last, piece};
    reader->begun = true;
    if (last) {
        reader->opcode = 0;
    }
    return 1;
}

int ody_frame_reader_next(ody_frame_reader *reader, char **data, size_t *length,
                          ody_frame_event *event)
{
    for (;;) {
        int result = read_header(reader, data, length);
        ody_view piece;

        if (result <= 0) {
            return result;
        }
        piece = take_payload(reader, data, length);
        result = is_control(reader) ? control_event(reader, piece, event)
                                    : data_event(reader, piece, event);
        if (result != 0) {
            return result;
        }
        if (reader->header_length != 0) {
            return 0;
        }
    }
}
