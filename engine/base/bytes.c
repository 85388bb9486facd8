/* SPDX-License-Identifier: MIT */
/* The growing byte buffer: doubles its memory, remembers the first failure. */
#include <string.h>
#include "base/bytes.h"
#include "base/memory.h"

#define FIRST_CAPACITY 64

void ody_bytes_init(ody_bytes *bytes)
{
    *bytes = (ody_bytes){0};
}

void ody_bytes_fini(ody_bytes *bytes)
{
    ody_free(bytes->data);
    ody_bytes_init(bytes);
}

void ody_bytes_clear(ody_bytes *bytes)
{
    bytes->length = 0;
    bytes->failed = false;
}

/* Returns the next capacity that holds wanted bytes. */
static size_t grown(size_t capacity, size_t wanted)
{
    size_t next = capacity < FIRST_CAPACITY ? FIRST_CAPACITY : capacity;

    while (next < wanted) {
        next = next > SIZE_MAX / 2 ? wanted : next * 2;
    }
    return next;
}

bool ody_bytes_reserve(ody_bytes *bytes, size_t more)
{
    size_t capacity;
    char *data;

    if (bytes->failed) {
        return false;
    }
    if (more <= bytes->capacity - bytes->length) {
        return true;
    }
    capacity = more <= SIZE_MAX - bytes->length ? grown(bytes->capacity, bytes->length + more) : 0;
    data = capacity ? ody_realloc(bytes->data, capacity) : NULL;
    if (!data) {
        bytes->failed = true;
        return false;
    }
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

void ody_bytes_append(ody_bytes *bytes, const char *data, size_t length)
{
    if (length > 0 && ody_bytes_reserve(bytes, length)) {
        memcpy(bytes->data + bytes->length, data, length);
        bytes->length += length;
    }
}

void ody_bytes_append_view(ody_bytes *bytes, ody_view view)
{
    ody_bytes_append(bytes, view.data, view.length);
}

void ody_bytes_append_byte(ody_bytes *bytes, char byte)
{
    ody_bytes_append(bytes, &byte, 1);
}

void ody_bytes_append_number(ody_bytes *bytes, uint64_t number)
{
    char digits[20];
    size_t start = sizeof(digits);

    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    ody_bytes_append(bytes, digits + start, sizeof(digits) - start);
}
