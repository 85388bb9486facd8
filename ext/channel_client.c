/* SPDX-License-Identifier: MIT */
/* The class ChannelClient: the socket's requests as methods. */
#include "php_ody_websocket.h"

#include <math.h>
#include "channel_client.h"
#include "channel_client_table.h"
#include "convert.h"
#include "errors.h"
#include "ody/auth.h"
#include "channel_client_arginfo.h"

#define SOCKET_PATH_MAX 107 /* what sockaddr_un has room for, without the NUL */

typedef struct channel_client {
    php_ody_client_address address; /* socket_path is NULL until constructed */
    bool ignore_missing;
    zend_object std;
} channel_client;

zend_class_entry *php_ody_ce_channel_client;

static zend_object_handlers handlers;

static channel_client *from_object(zend_object *object)
{
    return (channel_client *)((char *)object - XtOffsetOf(channel_client, std));
}

ody_client *php_ody_channel_client_connection(zend_object *object)
{
    channel_client *self = from_object(object);
    ody_client *client;

    if (!self->address.socket_path) {
        zend_throw_error(NULL, "%s::__construct() has not been called", ZSTR_VAL(object->ce->name));
        return NULL;
    }
    client = php_ody_client_table_find(&self->address);
    if (!client) {
        php_ody_throw(ODY_EMEMORY, NULL);
    }
    return client;
}

static ody_client *client_of(zval *object)
{
    return php_ody_channel_client_connection(Z_OBJ_P(object));
}

/* Seconds to milliseconds, or 0 with an exception. */
static uint32_t milliseconds(double seconds, uint32_t argument)
{
    if (!(seconds >= 0.001 && seconds <= 600)) {
        zend_argument_value_error(argument, "must be between 0.001 and 600 seconds");
        return 0;
    }
    return (uint32_t)lround(seconds * 1000);
}

/* Whether a client can have that id. One that nobody can have is not an error: it is not connected.
 */
static bool socket_id_possible(const zend_string *socket_id)
{
    return ody_socket_id_valid(php_ody_view(socket_id));
}

/* Whether a socket id that may be absent is well formed; if not, an exception is pending. */
static bool except_valid(const zend_string *except)
{
    if (except && !socket_id_possible(except)) {
        zend_argument_value_error(4, "must be a socket id: digits, a dot and digits");
        return false;
    }
    return true;
}

/* What publish() and publishToChannels() share. Sets return_value or throws. */
static void publish(zval *object, ody_client_publish *message, zval *data, zval *return_value)
{
    zend_string *text = php_ody_json_encode(data, "The data of the event");
    ody_client *client = text ? client_of(object) : NULL;
    ody_error error = {0};
    uint64_t reached = 0;
    int code;

    if (client) {
        message->data = php_ody_view(text);
        code = ody_client_publish_message(client, message, &reached, &error);
        if (code < 0) {
            php_ody_throw(code, &error);
        } else {
            RETVAL_LONG((zend_long)reached);
        }
    }
    if (text) {
        zend_string_release(text);
    }
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, __construct)
{
    channel_client *self = from_object(Z_OBJ_P(ZEND_THIS));
    zend_string *path;
    double connect_timeout = 1.0;
    double timeout = 5.0;
    zend_string *missing = NULL;
    php_ody_client_address address;

    ZEND_PARSE_PARAMETERS_START(1, 4)
    Z_PARAM_PATH_STR(path)
    Z_PARAM_OPTIONAL
    Z_PARAM_DOUBLE(connect_timeout)
    Z_PARAM_DOUBLE(timeout)
    Z_PARAM_STR(missing)
    ZEND_PARSE_PARAMETERS_END();

    if (self->address.socket_path) {
        zend_throw_error(NULL, "%s::__construct() may only be called once",
                         ZSTR_VAL(Z_OBJCE_P(ZEND_THIS)->name));
        RETURN_THROWS();
    }
    if (ZSTR_LEN(path) == 0 || ZSTR_LEN(path) > SOCKET_PATH_MAX) {
        zend_argument_value_error(1, "must have between 1 and %d bytes", SOCKET_PATH_MAX);
        RETURN_THROWS();
    }
    address.connect_timeout = milliseconds(connect_timeout, 2);
    address.timeout = address.connect_timeout ? milliseconds(timeout, 3) : 0;
    if (!address.timeout) {
        RETURN_THROWS();
    }
    if (missing && !zend_string_equals_literal(missing, "throw") &&
        !zend_string_equals_literal(missing, "ignore")) {
        zend_argument_value_error(4, "must be \"throw\" or \"ignore\"");
        RETURN_THROWS();
    }
    address.socket_path = zend_string_copy(path);
    self->address = address;
    self->ignore_missing = missing && zend_string_equals_literal(missing, "ignore");
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, publish)
{
    zend_string *channel;
    zend_string *event;
    zval *data;
    zend_string *except = NULL;
    ody_view name;
    ody_client_publish message;

    ZEND_PARSE_PARAMETERS_START(3, 4)
    Z_PARAM_STR(channel)
    Z_PARAM_STR(event)
    Z_PARAM_ARRAY(data)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR_OR_NULL(except)
    ZEND_PARSE_PARAMETERS_END();

    if (!except_valid(except)) {
        RETURN_THROWS();
    }
    name = php_ody_view(channel);
    message = (ody_client_publish){
        .channels = &name,
        .channel_count = 1,
        .event = php_ody_view(event),
        .except = php_ody_view(except),
        .skip_missing = from_object(Z_OBJ_P(ZEND_THIS))->ignore_missing,
    };
    publish(ZEND_THIS, &message, data, return_value);
}

/* The distinct names in channels, or NULL with an exception. The caller frees the array. */
static ody_view *channel_names(HashTable *channels, size_t *count)
{
    ody_view *names = safe_emalloc(zend_hash_num_elements(channels), sizeof(*names), 0);
    HashTable seen;
    zval *channel;
    bool valid = true;

    *count = 0;
    zend_hash_init(&seen, zend_hash_num_elements(channels), NULL, NULL, false);
    ZEND_HASH_FOREACH_VAL(channels, channel)
    {
        ZVAL_DEREF(channel);
        if (Z_TYPE_P(channel) != IS_STRING) {
            zend_argument_type_error(1, "must be an array of strings, %s given in it",
                                     zend_zval_type_name(channel));
            valid = false;
            break;
        }
        if (zend_hash_add_empty_element(&seen, Z_STR_P(channel))) {
            names[(*count)++] = php_ody_view(Z_STR_P(channel));
        }
    }
    ZEND_HASH_FOREACH_END();
    zend_hash_destroy(&seen);
    if (!valid) {
        efree(names);
        return NULL;
    }
    return names;
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, publishToChannels)
{
    HashTable *channels;
    zend_string *event;
    zval *data;
    zend_string *except = NULL;
    ody_view *names;
    size_t count;
    ody_client_publish message;

    ZEND_PARSE_PARAMETERS_START(3, 4)
    Z_PARAM_ARRAY_HT(channels)
    Z_PARAM_STR(event)
    Z_PARAM_ARRAY(data)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR_OR_NULL(except)
    ZEND_PARSE_PARAMETERS_END();

    if (!except_valid(except)) {
        RETURN_THROWS();
    }
    if (zend_hash_num_elements(channels) == 0) {
        RETURN_LONG(0);
    }
    names = channel_names(channels, &count);
    if (!names) {
        RETURN_THROWS();
    }
    message = (ody_client_publish){
        .channels = names,
        .channel_count = count,
        .event = php_ody_view(event),
        .except = php_ody_view(except),
        .skip_missing = true,
    };
    publish(ZEND_THIS, &message, data, return_value);
    efree(names);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, whisper)
{
    zend_string *client_id;
    zend_string *event;
    zval *data;
    zend_string *channel = NULL;
    zend_string *text;
    ody_client *client;
    ody_error error = {0};
    bool delivered = false;
    int code;

    ZEND_PARSE_PARAMETERS_START(3, 4)
    Z_PARAM_STR(client_id)
    Z_PARAM_STR(event)
    Z_PARAM_ARRAY(data)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR_OR_NULL(channel)
    ZEND_PARSE_PARAMETERS_END();

    text = php_ody_json_encode(data, "The data of the event");
    if (!text) {
        RETURN_THROWS();
    }
    client = client_of(ZEND_THIS);
    if (!client) {
        zend_string_release(text);
        RETURN_THROWS();
    }
    if (!socket_id_possible(client_id)) {
        zend_string_release(text);
        RETURN_FALSE;
    }
    code = ody_client_whisper(client, php_ody_view(client_id), php_ody_view(event),
                              php_ody_view(text), php_ody_view(channel), &delivered, &error);
    zend_string_release(text);
    if (code < 0) {
        php_ody_throw(code, &error);
        RETURN_THROWS();
    }
    RETURN_BOOL(delivered);
}

/* Fills list with what a question answers. @return 0 or an error. */
typedef int list_question(ody_client *client, const zend_string *channel, zval *list,
                          ody_error *error);

/* Asks for a list. Making PHP arrays may hit the memory limit, which jumps out of the client in the
 * middle of an answer: that connection is not used again. */
static void ask_for_list(zval *object, list_question *ask, const zend_string *channel,
                         zval *return_value)
{
    ody_client *client = client_of(object);
    ody_error error = {0};
    volatile int code = 0;

    if (!client) {
        return;
    }
    array_init(return_value);
    zend_try
    {
        code = ask(client, channel, return_value, &error);
    }
    zend_catch
    {
        php_ody_client_table_drop(&from_object(Z_OBJ_P(object))->address);
        zend_bailout();
    }
    zend_end_try();
    if (code < 0) {
        php_ody_throw(code, &error);
    }
}

static void subscriber_add(void *context, ody_view socket_id)
{
    add_next_index_stringl(context, socket_id.data, socket_id.length);
}

static int subscribers_list(ody_client *client, const zend_string *channel, zval *list,
                            ody_error *error)
{
    return ody_client_subscribers(client, php_ody_view(channel), subscriber_add, list, error);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, getSubscribers)
{
    zend_string *channel;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_STR(channel)
    ZEND_PARSE_PARAMETERS_END();

    ask_for_list(ZEND_THIS, subscribers_list, channel, return_value);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, isSubscribed)
{
    zend_string *client_id;
    zend_string *channel;
    ody_client *client;
    ody_error error = {0};
    bool subscribed = false;
    int code;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_STR(client_id)
    Z_PARAM_STR(channel)
    ZEND_PARSE_PARAMETERS_END();

    client = client_of(ZEND_THIS);
    if (!client) {
        RETURN_THROWS();
    }
    if (!socket_id_possible(client_id)) {
        RETURN_FALSE;
    }
    code = ody_client_is_subscribed(client, php_ody_view(client_id), php_ody_view(channel),
                                    &subscribed, &error);
    if (code < 0) {
        php_ody_throw(code, &error);
        RETURN_THROWS();
    }
    RETURN_BOOL(subscribed);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, channelExists)
{
    zend_string *channel;
    ody_client *client;
    ody_error error = {0};
    bool exists = false;
    int code;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_STR(channel)
    ZEND_PARSE_PARAMETERS_END();

    client = client_of(ZEND_THIS);
    if (!client) {
        RETURN_THROWS();
    }
    code = ody_client_channel_exists(client, php_ody_view(channel), &exists, &error);
    if (code < 0) {
        php_ody_throw(code, &error);
        RETURN_THROWS();
    }
    RETURN_BOOL(exists);
}

static void channel_add(void *context, const ody_client_channel *channel)
{
    zval entry;
    zval metadata;

    array_init(&metadata);
    if (ody_view_starts(channel->type, ODY_VIEW("presence"))) {
        add_assoc_long(&metadata, "users", (zend_long)channel->users);
    }
    array_init(&entry);
    add_assoc_stringl(&entry, "name", channel->name.data, channel->name.length);
    add_assoc_stringl(&entry, "type", channel->type.data, channel->type.length);
    add_assoc_long(&entry, "subscribers", (zend_long)channel->subscribers);
    add_assoc_zval(&entry, "metadata", &metadata);
    zend_symtable_str_update(Z_ARRVAL_P((zval *)context), channel->name.data, channel->name.length,
                             &entry);
}

static int channels_list(ody_client *client, const zend_string *channel, zval *list,
                         ody_error *error)
{
    return ody_client_channels(client, ODY_VIEW(""), channel_add, list, error);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, getChannels)
{
    ZEND_PARSE_PARAMETERS_NONE();

    ask_for_list(ZEND_THIS, channels_list, NULL, return_value);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelClient, status)
{
    ody_client *client;
    ody_error error = {0};
    ody_view json = ODY_VIEW_NONE;
    int code;

    ZEND_PARSE_PARAMETERS_NONE();

    client = client_of(ZEND_THIS);
    if (!client) {
        RETURN_THROWS();
    }
    code = ody_client_status(client, &json, &error);
    if (code < 0) {
        php_ody_throw(code, &error);
        RETURN_THROWS();
    }
    if (php_ody_json_decode(json, return_value) != SUCCESS || Z_TYPE_P(return_value) != IS_ARRAY) {
        zval_ptr_dtor(return_value);
        ZVAL_UNDEF(return_value);
        ody_error_set(&error, ODY_EPROTOCOL, "the server's status is not a JSON object");
        php_ody_throw(ODY_EPROTOCOL, &error);
        RETURN_THROWS();
    }
}

static void free_object(zend_object *object)
{
    channel_client *self = from_object(object);

    if (self->address.socket_path) {
        zend_string_release(self->address.socket_path);
    }
    zend_object_std_dtor(object);
}

static zend_object *create_object(zend_class_entry *ce)
{
    channel_client *self = zend_object_alloc(sizeof(*self), ce);

    memset(self, 0, XtOffsetOf(channel_client, std));
    zend_object_std_init(&self->std, ce);
    object_properties_init(&self->std, ce);
    self->std.handlers = &handlers;
    return &self->std;
}

void php_ody_register_channel_client(void)
{
    zend_class_entry *ce = register_class_Ody_Websocket_Channel_ChannelClient();

    php_ody_ce_channel_client = ce;
    ce->create_object = create_object;
    memcpy(&handlers, zend_get_std_object_handlers(), sizeof(handlers));
    handlers.offset = XtOffsetOf(channel_client, std);
    handlers.free_obj = free_object;
    handlers.clone_obj = NULL;
}
