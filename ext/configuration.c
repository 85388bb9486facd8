/* SPDX-License-Identifier: MIT */
/* Checks a configuration against the table, key by key, then what keys mean together. */
#include "configuration.h"

#include <arpa/inet.h>
#include <grp.h>
#include <math.h>
#include <unistd.h>
#include "errors.h"
#include "ody/log.h"
#include "ody/network.h"
#include "ody/server.h"
#include "zend_exceptions.h"
#include "zend_smart_str.h"

#define SHARDS_MAX 64

#define fail(...)                                                                                  \
    zend_throw_exception_ex(php_ody_ce_configuration_exception, -ODY_ECONFIGURATION, __VA_ARGS__)

/* A key that is null, or an empty text as an empty environment variable gives it, is not set. */
static bool is_set(const zval *value)
{
    return Z_TYPE_P(value) != IS_NULL && !(Z_TYPE_P(value) == IS_STRING && Z_STRLEN_P(value) == 0);
}

static bool number_read(const php_ody_option *option, const zval *value, double *number)
{
    zend_long integer = 0;

    switch (Z_TYPE_P(value)) {
    case IS_LONG:
        *number = (double)Z_LVAL_P(value);
        return true;
    case IS_DOUBLE:
        *number = Z_DVAL_P(value);
        return true;
    case IS_STRING:
        switch (is_numeric_string(Z_STRVAL_P(value), Z_STRLEN_P(value), &integer, number, false)) {
        case IS_LONG:
            *number = (double)integer;
            return true;
        case IS_DOUBLE:
            return true;
        default:
            fail("\"%s\" must be a number, \"%s\" given", option->key, Z_STRVAL_P(value));
            return false;
        }
    default:
        fail("\"%s\" must be a number, %s given", option->key, zend_zval_type_name(value));
        return false;
    }
}

static void target_write(ody_options *options, const php_ody_option *option, uint64_t number)
{
    char *target = (char *)options + option->offset;

    switch (option->width) {
    case 2:
        *(uint16_t *)target = (uint16_t)number;
        break;
    case 4:
        *(uint32_t *)target = (uint32_t)number;
        break;
    default:
        *(uint64_t *)target = number;
    }
}

/* Bounds are whole numbers or thousandths. */
static int decimals(double bound)
{
    return bound == floor(bound) ? 0 : 3;
}

static bool number_check(ody_options *options, const php_ody_option *option, zval *value)
{
    bool seconds = option->type == PHP_ODY_SECONDS;
    double number = 0;

    if (!number_read(option, value, &number)) {
        return false;
    }
    if (!seconds && number != floor(number)) {
        fail("\"%s\" must be a whole number, %g given", option->key, number);
        return false;
    }
    if (!(number >= option->min && number <= option->max)) {
        fail("\"%s\" must be between %.*f and %.*f%s%s, %.12g given", option->key,
             decimals(option->min), option->min, decimals(option->max), option->max,
             option->unit ? " " : "", option->unit ? option->unit : "", number);
        return false;
    }
    if (option->offset != PHP_ODY_NO_TARGET) {
        target_write(options, option, (uint64_t)llround(seconds ? number * 1000 : number));
    }
    zval_ptr_dtor(value);
    if (seconds) {
        ZVAL_DOUBLE(value, number);
    } else {
        ZVAL_LONG(value, (zend_long)number);
    }
    return true;
}

/* Texts are never shown in the error: one of them is the secret. */
static bool text_check(ody_options *options, const php_ody_option *option, zval *value)
{
    if (Z_TYPE_P(value) == IS_LONG) {
        convert_to_string(value);
    }
    if (Z_TYPE_P(value) != IS_STRING) {
        fail("\"%s\" must be a text, %s given", option->key, zend_zval_type_name(value));
        return false;
    }
    if ((double)Z_STRLEN_P(value) < option->min || (double)Z_STRLEN_P(value) > option->max) {
        fail("\"%s\" must have between %.0f and %.0f bytes, %zu given", option->key, option->min,
             option->max, Z_STRLEN_P(value));
        return false;
    }
    for (size_t index = 0; index < Z_STRLEN_P(value); index++) {
        unsigned char byte = (unsigned char)Z_STRVAL_P(value)[index];

        if (byte < 0x20 || byte == 0x7f) {
            fail("\"%s\" must not contain control characters", option->key);
            return false;
        }
    }
    if (option->type == PHP_ODY_PATH && Z_STRVAL_P(value)[0] != '/') {
        fail("\"%s\" must be an absolute path, \"%s\" given", option->key, Z_STRVAL_P(value));
        return false;
    }
    if (option->offset != PHP_ODY_NO_TARGET) {
        *(const char **)((char *)options + option->offset) = Z_STRVAL_P(value);
    }
    return true;
}

static bool choice_check(ody_options *options, const php_ody_option *option, zval *value)
{
    smart_str known = {0};

    for (unsigned index = 0; Z_TYPE_P(value) == IS_STRING && option->choices[index]; index++) {
        if (strcmp(option->choices[index], Z_STRVAL_P(value)) == 0) {
            if (option->offset != PHP_ODY_NO_TARGET) {
                target_write(options, option, index);
            }
            return true;
        }
    }
    for (const char *const *choice = option->choices; *choice; choice++) {
        smart_str_append_printf(&known, "%s\"%s\"", choice == option->choices ? "" : ", ", *choice);
    }
    smart_str_0(&known);
    if (Z_TYPE_P(value) == IS_STRING) {
        fail("\"%s\" must be one of %s, \"%s\" given", option->key, ZSTR_VAL(known.s),
             Z_STRVAL_P(value));
    } else {
        fail("\"%s\" must be one of %s, %s given", option->key, ZSTR_VAL(known.s),
             zend_zval_type_name(value));
    }
    smart_str_free(&known);
    return false;
}

static bool boolean_check(const php_ody_option *option, zval *value)
{
    static const char *const words[] = {"0", "1", "false", "true", "off", "on", "no", "yes"};

    if (Z_TYPE_P(value) == IS_LONG) {
        convert_to_string(value);
    }
    for (size_t index = 0; Z_TYPE_P(value) == IS_STRING && index < sizeof(words) / sizeof(*words);
         index++) {
        if (zend_binary_strcasecmp(Z_STRVAL_P(value), Z_STRLEN_P(value), words[index],
                                   strlen(words[index])) == 0) {
            zval_ptr_dtor(value);
            ZVAL_BOOL(value, index % 2);
        }
    }
    if (Z_TYPE_P(value) != IS_TRUE && Z_TYPE_P(value) != IS_FALSE) {
        fail("\"%s\" must be true or false", option->key);
        return false;
    }
    return true;
}

static bool network_add(php_ody_configuration *self, ody_view text)
{
    ody_network *network = &self->networks[self->options.trusted_proxy_count];

    while (text.length && (*text.data == ' ' || *text.data == '\t')) {
        text.data++;
        text.length--;
    }
    while (text.length &&
           (text.data[text.length - 1] == ' ' || text.data[text.length - 1] == '\t')) {
        text.length--;
    }
    if (text.length == 0) {
        return true;
    }
    if (ody_network_parse(text, network) < 0) {
        fail("\"trusted_proxies\" must hold addresses or networks such as 10.0.0.0/8, \"%.*s\" "
             "given",
             (int)MIN(text.length, 100), text.data);
        return false;
    }
    self->options.trusted_proxy_count++;
    return true;
}

static bool networks_split(php_ody_configuration *self, const zend_string *list)
{
    const char *at = ZSTR_VAL(list);
    size_t commas = 0;

    for (size_t index = 0; index < ZSTR_LEN(list); index++) {
        commas += at[index] == ',';
    }
    self->networks = safe_emalloc(commas + 1, sizeof(*self->networks), 0);
    for (;;) {
        const char *end = strchr(at, ',');
        size_t length = end ? (size_t)(end - at) : strlen(at);

        if (!network_add(self, (ody_view){at, length})) {
            return false;
        }
        if (!end) {
            return true;
        }
        at = end + 1;
    }
}

static bool networks_check(php_ody_configuration *self, const php_ody_option *option, zval *value)
{
    zval *network;

    if (Z_TYPE_P(value) == IS_STRING) {
        return networks_split(self, Z_STR_P(value));
    }
    if (Z_TYPE_P(value) != IS_ARRAY) {
        fail("\"%s\" must be a list of networks or a text with commas between them, %s given",
             option->key, zend_zval_type_name(value));
        return false;
    }
    self->networks =
        safe_emalloc(zend_hash_num_elements(Z_ARRVAL_P(value)) + 1, sizeof(*self->networks), 0);
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), network)
    {
        ZVAL_DEREF(network);
        if (Z_TYPE_P(network) != IS_STRING) {
            fail("\"%s\" must be a list of texts, %s given in it", option->key,
                 zend_zval_type_name(network));
            return false;
        }
        if (!network_add(self, php_ody_view(Z_STR_P(network)))) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* A list of arguments for a program. */
static bool texts_check(const php_ody_option *option, const zval *value)
{
    zval *text;
    uint32_t count = Z_TYPE_P(value) == IS_ARRAY ? zend_hash_num_elements(Z_ARRVAL_P(value)) : 0;

    if (count < option->min || count > option->max || !zend_array_is_list(Z_ARRVAL_P(value))) {
        fail("\"%s\" must be a list of %.0f to %.0f texts", option->key, option->min, option->max);
        return false;
    }
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(value), text)
    {
        ZVAL_DEREF(text);
        if (Z_TYPE_P(text) != IS_STRING || Z_STRLEN_P(text) == 0 ||
            strlen(Z_STRVAL_P(text)) != Z_STRLEN_P(text)) {
            fail("\"%s\" must hold only texts that are not empty and have no NUL", option->key);
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

/* Checks one value and keeps it. @return false with an exception. */
static bool value_set(php_ody_configuration *self, const php_ody_option *option, const zval *given)
{
    zval value;
    bool valid = false;

    ZVAL_COPY_DEREF(&value, (zval *)given);
    switch (option->type) {
    case PHP_ODY_TEXT:
    case PHP_ODY_PATH:
        valid = text_check(&self->options, option, &value);
        break;
    case PHP_ODY_INTEGER:
    case PHP_ODY_SECONDS:
        valid = number_check(&self->options, option, &value);
        break;
    case PHP_ODY_BOOLEAN:
        valid = boolean_check(option, &value);
        break;
    case PHP_ODY_CHOICE:
        valid = choice_check(&self->options, option, &value);
        break;
    case PHP_ODY_NETWORKS:
        valid = networks_check(self, option, &value);
        break;
    case PHP_ODY_TEXTS:
        valid = texts_check(option, &value);
        break;
    }
    if (!valid) {
        zval_ptr_dtor(&value);
        return false;
    }
    zend_hash_str_update(&self->values, option->key, strlen(option->key), &value);
    return true;
}

static bool unknown(const char *key)
{
    const char *nearest = php_ody_option_nearest(key);

    if (nearest && strcmp(nearest, key) == 0) {
        fail("\"%s\" must be nested: the part before the dot is an array", key);
    } else if (nearest) {
        fail("\"%s\" is not a configuration key; the nearest one is \"%s\"", key, nearest);
    } else {
        fail("\"%s\" is not a configuration key", key);
    }
    return false;
}

static bool entry_read(php_ody_configuration *self, const char *key, zval *value, bool nested)
{
    const php_ody_option *option = php_ody_option_find(key);

    ZVAL_DEREF(value);
    if (option && nested == (strchr(key, '.') != NULL)) {
        return !is_set(value) || value_set(self, option, value);
    }
    if (php_ody_option_ignored(key)) {
        return true;
    }
    if (strncmp(key, "additional.", 11) == 0 && !is_set(value)) {
        return true;
    }
    return unknown(key);
}

static bool group_read(php_ody_configuration *self, const char *group, HashTable *entries)
{
    zend_string *name;
    zend_ulong number;
    zval *value;

    ZEND_HASH_FOREACH_KEY_VAL(entries, number, name, value)
    {
        zend_string *key =
            name ? strpprintf(0, "%s%s%s", group, *group ? "." : "", ZSTR_VAL(name))
                 : strpprintf(0, "%s%s" ZEND_ULONG_FMT, group, *group ? "." : "", number);
        bool valid;

        ZVAL_DEREF(value);
        if (*group || !php_ody_option_group(ZSTR_VAL(key))) {
            valid = entry_read(self, ZSTR_VAL(key), value, *group != '\0');
        } else if (Z_TYPE_P(value) == IS_ARRAY) {
            valid = group_read(self, ZSTR_VAL(key), Z_ARRVAL_P(value));
        } else {
            valid = !is_set(value);
            if (!valid) {
                fail("\"%s\" must be an array, %s given", ZSTR_VAL(key),
                     zend_zval_type_name(value));
            }
        }
        zend_string_release(key);
        if (!valid) {
            return false;
        }
    }
    ZEND_HASH_FOREACH_END();
    return true;
}

static bool defaults_set(php_ody_configuration *self)
{
    for (const php_ody_option *option = php_ody_options; option->key; option++) {
        zval fallback;

        php_ody_option_default(option, &fallback);
        if (Z_TYPE(fallback) != IS_NULL && !value_set(self, option, &fallback)) {
            zval_ptr_dtor(&fallback);
            return false;
        }
        zval_ptr_dtor(&fallback);
    }
    efree(self->networks);
    self->networks = NULL;
    return true;
}

/* "ws/" and "/ws" both mean the prefix "/ws". */
static bool path_normalise(php_ody_configuration *self)
{
    zval *path = zend_hash_str_find(&self->values, ZEND_STRL("path"));
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
            fail("\"path\" must hold only letters, digits and -._~/");
            return false;
        }
    }
    ZVAL_STR(&normal, length ? strpprintf(0, "/%.*s", (int)length, from) : ZSTR_EMPTY_ALLOC());
    self->options.path = Z_STRVAL(normal);
    zend_hash_str_update(&self->values, ZEND_STRL("path"), &normal);
    return true;
}

/* The key stands in the URL and before the colon of every token. */
static bool word_check(const char *key, const char *text)
{
    for (; *text; text++) {
        if (!isalnum((unsigned char)*text) && !strchr("-._~", *text)) {
            fail("\"%s\" must hold only letters, digits and -._~", key);
            return false;
        }
    }
    return true;
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

static bool keys_check(const ody_options *options)
{
    if (!options->app_key || !options->app_secret) {
        fail("\"%s\" is not set; `php artisan websocket:keys` makes new keys",
             options->app_key ? "secret_key" : "api_key");
        return false;
    }
    if (!word_check("api_key", options->app_key) || !word_check("app_id", options->app_id)) {
        return false;
    }
    if (!is_loopback(options->host) && (strcmp(options->app_key, "your-api-key") == 0 ||
                                        strcmp(options->app_secret, "your-secret-key") == 0)) {
        fail("\"%s\" is still the placeholder of the example, so the server listens on loopback "
             "only and not on \"host\" %s; `php artisan websocket:keys` makes new keys",
             strcmp(options->app_key, "your-api-key") == 0 ? "api_key" : "secret_key",
             options->host);
        return false;
    }
    return true;
}

/* Every message must fit into every queue that it passes. Quotes and backslashes of the data are
 * escaped once more in the frame, which at most doubles ordinary JSON. */
static bool sizes_check(const ody_limits *limits)
{
    bool published = limits->event_data_size >= limits->client_event_data_size;
    uint64_t data = published ? limits->event_data_size : limits->client_event_data_size;
    uint64_t message = 2 * data + limits->event_name_length + limits->channel_name_length;
    const char *key = published ? "limits.event_data_size" : "limits.client_event_data_size";

    if (limits->outbound_hard < message) {
        fail("\"limits.outbound_hard\" (%u bytes) must be at least %" PRIu64
             " bytes, so that one message of \"%s\" (%" PRIu64 " bytes, doubled by escaping) fits",
             limits->outbound_hard, message, key, data);
        return false;
    }
    if (limits->outbound_soft > limits->outbound_hard) {
        fail("\"limits.outbound_soft\" (%u bytes) must not be above \"limits.outbound_hard\" (%u "
             "bytes)",
             limits->outbound_soft, limits->outbound_hard);
        return false;
    }
    if (limits->outbound_shard < limits->outbound_hard || limits->mailbox_size < message) {
        fail("\"limits.%s\" must be at least %" PRIu64 " bytes, as the other limits are",
             limits->outbound_shard < limits->outbound_hard ? "outbound_shard" : "mailbox_size",
             limits->outbound_shard < limits->outbound_hard ? (uint64_t)limits->outbound_hard
                                                            : message);
        return false;
    }
    return true;
}

static bool tls_check(const ody_options *options)
{
    ody_error error = {0};
    int code;

    if (!options->tls_certificate != !options->tls_key) {
        fail("\"%s\" is not set, but \"%s\" is: TLS needs both",
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

/* The path of the socket with another ending. */
static zend_string *beside_socket(const char *socket_path, const char *ending)
{
    size_t length = strlen(socket_path);

    if (length > 5 && strcmp(socket_path + length - 5, ".sock") == 0) {
        length -= 5;
    }
    return strpprintf(0, "%.*s%s", (int)length, socket_path, ending);
}

/* The socket is made after the ports are bound: a group that is not there must be seen before. */
static bool group_check(const ody_options *options)
{
    if (options->socket_group && !getgrnam(options->socket_group)) {
        fail("\"socket.group\": this machine has no group \"%s\"", options->socket_group);
        return false;
    }
    return true;
}

/* The texts of a list as exec takes them; they stay the list's. NULL when the key is not set. */
static const char **command_of(php_ody_configuration *self, const char *key)
{
    zval *list = zend_hash_str_find(&self->values, key, strlen(key));
    const char **command;
    size_t count = 0;
    zval *text;

    if (!list) {
        return NULL;
    }
    command = safe_emalloc(zend_hash_num_elements(Z_ARRVAL_P(list)) + 1, sizeof(*command), 0);
    ZEND_HASH_FOREACH_VAL(Z_ARRVAL_P(list), text)
    {
        ZVAL_DEREF(text);
        command[count++] = Z_STRVAL_P(text);
    }
    ZEND_HASH_FOREACH_END();
    command[count] = NULL;
    return command;
}

static bool together_check(php_ody_configuration *self)
{
    ody_options *options = &self->options;
    zval *pid_file = zend_hash_str_find(&self->values, ZEND_STRL("pid_file"));

    if (!options->socket_path) {
        fail("\"socket.path\" is not set");
        return false;
    }
    options->worker_num = MIN(options->worker_num, SHARDS_MAX);
    options->trusted_proxies = self->networks;
    self->pid_file = pid_file ? zend_string_copy(Z_STR_P(pid_file))
                              : beside_socket(options->socket_path, ".pid");
    self->log_beside = beside_socket(options->socket_path, ".log");
    self->worker_command = command_of(self, "php_workers.command");
    self->configuration_command = command_of(self, "configuration_command");
    return path_normalise(self) && keys_check(options) && sizes_check(&options->limits) &&
           group_check(options) && tls_check(options);
}

php_ody_configuration *php_ody_configuration_new(HashTable *config)
{
    php_ody_configuration *self = ecalloc(1, sizeof(*self));

    zend_hash_init(&self->values, 64, NULL, ZVAL_PTR_DTOR, false);
    if (!defaults_set(self) || !group_read(self, "", config) || !together_check(self)) {
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
    if (self->networks) {
        efree(self->networks);
    }
    if (self->pid_file) {
        zend_string_release(self->pid_file);
    }
    if (self->log_beside) {
        zend_string_release(self->log_beside);
    }
    if (self->worker_command) {
        efree(self->worker_command);
    }
    if (self->configuration_command) {
        efree(self->configuration_command);
    }
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
