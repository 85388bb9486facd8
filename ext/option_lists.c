/* SPDX-License-Identifier: MIT */
/* Values that are lists: networks, origins, prefixes of channels, arguments of a program. */
#include <ctype.h>
#include "ody/network.h"
#include "option_values.h"
#include "zend_smart_str.h"

/* Networks are followed by their number. */
#define FOLLOWED_BY(field, count)                                                                  \
    _Static_assert(offsetof(ody_options, count) ==                                                 \
                       offsetof(ody_options, field) + sizeof(ody_network *),                       \
                   #count " must follow " #field)
FOLLOWED_BY(trusted_proxies, trusted_proxy_count);
FOLLOWED_BY(http.trusted, http.trusted_count);

/* What is done with each text of a list. @return false with an exception. */
typedef bool (*text_take)(void *context, const php_ody_section *section,
                          const php_ody_option *option, ody_view text);

static ody_view trimmed(ody_view text)
{
    while (text.length && (*text.data == ' ' || *text.data == '\t')) {
        text.data++;
        text.length--;
    }
    while (text.length &&
           (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t')) {
        text.length--;
    }
    return text;
}

/* Hands over each text of a list, or of a text with commas; empty ones are left out. */
static bool texts_each(const php_ody_section *section, const php_ody_option *option,
                       const zval *value, text_take take, void *context)
{
    zval *text;

    if (Z_TYPE_P(value) == IS_STRING) {
        const char *at = Z_STRVAL_P(value);
        const char *end = at + Z_STRLEN_P(value);

        while (at < end) {
            const char *comma = memchr(at, ',', (size_t)(end - at));
            ody_view part = trimmed((ody_view){at, (size_t)((comma ? comma : end) - at)});

            if (part.length && !take(context, section, option, part)) {
                return false;
            }
            at = comma ? comma + 1 : end;
        }
        return true;
    }
    if (Z_TYPE_P(value) != IS_ARRAY) {
        php_ody_fail("\"%s%s\" must be a list of %s or a text with commas between them, %s given",
                     PHP_ODY_NAME(section, option), option->unit ? option->unit : "networks",
                     zend_zval_type_name(value));
        return false;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), text)
    {
        ody_view part;

        ZVAL_DEREF(text);
        if (Z_TYPE_P(text) != IS_STRING) {
            php_ody_fail("\"%s%s\" must be a list of texts, %s given in it",
                         PHP_ODY_NAME(section, option), zend_zval_type_name(text));
            return false;
        }
        part = trimmed(php_ody_view(Z_STR_P(text)));
        if (part.length && !take(context, section, option, part)) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool count_one(void *context, const php_ody_section *section, const php_ody_option *option,
                      ody_view text)
{
    (*(size_t *)context)++;
    return true;
}

typedef struct network_list {
    ody_network *networks;
    size_t count;
} network_list;

static bool network_add(void *context, const php_ody_section *section, const php_ody_option *option,
                        ody_view text)
{
    network_list *list = context;

    if (ody_network_parse(text, &list->networks[list->count]) < 0) {
        php_ody_fail("\"%s%s\" must hold addresses or networks such as 10.0.0.0/8, \"%.*s\" given",
                     PHP_ODY_NAME(section, option), (int)MIN(text.length, 100), text.data);
        return false;
    }
    list->count++;
    return true;
}

static bool networks_check(const php_ody_section *section, const php_ody_option *option,
                           const zval *value)
{
    network_list list = {0};
    size_t most = 0;

    if (!texts_each(section, option, value, count_one, &most)) {
        return false;
    }
    list.networks = zend_arena_alloc(section->arena, (most + 1) * sizeof(*list.networks));
    if (!texts_each(section, option, value, network_add, &list)) {
        return false;
    }
    memcpy(php_ody_target_of(section, option), &list, sizeof(list));
    return true;
}

/* Texts with spaces between. */
typedef struct joined {
    smart_str text;
    size_t count;
    bool any; /* one of them stands for all there is */
} joined;

static void join(joined *list, ody_view text)
{
    if (list->count++ > 0) {
        smart_str_appendc(&list->text, ' ');
    }
    smart_str_appendl(&list->text, text.data, text.length);
}

/* Gives the joined text to the target. */
static void joined_keep(joined *list, const php_ody_section *section, const php_ody_option *option)
{
    const char **target = php_ody_target_of(section, option);
    size_t length = list->any || !list->text.s ? 0 : ZSTR_LEN(list->text.s);
    char *kept = zend_arena_alloc(section->arena, length + 1);

    if (length) {
        memcpy(kept, ZSTR_VAL(list->text.s), length);
    }
    kept[length] = '\0';
    *target = kept;
}

static bool all_of(ody_view text, const char *allowed)
{
    for (size_t index = 0; index < text.length; index++) {
        char byte = text.data[index];

        if (byte == '\0' || (!isalnum((unsigned char)byte) && !strchr(allowed, byte))) {
            return false;
        }
    }
    return text.length > 0;
}

static bool is_port(ody_view text)
{
    unsigned port = 0;

    if (text.length == 1 && *text.data == '*') {
        return true;
    }
    for (size_t index = 0; index < text.length && port <= 65535; index++) {
        if (!isdigit((unsigned char)text.data[index])) {
            return false;
        }
        port = port * 10 + (unsigned)(text.data[index] - '0');
    }
    return port >= 1 && port <= 65535;
}

/* [scheme://]host[:port], each of which may hold or be a *. */
static bool is_origin(ody_view text)
{
    const char *end = text.data + text.length;
    const char *slashes = text.length > 3 ? php_memnstr(text.data, "://", 3, end) : NULL;
    ody_view host = text;
    const char *colon;

    if (slashes) {
        if (!all_of((ody_view){text.data, (size_t)(slashes - text.data)}, "+.-*")) {
            return false;
        }
        host = (ody_view){slashes + 3, (size_t)(end - slashes - 3)};
    }
    colon = zend_memrchr(host.data, ':', host.length);
    if (colon && !memchr(colon, ']', (size_t)(end - colon))) {
        if (!is_port((ody_view){colon + 1, (size_t)(end - colon - 1)})) {
            return false;
        }
        host.length = (size_t)(colon - host.data);
    }
    if (host.length > 2 && host.data[0] == '[' && host.data[host.length - 1] == ']') {
        return all_of((ody_view){host.data + 1, host.length - 2}, ":.");
    }
    return all_of(host, "-._*");
}

static bool origin_add(void *context, const php_ody_section *section, const php_ody_option *option,
                       ody_view text)
{
    joined *list = context;
    char lower[512];

    if (text.length > sizeof(lower) || !is_origin(text)) {
        php_ody_fail("\"%s%s\" must hold origins such as https://*.example.com:8443, example.com "
                     "or *, \"%.*s\" given",
                     PHP_ODY_NAME(section, option), (int)MIN(text.length, 100), text.data);
        return false;
    }
    for (size_t index = 0; index < text.length; index++) {
        lower[index] = (char)tolower((unsigned char)text.data[index]);
    }
    list->any |= text.length == 1 && *text.data == '*';
    join(list, (ody_view){lower, text.length});
    return true;
}

static bool prefix_add(void *context, const php_ody_section *section, const php_ody_option *option,
                       ody_view text)
{
    if (text.length > 1024 || !all_of(text, "_-=@,.;#")) {
        php_ody_fail("\"%s%s\" must hold beginnings of channel names, \"%.*s\" given",
                     PHP_ODY_NAME(section, option), (int)MIN(text.length, 100), text.data);
        return false;
    }
    join(context, text);
    return true;
}

static bool joined_check(const php_ody_section *section, const php_ody_option *option,
                         const zval *value, text_take take)
{
    joined list = {0};
    bool valid = texts_each(section, option, value, take, &list);

    if (valid && ((double)list.count < option->min || (double)list.count > option->max)) {
        php_ody_fail("\"%s%s\" must have between %.0f and %.0f %s, %zu given",
                     PHP_ODY_NAME(section, option), option->min, option->max, option->unit,
                     list.count);
        valid = false;
    }
    if (valid) {
        joined_keep(&list, section, option);
    }
    smart_str_free(&list.text);
    return valid;
}

/* A comma is a letter of a channel's name, so a text is no list of prefixes. */
static bool prefixes_check(const php_ody_section *section, const php_ody_option *option,
                           const zval *value)
{
    if (Z_TYPE_P(value) != IS_ARRAY) {
        php_ody_fail("\"%s%s\" must be a list of %s, %s given", PHP_ODY_NAME(section, option),
                     option->unit, zend_zval_type_name(value));
        return false;
    }
    return joined_check(section, option, value, prefix_add);
}

/* A list of arguments for a program. */
static bool texts_check(const php_ody_section *section, const php_ody_option *option,
                        const zval *value)
{
    zval *text;
    uint32_t count = Z_TYPE_P(value) == IS_ARRAY ? zend_hash_num_elements(Z_ARRVAL_P(value)) : 0;

    if (count < option->min || count > option->max || !zend_array_is_list(Z_ARRVAL_P(value))) {
        php_ody_fail("\"%s%s\" must be a list of %.0f to %.0f texts", PHP_ODY_NAME(section, option),
                     option->min, option->max);
        return false;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), text)
    {
        ZVAL_DEREF(text);
        if (Z_TYPE_P(text) != IS_STRING || Z_STRLEN_P(text) == 0 ||
            strlen(Z_STRVAL_P(text)) != Z_STRLEN_P(text)) {
            php_ody_fail("\"%s%s\" must hold only texts that are not empty and have no NUL",
                         PHP_ODY_NAME(section, option));
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

bool php_ody_list_check(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    switch (option->type) {
    case PHP_ODY_NETWORKS:
        return networks_check(section, option, value);
    case PHP_ODY_ORIGINS:
        return joined_check(section, option, value, origin_add);
    case PHP_ODY_PREFIXES:
        return prefixes_check(section, option, value);
    default:
        return texts_check(section, option, value);
    }
}
