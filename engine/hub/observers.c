/* SPDX-License-Identifier: MIT */
/*
 * Each observer tells so much in a second; the rest it counts, and the number goes with the next
 * message or, when none comes, alone.
 */
#include "hub/observers.h"

#include "hub/signin.h"
#include "wire/channel_name.h"

#define SECOND 1000

/* Something that happened. */
typedef struct sighting {
    ody_sight sight;
    uint32_t app;
    ody_socket_id client;
    ody_view channel; /* or ODY_VIEW_NONE */
    ody_view event;
    ody_view user_id; /* whom it is of, or ODY_VIEW_NONE */
    ody_view data;
    uint64_t reached;
} sighting;

struct ody_observer {
    ody_observer *next;
    ody_hub *hub;
    uint64_t ticket; /* names it at the API thread */
    uint32_t app;
    bool user;         /* name is the id of a user, else of a channel */
    uint64_t window;   /* second in which … */
    uint32_t told;     /* … so much was told */
    uint64_t left_out; /* since then */
    ody_timer timer;   /* tells left_out */
    size_t name_length;
    char name[];
};

static ody_view name_of(const ody_observer *observer)
{
    return (ody_view){observer->name, observer->name_length};
}

static void tell_left_out(ody_timer *timer, uint64_t now);

static int add(ody_hub *hub, const ody_mail *mail)
{
    ody_view name = mail->info ? mail->user_id : mail->channel;
    ody_observer *observer = ody_calloc(1, sizeof(*observer) + name.length);

    if (!observer) {
        return ODY_EMEMORY;
    }
    observer->hub = hub;
    observer->ticket = mail->ticket;
    observer->app = mail->app;
    observer->user = mail->info;
    observer->timer.fire = tell_left_out;
    observer->name_length = name.length;
    memcpy(observer->name, name.data, name.length);
    observer->next = hub->observers;
    hub->observers = observer;
    return 0;
}

static void drop(ody_hub *hub, ody_observer **place)
{
    ody_observer *observer = *place;

    *place = observer->next;
    ody_wheel_cancel(&hub->wheel, &observer->timer);
    ody_free(observer);
}

/* Whoever waits for a tail that cannot be learns of it. */
static void refuse(ody_hub *hub, ody_mail *take_mail, int code)
{
    take_mail->kind = ODY_MAIL_OBSERVED;
    take_mail->code = code;
    if (ody__hub_post(hub, take_mail->origin, take_mail, true) < 0) {
        ody_mail_free(take_mail);
    }
}

void ody__observers_mail(ody_hub *hub, ody_mail *take_mail)
{
    int code = 0;

    if (take_mail->kind == ODY_MAIL_OBSERVE) {
        code = add(hub, take_mail);
    } else {
        for (ody_observer **place = &hub->observers; *place; place = &(*place)->next) {
            if ((*place)->ticket == take_mail->ticket) {
                drop(hub, place);
                break;
            }
        }
    }
    if (code < 0) {
        refuse(hub, take_mail, code);
    } else {
        ody_mail_free(take_mail);
    }
}

void ody__observers_free(ody_hub *hub)
{
    while (hub->observers) {
        drop(hub, &hub->observers);
    }
}

/* The beginning of data, without half a character at its end. */
static ody_view beginning(ody_view data)
{
    if (data.length <= ODY_TAIL_DATA) {
        return data;
    }
    data.length = ODY_TAIL_DATA;
    while (data.length > 0 && ((unsigned char)data.data[data.length] & 0xc0) == 0x80) {
        data.length--;
    }
    return data;
}

/* @param seen NULL: only what was left out. @return whether it could be told. */
static bool send(ody_observer *observer, const sighting *seen)
{
    ody_hub *hub = observer->hub;
    ody_mail_texts texts = {.app = observer->app};
    ody_mail *mail;

    if (seen) {
        texts.channel = seen->channel;
        texts.event = seen->event;
        texts.user_id = seen->user_id;
        texts.data = beginning(seen->data);
    }
    mail = ody_mail_new(ODY_MAIL_OBSERVED, hub->index, &texts);
    if (!mail) {
        return false;
    }
    mail->ticket = observer->ticket;
    mail->number = observer->left_out;
    mail->position = ODY_SIGHTS;
    if (seen) {
        mail->position = (uint16_t)seen->sight;
        mail->client = seen->client;
        mail->stamp = seen->data.length;
        mail->subscribers = (uint32_t)seen->reached;
    }
    if (ody__hub_post(hub, hub->count, mail, false) < 0) {
        ody_mail_free(mail);
        return false;
    }
    observer->left_out = 0;
    return true;
}

static void tell_left_out(ody_timer *timer, uint64_t now)
{
    ody_observer *observer = ody_container_of(timer, ody_observer, timer);

    if (observer->left_out > 0 && !send(observer, NULL)) {
        ody_wheel_arm(&observer->hub->wheel, timer, now + SECOND);
    }
}

static void tell(ody_observer *observer, const sighting *seen)
{
    ody_hub *hub = observer->hub;

    if (observer->window != hub->now / SECOND) {
        observer->window = hub->now / SECOND;
        observer->told = 0;
    }
    if (observer->told < ODY_TAIL_RATE && send(observer, seen)) {
        observer->told++;
        return;
    }
    observer->left_out++;
    if (!ody_timer_armed(&observer->timer)) {
        ody_wheel_arm(&hub->wheel, &observer->timer, hub->now + SECOND);
    }
}

/* Whether it is of that user, or for them. */
static bool concerns(const sighting *seen, ody_view user_id)
{
    ody_channel_kind kind;

    if (seen->user_id.data && ody_view_equal(seen->user_id, user_id)) {
        return true;
    }
    return ody_view_starts(seen->channel, ODY_VIEW("#")) &&
           ody_channel_name_parse(seen->channel, seen->channel.length, &kind) == 0 &&
           kind.type == ODY_CHANNEL_USER &&
           ody_view_equal(ody_channel_user_id(seen->channel), user_id);
}

/* Tells those who observe the channel, which is at home here, or the user. */
static void see(ody_hub *hub, const sighting *seen)
{
    for (ody_observer *observer = hub->observers; observer; observer = observer->next) {
        if (observer->app == seen->app &&
            (observer->user ? concerns(seen, name_of(observer))
                            : ody_view_equal(name_of(observer), seen->channel))) {
            tell(observer, seen);
        }
    }
}

/* Tells those who observe the user that a connection of this shard is signed in as. */
static void see_user(ody_hub *hub, const ody_connection *connection, const sighting *seen)
{
    for (ody_observer *observer = hub->observers; observer; observer = observer->next) {
        if (observer->user && observer->app == seen->app &&
            ody__signin_is(connection, name_of(observer))) {
            tell(observer, seen);
        }
    }
}

void ody__observers_event(ody_hub *hub, ody_sight sight, const ody_mail *mail, ody_view user_id,
                          uint64_t reached)
{
    see(hub, &(sighting){
                 .sight = sight,
                 .app = mail->app,
                 /* of a published event it is who does not get it */
                 .client = sight == ODY_SIGHT_EVENT ? (ody_socket_id){0} : mail->client,
                 .channel = mail->channel,
                 .event = mail->event,
                 .user_id = user_id,
                 .data = mail->data,
                 .reached = reached,
             });
}

void ody__observers_member(ody_hub *hub, const ody_channel *channel, ody_sight sight,
                           const ody_presence_user *user)
{
    bool added = sight == ODY_SIGHT_MEMBER_ADDED;

    see(hub, &(sighting){
                 .sight = sight,
                 .app = channel->app,
                 .channel = ody_channel_name(channel),
                 .user_id = ody_presence_user_id(user),
                 .data = added ? ody_presence_user_info(user) : ODY_VIEW_NONE,
                 .reached = channel->members.count - added,
             });
}

static sighting of_client(ody_sight sight, const ody_connection *connection, const ody_mail *mail)
{
    return (sighting){
        .sight = sight,
        .app = mail->app,
        .client = connection->id,
        .channel = mail->channel,
        .event = mail->event,
        .user_id = ody__signin_id_of(connection),
        .data = mail->data,
    };
}

/* In a presence channel, which knows its users, the home shows it. */
void ody__observers_sent(ody_hub *hub, const ody_connection *connection, const ody_mail *mail)
{
    const sighting seen = of_client(ODY_SIGHT_CLIENT_EVENT, connection, mail);
    ody_channel_kind kind = {0};

    (void)ody_channel_name_parse(mail->channel, mail->channel.length, &kind);
    if (kind.type != ODY_CHANNEL_PRESENCE) {
        see_user(hub, connection, &seen);
    }
}

void ody__observers_whisper(ody_hub *hub, const ody_connection *connection, const ody_mail *mail)
{
    sighting seen = of_client(ODY_SIGHT_WHISPER, connection, mail);

    seen.reached = 1;
    see_user(hub, connection, &seen);
}
