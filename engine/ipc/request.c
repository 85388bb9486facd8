/* SPDX-License-Identifier: MIT */
/* Requests to bytes and back. */
#include "ipc/request.h"

#include "base/memory.h"
#include "ody/version.h"

static void write_present(ody_bytes *out, uint16_t tag, ody_view value)
{
    if (value.data) {
        ody__ipc_field_write(out, tag, value);
    }
}

int ody__ipc_request_write(ody_bytes *out, uint32_t number, const ody_ipc_request *request)
{
    size_t start = ody__ipc_message_begin(out, request->type, number);

    for (size_t index = 0; index < request->channel_count; index++) {
        ody__ipc_field_write(out, ODY_IPC_TAG_CHANNEL, request->channels[index]);
    }
    write_present(out, ODY_IPC_TAG_EVENT, request->event);
    write_present(out, ODY_IPC_TAG_DATA, request->data);
    write_present(out, ODY_IPC_TAG_SOCKET_ID, request->socket_id);
    write_present(out, ODY_IPC_TAG_PREFIX, request->prefix);
    if (request->skip_missing) {
        ody__ipc_number_write(out, ODY_IPC_TAG_SKIP_MISSING, 1);
    }
    return ody__ipc_message_end(out, start);
}

static int names_add(ody_ipc_names *names, size_t count, ody_view name)
{
    if (count == names->capacity) {
        size_t capacity = names->capacity ? names->capacity * 2 : 16;
        ody_view *items = ody_realloc(names->items, capacity * sizeof(*items));

        if (!items) {
            return ODY_EMEMORY;
        }
        names->items = items;
        names->capacity = capacity;
    }
    names->items[count] = name;
    return 0;
}

static int field_take(const ody_ipc_field *field, ody_ipc_names *names, ody_ipc_request *request)
{
    uint64_t number;

    switch (field->tag) {
    case ODY_IPC_TAG_CHANNEL:
        return names_add(names, request->channel_count++, field->value);
    case ODY_IPC_TAG_EVENT:
        request->event = field->value;
        break;
    case ODY_IPC_TAG_DATA:
        request->data = field->value;
        break;
    case ODY_IPC_TAG_SOCKET_ID:
        request->socket_id = field->value;
        break;
    case ODY_IPC_TAG_PREFIX:
        request->prefix = field->value;
        break;
    case ODY_IPC_TAG_SKIP_MISSING:
        if (!ody__ipc_number_read(field->value, &number)) {
            return ODY_EPROTOCOL;
        }
        request->skip_missing = number != 0;
        break;
    }
    return 0;
}

int ody__ipc_request_read(uint16_t type, ody_view fields, ody_ipc_names *names,
                          ody_ipc_request *request)
{
    ody_ipc_field field;
    int more;

    *request = (ody_ipc_request){.type = type};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        int code = field_take(&field, names, request);

        if (code < 0) {
            return code;
        }
    }
    request->channels = names->items;
    return more;
}

static const char *lack(bool one_channel, const ody_ipc_request *request)
{
    switch (request->type) {
    case ODY_IPC_PUBLISH:
        return request->channel_count == 0 ? "a channel"
               : !request->event.data      ? "an event"
               : !request->data.data       ? "data"
                                           : NULL;
    case ODY_IPC_WHISPER:
        return !request->socket_id.data     ? "a socket id"
               : !request->event.data       ? "an event"
               : !request->data.data        ? "data"
               : request->channel_count > 1 ? "a single channel"
                                            : NULL;
    case ODY_IPC_IS_SUBSCRIBED:
    case ODY_IPC_SUBSCRIBE:
    case ODY_IPC_UNSUBSCRIBE:
        return !request->socket_id.data ? "a socket id" : !one_channel ? "a single channel" : NULL;
    case ODY_IPC_SUBSCRIBERS:
    case ODY_IPC_USERS:
    case ODY_IPC_CHANNEL_EXISTS:
        return one_channel ? NULL : "a single channel";
    default:
        return NULL;
    }
}

int ody__ipc_request_check(const ody_ipc_request *request, ody_error *error)
{
    const char *what = lack(request->channel_count == 1, request);

    if (request->type < ODY_IPC_PUBLISH || request->type > ODY_IPC_USERS) {
        return ody_error_set(error, ODY_EVERSION,
                             "the server is %s and does not know this request (type %u)",
                             ODY_VERSION, (unsigned)request->type);
    }
    if (what) {
        return ody_error_set(error, ODY_EINVALID, "the request lacks %s", what);
    }
    return 0;
}

void ody__ipc_names_fini(ody_ipc_names *names)
{
    ody_free(names->items);
    *names = (ody_ipc_names){0};
}
