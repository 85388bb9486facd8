/* SPDX-License-Identifier: MIT */
/* What other classes of the extension need of a ChannelClient. */
#ifndef ODY_EXT_CHANNEL_CLIENT_H
#define ODY_EXT_CHANNEL_CLIENT_H

#include "php_ody_websocket.h"
#include "ody/client.h"

extern zend_class_entry *php_ody_ce_channel_client;

/**
 * The connection of a ChannelClient object.
 * @return valid until the next call of any client, or NULL with an exception.
 */
ody_client *php_ody_channel_client_connection(zend_object *object);

#endif
