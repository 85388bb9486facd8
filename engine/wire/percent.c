/* SPDX-License-Identifier: MIT */
/* Decoding of %XX. */
#include "wire/percent.h"

/* The value of a hex digit, or -1. */
static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    digit = (char)(digit | 0x20);
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

size_t ody_percent_decode(ody_view text, bool plus, char *out)
{
    size_t used = 0;

    for (size_t at = 0; at < text.length; at++) {
        char byte = text.data[at];

        if (byte == '%' && at + 2 < text.length && hex_digit(text.data[at + 1]) >= 0 &&
            hex_digit(text.data[at + 2]) >= 0) {
            byte = (char)(hex_digit(text.data[at + 1]) << 4 | hex_digit(text.data[at + 2]));
            at += 2;
        } else if (byte == '+' && plus) {
            byte = ' ';
        }
        out[used++] = byte;
    }
    return used;
}
