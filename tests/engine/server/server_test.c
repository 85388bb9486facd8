/* SPDX-License-Identifier: MIT */
/* The whole engine in a process of its own: it announces itself, answers, drains and ends. */
#include "ody/server.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#include "live_engine.h"
#include "test.h"

#define GREETED "socket_id"

TEST(server_answers_and_drains_on_sigterm)
{
    engine_sockets sockets;
    engine_state engine;
    unsigned char frame[64];
    ssize_t length;
    int client;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    client = engine_client(&sockets, "key", GREETED);
    CHECK(engine_status_contains(&sockets, "\"connections\":1,"));
    CHECK(engine_status_contains(&sockets, "\"workers\":2,"));
    kill(engine.pid, SIGTERM);
    length = read(client, frame, sizeof(frame));
    CHECK(length >= 4);
    CHECK_EQUAL(frame[0], 0x88);
    CHECK_EQUAL(frame[2] << 8 | frame[3], 4200);
    close(client);
    engine_end(&engine);
    engine_sockets_close(&sockets);
}

TEST(server_drains_when_the_supervisor_is_gone)
{
    engine_sockets sockets;
    engine_state engine;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    close(engine.parent);
    engine.parent = -1;
    engine_end(&engine);
    engine_sockets_close(&sockets);
}

TEST(server_ends_at_once_on_a_second_sigterm)
{
    engine_sockets sockets;
    engine_state engine;
    int client;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    client = engine_client(&sockets, "key", GREETED);
    kill(engine.pid, SIGTERM);
    kill(engine.pid, SIGTERM);
    engine_end(&engine);
    close(client);
    engine_sockets_close(&sockets);
}

TEST(server_ignores_what_the_terminal_sends_to_its_group)
{
    engine_sockets sockets;
    engine_state engine;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    kill(engine.pid, SIGINT);
    kill(engine.pid, SIGHUP);
    kill(engine.pid, SIGPIPE);
    CHECK(engine_status_contains(&sockets, "\"connections\":0,"));
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}

/* Every close costs by the number of files that are allowed. */
TEST(server_allows_as_many_files_as_may_be_needed)
{
    static const struct {
        uint32_t connections;
        rlim_t hard;
        rlim_t files;
        const char *limit;
    } cases[] = {{1000, 10000, 9192, "\"connection_limit\":1000,"},
                 {1000, 5000, 5000, "\"connection_limit\":1000,"},
                 {5000, 5000, 5000, "\"connection_limit\":4744,"},
                 {0, 5000, 5000, "\"connection_limit\":4744,"}};
    engine_sockets sockets;

    engine_sockets_open(&sockets);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct rlimit limit = {1024, cases[i].hard};
        struct rlimit allowed;
        engine_state engine;

        CHECK_EQUAL(setrlimit(RLIMIT_NOFILE, &limit), 0);
        sockets.options.limits.connections = cases[i].connections;
        engine_start(&engine, &sockets);
        CHECK_EQUAL(prlimit(engine.pid, RLIMIT_NOFILE, NULL, &allowed), 0);
        CHECK_EQUAL(allowed.rlim_cur, cases[i].files);
        CHECK(engine_status_contains(&sockets, cases[i].limit));
        engine_stop(&engine);
    }
    engine_sockets_close(&sockets);
}

TEST(server_publishes_between_processes)
{
    engine_sockets sockets;
    engine_state engine;
    ody_client *client;
    ody_error error = {0};
    ody_view channel = ODY_VIEW("my-channel");
    uint64_t reached = 1;
    int code;

    engine_sockets_open(&sockets);
    engine_start(&engine, &sockets);
    client = ody_client_new(sockets.socket_path, 1000, 5000);
    code = ody_client_publish_message(client,
                                      &(ody_client_publish){.channels = &channel,
                                                            .channel_count = 1,
                                                            .event = ODY_VIEW("e"),
                                                            .data = ODY_VIEW("{}")},
                                      &reached, &error);
    CHECK_EQUAL(code, ODY_ECHANNEL_NOT_FOUND);
    ody_client_free(client);
    engine_stop(&engine);
    engine_sockets_close(&sockets);
}
