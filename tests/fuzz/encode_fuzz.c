/* SPDX-License-Identifier: MIT */
/*
 * Any valid UTF-8 through the encoders and back through jansson, which must give the same bytes: as
 * a string, and as a string inside the JSON of `data`.
 */
#include <jansson.h>
#include "base/utf8.h"
#include "fuzz.h"
#include "wire/encode.h"

#define DECODE (JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES)

static void must_be(const json_t *string, ody_view text)
{
    MUST(json_is_string(string));
    MUST(ody_view_equal((ody_view){json_string_value(string), json_string_length(string)}, text));
}

static json_t *decode(const char *text, size_t length)
{
    json_t *value = json_loadb(text, length, DECODE, NULL);

    MUST(value);
    return value;
}

/* Decodes the JSON that stands in the string `data` of a frame. */
static json_t *decode_data(const ody_bytes *out, json_t **frame)
{
    const json_t *data;

    *frame = decode(out->data, out->length);
    data = json_object_get(*frame, "data");
    MUST(json_is_string(data));
    return decode(json_string_value(data), json_string_length(data));
}

static void check_event(ody_view text)
{
    ody_bytes out = {0};
    json_t *frame;

    ody_encode_event(&out, text, text, text, text);
    frame = decode(out.data, out.length);
    must_be(json_object_get(frame, "event"), text);
    must_be(json_object_get(frame, "channel"), text);
    must_be(json_object_get(frame, "data"), text);
    must_be(json_object_get(frame, "user_id"), text);
    json_decref(frame);
    ody_bytes_fini(&out);
}

static void check_inner_strings(ody_view text)
{
    ody_bytes out = {0};
    json_t *frame, *data;

    ody_encode_subscription_error(&out, text, text, text, 401);
    data = decode_data(&out, &frame);
    must_be(json_object_get(data, "type"), text);
    must_be(json_object_get(data, "error"), text);
    must_be(json_object_get(frame, "channel"), text);
    json_decref(data);
    json_decref(frame);
    ody_bytes_clear(&out);
    ody_encode_signin_success(&out, text);
    data = decode_data(&out, &frame);
    must_be(json_object_get(data, "user_data"), text);
    json_decref(data);
    json_decref(frame);
    ody_bytes_fini(&out);
}

static void check_header(ody_view text)
{
    uint8_t header[ODY_FRAME_HEADER_MAX];
    size_t length = ody_encode_frame_header(header, ODY_OPCODE_TEXT, text.length);

    MUST(ody_frame_length(header, length) == length + text.length);
    ody_frame_length((const uint8_t *)text.data, text.length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ody_view text = {size > 0 ? (const char *)data : "", size};
    ody_bytes out = {0};

    check_header(text);
    ody_encode_string(&out, text);
    MUST(!out.failed && out.length >= size + 2);
    ody_bytes_fini(&out);
    if (ody_utf8_valid(text)) {
        check_event(text);
        check_inner_strings(text);
    }
    return 0;
}
