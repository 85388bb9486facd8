/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a signed request of the HTTP API. Input: method, path and prefix, each ended by a
 * line feed, then the query. What a query says comes through another one whole, the right signature
 * is accepted, any other is refused, and no refusal tells it.
 */
#include "auth/request_signature.h"
#include "base/utf8.h"
#include "fuzz.h"
#include "http/route.h"
#include "ody/auth.h"

#define NOW 1700000000

static ody_digests *digests;
static const ody_app app = {.id = "1", .keys = {{"key", "secret"}}, .enabled = true};

static bool contains(ody_view text, ody_view part)
{
    return part.length == 0 ||
           (text.length > 0 && memmem(text.data, text.length, part.data, part.length));
}

static bool is_inside(ody_view part, const char *memory, size_t size)
{
    return !part.data || (part.data >= memory && part.data + part.length <= memory + size);
}

/* A route borrows from nothing but the memory that it was given. */
static void check_route(ody_view path, ody_view prefix)
{
    char *memory = malloc(path.length > 0 ? path.length : 1);
    ody_http_route route;

    MUST(memory);
    route = ody_http_route_find(path, prefix, memory);
    MUST(route.endpoint < ODY_HTTP_ENDPOINTS);
    MUST((route.endpoint == ODY_HTTP_NOWHERE) == (route.methods == 0));
    MUST(is_inside(route.app_id, memory, path.length));
    MUST(is_inside(route.name, memory, path.length));
    MUST(is_inside(route.channel, memory, path.length));
    MUST(route.endpoint != ODY_HTTP_CONNECTION_CHANNEL || route.channel.length > 0);
    free(memory);
}

static bool is_own(ody_view name)
{
    return contains(ODY_VIEW("auth_key auth_timestamp auth_version auth_signature body_md5"), name);
}

static void append(ody_bytes *out, const char *text)
{
    ody_bytes_append_view(out, ody_view_of(text));
}

static void encode(ody_bytes *out, ody_view text)
{
    for (size_t index = 0; index < text.length; index++) {
        char coded[4];

        snprintf(coded, sizeof(coded), "%%%02X", (unsigned char)text.data[index]);
        append(out, coded);
    }
}

static void encode_parameter(ody_bytes *out, const ody_parameter *parameter)
{
    encode(out, parameter->name);
    append(out, parameter->list ? "[]=" : "=");
    encode(out, parameter->value);
    append(out, "&");
}

static void check_parameters(const ody_query *query)
{
    for (size_t index = 0; index < query->count; index++) {
        const ody_parameter *one = &query->parameters[index];

        MUST(one->name.length > 0 && ody_utf8_valid(one->name) && ody_utf8_valid(one->value));
        MUST(!memchr(one->name.data, '\0', one->name.length));
        for (size_t at = 0; at < one->name.length; at++) {
            MUST(one->name.data[at] < 'A' || one->name.data[at] > 'Z');
        }
        MUST(one->list || ody_view_equal(ody_query_find(query, one->name), one->value));
    }
}

/* The same query, encoded anew, says the same. */
static void check_round_trip(const ody_query *query)
{
    ody_bytes text = {0};
    ody_query again;
    ody_error error;

    for (size_t index = 0; index < query->count; index++) {
        encode_parameter(&text, &query->parameters[index]);
    }
    MUST(ody_query_parse(ody_bytes_view(&text), &again, &error) == 0);
    MUST(again.count == query->count);
    for (size_t index = 0; index < query->count; index++) {
        MUST(ody_view_equal(again.parameters[index].name, query->parameters[index].name));
        MUST(ody_view_equal(again.parameters[index].value, query->parameters[index].value));
        MUST(again.parameters[index].list == query->parameters[index].list);
    }
    ody_query_fini(&again);
    ody_bytes_fini(&text);
}

/* What is signed of a query, by another way than the engine's. */
static void join(const ody_query *query, ody_bytes *out)
{
    for (size_t index = 0; index < query->count; index++) {
        const ody_parameter *one = &query->parameters[index];
        bool more = index > 0 && ody_view_equal(one->name, one[-1].name);

        append(out, more ? "," : index > 0 ? "&" : "");
        if (!more) {
            ody_bytes_append_view(out, one->name);
            append(out, "=");
        }
        ody_bytes_append_view(out, one->value);
    }
}

static int verify(const ody_signed_request *request, const ody_query *query, ody_bytes *reason)
{
    ody_signed_request copy = *request;

    copy.query = query;
    reason->length = 0;
    return ody_request_verify(digests, &copy, &app, NOW, reason);
}

/* Adds a signature to a query's text and has it verified. */
static int verify_signed(const ody_signed_request *request, ody_bytes *text, const char *signature,
                         ody_bytes *reason)
{
    size_t length = text->length;
    ody_query query;
    ody_error error;
    int code;

    append(text, "auth_signature=");
    append(text, signature);
    MUST(ody_query_parse(ody_bytes_view(text), &query, &error) == 0);
    code = verify(request, &query, reason);
    ody_query_fini(&query);
    text->length = length;
    return code;
}

/* Signs the input's parameters as a library does, rightly and then with one digit changed. */
static void check_signing(const ody_signed_request *request, const ody_query *given)
{
    ody_bytes text = {0}, parameters = {0}, reason = {0};
    char right[ODY_SIGNATURE_HEX + 1];
    ody_query query;
    ody_error error;

    for (size_t index = 0; index < given->count; index++) {
        if (!is_own(given->parameters[index].name)) {
            encode_parameter(&text, &given->parameters[index]);
        }
    }
    append(&text, "auth_key=key&auth_timestamp=1700000000&auth_version=1.0&");
    if (ody_query_parse(ody_bytes_view(&text), &query, &error) == 0 &&
        query.count < ODY_QUERY_MAX) {
        join(&query, &parameters);
        const ody_view parts[] = {request->method, ODY_VIEW("\n"), request->path, ODY_VIEW("\n"),
                                  ody_bytes_view(&parameters)};

        MUST(ody_hmac_sha256_hex(ODY_VIEW("secret"), parts, 5, right) == 0);
        MUST(verify_signed(request, &text, right, &reason) == 0);
        right[given->count % ODY_SIGNATURE_HEX] ^= 1;
        MUST(verify_signed(request, &text, right, &reason) == ODY_ESIGNATURE);
        right[given->count % ODY_SIGNATURE_HEX] ^= 1;
        MUST(!contains(ody_bytes_view(&reason), ody_view_of(right)) ||
             contains(ody_bytes_view(&text), ody_view_of(right)));
    }
    ody_query_fini(&query);
    ody_bytes_fini(&text);
    ody_bytes_fini(&parameters);
    ody_bytes_fini(&reason);
}

/* The query as it came. Its signature can be right only by chance. */
static void check_refusal(const ody_signed_request *request, const ody_query *query)
{
    ody_bytes reason = {0};

    MUST(verify(request, query, &reason) == ODY_ESIGNATURE);
    MUST(reason.length > 0 && !reason.failed);
    for (size_t index = 0; index < reason.length; index++) {
        MUST(reason.data[index] >= 0x20 && reason.data[index] <= 0x7e);
    }
    ody_bytes_fini(&reason);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view rest = {size > 0 ? (const char *)data : "", size};
    ody_signed_request request = {.method = fuzz_take(&rest, '\n')};
    ody_query query = {0};
    ody_error error;
    int code;

    digests = digests ? digests : ody_digests_new();
    MUST(digests);
    request.path = fuzz_take(&rest, '\n');
    request.prefix = fuzz_take(&rest, '\n');
    check_route(request.path, request.prefix);
    code = ody_query_parse(rest, &query, &error);
    if (code < 0) {
        MUST(code == error.code && error.message[0] && !query.owned);
        return 0;
    }
    check_parameters(&query);
    check_round_trip(&query);
    check_refusal(&request, &query);
    check_signing(&request, &query);
    ody_query_fini(&query);
    return 0;
}
