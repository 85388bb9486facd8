/* SPDX-License-Identifier: MIT */
/*
 * Unpredictable numbers. Every thread draws blocks from the kernel and hands them out piece by
 * piece; what was handed out is erased. A forked process never uses a block of its parent, because
 * both would hand out the same ids.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "ody/log.h"
#include "base/random.h"

#define BLOCK_SIZE 4096

static _Thread_local struct {
    unsigned char bytes[BLOCK_SIZE];
    size_t rest; /* unused bytes, at the end of the block */
    pid_t owner; /* the process that drew the block */
} block;

static void draw(unsigned char *out, size_t length)
{
    while (length > 0) {
        ssize_t drawn = getrandom(out, length, 0);

        if (drawn < 0 && errno != EINTR) {
            ody_log(ODY_LOG_ERROR, "no random numbers from the system",
                    ODY_STRING("reason", strerror(errno)));
            abort();
        }
        if (drawn > 0) {
            out += drawn;
            length -= (size_t)drawn;
        }
    }
}

/* Returns how many bytes of the block may be used; at least one. */
static size_t refill(void)
{
    pid_t self = getpid();

    if (block.rest == 0 || block.owner != self) {
        draw(block.bytes, BLOCK_SIZE);
        block.rest = BLOCK_SIZE;
        block.owner = self;
    }
    return block.rest;
}

void ody_random_fill(void *out, size_t length)
{
    unsigned char *at = out;

    if (length >= BLOCK_SIZE) {
        draw(at, length);
        return;
    }
    while (length > 0) {
        size_t rest = refill();
        size_t size = length < rest ? length : rest;
        unsigned char *source = block.bytes + BLOCK_SIZE - rest;

        memcpy(at, source, size);
        explicit_bzero(source, size);
        block.rest -= size;
        at += size;
        length -= size;
    }
}

uint64_t ody_random_bits(unsigned bits)
{
    uint64_t number;

    ody_random_fill(&number, sizeof(number));
    return number >> (64 - bits);
}
