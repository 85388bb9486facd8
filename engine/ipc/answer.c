/* SPDX-License-Identifier: MIT */
/* Answers to bytes and back. */
#include "ipc/answer.h"

#include <limits.h>

static void write_socket_ids(ody_bytes *out, const ody_reply *reply)
{
    char text[ODY_SOCKET_ID_TEXT];

    for (size_t index = 0; index < reply->socket_id_count && !out->failed; index++) {
        ody__ipc_field_write(out, ODY_IPC_TAG_SOCKET_ID,
                             ody_socket_id_format(reply->socket_ids[index], text));
    }
}

static void write_channels(ody_bytes *out, const ody_reply *reply)
{
    for (size_t index = 0; index < reply->channel_count && !out->failed; index++) {
        const ody_channel_entry *entry = &reply->channels[index];
        size_t start = ody__ipc_fields_begin(out, ODY_IPC_TAG_ENTRY);

        ody__ipc_field_write(out, ODY_IPC_TAG_CHANNEL, entry->name);
        ody__ipc_field_write(out, ODY_IPC_TAG_CHANNEL_TYPE, ody_view_of(entry->type));
        ody__ipc_number_write(out, ODY_IPC_TAG_SUBSCRIBERS, entry->subscribers);
        ody__ipc_number_write(out, ODY_IPC_TAG_USERS, entry->users);
        ody__ipc_fields_end(out, start);
    }
}

int ody__ipc_answer_write(ody_bytes *out, uint32_t number, uint16_t type, const ody_reply *reply)
{
    size_t start;

    if (reply->code < 0) {
        return ody__ipc_answer_write_error(out, number, reply->code, reply->message);
    }
    start = ody__ipc_message_begin(out, ODY_IPC_ANSWER, number);
    switch (type) {
    case ODY_IPC_PUBLISH:
        ody__ipc_number_write(out, ODY_IPC_TAG_REACHED, reply->reached);
        break;
    case ODY_IPC_SUBSCRIBERS:
        write_socket_ids(out, reply);
        break;
    case ODY_IPC_USERS:
        ody__ipc_field_write(out, ODY_IPC_TAG_JSON, reply->users);
        break;
    case ODY_IPC_CHANNELS:
        write_channels(out, reply);
        break;
    default:
        ody__ipc_number_write(out, ODY_IPC_TAG_TRUTH, reply->answer);
    }
    return ody__ipc_message_end(out, start);
}

int ody__ipc_answer_write_status(ody_bytes *out, uint32_t number, ody_view json)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_ANSWER, number);

    ody__ipc_field_write(out, ODY_IPC_TAG_JSON, json);
    return ody__ipc_message_end(out, start);
}

int ody__ipc_answer_write_error(ody_bytes *out, uint32_t number, int code, const char *message)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_ANSWER, number);

    ody__ipc_number_write(out, ODY_IPC_TAG_CODE, (uint64_t)-code);
    ody__ipc_field_write(out, ODY_IPC_TAG_MESSAGE,
                         ody_view_of(message ? message : ody_error_text(code)));
    return ody__ipc_message_end(out, start);
}

/* Reads one channel of a listing. */
static int entry_read(ody_view fields, ody_client_channel *channel)
{
    ody_ipc_field field;
    bool fine = true;
    int more;

    *channel = (ody_client_channel){.type = ODY_VIEW("")};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        switch (field.tag) {
        case ODY_IPC_TAG_CHANNEL:
            channel->name = field.value;
            break;
        case ODY_IPC_TAG_CHANNEL_TYPE:
            channel->type = field.value;
            break;
        case ODY_IPC_TAG_SUBSCRIBERS:
            fine = fine && ody__ipc_number_read(field.value, &channel->subscribers);
            break;
        case ODY_IPC_TAG_USERS:
            fine = fine && ody__ipc_number_read(field.value, &channel->users);
            break;
        }
    }
    return more < 0 || !fine || !channel->name.data ? ODY_EPROTOCOL : 0;
}

static bool code_read(ody_view value, int *code)
{
    uint64_t number;

    if (!ody__ipc_number_read(value, &number) || number == 0 || number > INT_MAX) {
        return false;
    }
    *code = -(int)number;
    return true;
}

/* Returns whether the field is well-formed. */
static bool field_take(const ody_ipc_field *field, ody_ipc_answer *answer)
{
    ody_client_channel channel;
    uint64_t number;

    switch (field->tag) {
    case ODY_IPC_TAG_CODE:
        return code_read(field->value, &answer->code);
    case ODY_IPC_TAG_MESSAGE:
        answer->message = field->value;
        return true;
    case ODY_IPC_TAG_REACHED:
        answer->has_reached = true;
        return ody__ipc_number_read(field->value, &answer->reached);
    case ODY_IPC_TAG_TRUTH:
        answer->has_truth = ody__ipc_number_read(field->value, &number);
        answer->truth = answer->has_truth && number != 0;
        return answer->has_truth;
    case ODY_IPC_TAG_JSON:
        answer->json = field->value;
        return true;
    case ODY_IPC_TAG_ENTRY:
        return entry_read(field->value, &channel) == 0;
    default:
        return true;
    }
}

int ody__ipc_answer_read(ody_view fields, ody_ipc_answer *answer)
{
    ody_ipc_field field;
    int more;

    *answer = (ody_ipc_answer){.fields = fields};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        if (!field_take(&field, answer)) {
            return ODY_EPROTOCOL;
        }
    }
    return more;
}

void ody__ipc_answer_socket_ids(const ody_ipc_answer *answer,
                                void (*each)(void *context, ody_view socket_id), void *context)
{
    ody_view rest = answer->fields;
    ody_ipc_field field;

    while (ody__ipc_field_read(&rest, &field) > 0) {
        if (field.tag == ODY_IPC_TAG_SOCKET_ID) {
            each(context, field.value);
        }
    }
}

void ody__ipc_answer_channels(const ody_ipc_answer *answer,
                              void (*each)(void *context, const ody_client_channel *channel),
                              void *context)
{
    ody_view rest = answer->fields;
    ody_client_channel channel;
    ody_ipc_field field;

    while (ody__ipc_field_read(&rest, &field) > 0) {
        if (field.tag == ODY_IPC_TAG_ENTRY && entry_read(field.value, &channel) == 0) {
            each(context, &channel);
        }
    }
}
