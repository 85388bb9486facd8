/* SPDX-License-Identifier: MIT */
/* Whole engines, each in a process of its own, on sockets that they may share one after the other.
 */
#ifndef ODY_TESTS_LIVE_ENGINE_H
#define ODY_TESTS_LIVE_ENGINE_H

#include <sys/types.h>
#include "ody/client.h"
#include "ody/server.h"
#include "test.h"

#define ENGINE_SHARDS 2
#define ENGINE_DEADLINE_MS 20000

/** The supervisor's sockets. */
typedef struct engine_sockets {
    ody_options options; /* a test may change them before it starts an engine */
    int listening[ENGINE_SHARDS];
    int unix_listen;
    int http_listen; /* -1: the HTTP API has no address of its own */
    char folder[64];
    char socket_path[96];
} engine_sockets;

typedef struct engine_state {
    pid_t pid;
    int ready;   /* our end: one byte, then end of file */
    int parent;  /* our end: closing it is the supervisor's death */
    int control; /* our end */
} engine_state;

/** Fills options and listens on a free port and a socket in a fresh folder. */
void engine_sockets_open(engine_sockets *sockets);
/** Gives the HTTP API a port of its own. */
void engine_sockets_http(engine_sockets *sockets);
void engine_sockets_close(engine_sockets *sockets);

/** Starts an engine and waits until it listens. */
void engine_start(engine_state *engine, const engine_sockets *sockets);
/** Waits for it to end; fails the test unless it does so cleanly. */
void engine_end(engine_state *engine);
/** SIGTERM, then engine_end. */
void engine_stop(engine_state *engine);

/** Has it take over options. @return the code of its answer. */
int engine_reload(const engine_state *engine, const ody_options *options, ody_error *error);
/** Tells it how a change went. */
void engine_change(const engine_state *engine, const ody_server_change *change);

/** Connects to a port of an engine. */
int engine_connect(uint16_t port);
/** Opens a WebSocket with that key and reads until `until` has come; FAILs when it does not. */
int engine_client(const engine_sockets *sockets, const char *key, const char *until);
/** Subscribes and waits for the confirmation. */
void engine_subscribe(int client, const char *channel);
/** Whether the status contains text. */
bool engine_status_contains(const engine_sockets *sockets, const char *text);
/** Publishes `data` to a channel. @return as ody_client_publish_message. */
int engine_publish(ody_client *client, const char *channel, const char *data, uint64_t *reached,
                   ody_error *error);

#endif
