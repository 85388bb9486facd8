/* SPDX-License-Identifier: MIT */
/*
 * A growing byte buffer with a sticky failure: append as often as you like, ask once at the end.
 * One owner, one thread.
 */
#ifndef ODY_BASE_BYTES_H
#define ODY_BASE_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include "ody/view.h"

typedef struct ody_bytes {
    char *data;
    size_t length;
    size_t capacity;
    bool failed; /* an append found no memory; everything since is missing */
} ody_bytes;

/** Starts empty, without memory. A zeroed struct is the same. */
void ody_bytes_init(ody_bytes *bytes);
/** Frees the memory; the struct is empty again. */
void ody_bytes_fini(ody_bytes *bytes);
/** Keeps the memory, forgets the contents and the failure. */
void ody_bytes_clear(ody_bytes *bytes);
/** Makes room for `more` bytes past the end. @return false (and failed) without memory. */
bool ody_bytes_reserve(ody_bytes *bytes, size_t more);
/**
 * Appends; with a failure behind it, does nothing. Each append below is the same in another form.
 * @param data not inside of this buffer; may be NULL if length is 0.
 */
void ody_bytes_append(ody_bytes *bytes, const char *data, size_t length);
/** Appends the bytes of a view. */
void ody_bytes_append_view(ody_bytes *bytes, ody_view view);
/** Appends one byte. */
void ody_bytes_append_byte(ody_bytes *bytes, char byte);
/** Appends a number in decimal. */
void ody_bytes_append_number(ody_bytes *bytes, uint64_t number);
/** Appends a string literal, without its NUL. */
#define ody_bytes_append_literal(bytes, literal)                                                   \
    ody_bytes_append((bytes), (literal), sizeof(literal) - 1)
/** What it holds now; valid until the next append. */
static inline ody_view ody_bytes_view(const ody_bytes *bytes)
{
    return (ody_view){bytes->data, bytes->length};
}

/** Writes bytes as lower-case hex, without a NUL. @param out 2 * count bytes. */
static inline void ody_hex(const unsigned char *bytes, size_t count, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t index = 0; index < count; index++) {
        out[2 * index] = digits[bytes[index] >> 4];
        out[2 * index + 1] = digits[bytes[index] & 15];
    }
}

#endif
