/* SPDX-License-Identifier: MIT */
/* Which versions understand each other, and what the others are told. */
#include "ipc/hello.h"

#include "test.h"

static int choose(uint32_t client, uint32_t server, uint32_t *version, ody_error *error)
{
    const ody_ipc_hello hello = {ody__ipc_oldest(client), client, ODY_VIEW("0.0.9")};

    return ody__ipc_hello_choose(&hello, server, version, error);
}

TEST(hello_neighbours_speak_the_older_version)
{
    uint32_t version = 0;
    ody_error error;

    for (uint32_t client = 1; client <= 6; client++) {
        for (uint32_t server = 1; server <= 6; server++) {
            uint32_t distance = client > server ? client - server : server - client;
            int code = choose(client, server, &version, &error);

            CHECK_EQUAL(code, distance <= 1 ? 0 : ODY_EVERSION);
            CHECK(code < 0 || version == (client < server ? client : server));
        }
    }
}

TEST(hello_refusal_says_what_to_do)
{
    uint32_t version;
    ody_error error;

    CHECK_EQUAL(choose(3, 5, &version, &error), ODY_EVERSION);
    CHECK(strstr(error.message, "this PHP extension is 0.0.9 (protocol 3), the server is ") !=
          NULL);
    CHECK(strstr(error.message, "(protocol 5): upgrade the extension") != NULL);
    CHECK_EQUAL(choose(5, 3, &version, &error), ODY_EVERSION);
    CHECK(strstr(error.message, "(protocol 3): restart the server") != NULL);
}

TEST(hello_reads_back_and_refuses_nonsense)
{
    ody_ipc_hello hello;
    ody_bytes out = {0};

    CHECK_EQUAL(ody__ipc_hello_write(&out, 4), 0);
    CHECK_EQUAL(ody__ipc_hello_read((ody_view){out.data + 12, out.length - 12}, &hello), 0);
    CHECK_EQUAL(hello.oldest, 3);
    CHECK_EQUAL(hello.newest, 4);
    ody_bytes_clear(&out);
    CHECK_EQUAL(ody__ipc_hello_read(ODY_VIEW(""), &hello), ODY_EPROTOCOL);
    ody__ipc_number_write(&out, ODY_IPC_TAG_OLDEST, 5);
    ody__ipc_number_write(&out, ODY_IPC_TAG_NEWEST, 4);
    CHECK_EQUAL(ody__ipc_hello_read(ody_bytes_view(&out), &hello), ODY_EPROTOCOL);
    ody_bytes_clear(&out);
    ody__ipc_number_write(&out, ODY_IPC_TAG_OLDEST, 0);
    ody__ipc_number_write(&out, ODY_IPC_TAG_NEWEST, 4);
    CHECK_EQUAL(ody__ipc_hello_read(ody_bytes_view(&out), &hello), ODY_EPROTOCOL);
    ody_bytes_fini(&out);
}

TEST(hello_greetings_read_back)
{
    ody_ipc_greeting greeting;
    ody_bytes out = {0};
    ody_view fields;

    CHECK_EQUAL(ody__ipc_welcome_write(&out, 2), 0);
    fields = (ody_view){out.data + 12, out.length - 12};
    CHECK_EQUAL(ody__ipc_greeting_read(ODY_IPC_WELCOME, fields, &greeting), 0);
    CHECK_EQUAL(greeting.version, 2);
    CHECK_EQUAL(ody__ipc_greeting_read(ODY_IPC_REFUSED, fields, &greeting), ODY_EPROTOCOL);
    CHECK_EQUAL(ody__ipc_greeting_read(ODY_IPC_ANSWER, fields, &greeting), ODY_EPROTOCOL);
    ody_bytes_clear(&out);
    CHECK_EQUAL(ody__ipc_refusal_write(&out, ODY_EOVERLOADED, "too many"), 0);
    fields = (ody_view){out.data + 12, out.length - 12};
    CHECK_EQUAL(ody__ipc_greeting_read(ODY_IPC_REFUSED, fields, &greeting), 0);
    CHECK_EQUAL(greeting.code, ODY_EOVERLOADED);
    CHECK_TEXT(greeting.message, "too many");
    ody_bytes_fini(&out);
}
