/* SPDX-License-Identifier: MIT */
/*
 * The load generator. It reads commands from its standard input and answers each with a line of
 * JSON, so that a script can interleave measurements of several servers in one run.
 *
 *   load PID PORT KEY SOCKET     a Pusher-protocol server, published to through its Unix socket
 *   load PID PORT - FIFO         the floor, told to send by a byte in its FIFO
 *
 *   connect N              N more clients
 *   subscribe              all of them to one channel
 *   publish MESSAGES N B   N publishers; each waits for its message to arrive everywhere
 *   flood MESSAGES N B     N publishers that do not wait
 *   http MESSAGES N B ID SECRET    as publish, over HTTP
 *   memory                 the server's proportional memory
 *   closed                 waits until the server has closed all
 *   close                  closes all
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "cpu.h"
#include "publish.h"

typedef struct load {
    pid_t process;
    const char *socket_path;
    int fifo; /* -1 unless the server is the floor */
    bench_clients clients;
} load;

/* Runs what is measured between two of these. */
typedef struct measure {
    uint64_t cpu;
    uint64_t wall;
} measure;

static measure measure_now(const load *self)
{
    return (measure){bench_cpu_ns(self->process), bench_now_ns()};
}

static void answer(const load *self, measure begin, uint64_t units, uint64_t missing)
{
    measure end = measure_now(self);

    printf("{\"units\":%" PRIu64 ",\"cpu_ns\":%" PRIu64 ",\"wall_ns\":%" PRIu64
           ",\"missing\":%" PRIu64 ",\"wrong\":%" PRIu64 ",\"closed\":%u,\"close_code\":%u}\n",
           units, end.cpu - begin.cpu, end.wall - begin.wall, missing, self->clients.wrong,
           self->clients.closed, self->clients.close_code);
    fflush(stdout);
}

/* The floor sends to all for each byte; one message is in flight. */
static uint64_t floor_publish(load *self, unsigned messages)
{
    for (unsigned message = 0; message < messages; message++) {
        uint64_t goal = atomic_load(&self->clients.received) + self->clients.count;

        if (write(self->fifo, "!", 1) != 1) {
            return 1;
        }
        while (atomic_load(&self->clients.received) < goal) {
            if (!bench_clients_poll(&self->clients, 10000)) {
                return goal - atomic_load(&self->clients.received);
            }
        }
    }
    return 0;
}

/* @param app NULL: through the Unix socket. */
static void command_publish(load *self, const char *line, bool wait, const bench_http_app *app)
{
    bench_round round = {.socket_path = self->socket_path, .wait = wait, .app = app};
    measure begin = measure_now(self);
    uint64_t missing;

    if (sscanf(line, "%*s %u %u %u", &round.messages, &round.publishers, &round.payload) != 3 ||
        round.publishers > BENCH_PUBLISHERS_MAX || round.payload < 40) {
        fprintf(stderr, "load: cannot understand: %s", line);
        exit(2);
    }
    missing = self->fifo >= 0 ? floor_publish(self, round.messages)
                              : bench_publish(&self->clients, &round);
    answer(self, begin,
           (uint64_t)round.messages * (self->fifo >= 0 ? 1 : round.publishers) *
               self->clients.count,
           missing);
}

static void command_http(load *self, const char *line)
{
    char id[65];
    char secret[256];
    const bench_http_app app = {id, self->clients.key, secret};

    if (sscanf(line, "%*s %*u %*u %*u %64s %255s", id, secret) != 2) {
        fprintf(stderr, "load: cannot understand: %s", line);
        exit(2);
    }
    command_publish(self, line, true, &app);
}

static void command_closed(load *self)
{
    measure begin = measure_now(self);

    while (self->clients.closed < self->clients.count &&
           bench_clients_poll(&self->clients, 10000)) {
    }
    answer(self, begin, self->clients.closed, self->clients.count - self->clients.closed);
}

/* Returns false when there is nothing more to do. */
static bool command(load *self, const char *line)
{
    measure begin = measure_now(self);
    unsigned number = 0;

    if (sscanf(line, "connect %u", &number) == 1) {
        bench_clients_connect(&self->clients, number);
        answer(self, begin, number, 0);
    } else if (strncmp(line, "subscribe", 9) == 0) {
        bench_clients_subscribe(&self->clients);
        answer(self, begin, self->clients.subscribed, 0);
    } else if (strncmp(line, "publish ", 8) == 0) {
        command_publish(self, line, true, NULL);
    } else if (strncmp(line, "flood ", 6) == 0) {
        command_publish(self, line, false, NULL);
    } else if (strncmp(line, "http ", 5) == 0) {
        command_http(self, line);
    } else if (strncmp(line, "memory", 6) == 0) {
        answer(self, begin, bench_memory_kib(self->process), 0);
    } else if (strncmp(line, "closed", 6) == 0) {
        command_closed(self);
    } else if (strncmp(line, "close", 5) == 0) {
        bench_clients_close(&self->clients);
        answer(self, begin, self->clients.count, 0);
        return false;
    } else {
        fprintf(stderr, "load: cannot understand: %s", line);
        exit(2);
    }
    return true;
}

/* Between commands the clients go on reading, so that they answer pings. */
static void wait_for_command(load *self)
{
    struct pollfd watched[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                {.fd = self->clients.epoll, .events = POLLIN}};

    while (poll(watched, 2, -1) >= 0 && watched[0].revents == 0) {
        bench_clients_poll(&self->clients, 0);
    }
}

int main(int argc, char **argv)
{
    struct rlimit files = {20000, 20000};
    load self = {.fifo = -1};
    char line[256];

    if (argc != 5) {
        fprintf(stderr, "usage: load PID PORT KEY|- SOCKET|FIFO\n");
        return 2;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    setvbuf(stdin, NULL, _IONBF, 0);
    self.process = atoi(argv[1]);
    self.socket_path = argv[4];
    self.clients = (bench_clients){
        .host = "127.0.0.1",
        .port = atoi(argv[2]),
        .key = strcmp(argv[3], "-") == 0 ? NULL : argv[3],
        .channel = "load",
        .publishers = BENCH_PUBLISHERS_MAX,
    };
    if (!self.clients.key) {
        self.fifo = open(argv[4], O_WRONLY | O_CLOEXEC);
    }
    bench_clients_init(&self.clients, 20000);
    for (;;) {
        wait_for_command(&self);
        if (!fgets(line, sizeof(line), stdin) || !command(&self, line)) {
            return 0;
        }
    }
}
