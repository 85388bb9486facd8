/* SPDX-License-Identifier: MIT */
/* The server on the test's own loop, and clients made of plain sockets. */
#include "live_http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/map.h"
#include "ody/auth.h"
#include "live_shard.h"
#include "ody/log.h"

#define DEADLINE_MS 20000
#define REQUEST_SIZE 16384

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
    live->requests = ody_requests_new(&live->options, 1, &live_shard_transport, live);
    live->tails = ody_tails_new(1, &live_shard_transport, live);
    CHECK(live->loop && live->shared && live->requests && live->tails);
    if (ody_http_server_new(&(ody_http_setup){.loop = live->loop,
                                              .listen_fd = listen ? live->listening : -1,
                                              .requests = live->requests,
                                              .tails = live->tails,
                                              .shared = live->shared,
                                              .transport = &live_shard_transport,
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

void live_open_pages(live_http *live, bool debug, const char *password)
{
    live_init(live);
    live->options.debug = debug;
    live->options.inspector_password = password;
    live_open(live, false);
}

void live_close(live_http *live)
{
    ody_http_server_free(live->server);
    CHECK_EQUAL(ody_requests_pending(live->requests), 0);
    live_shard_answer(live);
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
        live_shard_answer(live);
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
