/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: d622ac3efaf81d6586a24d95fc702c9ff15850d6 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager___construct, 0, 0, 1)
	ZEND_ARG_OBJ_INFO(0, client, Ody\\Websocket\\Channel\\ChannelClient, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_subscribe, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, clientId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, data, IS_ARRAY, 0, "[]")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_unsubscribe, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, clientId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_broadcast, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, payload, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, except, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_broadcastToChannels, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, channels, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, payload, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, except, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_whisper, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, clientId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, payload, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, channel, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelSubscribers, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelMembers arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelSubscribers

#define arginfo_class_Ody_Websocket_Channel_ChannelManager_isSubscribed arginfo_class_Ody_Websocket_Channel_ChannelManager_unsubscribe

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannels, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_registerChannelHandler, 0, 2, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, channelType, IS_STRING, 0)
	ZEND_ARG_OBJ_INFO(0, handler, Ody\\Websocket\\Channel\\ChannelHandlerInterface, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelManager_addMiddleware, 0, 1, IS_STATIC, 0)
	ZEND_ARG_OBJ_INFO(0, middleware, Ody\\Websocket\\Middleware\\WebSocketMiddlewareInterface, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Ody_Websocket_Channel_ChannelManager_addHandshakeMiddleware arginfo_class_Ody_Websocket_Channel_ChannelManager_addMiddleware

#define arginfo_class_Ody_Websocket_Channel_ChannelManager_addMessageMiddleware arginfo_class_Ody_Websocket_Channel_ChannelManager_addMiddleware

#define arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelHandlers arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannels

#define arginfo_class_Ody_Websocket_Channel_ChannelManager_getMiddleware arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannels


ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, __construct);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, subscribe);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, unsubscribe);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, broadcast);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, broadcastToChannels);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, whisper);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, getChannelSubscribers);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, getChannelMembers);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, isSubscribed);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, getChannels);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, registerChannelHandler);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, addMiddleware);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, addHandshakeMiddleware);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, addMessageMiddleware);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, getChannelHandlers);
ZEND_METHOD(Ody_Websocket_Channel_ChannelManager, getMiddleware);


static const zend_function_entry class_Ody_Websocket_Channel_ChannelManager_methods[] = {
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, __construct, arginfo_class_Ody_Websocket_Channel_ChannelManager___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, subscribe, arginfo_class_Ody_Websocket_Channel_ChannelManager_subscribe, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, unsubscribe, arginfo_class_Ody_Websocket_Channel_ChannelManager_unsubscribe, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, broadcast, arginfo_class_Ody_Websocket_Channel_ChannelManager_broadcast, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, broadcastToChannels, arginfo_class_Ody_Websocket_Channel_ChannelManager_broadcastToChannels, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, whisper, arginfo_class_Ody_Websocket_Channel_ChannelManager_whisper, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, getChannelSubscribers, arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelSubscribers, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, getChannelMembers, arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelMembers, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, isSubscribed, arginfo_class_Ody_Websocket_Channel_ChannelManager_isSubscribed, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, getChannels, arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannels, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, registerChannelHandler, arginfo_class_Ody_Websocket_Channel_ChannelManager_registerChannelHandler, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, addMiddleware, arginfo_class_Ody_Websocket_Channel_ChannelManager_addMiddleware, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, addHandshakeMiddleware, arginfo_class_Ody_Websocket_Channel_ChannelManager_addHandshakeMiddleware, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, addMessageMiddleware, arginfo_class_Ody_Websocket_Channel_ChannelManager_addMessageMiddleware, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, getChannelHandlers, arginfo_class_Ody_Websocket_Channel_ChannelManager_getChannelHandlers, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelManager, getMiddleware, arginfo_class_Ody_Websocket_Channel_ChannelManager_getMiddleware, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Ody_Websocket_Channel_ChannelManager(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel", "ChannelManager", class_Ody_Websocket_Channel_ChannelManager_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	zend_string *property_client_class_Ody_Websocket_Channel_ChannelClient = zend_string_init("Ody\\Websocket\\Channel\\ChannelClient", sizeof("Ody\\Websocket\\Channel\\ChannelClient")-1, 1);
	zval property_client_default_value;
	ZVAL_UNDEF(&property_client_default_value);
	zend_string *property_client_name = zend_string_init("client", sizeof("client") - 1, 1);
	zend_declare_typed_property(class_entry, property_client_name, &property_client_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_CLASS(property_client_class_Ody_Websocket_Channel_ChannelClient, 0, 0));
	zend_string_release(property_client_name);

	zval property_channelHandlers_default_value;
	ZVAL_EMPTY_ARRAY(&property_channelHandlers_default_value);
	zend_string *property_channelHandlers_name = zend_string_init("channelHandlers", sizeof("channelHandlers") - 1, 1);
	zend_declare_typed_property(class_entry, property_channelHandlers_name, &property_channelHandlers_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_channelHandlers_name);

	zval property_handshakeMiddleware_default_value;
	ZVAL_EMPTY_ARRAY(&property_handshakeMiddleware_default_value);
	zend_string *property_handshakeMiddleware_name = zend_string_init("handshakeMiddleware", sizeof("handshakeMiddleware") - 1, 1);
	zend_declare_typed_property(class_entry, property_handshakeMiddleware_name, &property_handshakeMiddleware_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_handshakeMiddleware_name);

	zval property_messageMiddleware_default_value;
	ZVAL_EMPTY_ARRAY(&property_messageMiddleware_default_value);
	zend_string *property_messageMiddleware_name = zend_string_init("messageMiddleware", sizeof("messageMiddleware") - 1, 1);
	zend_declare_typed_property(class_entry, property_messageMiddleware_name, &property_messageMiddleware_default_value, ZEND_ACC_PRIVATE, NULL, (zend_type) ZEND_TYPE_INIT_MASK(MAY_BE_ARRAY));
	zend_string_release(property_messageMiddleware_name);

	return class_entry;
}
