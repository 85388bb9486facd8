/* SPDX-License-Identifier: MIT */
/* Engines in processes of their own, and what a supervisor and clients do with them. */
#include "live_engine.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "apps.h"

/* As in tests/engine/net/tls_client.c: libwebsockets looks at the dates of its certificates in each
 * shard's thread, and the C library's lock of the time zone is hidden from ThreadSanitizer. */
const char *__tsan_default_suppressions(void);
const char *__tsan_default_suppressions(void)
{
    return "race:tzset_internal\nrace:epoll_ctl\n";
}

static ody_options defaults(void)
{
    ody_options options = {
        .host = "127.0.0.1",
        .path = "",
        .worker_num = ENGINE_SHARDS,
        .activity_timeout = 120000,
        .pong_timeout = 30000,
        .drain_time = 2000,
        .php_worker_timeout = 5000,
        .php_worker_queue = 100,
        .log_level = ODY_LOG_INFO,
        .limits =
            {
                .message_size = 65536,
                .outbound_soft = 262144,
                .outbound_soft_time = 10000,
                .outbound_hard = 1048576,
                .outbound_shard = 1 << 28,
                .mailbox_size = 1 << 26,
                .handshake_time = 5000,
            },
    };
    ody_app *app = test_apps(&options, 1, "key", "secret");

    app->limits.event_data_size = 102400;
    app->limits.client_events_per_second = 10;
    return options;
}

/* A port that was free a moment ago. */
static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(bind(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(getsockname(descriptor, (struct sockaddr *)&address, &length) == 0);
    close(descriptor);
    return ntohs(address.sin_port);
}

void engine_sockets_open(engine_sockets *sockets)
{
    ody_error error;

    sockets->options = defaults();
    strcpy(sockets->folder, "/tmp/ody-server-XXXXXX");
    CHECK(mkdtemp(sockets->folder) != NULL);
    snprintf(sockets->socket_path, sizeof(sockets->socket_path), "%s/ody.sock", sockets->folder);
    sockets->options.socket_path = sockets->socket_path;
    sockets->options.port = free_port();
    CHECK_EQUAL(ody_listen_tcp(&sockets->options, sockets->listening, &error), 0);
    sockets->unix_listen = ody_listen_unix(&sockets->options, &error);
    CHECK(sockets->unix_listen >= 0);
    sockets->http_listen = -1;
}

void engine_sockets_http(engine_sockets *sockets)
{
    ody_error error;

    sockets->options.http.enabled = true;
    sockets->options.http.port = free_port();
    CHECK_EQUAL(ody_listen_http(&sockets->options, &sockets->http_listen, &error), 0);
    CHECK(sockets->http_listen >= 0);
}

void engine_sockets_close(engine_sockets *sockets)
{
    for (int index = 0; index < ENGINE_SHARDS; index++) {
        close(sockets->listening[index]);
    }
    close(sockets->unix_listen);
    if (sockets->http_listen >= 0) {
        close(sockets->http_listen);
    }
    unlink(sockets->socket_path);
    rmdir(sockets->folder);
}

static void engine_process(const engine_sockets *sockets, int ready, int parent, int control)
{
    const ody_server_sockets given = {
        .listen = sockets->listening,
        .unix_listen = sockets->unix_listen,
        .http_listen = sockets->http_listen,
        .ready = ready,
        .parent = parent,
        .control = control,
        .supervisor_pid = getppid(),
    };
    ody_error error;
    int code = ody_server_run(&sockets->options, &given, &error);

    if (code < 0) {
        fprintf(stderr, "engine: %s\n", error.message);
    }
    exit(code < 0 ? 1 : 0);
}

void engine_start(engine_state *engine, const engine_sockets *sockets)
{
    int ready[2];
    int parent[2];
    int control[2];
    struct pollfd watched;

    CHECK(pipe(ready) == 0 && pipe(parent) == 0);
    CHECK_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control), 0);
    engine->pid = fork();
    if (engine->pid == 0) {
        close(ready[0]);
        close(parent[1]);
        close(control[1]);
        engine_process(sockets, ready[1], parent[0], control[0]);
    }
    close(ready[1]);
    close(parent[0]);
    close(control[0]);
    engine->ready = ready[0];
    engine->parent = parent[1];
    engine->control = control[1];
    watched = (struct pollfd){.fd = engine->ready, .events = POLLIN};
    CHECK_EQUAL(poll(&watched, 1, ENGINE_DEADLINE_MS), 1);
}

void engine_end(engine_state *engine)
{
    int status;

    CHECK_EQUAL(waitpid(engine->pid, &status, 0), engine->pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        FAIL("the engine ended with status %x", status);
    }
    close(engine->ready);
    close(engine->parent);
    close(engine->control);
}

void engine_stop(engine_state *engine)
{
    CHECK_EQUAL(kill(engine->pid, SIGTERM), 0);
    engine_end(engine);
}

int engine_reload(const engine_state *engine, const ody_options *options, ody_error *error)
{
    struct pollfd watched = {.fd = engine->control, .events = POLLIN};
    size_t length;
    char *bytes = ody_options_write(options, &length);
    char *packet = malloc(length + 1);

    CHECK(bytes && packet);
    packet[0] = ODY_CONTROL_RELOAD;
    memcpy(packet + 1, bytes, length);
    CHECK_EQUAL(send(engine->control, packet, length + 1, 0), length + 1);
    free(bytes);
    free(packet);
    CHECK_EQUAL(poll(&watched, 1, ENGINE_DEADLINE_MS), 1);
    CHECK_EQUAL(recv(engine->control, error, sizeof(*error), 0), sizeof(*error));
    return error->code;
}

void engine_change(const engine_state *engine, const ody_server_change *change)
{
    char packet[1 + sizeof(*change)] = {ODY_CONTROL_CHANGE};

    memcpy(packet + 1, change, sizeof(*change));
    CHECK_EQUAL(send(engine->control, packet, sizeof(packet), 0), sizeof(packet));
}

static void read_until(int client, const char *until)
{
    char *data = calloc(1, 65536);
    size_t length = 0;

    while (!memmem(data, length, until, strlen(until))) {
        struct pollfd watched = {.fd = client, .events = POLLIN};
        ssize_t count;

        CHECK(length < 65535);
        CHECK_EQUAL(poll(&watched, 1, ENGINE_DEADLINE_MS), 1);
        count = read(client, data + length, 65535 - length);
        if (count <= 0) {
            FAIL("the engine left without saying %s, but: %s", until, data);
        }
        length += (size_t)count;
    }
    free(data);
}

int engine_connect(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    return descriptor;
}

int engine_client(const engine_sockets *sockets, const char *key, const char *until)
{
    int descriptor = engine_connect(sockets->options.port);
    char request[512];
    int length = snprintf(request, sizeof(request),
                          "GET /app/%s?protocol=7 HTTP/1.1\r\nHost: localhost\r\n"
                          "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                          "Sec-WebSocket-Version: 13\r\n\r\n",
                          key);

    CHECK_EQUAL(send(descriptor, request, (size_t)length, MSG_NOSIGNAL), length);
    if (until) {
        read_until(descriptor, until);
    }
    return descriptor;
}

void engine_subscribe(int client, const char *channel)
{
    char frame[256] = {(char)0x81};
    int length =
        snprintf(frame + 6, sizeof(frame) - 6,
                 "{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"%s\"}}", channel);

    CHECK(length < 126);
    frame[1] = (char)(0x80 | length);
    CHECK_EQUAL(send(client, frame, (size_t)length + 6, MSG_NOSIGNAL), length + 6);
    read_until(client, "subscription_succeeded");
}

bool engine_status_contains(const engine_sockets *sockets, const char *text)
{
    ody_client *client = ody_client_new(sockets->socket_path, 5000, 5000);
    ody_error error = {0};
    ody_view json;
    bool found;

    CHECK(client != NULL);
    if (ody_client_status(client, &json, &error) < 0) {
        FAIL("status: %s", error.message);
    }
    found = memmem(json.data, json.length, text, strlen(text)) != NULL;
    ody_client_free(client);
    return found;
}

int engine_publish(ody_client *client, const char *channel, const char *data, uint64_t *reached,
                   ody_error *error)
{
    const ody_view name = ody_view_of(channel);
    const ody_client_publish publish = {
        .channels = &name,
        .channel_count = 1,
        .event = ODY_VIEW("e"),
        .data = ody_view_of(data),
    };

    return ody_client_publish_message(client, &publish, reached, error);
}
