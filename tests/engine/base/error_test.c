/* SPDX-License-Identifier: MIT */
/* The error list: codes, names, texts, and sentences that are too long. */
#include "base/utf8.h"
#include "ody/error.h"
#include "test.h"

TEST(error_codes_have_names_and_texts)
{
#define CHECK_ENTRY(name, value, text)                                                             \
    CHECK_EQUAL(ODY_E##name, value);                                                               \
    CHECK_VIEW(ody_view_of(ody_error_name(value)), ody_view_of(#name));                            \
    CHECK_VIEW(ody_view_of(ody_error_text(value)), ody_view_of(text));
    ODY_ERRORS(CHECK_ENTRY)
#undef CHECK_ENTRY
}

TEST(error_codes_are_negative_and_without_gaps)
{
    int count = 0;

#define COUNT_ENTRY(name, value, text) count += (value) < 0;
    ODY_ERRORS(COUNT_ENTRY)
#undef COUNT_ENTRY
    for (int code = -1; code >= -count; code--) {
        CHECK(strcmp(ody_error_text(code), "unknown error") != 0);
    }
}

TEST(error_unknown_codes_have_a_text_too)
{
    const int codes[] = {0, 1, -1000};

    for (size_t i = 0; i < 3; i++) {
        CHECK_TEXT(ody_view_of(ody_error_text(codes[i])), "unknown error");
        CHECK_TEXT(ody_view_of(ody_error_name(codes[i])), "UNKNOWN");
    }
}

TEST(error_set_formats_and_returns_the_code)
{
    ody_error error;

    CHECK_EQUAL(ody_error_set(&error, ODY_EJSON, "at byte %d of \"%s\"", 7, "x"), ODY_EJSON);
    CHECK_EQUAL(error.code, ODY_EJSON);
    CHECK_TEXT(ody_view_of(error.message), "at byte 7 of \"x\"");
    CHECK_EQUAL(ody_error_set(NULL, ODY_ELIMIT, "nobody reads %s", "this"), ODY_ELIMIT);
}

TEST(error_set_cuts_between_characters)
{
    char text[400];

    for (size_t shift = 0; shift < 4; shift++) {
        ody_error error;
        size_t length;

        memset(text, 'a', shift);
        for (size_t at = shift; at + 4 < sizeof(text); at += 4) {
            memcpy(text + at, "\xf0\x9f\x98\x80", 4);
        }
        text[396] = '\0';
        ody_error_set(&error, ODY_EINVALID, "%s", text);
        length = strlen(error.message);
        CHECK(length > 250 && length < sizeof(error.message));
        CHECK(ody_utf8_valid((ody_view){error.message, length}));
        CHECK(memcmp(error.message, text, length) == 0);
    }
}

TEST(error_set_keeps_a_sentence_that_just_fits)
{
    char text[256];
    ody_error error;

    memset(text, 'b', 253);
    memcpy(text + 253, "\xc3\xa4", 3);
    ody_error_set(&error, ODY_EINVALID, "%s", text);
    CHECK_VIEW(ody_view_of(error.message), ody_view_of(text));
}
