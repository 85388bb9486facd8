/* SPDX-License-Identifier: MIT */
/* The class ChannelManager: a ChannelClient in the words of the channels, and what is registered.
 */
#include "php_ody_websocket.h"

#include "zend_exceptions.h"
#include "zend_interfaces.h"
#include "channel_client.h"
#include "convert.h"
#include "errors.h"
#include "ody/auth.h"
#include "ody/worker.h"
#include "channel_manager_arginfo.h"

#define TYPE_MAX 64 /* bytes of a channel type */
#define HANDLER_INTERFACE "Ody\\Websocket\\Channel\\ChannelHandlerInterface"
#define MIDDLEWARE_INTERFACE "Ody\\Websocket\\Middleware\\WebSocketMiddlewareInterface"

/* The properties, in the order of the stub. */
enum { CLIENT, HANDLERS, HANDSHAKE_MIDDLEWARE, MESSAGE_MIDDLEWARE };

/* The client, or NULL with an exception. */
static zend_object *client_of(zval *object)
{
    zval *client = OBJ_PROP_NUM(Z_OBJ_P(object), CLIENT);

    if (Z_TYPE_P(client) != IS_OBJECT) {
        zend_throw_error(NULL, "%s::__construct() has not been called",
                         ZSTR_VAL(Z_OBJCE_P(object)->name));
        return NULL;
    }
    return Z_OBJ_P(client);
}

/* Hands a call with the same arguments on to the client, so that what replaces it in tests works.
 */
static void forward(INTERNAL_FUNCTION_PARAMETERS, const char *method)
{
    zend_object *client = client_of(ZEND_THIS);
    zend_function *function;

    if (!client) {
        RETURN_THROWS();
    }
    function = zend_hash_str_find_ptr(&client->ce->function_table, method, strlen(method));
    zend_call_known_function(function, client, client->ce, return_value, ZEND_NUM_ARGS(),
                             ZEND_CALL_ARG(execute_data, 1), NULL);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, __construct)
{
    zval *slot = OBJ_PROP_NUM(Z_OBJ_P(ZEND_THIS), CLIENT);
    zval *client;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_OBJECT_OF_CLASS(client, php_ody_ce_channel_client)
    ZEND_PARSE_PARAMETERS_END();

    if (Z_TYPE_P(slot) == IS_OBJECT) {
        zend_throw_error(NULL, "%s::__construct() may only be called once",
                         ZSTR_VAL(Z_OBJCE_P(ZEND_THIS)->name));
        RETURN_THROWS();
    }
    ZVAL_COPY(slot, client);
}

/* What the channel makes impossible is about the subscription; the rest is as everywhere. */
static void throw_subscription(int code, const ody_error *error)
{
    switch (code) {
    case ODY_ELIMIT:
    case ODY_EINVALID:
    case ODY_ECHANNEL_NAME:
    case ODY_EJSON:
    case ODY_EENCODING:
    case ODY_EDEPTH:
    case ODY_EPAYLOAD_SIZE:
        zend_throw_exception(php_ody_ce_subscription_exception,
                             error->message[0] ? error->message : ody_error_text(code), -code);
        return;
    default:
        php_ody_throw(code, error);
    }
}

/* Sets *text to the channel_data in data, or to NULL. @return false with an exception. */
static bool member_read(HashTable *data, zend_string **text)
{
    zval *member = zend_hash_str_find_deref(data, "channel_data", strlen("channel_data"));
    zval whole;

    *text = NULL;
    if (member && Z_TYPE_P(member) == IS_STRING) {
        *text = zend_string_copy(Z_STR_P(member));
        return true;
    }
    if (!member && zend_hash_str_exists(data, "user_id", strlen("user_id"))) {
        ZVAL_ARR(&whole, data);
        member = &whole;
    }
    if (member && Z_TYPE_P(member) != IS_NULL) {
        *text = php_ody_json_encode(member, "The member's data");
        return *text != NULL;
    }
    return true;
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, subscribe)
{
    zend_string *client_id;
    zend_string *channel;
    HashTable *data = (HashTable *)&zend_empty_array;
    zend_object *object;
    zend_string *member;
    ody_client *client;
    ody_error error = {0};
    bool subscribed = false;
    int code = 0;

    ZEND_PARSE_PARAMETERS_START(2, 3)
    Z_PARAM_STR(client_id)
    Z_PARAM_STR(channel)
    Z_PARAM_OPTIONAL
    Z_PARAM_ARRAY_HT(data)
    ZEND_PARSE_PARAMETERS_END();

    object = client_of(ZEND_THIS);
    if (!object || !member_read(data, &member)) {
        RETURN_THROWS();
    }
    client = php_ody_channel_client_connection(object);
    if (client && ody_socket_id_valid(php_ody_view(client_id))) {
        code = ody_client_subscribe(client, php_ody_view(client_id), php_ody_view(channel),
                                    php_ody_view(member), &subscribed, &error);
    }
    if (member) {
        zend_string_release(member);
    }
    if (code < 0) {
        throw_subscription(code, &error);
    }
    if (EG(exception)) {
        RETURN_THROWS();
    }
    RETURN_BOOL(subscribed);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, unsubscribe)
{
    zend_string *client_id;
    zend_string *channel;
    zend_object *object;
    ody_client *client;
    ody_error error = {0};
    int code = 0;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_STR(client_id)
    Z_PARAM_STR(channel)
    ZEND_PARSE_PARAMETERS_END();

    object = client_of(ZEND_THIS);
    client = object ? php_ody_channel_client_connection(object) : NULL;
    if (!client) {
        RETURN_THROWS();
    }
    if (ody_socket_id_valid(php_ody_view(client_id))) {
        code =
            ody_client_unsubscribe(client, php_ody_view(client_id), php_ody_view(channel), &error);
    }
    if (code < 0) {
        throw_subscription(code, &error);
        RETURN_THROWS();
    }
    RETURN_TRUE;
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, broadcast)
{
    forward(INTERNAL_FUNCTION_PARAM_PASSTHRU, "publish");
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, broadcastToChannels)
{
    forward(INTERNAL_FUNCTION_PARAM_PASSTHRU, "publishtochannels");
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, whisper)
{
    forward(INTERNAL_FUNCTION_PARAM_PASSTHRU, "whisper");
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, getChannelSubscribers)
{
    forward(INTERNAL_FUNCTION_PARAM_PASSTHRU, "getsubscribers");
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, getChannelMembers)
{
    zend_string *channel;
    zend_object *object;
    ody_client *client;
    ody_error error = {0};
    ody_view json = ODY_VIEW_NONE;
    int code;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_STR(channel)
    ZEND_PARSE_PARAMETERS_END();

    object = client_of(ZEND_THIS);
    client = object ? php_ody_channel_client_connection(object) : NULL;
    if (!client) {
        RETURN_THROWS();
    }
    code = ody_client_users(client, php_ody_view(channel), &json, &error);
    if (code == 0 && (php_ody_json_decode(json, return_value) != SUCCESS ||
                      Z_TYPE_P(return_value) != IS_ARRAY)) {
        zval_ptr_dtor(return_value);
        ZVAL_UNDEF(return_value);
        code = ody_error_set(&error, ODY_EPROTOCOL, "the list of members is not JSON");
    }
    if (code < 0) {
        php_ody_throw(code, &error);
        RETURN_THROWS();
    }
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, isSubscribed)
{
    forward(INTERNAL_FUNCTION_PARAM_PASSTHRU, "issubscribed");
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, getChannels)
{
    forward(INTERNAL_FUNCTION_PARAM_PASSTHRU, "getchannels");
}

/* Whether an argument implements an interface that PHP code declares; if not, a TypeError. */
static bool implements(uint32_t argument, zval *value, const char *interface)
{
    zend_string *name = zend_string_init(interface, strlen(interface), false);
    zend_class_entry *ce = zend_lookup_class(name);
    bool fits = ce && instanceof_function(Z_OBJCE_P(value), ce);

    zend_string_release(name);
    if (!fits && !EG(exception)) {
        zend_argument_type_error(argument, "must be of type %s, %s given", interface,
                                 zend_zval_type_name(value));
    }
    return fits;
}

/* What may stand in a channel's name; a type that ends with a dash would need two of them. */
static bool type_valid(const zend_string *type)
{
    if (ZSTR_LEN(type) == 0 || ZSTR_LEN(type) > TYPE_MAX ||
        ZSTR_VAL(type)[ZSTR_LEN(type) - 1] == '-') {
        return false;
    }
    for (size_t index = 0; index < ZSTR_LEN(type); index++) {
        char byte = ZSTR_VAL(type)[index];

        if (!((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
              (byte >= '0' && byte <= '9') || memchr("_-=@,.;", byte, 7))) {
            return false;
        }
    }
    return true;
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, registerChannelHandler)
{
    zval *handlers = OBJ_PROP_NUM(Z_OBJ_P(ZEND_THIS), HANDLERS);
    zend_string *type;
    zval *handler;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_STR(type)
    Z_PARAM_OBJECT(handler)
    ZEND_PARSE_PARAMETERS_END();

    if (!type_valid(type)) {
        zend_argument_value_error(
            1, "must be 1 to %d letters, digits or _-=@,.; and not end with a dash", TYPE_MAX);
        RETURN_THROWS();
    }
    if (!implements(2, handler, HANDLER_INTERFACE)) {
        RETURN_THROWS();
    }
    if (zend_hash_num_elements(Z_ARRVAL_P(handlers)) >= ODY_HANDLERS_MAX &&
        !zend_symtable_exists(Z_ARRVAL_P(handlers), type)) {
        zend_argument_value_error(1, "must not be more than %d types", ODY_HANDLERS_MAX);
        RETURN_THROWS();
    }
    SEPARATE_ARRAY(handlers);
    Z_ADDREF_P(handler);
    zend_symtable_update(Z_ARRVAL_P(handlers), type, handler);
    RETURN_OBJ_COPY(Z_OBJ_P(ZEND_THIS));
}

/* Appends the method's argument to both lists or one of them. */
static void middleware_add(INTERNAL_FUNCTION_PARAMETERS, bool handshake, bool message)
{
    static const int lists[] = {HANDSHAKE_MIDDLEWARE, MESSAGE_MIDDLEWARE};
    const bool wanted[] = {handshake, message};
    zval *middleware;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_OBJECT(middleware)
    ZEND_PARSE_PARAMETERS_END();

    if (!implements(1, middleware, MIDDLEWARE_INTERFACE)) {
        RETURN_THROWS();
    }
    for (size_t index = 0; index < sizeof(lists) / sizeof(lists[0]); index++) {
        zval *list = OBJ_PROP_NUM(Z_OBJ_P(ZEND_THIS), lists[index]);

        if (wanted[index]) {
            SEPARATE_ARRAY(list);
            Z_ADDREF_P(middleware);
            zend_hash_next_index_insert(Z_ARRVAL_P(list), middleware);
        }
    }
    RETURN_OBJ_COPY(Z_OBJ_P(ZEND_THIS));
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, addMiddleware)
{
    middleware_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, true, true);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, addHandshakeMiddleware)
{
    middleware_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, true, false);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, addMessageMiddleware)
{
    middleware_add(INTERNAL_FUNCTION_PARAM_PASSTHRU, false, true);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, getChannelHandlers)
{
    ZEND_PARSE_PARAMETERS_NONE();

    RETURN_COPY(OBJ_PROP_NUM(Z_OBJ_P(ZEND_THIS), HANDLERS));
}

PHP_METHOD(Ody_Websocket_Channel_ChannelManager, getMiddleware)
{
    zval *handshake = OBJ_PROP_NUM(Z_OBJ_P(ZEND_THIS), HANDSHAKE_MIDDLEWARE);
    zval *message = OBJ_PROP_NUM(Z_OBJ_P(ZEND_THIS), MESSAGE_MIDDLEWARE);

    ZEND_PARSE_PARAMETERS_NONE();

    array_init(return_value);
    Z_TRY_ADDREF_P(handshake);
    add_assoc_zval(return_value, "handshake", handshake);
    Z_TRY_ADDREF_P(message);
    add_assoc_zval(return_value, "message", message);
}

void php_ody_register_channel_manager(void)
{
    register_class_Ody_Websocket_Channel_ChannelManager();
}
