<?php

declare(strict_types=1);

namespace Ody\Websocket\Http;

/**
 * A request for a token that lacks something. The message is for the client, the code is the status.
 *
 * @internal
 */
final class AuthRequestException extends \RuntimeException {}
