/* SPDX-License-Identifier: MIT */
/* SipHash-1-3 against values of an independent implementation, and what a keyed hash promises. */
#include <sys/wait.h>
#include <unistd.h>
#include "base/map.h"
#include "base/siphash.h"
#include "test.h"

/* The input of `length` bytes is 00 01 02 …; CPython 3.11 gives the same hashes for this key. */
static const uint64_t reference_key[2] = {0xdc504fd368cd90af, 0xb920bb9ffe99e9c1};
static const struct {
    size_t length;
    uint64_t hash;
} reference[] = {
    {0, 0x368659063128bff6},  {1, 0xce880c366bcf3489},  {3, 0xef4b9dcae9b04417},
    {7, 0xce280fabc397fbda},  {8, 0x60866c3c108c6afb},  {9, 0x68814005f7469e03},
    {15, 0x94ace24d68c18cf8}, {16, 0x339176f3ac59ce05}, {63, 0x06e24d6f0d014c37},
};

TEST(siphash_gives_the_reference_values)
{
    char input[64];

    for (size_t i = 0; i < sizeof(input); i++) {
        input[i] = (char)i;
    }
    for (size_t i = 0; i < sizeof(reference) / sizeof(*reference); i++) {
        CHECK_EQUAL(ody__siphash(reference_key, (ody_view){input, reference[i].length}),
                    reference[i].hash);
    }
}

TEST(siphash_depends_on_both_halves_of_the_key)
{
    const uint64_t first[2] = {reference_key[0] ^ 1, reference_key[1]};
    const uint64_t second[2] = {reference_key[0], reference_key[1] ^ 1};
    ody_view text = ODY_VIEW("private-orders");

    CHECK(ody__siphash(first, text) != ody__siphash(reference_key, text));
    CHECK(ody__siphash(second, text) != ody__siphash(reference_key, text));
}

TEST(siphash_reads_unaligned_bytes)
{
    char block[80];

    for (size_t shift = 0; shift < 8; shift++) {
        memcpy(block + shift, "channel-of-some-length", 22);
        CHECK_EQUAL(ody__siphash(reference_key, (ody_view){block + shift, 22}),
                    ody__siphash(reference_key, ODY_VIEW("channel-of-some-length")));
    }
}

/* The hash of a text in a child that seeds by itself. */
static uint64_t hash_elsewhere(ody_view text)
{
    uint64_t hash = 0;
    int ends[2];
    int status;
    pid_t child;

    CHECK_EQUAL(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        ody_hash_seed();
        hash = ody_hash(text);
        _exit(write(ends[1], &hash, sizeof(hash)) != sizeof(hash));
    }
    CHECK(waitpid(child, &status, 0) == child && status == 0);
    CHECK_EQUAL(read(ends[0], &hash, sizeof(hash)), sizeof(hash));
    close(ends[0]);
    close(ends[1]);
    return hash;
}

TEST(hash_differs_in_every_process_and_is_seeded_once)
{
    ody_view text = ODY_VIEW("my-channel");
    uint64_t one = hash_elsewhere(text), two = hash_elsewhere(text), own;

    CHECK(one != two);
    ody_hash_seed();
    own = ody_hash(text);
    CHECK(own != one && own != two);
    ody_hash_seed();
    CHECK_EQUAL(ody_hash(text), own);
}
