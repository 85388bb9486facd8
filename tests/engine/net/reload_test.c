/* SPDX-License-Identifier: MIT */
/* Shards take over other options and certificates while they serve. */
#include <stdlib.h>
#include <unistd.h>
#include "await.h"
#include "apps.h"
#include "base/options.h"
#include "ody/server.h"
#include "test.h"
#include "tls_client.h"

#define SUBSCRIBE "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"room\"}}"
#define GREETED "activity_timeout"

/* Gives all shards a copy of options and waits until they work with it. */
static void reload(net_house *house, const ody_options *options)
{
    const ody_options *copy = ody_options_copy(options);

    for (unsigned index = 0; index < house->options.worker_num; index++) {
        ody_certificate *certificate;
        ody_error error;

        if (ody_certificate_load(options, &certificate, &error) < 0) {
            FAIL("%s", error.message);
        }
        ody_shard_reload(house->shards[index], copy, certificate);
    }
    for (unsigned index = 0; index < house->options.worker_num; index++) {
        AWAIT(ody_shard_options(house->shards[index]) == copy);
    }
    ody_options_unref(copy);
}

TEST(reload_of_shards_changes_key_and_path)
{
    net_house house;
    ody_options options;
    int before;
    int client;

    house_init(&house);
    house_open(&house);
    before = raw_subscribed(&house, "room", 0);
    options = house.options;
    options.socket_path = "";
    test_apps_copy(&options)->keys[0].key = "other";
    options.path = "/ws";
    reload(&house, &options);
    client = raw_open(&house, "/ws/app/other", GREETED, 0);
    close(client);
    client = raw_open(&house, "/ws/app/key", NULL, 0);
    free(raw_read_until(client, "4001"));
    close(client);
    client = raw_open(&house, "/app/other", NULL, 0);
    free(raw_read_until(client, "4005"));
    close(client);
    house_publish(&house, "room", ODY_VIEW("still here"));
    free(raw_read_until(before, "still here"));
    close(before);
    house_close(&house);
}

/* What nobody has taken up yet is replaced, and dropped with the shard. */
TEST(reload_of_a_shard_that_does_not_run_is_dropped)
{
    net_house house;
    ody_options options;
    const ody_options *copy;
    ody_shard *shard;
    ody_error error;

    house_init(&house);
    house_open(&house);
    options = house.options;
    options.socket_path = "";
    CHECK_EQUAL(
        ody_shard_new(&(ody_shard_setup){.shared = house.shared, .count = 2, .listen_fd = -1},
                      &shard, &error),
        0);
    for (int round = 0; round < 3; round++) {
        copy = ody_options_copy(&options);
        CHECK(copy != NULL);
        ody_shard_reload(shard, copy, NULL);
        ody_options_unref(copy);
    }
    ody_shard_free(shard);
    house_close(&house);
}

/* The name that the server's certificate bears. */
static void expect_name(tls_client *client, const char *name)
{
    X509 *shown = SSL_get_peer_certificate(client->ssl);
    char text[256];

    CHECK(shown != NULL);
    X509_NAME_get_text_by_NID(X509_get_subject_name(shown), NID_commonName, text, sizeof(text));
    CHECK_VIEW(ody_view_of(text), ody_view_of(name));
    X509_free(shown);
}

static void expect_new_connections(const net_house *house, const char *name, int certificates)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

    for (int round = 0; round < 8; round++) {
        tls_client client;

        tls_open(&client, house, "/app/key", GREETED, &(tls_wish){.version = versions[round % 2]});
        expect_name(&client, name);
        CHECK_EQUAL(sk_X509_num(SSL_get_peer_cert_chain(client.ssl)), certificates);
        tls_close(&client);
    }
}

/* RSA, then a curve, then RSA with a chain of two, under the names that the files have had. */
TEST(reload_shows_a_new_certificate_to_new_connections)
{
    tls_files files;
    net_house house;
    ody_options options;
    tls_client before;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    options = house.options;
    options.socket_path = "";
    tls_open(&before, &house, "/app/key", GREETED, NULL);
    tls_frame(&before, 0x81, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
    free(tls_read_until(&before, "subscription_succeeded", NULL));
    expect_new_connections(&house, "localhost", 1);
    tls_files_run(&files, "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
                          "-subj /CN=curve -days 2 -keyout key.pem -out certificate.pem");
    expect_new_connections(&house, "localhost", 1);
    reload(&house, &options);
    expect_new_connections(&house, "curve", 1);
    tls_files_run(&files, "cp certificate.pem other.pem; "
                          "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=chained -days 2 "
                          "-keyout key.pem -out certificate.pem; cat other.pem >> certificate.pem");
    reload(&house, &options);
    expect_new_connections(&house, "chained", 2);
    house_publish(&house, "room", ODY_VIEW("still here"));
    free(tls_read_until(&before, "still here", NULL));
    expect_name(&before, "localhost");
    tls_close(&before);
    house_close(&house);
    tls_files_remove(&files);
}

TEST(reload_while_clients_shake_hands)
{
    tls_files files;
    net_house house;
    ody_options options;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    options = house.options;
    options.socket_path = "";
    for (int round = 0; round < 20; round++) {
        tls_client clients[4];

        for (int index = 0; index < 4; index++) {
            CHECK(tls_connect(&clients[index], &house, NULL));
            if (index == 2) {
                reload(&house, &options);
            }
        }
        for (int index = 0; index < 4; index++) {
            tls_close(&clients[index]);
        }
    }
    AWAIT(house_count(&house, handshakes) == 0);
    CHECK_EQUAL(house_count(&house, tls_failures), 80);
    house_close(&house);
    tls_files_remove(&files);
}
