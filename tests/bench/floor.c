/* SPDX-License-Identifier: MIT */
/*
 * The floor: the least that any server can do. It accepts sockets, and for each byte that comes on
 * its standard input it sends one prebuilt frame to every socket, with one send() each. No
 * protocol, no state, no error handling but for a peer that is gone.
 *
 *   floor PORT PAYLOAD_BYTES
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOCKETS_MAX 20000

static int sockets[SOCKETS_MAX];
static int socket_count;
static unsigned char frame[4096];
static size_t frame_length;

static void frame_build(size_t payload)
{
    if (payload < 2 || payload > sizeof(frame) - 4) {
        fprintf(stderr, "floor: a payload has 2 to %zu bytes\n", sizeof(frame) - 4);
        exit(2);
    }
    frame[frame_length++] = 0x81;
    if (payload < 126) {
        frame[frame_length++] = (unsigned char)payload;
    } else {
        frame[frame_length++] = 126;
        frame[frame_length++] = (unsigned char)(payload >> 8);
        frame[frame_length++] = (unsigned char)payload;
    }
    memset(frame + frame_length, 'x', payload);
    frame_length += payload;
}

static int listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int on = 1;

    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(descriptor, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        listen(descriptor, 4096) < 0) {
        perror("floor");
        exit(1);
    }
    return descriptor;
}

static void accept_all(int epoll, int listening)
{
    int descriptor;

    while (socket_count < SOCKETS_MAX &&
           (descriptor = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
        int on = 1;

        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
        epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
        sockets[socket_count++] = descriptor;
    }
}

static void send_to_all(void)
{
    for (int index = 0; index < socket_count; index++) {
        if (send(sockets[index], frame, frame_length, MSG_NOSIGNAL) != (ssize_t)frame_length) {
            fprintf(stderr, "floor: a peer did not take a whole frame\n");
            exit(1);
        }
    }
}

/* Returns false when the input has ended. */
static bool commands_read(void)
{
    char commands[64];
    ssize_t count = read(STDIN_FILENO, commands, sizeof(commands));

    for (ssize_t index = 0; index < count; index++) {
        send_to_all();
    }
    return count > 0;
}

int main(int argc, char **argv)
{
    struct rlimit files = {SOCKETS_MAX, SOCKETS_MAX};
    struct epoll_event events[64];
    int listening;
    int epoll;

    if (argc != 3) {
        fprintf(stderr, "usage: floor PORT PAYLOAD_BYTES\n");
        return 2;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    frame_build((size_t)atol(argv[2]));
    listening = listen_on(atoi(argv[1]));
    epoll = epoll_create1(0);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listening,
              &(struct epoll_event){.events = EPOLLIN, .data.fd = listening});
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO,
              &(struct epoll_event){.events = EPOLLIN, .data.fd = STDIN_FILENO});
    puts("ready");
    fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll, events, 64, -1);

        for (int index = 0; index < count; index++) {
            if (events[index].data.fd == listening) {
                accept_all(epoll, listening);
            } else if (events[index].data.fd == STDIN_FILENO) {
                if (!commands_read()) {
                    return 0;
                }
            } else {
                epoll_ctl(epoll, EPOLL_CTL_DEL, events[index].data.fd, NULL);
            }
        }
    }
}
