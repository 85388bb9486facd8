/* SPDX-License-Identifier: MIT */
/* The server on the test's own loop, the played shard, and clients made of plain sockets. */
#include "live_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/map.h"
#include "base/memory.h"
#include "ody/auth.h"
#include "ody/log.h"

#define DEADLINE_MS 20000
#define REQUEST_SIZE 16384

static void note(live_http *live, const ody_mail *mail, const char *kind)
{
    size_t used = strlen(live->asked);

    snprintf(live->asked + used, sizeof(live->asked) - used, "%s %u %.*s %.*s %.*s %u\n", kind,
             mail->app, (int)mail->channel.length, mail->channel.data, (int)mail->event.length,
             mail->event.data, (int)mail->data.length, mail->data.data,
             (unsigned)mail->client.first);
}

static bool named(const ody_mail *mail, const char *prefix)
{
    return ody_view_starts(mail->channel, ody_view_of(prefix));
}

static unsigned long subscribers_of(const ody_mail *mail)
{
    char text[16] = {0};

    if (named(mail, "many-")) {
        snprintf(text, sizeof(text), "%.*s", (int)mail->channel.length - 5, mail->channel.data + 5);
        return strtoul(text, NULL, 10);
    }
    return named(mail, "empty") || named(mail, "presence-empty") || named(mail, "missing") ? 0 : 3;
}

static void give(ody_mail *mail, const void *data, size_t length)
{
    mail->result = ody_memdup(data, length);
    mail->result_length = mail->result ? length : 0;
    if (!mail->result) {
        mail->code = ODY_EMEMORY;
        mail->number = 0;
    }
}

static void answer_publish(live_http *live, ody_mail *mail)
{
    note(live, mail, "publish");
    mail->number = mail->subscribers = (uint32_t)subscribers_of(mail);
    mail->users = mail->number > 0 ? 2 : 0;
    if (named(mail, "missing")) {
        mail->code = ODY_ECHANNEL_NOT_FOUND;
    }
}

static void answer_channel(ody_mail *mail)
{
    mail->subscribers = (uint32_t)subscribers_of(mail);
    mail->users = mail->subscribers > 0 ? 2 : 0;
    if (named(mail, "cache-")) {
        give(mail, "\"{\\\"a\\\":1}\"", 11);
        mail->number = 59001;
    }
}

static void answer_channels(ody_mail *mail)
{
    static const ody_channel_entry listing[] = {
        {.name = {"orders", 6}, .type = "public", .subscribers = 3},
        {.name = {"presence-room", 13}, .type = "presence", .subscribers = 5, .users = 4},
    };
    bool presence = ody_view_starts(mail->data, ODY_VIEW("presence-"));

    mail->number = presence ? 1 : 2;
    give(mail, listing + presence, mail->number * sizeof(*listing));
}

static void answer_subscribers(ody_mail *mail)
{
    unsigned long count = subscribers_of(mail);
    ody_socket_id *ids = ody_malloc(count * sizeof(*ids));

    if (!ids) {
        mail->code = ODY_EMEMORY;
        return;
    }
    for (unsigned long index = 0; index < count; index++) {
        ids[index] = (ody_socket_id){1 + ODY_SHARDS_MAX * index, index + 7};
    }
    mail->result = ids;
    mail->result_length = count * sizeof(*ids);
    mail->number = count;
}

static void answer_users(ody_mail *mail)
{
    static const char users[] = "[{\"user_id\":\"1\",\"user_info\":{}},"
                                "{\"user_id\":\"b\",\"user_info\":{\"n\":1}}]";

    if (subscribers_of(mail) == 0) {
        give(mail, "[]", 2);
    } else {
        give(mail, users, sizeof(users) - 1);
    }
}

/* Entry number `index` of 1200: every seventh connection has bytes that wait. */
static ody_browse_entry entry_of(const ody_mail *mail, uint64_t index)
{
    ody_browse_entry entry = {.weight = index % 7 == 0 ? (uint32_t)index + 1 : 0};

    switch ((ody_browse_kind)mail->position) {
    case ODY_BROWSE_CONNECTIONS:
    case ODY_BROWSE_CONNECTION:
    case ODY_BROWSE_SUBSCRIBERS:
    case ODY_BROWSE_USER:
        entry.id = (ody_socket_id){1 + ODY_SHARDS_MAX * index, 100 + index};
        entry.name = index % 2 ? ODY_VIEW("ann") : ODY_VIEW_NONE;
        entry.address[10] = entry.address[11] = 0xff;
        entry.address[12] = (uint8_t)(index / 256 + 1);
        entry.address[15] = (uint8_t)index;
        entry.channels = 2;
        entry.age = 3;
        entry.silence = 4;
        entry.protocol = 7;
        break;
    default:
        entry.name = (ody_view){"abcdefghijklmnopqrstuvwxyz" + index % 26, 1 + index % 26 / 13};
        entry.info = ODY_VIEW("{\"x\":[]}");
        entry.type = "public";
        entry.on = true;
    }
    return entry;
}

/* Steps of 500. The result is like that of a shard, but its texts are constant. */
static void answer_browse(live_http *live, ody_mail *mail)
{
    bool few = mail->position != ODY_BROWSE_CONNECTIONS;
    uint64_t last = few ? (mail->position == ODY_BROWSE_CONNECTION ? 1 : 13) : 1200;
    uint64_t end = mail->number + 500 < last ? mail->number + 500 : last;
    ody_browse_entry entries[500];

    note(live, mail, "browse");
    if (mail->position == ODY_BROWSE_CONNECTION && mail->client.second != 2) {
        end = last = 0;
    }
    mail->users = (uint32_t)(end - mail->number);
    mail->info = mail->position == ODY_BROWSE_SUBSCRIPTIONS && mail->client.second == 3;
    for (uint64_t index = mail->number; index < end; index++) {
        entries[index - mail->number] = entry_of(mail, index);
    }
    give(mail, entries, (end - mail->number) * sizeof(entries[0]));
    mail->subscribers = mail->users;
    mail->number = end < last ? end : 0;
}

static void answer_question(live_http *live, ody_mail *mail)
{
    switch (mail->kind) {
    case ODY_MAIL_BROWSE:
        answer_browse(live, mail);
        break;
    case ODY_MAIL_DISMISS:
        note(live, mail, "dismiss");
        mail->number = mail->client.second == 2;
        break;
    case ODY_MAIL_OBSERVE:
    case ODY_MAIL_UNOBSERVE:
        note(live, mail, mail->kind == ODY_MAIL_OBSERVE ? "observe" : "unobserve");
        ody_mail_free(mail);
        return;
    case ODY_MAIL_PUBLISH:
        answer_publish(live, mail);
        break;
    case ODY_MAIL_SUBSCRIBERS:
        answer_subscribers(mail);
        break;
    case ODY_MAIL_USERS:
        answer_users(mail);
        break;
    case ODY_MAIL_CHANNEL:
        answer_channel(mail);
        break;
    case ODY_MAIL_CHANNELS:
        answer_channels(mail);
        break;
    case ODY_MAIL_WHISPER:
        note(live, mail, "whisper");
        mail->number = mail->client.second == 2;
        break;
    default:
        note(live, mail, "other");
        mail->number = named(mail, "yes");
    }
    if (named(mail, "broken")) {
        mail->code = ODY_EMEMORY;
    }
    mail->kind = ODY_MAIL_ANSWER;
    ody_requests_mail(live->requests, mail);
}

static void answer_all(live_http *live)
{
    ody_mailbox_node *node = live->first;

    live->first = NULL;
    live->last = &live->first;
    while (node) {
        ody_mailbox_node *next = node->next;

        answer_question(live, (ody_mail *)node);
        node = next;
    }
}

static int post(void *context, unsigned target, ody_mail *take_mail, bool must)
{
    live_http *live = context;

    CHECK_EQUAL(target, 0);
    if (live->jammed && !must) {
        return ODY_EOVERLOADED;
    }
    if (take_mail->kind == ODY_MAIL_UPGRADE) {
        CHECK_EQUAL(live->given, -1);
        snprintf(live->head, sizeof(live->head), "%.*s", (int)take_mail->data.length,
                 take_mail->data.data);
        live->given = ody_mail_take_socket(take_mail);
        return 0;
    }
    take_mail->node.next = NULL;
    *live->last = &take_mail->node;
    live->last = &take_mail->node.next;
    return 0;
}

static bool full(void *context, unsigned target)
{
    (void)target;
    return ((live_http *)context)->jammed;
}

static const ody_transport transport = {.post = post, .full = full};

static void write_metrics(void *context, ody_bytes *out)
{
    (void)context;
    ody_bytes_append_literal(out, "ody_up 1\n");
}

static void write_overview(void *context, ody_bytes *out)
{
    (void)context;
    ody_bytes_append_literal(out, "{\"numbers\":1}");
}

static bool is_ready(void *context)
{
    return !((const live_http *)context)->not_ready;
}

void live_init(live_http *live)
{
    memset(live, 0, sizeof(*live));
    live->given = -1;
    live->trusted = (ody_network){.address = {[10] = 0xff, 0xff, 10}, .prefix_bits = 104};
    live->proxies = (ody_network){.address = {[10] = 0xff, 0xff, 10, 9}, .prefix_bits = 112};
    live->options = (ody_options){
        .host = "127.0.0.1",
        .path = "",
        .worker_num = 1,
        .trusted_proxies = &live->proxies,
        .trusted_proxy_count = 1,
        .http =
            {
                .enabled = true,
                .request_size = 100000,
                .trusted = &live->trusted,
                .trusted_count = 1,
            },
        .limits = {.message_size = 65536, .mailbox_size = 64u << 20, .handshake_time = 5000},
    };
    live->apps = test_apps(&live->options, 2, KEY, SECRET);
    signal(SIGPIPE, SIG_IGN);
    ody_log_setup(STDERR_FILENO, ODY_LOG_ERROR, ODY_LOG_READABLE);
    ody_hash_seed();
}

static int listen_on_loopback(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    CHECK(bind(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(listen(descriptor, 4096) == 0);
    CHECK(getsockname(descriptor, (struct sockaddr *)&address, &length) == 0);
    *port = ntohs(address.sin_port);
    return descriptor;
}

void live_open(live_http *live, bool listen)
{
    ody_error error;

    live->listening = listen_on_loopback(&live->port);
    live->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOSIGMASK);
    live->last = &live->first;
    live->shared = ody_shared_new(&live->options);
    live->requests = ody_requests_new(&live->options, 1, &transport, live);
    live->tails = ody_tails_new(1, &transport, live);
    CHECK(live->loop && live->shared && live->requests && live->tails);
    if (ody_http_server_new(&(ody_http_setup){.loop = live->loop,
                                              .listen_fd = listen ? live->listening : -1,
                                              .requests = live->requests,
                                              .tails = live->tails,
                                              .shared = live->shared,
                                              .transport = &transport,
                                              .transport_context = live,
                                              .shard_count = 1,
                                              .options = &live->options,
                                              .metrics = write_metrics,
                                              .overview = write_overview,
                                              .ready = is_ready,
                                              .context = live},
                            &live->server, &error) < 0) {
        FAIL("%s", error.message);
    }
}

void live_close(live_http *live)
{
    ody_http_server_free(live->server);
    CHECK_EQUAL(ody_requests_pending(live->requests), 0);
    answer_all(live);
    ody_requests_free(live->requests);
    ody_tails_free(live->tails);
    ody_shared_free(live->shared);
    ev_loop_destroy(live->loop);
    close(live->listening);
}

void live_turn(live_http *live)
{
    ev_run(live->loop, EVRUN_NOWAIT);
    if (!live->hold && live->first) {
        answer_all(live);
        ev_run(live->loop, EVRUN_NOWAIT);
    }
}

void live_release(live_http *live)
{
    live->hold = false;
    live_turn(live);
}

static int connect_plain(live_http *live)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(live->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0);
    CHECK(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0);
    return descriptor;
}

static int accept_one(live_http *live)
{
    struct pollfd watched = {.fd = live->listening, .events = POLLIN};
    int descriptor;

    CHECK_EQUAL(poll(&watched, 1, DEADLINE_MS), 1);
    descriptor = accept4(live->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    CHECK(descriptor >= 0);
    return descriptor;
}

int live_connect(live_http *live)
{
    int descriptor = connect_plain(live);

    if (live->server->setup.listen_fd < 0) {
        ody_http_server_socket(live->server, accept_one(live));
    }
    return descriptor;
}

int live_connect_from(live_http *live, const char *address)
{
    struct sockaddr_storage peer = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)&peer;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&peer;
    int descriptor = connect_plain(live);

    if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
    } else {
        CHECK_EQUAL(inet_pton(AF_INET6, address, &six->sin6_addr), 1);
        six->sin6_family = AF_INET6;
    }
    ody__http_server_add(live->server, accept_one(live), &peer);
    return descriptor;
}

void live_send(live_http *live, int descriptor, const char *data, size_t length)
{
    uint64_t deadline = ody_clock_ms() + DEADLINE_MS;

    while (length > 0) {
        ssize_t count = send(descriptor, data, length, MSG_NOSIGNAL);

        if (count > 0) {
            data += count;
            length -= (size_t)count;
        } else if (errno != EAGAIN) {
            return; /* the server has had enough */
        }
        live_turn(live);
        CHECK(ody_clock_ms() < deadline);
    }
}

/* Turns the loop until descriptor has something to say. @return what recv returned. */
static ssize_t receive(live_http *live, int descriptor, char *data, size_t size)
{
    uint64_t deadline = ody_clock_ms() + DEADLINE_MS;

    for (;;) {
        struct pollfd watched = {.fd = descriptor, .events = POLLIN};
        ssize_t count = recv(descriptor, data, size, 0);

        if (count >= 0 || errno != EAGAIN) {
            return count < 0 ? 0 : count;
        }
        if (ody_clock_ms() >= deadline) {
            FAIL("no answer in %d ms", DEADLINE_MS);
        }
        live_turn(live);
        poll(&watched, 1, 1);
    }
}

static size_t content_length(const live_answer *answer)
{
    const char *found = strcasestr(answer->head, "\r\nContent-Length: ");

    if (!found) {
        FAIL("an answer without Content-Length: %s", answer->head);
    }
    return strtoul(found + 18, NULL, 10);
}

live_answer live_read_head(live_http *live, int descriptor)
{
    live_answer answer = {0};
    size_t length = 0;

    while (!strstr(answer.head, "\r\n\r\n")) {
        CHECK(length < sizeof(answer.head) - 1);
        if (receive(live, descriptor, answer.head + length, 1) != 1) {
            FAIL("the server left; what it said is: %s", answer.head);
        }
        length++;
    }
    CHECK_EQUAL(sscanf(answer.head, "HTTP/1.1 %d ", &answer.status), 1);
    return answer;
}

live_answer live_read(live_http *live, int descriptor)
{
    live_answer answer = live_read_head(live, descriptor);
    size_t wanted;

    if (answer.status == 204 || answer.status == 304 || answer.status == 100) {
        answer.body = calloc(1, 1);
        return answer;
    }
    wanted = content_length(&answer);
    answer.body = calloc(1, wanted + 1);
    while (answer.length < wanted) {
        ssize_t count =
            receive(live, descriptor, answer.body + answer.length, wanted - answer.length);

        CHECK(count > 0);
        answer.length += (size_t)count;
    }
    return answer;
}

bool live_ended_but(live_http *live, int descriptor, char *byte)
{
    return receive(live, descriptor, byte, 1) == 0;
}

bool live_ended(live_http *live, int descriptor)
{
    char byte;

    return live_ended_but(live, descriptor, &byte);
}

bool live_silent(live_http *live, int descriptor)
{
    char byte;

    for (int round = 0; round < 10; round++) {
        live_turn(live);
    }
    return recv(descriptor, &byte, 1, MSG_PEEK) < 0 && errno == EAGAIN;
}

void live_check(live_answer answer, int status, const char *body)
{
    if (answer.status != status) {
        FAIL("status %d, not %d: %s", answer.status, status, answer.body);
    }
    if (body) {
        CHECK_VIEW(((ody_view){answer.body, answer.length}), ody_view_of(body));
    }
    free(answer.body);
}

void live_check_header(const live_answer *answer, const char *name, const char *value)
{
    char line[512];
    const char *found;

    snprintf(line, sizeof(line), "\r\n%s: ", name);
    found = strcasestr(answer->head, line);
    if (!value && found) {
        FAIL("there is a header %s in %s", name, answer->head);
    }
    if (value) {
        snprintf(line, sizeof(line), "\r\n%s: %s\r\n", name, value);
        if (!strcasestr(answer->head, line)) {
            FAIL("no header %s: %s in %s", name, value, answer->head);
        }
    }
}

static void md5_hex(const char *text, char out[33])
{
    unsigned char digest[16];

    CHECK(EVP_Digest(text, strlen(text), digest, NULL, EVP_md5(), NULL));
    for (int index = 0; index < 16; index++) {
        sprintf(out + 2 * index, "%02x", digest[index]);
    }
}

/* All parameters, sorted and joined as they are signed. */
static void join(const char *text, char *out, size_t size)
{
    ody_query query;
    size_t used = 0;

    CHECK_EQUAL(ody_query_parse(ody_view_of(text), &query, NULL), 0);
    for (size_t index = 0; index < query.count; index++) {
        const ody_parameter *one = &query.parameters[index];

        used += (size_t)snprintf(out + used, size - used, "%s%.*s=%.*s", index ? "&" : "",
                                 (int)one->name.length, one->name.data, (int)one->value.length,
                                 one->value.data);
    }
    ody_query_fini(&query);
}

void live_sign_as(char *out, const char *key, const char *secret, uint64_t time, const char *method,
                  const char *path, const char *body)
{
    const char *mark = strchr(path, '?');
    int length = (int)(mark ? mark - path : (long)strlen(path));
    char query[2048], joined[2048], digest[33] = "", signature[ODY_SIGNATURE_HEX + 1];
    char content[64] = "";

    if (body && *body) {
        md5_hex(body, digest);
        snprintf(content, sizeof(content), "Content-Length: %zu\r\n", strlen(body));
    }
    snprintf(query, sizeof(query), "auth_key=%s&auth_timestamp=%llu&auth_version=1.0%s%s%s%s", key,
             (unsigned long long)time, *digest ? "&body_md5=" : "", digest, mark ? "&" : "",
             mark ? mark + 1 : "");
    join(query, joined, sizeof(joined));
    CHECK_EQUAL(ody_hmac_sha256_hex(ody_view_of(secret),
                                    (const ody_view[]){ody_view_of(method),
                                                       ODY_VIEW("\n"),
                                                       {path, (size_t)length},
                                                       ODY_VIEW("\n"),
                                                       ody_view_of(joined)},
                                    5, signature),
                0);
    snprintf(out, REQUEST_SIZE,
             "%s %.*s?%s&auth_signature=%s HTTP/1.1\r\nHost: localhost\r\n%s\r\n%s", method, length,
             path, query, signature, content, body ? body : "");
}

void live_sign(char *out, const char *method, const char *path, const char *body)
{
    live_sign_as(out, KEY, SECRET, ody_clock_unix_ms() / 1000, method, path, body);
}

void live_ask(live_http *live, const char *address, const char *request, int status,
              const char *answer)
{
    int descriptor = live_connect_from(live, address);

    live_send_text(live, descriptor, request);
    live_check(live_read(live, descriptor), status, answer);
    close(descriptor);
}

void live_api(live_http *live, const char *method, const char *path, const char *body, int status,
              const char *answer)
{
    char request[REQUEST_SIZE];

    live_sign(request, method, path, body);
    live_ask(live, "192.0.2.1", request, status, answer);
}
