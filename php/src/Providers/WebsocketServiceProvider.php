<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

/**
 * The provider for the Ody framework under the name that it had before.
 */
final class WebsocketServiceProvider extends OdyServiceProvider {}
