/* SPDX-License-Identifier: MIT */
/* The class ChannelAuthGenerator: tokens for private and presence channels. */
#include "php_ody_websocket.h"

#include "zend_attributes.h"
#include "zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"
#include "convert.h"
#include "errors.h"
#include "ody/auth.h"
#include "channel_auth_generator_arginfo.h"

#define CHANNEL_NAME_MAX 1024 /* the most that limits.channel_name_length can allow */

typedef struct auth_generator {
    zend_string *secret; /* NULL until constructed */
    zend_string *key;    /* NULL: tokens can only be checked */
    zend_object std;
} auth_generator;

static zend_object_handlers handlers;

static auth_generator *from_object(zend_object *object)
{
    return (auth_generator *)((char *)object - XtOffsetOf(auth_generator, std));
}

/* NULL, with an exception, for an object whose constructor has not run. */
static auth_generator *constructed(zval *object)
{
    auth_generator *self = from_object(Z_OBJ_P(object));

    if (!self->secret) {
        zend_throw_error(NULL, "%s::__construct() has not been called",
                         ZSTR_VAL(Z_OBJCE_P(object)->name));
        return NULL;
    }
    return self;
}

static bool channel_name_valid(ody_view name, ody_view prefix)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-=@,.;";

    if (!ody_view_starts(name, prefix) || name.length > CHANNEL_NAME_MAX) {
        return false;
    }
    for (size_t index = 0; index < name.length; index++) {
        if (!memchr(allowed, name.data[index], sizeof(allowed) - 1)) {
            return false;
        }
    }
    return true;
}

static bool has_key(const auth_generator *self)
{
    if (!self->key) {
        zend_throw_exception(spl_ce_LogicException,
                             "A token begins with the API key: give it to the constructor", 0);
        return false;
    }
    return true;
}

static bool check_socket_id(ody_view socket_id)
{
    if (!ody_socket_id_valid(socket_id)) {
        zend_argument_value_error(1, "must be a socket id: digits, a dot and digits");
        return false;
    }
    return true;
}

/* Whether a token can be made; if not, an exception says why. */
static bool signable(const auth_generator *self, ody_view socket_id, ody_view channel,
                     ody_view prefix)
{
    if (!check_socket_id(socket_id)) {
        return false;
    }
    if (!channel_name_valid(channel, prefix)) {
        zend_argument_value_error(2,
                                  "must be a channel name that begins with \"%s\" and holds only "
                                  "letters, digits and _-=@,.;",
                                  prefix.data);
        return false;
    }
    return has_key(self);
}

static zend_string *token_of(const auth_generator *self, const char *signature)
{
    return zend_string_concat3(ZSTR_VAL(self->key), ZSTR_LEN(self->key), ":", 1, signature,
                               ODY_SIGNATURE_HEX);
}

/* "key:hex", or NULL with an exception. */
static zend_string *token_make(const auth_generator *self, ody_view socket_id, ody_view channel,
                               ody_view channel_data)
{
    char signature[ODY_SIGNATURE_HEX + 1];
    int code =
        ody_channel_sign(php_ody_view(self->secret), socket_id, channel, channel_data, signature);

    if (code < 0) {
        php_ody_throw(code, NULL);
        return NULL;
    }
    return token_of(self, signature);
}

/* Who a user is: a member of a presence channel, or somebody who signs in. */
typedef struct user_rule {
    const char *key;
    bool integer; /* whether it may be one: signing in takes texts only */
    const char *text;
} user_rule;

static const user_rule member = {
    "user_id", true, "must have a \"user_id\" that is an integer or a non-empty string"};
static const user_rule signed_in = {"id", false, "must have an \"id\" that is a non-empty string"};

/* The JSON of a user, or NULL with an exception. */
static zend_string *user_encode(HashTable *user_data, const user_rule *rule, uint32_t argument)
{
    zval *user_id = zend_hash_str_find(user_data, rule->key, strlen(rule->key));
    zval value;

    if (user_id) {
        ZVAL_DEREF(user_id);
    }
    if (!user_id || !((Z_TYPE_P(user_id) == IS_LONG && rule->integer) ||
                      (Z_TYPE_P(user_id) == IS_STRING && Z_STRLEN_P(user_id) > 0))) {
        zend_argument_value_error(argument, "%s", rule->text);
        return NULL;
    }
    ZVAL_ARR(&value, user_data);
    return php_ody_json_encode(&value, "The user's data");
}

/* The part of a token after its key; all of it when there is no colon. */
static ody_view signature_of(ody_view token)
{
    const char *colon = token.length ? memchr(token.data, ':', token.length) : NULL;

    if (!colon) {
        return token;
    }
    return (ody_view){colon + 1, token.length - (size_t)(colon + 1 - token.data)};
}

static bool token_verify(const auth_generator *self, ody_view socket_id, ody_view channel,
                         ody_view channel_data, ody_view token)
{
    char expected[ODY_SIGNATURE_HEX + 1];
    ody_view signature = signature_of(token);

    if (self->key) {
        return ody_channel_verify(php_ody_view(self->key), php_ody_view(self->secret), socket_id,
                                  channel, channel_data, token, NULL) == 0;
    }
    return ody_channel_sign(php_ody_view(self->secret), socket_id, channel, channel_data,
                            expected) == 0 &&
           ody_secret_equal((ody_view){expected, ODY_SIGNATURE_HEX}, signature);
}

/* Splits "[key:]hex:json". A key has no colon, and JSON begins with a brace, so the first ":{" is
 * the border. */
static bool token_split(ody_view combined, ody_view *token, ody_view *channel_data)
{
    const char *border = combined.length
                             ? zend_memnstr(combined.data, ":{", 2, combined.data + combined.length)
                             : NULL;

    if (!border) {
        return false;
    }
    *token = (ody_view){combined.data, (size_t)(border - combined.data)};
    *channel_data = (ody_view){border + 1, combined.length - token->length - 1};
    return true;
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, __construct)
{
    auth_generator *self = from_object(Z_OBJ_P(ZEND_THIS));
    zend_string *secret;
    zend_string *key = NULL;

    ZEND_PARSE_PARAMETERS_START(1, 2)
    Z_PARAM_STR(secret)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR_OR_NULL(key)
    ZEND_PARSE_PARAMETERS_END();

    if (self->secret) {
        zend_throw_error(NULL, "%s::__construct() may only be called once",
                         ZSTR_VAL(Z_OBJCE_P(ZEND_THIS)->name));
        RETURN_THROWS();
    }
    if (ZSTR_LEN(secret) == 0) {
        zend_argument_value_error(1, "must not be empty");
        RETURN_THROWS();
    }
    if (key && (ZSTR_LEN(key) == 0 || memchr(ZSTR_VAL(key), ':', ZSTR_LEN(key)))) {
        zend_argument_value_error(2, "must not be empty or contain a colon");
        RETURN_THROWS();
    }
    self->secret = zend_string_copy(secret);
    self->key = key ? zend_string_copy(key) : NULL;
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, generatePrivateAuth)
{
    auth_generator *self = constructed(ZEND_THIS);
    zend_string *socket_id;
    zend_string *channel;
    zend_string *token;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_STR(socket_id)
    Z_PARAM_STR(channel)
    ZEND_PARSE_PARAMETERS_END();

    if (!self ||
        !signable(self, php_ody_view(socket_id), php_ody_view(channel), ODY_VIEW("private-"))) {
        RETURN_THROWS();
    }
    token = token_make(self, php_ody_view(socket_id), php_ody_view(channel), ODY_VIEW_NONE);
    if (!token) {
        RETURN_THROWS();
    }
    RETURN_NEW_STR(token);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, generatePresenceAuth)
{
    auth_generator *self = constructed(ZEND_THIS);
    zend_string *socket_id;
    zend_string *channel;
    HashTable *user_data;
    zend_string *channel_data;
    zend_string *token;

    ZEND_PARSE_PARAMETERS_START(3, 3)
    Z_PARAM_STR(socket_id)
    Z_PARAM_STR(channel)
    Z_PARAM_ARRAY_HT(user_data)
    ZEND_PARSE_PARAMETERS_END();

    if (!self ||
        !signable(self, php_ody_view(socket_id), php_ody_view(channel), ODY_VIEW("presence-"))) {
        RETURN_THROWS();
    }
    channel_data = user_encode(user_data, &member, 3);
    if (!channel_data) {
        RETURN_THROWS();
    }
    token = token_make(self, php_ody_view(socket_id), php_ody_view(channel),
                       php_ody_view(channel_data));
    zend_string_release(channel_data);
    if (!token) {
        RETURN_THROWS();
    }
    RETURN_NEW_STR(token);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, channelData)
{
    HashTable *user_data;
    zend_string *channel_data;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ARRAY_HT(user_data)
    ZEND_PARSE_PARAMETERS_END();

    channel_data = user_encode(user_data, &member, 1);
    if (!channel_data) {
        RETURN_THROWS();
    }
    RETURN_NEW_STR(channel_data);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, generateUserAuth)
{
    auth_generator *self = constructed(ZEND_THIS);
    char signature[ODY_SIGNATURE_HEX + 1];
    zend_string *socket_id;
    HashTable *user_data;
    zend_string *text;
    int code;

    ZEND_PARSE_PARAMETERS_START(2, 2)
    Z_PARAM_STR(socket_id)
    Z_PARAM_ARRAY_HT(user_data)
    ZEND_PARSE_PARAMETERS_END();

    if (!self || !check_socket_id(php_ody_view(socket_id)) || !has_key(self)) {
        RETURN_THROWS();
    }
    text = user_encode(user_data, &signed_in, 2);
    if (!text) {
        RETURN_THROWS();
    }
    code = ody_user_sign(php_ody_view(self->secret), php_ody_view(socket_id), php_ody_view(text),
                         signature);
    zend_string_release(text);
    if (code < 0) {
        php_ody_throw(code, NULL);
        RETURN_THROWS();
    }
    RETURN_NEW_STR(token_of(self, signature));
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, userData)
{
    HashTable *user_data;
    zend_string *text;

    ZEND_PARSE_PARAMETERS_START(1, 1)
    Z_PARAM_ARRAY_HT(user_data)
    ZEND_PARSE_PARAMETERS_END();

    text = user_encode(user_data, &signed_in, 1);
    if (!text) {
        RETURN_THROWS();
    }
    RETURN_NEW_STR(text);
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, validatePrivateAuth)
{
    auth_generator *self = constructed(ZEND_THIS);
    zend_string *socket_id;
    zend_string *channel;
    zend_string *token;

    ZEND_PARSE_PARAMETERS_START(3, 3)
    Z_PARAM_STR(socket_id)
    Z_PARAM_STR(channel)
    Z_PARAM_STR(token)
    ZEND_PARSE_PARAMETERS_END();

    if (!self) {
        RETURN_THROWS();
    }
    RETURN_BOOL(ody_socket_id_valid(php_ody_view(socket_id)) &&
                channel_name_valid(php_ody_view(channel), ODY_VIEW("private-")) &&
                token_verify(self, php_ody_view(socket_id), php_ody_view(channel), ODY_VIEW_NONE,
                             php_ody_view(token)));
}

PHP_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, validatePresenceAuth)
{
    auth_generator *self = constructed(ZEND_THIS);
    zend_string *socket_id;
    zend_string *channel;
    zend_string *given_token;
    zend_string *given_data = NULL;
    ody_view token;
    ody_view channel_data;

    ZEND_PARSE_PARAMETERS_START(3, 4)
    Z_PARAM_STR(socket_id)
    Z_PARAM_STR(channel)
    Z_PARAM_STR(given_token)
    Z_PARAM_OPTIONAL
    Z_PARAM_STR_OR_NULL(given_data)
    ZEND_PARSE_PARAMETERS_END();

    if (!self) {
        RETURN_THROWS();
    }
    token = php_ody_view(given_token);
    channel_data = php_ody_view(given_data);
    if (!ody_socket_id_valid(php_ody_view(socket_id)) ||
        !channel_name_valid(php_ody_view(channel), ODY_VIEW("presence-")) ||
        (!given_data && !token_split(php_ody_view(given_token), &token, &channel_data)) ||
        !token_verify(self, php_ody_view(socket_id), php_ody_view(channel), channel_data, token)) {
        RETURN_FALSE;
    }
    if (php_ody_json_decode(channel_data, return_value) != SUCCESS ||
        Z_TYPE_P(return_value) != IS_ARRAY) {
        zval_ptr_dtor(return_value);
        RETURN_FALSE;
    }
}

static void free_object(zend_object *object)
{
    auth_generator *self = from_object(object);

    if (self->secret) {
        zend_string_release(self->secret);
    }
    if (self->key) {
        zend_string_release(self->key);
    }
    zend_object_std_dtor(object);
}

static zend_object *create_object(zend_class_entry *ce)
{
    auth_generator *self = zend_object_alloc(sizeof(*self), ce);

    self->secret = NULL;
    self->key = NULL;
    zend_object_std_init(&self->std, ce);
    object_properties_init(&self->std, ce);
    self->std.handlers = &handlers;
    return &self->std;
}

void php_ody_register_channel_auth_generator(void)
{
    zend_class_entry *ce = register_class_Ody_Websocket_Channel_ChannelAuthGenerator();

    ce->create_object = create_object;
    memcpy(&handlers, zend_get_std_object_handlers(), sizeof(handlers));
    handlers.offset = XtOffsetOf(auth_generator, std);
    handlers.free_obj = free_object;
    handlers.clone_obj = NULL;
}
