/* SPDX-License-Identifier: MIT */
/*
 * Packs options into one run of bytes and reads them back. The bytes are those of the structs
 * themselves, and behind each what it points to: they never leave the program that made them, but
 * they are checked like those of a stranger. In the bytes, pointers are offsets; 0 is NULL.
 */
#include "base/options.h"

#include <stdatomic.h>
#include "base/list.h"
#include "base/memory.h"

typedef struct block {
    _Atomic unsigned references;
    size_t length;
    _Alignas(max_align_t) char bytes[];
} block;

/* A text that a struct points to. */
typedef struct text_field {
    size_t offset;
    bool needed;
} text_field;

#define OPTION(field, needed)                                                                      \
    {                                                                                              \
        offsetof(ody_options, field), needed                                                       \
    }
#define APP(field, needed)                                                                         \
    {                                                                                              \
        offsetof(ody_app, field), needed                                                           \
    }
#define HOOK(field)                                                                                \
    {                                                                                              \
        offsetof(ody_webhook, field), true                                                         \
    }

static const text_field option_texts[] = {
    OPTION(host, true),
    OPTION(path, true),
    OPTION(tls_certificate, false),
    OPTION(tls_key, false),
    OPTION(socket_path, true),
    OPTION(socket_group, false),
    OPTION(http.host, false),
    OPTION(http.broadcast_key, false),
    OPTION(http.metrics_token, false),
    OPTION(redis.url, false),
    OPTION(redis.channel, false),
    OPTION(inspector_password, false),
    OPTION(log_file, false),
};
static const text_field app_texts[] = {
    APP(id, true),           APP(keys[0].key, true),     APP(keys[0].secret, true),
    APP(keys[1].key, false), APP(keys[1].secret, false), APP(origins, true),
};
static const text_field hook_texts[] = {HOOK(app_id), HOOK(url), HOOK(prefixes)};

/* A list that the options point to, with what its elements point to. */
typedef struct list_field {
    size_t offset; /* of the pointer in ody_options */
    size_t count;  /* of the number of elements */
    size_t size;   /* of an element */
    const text_field *texts;
    size_t text_count;
} list_field;

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define LIST(field, number, type, texts, text_count)                                               \
    {                                                                                              \
        offsetof(ody_options, field), offsetof(ody_options, number), sizeof(type), texts,          \
            text_count                                                                             \
    }

static const list_field lists[] = {
    LIST(apps, app_count, ody_app, app_texts, COUNT(app_texts)),
    LIST(webhooks, webhook_count, ody_webhook, hook_texts, COUNT(hook_texts)),
    LIST(trusted_proxies, trusted_proxy_count, ody_network, NULL, 0),
    LIST(http.trusted, http.trusted_count, ody_network, NULL, 0),
};

/* Where the bytes go; without `bytes` they are only counted. */
typedef struct writer {
    char *bytes;
    size_t length;
} writer;

static const void *pointer_get(const void *at)
{
    const void *pointer;

    memcpy(&pointer, at, sizeof(pointer));
    return pointer;
}

static size_t count_get(const void *options, const list_field *list)
{
    size_t count;

    memcpy(&count, (const char *)options + list->count, sizeof(count));
    return count;
}

/* Appends bytes and returns their offset. */
static uintptr_t append(writer *out, const void *data, size_t size, size_t alignment)
{
    size_t at = (out->length + alignment - 1) / alignment * alignment;

    if (out->bytes && size > 0) {
        memcpy(out->bytes + at, data, size);
    }
    out->length = at + size;
    return at;
}

static void point(writer *out, size_t field, uintptr_t offset)
{
    if (out->bytes) {
        memcpy(out->bytes + field, &offset, sizeof(offset));
    }
}

/* The texts of a struct that was written at `at`. */
static void write_texts(writer *out, const void *from, size_t at, const text_field *texts,
                        size_t count)
{
    for (size_t index = 0; index < count; index++) {
        const char *text = pointer_get((const char *)from + texts[index].offset);

        point(out, at + texts[index].offset, text ? append(out, text, strlen(text) + 1, 1) : 0);
    }
}

static void write_list(writer *out, const ody_options *options, const list_field *list)
{
    const char *from = pointer_get((const char *)options + list->offset);
    size_t count = count_get(options, list);
    size_t at;

    if (count == 0) {
        point(out, list->offset, 0);
        return;
    }
    at = append(out, from, count * list->size, _Alignof(max_align_t));
    point(out, list->offset, at);
    for (size_t index = 0; index < count; index++) {
        write_texts(out, from + index * list->size, at + index * list->size, list->texts,
                    list->text_count);
    }
}

static void write_all(writer *out, const ody_options *options)
{
    append(out, options, sizeof(*options), _Alignof(max_align_t));
    write_texts(out, options, 0, option_texts, COUNT(option_texts));
    for (size_t index = 0; index < COUNT(lists); index++) {
        write_list(out, options, &lists[index]);
    }
}

void *ody_options_write(const ody_options *options, size_t *length)
{
    writer out = {0};

    write_all(&out, options);
    out = (writer){.bytes = ody_calloc(1, out.length)};
    if (!out.bytes) {
        return NULL;
    }
    write_all(&out, options);
    *length = out.length;
    return out.bytes;
}

/* Makes a pointer of the offset at field. @return false when nothing of that size lies there. */
static bool resolve(block *self, char *field, size_t size, size_t alignment)
{
    uintptr_t offset;
    char *target = NULL;

    memcpy(&offset, field, sizeof(offset));
    if (offset != 0) {
        if (offset < sizeof(ody_options) || offset % alignment != 0 || offset > self->length ||
            size > self->length - offset) {
            return false;
        }
        target = self->bytes + offset;
    }
    memcpy(field, &target, sizeof(target));
    return true;
}

static bool resolve_texts(block *self, char *at, const text_field *texts, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        char *field = at + texts[index].offset;
        const char *text;

        if (!resolve(self, field, 1, 1)) {
            return false;
        }
        text = pointer_get(field);
        if (text ? !memchr(text, '\0', (size_t)(self->bytes + self->length - text))
                 : texts[index].needed) {
            return false;
        }
    }
    return true;
}

static bool resolve_list(block *self, const list_field *list)
{
    char *field = self->bytes + list->offset;
    size_t count = count_get(self->bytes, list);
    char *at;

    if (count > self->length / list->size ||
        !resolve(self, field, count * list->size, _Alignof(max_align_t))) {
        return false;
    }
    at = (char *)pointer_get(field);
    if (!at != (count == 0)) {
        return false;
    }
    for (size_t index = 0; index < count; index++) {
        if (!resolve_texts(self, at + index * list->size, list->texts, list->text_count)) {
            return false;
        }
    }
    return true;
}

/* Nothing lies behind what is pointed to, nor between it. */
static bool all_used(const block *self)
{
    writer measured = {0};

    write_all(&measured, (const ody_options *)self->bytes);
    return measured.length == self->length;
}

static bool resolve_all(block *self)
{
    if (self->length < sizeof(ody_options) ||
        !resolve_texts(self, self->bytes, option_texts, COUNT(option_texts))) {
        return false;
    }
    for (size_t index = 0; index < COUNT(lists); index++) {
        if (!resolve_list(self, &lists[index])) {
            return false;
        }
    }
    return ((const ody_options *)self->bytes)->app_count > 0 && all_used(self);
}

static block *block_new(size_t length)
{
    block *self = ody_malloc(sizeof(*self) + length);

    if (self) {
        atomic_init(&self->references, 1);
        self->length = length;
    }
    return self;
}

int ody_options_read(const void *bytes, size_t length, const ody_options **options)
{
    block *self = block_new(length);

    if (!self) {
        return ODY_EMEMORY;
    }
    memcpy(self->bytes, bytes, length);
    if (!resolve_all(self)) {
        ody_free(self);
        return ODY_EPROTOCOL;
    }
    *options = (const ody_options *)self->bytes;
    return 0;
}

const ody_options *ody_options_copy(const ody_options *options)
{
    const ody_options *copy = NULL;
    size_t length;
    void *bytes = ody_options_write(options, &length);

    if (bytes) {
        (void)ody_options_read(bytes, length, &copy);
        ody_free(bytes);
    }
    return copy;
}

static block *block_of(const ody_options *options)
{
    return ody_container_of((char *)options, block, bytes);
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

const ody_app *ody_options_app_of_id(const ody_options *options, ody_view id)
{
    for (size_t index = 0; index < options->app_count; index++) {
        if (ody_view_equal(ody_view_of(options->apps[index].id), id)) {
            return &options->apps[index];
        }
    }
    return NULL;
}

const char *ody_app_secret(const ody_app *app, ody_view key)
{
    for (size_t index = 0; index < ODY_APP_KEYS; index++) {
        if (app->keys[index].key && ody_view_equal(ody_view_of(app->keys[index].key), key)) {
            return app->keys[index].secret;
        }
    }
    return NULL;
}

const ody_app *ody_options_app_of_key(const ody_options *options, ody_view key)
{
    for (size_t index = 0; index < options->app_count; index++) {
        if (ody_app_secret(&options->apps[index], key)) {
            return &options->apps[index];
        }
    }
    return NULL;
}
