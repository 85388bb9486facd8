/* SPDX-License-Identifier: MIT */
/*
 * The real server with the real requests of the hub on a loop that the test itself turns, so
 * nothing sleeps. Only the shards are played: a transport in memory answers each question by the
 * name of the channel:
 *
 *   missing…   publish fails: the channel does not exist
 *   broken…    everything fails: out of memory
 *   many-N     has N subscribers; every other channel has three connections of two users
 *   empty…     has nobody
 *   cached…    and cache-… have a cached event
 *   yes…       exists, and everybody is subscribed to it
 *
 * Who browses finds 1,200 connections, and 13 of everything else; connection 1.3 has more channels
 * than are shown.
 */
#ifndef ODY_TESTS_LIVE_HTTP_H
#define ODY_TESTS_LIVE_HTTP_H

#include <ev.h>
#include "apps.h"
#include "hub/mail.h"
#include "http/room.h"
#include "test.h"

#define KEY "key"
#define SECRET "secret"

typedef struct live_http {
    ody_options options; /* a test may change them before live_open */
    ody_app *apps;       /* two: "1" with key and secret, "2" with key2 and secret2 */
    ody_shared *shared;
    struct ev_loop *loop;
    ody_requests *requests;
    ody_tails *tails;
    ody_http_server *server;
    int listening;
    uint16_t port;
    ody_network trusted; /* 10.0.0.0/8 */
    ody_network proxies; /* 10.9.0.0/16 */
    bool not_ready;
    bool hold;   /* questions wait until live_release */
    bool jammed; /* the shard's mailbox is full */
    ody_mailbox_node *first;
    ody_mailbox_node **last;
    int given;        /* the socket that the shard got, or -1 … */
    char head[16384]; /* … with this head */
    char asked[4096]; /* what the shard was asked: "kind app channel event data except\n" … */
} live_http;

/** Fills options and apps. */
void live_init(live_http *live);
/** Starts the server; with listen, on an address of its own. */
void live_open(live_http *live, bool listen);
/** Opens one with the default options but these, which say who gets pages. */
void live_open_pages(live_http *live, bool debug, const char *password);
/** Ends it. Fails the test when something is left. */
void live_close(live_http *live);
/** Lets the loop do what it can do now. */
void live_turn(live_http *live);
/** Answers the questions that wait. */
void live_release(live_http *live);

/** Connects, as from 127.0.0.1. */
int live_connect(live_http *live);
/** Connects, as from another address: "192.0.2.1" or "2001:db8::1". */
int live_connect_from(live_http *live, const char *address);
/** Sends all of it, turning the loop while the socket is full. */
void live_send(live_http *live, int descriptor, const char *data, size_t length);
#define live_send_text(live, descriptor, text) live_send(live, descriptor, text, strlen(text))

/** One answer; all texts end with a NUL. */
typedef struct live_answer {
    int status;
    char head[2048];
    char *body; /* malloc'd */
    size_t length;
} live_answer;

/** Reads one answer. Fails the test when none comes. */
live_answer live_read(live_http *live, int descriptor);
/** The same of a HEAD request, which has no body. */
live_answer live_read_head(live_http *live, int descriptor);
/** Whether the peer closes without saying anything more. */
bool live_ended(live_http *live, int descriptor);
/** The same; else gives the next byte. */
bool live_ended_but(live_http *live, int descriptor, char *byte);
/** Whether nothing has come yet. */
bool live_silent(live_http *live, int descriptor);
/** Frees it, after checking it. body NULL: any. */
void live_check(live_answer answer, int status, const char *body);
/** Checks a header, byte for byte; value NULL: that it is absent. */
void live_check_header(const live_answer *answer, const char *name, const char *value);

/**
 * Writes a signed request. @param path with or without a query; what is in it must not need to be
 * encoded. @param body NULL: none. @param out 16384 bytes.
 */
void live_sign(char *out, const char *method, const char *path, const char *body);
/** The same, signed by that key at that time. */
void live_sign_as(char *out, const char *key, const char *secret, uint64_t time, const char *method,
                  const char *path, const char *body);
/** Sends a signed request on a connection of its own and checks the answer. */
void live_api(live_http *live, const char *method, const char *path, const char *body, int status,
              const char *answer);
/** The same with any request, as from that address. */
void live_ask(live_http *live, const char *address, const char *request, int status,
              const char *answer);

#endif
