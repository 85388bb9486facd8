/* SPDX-License-Identifier: MIT */
/* The world of the hub's tests: transport, mail, clock, and what processes ask for. */
#include "world.h"

#include <fcntl.h>
#include <stdlib.h>
#include "apps.h"
#include "channel/channel.h"
#include "wire/encode.h"

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    struct world_port *port = context;
    world *self = port->world;

    CHECK(target <= self->shards && target != port->from);
    if (self->full[target] && !must) {
        return ODY_EOVERLOADED;
    }
    CHECK(take_mail->node.cost >= sizeof(ody_mail));
    take_mail->node.next = NULL;
    *self->queue_last[port->from][target] = &take_mail->node;
    self->queue_last[port->from][target] = &take_mail->node.next;
    return 0;
}

static bool full(void *context, unsigned target)
{
    return ((struct world_port *)context)->world->full[target];
}

/* The walk over all clients finds who has something to send. */
static void wake(void *context, ody_connection *connection)
{
    (void)context;
    CHECK(connection->outbound.count > 0 || connection->close_code != 0);
}

static void pause(void *context, ody_connection *connection, bool paused)
{
    world *self = ((struct world_port *)context)->world;

    CHECK(connection->id.first != 0);
    self->paused += paused ? 1 : -1;
}

static uint64_t read_clock(void *context)
{
    return ((struct world_port *)context)->world->clock;
}

static const ody_transport transport = {
    .wake = wake, .post = post, .pause = pause, .full = full, .clock = read_clock};

void world_defaults(ody_options *options)
{
    *options = (ody_options){
        .activity_timeout = 120000,
        .pong_timeout = 30000,
        .limits =
            {
                .message_size = 65536,
                .outbound_soft = 1 << 20,
                .outbound_soft_time = 10000,
                .outbound_hard = 8 << 20,
                .outbound_shard = 256 << 20,
                .mailbox_size = 64 << 20,
            },
        .php_worker_timeout = 5000,
        .php_worker_queue = 1000,
    };
    test_apps(options, 1, WORLD_KEY, WORLD_SECRET);
}

world *world_start(const ody_options *options, unsigned shards, uint64_t seed)
{
    world *self = calloc(1, sizeof(*self));

    ody_hash_seed();
    ody_log_setup(open("/dev/null", O_WRONLY | O_CLOEXEC), ODY_LOG_DEBUG, ODY_LOG_JSON);
    self->options = *options;
    self->shards = shards;
    self->now = WORLD_START;
    self->random = seed * 2 + 1;
    self->shared = ody_shared_new(&self->options);
    ody_list_init(&self->clients);
    for (unsigned from = 0; from <= shards; from++) {
        self->ports[from] = (struct world_port){self, from};
        for (unsigned to = 0; to <= shards; to++) {
            self->queue_last[from][to] = &self->queue_first[from][to];
        }
    }
    for (unsigned shard = 0; shard < shards; shard++) {
        self->hubs[shard] =
            ody_hub_new(self->shared, shard, shards, &transport, &self->ports[shard], self->now);
        CHECK(self->hubs[shard]);
    }
    self->requests = ody_requests_new(&self->options, shards, &transport, &self->ports[shards]);
    self->calls = ody_calls_new(&self->options, shards, &transport, &self->ports[shards]);
    self->tails = ody_tails_new(shards, &transport, &self->ports[shards]);
    CHECK(self->requests && self->calls && self->tails);
    return self;
}

world *world_simple(unsigned shards)
{
    ody_options options;

    world_defaults(&options);
    return world_start(&options, shards, 1);
}

uint64_t world_random(world *self, uint64_t below)
{
    self->random = self->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (self->random >> 33) % below;
}

bool world_deliver_pair(world *self, unsigned from, unsigned to)
{
    ody_mailbox_node *node = self->queue_first[from][to];

    if (!node) {
        return false;
    }
    self->queue_first[from][to] = node->next;
    if (!node->next) {
        self->queue_last[from][to] = &self->queue_first[from][to];
    }
    if (self->watch) {
        self->watch(self->watch_context, to, (ody_mail *)node);
    }
    if (to == self->shards && (((ody_mail *)node)->kind == ODY_MAIL_CALL ||
                               ((ody_mail *)node)->kind == ODY_MAIL_NOTICE)) {
        ody_calls_mail(self->calls, (ody_mail *)node, self->now);
    } else if (to == self->shards && ((ody_mail *)node)->kind == ODY_MAIL_WEBHOOK) {
        ody_mail_free((ody_mail *)node);
    } else if (to == self->shards && ((ody_mail *)node)->kind == ODY_MAIL_OBSERVED) {
        ody_tails_mail(self->tails, (ody_mail *)node, self->now);
    } else if (to == self->shards) {
        ody_requests_mail(self->requests, (ody_mail *)node);
    } else {
        ody_hub_mail(self->hubs[to], (ody_mail *)node, self->now);
    }
    return true;
}

bool world_deliver_one(world *self)
{
    unsigned side = self->shards + 1;
    unsigned start = (unsigned)world_random(self, (uint64_t)side * side);

    for (unsigned i = 0; i < side * side; i++) {
        unsigned pair = (start + i) % (side * side);

        if (world_deliver_pair(self, pair / side, pair % side)) {
            return true;
        }
    }
    return false;
}

static void message_add(world_client *client, const uint8_t *frame, size_t length)
{
    size_t header = length - 2 < 126 ? 2 : (length - 4 < 65536 ? 4 : 10);
    world_message *message = malloc(sizeof(*message) + length - header + 1);

    message->next = NULL;
    message->opcode = frame[0] & 15;
    message->length = length - header;
    memcpy(message->text, frame + header, length - header);
    message->text[length - header] = '\0';
    *client->last = message;
    client->last = &message->next;
}

/* Takes everything, some bytes at a time, as a socket would. */
static void client_read(world_client *client)
{
    ody_outbound *outbound = &client->connection.outbound;
    uint8_t *all = malloc(outbound->bytes + 1);
    size_t length = 0;
    size_t at = 0;

    while (outbound->count > 0) {
        struct iovec vectors[3];
        int count = ody_outbound_gather(outbound, vectors, 3);
        size_t some = 0;

        CHECK(count > 0);
        for (int i = 0; i < count; i++) {
            memcpy(all + length + some, vectors[i].iov_base, vectors[i].iov_len);
            some += vectors[i].iov_len;
        }
        ody_outbound_consume(outbound, some);
        length += some;
    }
    CHECK_EQUAL(outbound->bytes, 0);
    while (at < length) {
        size_t frame = ody_frame_length(all + at, length - at);

        CHECK(frame > 0 && frame <= length - at);
        message_add(client, all + at, frame);
        at += frame;
    }
    free(all);
}

void world_flush(world *self, unsigned shard)
{
    ody_list_node *node;

    ody_hub_turn_end(self->hubs[shard]);
    for (node = self->clients.next; node != &self->clients; node = node->next) {
        world_client *client = ody_container_of(node, world_client, node);

        if (!client->open || client->shard != shard) {
            continue;
        }
        if (client->reads && !client->connection.close_now) {
            client_read(client);
        } else if (client->connection.outbound.count > 0) {
            ody_hub_blocked(self->hubs[shard], &client->connection, self->now);
        }
        if (client->connection.close_code && (client->reads || client->connection.close_now)) {
            client->code = client->connection.close_code;
            client->reason = client->connection.close_reason;
            world_close(client);
        }
    }
    ody_hub_flushed(self->hubs[shard], self->clock);
}

void world_settle(world *self)
{
    do {
        while (world_deliver_one(self)) {
        }
        for (unsigned shard = 0; shard < self->shards; shard++) {
            world_flush(self, shard);
        }
    } while (world_deliver_one(self));
}

void world_advance(world *self, uint64_t ms)
{
    self->now += ms;
    for (unsigned shard = 0; shard < self->shards; shard++) {
        ody_hub_advance(self->hubs[shard], self->now);
    }
    ody_requests_advance(self->requests, self->now);
    ody_calls_advance(self->calls, self->now);
    ody_tails_advance(self->tails, self->now);
}

static void check_empty_app(const ody_hub_app *app)
{
    const ody_channel *channel;
    size_t cursor = 0;

    if (!app) {
        return;
    }
    CHECK_EQUAL(app->locals.count, 0);
    CHECK_EQUAL(app->users.count, 0);
    CHECK_EQUAL(app->watched.count, 0);
    CHECK_EQUAL(atomic_load(&app->shared->connections), 0);
    CHECK_EQUAL(atomic_load(&app->counters->connections), 0);
    CHECK_EQUAL(atomic_load(&app->counters->channels), 0);
    CHECK_EQUAL(atomic_load(&app->counters->subscriptions), 0);
    CHECK_EQUAL(atomic_load(&app->counters->users), 0);
    while ((channel = ody_map_next(&app->channels, &cursor, NULL))) {
        CHECK(channel->cache && channel->members.count == 0);
    }
}

static void check_empty(const world *self)
{
    CHECK_EQUAL(atomic_load(&self->shared->connections), 0);
    CHECK_EQUAL(WORLD_COUNT(self, connections), 0);
    CHECK_EQUAL(WORLD_COUNT(self, subscriptions), 0);
    CHECK_EQUAL(WORLD_COUNT(self, channels), 0);
    CHECK_EQUAL(WORLD_COUNT(self, signed_in), 0);
    for (unsigned shard = 0; shard < self->shards; shard++) {
        const ody_hub *hub = self->hubs[shard];

        CHECK_EQUAL(ody_hub_connection_count(hub), 0);
        CHECK(ody_list_empty(&hub->orphans) && ody_list_empty(&hub->unannounced));
        CHECK(ody_list_empty(&hub->partings) && ody_list_empty(&hub->unannounced_users));
        CHECK_EQUAL(hub->unique_bytes, 0);
        for (uint32_t number = 0; number < ODY_APP_NUMBERS; number++) {
            check_empty_app(hub->apps[number]);
        }
    }
    for (size_t i = 0; i < ODY_ADDRESS_ROWS * ODY_ADDRESS_BUCKETS; i++) {
        CHECK_EQUAL(atomic_load(&(&self->shared->addresses[0][0])[i]), 0);
    }
}

const ody_hub_app *world_hub_app(const world *self, unsigned shard)
{
    static ody_hub_app none;

    ody_list_init(&none.cached);
    return self->hubs[shard]->apps[0] ? self->hubs[shard]->apps[0] : &none;
}

void world_end(world *self)
{
    ody_list_node *node;

    for (node = self->clients.next; node != &self->clients; node = node->next) {
        world_close(ody_container_of(node, world_client, node));
    }
    do {
        world_settle(self);
        world_advance(self, ODY_WHEEL_TICK_MS * 2);
    } while (world_deliver_one(self));
    world_settle(self);
    check_empty(self);
    while ((node = ody_list_take_first(&self->clients))) {
        world_client *client = ody_container_of(node, world_client, node);

        world_forget(client);
        free(client);
    }
    ody_requests_free(self->requests);
    ody_calls_free(self->calls);
    ody_tails_free(self->tails);
    for (unsigned shard = 0; shard < self->shards; shard++) {
        ody_hub_free(self->hubs[shard]);
    }
    ody_shared_free(self->shared);
    free(self);
}

uint64_t world_sum(const world *self, size_t offset)
{
    uint64_t sum = 0;

    for (unsigned shard = 0; shard < self->shards; shard++) {
        sum += atomic_load(
            (const _Atomic uint64_t *)((const char *)&self->shared->counters[shard] + offset));
    }
    return sum;
}

void world_on_reply(void *context, const ody_reply *reply)
{
    world_reply *copy = context;

    CHECK(!copy->done);
    *copy = (world_reply){.done = true,
                          .code = reply->code,
                          .reached = reply->reached,
                          .answer = reply->answer,
                          .socket_ids = reply->socket_id_count,
                          .channels = reply->channel_count};
    CHECK((reply->code != 0) == (reply->message != NULL));
    if (reply->message) {
        snprintf(copy->message, sizeof(copy->message), "%s", reply->message);
    }
    if (reply->users.data) {
        snprintf(copy->listing, sizeof(copy->listing), "%.*s", (int)reply->users.length,
                 reply->users.data);
    }
    for (size_t i = 0; i < reply->socket_id_count && i < 16; i++) {
        copy->socket_id[i] = reply->socket_ids[i];
    }
    for (size_t i = 0; i < reply->channel_count; i++) {
        const ody_channel_entry *entry = &reply->channels[i];
        size_t used = strlen(copy->listing);

        snprintf(copy->listing + used, sizeof(copy->listing) - used, "%.*s %s %d %d\n",
                 (int)entry->name.length, entry->name.data, entry->type, (int)entry->subscribers,
                 (int)entry->users);
    }
}

int world_publish_begin(world *self, const char *channel, const char *event, const char *data,
                        const char *except, world_reply *reply)
{
    ody_view name = ody_view_of(channel);
    const ody_publish publish = {
        .app = self->options.apps,
        .channels = &name,
        .channel_count = 1,
        .event = ody_view_of(event),
        .data = ody_view_of(data),
        .except = ody_view_of(except),
    };
    uint64_t ticket = 0;
    ody_error error;
    int code;

    *reply = (world_reply){0};
    code = ody_requests_publish(self->requests, &publish, self->now, world_on_reply, reply, &ticket,
                                &error);
    CHECK((code == 0) == (ticket != 0));
    return code;
}

int world_publish(world *self, const char *channel, const char *event, const char *data,
                  const char *except)
{
    world_reply reply;
    int code = world_publish_begin(self, channel, event, data, except, &reply);

    if (code < 0) {
        return code;
    }
    world_settle(self);
    CHECK(reply.done);
    return reply.code < 0 ? reply.code : (int)reply.reached;
}

int world_terminate(world *self, const char *user)
{
    world_reply reply = {0};
    uint64_t ticket = 0;
    ody_error error;
    int code = ody_requests_terminate(self->requests, self->options.apps, ody_view_of(user),
                                      self->now, world_on_reply, &reply, &ticket, &error);

    if (code < 0) {
        return code;
    }
    world_settle(self);
    CHECK(reply.done);
    return reply.code < 0 ? reply.code : (int)reply.reached;
}
