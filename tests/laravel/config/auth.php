<?php

declare(strict_types=1);

return [
    'defaults' => ['guard' => 'user', 'passwords' => null],
    'guards' => [
        'user' => ['driver' => 'user'],
        'staff' => ['driver' => 'staff'],
    ],
    'providers' => [],
];
