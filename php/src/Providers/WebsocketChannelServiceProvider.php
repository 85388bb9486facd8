<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

/**
 * The provider for the Ody framework: name it in `providers` of config/app.php.
 */
final class WebsocketChannelServiceProvider extends OdyServiceProvider {}
