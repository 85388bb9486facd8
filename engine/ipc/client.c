/* SPDX-License-Identifier: MIT */
/*
 * The client's requests. What happens when a connection is lost depends on how far the request
 * came: nothing of it was written: it is sent again once; a question was written: it is asked again
 * once; a publish or whisper was written: its outcome is unknown, and it is never sent twice.
 * A server that drains says that it has not carried out the request: whatever it is, the next
 * server is asked.
 */
#include "ody/client.h"

#include "base/clock.h"
#include "base/memory.h"
#include "ipc/answer.h"
#include "ipc/client_version.h"
#include "ipc/link.h"
#include "ipc/request.h"

/* Buffers larger than this are given back before the next request. */
#define BUFFER_KEPT (1u << 20)
/* So many engines one after the other may refuse a request because they are leaving. */
#define FAREWELLS_MAX 8

struct ody_client {
    ody_ipc_link link;
    uint32_t number; /* of the last request */
    ody_bytes request;
};

ody_client *ody_client_new(const char *socket_path, uint32_t connect_timeout_ms,
                           uint32_t answer_timeout_ms)
{
    ody_client *client = ody_calloc(1, sizeof(*client));

    if (!client) {
        return NULL;
    }
    if (ody__ipc_link_init(&client->link, socket_path, connect_timeout_ms, answer_timeout_ms) < 0) {
        ody_free(client);
        return NULL;
    }
    return client;
}

void ody_client_free(ody_client *client)
{
    if (!client) {
        return;
    }
    ody__ipc_link_fini(&client->link);
    ody_bytes_fini(&client->request);
    ody_free(client);
}

void ody__ipc_client_set_version(ody_client *client, uint32_t newest)
{
    client->link.newest = newest;
}

/* A request that may have been carried out, and is not a mere question, has an unknown outcome. */
static int failed(const ody_client *client, bool unknown, int code, ody_error *error)
{
    const char *doubt = unknown ? "; whether the request was carried out is unknown" : "";
    int told = unknown ? ODY_EOUTCOME_UNKNOWN : code;

    switch (code) {
    case ODY_ETIMEOUT:
        return ody_error_set(error, told,
                             "the server on the socket %s did not answer within %u ms%s",
                             client->link.path, (unsigned)client->link.answer_timeout_ms, doubt);
    case ODY_EPROTOCOL:
        return ody_error_set(error, told, "the server on the socket %s broke the protocol%s",
                             client->link.path, doubt);
    default:
        return ody_error_set(error, code, "%s", ody_error_text(code));
    }
}

/* Waits for the answer to the request that was sent last. */
static int receive_answer(ody_client *client, uint64_t deadline, ody_ipc_answer *answer)
{
    ody_ipc_header header;
    ody_view fields;
    int code = ody__ipc_link_receive(&client->link, deadline, &header, &fields);

    if (code < 0) {
        return code;
    }
    if (header.type != ODY_IPC_ANSWER || header.number != client->number) {
        return ODY_EPROTOCOL;
    }
    return ody__ipc_answer_read(fields, answer);
}

/* The server may have said farewell before it hung up in the middle of a request. */
static bool heard_farewell(ody_client *client)
{
    ody_ipc_header header;
    ody_view fields;

    return ody__ipc_link_receive(&client->link, ody_clock_ms(), &header, &fields) == ODY_EDRAINING;
}

/* Sends the request and waits for its answer. */
static int send_and_receive(ody_client *client, size_t *sent, ody_ipc_answer *answer)
{
    uint64_t deadline = ody_clock_ms() + client->link.answer_timeout_ms;
    int code = ody__ipc_link_send(&client->link, ody_bytes_view(&client->request), deadline, sent);

    if (code == ODY_EDISCONNECTED && *sent > 0 && heard_farewell(client)) {
        return ODY_EDRAINING;
    }
    if (code == 0) {
        code = receive_answer(client, deadline, answer);
    }
    return code == 0 && answer->code == ODY_EDRAINING ? ODY_EDRAINING : code;
}

/* Sends once and receives once. ODY_EDISCONNECTED and ODY_EDRAINING leave it to the caller what to
 * do; any other failure has error filled. */
static int attempt(ody_client *client, bool repeatable, size_t *sent, ody_ipc_answer *answer,
                   ody_error *error)
{
    int code;

    *sent = 0;
    code = ody__ipc_link_ready(&client->link, error);
    if (code < 0) {
        return code;
    }
    code = send_and_receive(client, sent, answer);
    if (code == 0) {
        return 0;
    }
    ody__ipc_link_close(&client->link);
    if (code == ODY_EDISCONNECTED || code == ODY_EDRAINING) {
        return code;
    }
    return failed(client, *sent > 0 && !repeatable, code, error);
}

static int lost(const ody_client *client, bool unknown, ody_error *error)
{
    if (unknown) {
        return ody_error_set(error, ODY_EOUTCOME_UNKNOWN,
                             "the connection to the socket %s was lost after the request was sent; "
                             "whether it was carried out is unknown",
                             client->link.path);
    }
    return ody_error_set(
        error, ODY_ENO_SERVER,
        "the server on the socket %s closed the connection twice without an answer",
        client->link.path);
}

/* When restarts follow each other closely, the engine that takes over may be the next to leave. */
static int exchange(ody_client *client, bool repeatable, ody_ipc_answer *answer, ody_error *error)
{
    bool lost_once = false;
    int farewells = 0;
    size_t sent;
    int code;

    for (;;) {
        code = attempt(client, repeatable, &sent, answer, error);
        if (code == ODY_EDRAINING && farewells < FAREWELLS_MAX) {
            farewells++;
        } else if (code == ODY_EDISCONNECTED && (sent == 0 || repeatable) && !lost_once) {
            lost_once = true;
        } else {
            break;
        }
    }
    if (code == ODY_EDRAINING) {
        return failed(client, false, code, error);
    }
    if (code == ODY_EDISCONNECTED) {
        return lost(client, sent > 0 && !repeatable, error);
    }
    return code;
}

static void buffer_reuse(ody_bytes *buffer)
{
    if (buffer->capacity > BUFFER_KEPT) {
        ody_bytes_fini(buffer);
    }
    ody_bytes_clear(buffer);
}

/* Asks and reads the answer; an error that the server answers with becomes the caller's. */
static int ask(ody_client *client, const ody_ipc_request *request, ody_ipc_answer *answer,
               ody_error *error)
{
    bool repeatable = request->type != ODY_IPC_PUBLISH && request->type != ODY_IPC_WHISPER;
    int code;

    buffer_reuse(&client->request);
    buffer_reuse(&client->link.input);
    client->number++;
    code = ody__ipc_request_write(&client->request, client->number, request);
    if (code < 0) {
        return ody_error_set(error, code, "the request cannot be sent: %s", ody_error_text(code));
    }
    code = exchange(client, repeatable, answer, error);
    if (code == 0 && answer->code < 0) {
        return ody__ipc_error_copy(error, answer->code, answer->message);
    }
    return code;
}

/* The answer is well-formed but without what was asked for. */
static int incomplete(ody_client *client, bool unknown, ody_error *error)
{
    ody__ipc_link_close(&client->link);
    return failed(client, unknown, ODY_EPROTOCOL, error);
}

/* A view without data means "absent" in a request; what must be there is at least empty. */
static ody_view present(ody_view view)
{
    return view.data ? view : ODY_VIEW("");
}

int ody_client_publish_message(ody_client *client, const ody_client_publish *publish,
                               uint64_t *reached, ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_PUBLISH,
        .channels = publish->channels,
        .channel_count = publish->channel_count,
        .event = present(publish->event),
        .data = present(publish->data),
        .socket_id = publish->except,
        .skip_missing = publish->skip_missing,
    };
    ody_ipc_answer answer;
    int code = ask(client, &request, &answer, error);

    if (code == 0 && !answer.has_reached) {
        code = incomplete(client, true, error);
    }
    if (code == 0) {
        *reached = answer.reached;
    }
    return code;
}

static int ask_truth(ody_client *client, const ody_ipc_request *request, bool *truth,
                     ody_error *error)
{
    ody_ipc_answer answer;
    int code = ask(client, request, &answer, error);

    if (code == 0 && !answer.has_truth) {
        code = incomplete(client, request->type == ODY_IPC_WHISPER, error);
    }
    if (code == 0) {
        *truth = answer.truth;
    }
    return code;
}

int ody_client_whisper(ody_client *client, ody_view socket_id, ody_view event, ody_view data,
                       ody_view channel, bool *delivered, ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_WHISPER,
        .channels = &channel,
        .channel_count = channel.data ? 1 : 0,
        .event = present(event),
        .data = present(data),
        .socket_id = present(socket_id),
    };

    return ask_truth(client, &request, delivered, error);
}

int ody_client_subscribers(ody_client *client, ody_view channel,
                           void (*each)(void *context, ody_view socket_id), void *context,
                           ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_SUBSCRIBERS,
        .channels = &channel,
        .channel_count = 1,
    };
    ody_ipc_answer answer;
    int code = ask(client, &request, &answer, error);

    if (code == 0) {
        ody__ipc_answer_socket_ids(&answer, each, context);
    }
    return code;
}

int ody_client_is_subscribed(ody_client *client, ody_view socket_id, ody_view channel,
                             bool *subscribed, ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_IS_SUBSCRIBED,
        .channels = &channel,
        .channel_count = 1,
        .socket_id = present(socket_id),
    };

    return ask_truth(client, &request, subscribed, error);
}

int ody_client_subscribe(ody_client *client, ody_view socket_id, ody_view channel, ody_view data,
                         bool *subscribed, ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_SUBSCRIBE,
        .channels = &channel,
        .channel_count = 1,
        .socket_id = present(socket_id),
        .data = data,
    };

    return ask_truth(client, &request, subscribed, error);
}

int ody_client_unsubscribe(ody_client *client, ody_view socket_id, ody_view channel,
                           ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_UNSUBSCRIBE,
        .channels = &channel,
        .channel_count = 1,
        .socket_id = present(socket_id),
    };
    bool connected;

    return ask_truth(client, &request, &connected, error);
}

int ody_client_channel_exists(ody_client *client, ody_view channel, bool *exists, ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_CHANNEL_EXISTS,
        .channels = &channel,
        .channel_count = 1,
    };

    return ask_truth(client, &request, exists, error);
}

int ody_client_channels(ody_client *client, ody_view prefix,
                        void (*each)(void *context, const ody_client_channel *channel),
                        void *context, ody_error *error)
{
    const ody_ipc_request request = {.type = ODY_IPC_CHANNELS, .prefix = present(prefix)};
    ody_ipc_answer answer;
    int code = ask(client, &request, &answer, error);

    if (code == 0) {
        ody__ipc_answer_channels(&answer, each, context);
    }
    return code;
}

static int ask_json(ody_client *client, const ody_ipc_request *request, ody_view *json,
                    ody_error *error)
{
    ody_ipc_answer answer;
    int code = ask(client, request, &answer, error);

    if (code == 0 && !answer.json.data) {
        code = incomplete(client, false, error);
    }
    if (code == 0) {
        *json = answer.json;
    }
    return code;
}

int ody_client_users(ody_client *client, ody_view channel, ody_view *json, ody_error *error)
{
    const ody_ipc_request request = {
        .type = ODY_IPC_USERS,
        .channels = &channel,
        .channel_count = 1,
    };

    return ask_json(client, &request, json, error);
}

int ody_client_status(ody_client *client, ody_view *json, ody_error *error)
{
    const ody_ipc_request request = {.type = ODY_IPC_STATUS};

    return ask_json(client, &request, json, error);
}
