/* SPDX-License-Identifier: MIT */
/* What keys mean together, and what options get that no single key says. */
#include <ctype.h>
#include <grp.h>
#include <strings.h>
#include "configuration_parts.h"
#include "ody/redis.h"
#include "ody/server.h"

#define SHARDS_MAX 64
#define NAME_SIZE 64
#define REQUEST_SIZE_LEAST 1024
#define REQUEST_SIZE_MOST (UINT64_C(1) << 30)

/* A text of the arena. */
static char *text_make(php_ody_configuration *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static char *text_make(php_ody_configuration *self, const char *format, ...)
{
    va_list arguments;
    zend_string *text;
    char *kept;

    va_start(arguments, format);
    text = zend_vstrpprintf(0, format, arguments);
    va_end(arguments);
    kept = zend_arena_alloc(&self->arena, ZSTR_LEN(text) + 1);
    memcpy(kept, ZSTR_VAL(text), ZSTR_LEN(text) + 1);
    zend_string_release(text);
    return kept;
}

/* The checked value of a top-level key, or NULL when it is not set. */
static zval *value_of(php_ody_configuration *self, const char *key)
{
    return zend_hash_str_find(&self->values, key, strlen(key));
}

static const char *text_of(php_ody_configuration *self, const char *key)
{
    zval *value = value_of(self, key);

    return value ? Z_STRVAL_P(value) : NULL;
}

/* "ws/" and "/ws" both mean the prefix "/ws". */
static bool path_normalise(php_ody_configuration *self)
{
    zval *path = value_of(self, "path");
    const char *from = Z_STRVAL_P(path);
    size_t length = Z_STRLEN_P(path);
    zval normal;

    while (length && from[length - 1] == '/') {
        length--;
    }
    while (length && *from == '/') {
        from++;
        length--;
    }
    for (size_t index = 0; index < length; index++) {
        if (!isalnum((unsigned char)from[index]) && !strchr("-._~/", from[index])) {
            php_ody_fail("\"path\" must hold only letters, digits and -._~/");
            return false;
        }
    }
    ZVAL_STR(&normal, length ? strpprintf(0, "/%.*s", (int)length, from) : ZSTR_EMPTY_ALLOC());
    self->options.path = Z_STRVAL(normal);
    zend_hash_str_update(&self->values, ZEND_STRL("path"), &normal);
    return true;
}

/* The largest message of an app: quotes and backslashes of the data are escaped once more in the
 * frame, which at most doubles ordinary JSON. */
static uint64_t message_size(const ody_app_limits *limits)
{
    uint64_t data = MAX(limits->event_data_size, limits->client_event_data_size);

    return 2 * data + limits->event_name_length + limits->channel_name_length;
}

/* Every message must fit into every queue that it passes. */
static bool app_sizes_check(const ody_options *options, size_t number)
{
    const ody_app_limits *app = &options->apps[number].limits;
    const ody_limits *limits = &options->limits;
    bool published = app->event_data_size >= app->client_event_data_size;
    uint64_t message = message_size(app);
    char key[NAME_SIZE];

    if (limits->outbound_hard < message) {
        php_ody_app_key_name(number,
                             published ? "limits.event_data_size" : "limits.client_event_data_size",
                             key, sizeof(key));
        php_ody_fail("\"limits.outbound_hard\" (%u bytes) must be at least %" PRIu64
                     " bytes, so that one message of \"%s\" (%u bytes, doubled by escaping) fits",
                     limits->outbound_hard, message, key,
                     published ? app->event_data_size : app->client_event_data_size);
        return false;
    }
    if (limits->mailbox_size < message) {
        php_ody_fail("\"limits.mailbox_size\" must be at least %" PRIu64
                     " bytes, as the other limits are",
                     message);
        return false;
    }
    return true;
}

static bool sizes_check(const ody_options *options)
{
    const ody_limits *limits = &options->limits;

    for (size_t index = 0; index < options->app_count; index++) {
        if (!app_sizes_check(options, index)) {
            return false;
        }
    }
    if (limits->outbound_soft > limits->outbound_hard) {
        php_ody_fail("\"limits.outbound_soft\" (%u bytes) must not be above "
                     "\"limits.outbound_hard\" (%u bytes)",
                     limits->outbound_soft, limits->outbound_hard);
        return false;
    }
    if (limits->outbound_shard < limits->outbound_hard) {
        php_ody_fail("\"limits.outbound_shard\" must be at least %u bytes, as the other limits are",
                     limits->outbound_hard);
        return false;
    }
    return true;
}

static bool tls_check(const ody_options *options)
{
    ody_error error = {0};
    int code;

    if (!options->tls_certificate != !options->tls_key) {
        php_ody_fail("\"%s\" is not set, but \"%s\" is: TLS needs both",
                     options->tls_certificate ? "ssl.ssl_key_file" : "ssl.ssl_cert_file",
                     options->tls_certificate ? "ssl.ssl_cert_file" : "ssl.ssl_key_file");
        return false;
    }
    code = ody_tls_check(options, &error);
    if (code < 0) {
        php_ody_throw(code, &error);
    }
    return code == 0;
}

/* Splits "host:port" or "[address]:port". */
static bool listen_split(php_ody_configuration *self, const char *address)
{
    ody_http_options *http = &self->options.http;
    const char *colon = strrchr(address, ':');
    bool bracketed = colon > address + 2 && *address == '[' && colon[-1] == ']';
    const char *host = address + bracketed;
    size_t length = colon ? (size_t)(colon - host) - bracketed : 0;
    char *end = NULL;
    unsigned long port =
        colon && isdigit((unsigned char)colon[1]) ? strtoul(colon + 1, &end, 10) : 0;

    if (length == 0 || (!bracketed && strcspn(host, ":[]") != length) || port < 1 || port > 65535 ||
        *end) {
        php_ody_fail("\"http_api.listen\" must be an address and a port, such as 127.0.0.1:9503 or "
                     "[::1]:9503");
        return false;
    }
    http->host = text_make(self, "%.*s", (int)length, host);
    http->port = (uint16_t)port;
    return true;
}

static bool http_listen_check(php_ody_configuration *self)
{
    const ody_options *options = &self->options;
    const char *address = text_of(self, "http_api.listen");

    if (address && options->http.port) {
        php_ody_fail("\"http_api.port\" is set, but \"http_api.listen\" has a port already");
        return false;
    }
    if (address && !listen_split(self, address)) {
        return false;
    }
    if (options->http.port == options->port &&
        (!options->http.host || strcmp(options->http.host, options->host) == 0)) {
        php_ody_fail("\"%s\" is the address of the WebSocket server: leave it out, or name "
                     "another port",
                     address ? "http_api.listen" : "http_api.port");
        return false;
    }
    return true;
}

/* Room for a batch of the largest events of the app that may send the most. */
static uint32_t request_size_of(const ody_options *options)
{
    uint64_t most = REQUEST_SIZE_LEAST;

    for (size_t index = 0; index < options->app_count; index++) {
        const ody_app_limits *limits = &options->apps[index].limits;
        uint64_t event = 2 * (uint64_t)limits->event_data_size + limits->event_name_length +
                         limits->channel_name_length + REQUEST_SIZE_LEAST;
        uint64_t channels =
            (uint64_t)limits->channels_per_publish * (limits->channel_name_length + 8);

        most = MAX(most, MAX(event * limits->events_per_batch, event + channels));
    }
    return (uint32_t)MIN(most, REQUEST_SIZE_MOST);
}

static bool http_check(php_ody_configuration *self)
{
    ody_http_options *http = &self->options.http;

    if (!http_listen_check(self)) {
        return false;
    }
    if (http->request_size == 0) {
        http->request_size = request_size_of(&self->options);
    } else if (http->request_size < REQUEST_SIZE_LEAST) {
        php_ody_fail("\"http_api.request_size\" must be 0 or at least %d bytes, %u given",
                     REQUEST_SIZE_LEAST, http->request_size);
        return false;
    }
    return true;
}

/* The sentence shows nothing of the URL, which may hold a password. */
static bool redis_check(php_ody_configuration *self)
{
    ody_redis_options *redis = &self->options.redis;
    ody_error error;

    redis->channel =
        text_make(self, "%s%s", text_of(self, "redis.prefix"), text_of(self, "redis.channel"));
    if (redis->url && ody_redis_url_check(redis->url, &error) < 0) {
        php_ody_fail("%s", error.message);
        return false;
    }
    return true;
}

/* The path of the socket with another ending. */
static const char *beside_socket(php_ody_configuration *self, const char *ending)
{
    const char *path = self->options.socket_path;
    size_t length = strlen(path);

    if (length > 5 && strcmp(path + length - 5, ".sock") == 0) {
        length -= 5;
    }
    return text_make(self, "%.*s%s", (int)length, path, ending);
}

/* The socket is made after the ports are bound: a group that is not there must be seen before. */
static bool group_check(const ody_options *options)
{
    if (options->socket_group && !getgrnam(options->socket_group)) {
        php_ody_fail("\"socket.group\": this machine has no group \"%s\"", options->socket_group);
        return false;
    }
    return true;
}

/* The texts of a list as exec takes them; they stay the list's. NULL when the key is not set. */
static const char **command_of(php_ody_configuration *self, const char *key)
{
    zval *list = value_of(self, key);
    const char **command;
    size_t count = 0;
    zval *text;

    if (!list) {
        return NULL;
    }
    command = zend_arena_calloc(&self->arena, zend_hash_num_elements(Z_ARRVAL_P(list)) + 1,
                                sizeof(*command));
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), text)
    {
        ZVAL_DEREF(text);
        command[count++] = Z_STRVAL_P(text);
    }
    ZEND_HASH_FOREACH_END();
    return command;
}

bool php_ody_together_check(php_ody_configuration *self)
{
    ody_options *options = &self->options;
    const char *pid_file = text_of(self, "pid_file");

    if (!options->socket_path) {
        php_ody_fail("\"socket.path\" is not set");
        return false;
    }
    options->worker_num = MIN(options->worker_num, SHARDS_MAX);
    self->pid_file = pid_file ? pid_file : beside_socket(self, ".pid");
    self->log_beside = beside_socket(self, ".log");
    self->worker_command = command_of(self, "php_workers.command");
    self->configuration_command = command_of(self, "configuration_command");
    return path_normalise(self) && php_ody_keys_check(options) && sizes_check(options) &&
           http_check(self) && redis_check(self) && group_check(options) && tls_check(options);
}
