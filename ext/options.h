/* SPDX-License-Identifier: MIT */
/* The tables of configuration keys: checking, defaults and documentation all read them. */
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
    PHP_ODY_CHOICE,   /* the target gets the position of the word */
    PHP_ODY_CHOICES,  /* a list; the target gets a bit for each word */
    PHP_ODY_NETWORKS, /* the target is followed by their number */
    PHP_ODY_ORIGINS,
    PHP_ODY_PREFIXES, /* of channels */
    PHP_ODY_TEXTS,    /* a list; the start command sets it, for this run */
    PHP_ODY_WEBHOOKS, /* a list of maps with the keys of php_ody_webhook_options */
    PHP_ODY_APPS,     /* a list of maps with the keys of php_ody_app_options */
} php_ody_option_type;

/* What an offset counts in. */
typedef enum php_ody_target {
    PHP_ODY_NO_TARGET,
    PHP_ODY_OF_SERVER,  /* ody_options */
    PHP_ODY_OF_APP,     /* ody_app */
    PHP_ODY_OF_WEBHOOK, /* ody_webhook */
    PHP_ODY_TARGETS,
} php_ody_target;

typedef struct php_ody_option {
    const char *key; /* dotted; NULL ends the table */
    php_ody_option_type type;
    const char *unit; /* or NULL */
    double min;       /* value; of texts the length in bytes, of lists how many */
    double max;
    const char *fallback; /* the default as text; NULL: not set */
    bool reloadable;      /* a running engine takes a change over */
    php_ody_target target;
    size_t offset;
    size_t width;               /* bytes of a number's target */
    const char *const *choices; /* ends with NULL */
} php_ody_option;

/** All keys of a configuration, in the order in which they are documented. */
extern const php_ody_option php_ody_options[];

/** The keys of an entry of "apps": what it does not say it takes from the top level. */
extern const php_ody_option php_ody_app_options[];

/** The keys of an entry of "webhooks". */
extern const php_ody_option php_ody_webhook_options[];

/** The most webhooks of one app. */
#define PHP_ODY_WEBHOOKS_MAX 32

/** The option of that dotted key in a table, or NULL. */
const php_ody_option *php_ody_option_find(const php_ody_option *table, const char *key);

/** The key of the table that looks most like key, or NULL when none is near. */
const char *php_ody_option_nearest(const php_ody_option *table, const char *key);

/** Whether key is the name of a group of the table, such as "limits". */
bool php_ody_option_group(const php_ody_option *table, const char *key);

/** Whether the top-level key, or the group that it names, is none of the server's: it belongs to
 * PHP workers or to the earlier Swoole server. */
bool php_ody_option_ignored(const char *key);

/** The default as a PHP value: null, integer, float, bool, string or empty array. */
void php_ody_option_default(const php_ody_option *option, zval *out);

/** All tables as one array, for Server::options(): keys of apps stand below "apps.*.", those of
 * webhooks below "webhooks.*.". */
void php_ody_options_describe(zval *out);

#endif
