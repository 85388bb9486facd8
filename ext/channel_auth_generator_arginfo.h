/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 418f4412286a02133c46437637988a6b73e0cc7e */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, secretKey, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, apiKey, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_generatePrivateAuth, 0, 2, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, socketId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_generatePresenceAuth, 0, 3, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, socketId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, userData, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_channelData, 0, 1, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, userData, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_generateUserAuth, 0, 2, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, socketId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, userData, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_userData arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_channelData

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_validatePrivateAuth, 0, 3, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO(0, socketId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, authSignature, IS_STRING, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_MASK_EX(arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_validatePresenceAuth, 0, 3, MAY_BE_ARRAY|MAY_BE_FALSE)
	ZEND_ARG_TYPE_INFO(0, socketId, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, channel, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO(0, authSignature, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, channelData, IS_STRING, 1, "null")
ZEND_END_ARG_INFO()


ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, __construct);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, generatePrivateAuth);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, generatePresenceAuth);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, channelData);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, generateUserAuth);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, userData);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, validatePrivateAuth);
ZEND_METHOD(Ody_Websocket_Channel_ChannelAuthGenerator, validatePresenceAuth);


static const zend_function_entry class_Ody_Websocket_Channel_ChannelAuthGenerator_methods[] = {
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, __construct, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, generatePrivateAuth, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_generatePrivateAuth, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, generatePresenceAuth, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_generatePresenceAuth, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, channelData, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_channelData, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, generateUserAuth, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_generateUserAuth, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, userData, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_userData, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, validatePrivateAuth, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_validatePrivateAuth, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Channel_ChannelAuthGenerator, validatePresenceAuth, arginfo_class_Ody_Websocket_Channel_ChannelAuthGenerator_validatePresenceAuth, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Ody_Websocket_Channel_ChannelAuthGenerator(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel", "ChannelAuthGenerator", class_Ody_Websocket_Channel_ChannelAuthGenerator_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "__construct", sizeof("__construct") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}
