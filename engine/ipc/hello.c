/* SPDX-License-Identifier: MIT */
/* Writes, reads and decides the first exchange of a connection. */
#include "ipc/hello.h"

#include <limits.h>
#include "ody/version.h"

#define PROGRAM_SHOWN 32

uint32_t ody__ipc_oldest(uint32_t newest)
{
    return newest > 1 ? newest - 1 : 1;
}

int ody__ipc_hello_write(ody_bytes *out, uint32_t newest)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_HELLO, 0);

    ody__ipc_number_write(out, ODY_IPC_TAG_OLDEST, ody__ipc_oldest(newest));
    ody__ipc_number_write(out, ODY_IPC_TAG_NEWEST, newest);
    ody__ipc_field_write(out, ODY_IPC_TAG_PROGRAM, ODY_VIEW(ODY_VERSION));
    return ody__ipc_message_end(out, start);
}

static bool version_read(ody_view value, uint32_t *version)
{
    uint64_t number;

    if (!ody__ipc_number_read(value, &number) || number == 0 || number > UINT32_MAX) {
        return false;
    }
    *version = (uint32_t)number;
    return true;
}

int ody__ipc_hello_read(ody_view fields, ody_ipc_hello *hello)
{
    ody_ipc_field field;
    int more;

    *hello = (ody_ipc_hello){0, 0, ODY_VIEW("unknown")};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        if (field.tag == ODY_IPC_TAG_OLDEST && !version_read(field.value, &hello->oldest)) {
            return ODY_EPROTOCOL;
        }
        if (field.tag == ODY_IPC_TAG_NEWEST && !version_read(field.value, &hello->newest)) {
            return ODY_EPROTOCOL;
        }
        if (field.tag == ODY_IPC_TAG_PROGRAM) {
            hello->program = field.value;
        }
    }
    if (more < 0 || hello->oldest == 0 || hello->newest < hello->oldest) {
        return ODY_EPROTOCOL;
    }
    return 0;
}

int ody__ipc_hello_choose(const ody_ipc_hello *hello, uint32_t newest, uint32_t *version,
                          ody_error *error)
{
    size_t shown = hello->program.length < PROGRAM_SHOWN ? hello->program.length : PROGRAM_SHOWN;

    *version = hello->newest < newest ? hello->newest : newest;
    if (*version >= hello->oldest && *version >= ody__ipc_oldest(newest)) {
        return 0;
    }
    return ody_error_set(
        error, ODY_EVERSION,
        "this PHP extension is %.*s (protocol %u), the server is %s (protocol %u): %s", (int)shown,
        hello->program.data, (unsigned)hello->newest, ODY_VERSION, (unsigned)newest,
        hello->newest > newest ? "restart the server, so that it runs the installed version"
                               : "upgrade the extension and restart PHP, so that it loads it");
}

int ody__ipc_welcome_write(ody_bytes *out, uint32_t version)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_WELCOME, 0);

    ody__ipc_number_write(out, ODY_IPC_TAG_VERSION, version);
    ody__ipc_field_write(out, ODY_IPC_TAG_PROGRAM, ODY_VIEW(ODY_VERSION));
    return ody__ipc_message_end(out, start);
}

int ody__ipc_refusal_write(ody_bytes *out, int code, const char *message)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_REFUSED, 0);

    ody__ipc_number_write(out, ODY_IPC_TAG_CODE, (uint64_t)-code);
    ody__ipc_field_write(out, ODY_IPC_TAG_MESSAGE, ody_view_of(message));
    ody__ipc_field_write(out, ODY_IPC_TAG_PROGRAM, ODY_VIEW(ODY_VERSION));
    return ody__ipc_message_end(out, start);
}

int ody__ipc_greeting_read(uint16_t type, ody_view fields, ody_ipc_greeting *greeting)
{
    ody_ipc_field field;
    uint64_t number = 0;
    int more;

    *greeting = (ody_ipc_greeting){0};
    while ((more = ody__ipc_field_read(&fields, &field)) > 0) {
        if (field.tag == ODY_IPC_TAG_VERSION && !version_read(field.value, &greeting->version)) {
            return ODY_EPROTOCOL;
        }
        if (field.tag == ODY_IPC_TAG_CODE && !ody__ipc_number_read(field.value, &number)) {
            return ODY_EPROTOCOL;
        }
        if (field.tag == ODY_IPC_TAG_MESSAGE) {
            greeting->message = field.value;
        }
    }
    if (more < 0 || number > INT_MAX) {
        return ODY_EPROTOCOL;
    }
    greeting->code = -(int)number;
    if (type == ODY_IPC_WELCOME) {
        return greeting->version > 0 && number == 0 ? 0 : ODY_EPROTOCOL;
    }
    return type == ODY_IPC_REFUSED && number > 0 ? 0 : ODY_EPROTOCOL;
}
