/* SPDX-License-Identifier: MIT */
/*
 * Packs options into bytes, reads them back, and keeps them in one block. The bytes are those of
 * the struct itself, then each text behind its size, then the networks: they never leave the
 * program that made them, but their lengths are checked like those of a stranger.
 */
#include "base/options.h"

#include <stdatomic.h>
#include <string.h>
#include "base/list.h"
#include "base/memory.h"

typedef struct block {
    _Atomic unsigned references;
    ody_options options;
    char texts[];
} block;

typedef struct head {
    uint64_t length; /* of everything */
    ody_options options;
} head;

/* What the struct points to, but for the networks. */
static const struct {
    size_t offset;
    bool needed;
} texts[] = {
    {offsetof(ody_options, host), true},          {offsetof(ody_options, path), true},
    {offsetof(ody_options, app_id), true},        {offsetof(ody_options, app_key), true},
    {offsetof(ody_options, app_secret), true},    {offsetof(ody_options, tls_certificate), false},
    {offsetof(ody_options, tls_key), false},      {offsetof(ody_options, socket_path), true},
    {offsetof(ody_options, socket_group), false}, {offsetof(ody_options, log_file), false},
};

#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

static const char *text_get(const ody_options *options, size_t index)
{
    const char *text;

    memcpy(&text, (const char *)options + texts[index].offset, sizeof(text));
    return text;
}

static void text_set(ody_options *options, size_t index, const char *text)
{
    memcpy((char *)options + texts[index].offset, &text, sizeof(text));
}

/* With its NUL; 0: there is none. */
static uint32_t text_size(const ody_options *options, size_t index)
{
    const char *text = text_get(options, index);

    return text ? (uint32_t)strlen(text) + 1 : 0;
}

static size_t networks_size(const ody_options *options)
{
    return options->trusted_proxy_count * sizeof(ody_network);
}

/* Bytes of everything that options point to. */
static size_t pointed_size(const ody_options *options)
{
    size_t size = networks_size(options);

    for (size_t index = 0; index < TEXT_COUNT; index++) {
        size += text_size(options, index);
    }
    return size;
}

static char *put(char *at, const void *data, size_t size)
{
    if (size > 0) {
        memcpy(at, data, size);
    }
    return at + size;
}

void *ody_options_write(const ody_options *options, size_t *length)
{
    size_t size = sizeof(head) + TEXT_COUNT * sizeof(uint32_t) + pointed_size(options);
    head begin = {.length = size, .options = *options};
    char *bytes = ody_malloc(size);
    char *at = bytes;

    if (!bytes) {
        return NULL;
    }
    for (size_t index = 0; index < TEXT_COUNT; index++) {
        text_set(&begin.options, index, NULL);
    }
    begin.options.trusted_proxies = NULL;
    at = put(at, &begin, sizeof(begin));
    for (size_t index = 0; index < TEXT_COUNT; index++) {
        uint32_t text = text_size(options, index);

        at = put(at, &text, sizeof(text));
        at = put(at, text_get(options, index), text);
    }
    put(at, options->trusted_proxies, networks_size(options));
    *length = size;
    return bytes;
}

const ody_options *ody_options_copy(const ody_options *options)
{
    block *self = ody_malloc(sizeof(*self) + pointed_size(options));
    char *at;

    if (!self) {
        return NULL;
    }
    atomic_init(&self->references, 1);
    self->options = *options;
    at = self->texts;
    for (size_t index = 0; index < TEXT_COUNT; index++) {
        uint32_t size = text_size(options, index);

        text_set(&self->options, index, size > 0 ? at : NULL);
        at = put(at, text_get(options, index), size);
    }
    self->options.trusted_proxies = options->trusted_proxy_count > 0 ? (ody_network *)at : NULL;
    put(at, options->trusted_proxies, networks_size(options));
    return &self->options;
}

/* The next size bytes, or NULL when there are not so many. */
static const char *take(const char **at, const char *end, size_t size)
{
    const char *taken = *at;

    if ((size_t)(end - taken) < size) {
        return NULL;
    }
    *at += size;
    return taken;
}

static bool text_read(const char **at, const char *end, size_t index, ody_options *options)
{
    const char *data = take(at, end, sizeof(uint32_t));
    uint32_t size;

    if (!data) {
        return false;
    }
    memcpy(&size, data, sizeof(size));
    if (size == 0) {
        text_set(options, index, NULL);
        return !texts[index].needed;
    }
    data = take(at, end, size);
    if (!data || memchr(data, '\0', size) != data + size - 1) {
        return false;
    }
    text_set(options, index, data);
    return true;
}

int ody_options_read(const void *bytes, size_t length, const ody_options **options)
{
    const char *at = bytes;
    const char *end = at + length;
    const char *data = take(&at, end, sizeof(head));
    head begin;

    if (!data) {
        return ODY_EPROTOCOL;
    }
    memcpy(&begin, data, sizeof(begin));
    for (size_t index = 0; index < TEXT_COUNT; index++) {
        if (!text_read(&at, end, index, &begin.options)) {
            return ODY_EPROTOCOL;
        }
    }
    if (begin.length != length ||
        begin.options.trusted_proxy_count != (size_t)(end - at) / sizeof(ody_network) ||
        (size_t)(end - at) % sizeof(ody_network) != 0) {
        return ODY_EPROTOCOL;
    }
    begin.options.trusted_proxies = (const ody_network *)at;
    *options = ody_options_copy(&begin.options);
    return *options ? 0 : ODY_EMEMORY;
}

static block *block_of(const ody_options *options)
{
    return ody_container_of((ody_options *)options, block, options);
}

const ody_options *ody_options_ref(const ody_options *options)
{
    atomic_fetch_add_explicit(&block_of(options)->references, 1, memory_order_relaxed);
    return options;
}

void ody_options_unref(const ody_options *options)
{
    if (options &&
        atomic_fetch_sub_explicit(&block_of(options)->references, 1, memory_order_acq_rel) == 1) {
        ody_free(block_of(options));
    }
}
