/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 6fb8d0fc3e6e488d0827d14724c4519276daaa9d */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Server_configure, 0, 1, IS_STATIC, 0)
	ZEND_ARG_TYPE_INFO(0, config, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Server_start, 0, 0, IS_LONG, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, daemonize, _IS_BOOL, 0, "false")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Server_stop, 0, 0, _IS_BOOL, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, timeout, IS_DOUBLE, 0, "30.0")
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Server_reload, 0, 0, _IS_BOOL, 0)
ZEND_END_ARG_INFO()

#define arginfo_class_Ody_Websocket_Server_restart arginfo_class_Ody_Websocket_Server_reload

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Server_pid, 0, 0, IS_LONG, 1)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_class_Ody_Websocket_Server_options, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()


ZEND_METHOD(Ody_Websocket_Server, configure);
ZEND_METHOD(Ody_Websocket_Server, start);
ZEND_METHOD(Ody_Websocket_Server, stop);
ZEND_METHOD(Ody_Websocket_Server, reload);
ZEND_METHOD(Ody_Websocket_Server, restart);
ZEND_METHOD(Ody_Websocket_Server, pid);
ZEND_METHOD(Ody_Websocket_Server, options);


static const zend_function_entry class_Ody_Websocket_Server_methods[] = {
	ZEND_ME(Ody_Websocket_Server, configure, arginfo_class_Ody_Websocket_Server_configure, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Server, start, arginfo_class_Ody_Websocket_Server_start, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Server, stop, arginfo_class_Ody_Websocket_Server_stop, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Server, reload, arginfo_class_Ody_Websocket_Server_reload, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Server, restart, arginfo_class_Ody_Websocket_Server_restart, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Server, pid, arginfo_class_Ody_Websocket_Server_pid, ZEND_ACC_PUBLIC)
	ZEND_ME(Ody_Websocket_Server, options, arginfo_class_Ody_Websocket_Server_options, ZEND_ACC_PUBLIC|ZEND_ACC_STATIC)
	ZEND_FE_END
};

static zend_class_entry *register_class_Ody_Websocket_Server(void)
{
	zend_class_entry ce, *class_entry;

	INIT_NS_CLASS_ENTRY(ce, "Ody\\Websocket", "Server", class_Ody_Websocket_Server_methods);
	class_entry = zend_register_internal_class_ex(&ce, NULL);
	class_entry->ce_flags |= ZEND_ACC_FINAL|ZEND_ACC_NO_DYNAMIC_PROPERTIES|ZEND_ACC_NOT_SERIALIZABLE;


	zend_add_parameter_attribute(zend_hash_str_find_ptr(&class_entry->function_table, "configure", sizeof("configure") - 1), 0, ZSTR_KNOWN(ZEND_STR_SENSITIVEPARAMETER), 0);

	return class_entry;
}
