/* SPDX-License-Identifier: MIT */
/* The table of configuration keys, and what can be asked of it. */
#include "options.h"

#include <unistd.h>

#define SHARDS_MAX 64
#define MIB 1048576.0
#define GIB 1073741824.0

#define TARGET(field) offsetof(ody_options, field), sizeof(((ody_options *)NULL)->field)
#define UNTARGETED PHP_ODY_NO_TARGET, 0

#define TEXT(key, min, max, fallback, field)                                                       \
    {                                                                                              \
        key, PHP_ODY_TEXT, "bytes", min, max, fallback, false, TARGET(field), NULL                 \
    }
#define PATH(key, max, field)                                                                      \
    {                                                                                              \
        key, PHP_ODY_PATH, "bytes", 1, max, NULL, false, TARGET(field), NULL                       \
    }
#define INTEGER(key, unit, min, max, fallback, field)                                              \
    {                                                                                              \
        key, PHP_ODY_INTEGER, unit, min, max, fallback, false, TARGET(field), NULL                 \
    }
#define SECONDS(key, min, max, fallback, field)                                                    \
    {                                                                                              \
        key, PHP_ODY_SECONDS, "seconds", min, max, fallback, false, TARGET(field), NULL            \
    }
#define LIMIT(name, unit, min, max, fallback)                                                      \
    INTEGER("limits." #name, unit, min, max, fallback, limits.name)

static const char *const client_events[] = {"members", "private", "none", NULL};
static const char *const log_levels[] = {"debug", "info", "warning", "error", NULL};
static const char *const log_formats[] = {"auto", "readable", "colour", "json", NULL};
static const char *const missing_channels[] = {"throw", "ignore", NULL};

const php_ody_option php_ody_options[] = {
    TEXT("host", 1, 255, "127.0.0.1", host),
    INTEGER("port", NULL, 1, 65535, "9502", port),
    {"path", PHP_ODY_TEXT, "bytes", 0, 255, "", false, TARGET(path), NULL},
    INTEGER("additional.worker_num", "shards", 1, 1024, NULL, worker_num),
    TEXT("app_id", 1, 64, "1", app_id),
    TEXT("api_key", 1, 255, NULL, app_key),
    TEXT("secret_key", 1, 255, NULL, app_secret),
    PATH("ssl.ssl_cert_file", 4095, tls_certificate),
    PATH("ssl.ssl_key_file", 4095, tls_key),
    PATH("socket.path", 107, socket_path),
    TEXT("socket.group", 1, 255, NULL, socket_group),
    {"connection", PHP_ODY_TEXT, "bytes", 0, 2047, "", true, UNTARGETED, NULL},
    {"connect_timeout", PHP_ODY_SECONDS, "seconds", 0.001, 600, "1", true, UNTARGETED, NULL},
    {"timeout", PHP_ODY_SECONDS, "seconds", 0.001, 600, "5", true, UNTARGETED, NULL},
    {"missing_channel", PHP_ODY_CHOICE, NULL, 0, 0, "throw", true, UNTARGETED, missing_channels},
    {"client_events", PHP_ODY_CHOICE, NULL, 0, 0, "members", false, TARGET(client_events),
     client_events},
    SECONDS("activity_timeout", 1, 86400, "120", activity_timeout),
    SECONDS("pong_timeout", 1, 86400, "30", pong_timeout),
    SECONDS("cache_time", 1, 604800, "1800", cache_time),
    SECONDS("drain_time", 0, 3600, "5", drain_time),
    {"trusted_proxies", PHP_ODY_NETWORKS, NULL, 0, 0, "", false, UNTARGETED, NULL},
    INTEGER("php_workers.num", "processes", 0, 256, "0", php_worker_num),
    SECONDS("php_workers.timeout", 0.01, 3600, "5", php_worker_timeout),
    INTEGER("php_workers.queue", "calls", 1, 10000000, "10000", php_worker_queue),
    LIMIT(connections, "connections", 0, 10000000, "0"),
    LIMIT(connections_per_address, "connections", 0, 10000000, "1000"),
    LIMIT(channels_per_connection, "channels", 1, 100000, "1000"),
    LIMIT(message_size, "bytes", 256, 64 * MIB, "65536"),
    LIMIT(event_data_size, "bytes", 1, 64 * MIB, "102400"),
    LIMIT(client_event_data_size, "bytes", 1, 64 * MIB, "10240"),
    LIMIT(event_name_length, "bytes", 1, 1024, "200"),
    LIMIT(channel_name_length, "bytes", 1, 1024, "200"),
    LIMIT(channels_per_publish, "channels", 1, 10000, "100"),
    LIMIT(client_events_per_second, "events", 0, 1000000, "10"),
    LIMIT(presence_members, "users", 1, 1000000, "100"),
    LIMIT(presence_user_id_length, "bytes", 1, 1024, "128"),
    LIMIT(presence_user_info_size, "bytes", 1, MIB, "1024"),
    LIMIT(json_depth, "levels", 1, 512, "32"),
    LIMIT(outbound_soft, "bytes", 1024, GIB, "262144"),
    LIMIT(outbound_soft_time, "milliseconds", 1, 3600000, "10000"),
    LIMIT(outbound_hard, "bytes", 4096, GIB, "1048576"),
    LIMIT(outbound_shard, "bytes", 65536, 1024 * GIB, "268435456"),
    LIMIT(mailbox_size, "bytes", 65536, 1024 * GIB, "67108864"),
    LIMIT(handshake_time, "milliseconds", 100, 600000, "10000"),
    {"log.level", PHP_ODY_CHOICE, NULL, 0, 0, "info", false, TARGET(log_level), log_levels},
    {"log.format", PHP_ODY_CHOICE, NULL, 0, 0, "auto", false, UNTARGETED, log_formats},
    PATH("log.file", 4095, log_file),
    {"pid_file", PHP_ODY_PATH, "bytes", 1, 4095, NULL, false, UNTARGETED, NULL},
    {"debug", PHP_ODY_BOOLEAN, NULL, 0, 0, "0", false, UNTARGETED, NULL},
    {0},
};

/* What the earlier server's configuration has and this one has no use for. */
static const char *const ignored[] = {
    "sock_type",  "mode",       "callbacks",         "runtime",
    "enable_api", "middleware", "middleware_params", "rate_limits",
};

const php_ody_option *php_ody_option_find(const char *key)
{
    for (const php_ody_option *option = php_ody_options; option->key; option++) {
        if (strcmp(option->key, key) == 0) {
            return option;
        }
    }
    return NULL;
}

bool php_ody_option_group(const char *key)
{
    size_t length = strlen(key);

    for (const php_ody_option *option = php_ody_options; option->key; option++) {
        if (strncmp(option->key, key, length) == 0 && option->key[length] == '.') {
            return true;
        }
    }
    return false;
}

/* Settings for Swoole stand in `additional`, beside worker_num. The certificate's do too in some
 * versions: ignoring those would serve without TLS somebody who asked for it. */
bool php_ody_option_ignored(const char *key)
{
    for (size_t index = 0; index < sizeof(ignored) / sizeof(*ignored); index++) {
        if (strcmp(ignored[index], key) == 0) {
            return true;
        }
    }
    return strncmp(key, "additional.", 11) == 0 && strncmp(key + 11, "ssl_", 4) != 0;
}

/* The number of letters to add, remove or replace on the way from a to b. Texts beyond 64 letters
 * are no typing errors of ours. */
static size_t distance(const char *a, const char *b)
{
    size_t row[65];
    size_t columns = strlen(b);

    if (columns > 64) {
        return SIZE_MAX;
    }
    for (size_t column = 0; column <= columns; column++) {
        row[column] = column;
    }
    for (size_t line = 0; a[line]; line++) {
        size_t diagonal = row[0];

        row[0] = line + 1;
        for (size_t column = 0; column < columns; column++) {
            size_t above = row[column + 1];
            size_t best = diagonal + (a[line] != b[column]);

            best = MIN(best, above + 1);
            row[column + 1] = MIN(best, row[column] + 1);
            diagonal = above;
        }
    }
    return row[columns];
}

static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.');

    return dot ? dot + 1 : key;
}

/* Half of its letters may differ. A key that only stands in the wrong group is the nearest of all.
 */
const char *php_ody_option_nearest(const char *key)
{
    const char *nearest = NULL;
    size_t least = strlen(key) / 2 + 1;

    if (strlen(key) > 64) {
        return NULL;
    }
    for (const php_ody_option *option = php_ody_options; option->key; option++) {
        size_t away = distance(key, option->key);

        if (strcmp(last_part(key), last_part(option->key)) == 0) {
            away = 0;
        }
        if (away < least) {
            least = away;
            nearest = option->key;
        }
    }
    return nearest;
}

static zend_long shards_by_default(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    return cores < 1 ? 1 : MIN(cores, SHARDS_MAX);
}

void php_ody_option_default(const php_ody_option *option, zval *out)
{
    ZVAL_NULL(out);
    if (strcmp(option->key, "additional.worker_num") == 0) {
        ZVAL_LONG(out, shards_by_default());
    } else if (option->fallback) {
        switch (option->type) {
        case PHP_ODY_INTEGER:
            ZVAL_LONG(out, ZEND_STRTOL(option->fallback, NULL, 10));
            break;
        case PHP_ODY_SECONDS:
            ZVAL_DOUBLE(out, zend_strtod(option->fallback, NULL));
            break;
        case PHP_ODY_BOOLEAN:
            ZVAL_FALSE(out);
            break;
        case PHP_ODY_NETWORKS:
            ZVAL_EMPTY_ARRAY(out);
            break;
        default:
            ZVAL_STRING(out, option->fallback);
        }
    }
}

static const char *type_name(php_ody_option_type type)
{
    static const char *const names[] = {
        [PHP_ODY_TEXT] = "text",         [PHP_ODY_PATH] = "path",
        [PHP_ODY_INTEGER] = "integer",   [PHP_ODY_SECONDS] = "number",
        [PHP_ODY_BOOLEAN] = "boolean",   [PHP_ODY_CHOICE] = "choice",
        [PHP_ODY_NETWORKS] = "networks",
    };

    return names[type];
}

static void bounds_describe(const php_ody_option *option, zval *entry)
{
    switch (option->type) {
    case PHP_ODY_SECONDS:
        add_assoc_double(entry, "min", option->min);
        add_assoc_double(entry, "max", option->max);
        break;
    case PHP_ODY_TEXT:
    case PHP_ODY_PATH:
    case PHP_ODY_INTEGER:
        add_assoc_long(entry, "min", (zend_long)option->min);
        add_assoc_long(entry, "max", (zend_long)option->max);
        break;
    default:
        add_assoc_null(entry, "min");
        add_assoc_null(entry, "max");
    }
}

static void choices_describe(const php_ody_option *option, zval *entry)
{
    zval choices;

    if (!option->choices) {
        add_assoc_null(entry, "choices");
        return;
    }
    array_init(&choices);
    for (const char *const *choice = option->choices; *choice; choice++) {
        add_next_index_string(&choices, *choice);
    }
    add_assoc_zval(entry, "choices", &choices);
}

void php_ody_options_describe(zval *out)
{
    array_init(out);
    for (const php_ody_option *option = php_ody_options; option->key; option++) {
        zval entry;
        zval fallback;

        array_init(&entry);
        php_ody_option_default(option, &fallback);
        add_assoc_string(&entry, "type", type_name(option->type));
        if (option->unit) {
            add_assoc_string(&entry, "unit", option->unit);
        } else {
            add_assoc_null(&entry, "unit");
        }
        bounds_describe(option, &entry);
        choices_describe(option, &entry);
        add_assoc_zval(&entry, "default", &fallback);
        add_assoc_bool(&entry, "reloadable", option->reloadable);
        add_assoc_zval(out, option->key, &entry);
    }
}
