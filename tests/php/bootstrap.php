<?php

declare(strict_types=1);

use Ody\Websocket\Extension;

require dirname(__DIR__, 2) . '/vendor/autoload.php';

// Tests run against the extension from the build. What needs it fails when there is none.
if (isset($_SERVER['argv']) && is_array($_SERVER['argv'])) {
    Extension::load(array_values(array_filter($_SERVER['argv'], is_string(...))));
}
