/* SPDX-License-Identifier: MIT */
/* The real client against the real server. */
#include "live_server.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ipc/client_version.h"
#include "test.h"

static void count_id(void *context, ody_view socket_id)
{
    ody_socket_id id;

    CHECK(ody_socket_id_parse(socket_id, &id));
    (*(size_t *)context)++;
}

static void sum_channel(void *context, const ody_client_channel *channel)
{
    CHECK(channel->name.length > 0 && channel->type.length > 0);
    *(uint64_t *)context += channel->subscribers * 100 + channel->users;
}

TEST(live_every_request_is_answered)
{
    ody_client *client;
    uint64_t number = 0;
    size_t count = 0;
    live_server live;
    ody_error error;
    ody_view json;
    bool truth;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    CHECK_EQUAL(live_publish(client, "orders", &number, &error), 0);
    CHECK_EQUAL(number, 3);
    CHECK_EQUAL(ody_client_whisper(client, ODY_VIEW("65.4503599627370495"), ODY_VIEW("e"),
                                   ODY_VIEW("{}"), ODY_VIEW("yes"), &truth, &error),
                0);
    CHECK(truth);
    CHECK_EQUAL(ody_client_whisper(client, ODY_VIEW("65.4503599627370495"), ODY_VIEW("e"),
                                   ODY_VIEW("{}"), ODY_VIEW_NONE, &truth, &error),
                0);
    CHECK(!truth);
    CHECK_EQUAL(ody_client_subscribers(client, ODY_VIEW("orders"), count_id, &count, &error), 0);
    CHECK_EQUAL(count, 3);
    CHECK_EQUAL(ody_client_is_subscribed(client, ODY_VIEW("65.4503599627370495"), ODY_VIEW("yes"),
                                         &truth, &error),
                0);
    CHECK(truth);
    CHECK_EQUAL(ody_client_channel_exists(client, ODY_VIEW("no"), &truth, &error), 0);
    CHECK(!truth);
    number = 0;
    CHECK_EQUAL(ody_client_channels(client, ODY_VIEW_NONE, sum_channel, &number, &error), 0);
    CHECK_EQUAL(number, 804);
    CHECK_EQUAL(ody_client_status(client, &json, &error), 0);
    CHECK_TEXT(json, "{\"pid\":1,\"channels\":2}");
    CHECK_EQUAL(live_connections(&live), 1);
    ody_client_free(client);
    live_await(&live, live_connections, 0);
    live_stop(&live);
    live_remove(&live);
}

TEST(live_errors_come_with_their_sentence)
{
    static char text[130000];
    const ody_view channel = ODY_VIEW("orders");
    ody_client_publish publish = {&channel, 1, ODY_VIEW("e"), {text, sizeof(text)}, {0}, false};
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    memset(text, 'x', sizeof(text));
    CHECK_EQUAL(live_publish(client, "missing-channel", &reached, &error), ODY_ECHANNEL_NOT_FOUND);
    CHECK(strlen(error.message) > 0);
    CHECK_EQUAL(ody_client_publish_message(client, &publish, &reached, &error), ODY_EPAYLOAD_SIZE);
    CHECK(strlen(error.message) > 0);
    publish.channel_count = 0;
    publish.data.length = 2;
    CHECK_EQUAL(ody_client_publish_message(client, &publish, &reached, &error), ODY_EINVALID);
    CHECK_TEXT(ody_view_of(error.message), "the request lacks a channel");
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    CHECK_EQUAL(live_connections(&live), 1);
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
}

TEST(live_a_request_far_too_large_leaves_the_connection_usable)
{
    const ody_view channel = ODY_VIEW("orders");
    size_t length = 5u << 20;
    char *text = calloc(1, length);
    const ody_client_publish publish = {&channel, 1, ODY_VIEW("e"), {text, length}, {0}, false};
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    CHECK_EQUAL(ody_client_publish_message(client, &publish, &reached, &error), ODY_EPAYLOAD_SIZE);
    CHECK(strstr(error.message, "limits.event_data_size") != NULL);
    CHECK_EQUAL(live.published, 0);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    CHECK_EQUAL(live.published, 1);
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
    free(text);
}

TEST(live_hundreds_of_thousands_of_subscribers)
{
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    for (int round = 0; round < 2; round++) {
        size_t count = 0;

        CHECK_EQUAL(
            ody_client_subscribers(client, ODY_VIEW("many-400000"), count_id, &count, &error), 0);
        CHECK_EQUAL(count, 400000);
        CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    }
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
}

TEST(live_a_list_over_the_limit_is_refused)
{
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;
    size_t count = 0;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    CHECK_EQUAL(ody_client_subscribers(client, ODY_VIEW("many-3000000"), count_id, &count, &error),
                ODY_ELIMIT);
    CHECK_EQUAL(count, 0);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
}

TEST(live_neighbouring_versions_interoperate)
{
    for (uint32_t server = 1; server <= 5; server++) {
        for (uint32_t own = 1; own <= 5; own++) {
            bool near = server + 1 >= own && own + 1 >= server;
            ody_client *client;
            uint64_t reached;
            live_server live;
            ody_error error;

            live_init(&live);
            live.version = server;
            live_start(&live);
            client = live_client(&live);
            ody__ipc_client_set_version(client, own);
            CHECK_EQUAL(live_publish(client, "orders", &reached, &error), near ? 0 : ODY_EVERSION);
            if (!near) {
                char words[64];

                snprintf(words, sizeof(words), "(protocol %u), the server is", own);
                CHECK(strstr(error.message, words) != NULL);
                CHECK(strstr(error.message,
                             own > server ? "restart the server" : "upgrade the extension"));
            }
            ody_client_free(client);
            live_stop(&live);
            live_remove(&live);
        }
    }
}

TEST(live_server_restarts_between_calls)
{
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;

    live_init(&live);
    client = live_client(&live);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), ODY_ENO_SERVER);
    for (int round = 0; round < 5; round++) {
        live_start(&live);
        CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
        CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
        live_stop(&live);
        if (round == 2) {
            CHECK_EQUAL(live_publish(client, "orders", &reached, &error), ODY_ENO_SERVER);
        }
    }
    CHECK_EQUAL(live.published, 10);
    ody_client_free(client);
    live_remove(&live);
}

static void run_in_child(void (*function)(ody_client *client), ody_client *client)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        function(client);
        _exit(7);
    }
    CHECK(child > 0);
    CHECK_EQUAL(waitpid(child, &status, 0), child);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), 7);
}

static void publish_and_free(ody_client *client)
{
    uint64_t reached;
    ody_error error;

    for (int count = 0; count < 100; count++) {
        CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    }
    ody_client_free(client);
}

static void only_free(ody_client *client)
{
    ody_client_free(client);
}

TEST(live_a_forked_child_has_its_own_connection)
{
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    run_in_child(only_free, client);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    run_in_child(publish_and_free, client);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    CHECK_EQUAL(live.published, 103);
    live_await(&live, live_connections, 1);
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
}

TEST(live_parent_and_children_publish_at_once)
{
    pid_t children[4];
    ody_client *client;
    uint64_t reached;
    live_server live;
    ody_error error;

    live_init(&live);
    live_start(&live);
    client = live_client(&live);
    CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    for (int nth = 0; nth < 4; nth++) {
        children[nth] = fork();
        if (children[nth] == 0) {
            publish_and_free(client);
            _exit(7);
        }
    }
    for (int count = 0; count < 100; count++) {
        CHECK_EQUAL(live_publish(client, "orders", &reached, &error), 0);
    }
    for (int nth = 0; nth < 4; nth++) {
        int status;

        CHECK_EQUAL(waitpid(children[nth], &status, 0), children[nth]);
        CHECK_EQUAL(WEXITSTATUS(status), 7);
    }
    CHECK_EQUAL(live.published, 501);
    ody_client_free(client);
    live_stop(&live);
    live_remove(&live);
}

static void *publish_thousands(void *context)
{
    ody_client *client = live_client(context);
    uint64_t reached;
    ody_error error;

    for (int count = 0; count < 3000; count++) {
        bool missing = count % 10 == 0;

        CHECK_EQUAL(live_publish(client, missing ? "missing" : "orders", &reached, &error),
                    missing ? ODY_ECHANNEL_NOT_FOUND : 0);
    }
    ody_client_free(client);
    return NULL;
}

TEST(live_four_threads_publish)
{
    pthread_t threads[4];
    live_server live;

    live_init(&live);
    live_start(&live);
    for (int nth = 0; nth < 4; nth++) {
        CHECK_EQUAL(pthread_create(&threads[nth], NULL, publish_thousands, &live), 0);
    }
    for (int nth = 0; nth < 4; nth++) {
        pthread_join(threads[nth], NULL);
    }
    CHECK_EQUAL(live.published, 12000);
    live_await(&live, live_connections, 0);
    live_stop(&live);
    live_remove(&live);
}
