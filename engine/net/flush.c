/* SPDX-License-Identifier: MIT */
/*
 * Bytes onto sockets, once a turn, just before the loop sleeps. The walk only sends and marks;
 * closing runs behind it, so that no list changes under its feet.
 *
 * Direct sends and libwebsockets share a socket. We send only while it has nothing half sent of its
 * own. After a short send it gets the rest of that one frame; whole frames stay in our queue, so
 * that a close frame never falls into the middle of one. While it holds a rest it neither reads
 * from the client nor lets the loop sleep when there is something to read: so it is told not to
 * look.
 */
#include "net/client.h"

#include <errno.h>
#include <sys/socket.h>
#include "base/clock.h"
#include "base/memory.h"
#include "wire/encode.h"

#define GATHER_MAX 64
#define ROUNDS_MAX 16 /* sends for one client in one turn */
#define PASSES_MAX 8  /* walks in one turn */
#define CLOSE_REASON_MAX 123
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

/* Gives bytes to libwebsockets as they are. It keeps what the kernel does not take. */
static bool write_raw(ody_client_socket *client, const void *data, size_t length)
{
    if (lws_write(client->wsi, (unsigned char *)data, length, LWS_WRITE_RAW) < 0) {
        return false;
    }
    if (!client->handed && lws_partial_buffered(client->wsi)) {
        client->handed = true;
        ody__client_read(client);
    }
    return true;
}

static flush_result hand_over(ody_client_socket *client)
{
    ody_view rest = ody_outbound_broken_frame(&client->connection.outbound);

    if (rest.length > 0) {
        if (!write_raw(client, rest.data, rest.length)) {
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

        if (round == ROUNDS_MAX) {
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
        if (client->handed || lws_send_pipe_choked(client->wsi)) {
            return FLUSH_BLOCKED;
        }
        ody_outbound_gather(outbound, &vector, 1);
        if (!write_raw(client, vector.iov_base, vector.iov_len)) {
            return FLUSH_BROKEN;
        }
        sent(client, vector.iov_len);
    }
    return FLUSH_DONE;
}

static flush_result flush_client(ody_client_socket *client)
{
    if (client->stalled || client->handed) {
        return FLUSH_BLOCKED;
    }
    return client->direct ? flush_direct(client) : flush_tls(client);
}

/* The close frame goes by libwebsockets, which keeps what the kernel does not take. */
static bool close_frame_send(ody_client_socket *client)
{
    const char *reason = client->connection.close_reason ? client->connection.close_reason : "";
    size_t length = strnlen(reason, CLOSE_REASON_MAX);
    unsigned char frame[4 + CLOSE_REASON_MAX] = {
        0x80 | ODY_OPCODE_CLOSE,
        (unsigned char)(2 + length),
        (unsigned char)(client->connection.close_code >> 8),
        (unsigned char)client->connection.close_code,
    };

    memcpy(frame + 4, reason, length);
    client->close_sent = true;
    return write_raw(client, frame, 4 + length);
}

/* All that came before the close frame is out: sends it, and waits for the client's own, but not
 * for long. A client that closes first is left at once. */
static void close_politely(ody_client_socket *client)
{
    if (client->close_sent) {
        return;
    }
    client->phase = ODY_PHASE_CLOSING;
    if (!close_frame_send(client) || client->close_seen) {
        client->doomed = true;
        return;
    }
    ody_wheel_arm(client->shard->wheel, &client->timer, ody_clock_ms() + CLOSE_WAIT_MS);
}

/* The client does not read, so nothing is waited for. Between whole frames it is told why. */
static void close_at_once(ody_client_socket *client)
{
    ody_outbound_fini(&client->connection.outbound);
    if (!client->close_sent && !client->handed) {
        close_frame_send(client);
    }
    client->doomed = true;
}

static void stall(ody_client_socket *client)
{
    lws_callback_on_writable(client->wsi);
    if (!client->stalled) {
        client->stalled = true;
        ody_list_append(&client->shard->stalled, &client->member);
    }
}

static void settle(ody_client_socket *client, flush_result result)
{
    ody_connection *connection = &client->connection;

    if (result == FLUSH_BROKEN) {
        client->doomed = true;
        return;
    }
    if (result == FLUSH_BLOCKED) {
        stall(client);
        if (connection->close_code == 0) {
            ody_hub_blocked(client->shard->hub, connection, ody_clock_ms());
        }
    }
    if (connection->close_now) {
        close_at_once(client);
    } else if (connection->close_code != 0 && result == FLUSH_DONE) {
        close_politely(client);
    }
}

static void flush_one(ody_client_socket *client)
{
    if (client->wsi && !client->doomed && client->phase >= ODY_PHASE_OPEN) {
        settle(client, client->connection.close_now ? FLUSH_DONE : flush_client(client));
    }
}

/* Closing a client whose close waits for its turn begins no later than that turn's queue is out. */
static void await_close(ody_client_socket *client)
{
    if (client->connection.close_code != 0 && client->phase == ODY_PHASE_OPEN &&
        !ody_timer_armed(&client->timer)) {
        ody_wheel_arm(client->shard->wheel, &client->timer, ody_clock_ms() + CLOSE_WAIT_MS);
    }
}

/* libwebsockets calls this only when it holds nothing any more. */
bool ody__flush_writable(ody_client_socket *client)
{
    if (client->stalled) {
        client->stalled = false;
        ody_list_remove(&client->member);
    }
    if (client->handed) {
        client->handed = false;
        ody__client_read(client);
    }
    flush_one(client);
    return !client->doomed;
}

static ody_client_socket *client_awake(ody_list_node *node)
{
    ody_connection *connection = ody_container_of(node, ody_connection, awake);

    return ody_container_of(connection, ody_client_socket, connection);
}

/* A client's memory comes while the one before it is in a system call. */
static void prefetch_client(ody_list_node *node)
{
    const char *client = (const char *)client_awake(node);

    __builtin_prefetch(client, 1);
    __builtin_prefetch(client + 64, 1);
}

/* One walk, and behind it the ends that it has marked. A flush may wake its own client again. */
static void flush_pass(ody_shard *shard)
{
    ody_list doomed;
    ody_list_node *node;

    ody_hub_turn_end(shard->hub);
    ody_list_init(&doomed);
    while ((node = ody_list_take_first(&shard->awake))) {
        ody_client_socket *client = client_awake(node);

        prefetch_client(shard->awake.next);
        flush_one(client);
        if (client->doomed) {
            ody_list_remove(node);
            ody_list_append(&doomed, node);
        } else {
            await_close(client);
        }
    }
    while ((node = ody_list_take_first(&doomed))) {
        ody__client_kill(client_awake(node));
    }
}

/* The end of one client is news for others, which must not wait until the loop wakes again. */
void ody__flush_all(ody_shard *shard)
{
    ody_list_node *node;

    for (int pass = 0; pass == 0 || (pass < PASSES_MAX && !ody_list_empty(&shard->awake)); pass++) {
        flush_pass(shard);
    }
    if (!ody_list_empty(&shard->awake)) {
        ev_async_send(shard->loop, &shard->wake);
    }
    while ((node = ody_list_take_first(&shard->gone))) {
        ody_client_socket *client = ody_container_of(node, ody_client_socket, member);

        ody_list_remove(&client->connection.awake);
        ody_frame_reader_fini(&client->reader);
        ody_bytes_fini(&client->message);
        ody_free(client);
    }
}

void ody__flush_review(ody_shard *shard)
{
    uint64_t now = ody_clock_ms();

    for (ody_list_node *node = shard->stalled.next; node != &shard->stalled; node = node->next) {
        ody_client_socket *client = ody_container_of(node, ody_client_socket, member);

        ody_hub_blocked(shard->hub, &client->connection, now);
    }
}
