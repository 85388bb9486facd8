/* SPDX-License-Identifier: MIT */
/*
 * Three walks over JSON text that know strings and brackets and nothing else. Values of clients
 * pass through as they were spelled: a parser's own output would turn 0.1 into 0.10000000000000001.
 */
#include "wire/json_text.h"

/* The index behind the string whose opening quote stands at `at`, or the end of an unfinished one.
 */
static size_t skip_string(ody_view text, size_t at)
{
    for (at++; at < text.length; at++) {
        if (text.data[at] == '"') {
            return at + 1;
        }
        if (text.data[at] == '\\') {
            at++;
        }
    }
    return text.length;
}

bool ody__json_depth_within(ody_view text, uint32_t max)
{
    size_t at = 0, depth = 0;

    while (at < text.length) {
        switch (text.data[at]) {
        case '"':
            at = skip_string(text, at);
            continue;
        case '{':
        case '[':
            if (depth++ == max) {
                return false;
            }
            break;
        case '}':
        case ']':
            depth -= depth > 0;
            break;
        }
        at++;
    }
    return true;
}

ody_view ody__json_member(ody_view object, size_t index)
{
    size_t at = 0, depth = 0, member = 0, start = 0;

    while (at < object.length) {
        char byte = object.data[at];

        if (byte == '"') {
            at = skip_string(object, at);
            continue;
        }
        if (byte == '{' || byte == '[') {
            depth++;
        } else if (byte == ':' && depth == 1 && member == index) {
            start = at + 1;
        } else if (depth == 1 && (byte == ',' || byte == '}')) {
            if (start > 0) {
                return (ody_view){object.data + start, at - start};
            }
            member++;
        }
        if (byte == '}' || byte == ']') {
            depth--;
        }
        at++;
    }
    return ODY_VIEW_NONE;
}

size_t ody__json_compact(ody_view json, char *out)
{
    size_t at = 0, used = 0;

    while (at < json.length) {
        size_t next = at + 1;

        switch (json.data[at]) {
        case ' ':
        case '\t':
        case '\n':
        case '\r':
            break;
        case '"':
            next = skip_string(json, at);
            memcpy(out + used, json.data + at, next - at);
            used += next - at;
            break;
        default:
            out[used++] = json.data[at];
        }
        at = next;
    }
    return used;
}
