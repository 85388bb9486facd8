/* SPDX-License-Identifier: MIT */
/* Checks single values of a configuration against their tables and puts them into options. */
#ifndef ODY_EXT_OPTION_VALUES_H
#define ODY_EXT_OPTION_VALUES_H

#include "errors.h"
#include "options.h"
#include "zend_arena.h"
#include "zend_exceptions.h"

/** Throws the one sentence about a configuration that cannot be. */
#define php_ody_fail(...)                                                                          \
    zend_throw_exception_ex(php_ody_ce_configuration_exception, -ODY_ECONFIGURATION, __VA_ARGS__)

/** The two arguments of "%s%s" that name a key in an error. */
#define PHP_ODY_NAME(section, option) (section)->where, (option)->key

/** A part of a configuration that one table describes: the top level, an app, a webhook. */
typedef struct php_ody_section {
    const php_ody_option *table;
    const char *where;              /* stands before each key in errors: "", "apps.1.", … */
    void *targets[PHP_ODY_TARGETS]; /* what offsets count in; by enum php_ody_target */
    HashTable *values;  /* where and key => checked value, which owns what targets get */
    zend_arena **arena; /* holds what is made of values */
} php_ody_section;

/** Whether a value says something: null, and an empty text as an empty environment variable gives
 *  it, do not. */
bool php_ody_is_set(const zval *value);

/**
 * Checks a value, puts it into the target and keeps it. Not for webhooks and apps.
 * @return false with a ConfigurationException.
 */
bool php_ody_value_set(const php_ody_section *section, const php_ody_option *option,
                       const zval *given);

/**
 * The same for the kinds that are lists. @param value may be changed.
 */
bool php_ody_list_check(const php_ody_section *section, const php_ody_option *option, zval *value);

/** Where the value goes, or NULL: nowhere. */
void *php_ody_target_of(const php_ody_section *section, const php_ody_option *option);

/** The checked value of a key, or NULL when it is not set. */
zval *php_ody_value_of(const php_ody_section *section, const char *key);

/** Writes a number of width bytes. */
void php_ody_number_write(void *target, size_t width, uint64_t number);

#endif
