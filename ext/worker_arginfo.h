/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: e2226dce542c865947a0f6145e352668ea62462d */

ZEND_BEGIN_ARG_INFO_EX(arginfo_class_Ody_Websocket_Worker_Connection___construct, 0, 0, 1)
	ZEND_ARG_TYPE_INFO(0, socketPath, IS_STRING, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, connectTimeout, IS_DOUBLE, 0, "1.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Worker_Connection_register, 0, 1, IS_VOID, 0)
	ZEND_ARG_TYPE_INFO(0, interest, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Worker_Connection_run, 0, 1, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO(0, handler, IS_CALLABLE, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, maxMessages, IS_LONG, 0, "0")
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, between, IS_CALLABLE, 1, "null")
ZEND_END_ARG_INFO()


ZEND_METHOD(Ody_Websocket_Worker_Connection, __construct);
ZEND_METHOD(Ody_Websocket_Worker_Connection, register);
ZEND_METHOD(Ody_Websocket_Worker_Connection, run);


static const zend_function_entry class_Ody_Websocket_Worker_Connection_methods[] = {
	ZEND_ME(Ody_Websocket_Worker_Connection, __construct, arginfo_class_Ody_Websocket_Worker_Connection___construct, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Worker_Connection, register, arginfo_class_Ody_Websocket_Worker_Connection_register, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Worker_Connection, run, arginfo_class_Ody_Websocket_Worker_Connection_run, ZEND_ACC_PUBLIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Ody_Websocket_Worker_Connection(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket\\Worker", "Connection", class_Ody_Websocket_Worker_Connection_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;

	return class_entry;
}
