/* SPDX-License-Identifier: MIT */
/* Ids and keys of all apps: present, no examples, nobody's twice. */
#include <arpa/inet.h>
#include <ctype.h>
#include "configuration_parts.h"

#define NAME_SIZE 64

/* How errors name what an app is known by: at the top level the keys have longer names. */
static void identity_name(size_t app, const char *key, char *name)
{
    static const char *const at_top[][2] = {
        {"id", "app_id"},
        {"key", "api_key"},
        {"secret", "secret_key"},
        {"previous_key", "previous_api_key"},
        {"previous_secret", "previous_secret_key"},
    };

    for (size_t index = 0; app == 0 && index < sizeof(at_top) / sizeof(*at_top); index++) {
        if (strcmp(at_top[index][0], key) == 0) {
            key = at_top[index][1];
        }
    }
    php_ody_app_key_name(app, key, name, NAME_SIZE);
}

/* Ids and keys stand in URLs, and keys before the colon of every token. */
static bool word_check(size_t app, const char *key, const char *text)
{
    char name[NAME_SIZE];

    for (; text && *text; text++) {
        if (!isalnum((unsigned char)*text) && !strchr("-._~", *text)) {
            identity_name(app, key, name);
            php_ody_fail("\"%s\" must hold only letters, digits and -._~", name);
            return false;
        }
    }
    return true;
}

static bool words_check(const ody_app *app, size_t number)
{
    return word_check(number, "id", app->id) && word_check(number, "key", app->keys[0].key) &&
           word_check(number, "previous_key", app->keys[1].key);
}

/* A key and its secret are valid together, or there is none of them. */
static bool previous_check(const ody_app *app, size_t number)
{
    const ody_app_key *previous = &app->keys[1];
    char missing[NAME_SIZE];
    char given[NAME_SIZE];

    if (!previous->key == !previous->secret) {
        return true;
    }
    identity_name(number, previous->key ? "previous_secret" : "previous_key", missing);
    identity_name(number, previous->key ? "previous_key" : "previous_secret", given);
    php_ody_fail("\"%s\" is not set, but \"%s\" is: a previous key needs both", missing, given);
    return false;
}

static bool is_loopback(const char *host)
{
    struct in_addr four;
    struct in6_addr six;

    if (inet_pton(AF_INET, host, &four) == 1) {
        return (ntohl(four.s_addr) >> 24) == 127;
    }
    if (inet_pton(AF_INET6, host, &six) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&six);
    }
    return strcmp(host, "localhost") == 0;
}

/* What stands in examples and, as a default, in other servers. A key is no secret, so one of those
 * that many people kept on purpose is fine. */
static bool is_placeholder(const char *text)
{
    static const char *const placeholders[] = {"your-api-key", "your-secret-key", "app-secret"};

    for (size_t index = 0; text && index < sizeof(placeholders) / sizeof(*placeholders); index++) {
        if (strcmp(text, placeholders[index]) == 0) {
            return true;
        }
    }
    return false;
}

static bool placeholder_check(const ody_options *options, const ody_app *app, size_t number)
{
    const struct {
        const char *key;
        const char *value;
    } checked[] = {
        {"key", app->keys[0].key},
        {"secret", app->keys[0].secret},
        {"previous_key", app->keys[1].key},
        {"previous_secret", app->keys[1].secret},
    };
    char name[NAME_SIZE];

    for (size_t index = 0; index < sizeof(checked) / sizeof(*checked); index++) {
        if (is_placeholder(checked[index].value)) {
            identity_name(number, checked[index].key, name);
            php_ody_fail("\"%s\" is still the placeholder of the example, so the server listens on "
                         "loopback only and not on \"host\" %s; `php artisan websocket:keys` makes "
                         "new keys",
                         name, options->host);
            return false;
        }
    }
    return true;
}

/* Each word may be used once. @return false with an exception. */
static bool once(HashTable *used, const char *word, size_t app, const char *key)
{
    char name[NAME_SIZE];
    zval *before;
    zval place;

    if (!word) {
        return true;
    }
    identity_name(app, key, name);
    before = zend_hash_str_find(used, word, strlen(word));
    if (before) {
        php_ody_fail("\"%s\" must not be the same as \"%s\"", name, Z_STRVAL_P(before));
        return false;
    }
    ZVAL_STRING(&place, name);
    zend_hash_str_add(used, word, strlen(word), &place);
    return true;
}

static bool unique_check(const ody_options *options)
{
    HashTable ids;
    HashTable keys;
    bool valid = true;

    zend_hash_init(&ids, 8, NULL, ZVAL_PTR_DTOR, false);
    zend_hash_init(&keys, 8, NULL, ZVAL_PTR_DTOR, false);
    for (size_t index = 0; valid && index < options->app_count; index++) {
        const ody_app *app = &options->apps[index];

        valid = once(&ids, app->id, index, "id") && once(&keys, app->keys[0].key, index, "key") &&
                once(&keys, app->keys[1].key, index, "previous_key");
    }
    zend_hash_destroy(&ids);
    zend_hash_destroy(&keys);
    return valid;
}

bool php_ody_keys_check(const ody_options *options)
{
    const ody_app_key *first = &options->apps[0].keys[0];
    bool open = !is_loopback(options->host);

    if (!first->key || !first->secret) {
        php_ody_fail("\"%s\" is not set; `php artisan websocket:keys` makes new keys",
                     first->key ? "secret_key" : "api_key");
        return false;
    }
    for (size_t index = 0; index < options->app_count; index++) {
        const ody_app *app = &options->apps[index];

        if (!words_check(app, index) || !previous_check(app, index) ||
            (open && !placeholder_check(options, app, index))) {
            return false;
        }
    }
    return unique_check(options);
}
