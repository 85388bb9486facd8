/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: feec81ba05979794c2981920c2e5cadc2f41b420 */




static const zend_function_entry class_Ody_Websocket_Exceptions_WebsocketThrowable_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Exceptions_ConnectionException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Exceptions_OutcomeUnknownException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Exceptions_ConfigurationException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Exceptions_ServerException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Channel_Exceptions_ChannelException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Channel_Exceptions_ChannelNotFoundException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Channel_Exceptions_AuthorizationException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Channel_Exceptions_MessageException_methods[] = {
	ZEND_FE_END
};


static const zend_function_entry class_Ody_Websocket_Channel_Exceptions_SubscriptionException_methods[] = {
	ZEND_FE_END
};

static zend_class_entry *register_class_Ody_Websocket_Exceptions_WebsocketThrowable(zend_class_entry *class_entry_Throwable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Exceptions", "WebsocketThrowable", class_Ody_Websocket_Exceptions_WebsocketThrowable_methods);
	class_entry = zend_register_internal_interface(&ce);
	zend_class_implements(class_entry, 1, class_entry_Throwable);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Exceptions_ConnectionException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Ody_Websocket_Exceptions_WebsocketThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Exceptions", "ConnectionException", class_Ody_Websocket_Exceptions_ConnectionException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
	zend_class_implements(class_entry, 1, class_entry_Ody_Websocket_Exceptions_WebsocketThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Exceptions_OutcomeUnknownException(zend_class_entry *class_entry_Ody_Websocket_Exceptions_ConnectionException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Exceptions", "OutcomeUnknownException", class_Ody_Websocket_Exceptions_OutcomeUnknownException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Ody_Websocket_Exceptions_ConnectionException);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Exceptions_ConfigurationException(zend_class_entry *class_entry_InvalidArgumentException, zend_class_entry *class_entry_Ody_Websocket_Exceptions_WebsocketThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Exceptions", "ConfigurationException", class_Ody_Websocket_Exceptions_ConfigurationException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_InvalidArgumentException);
	zend_class_implements(class_entry, 1, class_entry_Ody_Websocket_Exceptions_WebsocketThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Exceptions_ServerException(zend_class_entry *class_entry_RuntimeException, zend_class_entry *class_entry_Ody_Websocket_Exceptions_WebsocketThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Exceptions", "ServerException", class_Ody_Websocket_Exceptions_ServerException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_RuntimeException);
	zend_class_implements(class_entry, 1, class_entry_Ody_Websocket_Exceptions_WebsocketThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Channel_Exceptions_ChannelException(zend_class_entry *class_entry_Exception, zend_class_entry *class_entry_Ody_Websocket_Exceptions_WebsocketThrowable)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel\\Exceptions", "ChannelException", class_Ody_Websocket_Channel_Exceptions_ChannelException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Exception);
	zend_class_implements(class_entry, 1, class_entry_Ody_Websocket_Exceptions_WebsocketThrowable);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Channel_Exceptions_ChannelNotFoundException(zend_class_entry *class_entry_Ody_Websocket_Channel_Exceptions_ChannelException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel\\Exceptions", "ChannelNotFoundException", class_Ody_Websocket_Channel_Exceptions_ChannelNotFoundException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Ody_Websocket_Channel_Exceptions_ChannelException);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Channel_Exceptions_AuthorizationException(zend_class_entry *class_entry_Ody_Websocket_Channel_Exceptions_ChannelException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel\\Exceptions", "AuthorizationException", class_Ody_Websocket_Channel_Exceptions_AuthorizationException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Ody_Websocket_Channel_Exceptions_ChannelException);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Channel_Exceptions_MessageException(zend_class_entry *class_entry_Ody_Websocket_Channel_Exceptions_ChannelException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel\\Exceptions", "MessageException", class_Ody_Websocket_Channel_Exceptions_MessageException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Ody_Websocket_Channel_Exceptions_ChannelException);

	return class_entry;
}

static zend_class_entry *register_class_Ody_Websocket_Channel_Exceptions_SubscriptionException(zend_class_entry *class_entry_Ody_Websocket_Channel_Exceptions_ChannelException)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Channel\\Exceptions", "SubscriptionException", class_Ody_Websocket_Channel_Exceptions_SubscriptionException_methods);
	class_entry = zend_register_internal_class_ex(&ce, class_entry_Ody_Websocket_Channel_Exceptions_ChannelException);

	return class_entry;
}
