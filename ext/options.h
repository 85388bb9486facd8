/* SPDX-License-Identifier: MIT */
/* The one table of configuration keys: checking, defaults and documentation all read it. */
#ifndef ODY_EXT_OPTIONS_H
#define ODY_EXT_OPTIONS_H

#include "php_ody_websocket.h"
#include "ody/options.h"

typedef enum php_ody_option_type {
    PHP_ODY_TEXT,
    PHP_ODY_PATH, /* of a file: absolute, because nothing depends on the working directory */
    PHP_ODY_INTEGER,
    PHP_ODY_SECONDS, /* a float in the configuration, milliseconds in the engine */
    PHP_ODY_BOOLEAN,
    PHP_ODY_CHOICE, /* the target gets the position of the word */
    PHP_ODY_NETWORKS,
    PHP_ODY_TEXTS, /* a list; the start command sets it, for this run */
} php_ody_option_type;

#define PHP_ODY_NO_TARGET SIZE_MAX

typedef struct php_ody_option {
    const char *key; /* dotted; NULL ends the table */
    php_ody_option_type type;
    const char *unit; /* or NULL */
    double min;       /* value; of texts the length in bytes, of lists how many */
    double max;
    const char *fallback;       /* the default as text; NULL: not set */
    bool reloadable;            /* a running engine takes a change over */
    size_t offset;              /* in ody_options, or PHP_ODY_NO_TARGET */
    size_t width;               /* bytes of an integer target */
    const char *const *choices; /* ends with NULL */
} php_ody_option;

/** All keys, in the order in which they are documented. */
extern const php_ody_option php_ody_options[];

/** The option of that dotted key, or NULL. */
const php_ody_option *php_ody_option_find(const char *key);

/** The known key that looks most like key, or NULL when none is near. */
const char *php_ody_option_nearest(const char *key);

/** Whether the key, or the group that it names, is none of the server's: it belongs to PHP workers
 * or to the earlier Swoole server. */
bool php_ody_option_ignored(const char *key);

/** Whether key is the name of a group such as "limits". */
bool php_ody_option_group(const char *key);

/** The default as a PHP value: null, integer, float, bool, string or empty array. */
void php_ody_option_default(const php_ody_option *option, zval *out);

/** The table as an array, for Server::options(). */
void php_ody_options_describe(zval *out);

#endif
