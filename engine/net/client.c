/* SPDX-License-Identifier: MIT */
/* The life of one client: made, arrived, doomed, killed, gone. */
#include "net/client.h"

#include <sys/socket.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

static const char *const phase_names[] = {"head", "tls", "answer", "open", "close", "gone"};

static void on_timer(ody_timer *timer, uint64_t now)
{
    ody_client_socket *client = ody_container_of(timer, ody_client_socket, timer);

    (void)now;
    if (client->phase < ODY_PHASE_ANSWER) {
        ody_count(client->shard->counters, handshake_timeouts, 1);
        ody__client_log_failure(client, "too slow");
        client->phase = ODY_PHASE_ANSWER;
    }
    ody__client_kill(client);
}

ody_client_socket *ody__client_new(ody_shard *shard, int descriptor)
{
    ody_client_socket *client = ody_calloc(1, sizeof(*client));
    ody_arrival *arrival = ody_calloc(1, sizeof(*arrival));

    if (!client || !arrival) {
        ody_free(client);
        ody_free(arrival);
        return NULL;
    }
    client->shard = shard;
    client->descriptor = descriptor;
    client->arrival = arrival;
    client->phase = ODY_PHASE_HEAD;
    client->timer.fire = on_timer;
    ody_wheel_arm(shard->wheel, &client->timer,
                  ody_clock_ms() + shard->options->limits.handshake_time);
    ody_list_append(&shard->handshakes, &client->member);
    shard->handshake_count++;
    ody_count(shard->counters, handshakes, 1);
    return client;
}

void ody__arrival_detach(ody_client_socket *client, ody_arrival *arrival)
{
    ody_list_remove(&client->member);
    ody_wheel_cancel(client->shard->wheel, &client->timer);
    client->shard->handshake_count--;
    ody_count(client->shard->counters, handshakes, -1);
    ev_io_stop(client->shard->loop, &arrival->readable);
}

void ody__arrival_free(ody_arrival *arrival)
{
    if (arrival) {
        ody_free(arrival->head);
    }
    ody_free(arrival);
}

bool ody__client_adopt(ody_client_socket *client, struct lws_vhost *vhost, bool secure)
{
    lws_sock_file_fd_type descriptor = {.sockfd = client->descriptor};
    lws_adoption_type type = LWS_ADOPT_SOCKET;
    struct lws *wsi;
    int one = 1;

    if (secure) {
        type |= LWS_ADOPT_ALLOW_SSL;
    }
    ev_io_stop(client->shard->loop, &client->arrival->readable);
    setsockopt(client->descriptor, SOL_SOCKET, SO_RCVLOWAT, &one, sizeof(one));
    wsi = lws_adopt_descriptor_vhost(vhost, type, descriptor, NULL, NULL);
    if (!wsi) {
        /* libwebsockets has closed the socket. */
        client->descriptor = -1;
        if (secure) {
            ody_count(client->shard->counters, tls_failures, 1);
        }
        ody__client_log_failure(client, secure ? "the TLS handshake failed" : "not adopted");
        ody__client_gone(client);
        return false;
    }
    client->wsi = wsi;
    lws_set_opaque_user_data(wsi, client);
    return true;
}

void ody__client_read(ody_client_socket *client)
{
    if (client->wsi) {
        lws_rx_flow_control(client->wsi, client->handed || client->paused ? 0 : 1);
    }
}

void ody__client_close(ody_client_socket *client, uint16_t code, const char *reason)
{
    if (client->close_sent) {
        ody__client_doom(client);
    } else {
        ody_hub_close(client->shard->hub, &client->connection, code, reason);
    }
}

void ody__client_gone(ody_client_socket *client)
{
    ody_shard *shard = client->shard;

    if (client->phase == ODY_PHASE_GONE) {
        return;
    }
    if (client->arrival) {
        ody__arrival_detach(client, client->arrival);
        ody__arrival_free(client->arrival);
        client->arrival = NULL;
    }
    ody_list_remove(&client->member);
    client->phase = ODY_PHASE_GONE;
    client->wsi = NULL;
    ody_wheel_cancel(shard->wheel, &client->timer);
    if (client->known) {
        client->known = false;
        ody_hub_closed(shard->hub, &client->connection, ody_clock_ms());
    }
    ody_outbound_fini(&client->connection.outbound);
    ody_list_append(&shard->gone, &client->member);
}

void ody__client_doom(ody_client_socket *client)
{
    client->doomed = true;
    if (!ody_list_linked(&client->connection.awake)) {
        ody_list_append(&client->shard->awake, &client->connection.awake);
    }
}

/* libwebsockets wants to send what it has buffered before it closes, which may be never. A socket
 * that refuses to send ends that, and what the kernel still holds for the peer goes with it. */
static void break_socket(const ody_client_socket *client)
{
    static const struct linger at_once = {1, 0};

    setsockopt(client->descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    shutdown(client->descriptor, SHUT_RDWR);
    lws_callback_on_writable(client->wsi);
}

void ody__client_kill(ody_client_socket *client)
{
    if (client->phase == ODY_PHASE_GONE) {
        return;
    }
    if (client->wsi) {
        if (lws_partial_buffered(client->wsi)) {
            break_socket(client);
        }
        /* Runs the callbacks of the end, and with them ody__client_gone. */
        lws_set_timeout(client->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_SYNC);
        return;
    }
    if (client->descriptor >= 0) {
        ev_io_stop(client->shard->loop, &client->arrival->readable);
        close(client->descriptor);
        client->descriptor = -1;
    }
    ody__client_gone(client);
}

void ody__client_log_failure(const ody_client_socket *client, const char *reason)
{
    static ody_log_gate gate;
    uint64_t suppressed;

    if (!ody_log_gate_pass(&gate, ody_clock_ms(), &suppressed)) {
        return;
    }
    ody_log(ODY_LOG_WARNING, "handshake failed",
            ODY_STRING("peer", client->arrival ? client->arrival->peer : ""),
            ODY_STRING("client", client->arrival ? client->arrival->address : ""),
            ODY_STRING("phase", phase_names[client->phase]), ODY_STRING("reason", reason),
            ODY_NUMBER("suppressed", suppressed));
}
