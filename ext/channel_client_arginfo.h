/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 0d230452703621357aad1302a2713e3dbf4fe5b8 */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, socketPath, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connectTimeout, IS_DOUBLE, 0, "1.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "5.0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, missingChannel, IS_STRING, 0, "\'throw\'")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_publish, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, except, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_publishToChannels, 0, 3, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, channels, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, except, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_whisper, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, clientId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, event, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, data, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, channel, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_getSubscribers, 0, 1, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_isSubscribed, 0, 2, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, clientId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_channelExists, 0, 1, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelClient_getChannels, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Ody_Websocket_Channel_ChannelClient_status arginfo_class_Ody_Websocket_Channel_ChannelClient_getChannels


ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, __construct);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, publish);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, publishToChannels);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, whisper);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, getSubscribers);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, isSubscribed);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, channelExists);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, getChannels);
ZEND_METHOD(Ody_Websocket_Channel_ChannelClient, status);


static const zend_function_entry class_Ody_Websocket_Channel_ChannelClient_methods[] = {
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, __construct, arginfo_class_Ody_Websocket_Channel_ChannelClient___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, publish, arginfo_class_Ody_Websocket_Channel_ChannelClient_publish, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, publishToChannels, arginfo_class_Ody_Websocket_Channel_ChannelClient_publishToChannels, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, whisper, arginfo_class_Ody_Websocket_Channel_ChannelClient_whisper, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, getSubscribers, arginfo_class_Ody_Websocket_Channel_ChannelClient_getSubscribers, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, isSubscribed, arginfo_class_Ody_Websocket_Channel_ChannelClient_isSubscribed, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, channelExists, arginfo_class_Ody_Websocket_Channel_ChannelClient_channelExists, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, getChannels, arginfo_class_Ody_Websocket_Channel_ChannelClient_getChannels, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelClient, status, arginfo_class_Ody_Websocket_Channel_ChannelClient_status, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Ody_Websocket_Channel_ChannelClient(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel", "ChannelClient", class_Ody_Websocket_Channel_ChannelClient_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
