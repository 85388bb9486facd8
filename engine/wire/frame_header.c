/* SPDX-License-Identifier: MIT */
/* The headers of the WebSocket frames that the server sends: final, unmasked, one per message. */
#include "wire/encode.h"

#define FINAL 0x80
#define LENGTH_16 126 /* the length follows in 16 bits */
#define LENGTH_64 127 /* the length follows in 64 bits */

static void write_big_endian(uint8_t *out, uint64_t number, size_t bytes)
{
    for (size_t i = bytes; i > 0; i--) {
        out[i - 1] = (uint8_t)number;
        number >>= 8;
    }
}

static uint64_t read_big_endian(const uint8_t *data, size_t bytes)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes; i++) {
        number = number << 8 | data[i];
    }
    return number;
}

size_t ody_encode_frame_header(uint8_t *out, int opcode, size_t payload_length)
{
    out[0] = (uint8_t)(FINAL | opcode);
    if (payload_length < LENGTH_16) {
        out[1] = (uint8_t)payload_length;
        return 2;
    }
    if (payload_length <= UINT16_MAX) {
        out[1] = LENGTH_16;
        write_big_endian(out + 2, payload_length, 2);
        return 4;
    }
    out[1] = LENGTH_64;
    write_big_endian(out + 2, payload_length, 8);
    return ODY_FRAME_HEADER_MAX;
}

size_t ody_frame_length(const uint8_t *data, size_t available)
{
    size_t header, payload;

    if (available < 2) {
        return 0;
    }
    header = data[1] == LENGTH_64 ? ODY_FRAME_HEADER_MAX : data[1] == LENGTH_16 ? 4 : 2;
    if (available < header) {
        return 0;
    }
    payload = header == 2 ? data[1] : (size_t)read_big_endian(data + 2, header - 2);
    return payload <= SIZE_MAX - header ? header + payload : SIZE_MAX;
}
