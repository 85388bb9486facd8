/* SPDX-License-Identifier: MIT */
/*
 * Accepts, and looks at what comes before anybody reads it: the whole head of a plain request, or
 * the first byte of a TLS one. Slow requests end here. What is no WebSocket is still whole in its
 * socket, which the API thread gets, or is refused.
 */
#include "net/client.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "net/client_address.h"
#include "net/handshake.h"

#define ACCEPTS_PER_TURN 64
#define HANDSHAKES_MAX 4096
#define ANSWER_WAIT_MS 1000
#define PAUSE_SECONDS 0.1
#define COMPLAIN_EVERY_MS 1000
#define TLS_HANDSHAKE_RECORD 0x16
#define HANDED_OVER_COST 4096 /* bytes that a socket counts for in the mailbox */

/* Tells a client that is no WebSocket what this is, and waits a moment for it to leave: closing at
 * once with unread input would reset the connection and lose the answer. */
static void refuse(ody_client_socket *client, const ody_http_refusal *refusal)
{
    char answer[ODY_HANDSHAKE_ANSWER_MAX];
    size_t length = ody__handshake_refuse(refusal, answer);
    int one = 1;

    ody_count(client->shard->counters, refused_http, 1);
    ody__client_log_failure(client, refusal->status);
    if (send(client->descriptor, answer, length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
        ody__client_kill(client);
        return;
    }
    shutdown(client->descriptor, SHUT_WR);
    setsockopt(client->descriptor, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
    client->phase = ODY_PHASE_ANSWER;
    ody_wheel_arm(client->shard->wheel, &client->timer, ody_clock_ms() + ANSWER_WAIT_MS);
}

/* Gives the socket to the API thread. @return false when that has no room for it. */
static bool hand_over(ody_client_socket *client)
{
    ody_shard *shard = client->shard;
    ody_mail *mail = ody_mail_new_sized(ODY_MAIL_SOCKET, shard->setup.index, 0);
    int one = 1;

    if (!mail) {
        return false;
    }
    mail->number = (uint64_t)client->descriptor;
    ody_mail_weigh(mail);
    mail->node.cost += HANDED_OVER_COST;
    ev_io_stop(shard->loop, &client->arrival->readable);
    setsockopt(client->descriptor, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
    if (shard->setup.post(shard->setup.context, shard->setup.count, mail, false) < 0) {
        ody_mail_take_socket(mail);
        ev_io_start(shard->loop, &client->arrival->readable);
        return false;
    }
    ody_count(shard->counters, handed_over, 1);
    client->descriptor = -1;
    ody__client_gone(client);
    return true;
}

/* What is no WebSocket: for the HTTP API where this port has one, else refused. */
static void turn_away(ody_client_socket *client, const ody_http_refusal *refusal)
{
    if (!refusal->http || !ody_http_shares_port(client->shard->options)) {
        refuse(client, refusal);
    } else if (!hand_over(client)) {
        refuse(client, &ody__refusal_overloaded);
    }
}

/* Takes the head off the socket, if it is still there. */
static bool take_head(const ody_client_socket *client, size_t length)
{
    char taken[ODY_HTTP_HEAD_MAX];

    return recv(client->descriptor, taken, length, MSG_DONTWAIT) == (ssize_t)length;
}

/* On a connection on which nothing waits to be sent all of it goes through. */
static bool answer_upgrade(const ody_client_socket *client, const ody_http_head *head)
{
    char answer[ODY_HANDSHAKE_ANSWER_MAX];
    size_t length = ody__handshake_answer(head, answer);

    return send(client->descriptor, answer, length, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)length;
}

/* @param peeked the head is still in the socket. */
static void judge(ody_client_socket *client, ody_view data, bool peeked)
{
    ody_shard *shard = client->shard;
    ody_http_head head;
    const ody_http_refusal *refusal = ody__handshake_judge(client, data, &head);

    if (refusal && peeked) {
        turn_away(client, refusal);
        return;
    }
    if (refusal) {
        refuse(client, refusal);
        return;
    }
    if ((peeked && !take_head(client, head.length)) || !answer_upgrade(client, &head)) {
        ody__client_log_failure(client, "the peer left");
        ody__client_kill(client);
        return;
    }
    client->arrival->handshake.plain_on_tls = shard->tls != NULL;
    client->direct = true;
    if (ody__client_adopt(client, shard->plain, false)) {
        ody__websocket_open(client);
    }
}

static bool peer_finished(const ody_client_socket *client)
{
    struct pollfd watched = {.fd = client->descriptor, .events = POLLRDHUP};

    return poll(&watched, 1, 0) > 0;
}

/* Sleeps until more than `length` bytes are there: the ones that we have seen stay in the socket.
 */
static void wait_for_more(ody_client_socket *client, size_t length)
{
    int more = (int)length + 1;

    if (peer_finished(client)) {
        ody__client_log_failure(client, "the peer left");
        ody__client_kill(client);
        return;
    }
    setsockopt(client->descriptor, SOL_SOCKET, SO_RCVLOWAT, &more, sizeof(more));
}

static void look(ody_client_socket *client)
{
    char data[ODY_HTTP_HEAD_MAX];
    ssize_t count = recv(client->descriptor, data, sizeof(data), MSG_PEEK | MSG_DONTWAIT);

    if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (count <= 0) {
        ody__client_log_failure(client, "the peer left");
        ody__client_kill(client);
        return;
    }
    if (client->shard->tls && data[0] == TLS_HANDSHAKE_RECORD) {
        client->phase = ODY_PHASE_TLS;
        ody__client_adopt(client, client->shard->tls, true);
    } else if (ody_http_head_end((ody_view){data, (size_t)count}) > 0) {
        judge(client, (ody_view){data, (size_t)count}, true);
    } else if (count == sizeof(data)) {
        turn_away(client, &ody__refusal_too_long);
    } else if (data[0] < 'A' || data[0] > 'Z') {
        refuse(client, &ody__refusal_no_http);
    } else {
        wait_for_more(client, (size_t)count);
    }
}

/* The client has its answer: what it still says is thrown away until it leaves. */
static void throw_away(ody_client_socket *client)
{
    char data[4096];
    ssize_t count = recv(client->descriptor, data, sizeof(data), MSG_DONTWAIT);

    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
        ody__client_kill(client);
    }
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_client_socket *client = watcher->data;

    (void)loop;
    (void)events;
    if (client->phase == ODY_PHASE_ANSWER) {
        throw_away(client);
    } else {
        look(client);
    }
}

/* Too many at once: the one that has taken longest so far gives way. */
static void make_room(ody_shard *shard)
{
    ody_client_socket *oldest;

    if (shard->handshake_count < HANDSHAKES_MAX) {
        return;
    }
    oldest = ody_container_of(shard->handshakes.next, ody_client_socket, member);
    ody_count(shard->counters, handshake_timeouts, 1);
    ody__client_log_failure(oldest, "too many handshakes at once");
    oldest->phase = ODY_PHASE_ANSWER;
    ody__client_kill(oldest);
}

/* @return the client of a socket that is being watched, or NULL without memory: it is closed. */
static ody_client_socket *receive(ody_shard *shard, int take_descriptor,
                                  const struct sockaddr_storage *address)
{
    ody_client_socket *client;

    make_room(shard);
    client = ody__client_new(shard, take_descriptor);
    if (!client) {
        ody_count(shard->counters, accept_failures, 1);
        close(take_descriptor);
        return NULL;
    }
    ody_address_from_socket(address, client->arrival->handshake.address);
    ody_address_format(client->arrival->handshake.address, client->arrival->peer,
                       sizeof(client->arrival->peer));
    memcpy(client->arrival->address, client->arrival->peer, sizeof(client->arrival->address));
    ev_io_init(&client->arrival->readable, on_readable, take_descriptor, EV_READ);
    client->arrival->readable.data = client;
    ev_io_start(shard->loop, &client->arrival->readable);
    return client;
}

static void welcome(ody_shard *shard, int descriptor, const struct sockaddr_storage *address)
{
    int on = 1;

    if (receive(shard, descriptor, address)) {
        ody_count(shard->counters, accepted, 1);
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    }
}

void ody__acceptor_upgrade(ody_shard *shard, ody_mail *take_mail)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof(address);
    ody_client_socket *client;

    if (shard->drain_deadline != 0 || shard->stopping ||
        getpeername((int)take_mail->number, (struct sockaddr *)&address, &length) < 0) {
        ody_mail_free(take_mail);
        return;
    }
    client = receive(shard, (int)take_mail->number, &address);
    if (client) {
        judge(client, take_mail->data, false);
    }
    ody_mail_take_socket(take_mail);
}

static void accept_failed(ody_shard *shard)
{
    int reason = errno;
    uint64_t now = ody_clock_ms();

    ody_count(shard->counters, accept_failures, 1);
    if (now >= shard->complain_at) {
        ody_log(ODY_LOG_ERROR, "cannot accept", ODY_STRING("reason", strerror(reason)));
        shard->complain_at = now + COMPLAIN_EVERY_MS;
    }
    ev_io_stop(shard->loop, &shard->listener);
    ev_timer_set(&shard->pause, PAUSE_SECONDS, 0.);
    ev_timer_start(shard->loop, &shard->pause);
}

static bool passes_by_itself(int reason)
{
    return reason == EAGAIN || reason == EINTR || reason == ECONNABORTED || reason == EPROTO ||
           reason == ENETDOWN || reason == EHOSTUNREACH || reason == ENETUNREACH;
}

static void on_listener(struct ev_loop *loop, ev_io *watcher, int events)
{
    ody_shard *shard = watcher->data;

    (void)loop;
    (void)events;
    for (int count = 0; count < ACCEPTS_PER_TURN; count++) {
        struct sockaddr_storage address;
        socklen_t length = sizeof(address);
        int descriptor = accept4(shard->setup.listen_fd, (struct sockaddr *)&address, &length,
                                 SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (descriptor >= 0) {
            welcome(shard, descriptor, &address);
        } else if (passes_by_itself(errno)) {
            return;
        } else {
            accept_failed(shard);
            return;
        }
    }
}

static void on_pause_over(struct ev_loop *loop, ev_timer *watcher, int events)
{
    ody_shard *shard = watcher->data;

    (void)events;
    ev_io_start(loop, &shard->listener);
}

void ody__acceptor_start(ody_shard *shard)
{
    ev_io_init(&shard->listener, on_listener, shard->setup.listen_fd, EV_READ);
    ev_timer_init(&shard->pause, on_pause_over, PAUSE_SECONDS, 0.);
    shard->listener.data = shard->pause.data = shard;
    ev_io_start(shard->loop, &shard->listener);
}

void ody__acceptor_stop(ody_shard *shard)
{
    ev_io_stop(shard->loop, &shard->listener);
    ev_timer_stop(shard->loop, &shard->pause);
}
