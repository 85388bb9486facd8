<?php

/** @generate-class-entries */

namespace Ody\Websocket\Exceptions {
    /** Everything that Ody WebSocket throws, but for arguments that are wrong in themselves (\ValueError, \TypeError). */
    interface WebsocketThrowable extends \Throwable
    {
    }

    /** The server cannot be reached, does not answer, or speaks another version. */
    class ConnectionException extends \RuntimeException implements WebsocketThrowable
    {
    }

    /** The connection was lost after the request was written: whether it was carried out is unknown. */
    class OutcomeUnknownException extends ConnectionException
    {
    }

    /** A configuration that cannot work. The message names the key. */
    class ConfigurationException extends \InvalidArgumentException implements WebsocketThrowable
    {
    }

    /** The server cannot start, cannot stop, or cannot take more. */
    class ServerException extends \RuntimeException implements WebsocketThrowable
    {
    }
}

namespace Ody\Websocket\Channel\Exceptions {
    /** Something is wrong with a channel; the subclasses say more. */
    class ChannelException extends \Exception implements \Ody\Websocket\Exceptions\WebsocketThrowable
    {
    }

    /** The channel has no subscribers. */
    class ChannelNotFoundException extends ChannelException
    {
    }

    /** A signature is wrong or missing. */
    class AuthorizationException extends ChannelException
    {
    }

    /** The event's name or data is unusable: too large, not UTF-8, not encodable. */
    class MessageException extends ChannelException
    {
    }

    /** The connection is not subscribed to the channel. */
    class SubscriptionException extends ChannelException
    {
    }
}
