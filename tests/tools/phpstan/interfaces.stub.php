<?php

/*
 * The native classes name interfaces of php/src. PHPStan checks stubs apart from everything else, so
 * these must be stubs too; what they require it reads in php/src.
 */

namespace Ody\Websocket\Channel {
    interface ChannelHandlerInterface {}
}

namespace Ody\Websocket\Middleware {
    interface WebSocketMiddlewareInterface {}
}
