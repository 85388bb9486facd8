/* SPDX-License-Identifier: MIT */
/*
 * SipHash-1-3 after Aumasson and Bernstein, "SipHash: a fast short-input PRF": one round per eight
 * bytes, three at the end. Who does not know the key cannot make keys that collide.
 */
#include <endian.h>
#include "base/siphash.h"

typedef struct state {
    uint64_t v0, v1, v2, v3;
} state;

static inline uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void mix(state *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

static inline void absorb(state *s, uint64_t word)
{
    s->v3 ^= word;
    mix(s);
    s->v0 ^= word;
}

/* Returns the last, incomplete word: the rest of the bytes below, the length in the top byte. */
static uint64_t last_word(const char *at, size_t rest, size_t length)
{
    uint64_t word = (uint64_t)length << 56;

    for (size_t i = 0; i < rest; i++) {
        word |= (uint64_t)(unsigned char)at[i] << (8 * i);
    }
    return word;
}

uint64_t ody__siphash(const uint64_t key[2], ody_view bytes)
{
    state s = {key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d,
               key[0] ^ 0x6c7967656e657261, key[1] ^ 0x7465646279746573};
    const char *at = bytes.data;
    size_t rest = bytes.length;

    for (; rest >= 8; at += 8, rest -= 8) {
        uint64_t word;

        memcpy(&word, at, 8);
        absorb(&s, le64toh(word));
    }
    absorb(&s, last_word(at, rest, bytes.length));
    s.v2 ^= 0xff;
    mix(&s);
    mix(&s);
    mix(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
