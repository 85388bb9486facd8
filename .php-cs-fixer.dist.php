<?php

declare(strict_types=1);

use PhpCsFixer\Config;
use PhpCsFixer\Finder;

return (new Config())
    ->setRiskyAllowed(true)
    ->setRules([
        '@PER-CS' => true,
        'declare_strict_types' => true,
        // Classes are final, but for those whose comment says @api: they are made to be extended.
        'final_internal_class' => ['include' => [], 'exclude' => ['api'], 'consider_absent_docblock_as_internal_class' => true],
        'no_unused_imports' => true,
        'ordered_imports' => ['imports_order' => ['class', 'function', 'const']],
        'single_quote' => true,
        'strict_comparison' => true,
        'strict_param' => true,
    ])
    ->setFinder(
        Finder::create()
            ->in([__DIR__ . '/php', __DIR__ . '/tests/php', __DIR__ . '/examples'])
            ->append([__DIR__ . '/artisan', __FILE__]),
    );
