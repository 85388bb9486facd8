<?php

declare(strict_types=1);

namespace Ody\Websocket\Configuration;

/**
 * A file of the configuration cannot be read or does not hold what it should.
 */
final class ConfigurationFileException extends \RuntimeException {}
