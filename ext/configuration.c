/* SPDX-License-Identifier: MIT */
/* Reads a configuration by its tables, key by key. */
#include "configuration_parts.h"

#include <string.h>
#include <unistd.h>

#define ARENA_SIZE 4096

static bool unknown(const php_ody_section *section, const char *key)
{
    const char *nearest = php_ody_option_nearest(section->table, key);

    if (nearest && strcmp(nearest, key) == 0) {
        php_ody_fail("\"%s%s\" must be nested: the part before the dot is an array", section->where,
                     key);
    } else if (*section->where && php_ody_option_find(php_ody_options, key)) {
        php_ody_fail("\"%s%s\" is a key of the whole server: \"%s\" at the top level sets it",
                     section->where, key, key);
    } else if (nearest) {
        php_ody_fail("\"%s%s\" is not a configuration key; the nearest one is \"%s%s\"",
                     section->where, key, section->where, nearest);
    } else {
        php_ody_fail("\"%s%s\" is not a configuration key", section->where, key);
    }
    return false;
}

/* Lists of arrays are kept as they are until everything else is read: apps take from it. */
static bool list_keep(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    uint32_t count = Z_TYPE_P(value) == IS_ARRAY ? zend_hash_num_elements(Z_ARRVAL_P(value)) : 0;
    zend_string *name;

    if (Z_TYPE_P(value) != IS_ARRAY || !zend_array_is_list(Z_ARRVAL_P(value))) {
        php_ody_fail("\"%s%s\" must be a list of arrays%s", PHP_ODY_NAME(section, option),
                     Z_TYPE_P(value) == IS_STRING ? "; as a text it must be one in JSON" : "");
        return false;
    }
    if (count > option->max) {
        php_ody_fail("\"%s%s\" must hold at most %.0f %s, %u given", PHP_ODY_NAME(section, option),
                     option->max, option->unit, count);
        return false;
    }
    name = strpprintf(0, "%s%s", section->where, option->key);
    Z_TRY_ADDREF_P(value);
    zend_hash_update(section->values, name, value);
    zend_string_release(name);
    return true;
}

static bool option_read(const php_ody_section *section, const php_ody_option *option, zval *value)
{
    if (option->type == PHP_ODY_WEBHOOKS || option->type == PHP_ODY_APPS) {
        return list_keep(section, option, value);
    }
    return php_ody_value_set(section, option, value);
}

static bool entry_read(const php_ody_section *section, const char *key, zval *value, bool nested)
{
    const php_ody_option *option = php_ody_option_find(section->table, key);

    ZVAL_DEREF(value);
    if (option && nested == (strchr(key, '.') != NULL)) {
        return !php_ody_is_set(value) || option_read(section, option, value);
    }
    if (!*section->where) {
        if (php_ody_option_ignored(key)) {
            return true;
        }
        if (strncmp(key, "additional.", 11) == 0 && !php_ody_is_set(value)) {
            return true;
        }
    }
    return unknown(section, key);
}

static bool group_read(const php_ody_section *section, const char *group, HashTable *entries);

static bool member_read(const php_ody_section *section, const char *group, const char *key,
                        zval *value)
{
    ZVAL_DEREF(value);
    if (*group || !php_ody_option_group(section->table, key)) {
        return entry_read(section, key, value, *group != '\0');
    }
    if (Z_TYPE_P(value) == IS_ARRAY) {
        return group_read(section, key, Z_ARRVAL_P(value));
    }
    if (php_ody_is_set(value)) {
        php_ody_fail("\"%s%s\" must be an array, %s given", section->where, key,
                     zend_zval_type_name(value));
        return false;
    }
    return true;
}

static bool group_read(const php_ody_section *section, const char *group, HashTable *entries)
{
    zend_string *name;
    zend_ulong number;
    zval *value;

    ZEND_HASH_FOREACH_KEY_VAL(entries, number, name, value)
    {
        zend_string *key =
            name ? strpprintf(0, "%s%s%s", group, *group ? "." : "", ZSTR_VAL(name))
                 : strpprintf(0, "%s%s" ZEND_ULONG_FMT, group, *group ? "." : "", number);
        bool valid = member_read(section, group, ZSTR_VAL(key), value);

        zend_string_release(key);
        if (!valid) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

bool php_ody_section_read(const php_ody_section *section, HashTable *entries)
{
    return group_read(section, "", entries);
}

static bool defaults_set(const php_ody_section *section)
{
    for (const php_ody_option *option = section->table; option->key; option++) {
        zval fallback;
        bool valid;

        php_ody_option_default(option, &fallback);
        valid = Z_TYPE(fallback) == IS_NULL || option_read(section, option, &fallback);
        zval_ptr_dtor(&fallback);
        if (!valid) {
            return false;
        }
    }
    return true;
}

php_ody_configuration *php_ody_configuration_new(HashTable *config)
{
    php_ody_configuration *self = ecalloc(1, sizeof(*self));
    ody_app first = {0};
    const php_ody_section top = {
        .table = php_ody_options,
        .where = "",
        .targets = {[PHP_ODY_OF_SERVER] = &self->options, [PHP_ODY_OF_APP] = &first},
        .values = &self->values,
        .arena = &self->arena,
    };

    self->arena = zend_arena_create(ARENA_SIZE);
    zend_hash_init(&self->values, 64, NULL, ZVAL_PTR_DTOR, false);
    if (!defaults_set(&top) || !php_ody_section_read(&top, config) ||
        !php_ody_apps_read(self, &first) || !php_ody_together_check(self)) {
        php_ody_configuration_free(self);
        return NULL;
    }
    return self;
}

void php_ody_configuration_free(php_ody_configuration *self)
{
    if (!self) {
        return;
    }
    zend_hash_destroy(&self->values);
    zend_arena_destroy(self->arena);
    efree(self);
}

ody_log_format php_ody_configuration_log_format(const php_ody_configuration *self, int descriptor)
{
    const char *format = Z_STRVAL_P(zend_hash_str_find(&self->values, ZEND_STRL("log.format")));

    if (strcmp(format, "auto") == 0) {
        return isatty(descriptor) ? ODY_LOG_COLOUR : ODY_LOG_JSON;
    }
    if (strcmp(format, "json") == 0) {
        return ODY_LOG_JSON;
    }
    return strcmp(format, "colour") == 0 ? ODY_LOG_COLOUR : ODY_LOG_READABLE;
}
