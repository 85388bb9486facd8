/* SPDX-License-Identifier: MIT */
/* Shards that speak TLS. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "await.h"
#include "ody/server.h"
#include "processor.h"
#include "test.h"
#include "tls_client.h"

#define SUBSCRIBE "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"room\"}}"
#define GREETED "activity_timeout"

static void expect_answer(const net_house *house, const char *request, const char *status)
{
    tls_client client;
    char *answer;

    CHECK(tls_connect(&client, house, NULL));
    tls_write_text(&client, request);
    answer = tls_read_until(&client, "\n\r\n", NULL);
    if (strncmp(answer, status, strlen(status)) != 0) {
        FAIL("the answer to %.40s is %s", request, answer);
    }
    free(answer);
    tls_close(&client);
}

TEST(tls_speaks_1_2_and_1_3_and_nothing_older)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    tls_files files;
    net_house house;
    tls_client client;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    for (int index = 0; index < 2; index++) {
        const tls_wish wish = {.version = versions[index]};

        tls_open(&client, &house, "/app/key?protocol=7", GREETED, &wish);
        CHECK_EQUAL(SSL_version(client.ssl), versions[index]);
        tls_frame(&client, 0x89, "payload", 7);
        free(tls_read_until(&client, "\x8a\x07payload", NULL));
        tls_frame(&client, 0x81, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
        free(tls_read_until(&client, "subscription_succeeded", NULL));
        house_publish(&house, "room", ODY_VIEW("hello"));
        free(tls_read_until(&client, "hello", NULL));
        tls_close(&client);
        AWAIT(atomic_load(&house.shared->connections) == 0);
    }
    CHECK(!tls_connect(&client, &house, &(tls_wish){.version = TLS1_1_VERSION}));
    tls_close(&client);
    AWAIT(house_count(&house, tls_failures) == 1);
    AWAIT(house_count(&house, handshakes) == 0);
    house_close(&house);
    tls_files_remove(&files);
}

TEST(tls_agrees_on_http_1_1_only)
{
    tls_files files;
    net_house house;
    tls_client client;
    const unsigned char *chosen;
    unsigned length;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    tls_open(&client, &house, "/app/key", GREETED, &(tls_wish){.alpn = "\x02h2\x08http/1.1"});
    SSL_get0_alpn_selected(client.ssl, &chosen, &length);
    CHECK_VIEW(((ody_view){(const char *)chosen, length}), ODY_VIEW("http/1.1"));
    tls_close(&client);
    if (tls_connect(&client, &house, &(tls_wish){.alpn = "\x02h2"})) {
        SSL_get0_alpn_selected(client.ssl, &chosen, &length);
        CHECK_EQUAL(length, 0);
        tls_write_text(&client, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        free(tls_read_until(&client, "HTTP/1.1 400 ", NULL));
    }
    tls_close(&client);
    house_close(&house);
    tls_files_remove(&files);
}

/* The names are those of libwebsockets' own vhosts, which it compares by their beginnings. */
TEST(tls_takes_any_server_name)
{
    static const char *const names[] = {"localhost", "plain", "p", "tls", "t", "example.test"};
    tls_files files;
    net_house house;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    for (size_t index = 0; index < sizeof(names) / sizeof(*names); index++) {
        tls_client client;

        tls_open(&client, &house, "/app/key", GREETED, &(tls_wish){.name = names[index]});
        tls_close(&client);
    }
    house_close(&house);
    tls_files_remove(&files);
}

TEST(tls_tells_plain_clients_4000)
{
    tls_files files;
    net_house house;
    int client;
    char *data;
    size_t length;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    client = raw_open(&house, "/app/key?protocol=7", NULL, 0);
    data = raw_read_all(client, &length);
    CHECK(strncmp(data, "HTTP/1.1 101 ", 13) == 0);
    CHECK(memmem(data, length, "\"code\":4000", 11) != NULL);
    CHECK(memmem(data, length, "\x0f\xa0", 2) != NULL);
    free(data);
    close(client);
    client = raw_connect(&house, 0);
    raw_send_text(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    data = raw_read_all(client, &length);
    CHECK(strncmp(data, "HTTP/1.1 404 ", 13) == 0);
    free(data);
    close(client);
    AWAIT(house_count(&house, refused_tls) == 1);
    house_close(&house);
    tls_files_remove(&files);
}

TEST(tls_answers_what_is_no_upgrade)
{
    static const char upgrade[] = "GET /app/key HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                                  "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    char request[10000];
    tls_files files;
    net_house house;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    expect_answer(&house, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 ");
    expect_answer(&house,
                  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
                  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                  "HTTP/1.1 404 ");
    expect_answer(&house,
                  "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                  "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n",
                  "HTTP/1.1 426 ");
    expect_answer(&house, "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\n\r\nGET / HTTP/1.1\r\n\r\n",
                  "HTTP/1.1 426 ");
    expect_answer(&house, "\x01\x02\x03", "HTTP/1.1 400 ");
    snprintf(request, sizeof(request), "%s\r\n%s\r\n", upgrade, upgrade);
    expect_answer(&house, request, "HTTP/1.1 400 ");
    memset(request, 'x', sizeof(request));
    memcpy(request, "GET /", 5);
    request[sizeof(request) - 1] = '\0';
    expect_answer(&house, request, "HTTP/1.1 431 ");
    AWAIT(house_count(&house, handshakes) == 0);
    CHECK_EQUAL(house_count(&house, refused_http), 7);
    CHECK_EQUAL(house_count(&house, tls_failures), 0);
    CHECK(processor_ms(300) < 100);
    house_close(&house);
    tls_files_remove(&files);
}

/* Silent before the TLS handshake, within it, behind it, and dripping a head. */
TEST(tls_cuts_off_who_dawdles)
{
    static const char head[] =
        "GET /app/key HTTP/1.1\r\nHost: a\r\nX-Long: aaaaaaaaaaaaaaaaaaaaaaa";
    tls_files files;
    net_house house;
    int silent;
    int begun;
    tls_client idle;
    tls_client dripping;
    char byte;

    tls_files_make(&files);
    house_init(&house);
    house.options.limits.handshake_time = 700;
    tls_house_open(&house, &files);
    silent = raw_connect(&house, 0);
    begun = raw_connect(&house, 0);
    raw_send(begun, "\x16\x03\x01\x02", 4);
    CHECK(tls_connect(&idle, &house, NULL));
    CHECK(tls_connect(&dripping, &house, NULL));
    for (size_t index = 0; index < sizeof(head) - 1; index++) {
        if (SSL_write(dripping.ssl, head + index, 1) != 1) {
            break;
        }
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    }
    CHECK(recv(silent, &byte, 1, 0) <= 0);
    CHECK(recv(begun, &byte, 1, 0) <= 0);
    CHECK(SSL_read(idle.ssl, &byte, 1) <= 0);
    CHECK(SSL_read(dripping.ssl, &byte, 1) <= 0);
    AWAIT(house_count(&house, handshakes) == 0);
    CHECK_EQUAL(house_count(&house, handshake_timeouts), 4);
    CHECK_EQUAL(house_count(&house, tls_failures), 0);
    close(silent);
    close(begun);
    tls_close(&idle);
    tls_close(&dripping);
    house_close(&house);
    tls_files_remove(&files);
}

TEST(tls_survives_who_breaks_off)
{
    static const struct linger reset = {1, 0};
    tls_files files;
    net_house house;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    for (int round = 0; round < 40; round++) {
        tls_client client;
        int raw = raw_connect(&house, 0);

        raw_send_text(raw, "\x16 this is no TLS, although it begins so");
        setsockopt(raw, SOL_SOCKET, SO_LINGER, &reset, round % 2 ? sizeof(reset) : 0);
        close(raw);
        if (round % 2) {
            tls_open(&client, &house, "/app/key", GREETED, NULL);
        } else {
            CHECK(tls_connect(&client, &house, NULL));
        }
        setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
        tls_close(&client);
    }
    AWAIT(house_count(&house, accepted) == 80);
    AWAIT(house_count(&house, handshakes) == 0 && atomic_load(&house.shared->connections) == 0);
    house_close(&house);
    tls_files_remove(&files);
}

TEST(tls_bounds_messages)
{
    static char large[70000];
    tls_files files;
    net_house house;
    tls_client client;
    char *data;
    size_t length;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    tls_open(&client, &house, "/app/key", GREETED, NULL);
    memset(large, ' ', sizeof(large));
    memcpy(large, "{\"event\":\"pusher:ping\"}", 23);
    for (int round = 0; round < 10; round++) {
        tls_frame(&client, 0x81, large, 65536);
        free(tls_read_until(&client, "pusher:pong", NULL));
    }
    tls_frame(&client, 0x81, large, 65537);
    data = tls_read_until(&client, NULL, &length);
    CHECK(memmem(data, length, "\x03\xf1", 2) != NULL);
    free(data);
    tls_close(&client);
    CHECK_EQUAL(house_count(&house, evicted_size), 1);
    house_close(&house);
    tls_files_remove(&files);
}

/* libwebsockets has a time limit of its own for the handshake, which it does not lift behind it. It
 * looks at the time when the client says something. */
TEST(tls_clients_stay_when_the_time_for_the_handshake_is_over)
{
    tls_files files;
    net_house house;
    tls_client client;

    tls_files_make(&files);
    house_init(&house);
    house.library_time = 3;
    tls_house_open(&house, &files);
    tls_open(&client, &house, "/app/key", GREETED, NULL);
    tls_frame(&client, 0x81, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
    free(tls_read_until(&client, "subscription_succeeded", NULL));
    for (int number = 0; number < 45; number++) {
        char text[32];

        snprintf(text, sizeof(text), "<%06d>", number);
        house_publish(&house, "room", ody_view_of(text));
        free(tls_read_until(&client, text, NULL));
        tls_frame(&client, 0x89, "pp", 2);
        nanosleep(&(struct timespec){0, 100000000}, NULL);
    }
    tls_close(&client);
    house_close(&house);
    tls_files_remove(&files);
}

/* While a client does not read, its own bytes lie unread, too; later it gets everything. */
TEST(tls_keeps_frames_whole_under_backpressure)
{
    enum { MESSAGES = 1500 };
    static char data[10000];
    const tls_wish wish = {.receive_buffer = 4096};
    tls_files files;
    net_house house;
    tls_client client;
    char *all;
    const char *at;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    tls_open(&client, &house, "/app/key", GREETED, &wish);
    tls_frame(&client, 0x81, SUBSCRIBE, sizeof(SUBSCRIBE) - 1);
    free(tls_read_until(&client, "subscription_succeeded", NULL));
    memset(data, 'x', sizeof(data));
    for (int number = 0; number < MESSAGES; number++) {
        char label[16];

        snprintf(label, sizeof(label), "<%06d>", number);
        memcpy(data, label, 8);
        house_publish(&house, "room", (ody_view){data, 8 + (size_t)(number * 7 % 9000)});
        if (number % 100 == 0) {
            tls_frame(&client, 0x89, "pp", 2);
        }
    }
    house_publish(&house, "room", ODY_VIEW("the end"));
    AWAIT(house_count(&house, deliveries) > MESSAGES);
    CHECK(processor_ms(500) < 200);
    all = tls_read_until(&client, "the end", NULL);
    at = all;
    for (int number = 0; number < MESSAGES;) {
        size_t header = ((unsigned char)at[1] & 0x7f) == 126 ? 4 : 2;
        size_t length = header == 4 ? (size_t)(unsigned char)at[2] << 8 | (unsigned char)at[3]
                                    : (unsigned char)at[1] & 0x7f;

        if ((unsigned char)at[0] == 0x8a) {
            CHECK(length == 2 && memcmp(at + header, "pp", 2) == 0);
        } else {
            char label[16];

            CHECK_EQUAL((unsigned char)at[0], 0x81);
            snprintf(label, sizeof(label), "<%06d>", number++);
            CHECK(memmem(at + header, length, label, 8) != NULL);
        }
        at += header + length;
    }
    free(all);
    tls_close(&client);
    house_close(&house);
    tls_files_remove(&files);
}

TEST(tls_drains_with_4200)
{
    tls_files files;
    net_house house;
    tls_client client;
    char *data;
    size_t length;

    tls_files_make(&files);
    house_init(&house);
    tls_house_open(&house, &files);
    tls_open(&client, &house, "/app/key", GREETED, NULL);
    ody_shard_drain(house.shards[0]);
    ody_shard_drain(house.shards[1]);
    data = tls_read_until(&client, "\x10\x68", &length);
    CHECK_EQUAL((unsigned char)data[0], 0x88);
    tls_frame(&client, 0x88, "\x10\x68", 2);
    free(data);
    data = tls_read_until(&client, NULL, &length);
    free(data);
    tls_close(&client);
    house_close(&house);
    tls_files_remove(&files);
}

static void expect_unusable(const char *certificate, const char *key, const char *sentence)
{
    const ody_options options = {.tls_certificate = certificate, .tls_key = key};
    ody_error error;

    CHECK_EQUAL(ody_tls_check(&options, &error), ODY_ECERTIFICATE);
    if (!strstr(error.message, sentence)) {
        FAIL("\"%s\" does not say \"%s\"", error.message, sentence);
    }
}

TEST(tls_check_says_what_is_wrong)
{
    tls_files files;
    char other[700];
    char locked[700];
    char text[700];

    tls_files_make(&files);
    tls_files_run(&files, "openssl genrsa -out other.pem 2048; "
                          "openssl rsa -in key.pem -aes256 -passout pass:secret -out locked.pem; "
                          "echo text > text.pem");
    snprintf(other, sizeof(other), "%s/other.pem", files.folder);
    snprintf(locked, sizeof(locked), "%s/locked.pem", files.folder);
    snprintf(text, sizeof(text), "%s/text.pem", files.folder);
    CHECK_EQUAL(ody_tls_check(&(ody_options){0}, NULL), 0);
    CHECK_EQUAL(
        ody_tls_check(&(ody_options){.tls_certificate = files.certificate, .tls_key = files.key},
                      NULL),
        0);
    expect_unusable(files.certificate, NULL, "ssl.ssl_key_file");
    expect_unusable("/nowhere.pem", files.key, "ssl.ssl_cert_file: \"/nowhere.pem\"");
    expect_unusable(text, files.key, "ssl.ssl_cert_file");
    expect_unusable(files.certificate, "/nowhere.pem", "ssl.ssl_key_file: \"/nowhere.pem\"");
    expect_unusable(files.certificate, text, "ssl.ssl_key_file");
    expect_unusable(files.certificate, other, "ssl.ssl_key_file");
    expect_unusable(files.certificate, locked, "ssl.ssl_key_file");
    tls_files_remove(&files);
}
