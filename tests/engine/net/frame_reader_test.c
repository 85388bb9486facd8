/* SPDX-License-Identifier: MIT */
/* Frames, whole and in pieces; what breaks RFC 6455 ends the stream. */
#include "net/frame_reader.h"

#include <stdlib.h>
#include "base/bytes.h"
#include "base/memory.h"
#include "ody/error.h"
#include "test.h"

/* Appends a masked frame whose mask is 1, 2, 3, 4. */
static void frame_append(ody_bytes *out, int first_byte, const char *payload, size_t length)
{
    ody_bytes_append_byte(out, (char)first_byte);
    if (length < 126) {
        ody_bytes_append_byte(out, (char)(0x80 | length));
    } else if (length < 65536) {
        ody_bytes_append_byte(out, (char)(0x80 | 126));
        ody_bytes_append_byte(out, (char)(length >> 8));
        ody_bytes_append_byte(out, (char)length);
    } else {
        ody_bytes_append_byte(out, (char)(0x80 | 127));
        for (int shift = 56; shift >= 0; shift -= 8) {
            ody_bytes_append_byte(out, (char)(length >> shift));
        }
    }
    ody_bytes_append(out, "\x01\x02\x03\x04", 4);
    for (size_t index = 0; index < length; index++) {
        ody_bytes_append_byte(out, (char)(payload[index] ^ (char)(1 + index % 4)));
    }
}

/* Reads a stream in pieces of `step` bytes and writes down what comes: "opcode first last:data|".
 */
static int read_all(ody_bytes *stream, size_t step, ody_bytes *told)
{
    ody_frame_reader reader = {0};
    int result = 0;

    for (size_t at = 0; at < stream->length && result >= 0; at += step) {
        char *data = stream->data + at;
        size_t length = stream->length - at < step ? stream->length - at : step;
        ody_frame_event event;

        while ((result = ody_frame_reader_next(&reader, &data, &length, &event)) > 0) {
            ody_bytes_append_number(told, event.opcode);
            ody_bytes_append_view(told, event.first ? ODY_VIEW("(") : ODY_VIEW("-"));
            ody_bytes_append_view(told, event.data);
            ody_bytes_append_view(told, event.last ? ODY_VIEW(")") : ODY_VIEW("-"));
        }
    }
    ody_frame_reader_fini(&reader);
    return result;
}

TEST(reader_reads_frames_of_every_length)
{
    static const size_t lengths[] = {0, 1, 7, 8, 9, 125, 126, 127, 65535, 65536, 70001};
    static char payload[70001];

    for (size_t index = 0; index < sizeof(payload); index++) {
        payload[index] = (char)('a' + index % 26);
    }
    for (size_t index = 0; index < sizeof(lengths) / sizeof(*lengths); index++) {
        ody_bytes stream = {0};
        ody_bytes told = {0};

        frame_append(&stream, 0x81, payload, lengths[index]);
        CHECK_EQUAL(read_all(&stream, stream.length, &told), 0);
        CHECK_EQUAL(told.length, lengths[index] + 3);
        CHECK(memcmp(told.data, "1(", 2) == 0);
        CHECK(memcmp(told.data + 2, payload, lengths[index]) == 0);
        ody_bytes_fini(&stream);
        ody_bytes_fini(&told);
    }
}

static void conversation(ody_bytes *stream)
{
    frame_append(stream, 0x81, "whole", 5);
    frame_append(stream, 0x01, "be", 2);
    frame_append(stream, 0x89, "ping", 4);
    frame_append(stream, 0x00, "", 0);
    frame_append(stream, 0x00, "gun", 3);
    frame_append(stream, 0x8a, "", 0);
    frame_append(stream, 0x80, "", 0);
    frame_append(stream, 0x82, "\x00\x01", 2);
    frame_append(stream, 0x88, "\x03\xe8", 2);
}

TEST(reader_hands_out_fragments_with_control_frames_between)
{
    ody_bytes stream = {0};
    ody_bytes told = {0};

    conversation(&stream);
    CHECK_EQUAL(read_all(&stream, stream.length, &told), 0);
    CHECK_TEXT(ody_bytes_view(&told), "1(whole)1(be-9(ping)1-gun-10()1-)2(\x00\x01)8(\x03\xe8)");
    ody_bytes_fini(&stream);
    ody_bytes_fini(&told);
}

/* However the stream is cut, control frames come whole and the text is the same. */
TEST(reader_does_not_care_where_the_stream_is_cut)
{
    for (size_t step = 1; step < 40; step++) {
        ody_bytes stream = {0};
        ody_bytes told = {0};
        ody_bytes text = {0};

        conversation(&stream);
        CHECK_EQUAL(read_all(&stream, step, &told), 0);
        CHECK(memmem(told.data, told.length, "9(ping)", 7) != NULL);
        CHECK(memmem(told.data, told.length, "8(\x03\xe8)", 5) != NULL);
        for (size_t index = 0; index < told.length; index++) {
            if (strchr("wholebegun", told.data[index]) && told.data[index]) {
                ody_bytes_append_byte(&text, told.data[index]);
            }
        }
        CHECK(memmem(text.data, text.length, "whole", 5) != NULL);
        ody_bytes_fini(&stream);
        ody_bytes_fini(&told);
        ody_bytes_fini(&text);
    }
}

static void expect_refused(const char *bytes, size_t length)
{
    for (size_t step = 1; step <= length; step++) {
        ody_bytes stream = {0};
        ody_bytes told = {0};

        ody_bytes_append(&stream, bytes, length);
        CHECK_EQUAL(read_all(&stream, step, &told), ODY_EPROTOCOL);
        ody_bytes_fini(&stream);
        ody_bytes_fini(&told);
    }
}

TEST(reader_refuses_what_breaks_the_rules)
{
    expect_refused("\x81\x02{}", 4);               /* no mask */
    expect_refused("\x91\x80\x01\x02\x03\x04", 6); /* reserved bits */
    expect_refused("\xa1\x80\x01\x02\x03\x04", 6);
    expect_refused("\xc1\x80\x01\x02\x03\x04", 6);
    expect_refused("\x83\x80\x01\x02\x03\x04", 6); /* reserved opcodes */
    expect_refused("\x87\x80\x01\x02\x03\x04", 6);
    expect_refused("\x8b\x80\x01\x02\x03\x04", 6);
    expect_refused("\x8f\x80\x01\x02\x03\x04", 6);
    expect_refused("\x80\x80\x01\x02\x03\x04", 6);                          /* continues nothing */
    expect_refused("\x09\x80\x01\x02\x03\x04", 6);                          /* a fragmented ping */
    expect_refused("\x89\xfe\x00\x7e\x01\x02\x03\x04", 8);                  /* a long ping */
    expect_refused("\x01\x80\x01\x02\x03\x04\x81\x80\x01\x02\x03\x04", 12); /* begins twice */
    expect_refused("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00\x01\x02\x03\x04", 14); /* 2^63 */
}

TEST(reader_takes_a_long_frame_as_it_comes)
{
    static const char header[] = "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0";
    ody_frame_reader reader = {0};
    char bytes[sizeof(header) + 100] = {0};
    ody_frame_event event;
    char *data = bytes;
    size_t length = sizeof(bytes);

    memcpy(bytes, header, sizeof(header) - 1);
    CHECK_EQUAL(ody_frame_reader_next(&reader, &data, &length, &event), 1);
    CHECK(event.first && !event.last);
    CHECK_EQUAL(event.data.length, sizeof(bytes) - 14);
    CHECK_EQUAL(length, 0);
    CHECK_EQUAL(ody_frame_reader_next(&reader, &data, &length, &event), 0);
    ody_frame_reader_fini(&reader);
}

TEST(reader_says_when_there_is_no_memory_for_half_a_ping)
{
    ody_frame_reader reader = {0};
    ody_bytes stream = {0};
    ody_frame_event event;
    char *data;
    size_t length = 8;

    frame_append(&stream, 0x89, "ping", 4);
    data = stream.data;
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_frame_reader_next(&reader, &data, &length, &event), ODY_EMEMORY);
    ody_frame_reader_fini(&reader);
    ody_bytes_fini(&stream);
}
