/* SPDX-License-Identifier: MIT */
/* What the inspector answers: numbers, lists page by page, actions, and tails that wait. */
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "live_http.h"

#define HEAD "Host: localhost:9502\r\nX-Inspector: page\r\n"
#define REFUSED(text) "{\"success\":false,\"error\":\"" text "\"}"

static live_http live;

static void open_live(void)
{
    live_init(&live);
    live.options.debug = true;
    live_open(&live, false);
}

static int send_get(const char *name)
{
    int descriptor = live_connect_from(&live, "127.0.0.1");
    char request[1024];

    snprintf(request, sizeof(request), "GET /inspector/api/%s HTTP/1.1\r\n" HEAD "\r\n", name);
    live_send_text(&live, descriptor, request);
    return descriptor;
}

static live_answer finish(int descriptor)
{
    live_answer answer = live_read(&live, descriptor);

    close(descriptor);
    return answer;
}

static live_answer get(const char *name)
{
    return finish(send_get(name));
}

static live_answer post(const char *name, const char *form)
{
    int descriptor = live_connect_from(&live, "127.0.0.1");
    char request[2048];

    snprintf(request, sizeof(request),
             "POST /inspector/api/%s HTTP/1.1\r\n" HEAD "Content-Length: %zu\r\n\r\n%s", name,
             strlen(form), form);
    live_send_text(&live, descriptor, request);
    return finish(descriptor);
}

static void check_asked(const char *wanted)
{
    CHECK_VIEW(ody_view_of(live.asked), ody_view_of(wanted));
    live.asked[0] = '\0';
}

TEST(numbers_are_those_of_the_server)
{
    open_live();
    live_check(get("overview"), 200, "{\"numbers\":1}");
    live_close(&live);
}

TEST(connections_come_in_pages_the_heaviest_first)
{
    live_answer answer;

    open_live();
    answer = get("connections?limit=1");
    live_check(
        answer, 200,
        "{\"entries\":[{\"id\":\"76609.1297\",\"app\":\"1\",\"address\":\"5.0.0.173\","
        "\"user\":\"ann\",\"channels\":2,\"age\":3,\"silence\":4,\"waiting\":1198,\"slow\":0,"
        "\"protocol\":7}],\"examined\":1200,\"complete\":true,"
        "\"next\":\"1198:76609.1297\"}");
    answer = get("connections?limit=1&after=1198:76609.1297");
    CHECK(strstr(answer.body, "\"waiting\":1191,"));
    CHECK(strstr(answer.body, "\"next\":\"1191:"));
    live_check(answer, 200, NULL);
    /* Behind all that wait come the others, by id. */
    answer = get("connections?limit=1&after=1:1.100");
    CHECK(strstr(answer.body, "\"id\":\"65.101\""));
    live_check(answer, 200, NULL);
    answer = get("connections?limit=200&after=0:76673.1298");
    CHECK(strstr(answer.body, "\"id\":\"76737.1299\""));
    CHECK(strstr(answer.body, "\"next\":null"));
    live_check(answer, 200, NULL);
    live_close(&live);
}

/* How often a text is in an answer. */
static int count_of(const char *body, const char *text)
{
    int count = 0;

    for (const char *at = body; (at = strstr(at, text)); at++) {
        count++;
    }
    return count;
}

TEST(all_pages_together_hold_everybody_once)
{
    char target[128] = "connections?limit=200";
    int entries = 0;

    open_live();
    for (int page = 0; page < 7; page++) {
        live_answer answer = get(target);
        const char *next = answer.body ? strstr(answer.body, "\"next\":\"") : NULL;

        entries += count_of(answer.body, "{\"id\":");
        CHECK(!next == (page >= 5));
        if (!next) {
            live_check(answer, 200, NULL);
            break;
        }
        snprintf(target, sizeof(target), "connections?limit=200&after=%.*s",
                 (int)strcspn(next + 8, "\""), next + 8);
        live_check(answer, 200, NULL);
    }
    CHECK_EQUAL(entries, 1200);
    live_close(&live);
}

/* The options that a list has begun with are gone before its last step. */
TEST(a_list_goes_on_over_a_reload)
{
    ody_app *apps = malloc(2 * sizeof(*apps));
    ody_options before;
    int descriptor;

    open_live();
    memcpy(apps, live.apps, 2 * sizeof(*apps));
    before = live.options;
    before.apps = apps;
    ody_http_server_reload(live.server, &before);
    live.hold = true;
    descriptor = send_get("connections?app=2");
    CHECK(live_silent(&live, descriptor));
    ody_http_server_reload(live.server, &live.options);
    free(apps);
    live_release(&live);
    live_check(finish(descriptor), 200, NULL);
    check_asked("browse 1    0\nbrowse 1    0\nbrowse 1    0\n");
    live_close(&live);
}

TEST(connections_are_found_by_id_address_or_user)
{
    live_answer answer;

    open_live();
    answer = get("connections?limit=200&find=76609.1");
    CHECK_EQUAL(count_of(answer.body, "{\"id\":"), 1);
    live_check(answer, 200, NULL);
    answer = get("connections?limit=200&find=5.0.0.17");
    CHECK_EQUAL(count_of(answer.body, "{\"id\":"), 7);
    live_check(answer, 200, NULL);
    answer = get("connections?limit=3&find=an");
    CHECK_EQUAL(count_of(answer.body, "\"user\":\"ann\""), 3);
    live_check(answer, 200, NULL);
    live_close(&live);
}

TEST(every_other_list_has_its_own_entries)
{
    static const struct {
        const char *name;
        const char *first;
    } rows[] = {
        {"channels", "{\"name\":\"h\",\"type\":\"public\",\"subscribers\":8,\"users\":0}"},
        {"users", "{\"name\":\"h\",\"connections\":8,\"watchers\":0}"},
        {"subscribers?name=c", "{\"id\":\"449.107\",\"user\":\"ann\"}"},
        {"members?name=presence-c", "{\"name\":\"h\",\"info\":{\"x\":[]},\"connections\":8}"},
        {"user?name=ann", "{\"id\":\"449.107\",\"user\":\"ann\"}"},
        {"subscriptions?id=1.2", "{\"name\":\"h\",\"app\":\"1\",\"on\":true}"},
    };

    open_live();
    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        live_answer answer = get(rows[index].name);

        CHECK(strstr(answer.body, rows[index].first));
        CHECK(strstr(answer.body, "],\"examined\":13,\"complete\":true,\"next\":null}"));
        live_check(answer, 200, NULL);
    }
    live_close(&live);
}

TEST(a_list_that_a_shard_cuts_is_not_complete)
{
    live_answer answer;

    open_live();
    answer = get("subscriptions?id=1.3");
    CHECK(strstr(answer.body, "],\"examined\":13,\"complete\":false,\"next\":null}"));
    live_check(answer, 200, NULL);
    live_close(&live);
}

TEST(one_connection)
{
    live_answer answer;

    open_live();
    answer = get("connection?id=1.2");
    CHECK(strstr(answer.body, "{\"entries\":[{\"id\":\"1.100\",\"app\":\"1\","));
    live_check(answer, 200, NULL);
    live_check(get("connection?id=1.3"), 200,
               "{\"entries\":[],\"examined\":0,\"complete\":true,\"next\":null}");
    live_close(&live);
}

TEST(one_channel)
{
    open_live();
    live_check(get("channel?name=presence-x"), 200,
               "{\"name\":\"presence-x\",\"type\":\"presence\",\"users\":2,\"subscribers\":3}");
    live_check(get("channel?name=cache-x&app=2"), 200,
               "{\"name\":\"cache-x\",\"type\":\"cache\",\"cached\":\"{\\\"a\\\":1}\","
               "\"cached_for\":59,\"users\":2,\"subscribers\":3}");
    live_check(get("channel?name=not%20one"), 400, NULL);
    live_check(get("channel?name=c&app=3"), 404, REFUSED("There is no such app"));
    live_close(&live);
}

TEST(malformed_questions_are_refused)
{
    static const char *const names[] = {
        "connections?limit=201",
        "connections?limit=x",
        "connections?limit=",
        "connections?after=",
        "connections?after=5",
        "connections?after=x:1.2",
        "connections?after=:1.2",
        "connections?after=1:x",
        "connections?at_least=4294967296",
        "channels?after=4294967296:",
        "connection",
        "connection?id=0.5",
        "subscriptions?id=x",
        "tail?tail=x",
        "tail?tail=1&after=-1",
        "tail",
        "connections?limit=1&limit=2",
        "connections?limit=0",
        "connections?app[]=2",
        "connections?find[]=a",
        "subscribers",
        "subscribers?name=",
        "subscribers?name=not%20one",
        "subscribers?name[]=c",
        "members",
        "members?name=",
        "members?name=not%20one",
        "members?name=c",
        "user",
        "user?name=",
        "channel",
    };

    open_live();
    for (size_t index = 0; index < sizeof(names) / sizeof(names[0]); index++) {
        live_check(get(names[index]), 400, NULL);
    }
    live_check(post("end-tail", ""), 400, NULL);
    live_check(get("connections?app=3"), 404, NULL);
    live_check(get("channels?app=3"), 404, NULL);
    live_check(get("subscribers?app=3&name=c"), 404, NULL);
    check_asked("");
    live_close(&live);
}

TEST(a_refusal_says_what_is_wrong)
{
    open_live();
    live_check(get("connections?limit=201"), 400,
               REFUSED("\\\"limit\\\" must be a number from 1 to 200"));
    live_check(get("subscribers"), 400,
               REFUSED("invalid channel name: 1 to 200 of the characters A-Z a-z 0-9 "
                       "_ - = @ , . ; are allowed"));
    live_check(get("members?name=c"), 400, REFUSED("only presence channels have members"));
    live_check(get("user"), 400,
               REFUSED("invalid user id: it has 0 bytes, 1 to 65535 are allowed"));
    live_check(get("user?name[]=x"), 400, REFUSED("\\\"name\\\" must not be a list"));
    live_close(&live);
}

TEST(a_test_event_is_published)
{
    open_live();
    live_check(post("publish", "app=2&channel=c&event=e&data=%7B%22a%22%3A%22%C3%A4+%2B%22%7D"),
               200, "{\"reached\":3}");
    check_asked("publish 1 c e {\"a\":\"\xc3\xa4 +\"} 0\n");
    live_check(post("publish", "channel=missing&event=e&data=d"), 404, NULL);
    live.asked[0] = '\0';
    live_check(post("publish", "channel=c&data=d"), 400, NULL);
    live_check(post("publish", "event=e&data=d"), 400, NULL);
    live_check(post("publish", "app=9&channel=c&event=e&data=d"), 404, NULL);
    ody_http_server_close(live.server);
    live_check(post("publish", "channel=c&event=e&data=d"), 503, NULL);
    check_asked("");
    live_close(&live);
}

TEST(clients_are_disconnected)
{
    open_live();
    live_check(post("disconnect", "id=1.2"), 200, "{\"closed\":1}");
    live_check(post("disconnect", "id=1.3"), 200, "{\"closed\":0}");
    live_check(post("disconnect", "app=2&user=ann"), 200, "{\"closed\":0}");
    live_check(post("disconnect", "id=x"), 400, NULL);
    live_check(post("disconnect", "app=2"), 400, NULL);
    check_asked("dismiss 0    1\ndismiss 0    1\nother 1    0\n");
    live_close(&live);
}

/* Begins a tail. @return its name. */
static unsigned long long begin_tail(const char *form)
{
    live_answer answer = post("begin-tail", form);
    unsigned long long tail = 0;

    CHECK_EQUAL(sscanf(answer.body, "{\"tail\":%llu}", &tail), 1);
    live_check(answer, 200, NULL);
    return tail;
}

/* A shard has seen a message. */
static void see(unsigned long long tail, const char *data)
{
    const ody_mail_texts texts = {
        .channel = ODY_VIEW("c"), .event = ODY_VIEW("e"), .data = ody_view_of(data)};
    ody_mail *mail = ody_mail_new(ODY_MAIL_OBSERVED, 0, &texts);

    mail->ticket = tail;
    mail->stamp = strlen(data);
    mail->subscribers = 3;
    mail->client = (ody_socket_id){1, 2};
    mail->position = ODY_SIGHT_CLIENT_EVENT;
    ody_tails_mail(live.tails, mail, 1700000000000);
}

static int send_read(unsigned long long tail, unsigned after)
{
    char target[128];

    snprintf(target, sizeof(target), "tail?tail=%llu&after=%u", tail, after);
    return send_get(target);
}

#define MESSAGE(number, data)                                                                      \
    "{\"number\":" #number ",\"at\":1700000000000,\"kind\":\"client_event\",\"client\":\"1.2\","   \
    "\"channel\":\"c\",\"event\":\"e\",\"user\":null,\"data\":\"" data                             \
    "\",\"length\":2,\"reached\":3,\"left_out\":0}"

TEST(a_tail_is_read_message_by_message)
{
    unsigned long long tail;

    open_live();
    tail = begin_tail("channel=c");
    check_asked("observe 0 c   0\n");
    see(tail, "<>");
    see(tail, "\"\n");
    live_check(finish(send_read(tail, 0)), 200,
               "{\"messages\":[" MESSAGE(1, "<>") "," MESSAGE(2, "\\\"\\n") "],\"left_out\":0}");
    live_check(finish(send_read(tail, 1)), 200,
               "{\"messages\":[" MESSAGE(2, "\\\"\\n") "],\"left_out\":0}");
    live_check(post("end-tail", "tail=1"), 200, "{}");
    live_check(finish(send_read(tail + 1, 0)), 404, REFUSED("The tail has ended"));
    live_close(&live);
}

TEST(a_request_waits_until_there_is_a_message)
{
    unsigned long long tail;
    int descriptor;

    open_live();
    tail = begin_tail("user=ann");
    descriptor = send_read(tail, 0);
    CHECK(live_silent(&live, descriptor));
    see(tail, "<>");
    live_check(finish(descriptor), 200, "{\"messages\":[" MESSAGE(1, "<>") "],\"left_out\":0}");
    live_close(&live);
}

TEST(a_request_that_waits_long_gets_nothing)
{
    unsigned long long tail;
    int descriptor;

    open_live();
    tail = begin_tail("channel=c");
    descriptor = send_read(tail, 0);
    CHECK(live_silent(&live, descriptor));
    ody__http_server_advance(live.server, ody_clock_ms() + 25000);
    live_check(finish(descriptor), 200, "{\"messages\":[],\"left_out\":0}");
    live_close(&live);
}

TEST(a_tail_has_one_reader_and_ends_for_it)
{
    unsigned long long tail;
    int first, second;

    open_live();
    tail = begin_tail("channel=c");
    first = send_read(tail, 0);
    CHECK(live_silent(&live, first));
    second = send_read(tail, 0);
    CHECK(live_silent(&live, second));
    ody__http_server_advance(live.server, ody_clock_ms() + 500);
    live_check(finish(first), 409, REFUSED("Another request reads this tail"));
    CHECK(live_silent(&live, second));
    live.asked[0] = '\0';
    {
        char form[64];

        snprintf(form, sizeof(form), "tail=%llu", tail);
        live_check(post("end-tail", form), 200, "{}");
    }
    ody__http_server_advance(live.server, ody_clock_ms() + 1000);
    live_check(finish(second), 404, REFUSED("The tail has ended"));
    check_asked("unobserve 0    0\n");
    live_close(&live);
}

TEST(a_tail_that_a_shard_could_not_begin_is_refused_once)
{
    unsigned long long tail;
    ody_mail *mail;

    open_live();
    tail = begin_tail("user=ann");
    mail = ody_mail_new(ODY_MAIL_OBSERVED, 0, &(ody_mail_texts){0});
    mail->ticket = tail;
    mail->code = ODY_EMEMORY;
    ody_tails_mail(live.tails, mail, 1700000000000);
    live_check(finish(send_read(tail, 0)), 503, NULL);
    live_check(finish(send_read(tail, 0)), 404, REFUSED("The tail has ended"));
    live_close(&live);
}

TEST(a_reader_that_leaves_is_forgotten)
{
    unsigned long long tail;
    int descriptor;

    open_live();
    tail = begin_tail("channel=c");
    descriptor = send_read(tail, 0);
    CHECK(live_silent(&live, descriptor));
    close(descriptor);
    see(tail, "<>");
    live_turn(&live);
    live_check(finish(send_read(tail, 0)), 200,
               "{\"messages\":[" MESSAGE(1, "<>") "],\"left_out\":0}");
    live_close(&live);
}

TEST(a_server_that_ends_keeps_nobody_waiting)
{
    unsigned long long tail;
    int descriptor;

    open_live();
    tail = begin_tail("channel=c");
    descriptor = send_read(tail, 0);
    CHECK(live_silent(&live, descriptor));
    ody_http_server_drain(live.server);
    live_check(finish(descriptor), 200, "{\"messages\":[],\"left_out\":0}");
    live_turn(&live);
    CHECK_EQUAL(ody_http_server_look(live.server).requests, 0);
    live_close(&live);
}

TEST(a_server_may_be_freed_while_somebody_waits)
{
    unsigned long long tail;
    int descriptor;

    open_live();
    tail = begin_tail("channel=c");
    descriptor = send_read(tail, 0);
    CHECK(live_silent(&live, descriptor));
    live_close(&live);
    close(descriptor);
}

TEST(bad_tails_are_refused)
{
    open_live();
    live_check(post("begin-tail", "channel=not+one"), 400, NULL);
    live_check(post("begin-tail", ""), 400, NULL);
    live_check(post("begin-tail", "channel=c&app=9"), 404, NULL);
    for (int count = 0; count < ODY_TAILS_MAX; count++) {
        begin_tail("channel=c");
    }
    live_check(post("begin-tail", "channel=c"), 400,
               REFUSED("there are 16 tails already: end another one"));
    live_close(&live);
}
