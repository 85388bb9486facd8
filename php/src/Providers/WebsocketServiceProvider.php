<?php

declare(strict_types=1);

namespace Ody\Websocket\Providers;

/**
 * The name that the provider for the Ody framework had before.
 */
final class WebsocketServiceProvider extends WebsocketChannelServiceProvider {}
