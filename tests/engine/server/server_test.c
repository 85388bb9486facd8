/* SPDX-License-Identifier: MIT */
/* The whole engine in a process of its own: it announces itself, answers, drains and ends. */
#include "ody/server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "ody/client.h"
#include "test.h"

#define WORKERS 2
#define DEADLINE_MS 20000

typedef struct engine_state {
    pid_t pid;
    uint16_t port;
    int ready;  /* our end: one byte, then end of file */
    int parent; /* our end: closing it is the supervisor's death */
    char folder[64];
    char socket_path[96];
} engine_state;

static ody_options options_for(const engine_state *engine)
{
    return (ody_options){
        .host = "127.0.0.1",
        .port = engine->port,
        .path = "",
        .worker_num = WORKERS,
        .app_id = "1",
        .app_key = "key",
        .app_secret = "secret",
        .activity_timeout = 120000,
        .pong_timeout = 30000,
        .cache_time = 1800000,
        .drain_time = 2000,
        .socket_path = engine->socket_path,
        .limits =
            {
                .channels_per_connection = 100,
                .message_size = 65536,
                .event_data_size = 102400,
                .client_event_data_size = 10240,
                .event_name_length = 200,
                .channel_name_length = 200,
                .channels_per_publish = 100,
                .client_events_per_second = 10,
                .presence_members = 100,
                .presence_user_id_length = 128,
                .presence_user_info_size = 1024,
                .json_depth = 32,
                .outbound_soft = 262144,
                .outbound_soft_time = 10000,
                .outbound_hard = 1048576,
                .outbound_shard = 1 << 28,
                .mailbox_size = 1 << 26,
                .handshake_time = 5000,
            },
    };
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

static void engine_process(const ody_options *options, const int *listening, int unix_listen,
                           int ready, int parent)
{
    ody_server_sockets sockets = {
        .listen = listening,
        .unix_listen = unix_listen,
        .ready = ready,
        .parent = parent,
        .control = -1,
        .supervisor_pid = getppid(),
    };
    ody_error error;
    int code = ody_server_run(options, &sockets, &error);

    if (code < 0) {
        fprintf(stderr, "engine: %s\n", error.message);
    }
    for (int index = 0; index < WORKERS; index++) {
        close(listening[index]);
    }
    close(unix_listen);
    close(parent);
    exit(code < 0 ? 1 : 0);
}

static void engine_start(engine_state *engine)
{
    int listening[WORKERS];
    int ready[2];
    int parent[2];
    int unix_listen;
    ody_options options;
    ody_error error;
    struct pollfd watched;

    strcpy(engine->folder, "/tmp/ody-server-XXXXXX");
    CHECK(mkdtemp(engine->folder) != NULL);
    snprintf(engine->socket_path, sizeof(engine->socket_path), "%s/ody.sock", engine->folder);
    engine->port = free_port();
    options = options_for(engine);
    CHECK_EQUAL(ody_listen_tcp(&options, listening, &error), 0);
    unix_listen = ody_listen_unix(&options, &error);
    CHECK(unix_listen >= 0);
    CHECK(pipe(ready) == 0 && pipe(parent) == 0);
    engine->pid = fork();
    if (engine->pid == 0) {
        close(ready[0]);
        close(parent[1]);
        engine_process(&options, listening, unix_listen, ready[1], parent[0]);
    }
    close(ready[1]);
    close(parent[0]);
    for (int index = 0; index < WORKERS; index++) {
        close(listening[index]);
    }
    close(unix_listen);
    engine->ready = ready[0];
    engine->parent = parent[1];
    watched = (struct pollfd){.fd = engine->ready, .events = POLLIN};
    CHECK_EQUAL(poll(&watched, 1, DEADLINE_MS), 1);
}

static void engine_end(engine_state *engine)
{
    int status;

    CHECK_EQUAL(waitpid(engine->pid, &status, 0), engine->pid);
    CHECK(WIFEXITED(status));
    CHECK_EQUAL(WEXITSTATUS(status), 0);
    unlink(engine->socket_path);
    rmdir(engine->folder);
}

/* Opens a WebSocket and reads up to connection_established. */
static int connect_client(const engine_state *engine)
{
    static const char request[] = "GET /app/key?protocol=7 HTTP/1.1\r\nHost: localhost\r\n"
                                  "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                  "Sec-WebSocket-Version: 13\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(engine->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char answer[4096] = {0};
    size_t length = 0;

    CHECK(connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(write(descriptor, request, sizeof(request) - 1) == (ssize_t)sizeof(request) - 1);
    while (!strstr(answer, "socket_id")) {
        ssize_t received = read(descriptor, answer + length, sizeof(answer) - 1 - length);

        CHECK(received > 0);
        length += (size_t)received;
    }
    return descriptor;
}

static bool status_contains(const engine_state *engine, const char *text)
{
    ody_client *client = ody_client_new(engine->socket_path, 1000, 5000);
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

TEST(server_answers_and_drains_on_sigterm)
{
    engine_state engine;
    unsigned char frame[64];
    ssize_t length;
    int client;

    engine_start(&engine);
    client = connect_client(&engine);
    CHECK(status_contains(&engine, "\"connections\":1,"));
    CHECK(status_contains(&engine, "\"workers\":2,"));
    kill(engine.pid, SIGTERM);
    length = read(client, frame, sizeof(frame));
    CHECK(length >= 4);
    CHECK_EQUAL(frame[0], 0x88);
    CHECK_EQUAL(frame[2] << 8 | frame[3], 4200);
    close(client);
    engine_end(&engine);
}

TEST(server_drains_when_the_supervisor_is_gone)
{
    engine_state engine;

    engine_start(&engine);
    close(engine.parent);
    engine_end(&engine);
}

TEST(server_ends_at_once_on_a_second_sigterm)
{
    engine_state engine;
    int client;

    engine_start(&engine);
    client = connect_client(&engine);
    kill(engine.pid, SIGTERM);
    kill(engine.pid, SIGTERM);
    engine_end(&engine);
    close(client);
}

TEST(server_ignores_what_the_terminal_sends_to_its_group)
{
    engine_state engine;

    engine_start(&engine);
    kill(engine.pid, SIGINT);
    kill(engine.pid, SIGHUP);
    kill(engine.pid, SIGPIPE);
    CHECK(status_contains(&engine, "\"connections\":0,"));
    kill(engine.pid, SIGTERM);
    engine_end(&engine);
}

TEST(server_publishes_between_processes)
{
    engine_state engine;
    ody_client *client;
    ody_error error = {0};
    ody_view channel = ODY_VIEW("my-channel");
    uint64_t reached = 1;
    int code;

    engine_start(&engine);
    client = ody_client_new(engine.socket_path, 1000, 5000);
    code = ody_client_publish_message(client,
                                      &(ody_client_publish){.channels = &channel,
                                                            .channel_count = 1,
                                                            .event = ODY_VIEW("e"),
                                                            .data = ODY_VIEW("{}")},
                                      &reached, &error);
    CHECK_EQUAL(code, ODY_ECHANNEL_NOT_FOUND);
    ody_client_free(client);
    kill(engine.pid, SIGTERM);
    engine_end(&engine);
}
