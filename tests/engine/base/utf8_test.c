/* SPDX-License-Identifier: MIT */
/* UTF-8 validity against a table-free reference, with every input ending at a protected page. */
#include <sys/mman.h>
#include <unistd.h>
#include "base/utf8.h"
#include "sequence.h"
#include "test.h"

/* The end of a readable page; the page behind it faults on any access. */
static char *guarded_end(void)
{
    static char *end;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    if (!end) {
        char *pages =
            mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        CHECK(pages != MAP_FAILED);
        CHECK_EQUAL(mprotect(pages + page, page, PROT_NONE), 0);
        end = pages + page;
    }
    return end;
}

/* Copies bytes to the very end of the readable page. */
static ody_view at_guard(const void *bytes, size_t length)
{
    char *place = guarded_end() - length;

    memcpy(place, bytes, length);
    return (ody_view){place, length};
}

/* Encodes a code point the long way; 0 for one that has no encoding. */
static size_t encode(uint32_t code, unsigned char *out)
{
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return 0;
    }
    if (code < 0x80) {
        out[0] = (unsigned char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (unsigned char)(0xc0 | code >> 6);
        out[1] = (unsigned char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (unsigned char)(0xe0 | code >> 12);
        out[1] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
        out[2] = (unsigned char)(0x80 | (code & 0x3f));
        return 3;
    }
    out[0] = (unsigned char)(0xf0 | code >> 18);
    out[1] = (unsigned char)(0x80 | (code >> 12 & 0x3f));
    out[2] = (unsigned char)(0x80 | (code >> 6 & 0x3f));
    out[3] = (unsigned char)(0x80 | (code & 0x3f));
    return 4;
}

/*
 * The reference: a character is valid when decoding it loosely and encoding the result gives the
 * same bytes back.
 */
static size_t reference_character(const unsigned char *at, size_t length)
{
    size_t size = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : 4;
    uint32_t code = size == 1 ? at[0] : at[0] & (0x7fu >> size);
    unsigned char again[4];

    if (size > length) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        code = code << 6 | (at[i] & 0x3f);
    }
    return encode(code, again) == size && memcmp(again, at, size) == 0 ? size : 0;
}

static bool reference_valid(const unsigned char *at, size_t length)
{
    while (length > 0) {
        size_t size = reference_character(at, length);

        if (size == 0) {
            return false;
        }
        at += size;
        length -= size;
    }
    return true;
}

static void check_bytes(const unsigned char *bytes, size_t length)
{
    bool valid = ody_utf8_valid(at_guard(bytes, length));

    if (valid != reference_valid(bytes, length)) {
        FAIL("%zu bytes %02x %02x %02x %02x: judged %s", length, bytes[0], bytes[1], bytes[2],
             bytes[3], valid ? "valid" : "invalid");
    }
}

TEST(utf8_empty_text_is_valid)
{
    CHECK(ody_utf8_valid(ODY_VIEW_NONE));
    CHECK(ody_utf8_valid(at_guard("", 0)));
}

TEST(utf8_all_sequences_of_one_to_three_bytes)
{
    unsigned char bytes[4] = {0};

    for (unsigned number = 0; number < 1u << 24; number++) {
        bytes[0] = (unsigned char)(number >> 16);
        bytes[1] = (unsigned char)(number >> 8);
        bytes[2] = (unsigned char)number;
        check_bytes(bytes, 3);
        if (bytes[2] == 0) {
            check_bytes(bytes, 2);
            if (bytes[1] == 0) {
                check_bytes(bytes, 1);
            }
        }
    }
}

TEST(utf8_all_code_points)
{
    for (uint32_t code = 0; code < 0x110000; code++) {
        unsigned char bytes[4] = {0};
        size_t size = encode(code, bytes);

        if (size > 0) {
            ody_view text = at_guard(bytes, size);

            CHECK(ody_utf8_valid(text));
            CHECK_EQUAL(ody__utf8_character(text.data, size), size);
        }
    }
}

TEST(utf8_sampled_sequences_of_four_bytes)
{
    uint64_t numbers = 4;

    for (int i = 0; i < 3000000; i++) {
        uint64_t number = sequence_next(&numbers);
        unsigned char bytes[4];

        memcpy(bytes, &number, 4);
        /* Mostly leads of four, and mostly followers that continue: else nearly all is invalid. */
        bytes[0] = number >> 32 & 7 ? (unsigned char)(0xf0 | (bytes[0] & 7)) : bytes[0];
        for (size_t k = 1; k < 4; k++) {
            if (number >> (32 + 4 * k) & 15) {
                bytes[k] = (unsigned char)(0x80 | (bytes[k] & 0x3f));
            }
        }
        check_bytes(bytes, 4);
    }
}

TEST(utf8_every_second_byte_of_every_lead_of_four)
{
    for (unsigned number = 0; number < 1u << 16; number++) {
        unsigned char bytes[4] = {(unsigned char)(number >> 8), (unsigned char)number, 0x80, 0xbf};

        check_bytes(bytes, 4);
    }
}

TEST(utf8_bad_bytes_are_found_at_every_place)
{
    static const struct {
        const char *bytes;
        size_t length;
    } bad[] = {{"\x80", 1},         {"\xff", 1},         {"\xc3", 1},     {"\xe2\x82", 2},
               {"\xf0\x9f\x98", 3}, {"\xed\xa0\x80", 3}, {"\xc0\xaf", 2}, {"\xf4\x90\x80\x80", 4}};
    char text[80];

    for (size_t length = 0; length <= 64; length++) {
        memset(text, 'a', sizeof(text));
        CHECK(ody_utf8_valid(at_guard(text, length)));
        for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
            for (size_t place = 0; place <= length; place++) {
                memset(text, 'a', sizeof(text));
                memcpy(text + place, bad[i].bytes, bad[i].length);
                CHECK(!ody_utf8_valid(at_guard(text, length + bad[i].length)));
            }
        }
    }
}

TEST(utf8_random_mixed_texts)
{
    uint64_t numbers = 9;

    for (int turn = 0; turn < 50000; turn++) {
        unsigned char text[128] = {0};
        size_t length = 0, wanted = sequence_below(&numbers, 100);

        while (length < wanted) {
            uint32_t code = (uint32_t)sequence_below(&numbers, 0x110000);

            code >>= sequence_below(&numbers, 21);
            length += encode(code, text + length);
        }
        CHECK(ody_utf8_valid(at_guard(text, length)));
        if (length > 0) {
            text[sequence_below(&numbers, length)] ^= (unsigned char)(1u << (turn % 8));
            check_bytes(text, length);
        }
    }
}

TEST(utf8_trim_leaves_whole_characters)
{
    const char text[] = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
    const size_t whole[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};

    for (size_t length = 0; length <= 10; length++) {
        CHECK_EQUAL(ody__utf8_trim(text, length), whole[length]);
    }
    CHECK_EQUAL(ody__utf8_trim("\x80\x80\x80\x80", 4), 4);
    CHECK_EQUAL(ody__utf8_trim("\xff", 1), 1);
}
