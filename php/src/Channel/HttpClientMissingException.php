<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

use Ody\Websocket\Exceptions\WebsocketThrowable;

/**
 * `connection` names an HTTP address, and no PSR-18 client is installed.
 *
 *     try {
 *         $publisher = Connection::publisher($configuration);
 *     } catch (HttpClientMissingException) {
 *         $publisher = null;
 *     }
 */
final class HttpClientMissingException extends \LogicException implements WebsocketThrowable
{
    /**
     * Its sentence says what to install.
     */
    public function __construct()
    {
        parent::__construct('"connection" is an HTTP address, which needs a PSR-18 client: run composer require guzzlehttp/guzzle.');
    }
}
