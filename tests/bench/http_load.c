/* SPDX-License-Identifier: MIT */
/*
 * Requests per second over connections that are kept: each sends the same signed request again as
 * soon as its answer is there.
 *
 *   http_load PORT CONNECTIONS REQUESTS APP_ID KEY SECRET     prints ns of wall time
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include "cpu.h"
#include "http.h"

typedef struct peer {
    int descriptor;
    size_t have;
    char answer[2048];
} peer;

static const char *request;
static size_t request_length;

static void ask(const peer *self)
{
    if (send(self->descriptor, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) {
        fprintf(stderr, "http_load: the server takes no request\n");
        exit(1);
    }
}

/* @return whether the answer is complete. */
static bool answered(peer *self)
{
    ssize_t count = recv(self->descriptor, self->answer + self->have,
                         sizeof(self->answer) - self->have, MSG_DONTWAIT);

    if (count <= 0) {
        fprintf(stderr, "http_load: the server hung up behind: %.*s\n", (int)self->have,
                self->answer);
        exit(1);
    }
    self->have += (size_t)count;
    if (!memmem(self->answer, self->have, "\r\n\r\n{}", 6)) {
        return false;
    }
    if (memcmp(self->answer, "HTTP/1.1 200", 12) != 0) {
        fprintf(stderr, "http_load: refused: %.*s\n", (int)self->have, self->answer);
        exit(1);
    }
    self->have = 0;
    return true;
}

static void run(peer *peers, int count, long requests)
{
    struct epoll_event events[64];
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    long sent = 0;
    long done = 0;

    for (int index = 0; index < count; index++) {
        epoll_ctl(epoll, EPOLL_CTL_ADD, peers[index].descriptor,
                  &(struct epoll_event){.events = EPOLLIN, .data.ptr = &peers[index]});
        ask(&peers[index]);
        sent++;
    }
    while (done < requests) {
        int ready = epoll_wait(epoll, events, 64, 10000);

        if (ready == 0) {
            fprintf(stderr, "http_load: no answer for 10 s\n");
            exit(1);
        }
        for (int index = 0; index < ready; index++) {
            peer *self = events[index].data.ptr;

            if (answered(self)) {
                done++;
                if (sent < requests) {
                    ask(self);
                    sent++;
                }
            }
        }
    }
}

int main(int argc, char **argv)
{
    bench_http_app app;
    peer *peers;
    uint64_t begin;
    int count;

    if (argc != 7) {
        fprintf(stderr, "usage: http_load PORT CONNECTIONS REQUESTS APP_ID KEY SECRET\n");
        return 2;
    }
    app = (bench_http_app){argv[4], argv[5], argv[6]};
    request = bench_http_event(&app, ODY_VIEW("bench"), ODY_VIEW("{\"text\":\"Hello world!\"}"),
                               &request_length);
    count = atoi(argv[2]);
    peers = calloc((size_t)count, sizeof(*peers));
    for (int index = 0; index < count; index++) {
        peers[index].descriptor = bench_http_connect(atoi(argv[1]));
    }
    begin = bench_now_ns();
    run(peers, count, atol(argv[3]));
    printf("%llu\n", (unsigned long long)(bench_now_ns() - begin));
    return 0;
}
