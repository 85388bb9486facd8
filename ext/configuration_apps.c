/* SPDX-License-Identifier: MIT */
/* The lists of a configuration: apps, which take from the top level what they do not say, and
 * webhooks. */
#include <ctype.h>
#include "configuration_parts.h"

/* The webhooks of one app, in the arena. */
typedef struct hooks {
    ody_webhook *list;
    uint32_t count;
} hooks;

void php_ody_app_key_name(size_t app, const char *key, char *name, size_t size)
{
    if (app == 0) {
        snprintf(name, size, "%s", key);
    } else {
        snprintf(name, size, "apps.%zu.%s", app - 1, key);
    }
}

/* The entries of a list that was read, or NULL. Not the value: what is read next moves that. */
static HashTable *list_of(const php_ody_section *section, const char *key)
{
    zval *value = php_ody_value_of(section, key);

    return value ? Z_ARRVAL_P(value) : NULL;
}

static zval *entry_of(const php_ody_section *section, const char *list, uint32_t index, zval *entry)
{
    ZVAL_DEREF(entry);
    if (Z_TYPE_P(entry) != IS_ARRAY) {
        php_ody_fail("\"%s%s.%u\" must be an array, %s given", section->where, list, index,
                     zend_zval_type_name(entry));
        return NULL;
    }
    return entry;
}

/* http:// or https:// and a host, and nothing that a request line cannot hold. */
static bool url_check(const php_ody_section *section, const char *url)
{
    const char *host = strncasecmp(url, "https://", 8) == 0  ? url + 8
                       : strncasecmp(url, "http://", 7) == 0 ? url + 7
                                                             : "";

    if (!isalnum((unsigned char)*host) && *host != '[') {
        php_ody_fail("\"%surl\" must be an address such as https://example.com/hook",
                     section->where);
        return false;
    }
    for (const char *at = url; *at; at++) {
        if (*at == ' ' || (unsigned char)*at > 0x7e) {
            php_ody_fail("\"%surl\" must not contain spaces or letters beyond ASCII: encode them",
                         section->where);
            return false;
        }
    }
    return true;
}

static bool webhook_read(php_ody_configuration *self, const char *where, HashTable *entries,
                         ody_webhook *hook)
{
    const php_ody_section section = {
        .table = php_ody_webhook_options,
        .where = where,
        .targets = {[PHP_ODY_OF_WEBHOOK] = hook},
        .values = &self->values,
        .arena = &self->arena,
    };

    *hook = (ody_webhook){.prefixes = "", .events = (1U << ODY_WEBHOOK_EVENTS) - 1};
    if (!php_ody_section_read(&section, entries)) {
        return false;
    }
    if (!hook->url) {
        php_ody_fail("\"%surl\" is not set", where);
        return false;
    }
    return url_check(&section, hook->url);
}

/* The webhooks that a section sets itself. @param out unchanged when it sets none. */
static bool webhooks_read(php_ody_configuration *self, const php_ody_section *section, hooks *out)
{
    HashTable *list = list_of(section, "webhooks");
    uint32_t index = 0;
    zval *entry;

    if (!list) {
        return true;
    }
    out->count = zend_hash_num_elements(list);
    out->list = zend_arena_calloc(&self->arena, out->count + 1, sizeof(*out->list));
    ZEND_HASH_FOREACH_VAL(list, entry)
    {
        char where[64];

        snprintf(where, sizeof(where), "%swebhooks.%u.", section->where, index);
        entry = entry_of(section, "webhooks", index, entry);
        if (!entry || !webhook_read(self, where, Z_ARRVAL_P(entry), &out->list[index])) {
            return false;
        }
        index++;
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool identity_check(const ody_app *app, size_t number)
{
    const struct {
        const char *key;
        const char *value;
    } needed[] = {{"id", app->id}, {"key", app->keys[0].key}, {"secret", app->keys[0].secret}};

    for (size_t index = 0; index < sizeof(needed) / sizeof(*needed); index++) {
        if (!needed[index].value) {
            php_ody_fail("\"apps.%zu.%s\" is not set", number - 1, needed[index].key);
            return false;
        }
    }
    return true;
}

/* @param app a copy of the first one, of which only what is the first one's own is taken away. */
static bool app_read(php_ody_configuration *self, size_t number, HashTable *entries, ody_app *app,
                     hooks *of_app)
{
    char where[32];
    const php_ody_section section = {
        .table = php_ody_app_options,
        .where = where,
        .targets = {[PHP_ODY_OF_APP] = app},
        .values = &self->values,
        .arena = &self->arena,
    };

    php_ody_app_key_name(number, "", where, sizeof(where));
    app->number = (uint32_t)number;
    app->id = NULL;
    app->enabled = true;
    memset(app->keys, 0, sizeof(app->keys));
    return php_ody_section_read(&section, entries) && identity_check(app, number) &&
           webhooks_read(self, &section, of_app);
}

/* Makes one list of all apps' webhooks. */
static void webhooks_collect(php_ody_configuration *self, const ody_app *apps, const hooks *of_apps,
                             size_t count)
{
    ody_webhook *all;
    size_t sum = 0;

    for (size_t index = 0; index < count; index++) {
        sum += of_apps[index].count;
    }
    all = zend_arena_calloc(&self->arena, sum + 1, sizeof(*all));
    self->options.webhooks = all;
    self->options.webhook_count = sum;
    for (size_t index = 0; index < count; index++) {
        for (uint32_t hook = 0; hook < of_apps[index].count; hook++) {
            *all = of_apps[index].list[hook];
            all->app_id = apps[index].id;
            all++;
        }
    }
}

bool php_ody_apps_read(php_ody_configuration *self, const ody_app *first)
{
    const php_ody_section top = {
        .table = php_ody_options, .where = "", .values = &self->values, .arena = &self->arena};
    HashTable *list = list_of(&top, "apps");
    size_t count = 1 + zend_hash_num_elements(list);
    ody_app *apps = zend_arena_calloc(&self->arena, count, sizeof(*apps));
    hooks *of_apps = zend_arena_calloc(&self->arena, count, sizeof(*of_apps));
    size_t number = 0;
    zval *entry;

    apps[0] = *first;
    self->options.apps = apps;
    self->options.app_count = count;
    if (!webhooks_read(self, &top, &of_apps[0])) {
        return false;
    }
    ZEND_HASH_FOREACH_VAL(list, entry)
    {
        entry = entry_of(&top, "apps", (uint32_t)number++, entry);
        apps[number] = apps[0];
        of_apps[number] = of_apps[0];
        if (!entry || !app_read(self, number, Z_ARRVAL_P(entry), &apps[number], &of_apps[number])) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    webhooks_collect(self, apps, of_apps, count);
    return true;
}
