/* SPDX-License-Identifier: MIT */
/* A running engine takes over another configuration, alone and under load. */
#include "reload.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "apps.h"
#include "base/options.h"
#include "live_engine.h"
#include "test.h"

#define RELOADS 50

static const ody_app plain_app = {
    .id = "1", .keys = {{"key", "secret"}}, .origins = "", .enabled = true};
static const ody_options plain = {
    .apps = &plain_app,
    .app_count = 1,
    .host = "127.0.0.1",
    .port = 9502,
    .path = "",
    .worker_num = 2,
    .socket_path = "/tmp/a.sock",
    .log_file = "/tmp/a.log",
    .limits = {.mailbox_size = 1000, .connections = 5},
};

TEST(reload_keeps_what_needs_a_new_engine)
{
    ody_options wanted = plain;
    const ody_options *merged;
    char kept[ODY_RELOAD_KEYS_SIZE];
    ody_error error;

    wanted.host = "::1";
    wanted.port = 1;
    wanted.worker_num = 9;
    wanted.socket_path = "/tmp/b.sock";
    wanted.socket_group = "staff";
    wanted.log_file = NULL;
    wanted.limits.mailbox_size = 7;
    wanted.path = "/ws";
    test_apps_copy(&wanted)->keys[0].key = "other";
    wanted.limits.connections = 6;
    wanted.php_worker_num = 3;
    CHECK_EQUAL(ody_reload_merge(&plain, &wanted, &merged, kept, &error), 0);
    CHECK_TEXT(ody_view_of(merged->host), "127.0.0.1");
    CHECK_EQUAL(merged->port, 9502);
    CHECK_EQUAL(merged->worker_num, 2);
    CHECK_TEXT(ody_view_of(merged->socket_path), "/tmp/a.sock");
    CHECK(merged->socket_group == NULL);
    CHECK_TEXT(ody_view_of(merged->log_file), "/tmp/a.log");
    CHECK_EQUAL(merged->limits.mailbox_size, 1000);
    CHECK_TEXT(ody_view_of(merged->path), "/ws");
    CHECK_TEXT(ody_view_of(merged->apps->keys[0].key), "other");
    CHECK_EQUAL(merged->limits.connections, 6);
    CHECK_EQUAL(merged->php_worker_num, 3);
    CHECK_VIEW(ody_view_of(kept), ODY_VIEW("host, port, additional.worker_num, socket.path, "
                                           "socket.group, limits.mailbox_size, log.file"));
    ody_options_unref(merged);
    CHECK_EQUAL(ody_reload_merge(&plain, &plain, &merged, kept, &error), 0);
    CHECK_EQUAL(kept[0], 0);
    ody_options_unref(merged);
}

TEST(reload_does_not_turn_tls_on_or_off)
{
    ody_options secure = plain;
    const ody_options *merged;
    char kept[ODY_RELOAD_KEYS_SIZE];
    ody_error error;

    secure.tls_certificate = "/tmp/a.pem";
    CHECK_EQUAL(ody_reload_merge(&plain, &secure, &merged, kept, &error), ODY_ECONFIGURATION);
    CHECK(strstr(error.message, "turned on") != NULL);
    CHECK_EQUAL(ody_reload_merge(&secure, &plain, &merged, kept, &error), ODY_ECONFIGURATION);
    CHECK(strstr(error.message, "turned off") != NULL);
}

TEST(reload_changes_a_running_engine)
{
    engine_sockets sockets;
    engine_state engine;
    ody_options options;
    ody_error error;
    int before;
    int after;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    before = engine_client(&sockets, "key", "\\\"activity_timeout\\\":120");
    options = sockets.options;
    test_apps_copy(&options)->keys[0].key = "new";
    options.path = "";
    options.activity_timeout = 33000;
    options.limits.connections = 17;
    options.worker_num = 1;
    options.host = "nowhere";
    CHECK_EQUAL(engine_reload(&engine, &options, &error), 0);
    CHECK_EQUAL(error.message[0], 0);
    engine_subscribe(before, "room");
    after = engine_client(&sockets, "new", "\\\"activity_timeout\\\":33");
    close(engine_client(&sockets, "key", "4001"));
    CHECK(engine_status_contains(&sockets, "\"connection_limit\":17,"));
    CHECK(engine_status_contains(&sockets, "\"workers\":2,"));
    CHECK(engine_status_contains(&sockets, "\"host\":\"127.0.0.1\","));
    close(before);
    close(after);
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

TEST(reload_that_fails_changes_nothing)
{
    engine_sockets sockets;
    engine_state engine;
    ody_options options;
    ody_error error;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    options = sockets.options;
    test_apps_copy(&options)->keys[0].key = "new";
    options.tls_certificate = "/nowhere/certificate.pem";
    options.tls_key = "/nowhere/key.pem";
    CHECK_EQUAL(engine_reload(&engine, &options, &error), ODY_ECONFIGURATION);
    CHECK(strstr(error.message, "turned on") != NULL);
    CHECK_EQUAL(send(engine.control, "R", 1, 0), 1);
    CHECK_EQUAL(recv(engine.control, &error, sizeof(error), 0), sizeof(error));
    CHECK_EQUAL(error.code, ODY_EPROTOCOL);
    close(engine_client(&sockets, "key", "socket_id"));
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

TEST(reload_with_an_unusable_certificate_changes_nothing)
{
    engine_sockets sockets;
    engine_state engine;
    ody_options options;
    ody_error error;
    char command[512];
    char certificate[128];
    char key[128];

    engine_sockets_open(&sockets);
    snprintf(certificate, sizeof(certificate), "%s/certificate.pem", sockets.folder);
    snprintf(key, sizeof(key), "%s/key.pem", sockets.folder);
    snprintf(command, sizeof(command),
             "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=a "
             "-days 2 -keyout %s -out %s 2> /dev/null",
             key, certificate);
    CHECK_EQUAL(system(command), 0);
    sockets.options.tls_certificate = certificate;
    sockets.options.tls_key = key;
    engine_start(&engine, &sockets);
    options = sockets.options;
    options.limits.connections = 17;
    CHECK_EQUAL(engine_reload(&engine, &options, &error), 0);
    options.limits.connections = 18;
    CHECK_EQUAL(truncate(key, 20), 0);
    CHECK_EQUAL(engine_reload(&engine, &options, &error), ODY_ECERTIFICATE);
    CHECK(strstr(error.message, "ssl.ssl_key_file: \"") != NULL);
    CHECK(engine_status_contains(&sockets, "\"connection_limit\":17,"));
    engine_stop(&engine);
    unlink(certificate);
    unlink(key);
    engine_sockets_close(&sockets);
}

TEST(reload_is_shown_by_the_status_when_the_supervisor_says_so)
{
    engine_sockets sockets;
    engine_state engine;
    ody_options options;
    ody_error error;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    CHECK(!engine_status_contains(&sockets, "last_change"));
    options = sockets.options;
    CHECK_EQUAL(engine_reload(&engine, &options, &error), 0);
    engine_change(&engine, &(ody_server_change){.number = 1});
    /* The next answer comes after what was said before it. */
    CHECK_EQUAL(engine_reload(&engine, &options, &error), 0);
    CHECK(engine_status_contains(
        &sockets, "\"last_change\":{\"number\":1,\"restart\":false,\"ok\":true,\"message\":null}"));
    close(engine.control);
    engine.control = -1;
    CHECK(engine_status_contains(&sockets, "\"last_change\""));
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

typedef struct load {
    const engine_sockets *sockets;
    int client;        /* subscribed to "load" */
    atomic_ulong said; /* messages published */
    atomic_bool over;
    atomic_bool finished; /* nothing more will be said */
} load;

static void *publish_all_the_time(void *context)
{
    load *self = context;
    ody_client *client = ody_client_new(self->sockets->socket_path, 20000, 20000);

    while (!atomic_load(&self->over)) {
        char data[64];
        uint64_t reached;
        ody_error error;

        snprintf(data, sizeof(data), "<%lu>", atomic_load(&self->said));
        if (engine_publish(client, "load", data, &reached, &error) < 0) {
            FAIL("publish: %s", error.message);
        }
        CHECK_EQUAL(reached, 1);
        atomic_fetch_add(&self->said, 1);
    }
    ody_client_free(client);
    return NULL;
}

/* Reads until every message has come, and checks that none is missing and none comes twice. */
static void *read_all(void *context)
{
    load *self = context;
    char data[65536];
    size_t length = 0;
    unsigned long heard = 0;

    while (!atomic_load(&self->finished) || heard < atomic_load(&self->said)) {
        struct pollfd watched = {.fd = self->client, .events = POLLIN};
        ssize_t count;
        char *begin;
        char *end;

        if (poll(&watched, 1, 100) == 0) {
            continue;
        }
        count = read(self->client, data + length, sizeof(data) - 1 - length);
        CHECK(count > 0);
        length += (size_t)count;
        begin = data;
        while ((begin = memchr(begin, '<', (size_t)(data + length - begin))) &&
               (end = memchr(begin, '>', (size_t)(data + length - begin)))) {
            CHECK_EQUAL(strtoul(begin + 1, NULL, 10), heard);
            heard++;
            begin = end;
        }
        begin = begin ? begin : data + length;
        length = (size_t)(data + length - begin);
        memmove(data, begin, length);
    }
    CHECK_EQUAL(heard, atomic_load(&self->said));
    return NULL;
}

static ody_options options_of_round(const engine_sockets *sockets, int round)
{
    static const ody_network networks[3] = {{{1}, 8}, {{2}, 8}, {{3}, 8}};
    static const char *const keys[] = {"key", "another-key-which-is-longer", "k"};
    ody_options options = sockets->options;

    test_apps_copy(&options)->keys[0] = (ody_app_key){keys[round % 3], keys[round % 3]};
    ((ody_app *)options.apps)->limits.event_data_size = 1000u + (unsigned)round;
    options.trusted_proxies = networks;
    options.trusted_proxy_count = (size_t)(round % 4);
    options.activity_timeout = 1000u * (unsigned)(1 + round % 5);
    options.log_level = round % 2 ? ODY_LOG_WARNING : ODY_LOG_ERROR;
    return options;
}

/* Also connects new clients with the key of the moment. */
TEST(reload_fifty_times_under_load)
{
    engine_sockets sockets;
    engine_state engine;
    load self = {.sockets = &sockets};
    pthread_t publisher;
    pthread_t reader;

    engine_sockets_open(&sockets);
    sockets.options.log_level = ODY_LOG_ERROR;
    engine_start(&engine, &sockets);
    self.client = engine_client(&sockets, "key", "socket_id");
    engine_subscribe(self.client, "load");
    CHECK_EQUAL(pthread_create(&publisher, NULL, publish_all_the_time, &self), 0);
    CHECK_EQUAL(pthread_create(&reader, NULL, read_all, &self), 0);
    for (int round = 0; round < RELOADS; round++) {
        ody_options options = options_of_round(&sockets, round);
        unsigned long before = atomic_load(&self.said);
        ody_error error;

        if (engine_reload(&engine, &options, &error) < 0) {
            FAIL("%s", error.message);
        }
        close(engine_client(&sockets, options.apps->keys[0].key, "socket_id"));
        while (atomic_load(&self.said) == before) {
            usleep(100);
        }
    }
    atomic_store(&self.over, true);
    pthread_join(publisher, NULL);
    atomic_store(&self.finished, true);
    pthread_join(reader, NULL);
    CHECK(atomic_load(&self.said) >= RELOADS);
    close(self.client);
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}
