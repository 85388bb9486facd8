/* SPDX-License-Identifier: MIT */
/*
 * Bytes onto sockets, once a turn, just before the loop sleeps. The walk only sends and marks;
 * closing runs behind it, so that no list changes under its feet.
 *
 * Direct sends and libwebsockets share a socket. We send only while it has nothing half sent of its
 * own. After a short send it gets the rest of that one frame, so that its pong or close cannot fall
 * into the middle; whole frames stay in our queue.
 */
#include "net/client.h"

#include <errno.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "base/memory.h"

#define GATHER_MAX 64
#define ROUNDS_MAX 16      /* sends for one client in one turn */
#define CLOSE_WAIT_MS 2000 /* for the peer's answer to our close frame */

typedef enum flush_result { FLUSH_DONE, FLUSH_BLOCKED, FLUSH_BROKEN } flush_result;

static ssize_t send_gathered(const ody_client_socket *client, struct iovec *vectors, int count)
{
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = (size_t)count};

    if (count == 1) {
        return send(client->descriptor, vectors[0].iov_base, vectors[0].iov_len,
                    MSG_NOSIGNAL | MSG_DONTWAIT);
    }
    return sendmsg(client->descriptor, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void sent(ody_client_socket *client, size_t bytes)
{
    ody_outbound_consume(&client->connection.outbound, bytes);
    ody_count(client->shard->counters, bytes_sent, bytes);
    ody_count(client->shard->counters, sends, 1);
}

/* libwebsockets keeps what the kernel does not take, and asks for POLLOUT itself. */
static flush_result hand_over(ody_client_socket *client)
{
    ody_view rest = ody_outbound_broken_frame(&client->connection.outbound);

    if (rest.length > 0) {
        if (lws_write(client->wsi, (unsigned char *)rest.data, rest.length, LWS_WRITE_HTTP) <
            (int)rest.length) {
            return FLUSH_BROKEN;
        }
        sent(client, rest.length);
    }
    return FLUSH_BLOCKED;
}

static flush_result flush_direct(ody_client_socket *client)
{
    ody_outbound *outbound = &client->connection.outbound;
    struct iovec vectors[GATHER_MAX];

    for (int round = 0; outbound->count > 0; round++) {
        int count = ody_outbound_gather(outbound, vectors, GATHER_MAX);
        size_t wanted = 0;
        ssize_t taken;

        if (round == ROUNDS_MAX || lws_partial_buffered(client->wsi)) {
            return FLUSH_BLOCKED;
        }
        for (int index = 0; index < count; index++) {
            wanted += vectors[index].iov_len;
        }
        do {
            taken = send_gathered(client, vectors, count);
        } while (taken < 0 && errno == EINTR);
        if (taken < 0) {
            return errno == EAGAIN || errno == ENOBUFS ? FLUSH_BLOCKED : FLUSH_BROKEN;
        }
        sent(client, (size_t)taken);
        if ((size_t)taken < wanted) {
            return hand_over(client);
        }
    }
    return FLUSH_DONE;
}

/* On TLS libwebsockets owns the bytes; it buffers what it cannot send of one piece. */
static flush_result flush_tls(ody_client_socket *client)
{
    ody_outbound *outbound = &client->connection.outbound;
    struct iovec vector;

    while (outbound->count > 0) {
        if (lws_partial_buffered(client->wsi) || lws_send_pipe_choked(client->wsi)) {
            return FLUSH_BLOCKED;
        }
        ody_outbound_gather(outbound, &vector, 1);
        if (lws_write(client->wsi, vector.iov_base, vector.iov_len, LWS_WRITE_HTTP) <
            (int)vector.iov_len) {
            return FLUSH_BROKEN;
        }
        sent(client, vector.iov_len);
    }
    return FLUSH_DONE;
}

static flush_result flush_client(ody_client_socket *client)
{
    return client->direct ? flush_direct(client) : flush_tls(client);
}

/* The close frame is sent from the writable callback: only there libwebsockets can be told to. */
static void begin_close(ody_client_socket *client)
{
    if (client->phase == ODY_PHASE_OPEN) {
        client->phase = ODY_PHASE_CLOSING;
        ody_wheel_arm(client->shard->wheel, &client->timer, ody_clock_ms() + CLOSE_WAIT_MS);
    }
    lws_callback_on_writable(client->wsi);
}

static void settle(ody_client_socket *client, flush_result result)
{
    ody_connection *connection = &client->connection;

    if (result == FLUSH_BROKEN) {
        client->doomed = true;
        return;
    }
    if (result == FLUSH_BLOCKED) {
        lws_callback_on_writable(client->wsi);
        if (client->known && connection->close_code == 0) {
            ody_hub_blocked(client->shard->hub, connection, ody_clock_ms());
        }
    }
    if (connection->close_now || (connection->close_code != 0 && client->phase == ODY_PHASE_OPEN)) {
        begin_close(client);
    }
}

static void flush_one(ody_client_socket *client)
{
    if (!client->wsi || client->doomed || client->phase < ODY_PHASE_OPEN) {
        return;
    }
    if (client->connection.close_now) {
        ody_outbound_fini(&client->connection.outbound);
    }
    settle(client, client->phase == ODY_PHASE_OPEN || client->phase == ODY_PHASE_CLOSING
                       ? flush_client(client)
                       : FLUSH_DONE);
}

int ody__flush_writable(ody_client_socket *client)
{
    ody_connection *connection = &client->connection;
    flush_result result;

    if (connection->close_now) {
        ody_outbound_fini(&connection->outbound);
    }
    result = flush_client(client);
    if (result == FLUSH_BROKEN) {
        return -1;
    }
    if (result == FLUSH_BLOCKED) {
        lws_callback_on_writable(client->wsi);
        return 0;
    }
    if (connection->close_code == 0) {
        return 0;
    }
    begin_close(client);
    lws_close_reason(client->wsi, (enum lws_close_status)connection->close_code,
                     (unsigned char *)connection->close_reason,
                     connection->close_reason ? strlen(connection->close_reason) : 0);
    return -1;
}

void ody__flush_all(ody_shard *shard)
{
    ody_list doomed;
    ody_list_node *node;

    ody_hub_turn_end(shard->hub);
    ody_list_init(&doomed);
    while ((node = ody_list_take_first(&shard->awake))) {
        ody_connection *connection = ody_container_of(node, ody_connection, awake);
        ody_client_socket *client = ody_container_of(connection, ody_client_socket, connection);

        flush_one(client);
        if (client->doomed) {
            ody_list_append(&doomed, node);
        }
    }
    while ((node = ody_list_take_first(&doomed))) {
        ody_connection *connection = ody_container_of(node, ody_connection, awake);

        ody__client_kill(ody_container_of(connection, ody_client_socket, connection));
    }
    while ((node = ody_list_take_first(&shard->gone))) {
        ody_client_socket *client = ody_container_of(node, ody_client_socket, member);

        ody_list_remove(&client->connection.awake);
        ody_bytes_fini(&client->message);
        ody_free(client);
    }
}
