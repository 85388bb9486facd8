/* SPDX-License-Identifier: MIT */
/* Clients that go on talking while the application decides: they are not read, and nothing of what
 * they say is lost. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include "await.h"
#include "base/memory.h"
#include "hub/interest.h"
#include "ody/worker.h"
#include "test.h"
#include "tls_client.h"

#define GREETED "activity_timeout"
#define MESSAGES 3000
#define HELD_ABOUT (64u * 1024)
#define READ_LEAST (32u * 1024) /* with what small messages cost besides their text */

/* The application: decides about messages, unless it is told to take its time. */
typedef struct application {
    net_house *house;
    pthread_mutex_t lock;
    bool decides;
    ody_mail *open; /* what it thinks about */
    _Atomic unsigned count;
    _Atomic bool disordered;
} application;

static void decide(application *self, ody_mail *take_mail)
{
    take_mail->kind = ODY_MAIL_VERDICT;
    take_mail->ticket = take_mail->number;
    take_mail->code = ODY_VERDICT_HANDLED;
    take_mail->number = 0;
    take_mail->data = take_mail->event = ODY_VIEW_NONE;
    ody_mail_weigh(take_mail);
    CHECK_EQUAL(ody_shard_post(self->house->shards[0], take_mail, true), 0);
}

static void on_asked(void *context, ody_mail *take_mail)
{
    application *self = context;
    bool now;

    if (take_mail->kind != ODY_MAIL_CALL) {
        ody_mail_free(take_mail);
        return;
    }
    if ((unsigned)atoi(take_mail->data.data + strlen("{\"event\":\"n")) != self->count) {
        atomic_store(&self->disordered, true);
    }
    atomic_fetch_add(&self->count, 1);
    pthread_mutex_lock(&self->lock);
    now = self->decides;
    if (!now) {
        self->open = take_mail;
    }
    pthread_mutex_unlock(&self->lock);
    if (now) {
        decide(self, take_mail);
    }
}

static void application_decides(application *self)
{
    ody_mail *mail;

    pthread_mutex_lock(&self->lock);
    self->decides = true;
    mail = self->open;
    self->open = NULL;
    pthread_mutex_unlock(&self->lock);
    decide(self, mail);
}

static void application_wants(const application *self, bool messages)
{
    ody_mail *mail = ody_mail_new(ODY_MAIL_INTEREST, 1, &(ody_mail_texts){0});

    mail->result = (char *)ody_interest_new(&(ody_worker_interest){.messages = messages});
    mail->result_length = sizeof(ody_interest);
    ody_mail_weigh(mail);
    CHECK_EQUAL(ody_shard_post(self->house->shards[0], mail, true), 0);
}

static void application_init(application *self, net_house *house)
{
    *self = (application){.house = house};
    pthread_mutex_init(&self->lock, NULL);
    house_init(house);
    house->options.worker_num = 1;
    house->options.php_worker_num = 1;
    house->asked = on_asked;
    house->context = self;
}

/* The frames of messages from that number on. @return their bytes. */
static size_t make_messages(char *out, unsigned first, unsigned count, unsigned padding)
{
    size_t length = 0;

    for (unsigned number = first; number < first + count; number++) {
        char text[4096];
        int size = snprintf(text, sizeof(text), "{\"event\":\"n%u\",\"data\":\"%0*d\"}", number,
                            (int)padding, 0);

        length += raw_frame_header(out + length, 0x81, (size_t)size);
        memcpy(out + length, text, (size_t)size);
        length += (size_t)size;
    }
    return length;
}

static uint64_t bytes_read(const net_house *house)
{
    return house_count(house, bytes_received);
}

static void rest(void)
{
    nanosleep(&(struct timespec){0, 200000000}, NULL);
}

/* Whatever stands decrypted in the TLS layer when reading pauses comes when it goes on, although
 * nothing more comes from the client that would wake anybody. */
TEST(pause_of_a_tls_client_loses_nothing)
{
    char *frames = malloc(1 << 20);
    tls_files files;
    net_house house;
    application app;
    tls_client client;
    size_t length;

    tls_files_make(&files);
    application_init(&app, &house);
    tls_house_open(&house, &files);
    application_wants(&app, false);
    tls_open(&client, &house, "/app/key?protocol=7", GREETED, NULL);
    application_wants(&app, true);
    length = make_messages(frames, 0, MESSAGES, 40);
    for (size_t at = 0; at < length; at += 16000) {
        tls_write(&client, frames + at, length - at < 16000 ? length - at : 16000);
    }
    AWAIT(bytes_read(&house) > READ_LEAST);
    rest();
    CHECK(bytes_read(&house) < 2 * HELD_ABOUT + 1000);
    CHECK_EQUAL(atomic_load(&app.count), 1);
    application_decides(&app);
    AWAIT(atomic_load(&app.count) == MESSAGES);
    CHECK(!atomic_load(&app.disordered));
    tls_frame(&client, 0x89, "payload", 7);
    free(tls_read_until(&client, "\x8a\x07payload", NULL));
    tls_close(&client);
    house_close(&house);
    tls_files_remove(&files);
    free(frames);
}

static void send_what_fits(int descriptor, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t count = send(descriptor, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (count < 0) {
            return;
        }
        data += count;
        length -= (size_t)count;
    }
}

/* A socket that took nothing for a while and takes something again is no reason to read on. */
TEST(pause_outlasts_a_socket_that_was_full)
{
    char *big = malloc(1 << 20);
    char *end;
    net_house house;
    application app;
    uint64_t before;
    int client;

    application_init(&app, &house);
    house_open(&house);
    application_wants(&app, false);
    client = raw_subscribed(&house, "room", 4096);
    application_wants(&app, true);
    send_what_fits(client, big, make_messages(big, 0, 40, 2500));
    AWAIT(bytes_read(&house) > HELD_ABOUT);
    memset(big, 'x', 1 << 20);
    for (int count = 0; count < 8; count++) {
        house_publish(&house, "room", (ody_view){big, 1 << 20});
    }
    house_publish(&house, "room", ODY_VIEW("the end"));
    rest();
    before = bytes_read(&house);
    end = raw_read_until(client, "the end");
    free(end);
    send_what_fits(client, big, make_messages(big, 40, 200, 2500));
    rest();
    CHECK(bytes_read(&house) < before + HELD_ABOUT);
    CHECK_EQUAL(atomic_load(&app.count), 1);
    application_decides(&app);
    AWAIT(atomic_load(&app.count) >= 41);
    CHECK(!atomic_load(&app.disordered));
    close(client);
    house_close(&house);
    free(big);
}

/* The peer is gone while it is not read: that is seen at the latest when reading goes on. */
TEST(pause_ends_with_a_client_that_is_gone)
{
    char *frames = malloc(1 << 20);
    net_house house;
    application app;
    int client;

    application_init(&app, &house);
    house_open(&house);
    application_wants(&app, false);
    client = raw_open(&house, "/app/key?protocol=7", GREETED, 0);
    application_wants(&app, true);
    raw_send(client, frames, make_messages(frames, 0, 40, 2500));
    AWAIT(bytes_read(&house) > HELD_ABOUT);
    close(client);
    rest();
    application_decides(&app);
    AWAIT(atomic_load(&house.shared->connections) == 0);
    CHECK(!atomic_load(&app.disordered));
    house_close(&house);
    free(frames);
}
