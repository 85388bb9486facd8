/* SPDX-License-Identifier: MIT */
/*
 * Escapes only what JSON requires (RFC 8259, section 7): the quote, the backslash and the control
 * characters. Every published event goes through here, so plain bytes are copied eight at a time.
 */
#include "wire/escape.h"

/* Text is taken in pieces, so that room for the worst case (every byte becomes six) stays small. */
#define PIECE 256
#define ESCAPED_MAX 6

#define EACH_BYTE(value) (UINT64_C(0x0101010101010101) * (value))

/* What follows the backslash for a byte that must be escaped; 'u': four hex digits follow. */
static const char escapes[256] = {
    [0 ... 7] = 'u', ['\b'] = 'b', ['\t'] = 't',      ['\n'] = 'n', [11] = 'u',
    ['\f'] = 'f',    ['\r'] = 'r', [14 ... 31] = 'u', ['"'] = '"',  ['\\'] = '\\',
};

static size_t escape_byte(unsigned char byte, char *to)
{
    static const char digits[] = "0123456789abcdef";
    char letter = escapes[byte];

    if (letter == 0) {
        to[0] = (char)byte;
        return 1;
    }
    to[0] = '\\';
    to[1] = letter;
    if (letter != 'u') {
        return 2;
    }
    to[2] = '0';
    to[3] = '0';
    to[4] = digits[byte >> 4];
    to[5] = digits[byte & 15];
    return ESCAPED_MAX;
}

/* The high bit of each byte that is zero. Above the lowest one a bit may be set falsely. */
static inline uint64_t zero_bytes(uint64_t word)
{
    return (word - EACH_BYTE(0x01)) & ~word & EACH_BYTE(0x80);
}

/* How many of the eight bytes in word, in memory's order, stand before one to escape. */
static inline size_t plain_bytes(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    uint64_t control = (word - EACH_BYTE(0x20)) & ~word & EACH_BYTE(0x80);
    uint64_t found =
        control | zero_bytes(word ^ EACH_BYTE('"')) | zero_bytes(word ^ EACH_BYTE('\\'));

    return found ? (size_t)__builtin_ctzll(found) / 8 : 8;
}

/* Escapes a piece. `to` has ESCAPED_MAX bytes for each of its bytes: a store of eight bytes while
 * eight are left to read never passes its end. */
static char *escape_piece(const char *from, const char *end, char *to)
{
    while (end - from >= 8) {
        uint64_t word;
        size_t plain;

        memcpy(&word, from, sizeof(word));
        memcpy(to, &word, sizeof(word));
        plain = plain_bytes(word);
        from += plain;
        to += plain;
        if (plain < 8) {
            to += escape_byte((unsigned char)*from++, to);
        }
    }
    while (from < end) {
        to += escape_byte((unsigned char)*from++, to);
    }
    return to;
}

void ody__escape(ody_bytes *out, ody_view text)
{
    while (text.length > 0 && !out->failed) {
        size_t piece = text.length < PIECE ? text.length : PIECE;
        char *start;

        if (!ody_bytes_reserve(out, piece * ESCAPED_MAX)) {
            return;
        }
        start = out->data + out->length;
        out->length += (size_t)(escape_piece(text.data, text.data + piece, start) - start);
        text.data += piece;
        text.length -= piece;
    }
}

void ody__escape_twice(ody_bytes *out, ody_view text)
{
    while (text.length > 0 && !out->failed) {
        char once[PIECE * ESCAPED_MAX];
        size_t piece = text.length < PIECE ? text.length : PIECE;
        char *end = escape_piece(text.data, text.data + piece, once);

        ody__escape(out, (ody_view){once, (size_t)(end - once)});
        text.data += piece;
        text.length -= piece;
    }
}
