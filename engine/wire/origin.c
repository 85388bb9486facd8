/* SPDX-License-Identifier: MIT */
/* Takes origins and patterns apart, and compares them part by part. */
#include "wire/origin.h"

#include <stdint.h>
#include <strings.h>

/* An origin, or a pattern for some. Parts that are absent are ODY_VIEW_NONE. */
typedef struct origin_parts {
    ody_view scheme;
    ody_view host; /* of IPv6 with its brackets */
    ody_view port;
} origin_parts;

static bool same(ody_view a, ody_view b)
{
    return a.length == b.length && (a.length == 0 || strncasecmp(a.data, b.data, a.length) == 0);
}

static bool same_byte(char a, char b)
{
    return same((ody_view){&a, 1}, (ody_view){&b, 1});
}

/* Whether text is what a pattern with * describes. The last * met takes more when the rest does not
 * fit; earlier ones need not be tried again. */
static bool fits(ody_view pattern, ody_view text)
{
    size_t at = 0, in_text = 0, star = SIZE_MAX, taken = 0;

    while (in_text < text.length) {
        if (at < pattern.length && pattern.data[at] == '*') {
            star = at++;
            taken = in_text;
        } else if (at < pattern.length && same_byte(pattern.data[at], text.data[in_text])) {
            at++;
            in_text++;
        } else if (star != SIZE_MAX) {
            at = star + 1;
            in_text = ++taken;
        } else {
            return false;
        }
    }
    while (at < pattern.length && pattern.data[at] == '*') {
        at++;
    }
    return at == pattern.length;
}

static ody_view after(ody_view text, size_t skipped)
{
    return (ody_view){text.data + skipped, text.length - skipped};
}

static ody_view before(ody_view text, const char *end)
{
    return (ody_view){text.data, (size_t)(end - text.data)};
}

/* Takes text apart. Whatever is neither scheme nor port stays in the host. */
static origin_parts split(ody_view text)
{
    origin_parts parts = {.host = text};
    const char *mark = memmem(text.data, text.length, "://", 3);
    const char *colon;

    if (mark) {
        parts.scheme = before(text, mark);
        parts.host = after(text, parts.scheme.length + 3);
    }
    colon = memrchr(parts.host.data, ':', parts.host.length);
    if (colon && !memchr(colon, ']', (size_t)(parts.host.data + parts.host.length - colon))) {
        parts.port = after(parts.host, (size_t)(colon - parts.host.data) + 1);
        parts.host = before(parts.host, colon);
    }
    return parts;
}

static bool is_letter_or_digit(char byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* Whether all bytes are letters, digits or among the others. */
static bool consists_of(ody_view text, const char *others)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '\0' ||
            (!is_letter_or_digit(text.data[i]) && !strchr(others, text.data[i]))) {
            return false;
        }
    }
    return true;
}

static bool is_port(ody_view port)
{
    for (size_t i = 0; i < port.length; i++) {
        if (port.data[i] < '0' || port.data[i] > '9') {
            return false;
        }
    }
    return !port.data || (port.length >= 1 && port.length <= 5);
}

static bool is_host(ody_view host)
{
    if (host.length >= 2 && host.data[0] == '[') {
        return host.data[host.length - 1] == ']' &&
               consists_of((ody_view){host.data + 1, host.length - 2}, ":.");
    }
    return consists_of(host, "-._");
}

/* Whether it is what browsers send: nothing hides in it that is no scheme, host or port. */
static bool is_origin(const origin_parts *parts)
{
    return parts->scheme.length > 0 && consists_of(parts->scheme, "+-.") && is_host(parts->host) &&
           is_port(parts->port);
}

/* The port that browsers leave out, or ODY_VIEW_NONE. */
static ody_view usual_port(ody_view scheme)
{
    if (same(scheme, ODY_VIEW("https")) || same(scheme, ODY_VIEW("wss"))) {
        return ODY_VIEW("443");
    }
    if (same(scheme, ODY_VIEW("http")) || same(scheme, ODY_VIEW("ws"))) {
        return ODY_VIEW("80");
    }
    return ODY_VIEW_NONE;
}

static bool port_fits(const origin_parts *pattern, const origin_parts *origin)
{
    ody_view usual = usual_port(origin->scheme);
    ody_view port = origin->port.data ? origin->port : usual;

    if (pattern->port.data) {
        return fits(pattern->port, port);
    }
    return !pattern->scheme.data || same(port, usual);
}

static bool pattern_fits(ody_view text, const origin_parts *origin)
{
    origin_parts pattern = split(text);

    return (!pattern.scheme.data || fits(pattern.scheme, origin->scheme)) &&
           fits(pattern.host, origin->host) && port_fits(&pattern, origin);
}

/* Takes the next pattern off the front. @return whether there was one. */
static bool next_pattern(const char **patterns, ody_view *pattern)
{
    const char *start = *patterns + strspn(*patterns, " ");

    *pattern = (ody_view){start, strcspn(start, " ")};
    *patterns = start + pattern->length;
    return pattern->length > 0;
}

bool ody_origin_allowed(const char *patterns, ody_view origin)
{
    bool opaque = ody_view_equal(origin, ODY_VIEW("null"));
    origin_parts parts = split(origin.data ? origin : ODY_VIEW(""));
    bool known = is_origin(&parts);
    ody_view pattern;
    bool any = false;

    if (!origin.data) {
        return true;
    }
    while (next_pattern(&patterns, &pattern)) {
        any = true;
        if (ody_view_equal(pattern, ODY_VIEW("*")) ||
            (opaque && ody_view_equal(pattern, ODY_VIEW("null"))) ||
            (known && pattern_fits(pattern, &parts))) {
            return true;
        }
    }
    return !any;
}
