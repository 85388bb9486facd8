/* SPDX-License-Identifier: MIT */
/* Registrations, calls and their answers to bytes and back. */
#include "ipc/worker_message.h"

#define TYPE_MAX 64 /* bytes of a channel type */

static void write_present(ody_bytes *out, uint16_t tag, ody_view value)
{
    if (value.data) {
        ody__ipc_field_write(out, tag, value);
    }
}

int ody__ipc_registration_write(ody_bytes *out, uint32_t number,
                                const ody_worker_interest *interest)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_REGISTER, number);

    ody__ipc_number_write(out, ODY_IPC_TAG_HANDSHAKES, interest->handshakes);
    ody__ipc_number_write(out, ODY_IPC_TAG_MESSAGES, interest->messages);
    ody__ipc_number_write(out, ODY_IPC_TAG_NOTICES, interest->notices);
    for (size_t index = 0; index < interest->handler_count; index++) {
        ody__ipc_field_write(out, ODY_IPC_TAG_HANDLER, interest->handlers[index]);
    }
    return ody__ipc_message_end(out, start);
}

static int handler_take(ody_ipc_registration *registration, ody_view type)
{
    ody_worker_interest *interest = &registration->interest;

    if (type.length == 0 || type.length > TYPE_MAX || interest->handler_count == ODY_HANDLERS_MAX) {
        return ODY_EINVALID;
    }
    registration->handlers[interest->handler_count++] = type;
    return 0;
}

static int registration_take(const ody_ipc_field *field, ody_ipc_registration *registration)
{
    uint64_t number = 0;

    if (field->tag == ODY_IPC_TAG_HANDLER) {
        return handler_take(registration, field->value);
    }
    if (field->tag < ODY_IPC_TAG_HANDSHAKES || field->tag > ODY_IPC_TAG_NOTICES) {
        return 0;
    }
    if (!ody__ipc_number_read(field->value, &number)) {
        return ODY_EPROTOCOL;
    }
    if (field->tag == ODY_IPC_TAG_HANDSHAKES) {
        registration->interest.handshakes = number != 0;
    } else if (field->tag == ODY_IPC_TAG_MESSAGES) {
        registration->interest.messages = number != 0;
    } else {
        registration->interest.notices = (uint32_t)number;
    }
    return 0;
}

int ody__ipc_registration_read(ody_view fields, ody_ipc_registration *registration)
{
    ody_ipc_field field;
    int more;

    *registration = (ody_ipc_registration){0};
    registration->interest.handlers = registration->handlers;
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        int code = registration_take(&field, registration);

        if (code < 0) {
            return code;
        }
    }
    return more;
}

int ody__ipc_call_write(ody_bytes *out, uint32_t number, const ody_worker_call *call)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_CALL, number);

    ody__ipc_number_write(out, ODY_IPC_TAG_KIND, call->kind);
    write_present(out, ODY_IPC_TAG_SOCKET_ID, call->socket_id);
    write_present(out, ODY_IPC_TAG_ADDRESS, call->address);
    write_present(out, ODY_IPC_TAG_CHANNEL, call->channel);
    write_present(out, ODY_IPC_TAG_EVENT, call->event);
    write_present(out, ODY_IPC_TAG_DATA, call->data);
    write_present(out, ODY_IPC_TAG_USER_ID, call->user_id);
    write_present(out, ODY_IPC_TAG_HEAD, call->head);
    return ody__ipc_message_end(out, start);
}

/* @return where the value of that tag goes, or NULL for a tag that is none of a call's texts. */
static ody_view *call_text(ody_worker_call *call, uint16_t tag)
{
    switch (tag) {
    case ODY_IPC_TAG_SOCKET_ID:
        return &call->socket_id;
    case ODY_IPC_TAG_ADDRESS:
        return &call->address;
    case ODY_IPC_TAG_CHANNEL:
        return &call->channel;
    case ODY_IPC_TAG_EVENT:
        return &call->event;
    case ODY_IPC_TAG_DATA:
        return &call->data;
    case ODY_IPC_TAG_USER_ID:
        return &call->user_id;
    case ODY_IPC_TAG_HEAD:
        return &call->head;
    default:
        return NULL;
    }
}

int ody__ipc_call_read(ody_view fields, ody_worker_call *call)
{
    ody_ipc_field field;
    uint64_t kind = 0;
    int more;

    *call = (ody_worker_call){0};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        ody_view *text = call_text(call, field.tag);

        if (text) {
            *text = field.value;
        } else if (field.tag == ODY_IPC_TAG_KIND && !ody__ipc_number_read(field.value, &kind)) {
            return ODY_EPROTOCOL;
        }
    }
    if (more < 0 || kind == 0 || kind > INT32_MAX) {
        return ODY_EPROTOCOL;
    }
    call->kind = (ody_call_kind)kind;
    return 0;
}

int ody__ipc_result_write(ody_bytes *out, uint32_t number, const ody_worker_answer *answer)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_RESULT, number);

    ody__ipc_number_write(out, ODY_IPC_TAG_VERDICT, answer->verdict);
    if (answer->code != 0) {
        ody__ipc_number_write(out, ODY_IPC_TAG_CODE, answer->code);
    }
    write_present(out, ODY_IPC_TAG_MESSAGE, answer->message);
    write_present(out, ODY_IPC_TAG_DATA, answer->data);
    return ody__ipc_message_end(out, start);
}

int ody__ipc_result_read(ody_view fields, ody_worker_answer *answer)
{
    ody_ipc_field field;
    uint64_t verdict = UINT64_MAX;
    uint64_t code = 0;
    int more;

    *answer = (ody_worker_answer){0};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        if (field.tag == ODY_IPC_TAG_MESSAGE) {
            answer->message = field.value;
        } else if (field.tag == ODY_IPC_TAG_DATA) {
            answer->data = field.value;
        } else if ((field.tag == ODY_IPC_TAG_VERDICT &&
                    !ody__ipc_number_read(field.value, &verdict)) ||
                   (field.tag == ODY_IPC_TAG_CODE && !ody__ipc_number_read(field.value, &code))) {
            return ODY_EPROTOCOL;
        }
    }
    if (more < 0 || verdict > ODY_VERDICT_FAILED || code > UINT16_MAX) {
        return ODY_EPROTOCOL;
    }
    answer->verdict = (ody_verdict)verdict;
    answer->code = (uint32_t)code;
    return 0;
}
