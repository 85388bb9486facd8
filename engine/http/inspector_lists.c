/* SPDX-License-Identifier: MIT */
/*
 * Lists of the inspector: the first entries of an order, or those behind one that is known. Shards
 * show all that they have, in steps, one after the other; the best are kept.
 */
#include <inttypes.h>
#include "base/clock.h"
#include "base/memory.h"
#include "base/number.h"
#include "base/options.h"
#include "http/best.h"
#include "http/inspector.h"
#include "http/place.h"
#include "net/client_address.h"
#include "wire/encode.h"
#include "wire/object.h"

#define ENTRIES_DEFAULT 50
/* Entries that are walked over for one list. With more of them the list says that it is not whole.
 */
#define EXAMINED_MAX 131072

typedef ody_browse_entry entry;

typedef struct list_kind {
    ody_browse_kind kind;
    bool all_shards;
    /* Writes the members of one entry's object. */
    void (*write)(ody_bytes *out, const ody_http_exchange *exchange, const entry *shown);
} list_kind;

/* What a list has so far. */
struct ody_http_list {
    const list_kind *kind;
    ody_browse browse;
    ody_view find; /* text that connections are searched for */
    uint64_t examined;
    bool cut; /* there is more than was looked at */
    ody_best best;
};

void ody__http_list_free(ody_http_list *list)
{
    if (list) {
        ody_best_fini(&list->best);
        ody_free(list);
    }
}

static bool begins(ody_view text, ody_view beginning)
{
    return beginning.length == 0 || ody_view_starts(text, beginning);
}

/* Connections are found by the beginning of their socket id, address or user. */
static bool is_wanted(const ody_http_list *list, const entry *one)
{
    char id[ODY_SOCKET_ID_TEXT];
    char address[46];

    if (list->kind->kind != ODY_BROWSE_CONNECTIONS || list->find.length == 0) {
        return true;
    }
    ody_address_format(one->address, address, sizeof(address));
    return begins(ody_socket_id_format(one->id, id), list->find) ||
           begins(ody_view_of(address), list->find) || begins(one->name, list->find);
}

/* @return 0 or ODY_EMEMORY. */
static int take(ody_http_list *list, const ody_browse_page *page)
{
    int code = 0;

    for (size_t index = 0; code == 0 && index < page->count; index++) {
        if (is_wanted(list, &page->entries[index])) {
            code = ody_best_offer(&list->best, &page->entries[index]);
        }
    }
    list->examined += page->examined;
    list->cut = list->cut || page->cut;
    return code;
}

/* The place of the last entry that is shown, for who wants to go on from there. */
static void write_next(ody_bytes *out, const ody_http_list *list)
{
    ody_bytes place = {0};

    if (!list->best.more) {
        ody_bytes_append_literal(out, "null");
        return;
    }
    ody_place_write(&place, list->best.entries[list->best.count - 1]);
    out->failed = out->failed || place.failed;
    ody_encode_string(out, ody_bytes_view(&place));
    ody_bytes_fini(&place);
}

static void write_list(ody_http_exchange *exchange)
{
    const ody_http_list *list = exchange->list;
    ody_bytes *out = &exchange->output;

    ody_bytes_append_literal(out, "{\"entries\":[");
    for (size_t index = 0; index < list->best.count; index++) {
        ody_bytes_append_view(out, index == 0 ? ODY_VIEW("{") : ODY_VIEW(",{"));
        list->kind->write(out, exchange, list->best.entries[index]);
        ody_bytes_append_byte(out, '}');
    }
    ody_bytes_append_byte(out, ']');
    ody_object_number(out, "examined", list->examined);
    ody_object_truth(out, "complete", !list->cut);
    ody_object_name(out, "next");
    write_next(out, list);
    ody_bytes_append_byte(out, '}');
    ody__http_answer_json(exchange);
}

static void ask(ody_http_exchange *exchange)
{
    ody_http_call *call = &exchange->call;
    ody_error error;

    call->exchange = exchange;
    ody__http_asked(exchange,
                    ody_requests_browse(exchange->server->setup.requests, &exchange->list->browse,
                                        ody_clock_ms(), ody__http_on_hub, call, &call->ticket,
                                        &error),
                    &error);
}

/* Where the next step begins. @return false: there is none. */
static bool go_on(ody_http_list *list, uint64_t cursor, unsigned shards)
{
    list->browse.cursor = cursor;
    if (cursor == 0) {
        list->browse.shard++;
        if (!list->kind->all_shards || list->browse.shard >= shards) {
            return false;
        }
    }
    if (list->examined >= EXAMINED_MAX) {
        list->cut = true;
        return false;
    }
    /* What is lighter than all that are kept can only come behind them. */
    if (ody_best_least(&list->best) > list->browse.at_least) {
        list->browse.at_least = ody_best_least(&list->best);
    }
    return true;
}

static void on_step(ody_http_exchange *exchange, const ody_http_call *call, const ody_reply *reply)
{
    ody_http_list *list = exchange->list;

    (void)call;
    if (take(list, &reply->page) < 0) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
    } else if (go_on(list, reply->page.next, exchange->server->setup.shard_count)) {
        ask(exchange);
    } else {
        write_list(exchange);
    }
}

bool ody__http_inspector_number(ody_http_exchange *exchange, const char *name, uint64_t least,
                                uint64_t most, uint64_t *number)
{
    ody_view text = ody_query_find(&exchange->query, ody_view_of(name));

    if ((text.data && !ody_number_parse(text, most, number)) || *number < least) {
        ody__http_refuse(exchange, 400, "\"%s\" must be a number from %" PRIu64 " to %" PRIu64,
                         name, least, most);
        return false;
    }
    return true;
}

/* Whether the kind lists connections. */
static bool has_ids(ody_browse_kind kind)
{
    return kind == ODY_BROWSE_CONNECTIONS || kind == ODY_BROWSE_SUBSCRIBERS ||
           kind == ODY_BROWSE_USER || kind == ODY_BROWSE_CONNECTION;
}

static bool read_after(ody_http_exchange *exchange, ody_http_list *list)
{
    ody_view text = ody_query_find(&exchange->query, ODY_VIEW("after"));

    if (!text.data) {
        return true;
    }
    if (!ody_place_read(text, has_ids(list->kind->kind), &list->best.after)) {
        ody__http_refuse(exchange, 400, "\"after\" is not a place in this list");
        return false;
    }
    list->best.continued = true;
    return true;
}

/* The app, and the channel or user of it that the list is about. */
static bool read_app(ody_http_exchange *exchange, ody_browse *browse)
{
    const ody_app *app = ody__http_inspector_app(exchange);
    ody_error error;
    int code;

    if (!app) {
        return false;
    }
    browse->app = app->number;
    code = ody_requests_check_browse(app, browse, &error);
    if (code < 0) {
        ody__http_refuse_error(exchange, code, error.message);
    }
    return code == 0;
}

/* What the list is about. */
static bool read_target(ody_http_exchange *exchange, ody_http_list *list)
{
    ody_browse *browse = &list->browse;
    ody_view app = ody_query_find(&exchange->query, ODY_VIEW("app"));
    ody_view id = ody_query_find(&exchange->query, ODY_VIEW("id"));

    if (browse->kind == ODY_BROWSE_CONNECTION || browse->kind == ODY_BROWSE_SUBSCRIPTIONS) {
        if (!ody_socket_id_parse(id, &browse->client) || browse->client.first == 0) {
            ody__http_refuse(exchange, 400, "\"id\" must be a socket id");
            return false;
        }
        return true;
    }
    browse->all_apps = !app.data && browse->kind == ODY_BROWSE_CONNECTIONS;
    return browse->all_apps || read_app(exchange, browse);
}

/* Reads what is wanted. @return false: refused. */
static bool read_query(ody_http_exchange *exchange, ody_http_list *list)
{
    const ody_query *query = &exchange->query;
    bool named = list->browse.kind >= ODY_BROWSE_SUBSCRIBERS;
    uint64_t limit = ENTRIES_DEFAULT;
    uint64_t waiting = 0;

    list->browse.name = ody_query_find(query, named ? ODY_VIEW("name") : ODY_VIEW("find"));
    list->find = list->browse.name;
    if (!read_target(exchange, list) || !read_after(exchange, list) ||
        !ody__http_inspector_number(exchange, "limit", 1, ODY_BEST_MAX, &limit) ||
        !ody__http_inspector_number(exchange, "at_least", 0, UINT32_MAX, &waiting)) {
        return false;
    }
    list->best.limit = limit;
    list->browse.at_least = (uint32_t)waiting;
    return true;
}

static void write_id(ody_bytes *out, const entry *one)
{
    char text[ODY_SOCKET_ID_TEXT];

    ody_object_text(out, "id", ody_socket_id_format(one->id, text));
}

static void write_user(ody_bytes *out, const entry *one)
{
    ody_object_text_or_null(out, "user", one->name);
}

static void write_app(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    const ody_app_shared *app = ody_shared_app(exchange->server->setup.shared, one->app);

    ody_object_text(out, "app", ody_view_of(app->id));
}

static void write_connection(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    char address[46];

    ody_address_format(one->address, address, sizeof(address));
    write_id(out, one);
    write_app(out, exchange, one);
    ody_object_text(out, "address", ody_view_of(address));
    write_user(out, one);
    ody_object_number(out, "channels", one->channels);
    ody_object_number(out, "age", one->age);
    ody_object_number(out, "silence", one->silence);
    ody_object_number(out, "waiting", one->weight);
    ody_object_number(out, "slow", one->slow);
    ody_object_number(out, "protocol", one->protocol);
}

static void write_channel(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    (void)exchange;
    ody_object_text(out, "name", one->name);
    ody_object_text(out, "type", ody_view_of(one->type));
    ody_object_number(out, "subscribers", one->weight);
    ody_object_number(out, "users", one->users);
}

static void write_signed_in(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    (void)exchange;
    ody_object_text(out, "name", one->name);
    ody_object_number(out, "connections", one->weight);
    ody_object_number(out, "watchers", one->watchers);
}

static void write_subscriber(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    (void)exchange;
    write_id(out, one);
    write_user(out, one);
}

static void write_member(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    (void)exchange;
    ody_object_text(out, "name", one->name);
    ody_object_name(out, "info");
    ody_bytes_append_view(out, one->info);
    ody_object_number(out, "connections", one->weight);
}

static void write_subscription(ody_bytes *out, const ody_http_exchange *exchange, const entry *one)
{
    ody_object_text(out, "name", one->name);
    write_app(out, exchange, one);
    ody_object_truth(out, "on", one->on);
}

static void begin(ody_http_exchange *exchange, const list_kind *kind)
{
    ody_http_list *list = ody_calloc(1, sizeof(*list));

    if (!list) {
        ody__http_refuse_error(exchange, ODY_EMEMORY, NULL);
        return;
    }
    list->kind = kind;
    list->browse.kind = kind->kind;
    exchange->list = list;
    exchange->on_reply = on_step;
    if (read_query(exchange, list)) {
        ask(exchange);
    }
}

#define LIST(name, kind, all_shards, write)                                                        \
    void ody__http_inspector_##name(ody_http_exchange *exchange)                                   \
    {                                                                                              \
        static const list_kind own = {ODY_BROWSE_##kind, all_shards, write};                       \
        begin(exchange, &own);                                                                     \
    }

LIST(connections, CONNECTIONS, true, write_connection)
LIST(channels, CHANNELS, true, write_channel)
LIST(users, USERS, true, write_signed_in)
LIST(subscribers, SUBSCRIBERS, false, write_subscriber)
LIST(members, MEMBERS, false, write_member)
LIST(user, USER, false, write_subscriber)
LIST(connection, CONNECTION, false, write_connection)
LIST(subscriptions, SUBSCRIPTIONS, false, write_subscription)
