<?php

/*
 * Checks the manifest of the extension, packaging/pie/composer.json: what PIE reads of it has the form that
 * PIE documents, and says what config.m4 and the sources say.
 *
 *   php tests/tools/check-pie.php               exit status 1 and one line for each mistake
 *   php tests/tools/check-pie.php --self-test   plants mistakes and checks that each is found
 */

declare(strict_types=1);

const MANIFEST = 'packaging/pie/composer.json';

/** What the section php-ext may hold, and what each value must be. */
function forms(): array
{
    $families = ['windows', 'bsd', 'darwin', 'solaris', 'linux', 'unknown'];
    $list = static fn(mixed $value, callable $item): bool => is_array($value) && $value !== [] && array_is_list($value)
        && array_filter($value, $item) === $value;
    $option = static fn(mixed $one): bool => is_array($one)
        && preg_match('/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/', $one['name'] ?? '') === 1
        && is_bool($one['needs-value'] ?? false) && is_string($one['description'] ?? '')
        && array_diff(array_keys($one), ['name', 'needs-value', 'description']) === [];

    return [
        'extension-name' => static fn(mixed $value): bool => is_string($value) && preg_match('/^[A-Za-z][A-Za-z0-9_]+$/', $value) === 1,
        'priority' => static fn(mixed $value): bool => is_int($value) && $value >= 10 && $value <= 99,
        'support-zts' => is_bool(...),
        'support-nts' => is_bool(...),
        'build-path' => is_string(...),
        'download-url-method' => static fn(mixed $value): bool => in_array($value, ['composer-default', 'pre-packaged-source'], true),
        'os-families' => static fn(mixed $value): bool => $list($value, static fn(mixed $one): bool => in_array($one, $families, true)),
        'configure-options' => static fn(mixed $value): bool => $list($value, $option),
    ];
}

/** Returns what is wrong with the section php-ext by itself. */
function check_section(array $section): array
{
    $complaints = [];
    foreach ($section as $key => $value) {
        $form = forms()[$key] ?? null;
        if ($form === null || !$form($value)) {
            $complaints[] = $form === null ? "php-ext has no key \"$key\"" : "php-ext: \"$key\" cannot be " . json_encode($value);
        }
    }

    return $complaints;
}

/** Returns what is wrong with the manifest, beside the one of the library and config.m4. */
function check_manifest(array $manifest, array $library, string $config): array
{
    $section = $manifest['php-ext'] ?? [];
    $complaints = check_section($section);
    $rules = [
        'its type must be php-ext' => ($manifest['type'] ?? '') === 'php-ext',
        'it must not be named as the library is' => ($manifest['name'] ?? '') !== $library['name'],
        'the library must not have the section php-ext' => $library['type'] === 'library' && !isset($library['php-ext']),
        'both must ask for the same PHP' => ($manifest['require']['php'] ?? '') === $library['require']['php'],
        'it must require nothing but PHP and extensions' => preg_grep('/^(php|ext-\w+)$/', array_keys($manifest['require'] ?? []), PREG_GREP_INVERT) === [],
        'config.m4 must make the extension that it names' => str_contains($config, 'PHP_NEW_EXTENSION([' . ($section['extension-name'] ?? '') . ']'),
        'the version belongs to the archive' => !isset($manifest['version']),
    ];
    foreach (array_column($section['configure-options'] ?? [], 'name') as $name) {
        $rules["config.m4 must know --$name"] = str_contains($config, "[--$name]");
    }

    return [...$complaints, ...array_keys(array_filter($rules, static fn(bool $kept): bool => !$kept))];
}

/** Returns the planted mistakes that were not found. */
function self_test(array $manifest, array $library, string $config): array
{
    $planted = [
        'another type' => ['type' => 'library'],
        'the name of the library' => ['name' => 'ody/websocket'],
        'an unknown key' => ['php-ext' => ['extension' => 'x']],
        'a system that is none' => ['php-ext' => ['os-families' => ['Linux']]],
        'a text for a switch' => ['php-ext' => ['support-zts' => 'yes']],
        'a hyphen in the name' => ['php-ext' => ['extension-name' => 'ody-websocket']],
        'an option that config.m4 has not' => ['php-ext' => ['configure-options' => [['name' => 'with-nothing']]]],
        'another PHP' => ['require' => ['php' => '>=8.1']],
        'a library as requirement' => ['require' => ['symfony/console' => '*']],
    ];
    $complaints = [];
    foreach ($planted as $name => $change) {
        if (check_manifest(array_replace_recursive($manifest, $change), $library, $config) === []) {
            $complaints[] = "self-test: $name was not found";
        }
    }

    return $complaints;
}

chdir(dirname(__DIR__, 2));
$read = static fn(string $file): array => json_decode(file_get_contents($file), true, 16, JSON_THROW_ON_ERROR);
$check = ($argv[1] ?? '') === '--self-test' ? self_test(...) : check_manifest(...);
$complaints = $check($read(MANIFEST), $read('composer.json'), file_get_contents('config.m4'));
foreach ($complaints as $complaint) {
    fwrite(STDERR, MANIFEST . ": $complaint\n");
}
exit($complaints === [] ? 0 : 1);
