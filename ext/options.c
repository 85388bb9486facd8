/* SPDX-License-Identifier: MIT */
/* The tables of configuration keys, and what can be asked of them. */
#include "options.h"

#include <unistd.h>

#define SHARDS_MAX 64
#define MIB 1048576.0
#define GIB 1073741824.0

#define OF_SERVER(field)                                                                           \
    PHP_ODY_OF_SERVER, offsetof(ody_options, field), sizeof(((ody_options *)NULL)->field)
#define OF_APP(field) PHP_ODY_OF_APP, offsetof(ody_app, field), sizeof(((ody_app *)NULL)->field)
#define OF_WEBHOOK(field)                                                                          \
    PHP_ODY_OF_WEBHOOK, offsetof(ody_webhook, field), sizeof(((ody_webhook *)NULL)->field)
#define NOWHERE PHP_ODY_NO_TARGET, 0, 0

/* Of every key a running engine takes a change over, unless its kind begins with FIXED. */
#define OPTION(key, type, unit, min, max, fallback, ...)                                           \
    {                                                                                              \
        key, PHP_ODY_##type, unit, min, max, fallback, true, __VA_ARGS__                           \
    }
#define FIXED_OPTION(key, type, unit, min, max, fallback, ...)                                     \
    {                                                                                              \
        key, PHP_ODY_##type, unit, min, max, fallback, false, __VA_ARGS__                          \
    }
#define TEXT(key, min, max, fallback, target)                                                      \
    OPTION(key, TEXT, "bytes", min, max, fallback, target, NULL)
#define FIXED_TEXT(key, min, max, fallback, target)                                                \
    FIXED_OPTION(key, TEXT, "bytes", min, max, fallback, target, NULL)
#define PATH(key, max, target) OPTION(key, PATH, "bytes", 1, max, NULL, target, NULL)
#define FIXED_PATH(key, max, target) FIXED_OPTION(key, PATH, "bytes", 1, max, NULL, target, NULL)
#define INTEGER(key, unit, min, max, fallback, target)                                             \
    OPTION(key, INTEGER, unit, min, max, fallback, target, NULL)
#define FIXED_INTEGER(key, unit, min, max, fallback, target)                                       \
    FIXED_OPTION(key, INTEGER, unit, min, max, fallback, target, NULL)
#define SECONDS(key, min, max, fallback, target)                                                   \
    OPTION(key, SECONDS, "seconds", min, max, fallback, target, NULL)
#define BOOLEAN(key, fallback, target) OPTION(key, BOOLEAN, NULL, 0, 0, fallback, target, NULL)
#define CHOICE(key, fallback, target, words)                                                       \
    OPTION(key, CHOICE, NULL, 0, 0, fallback, target, words)
#define NETWORKS(key, target) OPTION(key, NETWORKS, NULL, 0, 0, "", target, NULL)
#define TEXTS(key) OPTION(key, TEXTS, "texts", 1, 256, NULL, NOWHERE, NULL)
#define LIMIT(name, unit, min, max, fallback)                                                      \
    INTEGER("limits." #name, unit, min, max, fallback, OF_SERVER(limits.name))
#define APP_LIMIT(name, unit, min, max, fallback)                                                  \
    INTEGER("limits." #name, unit, min, max, fallback, OF_APP(limits.name))

/* What each app may have of its own: at the top level it counts for all. */
#define APP_FEATURES                                                                               \
    CHOICE("client_events", "members", OF_APP(client_events), client_events),                      \
        BOOLEAN("user_authentication", "1", OF_APP(user_authentication)),                          \
        BOOLEAN("watchlist", "1", OF_APP(watchlist)),                                              \
        BOOLEAN("subscription_count", "0", OF_APP(subscription_count)),                            \
        SECONDS("authorized_time", 0, 86400, "0", OF_APP(authorized_time)),                        \
        SECONDS("cache_time", 1, 604800, "1800", OF_APP(cache_time)),                              \
        OPTION("allowed_origins", ORIGINS, "patterns", 0, 256, "", OF_APP(origins), NULL),         \
        OPTION("webhooks", WEBHOOKS, "webhooks", 0, PHP_ODY_WEBHOOKS_MAX, "", NOWHERE, NULL)
#define APP_LIMITS                                                                                 \
    INTEGER("limits.app_connections", "connections", 0, 10000000, "0",                             \
            OF_APP(limits.connections)),                                                           \
        APP_LIMIT(channels_per_connection, "channels", 1, 100000, "1000"),                         \
        APP_LIMIT(event_data_size, "bytes", 1, 64 * MIB, "102400"),                                \
        APP_LIMIT(client_event_data_size, "bytes", 1, 64 * MIB, "10240"),                          \
        APP_LIMIT(event_name_length, "bytes", 1, 1024, "200"),                                     \
        APP_LIMIT(channel_name_length, "bytes", 1, 1024, "200"),                                   \
        APP_LIMIT(channels_per_publish, "channels", 1, 10000, "100"),                              \
        APP_LIMIT(events_per_batch, "events", 1, 10000, "10"),                                     \
        APP_LIMIT(events_per_second, "events", 0, 1000000, "0"),                                   \
        APP_LIMIT(client_events_per_second, "events", 0, 1000000, "10"),                           \
        APP_LIMIT(presence_members, "users", 1, 1000000, "100"),                                   \
        APP_LIMIT(presence_user_id_length, "bytes", 1, 1024, "128"),                               \
        APP_LIMIT(presence_user_info_size, "bytes", 1, MIB, "1024"),                               \
        APP_LIMIT(watchlist_length, "users", 1, 10000, "100"),                                     \
        APP_LIMIT(json_depth, "levels", 1, 512, "32")

static const char *const client_events[] = {"members", "private", "none", NULL};
static const char *const log_levels[] = {"debug", "info", "warning", "error", NULL};
static const char *const log_formats[] = {"auto", "readable", "colour", "json", NULL};
static const char *const missing_channels[] = {"throw", "ignore", NULL};
static const char *const webhook_events[] = {
    [ODY_WEBHOOK_CHANNEL_OCCUPIED] = "channel_occupied",
    [ODY_WEBHOOK_CHANNEL_VACATED] = "channel_vacated",
    [ODY_WEBHOOK_MEMBER_ADDED] = "member_added",
    [ODY_WEBHOOK_MEMBER_REMOVED] = "member_removed",
    [ODY_WEBHOOK_CLIENT_EVENT] = "client_event",
    [ODY_WEBHOOK_CACHE_MISS] = "cache_miss",
    [ODY_WEBHOOK_SUBSCRIPTION_COUNT] = "subscription_count",
    [ODY_WEBHOOK_EVENTS] = NULL,
};

const php_ody_option php_ody_options[] = {
    FIXED_TEXT("host", 1, 255, "127.0.0.1", OF_SERVER(host)),
    FIXED_INTEGER("port", NULL, 1, 65535, "9502", OF_SERVER(port)),
    TEXT("path", 0, 255, "", OF_SERVER(path)),
    FIXED_INTEGER("additional.worker_num", "shards", 1, 1024, NULL, OF_SERVER(worker_num)),
    TEXT("app_id", 1, 64, "1", OF_APP(id)),
    TEXT("api_key", 1, 255, NULL, OF_APP(keys[0].key)),
    TEXT("secret_key", 1, 255, NULL, OF_APP(keys[0].secret)),
    TEXT("previous_api_key", 1, 255, NULL, OF_APP(keys[1].key)),
    TEXT("previous_secret_key", 1, 255, NULL, OF_APP(keys[1].secret)),
    BOOLEAN("app_enabled", "1", OF_APP(enabled)),
    PATH("ssl.ssl_cert_file", 4095, OF_SERVER(tls_certificate)),
    PATH("ssl.ssl_key_file", 4095, OF_SERVER(tls_key)),
    FIXED_PATH("socket.path", 107, OF_SERVER(socket_path)),
    FIXED_TEXT("socket.group", 1, 255, NULL, OF_SERVER(socket_group)),
    TEXT("connection", 0, 2047, "", NOWHERE),
    SECONDS("connect_timeout", 0.001, 600, "1", NOWHERE),
    SECONDS("timeout", 0.001, 600, "5", NOWHERE),
    CHOICE("missing_channel", "throw", NOWHERE, missing_channels),
    APP_FEATURES,
    OPTION("apps", APPS, "apps", 0, ODY_APPS_MAX - 1, "", NOWHERE, NULL),
    SECONDS("activity_timeout", 1, 86400, "120", OF_SERVER(activity_timeout)),
    SECONDS("pong_timeout", 1, 86400, "30", OF_SERVER(pong_timeout)),
    SECONDS("drain_time", 0, 3600, "5", OF_SERVER(drain_time)),
    NETWORKS("trusted_proxies", OF_SERVER(trusted_proxies)),
    FIXED_OPTION("http_api.enabled", BOOLEAN, NULL, 0, 0, "1", OF_SERVER(http.enabled), NULL),
    FIXED_TEXT("http_api.listen", 1, 261, NULL, NOWHERE),
    FIXED_INTEGER("http_api.port", NULL, 0, 65535, "0", OF_SERVER(http.port)),
    TEXT("http_api.broadcast_key", 1, 255, NULL, OF_SERVER(http.broadcast_key)),
    TEXT("http_api.metrics_token", 1, 255, NULL, OF_SERVER(http.metrics_token)),
    NETWORKS("http_api.trusted", OF_SERVER(http.trusted)),
    INTEGER("http_api.request_size", "bytes", 0, GIB, "0", OF_SERVER(http.request_size)),
    TEXT("redis.url", 1, 2047, NULL, OF_SERVER(redis.url)),
    TEXT("redis.prefix", 0, 255, "", NOWHERE),
    TEXT("redis.channel", 1, 255, "websocket.broadcast", NOWHERE),
    TEXT("inspector.password", 12, 255, NULL, OF_SERVER(inspector_password)),
    INTEGER("php_workers.num", "processes", 0, 256, "0", OF_SERVER(php_worker_num)),
    INTEGER("php_workers.max_messages", "calls", 0, 1e9, "100000", NOWHERE),
    SECONDS("php_workers.timeout", 0.01, 3600, "5", OF_SERVER(php_worker_timeout)),
    INTEGER("php_workers.queue", "calls", 1, 10000000, "10000", OF_SERVER(php_worker_queue)),
    TEXTS("php_workers.command"),
    LIMIT(connections, "connections", 0, 10000000, "0"),
    LIMIT(connections_per_address, "connections", 0, 10000000, "1000"),
    APP_LIMITS,
    LIMIT(message_size, "bytes", 256, 64 * MIB, "65536"),
    LIMIT(outbound_soft, "bytes", 1024, GIB, "262144"),
    LIMIT(outbound_soft_time, "milliseconds", 1, 3600000, "10000"),
    LIMIT(outbound_hard, "bytes", 4096, GIB, "1048576"),
    LIMIT(outbound_shard, "bytes", 65536, 1024 * GIB, "268435456"),
    FIXED_INTEGER("limits.mailbox_size", "bytes", 65536, 1024 * GIB, "67108864",
                  OF_SERVER(limits.mailbox_size)),
    LIMIT(handshake_time, "milliseconds", 100, 600000, "10000"),
    CHOICE("log.level", "info", OF_SERVER(log_level), log_levels),
    FIXED_OPTION("log.format", CHOICE, NULL, 0, 0, "auto", NOWHERE, log_formats),
    FIXED_PATH("log.file", 4095, OF_SERVER(log_file)),
    FIXED_PATH("pid_file", 4095, NOWHERE),
    BOOLEAN("debug", "0", OF_SERVER(debug)),
    TEXTS("configuration_command"),
    {0},
};

const php_ody_option php_ody_app_options[] = {
    TEXT("id", 1, 64, NULL, OF_APP(id)),
    TEXT("key", 1, 255, NULL, OF_APP(keys[0].key)),
    TEXT("secret", 1, 255, NULL, OF_APP(keys[0].secret)),
    TEXT("previous_key", 1, 255, NULL, OF_APP(keys[1].key)),
    TEXT("previous_secret", 1, 255, NULL, OF_APP(keys[1].secret)),
    BOOLEAN("enabled", "1", OF_APP(enabled)),
    APP_FEATURES,
    APP_LIMITS,
    {0},
};

const php_ody_option php_ody_webhook_options[] = {
    TEXT("url", 1, 2047, NULL, OF_WEBHOOK(url)),
    OPTION("events", CHOICES, "events", 1, ODY_WEBHOOK_EVENTS, NULL, OF_WEBHOOK(events),
           webhook_events),
    OPTION("channels", PREFIXES, "prefixes", 1, 64, NULL, OF_WEBHOOK(prefixes), NULL),
    {0},
};

/* What PHP workers read, and what only the earlier server had a use for. */
static const char *const ignored[] = {
    "channel_handlers", "middleware", "middleware_params", "listeners",   "sock_type", "mode",
    "callbacks",        "runtime",    "enable_api",        "rate_limits",
};

const php_ody_option *php_ody_option_find(const php_ody_option *table, const char *key)
{
    for (const php_ody_option *option = table; option->key; option++) {
        if (strcmp(option->key, key) == 0) {
            return option;
        }
    }
    return NULL;
}

bool php_ody_option_group(const php_ody_option *table, const char *key)
{
    size_t length = strlen(key);

    for (const php_ody_option *option = table; option->key; option++) {
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
const char *php_ody_option_nearest(const php_ody_option *table, const char *key)
{
    const char *nearest = NULL;
    size_t least = strlen(key) / 2 + 1;

    if (strlen(key) > 64) {
        return NULL;
    }
    for (const php_ody_option *option = table; option->key; option++) {
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
            ZVAL_BOOL(out, *option->fallback == '1');
            break;
        case PHP_ODY_NETWORKS:
        case PHP_ODY_ORIGINS:
        case PHP_ODY_WEBHOOKS:
        case PHP_ODY_APPS:
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
        [PHP_ODY_TEXT] = "text",       [PHP_ODY_PATH] = "path",
        [PHP_ODY_INTEGER] = "integer", [PHP_ODY_SECONDS] = "number",
        [PHP_ODY_BOOLEAN] = "boolean", [PHP_ODY_CHOICE] = "choice",
        [PHP_ODY_CHOICES] = "choices", [PHP_ODY_NETWORKS] = "networks",
        [PHP_ODY_ORIGINS] = "origins", [PHP_ODY_PREFIXES] = "prefixes",
        [PHP_ODY_TEXTS] = "texts",     [PHP_ODY_WEBHOOKS] = "webhooks",
        [PHP_ODY_APPS] = "apps",
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
    case PHP_ODY_BOOLEAN:
    case PHP_ODY_CHOICE:
    case PHP_ODY_NETWORKS:
        add_assoc_null(entry, "min");
        add_assoc_null(entry, "max");
        break;
    default:
        add_assoc_long(entry, "min", (zend_long)option->min);
        add_assoc_long(entry, "max", (zend_long)option->max);
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

static void option_describe(const php_ody_option *option, zval *entry)
{
    zval fallback;

    array_init(entry);
    php_ody_option_default(option, &fallback);
    add_assoc_string(entry, "type", type_name(option->type));
    if (option->unit) {
        add_assoc_string(entry, "unit", option->unit);
    } else {
        add_assoc_null(entry, "unit");
    }
    bounds_describe(option, entry);
    choices_describe(option, entry);
    add_assoc_zval(entry, "default", &fallback);
    add_assoc_bool(entry, "reloadable", option->reloadable);
}

/* An app's keys that the top level has too are described there. */
static void table_describe(const php_ody_option *table, const char *where, zval *out)
{
    for (const php_ody_option *option = table; option->key; option++) {
        zval entry;
        zend_string *key;

        if (*where && php_ody_option_find(php_ody_options, option->key)) {
            continue;
        }
        key = strpprintf(0, "%s%s", where, option->key);
        option_describe(option, &entry);
        zend_hash_update(Z_ARRVAL_P(out), key, &entry);
        zend_string_release(key);
    }
}

void php_ody_options_describe(zval *out)
{
    array_init(out);
    table_describe(php_ody_options, "", out);
    table_describe(php_ody_app_options, "apps.*.", out);
    table_describe(php_ody_webhook_options, "webhooks.*.", out);
}
