/* SPDX-License-Identifier: MIT */
/* UTF-8 after RFC 3629: eight ASCII bytes at a time, everything else character by character. */
#include <stdint.h>
#include "base/utf8.h"

#define HIGH_BITS UINT64_C(0x8080808080808080)

static inline bool continues(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/* Whether the second byte is one that the first allows: no overlong form, surrogate or excess. */
static inline bool second_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xe0:
        return second >= 0xa0 && second <= 0xbf;
    case 0xed:
        return second >= 0x80 && second <= 0x9f;
    case 0xf0:
        return second >= 0x90 && second <= 0xbf;
    case 0xf4:
        return second >= 0x80 && second <= 0x8f;
    }
    return continues(second);
}

/* How many bytes the character has that begins so; 0 when none does. */
static inline size_t announced(unsigned char first)
{
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t ody__utf8_character(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t size = length > 0 ? announced(at[0]) : 0;

    if (size <= 1) {
        return size;
    }
    if (size > length || !second_fits(at[0], at[1])) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if (!continues(at[i])) {
            return 0;
        }
    }
    return size;
}

size_t ody__utf8_trim(const char *text, size_t length)
{
    for (size_t back = 1; back <= 3 && back <= length; back++) {
        unsigned char byte = (unsigned char)text[length - back];

        if (!continues(byte)) {
            return announced(byte) > back ? length - back : length;
        }
    }
    return length;
}

/* Skips what is ASCII, eight bytes at a time; the last bytes are left to the caller. */
static inline const char *skip_ascii(const char *at, const char *end)
{
    while (end - at >= 8) {
        uint64_t word;

        memcpy(&word, at, 8);
        if (word & HIGH_BITS) {
            break;
        }
        at += 8;
    }
    return at;
}

bool ody_utf8_valid(ody_view text)
{
    const char *at = text.data;
    const char *end = at + text.length;

    if (text.length == 0) {
        return true;
    }
    while ((at = skip_ascii(at, end)) < end) {
        size_t size = ody__utf8_character(at, (size_t)(end - at));

        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}
