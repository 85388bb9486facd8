/* SPDX-License-Identifier: MIT */
/*
 * What is signed: method, path and all parameters but the signature, one a line. Libraries sign the
 * path with or without the server's prefix, percent-encoded or not.
 */
#include "auth/request_signature.h"

#include <stdio.h>
#include <time.h>
#include "base/number.h"
#include "base/options.h"
#include "ody/auth.h"
#include "wire/percent.h"

#define TIMESTAMP_DIGITS 15
#define TIME_TEXT 24
#define PATHS 4

/* Bytes of a text that the caller sent, as far as a sentence shows them. */
#define SHOWN_MAX 1024

typedef struct signature_check {
    ody_digests *digests;
    const ody_signed_request *request;
    ody_bytes *reason;
    ody_bytes parameters;  /* "k=v&k=v": the last line of what is signed */
    ody_bytes decoded;     /* the path without its percent-encoding */
    ody_view paths[PATHS]; /* that may have been signed; the likeliest first */
    size_t path_count;
} signature_check;

static void say(ody_bytes *reason, const char *text)
{
    ody_bytes_append_view(reason, ody_view_of(text));
}

/* Appends what a caller sent: on one line, printable, and not for ever. */
static void show(ody_bytes *reason, ody_view text)
{
    size_t length = text.length < SHOWN_MAX ? text.length : SHOWN_MAX;

    for (size_t index = 0; index < length; index++) {
        unsigned char byte = (unsigned char)text.data[index];

        ody_bytes_append_byte(reason, byte < 0x20 || byte > 0x7e || byte == '"' ? '?' : (char)byte);
    }
    say(reason, length < text.length ? "..." : "");
}

static int refuse(ody_bytes *reason, const char *text)
{
    say(reason, text);
    return ODY_ESIGNATURE;
}

/* All parameters but the signature. The query has them sorted and in lower case. */
static void join_parameters(const ody_query *query, ody_bytes *out)
{
    ody_view last = ODY_VIEW_NONE;

    for (size_t index = 0; index < query->count; index++) {
        const ody_parameter *one = &query->parameters[index];

        if (ody_view_equal(one->name, ODY_VIEW("auth_signature"))) {
            continue;
        }
        if (one->list && last.data && ody_view_equal(one->name, last)) {
            ody_bytes_append_byte(out, ',');
        } else {
            ody_bytes_append_view(out, last.data ? ODY_VIEW("&") : ODY_VIEW(""));
            ody_bytes_append_view(out, one->name);
            ody_bytes_append_byte(out, '=');
        }
        ody_bytes_append_view(out, one->value);
        last = one->name;
    }
}

static void add_path(signature_check *self, ody_view path)
{
    for (size_t index = 0; index < self->path_count; index++) {
        if (ody_view_equal(self->paths[index], path)) {
            return;
        }
    }
    self->paths[self->path_count++] = path;
}

/* A path, and before it the same without the prefix. */
static void add_paths(signature_check *self, ody_view path)
{
    ody_view prefix = self->request->prefix;

    if (prefix.length > 0 && ody_view_starts(path, prefix)) {
        add_path(self, (ody_view){path.data + prefix.length, path.length - prefix.length});
    }
    add_path(self, path);
}

/* @return false without memory. */
static bool list_paths(signature_check *self)
{
    ody_view path = self->request->path;

    add_paths(self, path);
    if (path.length == 0 || !memchr(path.data, '%', path.length)) {
        return true;
    }
    if (!ody_bytes_reserve(&self->decoded, path.length)) {
        return false;
    }
    self->decoded.length = ody_percent_decode(path, false, self->decoded.data);
    add_paths(self, ody_bytes_view(&self->decoded));
    return true;
}

int ody_request_verify_body(ody_digests *digests, const ody_query *query, ody_view body,
                            ody_bytes *reason)
{
    ody_view sent = ody_query_find(query, ODY_VIEW("body_md5"));
    char right[ODY_MD5_HEX];
    int code;

    if (!sent.data) {
        return body.length == 0 ? 0
                                : refuse(reason, "Missing required parameter: body_md5, because "
                                                 "the request has a body");
    }
    code = ody_digests_md5(digests, body, right);
    if (code < 0) {
        return code;
    }
    return ody_secret_equal(sent, (ody_view){right, ODY_MD5_HEX})
               ? 0
               : refuse(reason, "Invalid body MD5: body_md5 is not the digest of the body");
}

static void show_time(ody_bytes *reason, uint64_t seconds)
{
    time_t time = (time_t)seconds;
    struct tm parts;
    char text[TIME_TEXT] = "?";

    if (gmtime_r(&time, &parts)) {
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts);
    }
    say(reason, text);
}

static int check_time(ody_view sent, uint64_t now, ody_bytes *reason)
{
    uint64_t given;

    if (sent.length > TIMESTAMP_DIGITS || !ody_number_parse(sent, UINT64_MAX / 16, &given)) {
        return refuse(reason, "Invalid timestamp: auth_timestamp must be in seconds since 1970");
    }
    if ((given > now ? given - now : now - given) <= ODY_SIGNATURE_WINDOW) {
        return 0;
    }
    say(reason, "Timestamp expired: Given timestamp (");
    show_time(reason, given);
    say(reason, ") not within 600s of server time (");
    show_time(reason, now);
    return refuse(reason, ")");
}

/* The secret of the key that the caller names. */
static int find_secret(const ody_query *query, const ody_app *app, const char **secret,
                       ody_bytes *reason)
{
    ody_view key = ody_query_find(query, ODY_VIEW("auth_key"));

    *secret = ody_app_secret(app, key);
    if (*secret) {
        return 0;
    }
    say(reason, "Unknown auth_key \"");
    show(reason, key);
    return refuse(reason, "\" for this app");
}

static int check_complete(const ody_query *query, ody_bytes *reason)
{
    static const char *const needed[] = {"auth_key", "auth_timestamp", "auth_version",
                                         "auth_signature"};

    for (size_t index = 0; index < sizeof(needed) / sizeof(needed[0]); index++) {
        if (!ody_query_find(query, ody_view_of(needed[index])).data) {
            say(reason, "Missing required parameter: ");
            return refuse(reason, needed[index]);
        }
    }
    return 0;
}

static int check_parameters(const ody_query *query, uint64_t now, ody_bytes *reason)
{
    if (!ody_view_equal(ody_query_find(query, ODY_VIEW("auth_version")), ODY_VIEW("1.0"))) {
        return refuse(reason, "Invalid version: auth_version must be 1.0");
    }
    return check_time(ody_query_find(query, ODY_VIEW("auth_timestamp")), now, reason);
}

static int refuse_signature(const signature_check *self, ody_view sent)
{
    ody_bytes *reason = self->reason;

    say(reason, "Invalid signature: you should have sent HmacSHA256Hex(\"");
    show(reason, self->request->method);
    say(reason, "\\n");
    show(reason, self->paths[0]);
    say(reason, "\\n");
    show(reason, ody_bytes_view(&self->parameters));
    say(reason, "\", your_secret_key), but you sent \"");
    show(reason, sent);
    return refuse(reason, "\"");
}

static int check_signature(signature_check *self, const char *secret)
{
    ody_view sent = ody_query_find(self->request->query, ODY_VIEW("auth_signature"));

    for (size_t index = 0; index < self->path_count; index++) {
        const ody_view parts[] = {self->request->method, ODY_VIEW("\n"), self->paths[index],
                                  ODY_VIEW("\n"), ody_bytes_view(&self->parameters)};
        char right[ODY_SIGNATURE_HEX + 1];
        int code = ody_digests_hmac(self->digests, ody_view_of(secret), parts, 5, right);

        if (code < 0) {
            return code;
        }
        if (ody_secret_equal(sent, (ody_view){right, ODY_SIGNATURE_HEX})) {
            return 0;
        }
    }
    return refuse_signature(self, sent);
}

int ody_request_verify(ody_digests *digests, const ody_signed_request *request, const ody_app *app,
                       uint64_t now, ody_bytes *reason)
{
    signature_check self = {.digests = digests, .request = request, .reason = reason};
    const char *secret;
    int code = check_complete(request->query, reason);

    if (code == 0) {
        code = find_secret(request->query, app, &secret, reason);
    }
    if (code == 0) {
        code = check_parameters(request->query, now, reason);
    }
    if (code < 0) {
        return code;
    }
    join_parameters(request->query, &self.parameters);
    code =
        list_paths(&self) && !self.parameters.failed ? check_signature(&self, secret) : ODY_EMEMORY;
    ody_bytes_fini(&self.parameters);
    ody_bytes_fini(&self.decoded);
    return code;
}
