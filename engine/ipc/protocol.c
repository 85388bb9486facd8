/* SPDX-License-Identifier: MIT */
/* Messages and fields as bytes, in both directions. */
#include "ipc/protocol.h"

#define LENGTH_SIZE 4
#define FIELD_HEADER_SIZE 6

static void put_number(char *at, uint64_t number, size_t size)
{
    for (size_t index = 0; index < size; index++) {
        at[index] = (char)(number >> (8 * index));
    }
}

static uint64_t get_number(const char *at, size_t size)
{
    uint64_t number = 0;

    for (size_t index = size; index > 0; index--) {
        number = number << 8 | (uint8_t)at[index - 1];
    }
    return number;
}

int ody__ipc_header_read(ody_view bytes, ody_ipc_header *header)
{
    uint64_t size;

    if (bytes.length < LENGTH_SIZE) {
        return 0;
    }
    size = get_number(bytes.data, LENGTH_SIZE) + LENGTH_SIZE;
    if (size < ODY_IPC_HEADER_SIZE || size > ODY_IPC_MESSAGE_MAX) {
        return ODY_EPROTOCOL;
    }
    if (bytes.length < ODY_IPC_HEADER_SIZE) {
        return 0;
    }
    header->size = (size_t)size;
    header->type = (uint16_t)get_number(bytes.data + 4, 2);
    header->flags = (uint16_t)get_number(bytes.data + 6, 2);
    header->number = (uint32_t)get_number(bytes.data + 8, 4);
    return 1;
}

/* As ody__ipc_message_end makes it. */
static const char farewell[ODY_IPC_HEADER_SIZE] = {ODY_IPC_HEADER_SIZE - LENGTH_SIZE, 0, 0, 0,
                                                   ODY_IPC_FAREWELL};

int ody__ipc_farewell_write(ody_bytes *out)
{
    return ody__ipc_message_end(out, ody__ipc_message_begin(out, ODY_IPC_FAREWELL, 0));
}

bool ody__ipc_farewell_begins(ody_view bytes)
{
    return bytes.length <= sizeof(farewell) && memcmp(bytes.data, farewell, bytes.length) == 0;
}

int ody__ipc_field_read(ody_view *rest, ody_ipc_field *field)
{
    size_t length;

    if (rest->length == 0) {
        return 0;
    }
    if (rest->length < FIELD_HEADER_SIZE) {
        return ODY_EPROTOCOL;
    }
    length = (size_t)get_number(rest->data + 2, 4);
    if (length > rest->length - FIELD_HEADER_SIZE) {
        return ODY_EPROTOCOL;
    }
    field->tag = (uint16_t)get_number(rest->data, 2);
    field->value = (ody_view){rest->data + FIELD_HEADER_SIZE, length};
    rest->data += FIELD_HEADER_SIZE + length;
    rest->length -= FIELD_HEADER_SIZE + length;
    return 1;
}

bool ody__ipc_number_read(ody_view value, uint64_t *number)
{
    if (value.length == 0 || value.length > 8) {
        return false;
    }
    *number = get_number(value.data, value.length);
    return true;
}

size_t ody__ipc_message_begin(ody_bytes *out, uint16_t type, uint32_t number)
{
    char header[ODY_IPC_HEADER_SIZE] = {0};
    size_t start = out->length;

    put_number(header + 4, type, 2);
    put_number(header + 8, number, 4);
    ody_bytes_append(out, header, sizeof(header));
    return start;
}

int ody__ipc_message_end(ody_bytes *out, size_t start)
{
    int code = 0;

    if (out->failed) {
        code = ODY_EMEMORY;
    } else if (out->length - start > ODY_IPC_MESSAGE_MAX) {
        code = ODY_EPAYLOAD_SIZE;
    }
    if (code < 0) {
        out->failed = false;
        out->length = start;
        return code;
    }
    put_number(out->data + start, out->length - start - LENGTH_SIZE, LENGTH_SIZE);
    return 0;
}

void ody__ipc_field_write(ody_bytes *out, uint16_t tag, ody_view value)
{
    char header[FIELD_HEADER_SIZE];

    if (value.length > UINT32_MAX) {
        out->failed = true;
        return;
    }
    put_number(header, tag, 2);
    put_number(header + 2, value.length, 4);
    ody_bytes_append(out, header, sizeof(header));
    ody_bytes_append_view(out, value);
}

void ody__ipc_number_write(ody_bytes *out, uint16_t tag, uint64_t number)
{
    char bytes[8];

    put_number(bytes, number, sizeof(bytes));
    ody__ipc_field_write(out, tag, (ody_view){bytes, sizeof(bytes)});
}

size_t ody__ipc_fields_begin(ody_bytes *out, uint16_t tag)
{
    size_t start = out->length;

    ody__ipc_field_write(out, tag, ODY_VIEW_NONE);
    return start;
}

void ody__ipc_fields_end(ody_bytes *out, size_t start)
{
    if (!out->failed) {
        put_number(out->data + start + 2, out->length - start - FIELD_HEADER_SIZE, 4);
    }
}

int ody__ipc_error_copy(ody_error *error, int code, ody_view text)
{
    size_t length = text.length;

    if (!error) {
        return code;
    }
    if (length > sizeof(error->message) - 1) {
        length = sizeof(error->message) - 1;
    }
    for (size_t index = 0; index < length; index++) {
        unsigned char byte = (unsigned char)text.data[index];

        error->message[index] = byte < ' ' || byte == 127 ? '?' : (char)byte;
    }
    error->message[length] = '\0';
    error->code = code;
    return code;
}
