/* SPDX-License-Identifier: MIT */
/*
 * The inlet on a real loop, against a Redis that the test plays on a Unix socket of its own, in the
 * same thread. All waits of the inlet are made short.
 */
#include "cluster/redis_inlet.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "../apps.h"
#include "base/memory.h"
#include "played_hub.h"

#define CHANNEL "websocket.broadcast"
#define SUBSCRIBE "*2\r\n$9\r\nSUBSCRIBE\r\n$19\r\n" CHANNEL "\r\n"
#define SUBSCRIBED "*3\r\n$9\r\nsubscribe\r\n$19\r\n" CHANNEL "\r\n:1\r\n"
#define PATIENCE_SECONDS 20.

typedef struct stage {
    played_hub hub;
    struct ev_loop *loop;
    ev_timer patience;
    ody_redis_inlet *inlet;
    char directory[64];
    char path[80];
    char url[100];
    int listener;
    ev_io accepting;
    int client; /* the inlet's connection, or -1 */
    ev_io reading;
    char heard[8192]; /* all that it has said on this connection */
    size_t length;
    int accepted;
    int hung_up; /* connections that the inlet has closed */
} stage;

static void close_client(stage *self)
{
    if (self->client >= 0) {
        ev_io_stop(self->loop, &self->reading);
        close(self->client);
        self->client = -1;
    }
}

static void on_reading(struct ev_loop *loop, ev_io *watcher, int events)
{
    stage *self = watcher->data;
    ssize_t length = recv(self->client, self->heard + self->length,
                          sizeof(self->heard) - self->length, MSG_DONTWAIT);

    (void)loop;
    (void)events;
    if (length <= 0) {
        self->hung_up++;
        close_client(self);
        return;
    }
    self->length += (size_t)length;
}

static void on_accepting(struct ev_loop *loop, ev_io *watcher, int events)
{
    stage *self = watcher->data;

    (void)events;
    close_client(self);
    self->client = accept(self->listener, NULL, NULL);
    CHECK(self->client >= 0);
    self->accepted++;
    self->length = 0;
    ev_io_init(&self->reading, on_reading, self->client, EV_READ);
    self->reading.data = self;
    ev_io_start(loop, &self->reading);
}

static void on_patience(struct ev_loop *loop, ev_timer *watcher, int events)
{
    (void)loop;
    (void)watcher;
    (void)events;
    FAIL("what was waited for did not come");
}

/* Runs the loop until condition holds. */
#define AWAIT(condition)                                                                           \
    do {                                                                                           \
        ev_timer_again(self->loop, &self->patience);                                               \
        while (!(condition)) {                                                                     \
            ev_run(self->loop, EVRUN_ONCE);                                                        \
        }                                                                                          \
    } while (0)

static void listen_again(stage *self)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    unlink(self->path);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", self->path);
    self->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_EQUAL(bind(self->listener, (struct sockaddr *)&address, sizeof(address)), 0);
    CHECK_EQUAL(listen(self->listener, 8), 0);
    ev_io_init(&self->accepting, on_accepting, self->listener, EV_READ);
    self->accepting.data = self;
    ev_io_start(self->loop, &self->accepting);
}

static void go_away(stage *self)
{
    ev_io_stop(self->loop, &self->accepting);
    close(self->listener);
    close_client(self);
}

static stage *prepare(void)
{
    stage *self = calloc(1, sizeof(*self));

    played_hub_init(&self->hub);
    snprintf(self->directory, sizeof(self->directory), "/tmp/ody-redis-XXXXXX");
    CHECK(mkdtemp(self->directory));
    snprintf(self->path, sizeof(self->path), "%s/redis.sock", self->directory);
    snprintf(self->url, sizeof(self->url), "unix://%s", self->path);
    self->client = -1;
    self->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
    ev_timer_init(&self->patience, on_patience, 0., PATIENCE_SECONDS);
    self->hub.options.redis = (ody_redis_options){self->url, CHANNEL};
    listen_again(self);
    return self;
}

static void open_inlet(stage *self)
{
    self->inlet = ody_redis_inlet_new(&(ody_redis_inlet_setup){
        .loop = self->loop,
        .requests = self->hub.requests,
        .options = &self->hub.options,
        .times = {.connect = 0.2, .silence = 0.2, .steady = 60., .retry = 0.001},
    });
    CHECK(self->inlet);
}

static void end(stage *self)
{
    ody_redis_inlet_free(self->inlet);
    go_away(self);
    unlink(self->path);
    CHECK_EQUAL(rmdir(self->directory), 0);
    played_hub_fini(&self->hub);
    ev_timer_stop(self->loop, &self->patience);
    ev_loop_destroy(self->loop);
    free(self);
}

static bool has_heard(const stage *self, const char *text)
{
    return memmem(self->heard, self->length, text, strlen(text)) != NULL;
}

static void say(stage *self, const char *text)
{
    CHECK_EQUAL(send(self->client, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void say_message(stage *self, const char *payload)
{
    char text[1024];

    snprintf(text, sizeof(text), "*3\r\n$7\r\nmessage\r\n$19\r\n" CHANNEL "\r\n$%zu\r\n%s\r\n",
             strlen(payload), payload);
    say(self, text);
}

static ody_redis_state look(const stage *self)
{
    return ody_redis_inlet_look(self->inlet);
}

static void subscribe(stage *self)
{
    uint64_t connects = look(self).connects;

    AWAIT(self->client >= 0 && has_heard(self, SUBSCRIBE));
    say(self, SUBSCRIBED);
    AWAIT(look(self).connects > connects);
    CHECK(look(self).connected && look(self).connected_at > 0);
}

#define EVENT(name) "{\"channel\":\"news\",\"event\":\"" name "\",\"data\":1}"

TEST(what_redis_brings_is_published)
{
    stage *self = prepare();

    open_inlet(self);
    CHECK(look(self).configured && !look(self).connected);
    subscribe(self);
    CHECK_EQUAL(self->length, strlen(SUBSCRIBE));
    say_message(self, EVENT("a"));
    say_message(self, "nonsense");
    say_message(self, EVENT("b"));
    AWAIT(self->hub.published == 2);
    CHECK_VIEW(ody_view_of(self->hub.log), ody_view_of("news a 1 -\nnews b 1 -\n"));
    CHECK_EQUAL(look(self).messages, 3);
    CHECK_EQUAL(look(self).in_flight, 2);
    CHECK_EQUAL(look(self).rejected[ODY_REDIS_REJECTED_JSON], 1);
    played_hub_answer(&self->hub);
    CHECK_EQUAL(look(self).in_flight, 0);
    CHECK_EQUAL(look(self).failures, 0);
    end(self);
}

TEST(nothing_is_done_without_a_url)
{
    stage *self = prepare();

    self->hub.options.redis.url = NULL;
    open_inlet(self);
    CHECK(!look(self).configured);
    ev_run(self->loop, EVRUN_NOWAIT);
    ev_run(self->loop, EVRUN_NOWAIT);
    CHECK_EQUAL(self->accepted, 0);
    end(self);
}

TEST(a_redis_that_goes_away_is_found_again)
{
    stage *self = prepare();

    go_away(self);
    open_inlet(self);
    AWAIT(look(self).failures >= 3);
    listen_again(self);
    subscribe(self);
    say_message(self, EVENT("a"));
    AWAIT(self->hub.published == 1);
    go_away(self);
    AWAIT(!look(self).connected);
    CHECK_EQUAL(look(self).connected_at, 0);
    listen_again(self);
    subscribe(self);
    say_message(self, EVENT("b"));
    AWAIT(self->hub.published == 2);
    CHECK_EQUAL(look(self).connects, 2);
    end(self);
}

TEST(who_we_are_is_said_first)
{
    stage *self = prepare();

    snprintf(self->url, sizeof(self->url), "unix://ody:p@%s?db=3", self->path);
    open_inlet(self);
    AWAIT(self->client >= 0 && has_heard(self, SUBSCRIBE));
    CHECK(has_heard(self, "*3\r\n$4\r\nAUTH\r\n$3\r\nody\r\n$1\r\np\r\n"
                          "*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n"));
    say(self, "-WRONGPASS no\r\n");
    AWAIT(self->hung_up == 1);
    AWAIT(self->accepted == 2 && has_heard(self, SUBSCRIBE));
    say(self, "+OK\r\n+OK\r\n" SUBSCRIBED);
    AWAIT(look(self).connected);
    CHECK_EQUAL(look(self).failures, 1);
    end(self);
}

TEST(a_silent_redis_is_given_up)
{
    stage *self = prepare();

    open_inlet(self);
    /* It accepts and says nothing. */
    AWAIT(self->accepted == 2);
    CHECK_EQUAL(look(self).failures, 1);
    subscribe(self);
    /* It is asked, and answers. */
    AWAIT(has_heard(self, "PING"));
    self->length = 0;
    say(self, "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
    AWAIT(has_heard(self, "PING"));
    CHECK(look(self).connected);
    /* It is asked, and does not. */
    AWAIT(!look(self).connected);
    CHECK_EQUAL(look(self).failures, 2);
    end(self);
}

TEST(messages_wait_while_there_is_no_room)
{
    stage *self = prepare();

    open_inlet(self);
    subscribe(self);
    self->hub.full = true;
    say_message(self, EVENT("a"));
    say_message(self, EVENT("b"));
    /* A paused connection is not silent. */
    for (ev_tstamp until = ev_time() + 0.6; ev_time() < until;) {
        ev_run(self->loop, EVRUN_ONCE);
    }
    CHECK_EQUAL(self->hub.published, 0);
    CHECK(look(self).connected);
    self->hub.full = false;
    AWAIT(self->hub.published == 2);
    CHECK_VIEW(ody_view_of(self->hub.log), ody_view_of("news a 1 -\nnews b 1 -\n"));
    CHECK_EQUAL(look(self).messages, 2);
    say_message(self, EVENT("c"));
    AWAIT(self->hub.published == 3);
    end(self);
}

TEST(the_message_that_waits_outlives_its_connection)
{
    stage *self = prepare();

    open_inlet(self);
    subscribe(self);
    self->hub.full = true;
    say_message(self, EVENT("a"));
    for (ev_tstamp until = ev_time() + 0.1; ev_time() < until;) {
        ev_run(self->loop, EVRUN_ONCE);
    }
    ody_redis_inlet_reload(self->inlet, &(ody_options){.apps = self->hub.app, .app_count = 1});
    CHECK(!look(self).configured && !look(self).connected);
    self->hub.full = false;
    AWAIT(self->hub.published == 1);
    end(self);
}

/* @return false when the socket takes no more. */
static bool say_number(stage *self, int number)
{
    char payload[80];
    char text[200];
    int length = snprintf(payload, sizeof(payload),
                          "{\"channel\":\"n\",\"event\":\"%d\",\"data\":1}", number);

    length =
        snprintf(text, sizeof(text), "*3\r\n$7\r\nmessage\r\n$19\r\n" CHANNEL "\r\n$%d\r\n%s\r\n",
                 length, payload);
    return send(self->client, text, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) == length;
}

static void check_numbers(const char *log, int count)
{
    for (int i = 0; i < count; i++) {
        char line[40];

        snprintf(line, sizeof(line), "n %d 1 -\n", i);
        if (strncmp(log, line, strlen(line)) != 0) {
            FAIL("%.20s is not %s", log, line);
        }
        log += strlen(line);
    }
}

TEST(many_messages_come_through_in_order)
{
    const size_t all = 3 * ODY_REDIS_IN_FLIGHT_MAX;
    stage *self = prepare();
    size_t said = 0;

    open_inlet(self);
    subscribe(self);
    ev_timer_again(self->loop, &self->patience);
    while (self->hub.published < all) {
        while (said < all && say_number(self, (int)said)) {
            said++;
        }
        ev_run(self->loop, EVRUN_NOWAIT);
        CHECK(self->hub.waiting <= ODY_REDIS_IN_FLIGHT_MAX);
        if (self->hub.waiting == ODY_REDIS_IN_FLIGHT_MAX) {
            played_hub_answer(&self->hub);
        }
    }
    check_numbers(self->hub.log, (int)all);
    CHECK_EQUAL(look(self).messages, all);
    played_hub_answer(&self->hub);
    CHECK_EQUAL(look(self).in_flight, 0);
    end(self);
}

TEST(a_reload_changes_what_is_heard)
{
    stage *self = prepare();
    ody_options other;
    ody_options none;

    open_inlet(self);
    subscribe(self);
    /* The same again: the connection stays. */
    other = self->hub.options;
    ody_redis_inlet_reload(self->inlet, &other);
    CHECK(look(self).connected);
    self->hub.options.redis.channel = "other";
    ody_redis_inlet_reload(self->inlet, &self->hub.options);
    CHECK(!look(self).connected);
    AWAIT(self->accepted == 2 && has_heard(self, "SUBSCRIBE\r\n$5\r\nother\r\n"));
    none = self->hub.options;
    none.redis.url = NULL;
    ody_redis_inlet_reload(self->inlet, &none);
    AWAIT(self->hung_up >= 1);
    CHECK(!look(self).configured);
    ody_redis_inlet_reload(self->inlet, &self->hub.options);
    AWAIT(self->accepted == 3);
    CHECK_EQUAL(look(self).failures, 0);
    end(self);
}

TEST(who_drains_takes_no_more)
{
    stage *self = prepare();

    open_inlet(self);
    subscribe(self);
    say_message(self, EVENT("a"));
    AWAIT(self->hub.published == 1);
    self->hub.full = true;
    say_message(self, EVENT("b"));
    for (ev_tstamp until = ev_time() + 0.1; ev_time() < until;) {
        ev_run(self->loop, EVRUN_ONCE);
    }
    ody_redis_inlet_drain(self->inlet);
    AWAIT(self->hung_up == 1);
    CHECK(!look(self).connected);
    CHECK_EQUAL(look(self).in_flight, 1);
    CHECK_EQUAL(look(self).rejected[ODY_REDIS_REJECTED_OVERLOADED], 1);
    played_hub_answer(&self->hub);
    CHECK_EQUAL(look(self).in_flight, 0);
    CHECK_EQUAL(self->accepted, 1);
    end(self);
}

TEST(a_name_is_resolved_on_the_way)
{
    stage *self = prepare();

    /* No name may have so long a part: the system knows at once that there is none. */
    self->hub.options.redis.url =
        "redis://0123456789012345678901234567890123456789012345678901234567890123456789";
    open_inlet(self);
    AWAIT(look(self).failures >= 2);
    end(self);
}

TEST(nobody_listens_on_a_port)
{
    stage *self = prepare();

    self->hub.options.redis.url = "redis://localhost:1";
    open_inlet(self);
    AWAIT(look(self).failures >= 3);
    end(self);
}

/* Answers each greeting, until a connection stands. */
static void subscribe_at_last(stage *self)
{
    ev_timer_again(self->loop, &self->patience);
    while (!look(self).connected) {
        if (self->client >= 0 && has_heard(self, SUBSCRIBE)) {
            self->length = 0;
            say(self, SUBSCRIBED);
        }
        ev_run(self->loop, EVRUN_ONCE);
    }
}

TEST(a_connection_comes_to_be_whatever_has_no_memory)
{
    for (long n = 1; n <= 12; n++) {
        stage *self = prepare();

        ody_memory_fail_at(n + 1);
        open_inlet(self);
        subscribe_at_last(self);
        ody_memory_fail_at(0);
        say_message(self, EVENT("a"));
        AWAIT(self->hub.published == 1);
        end(self);
    }
}

TEST(a_message_is_published_or_counted_or_ends_its_connection)
{
    size_t published = 0;

    for (long n = 1; n <= 12; n++) {
        stage *self = prepare();

        open_inlet(self);
        subscribe(self);
        ody_memory_fail_at(n);
        say_message(self, EVENT("a"));
        AWAIT(look(self).messages + look(self).failures == 1);
        ody_memory_fail_at(0);
        CHECK_EQUAL(self->hub.published + look(self).rejected[ODY_REDIS_REJECTED_MEMORY] +
                        look(self).failures,
                    1);
        published += self->hub.published;
        end(self);
    }
    CHECK(published > 0 && published < 12);
}
