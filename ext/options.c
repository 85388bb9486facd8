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
        key, PHP_ODY_TEXT, "bytes", min, max, fallback, true, TARGET(field), NULL                  \
    }
#define PATH(key, max, field)                                                                      \
    {                                                                                              \
        key, PHP_ODY_PATH, "bytes", 1, max, NULL, true, TARGET(field), NULL                        \
    }
#define INTEGER(key, unit, min, max, fallback, field)                                              \
    {                                                                                              \
        key, PHP_ODY_INTEGER, unit, min, max, fallback, true, TARGET(field), NULL                  \
    }
#define SECONDS(key, min, max, fallback, field)                                                    \
    {                                                                                              \
        key, PHP_ODY_SECONDS, "seconds", min, max, fallback, true, TARGET(field), NULL             \
    }
#define LIMIT(name, unit, min, max, fallback)                                                      \
    INTEGER("limits." #name, unit, min, max, fallback, limits.name)

static const char *const client_events[] = {"members", "private", "none", NULL};
static const char *const log_levels[] = {"debug", "info", "warning", "error", NULL};
static const char *const log_formats[] = {"auto", "readable", "colour", "json", NULL};
static const char *const missing_channels[] = {"throw", "ignore", NULL};

const php_ody_option php_ody_options[] = {
    {"host", PHP_ODY_TEXT, "bytes", 1, 255, "127.0.0.1", false, TARGET(host), NULL},
    {"port", PHP_ODY_INTEGER, NULL, 1, 65535, "9502", false, TARGET(port), NULL},
    {"path", PHP_ODY_TEXT, "bytes", 0, 255, "", true, TARGET(path), NULL},
    {"additional.worker_num", PHP_ODY_INTEGER, "shards", 1, 1024, NULL, false, TARGET(worker_num),
     NULL},
    TEXT("app_id", 1, 64, "1", app_id),
    TEXT("api_key", 1, 255, NULL, app_key),
    TEXT("secret_key", 1, 255, NULL, app_secret),
    PATH("ssl.ssl_cert_file", 4095, tls_certificate),
    PATH("ssl.ssl_key_file", 4095, tls_key),
    {"socket.path", PHP_ODY_PATH, "bytes", 1, 107, NULL, false, TARGET(socket_path), NULL},
    {"socket.group", PHP_ODY_TEXT, "bytes", 1, 255, NULL, false, TARGET(socket_group), NULL},
