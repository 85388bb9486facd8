/* SPDX-License-Identifier: MIT */
/* The exception classes, and the one map from the engine's errors to them. */
#include "errors.h"

#include "zend_exceptions.h"
#include "ext/spl/spl_exceptions.h"
#include "exceptions_arginfo.h"

zend_class_entry *php_ody_ce_websocket_throwable;
zend_class_entry *php_ody_ce_connection_exception;
zend_class_entry *php_ody_ce_outcome_unknown_exception;
zend_class_entry *php_ody_ce_configuration_exception;
zend_class_entry *php_ody_ce_server_exception;
zend_class_entry *php_ody_ce_channel_exception;
zend_class_entry *php_ody_ce_channel_not_found_exception;
zend_class_entry *php_ody_ce_authorization_exception;
zend_class_entry *php_ody_ce_message_exception;
zend_class_entry *php_ody_ce_subscription_exception;

static zend_class_entry *exception_for(int code)
{
    switch ((enum ody_error_code)code) {
    case ODY_ENO_SERVER:
    case ODY_ETIMEOUT:
    case ODY_EDISCONNECTED:
    case ODY_EVERSION:
    case ODY_EPROTOCOL:
    case ODY_EDRAINING:
    case ODY_EPERMISSION:
        return php_ody_ce_connection_exception;
    case ODY_EOUTCOME_UNKNOWN:
        return php_ody_ce_outcome_unknown_exception;
    case ODY_ECONFIGURATION:
    case ODY_ECERTIFICATE:
        return php_ody_ce_configuration_exception;
    case ODY_ECHANNEL_NOT_FOUND:
        return php_ody_ce_channel_not_found_exception;
    case ODY_ESIGNATURE:
        return php_ody_ce_authorization_exception;
    case ODY_ENOT_SUBSCRIBED:
        return php_ody_ce_subscription_exception;
    case ODY_EEVENT_NAME:
    case ODY_EPAYLOAD_SIZE:
    case ODY_EENCODING:
    case ODY_EJSON:
    case ODY_EDEPTH:
    case ODY_ERATE:
        return php_ody_ce_message_exception;
    case ODY_ECHANNEL_NAME:
    case ODY_ENO_CLIENT:
    case ODY_EINVALID:
    case ODY_ELIMIT:
        return php_ody_ce_channel_exception;
    case ODY_EMEMORY:
    case ODY_ESYSTEM:
    case ODY_EADDRESS_IN_USE:
    case ODY_EOVERLOADED:
    case ODY_EWORKER:
        break;
    }
    return php_ody_ce_server_exception;
}

void php_ody_throw(int code, const ody_error *error)
{
    const char *message = error && error->message[0] ? error->message : ody_error_text(code);

    zend_throw_exception(exception_for(code), message, -code);
}

void php_ody_register_exceptions(void)
{
    zend_class_entry *marker =
        register_class_Ody_Websocket_Exceptions_WebsocketThrowable(zend_ce_throwable);
    zend_class_entry *channel =
        register_class_Ody_Websocket_Channel_Exceptions_ChannelException(zend_ce_exception, marker);

    php_ody_ce_websocket_throwable = marker;
    php_ody_ce_connection_exception = register_class_Ody_Websocket_Exceptions_ConnectionException(
        spl_ce_RuntimeException, marker);
    php_ody_ce_outcome_unknown_exception =
        register_class_Ody_Websocket_Exceptions_OutcomeUnknownException(
            php_ody_ce_connection_exception);
    php_ody_ce_configuration_exception =
        register_class_Ody_Websocket_Exceptions_ConfigurationException(
            spl_ce_InvalidArgumentException, marker);
    php_ody_ce_server_exception =
        register_class_Ody_Websocket_Exceptions_ServerException(spl_ce_RuntimeException, marker);
    php_ody_ce_channel_exception = channel;
    php_ody_ce_channel_not_found_exception =
        register_class_Ody_Websocket_Channel_Exceptions_ChannelNotFoundException(channel);
    php_ody_ce_authorization_exception =
        register_class_Ody_Websocket_Channel_Exceptions_AuthorizationException(channel);
    php_ody_ce_message_exception =
        register_class_Ody_Websocket_Channel_Exceptions_MessageException(channel);
    php_ody_ce_subscription_exception =
        register_class_Ody_Websocket_Channel_Exceptions_SubscriptionException(channel);
}
