/* SPDX-License-Identifier: MIT */
/* Browsing: what each list shows, that it comes in short steps, and that nothing is missed. */
#include <stdlib.h>
#include "base/memory.h"
#include "world.h"

/* What the steps of a list have shown. */
typedef struct list {
    bool done;
    int code;
    size_t steps;
    size_t count;
    size_t longest; /* step */
    bool cut;
    uint64_t next;
    char text[4096]; /* "id name info type weight users watchers channels on\n" … */
    ody_browse_entry last;
} list;

static void note(list *self, const ody_browse_entry *entry)
{
    size_t used = strlen(self->text);

    snprintf(self->text + used, sizeof(self->text) - used, "%d %.*s %.*s %s %u %u %u %u %d\n",
             entry->id.first != 0, (int)entry->name.length, entry->name.data,
             (int)entry->info.length, entry->info.data, entry->type ? entry->type : "-",
             entry->weight, entry->users, entry->watchers, entry->channels, entry->on);
    self->last = *entry;
}

static void on_step(void *context, const ody_reply *reply)
{
    list *self = context;

    self->done = true;
    self->code = reply->code;
    if (reply->code < 0) {
        return;
    }
    self->count += reply->page.count;
    self->next = reply->page.next;
    self->cut = reply->page.cut;
    CHECK(reply->page.examined <= ODY_BROWSE_STEP);
    if (reply->page.examined > self->longest) {
        self->longest = reply->page.examined;
    }
    for (size_t index = 0; index < reply->page.count; index++) {
        note(self, &reply->page.entries[index]);
    }
}

static int step(world *self, list *out, const ody_browse *browse)
{
    ody_error error;
    uint64_t ticket = 0;
    int code;

    out->done = false;
    out->steps++;
    code = ody_requests_browse(self->requests, browse, self->now, on_step, out, &ticket, &error);
    if (code == 0) {
        world_settle(self);
        CHECK(out->done);
        code = out->code;
    }
    return code;
}

/* A server that allows much. */
static world *start(unsigned shards)
{
    ody_options options;

    world_defaults(&options);
    world_app(&options)->limits.channels_per_connection = 1000;
    world_app(&options)->limits.event_data_size = 100000;
    world_app(&options)->limits.presence_user_info_size = 60000;
    world_app(&options)->watchlist = true;
    return world_start(&options, shards, 1);
}

/* All steps of one shard. */
static list walk(world *self, ody_browse browse)
{
    list out = {0};

    do {
        browse.cursor = out.next;
        CHECK_EQUAL(step(self, &out, &browse), 0);
    } while (out.next != 0);
    return out;
}

/* All steps of all shards, one list behind the other. */
static list walk_all(world *self, ody_browse browse)
{
    list all = {0};

    for (browse.shard = 0; browse.shard < self->shards; browse.shard++) {
        list one = walk(self, browse);

        all.count += one.count;
        all.steps += one.steps;
        snprintf(all.text + strlen(all.text), sizeof(all.text) - strlen(all.text), "%s", one.text);
    }
    return all;
}

/* The lines of a list come in no order. */
static void check_lines(const list *got, size_t count, const char *const *lines)
{
    CHECK_EQUAL(got->count, count);
    for (size_t index = 0; index < count; index++) {
        if (!strstr(got->text, lines[index])) {
            FAIL("\"%s\" is not in\n%s", lines[index], got->text);
        }
    }
}

#define CHECK_LINES(got, ...)                                                                      \
    check_lines(&(got), sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                    \
                (const char *[]){__VA_ARGS__})

TEST(connections_of_a_shard)
{
    world *self = world_simple(2);
    const ody_browse browse = {.kind = ODY_BROWSE_CONNECTIONS, .app = self->options.apps->number};
    const ody_browse all = {.kind = ODY_BROWSE_CONNECTIONS, .all_apps = true};
    world_client *one = world_connect(self, 0);
    list got;

    world_connect(self, 1);
    world_sign_in(one, "{\"id\":\"ann\"}");
    world_subscribe(one, "a", NULL);
    world_subscribe(one, "b", NULL);
    world_settle(self);
    world_advance(self, 5000);
    got = walk(self, browse);
    CHECK_LINES(got, "1 ann  - 0 0 0 2 0\n");
    CHECK_EQUAL(got.last.age, 5);
    CHECK_EQUAL(got.last.silence, 5);
    CHECK_EQUAL(got.last.slow, 0);
    CHECK_EQUAL(got.last.protocol, 7);
    CHECK_EQUAL(got.last.address[12], 192);
    CHECK(ody_socket_id_equal(got.last.id, one->connection.id));
    got = walk_all(self, all);
    CHECK_LINES(got, "1 ann  - 0 0 0 2 0\n", "1   - 0 0 0 0 0\n");
    world_end(self);
}

TEST(connections_that_read_slowly_stand_out)
{
    world *self = start(1);
    ody_browse browse = {.kind = ODY_BROWSE_CONNECTIONS, .all_apps = true};
    world_client *slow = world_connect(self, 0);
    world_client *fast = world_connect(self, 0);
    char *large = malloc(90001);
    list got;

    memset(large, 'x', 90000);
    large[90000] = '\0';
    world_subscribe(slow, "a", NULL);
    world_subscribe(fast, "a", NULL);
    world_settle(self);
    slow->reads = false;
    for (int message = 0; message < 13; message++) {
        CHECK_EQUAL(world_publish(self, "a", "e", large, NULL), 2);
    }
    world_advance(self, 3000);
    browse.at_least = 1;
    got = walk(self, browse);
    CHECK_EQUAL(got.count, 1);
    CHECK(ody_socket_id_equal(got.last.id, slow->connection.id));
    CHECK(got.last.weight > 13 * 90000);
    CHECK_EQUAL(got.last.slow, 3000);
    browse.at_least = got.last.weight + 1;
    CHECK_EQUAL(walk(self, browse).count, 0);
    slow->reads = true;
    free(large);
    world_end(self);
}

TEST(what_the_next_flush_sends_does_not_wait)
{
    world *self = start(1);
    const ody_browse browse = {.kind = ODY_BROWSE_CONNECTIONS, .all_apps = true};
    world_client *client = world_connect(self, 0);
    world_reply reply;
    list out = {0};

    world_subscribe(client, "a", NULL);
    world_settle(self);
    CHECK_EQUAL(world_publish_begin(self, "a", "e", "1", NULL, &reply), 0);
    CHECK_EQUAL(step(self, &out, &browse), 0);
    CHECK_EQUAL(out.count, 1);
    CHECK_EQUAL(out.last.weight, 0);
    world_end(self);
}

TEST(many_connections_come_in_short_steps)
{
    world *self = world_simple(1);
    list got;

    for (int count = 0; count < 3 * ODY_BROWSE_STEP; count++) {
        world_connect(self, 0);
    }
    got = walk(self, (ody_browse){.kind = ODY_BROWSE_CONNECTIONS, .all_apps = true});
    CHECK_EQUAL(got.count, 3 * ODY_BROWSE_STEP);
    CHECK_EQUAL(got.longest, ODY_BROWSE_STEP);
    CHECK_EQUAL(got.steps, 3);
    world_end(self);
}

TEST(channels_by_their_beginnings)
{
    world *self = world_simple(2);
    ody_browse browse = {.kind = ODY_BROWSE_CHANNELS, .app = self->options.apps->number};
    world_client *one = world_connect(self, 0);
    world_client *two = world_connect(self, 1);
    list got;

    CHECK_EQUAL(walk_all(self, browse).count, 0);
    world_subscribe(one, "orders", NULL);
    world_subscribe(two, "orders", NULL);
    world_subscribe_user(one, "presence-room", "ann");
    world_subscribe_user(two, "presence-room", "ann");
    CHECK_EQUAL(world_publish(self, "cache-empty", "e", "1", NULL), 0);
    world_settle(self);
    got = walk_all(self, browse);
    CHECK_LINES(got, "0 orders  public 2 0 0 0 0\n", "0 presence-room  presence 2 1 0 0 0\n");
    browse.name = ODY_VIEW("ord");
    got = walk_all(self, browse);
    CHECK_LINES(got, "0 orders  public 2 0 0 0 0\n");
    browse.at_least = 3;
    CHECK_EQUAL(walk_all(self, browse).count, 0);
    world_end(self);
}

TEST(many_channels_come_in_short_steps)
{
    world *self = start(1);
    ody_browse browse = {.kind = ODY_BROWSE_CHANNELS, .app = self->options.apps->number};
    world_client *client = world_connect(self, 0);
    char name[32];
    list got;

    for (int count = 0; count < 900; count++) {
        snprintf(name, sizeof(name), "channel-%d", count);
        world_subscribe(client, name, NULL);
    }
    world_settle(self);
    got = walk(self, browse);
    CHECK_EQUAL(got.count, 900);
    CHECK_EQUAL(got.steps, 2);
    world_end(self);
}

TEST(who_is_in_a_channel)
{
    world *self = world_simple(2);
    const ody_app *app = self->options.apps;
    const ody_view room = ODY_VIEW("presence-room");
    ody_browse subscribers = {.kind = ODY_BROWSE_SUBSCRIBERS, .app = app->number, .name = room};
    ody_browse members = {.kind = ODY_BROWSE_MEMBERS, .app = app->number, .name = room};
    list got;

    CHECK_EQUAL(walk(self, subscribers).count, 0);
    CHECK_EQUAL(walk(self, members).count, 0);
    for (unsigned index = 0; index < 3; index++) {
        world_client *client = world_connect(self, index % 2);

        world_subscribe_user(client, "presence-room", index == 2 ? "bob" : "ann");
        world_subscribe(client, "orders", NULL);
    }
    world_settle(self);
    got = walk(self, subscribers);
    CHECK_LINES(got, "1 ann  - 0 0 0 0 0\n", "1 ann  - 0 0 0 0 0\n", "1 bob  - 0 0 0 0 0\n");
    got = walk(self, members);
    CHECK_LINES(got, "0 ann {\"n\":\"ann\"} - 2 0 0 0 0\n", "0 bob {\"n\":\"bob\"} - 1 0 0 0 0\n");
    subscribers.name = members.name = ODY_VIEW("orders");
    CHECK_EQUAL(walk(self, subscribers).count, 3);
    CHECK_EQUAL(walk(self, members).count, 0);
    world_end(self);
}

TEST(large_members_come_in_short_steps)
{
    world *self = start(1);
    ody_browse browse = {.kind = ODY_BROWSE_MEMBERS,
                         .app = self->options.apps->number,
                         .name = ODY_VIEW("presence-room")};
    char *data = malloc(40000);
    list got;

    for (int index = 0; index < 6; index++) {
        world_client *client = world_connect(self, 0);

        snprintf(data, 40000, "{\"user_id\":\"u%d\",\"user_info\":{\"n\":\"%030000d\"}}", index, 0);
        world_subscribe(client, "presence-room", data);
    }
    world_settle(self);
    got = walk(self, browse);
    CHECK_EQUAL(got.count, 6);
    CHECK_EQUAL(got.steps, 3);
    free(data);
    world_end(self);
}

TEST(users_and_their_connections)
{
    world *self = start(2);
    ody_browse users = {.kind = ODY_BROWSE_USERS, .app = self->options.apps->number};
    ody_browse user = {
        .kind = ODY_BROWSE_USER, .app = self->options.apps->number, .name = ODY_VIEW("ann")};
    world_client *clients[3];
    list got;

    CHECK_EQUAL(walk_all(self, users).count, 0);
    CHECK_EQUAL(walk(self, user).count, 0);
    for (unsigned index = 0; index < 3; index++) {
        clients[index] = world_connect(self, index % 2);
    }
    world_sign_in(clients[0], "{\"id\":\"ann\"}");
    world_sign_in(clients[1], "{\"id\":\"ann\"}");
    world_sign_in(clients[2], "{\"id\":\"bob\",\"watchlist\":[\"ann\",\"zoe\"]}");
    world_settle(self);
    got = walk_all(self, users);
    CHECK_LINES(got, "0 ann  - 2 0 1 0 0\n", "0 bob  - 1 0 0 0 0\n");
    users.name = ODY_VIEW("b");
    got = walk_all(self, users);
    CHECK_LINES(got, "0 bob  - 1 0 0 0 0\n");
    CHECK_EQUAL(walk(self, user).count, 2);
    world_end(self);
}

TEST(one_connection_and_its_channels)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 1);
    ody_browse one = {.kind = ODY_BROWSE_CONNECTION, .client = client->connection.id};
    ody_browse channels = {.kind = ODY_BROWSE_SUBSCRIPTIONS, .client = client->connection.id};
    list got;

    world_subscribe(client, "a", NULL);
    world_settle(self);
    world_subscribe(client, "b", NULL);
    world_flush(self, 1);
    got = walk(self, channels);
    CHECK_LINES(got, "0 a  - 0 0 0 0 1\n", "0 b  - 0 0 0 0 ");
    got = walk(self, one);
    CHECK_LINES(got, "1   - 0 0 0 2 0\n");
    one.client.second ^= 1;
    channels.client.second ^= 1;
    CHECK_EQUAL(walk(self, one).count, 0);
    CHECK_EQUAL(walk(self, channels).count, 0);
    one.client.first += 40;
    CHECK_EQUAL(walk(self, one).count, 0);
    world_end(self);
}

/* As many as are walked over, and one more. */
TEST(a_list_of_channels_that_is_too_long_says_so)
{
    ody_options options;
    world_client *client;
    ody_browse browse = {.kind = ODY_BROWSE_SUBSCRIPTIONS};
    world *self;
    list got;

    world_defaults(&options);
    world_app(&options)->limits.channels_per_connection = 5000;
    self = world_start(&options, 2, 1);
    client = world_connect(self, 1);
    browse.client = client->connection.id;
    for (int number = 0; number <= 4096; number++) {
        char name[16];

        if (number == 4096) {
            got = walk(self, browse);
            CHECK_EQUAL(got.count, 4096);
            CHECK(!got.cut);
        }
        snprintf(name, sizeof(name), "c%d", number);
        world_subscribe(client, name, NULL);
    }
    got = walk(self, browse);
    CHECK_EQUAL(got.count, 4096);
    CHECK(got.cut);
    world_settle(self);
    world_end(self);
}

TEST(tables_may_change_between_two_steps)
{
    world *self = start(1);
    ody_browse browse = {.kind = ODY_BROWSE_CHANNELS, .app = self->options.apps->number};
    world_client *client = world_connect(self, 0);
    char name[32];
    list out = {0};

    for (int count = 0; count < 900; count++) {
        snprintf(name, sizeof(name), "channel-%d", count);
        world_subscribe(client, name, NULL);
    }
    world_settle(self);
    CHECK_EQUAL(step(self, &out, &browse), 0);
    CHECK(out.next != 0);
    world_close(client);
    world_settle(self);
    browse.cursor = out.next;
    CHECK_EQUAL(step(self, &out, &browse), 0);
    CHECK_EQUAL(out.next, 0);
    browse.cursor = UINT64_MAX;
    for (browse.kind = ODY_BROWSE_CONNECTIONS; browse.kind <= ODY_BROWSE_SUBSCRIPTIONS;
         browse.kind++) {
        CHECK_EQUAL(step(self, &out, &browse), 0);
    }
    world_end(self);
}

TEST(browsing_with_failing_allocations)
{
    world *self = world_simple(1);
    const ody_browse browse = {.kind = ODY_BROWSE_CHANNELS, .app = self->options.apps->number};
    bool done = false;

    world_subscribe(world_connect(self, 0), "orders", NULL);
    world_settle(self);
    for (long at = 1; !done; at++) {
        list out = {0};
        int code;

        ody_memory_fail_at(at);
        code = step(self, &out, &browse);
        ody_memory_fail_at(0);
        CHECK(code == 0 || code == ODY_EMEMORY);
        CHECK_EQUAL(out.count, code == 0);
        done = code == 0;
        CHECK(at < 50);
    }
    world_end(self);
}

TEST(disconnecting_one_client)
{
    world *self = world_simple(2);
    world_client *client = world_connect(self, 1);
    world_client *other = world_connect(self, 1);
    world_reply reply = {0};
    ody_error error;
    uint64_t ticket;

    CHECK_EQUAL(ody_requests_disconnect(self->requests, ody_view_of(client->id), self->now,
                                        world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done && reply.answer);
    CHECK(!client->open && other->open);
    CHECK_EQUAL(client->code, ODY_CLOSE_UNAUTHORISED);
    EXPECT_ERROR(client, 4009, "You got disconnected by the app.");
    CHECK_EQUAL(WORLD_COUNT(self, terminated), 1);
    reply = (world_reply){0};
    CHECK_EQUAL(ody_requests_disconnect(self->requests, ody_view_of(client->id), self->now,
                                        world_on_reply, &reply, &ticket, &error),
                0);
    world_settle(self);
    CHECK(reply.done && !reply.answer);
    CHECK_EQUAL(ody_requests_disconnect(self->requests, ODY_VIEW("nobody"), self->now,
                                        world_on_reply, &reply, &ticket, &error),
                ODY_EINVALID);
    world_end(self);
}
