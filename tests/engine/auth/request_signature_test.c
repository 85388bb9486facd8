/* SPDX-License-Identifier: MIT */
/* Signed requests: the protocol's vector, what server libraries do differently, and ten thousand
 * forgeries. */
#include "auth/request_signature.h"
#include <stdlib.h>
#include "base/memory.h"
#include "guard.h"
#include "ody/auth.h"

#define KEY "278d425bdf160c739803"
#define SECRET "7ad3773142a6692b25b8"
#define NOW 1353088179
#define BODY                                                                                       \
    "{\"name\":\"foo\",\"channels\":[\"project-3\"],\"data\":\"{\\\"some\\\":\\\"data\\\"}\"}"
#define BODY_MD5 "ec365a775a4cd0599faeb73354201b6f"
#define VECTOR                                                                                     \
    "auth_key=" KEY "&auth_timestamp=1353088179&auth_version=1.0&body_md5=" BODY_MD5               \
    "&auth_signature=da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c"

static const ody_app app = {.id = "3", .keys = {{KEY, SECRET}}};

/* One request in its parts. */
typedef struct parts {
    const char *method;
    const char *path;
    const char *prefix;
    const char *query;
    const char *body;
    uint64_t now;
} parts;

static const parts vector = {"POST", "/apps/3/events", "", VECTOR, BODY, NOW};

/* @return as ody_request_verify; the sentence goes into reason, which is 8192 bytes. */
static int verify_for(const ody_app *whose, const parts *request, char *reason)
{
    ody_digests *digests = ody_digests_new();
    ody_bytes said = {0};
    ody_query query;
    int code;

    CHECK_EQUAL(ody_query_parse(ody_view_of(request->query), &query, NULL), 0);
    code = ody_request_verify(digests,
                              &(ody_signed_request){
                                  .method = ody_test_guarded(ody_view_of(request->method)),
                                  .path = ody_test_guarded(ody_view_of(request->path)),
                                  .prefix = ody_view_of(request->prefix),
                                  .query = &query,
                              },
                              whose, request->now, &said);
    if (code == 0) {
        code = ody_request_verify_body(digests, &query,
                                       ody_test_guarded(ody_view_of(request->body)), &said);
    }
    ody_digests_free(digests);
    ody_query_fini(&query);
    snprintf(reason, 8192, "%.*s", (int)said.length, said.data ? said.data : "");
    ody_bytes_fini(&said);
    return code;
}

static int verify(const parts *request, char *reason)
{
    return verify_for(&app, request, reason);
}

/* Signs text as a library would, into a query. */
static void sign(const char *text, const char *query, char *out, size_t size)
{
    ody_view view = ody_view_of(text);
    char signature[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(ody_hmac_sha256_hex(ODY_VIEW(SECRET), &view, 1, signature), 0);
    snprintf(out, size, "%s&auth_signature=%s", query, signature);
}

#define AUTH "auth_key=" KEY "&auth_timestamp=1353088179&auth_version=1.0"

/* A GET without a body, whose library signed `text` and sent `path` and `query`. */
static int verify_get(const char *path, const char *prefix, const char *query, const char *text)
{
    char reason[8192], signed_query[2048];
    parts request = {"GET", path, prefix, signed_query, "", NOW};

    sign(text, query, signed_query, sizeof(signed_query));
    return verify(&request, reason);
}

TEST(accepts_the_vector_of_the_protocol)
{
    char reason[8192];

    CHECK_EQUAL(verify(&vector, reason), 0);
    CHECK_VIEW(ody_view_of(reason), ODY_VIEW(""));
}

TEST(tells_what_should_have_been_signed)
{
    char reason[8192];
    parts request = vector;

    request.method = "PUT";
    CHECK_EQUAL(verify(&request, reason), ODY_ESIGNATURE);
    CHECK_VIEW(ody_view_of(reason),
               ODY_VIEW("Invalid signature: you should have sent HmacSHA256Hex(\"PUT\\n/apps/3/"
                        "events\\nauth_key=" KEY
                        "&auth_timestamp=1353088179&auth_version=1.0&body_md5=" BODY_MD5
                        "\", your_secret_key), but you sent "
                        "\"da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c\""));
}

TEST(the_path_may_be_signed_without_the_prefix_or_with_it)
{
    CHECK_EQUAL(verify_get("/ws/apps/3/channels", "/ws", AUTH, "GET\n/apps/3/channels\n" AUTH), 0);
    CHECK_EQUAL(verify_get("/ws/apps/3/channels", "/ws", AUTH, "GET\n/ws/apps/3/channels\n" AUTH),
                0);
    CHECK_EQUAL(verify_get("/apps/3/channels", "/ws", AUTH, "GET\n/apps/3/channels\n" AUTH), 0);
    CHECK_EQUAL(verify_get("/apps/3/channels", "/ws", AUTH, "GET\n/ws/apps/3/channels\n" AUTH),
                ODY_ESIGNATURE);
    CHECK_EQUAL(verify_get("/ws/apps/3/channels", "", AUTH, "GET\n/apps/3/channels\n" AUTH),
                ODY_ESIGNATURE);
}

TEST(the_path_may_be_signed_encoded_or_not)
{
    static const char path[] = "/ws/apps/3/channels/a%40b%3bc/users";

    CHECK_EQUAL(verify_get(path, "/ws", AUTH, "GET\n/apps/3/channels/a%40b%3bc/users\n" AUTH), 0);
    CHECK_EQUAL(verify_get(path, "/ws", AUTH, "GET\n/apps/3/channels/a@b;c/users\n" AUTH), 0);
    CHECK_EQUAL(verify_get(path, "/ws", AUTH, "GET\n/ws/apps/3/channels/a@b;c/users\n" AUTH), 0);
    CHECK_EQUAL(verify_get(path, "/ws", AUTH, "GET\n/apps/3/channels/a%40b;c/users\n" AUTH),
                ODY_ESIGNATURE);
}

TEST(values_are_signed_decoded_and_names_in_lower_case)
{
    static const char text[] = "GET\n/apps/3/channels\n" AUTH
                               "&filter_by_prefix=presence-&info=user_count,subscription_count";

    CHECK_EQUAL(verify_get("/apps/3/channels", "",
                           "info=user_count%2Csubscription_count&filter_by_prefix=presence-&" AUTH,
                           text),
                0);
    CHECK_EQUAL(verify_get("/apps/3/channels", "",
                           AUTH "&Info=user_count,subscription_count&FILTER_by_prefix=presence-",
                           text),
                0);
    CHECK_EQUAL(verify_get("/apps/3/x", "", AUTH "&info=a+b%20c%2B",
                           "GET\n/apps/3/x\n" AUTH "&info=a b c+"),
                0);
}

TEST(lists_are_joined_with_commas)
{
    CHECK_EQUAL(verify_get("/apps/3/x", "", AUTH "&channels[]=b&channels[]=a&e=1",
                           "GET\n/apps/3/x\n" AUTH "&channels=b,a&e=1"),
                0);
    CHECK_EQUAL(verify_get("/apps/3/x", "", AUTH "&channels%5B0%5D=b&channels%5B1%5D=a&e=1",
                           "GET\n/apps/3/x\n" AUTH "&channels=b,a&e=1"),
                0);
    CHECK_EQUAL(
        verify_get("/apps/3/x", "", AUTH "&channels[]=a", "GET\n/apps/3/x\n" AUTH "&channels=a"),
        0);
}

TEST(both_active_keys_may_sign)
{
    ody_app rotating = {.id = "3", .keys = {{"new", "new-secret"}, {KEY, SECRET}}};
    ody_app rotated = {.id = "3", .keys = {{"new", "new-secret"}}};
    ody_app mixed = {.id = "3", .keys = {{KEY, "new-secret"}, {"old", SECRET}}};
    char reason[8192];

    CHECK_EQUAL(verify_for(&rotating, &vector, reason), 0);
    CHECK_EQUAL(verify_for(&rotated, &vector, reason), ODY_ESIGNATURE);
    CHECK_VIEW(ody_view_of(reason), ODY_VIEW("Unknown auth_key \"" KEY "\" for this app"));
    CHECK_EQUAL(verify_for(&mixed, &vector, reason), ODY_ESIGNATURE);
}

TEST(a_request_is_good_for_ten_minutes)
{
    static const struct {
        uint64_t now;
        int code;
    } rows[] = {
        {NOW - 601, ODY_ESIGNATURE}, {NOW - 600, 0},      {NOW + 600, 0},
        {NOW + 601, ODY_ESIGNATURE}, {0, ODY_ESIGNATURE}, {UINT64_MAX, ODY_ESIGNATURE},
    };
    char reason[8192];
    parts request = vector;

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        request.now = rows[index].now;
        CHECK_EQUAL(verify(&request, reason), rows[index].code);
    }
    request.now = NOW + 601;
    verify(&request, reason);
    CHECK_VIEW(ody_view_of(reason),
               ODY_VIEW("Timestamp expired: Given timestamp (2012-11-16T17:49:39Z) not within 600s "
                        "of server time (2012-11-16T17:59:40Z)"));
}

typedef struct refusal_row {
    const char *query;
    const char *body;
    const char *sentence;
} refusal_row;

#define SIGNED "&auth_signature=00"

TEST(refuses_each_incomplete_request_with_its_sentence)
{
    static const refusal_row rows[] = {
        {"", "", "Missing required parameter: auth_key"},
        {"auth_key=a", "", "Missing required parameter: auth_timestamp"},
        {"auth_key=a&auth_timestamp=1", "", "Missing required parameter: auth_version"},
        {"auth_key=a&auth_timestamp=1&auth_version=1.0", "",
         "Missing required parameter: auth_signature"},
        {"auth_key=a\"%0a&auth_timestamp=1&auth_version=1.0" SIGNED, "",
         "Unknown auth_key \"a??\" for this app"},
        {"auth_key=" KEY "&auth_timestamp=1353088179&auth_version=2.0" SIGNED, "",
         "Invalid version: auth_version must be 1.0"},
        {"auth_key=" KEY "&auth_timestamp=&auth_version=1.0" SIGNED, "",
         "Invalid timestamp: auth_timestamp must be in seconds since 1970"},
        {"auth_key=" KEY "&auth_timestamp=-1353088179&auth_version=1.0" SIGNED, "",
         "Invalid timestamp: auth_timestamp must be in seconds since 1970"},
        {"auth_key=" KEY "&auth_timestamp=1353088179.0&auth_version=1.0" SIGNED, "",
         "Invalid timestamp: auth_timestamp must be in seconds since 1970"},
        {"auth_key=" KEY "&auth_timestamp=18446744073711&auth_version=1.0" SIGNED, "",
         "Timestamp expired: Given timestamp (586524-01-19T08:01:51Z) not within 600s of server "
         "time (2012-11-16T17:49:39Z)"},
        {"auth_key=" KEY "&auth_timestamp=99999999999999999999&auth_version=1.0" SIGNED, "",
         "Invalid timestamp: auth_timestamp must be in seconds since 1970"},
        {AUTH "&auth_signature[]=00", "", "Missing required parameter: auth_signature"},
    };

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        char reason[8192];
        parts request = {"POST", "/apps/3/events", "", rows[index].query, rows[index].body, NOW};

        CHECK_EQUAL(verify(&request, reason), ODY_ESIGNATURE);
        CHECK_VIEW(ody_view_of(reason), ody_view_of(rows[index].sentence));
    }
}

TEST(the_body_must_be_the_one_that_was_signed)
{
    static const refusal_row rows[] = {
        {"", "{}", "Missing required parameter: body_md5, because the request has a body"},
        {"body_md5[]=" BODY_MD5, BODY,
         "Missing required parameter: body_md5, because the request has a body"},
        {"body_md5=" BODY_MD5, "{}", "Invalid body MD5: body_md5 is not the digest of the body"},
        {"body_md5=", "", "Invalid body MD5: body_md5 is not the digest of the body"},
        {"body_md5=" BODY_MD5, "", "Invalid body MD5: body_md5 is not the digest of the body"},
        {"body_md5=EC365A775A4CD0599FAEB73354201B6F", BODY,
         "Invalid body MD5: body_md5 is not the digest of the body"},
    };

    ody_digests *digests = ody_digests_new();

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        ody_bytes reason = {0};
        ody_query query;

        CHECK_EQUAL(ody_query_parse(ody_view_of(rows[index].query), &query, NULL), 0);
        CHECK_EQUAL(
            ody_request_verify_body(digests, &query, ody_view_of(rows[index].body), &reason),
            ODY_ESIGNATURE);
        CHECK_VIEW(ody_bytes_view(&reason), ody_view_of(rows[index].sentence));
        ody_query_fini(&query);
        ody_bytes_fini(&reason);
    }
    ody_digests_free(digests);
}

TEST(the_digest_of_no_body_may_be_sent_too)
{
    CHECK_EQUAL(verify_get("/apps/3/x", "", AUTH "&body_md5=d41d8cd98f00b204e9800998ecf8427e",
                           "GET\n/apps/3/x\n" AUTH "&body_md5=d41d8cd98f00b204e9800998ecf8427e"),
                0);
}

TEST(a_sentence_ends_where_a_caller_goes_on_for_ever)
{
    static char path[20000];
    char reason[8192];
    parts request = vector;

    memset(path, 'a', sizeof(path) - 1);
    request.path = path;
    CHECK_EQUAL(verify(&request, reason), ODY_ESIGNATURE);
    CHECK(strlen(reason) < 2048 && strstr(reason, "aaa...\\n"));
}

/* Replaces one byte with another one. */
static char other_byte(char byte)
{
    char other;

    do {
        other = (char)(1 + rand() % 126);
    } while (other == byte || (other | 0x20) == (byte | 0x20));
    return other;
}

/* The parameters of a good request, whose values may be changed. */
static const char *const names[] = {"auth_key", "auth_timestamp", "auth_version", "body_md5",
                                    "info"};

typedef struct forged_request {
    char method[8];
    char path[64];
    char names[5][24];
    char values[5][64];
    char signature[ODY_SIGNATURE_HEX + 1];
    char body[256];
} forged_request;

static forged_request good_request(void)
{
    static const char text[] =
        "POST\n/apps/3/events\n" AUTH "&body_md5=" BODY_MD5 "&info=user_count";
    ody_view view = ody_view_of(text);
    forged_request request = {
        .method = "POST",
        .path = "/apps/3/events",
        .values = {KEY, "1353088179", "1.0", BODY_MD5, "user_count"},
        .body = BODY,
    };

    for (size_t index = 0; index < 5; index++) {
        strcpy(request.names[index], names[index]);
    }
    CHECK_EQUAL(ody_hmac_sha256_hex(ODY_VIEW(SECRET), &view, 1, request.signature), 0);
    return request;
}

static void append_encoded(char *query, const char *text)
{
    for (; *text; text++) {
        sprintf(query + strlen(query), "%%%02x", (unsigned char)*text);
    }
}

static int send_forged(const forged_request *request)
{
    char reason[8192], query[4096] = "auth_signature=";
    parts sent = {request->method, request->path, "", query, request->body, NOW};

    append_encoded(query, request->signature);
    for (size_t index = 0; index < 5; index++) {
        strcat(query, "&");
        append_encoded(query, request->names[index]);
        strcat(query, "=");
        append_encoded(query, request->values[index]);
    }
    return verify(&sent, reason);
}

/* Changes one byte of what is signed; every part of the request has its turn. */
static void forge(forged_request *request)
{
    size_t part = (size_t)rand() % 14;
    char *text = part == 0   ? request->method
                 : part == 1 ? request->path
                 : part == 2 ? request->signature
                 : part == 3 ? request->body
                 : part < 9  ? request->names[part - 4]
                             : request->values[part - 9];
    size_t at = (size_t)rand() % strlen(text);

    text[at] = other_byte(text[at]);
}

TEST(no_request_that_differs_in_one_byte_is_accepted)
{
    forged_request good = good_request();

    srand(1);
    for (int round = 0; round < 10000; round++) {
        forged_request request = good;

        forge(&request);
        if (send_forged(&request) != ODY_ESIGNATURE) {
            FAIL("accepted in round %d: %s %s, %s", round, request.method, request.path,
                 request.body);
        }
        if (round % 100 == 0) {
            CHECK_EQUAL(send_forged(&good), 0);
        }
    }
}

TEST(survives_a_lack_of_memory_anywhere)
{
    char reason[8192];
    parts request = vector;
    int code;
    long n = 3; /* the first ones are the digests and the query */

    request.path = "/apps/3/%65vents";
    do {
        ody_memory_fail_at(n++);
        code = verify(&request, reason);
        ody_memory_fail_at(0);
    } while (code == ODY_EMEMORY);
    CHECK_EQUAL(code, 0);
    CHECK(n > 5);
}
