<?php

/*
 * Checks the one-way order of the rooms (docs/architecture.md): what each file of engine/ and ext/
 * includes, which room may include which library, and that engine/sources.list names every .c file.
 *
 *   php tests/tools/check-layers.php [root]        exit status 1 and one line for each violation
 *   php tests/tools/check-layers.php --self-test   plants violations and checks that each is found
 */

declare(strict_types=1);

/** Rank of each room. A file includes headers of its own rank or lower ones. */
const RANKS = [
    'public' => 0,
    'base' => 1,
    'wire' => 2,
    'auth' => 2,
    'channel' => 3,
    'hub' => 4,
    'net' => 5,
    'http' => 5,
    'ipc' => 5,
    'cluster' => 5,
    'webhook' => 5,
    'server' => 6,
    'ext' => 7,
];

/** Which rooms may include which library's headers. */
const LIBRARIES = [
    '~^(libwebsockets\.h$|libwebsockets/)~' => ['net'],
    '~^jansson~' => ['wire'],
    '~^openssl/~' => ['auth', 'net'],
    '~^microhttpd~' => ['http'],
    '~^hiredis~' => ['cluster'],
    '~^curl/~' => ['webhook'],
    '~^(ev|ev\+\+)\.h$~' => ['net', 'http', 'ipc', 'cluster', 'webhook', 'server'],
    '~^(php|zend|Zend/|main/|SAPI|TSRM|ext/)~' => ['ext'],
    '~^config\.h$~' => ['ext'],
];

/** Returns the room of a path relative to the root, or null when it belongs to none. */
function room_of(string $path): ?string
{
    if (str_starts_with($path, 'engine/include/ody/')) {
        return 'public';
    }
    if (preg_match('~^engine/([^/]+)/~', $path, $match) === 1) {
        return isset(RANKS[$match[1]]) ? $match[1] : null;
    }

    return match (true) {
        str_starts_with($path, 'engine/') => 'server',
        str_starts_with($path, 'ext/') => 'ext',
        default => null,
    };
}

/** Returns the header that an #include "…" of a file means, relative to the root, or null. */
function resolve(string $root, string $path, string $header): ?string
{
    foreach ([dirname($path), 'engine/include', 'engine', 'ext', '.'] as $folder) {
        $real = realpath("$root/$folder/$header");
        if ($real !== false && str_starts_with($real, "$root/")) {
            return substr($real, strlen($root) + 1);
        }
    }

    return null;
}

/** Returns what is wrong with one #include, or null. */
function violation(string $root, string $path, string $room, string $header, bool $quoted): ?string
{
    $target = $quoted ? resolve($root, $path, $header) : null;
    if ($target === null) {
        foreach (LIBRARIES as $pattern => $rooms) {
            if (preg_match($pattern, $header) === 1 && !in_array($room, $rooms, true)) {
                return "$header belongs to " . implode(', ', $rooms) . ", not to $room";
            }
        }

        return $quoted && !str_starts_with($room, 'ext') ? "\"$header\" is no header of this project" : null;
    }
    $other = room_of($target);
    if ($other === null) {
        return "$target belongs to no room";
    }
    if ($room === 'ext' && !in_array($other, ['ext', 'public'], true)) {
        return "ext sees the headers of engine/include/ody only, not $target";
    }

    return RANKS[$other] > RANKS[$room] ? "$room must not include $target of the higher room $other" : null;
}

/** Returns the violations of one file. */
function check_file(string $root, string $path): array
{
    $room = room_of($path);
    if ($room === null) {
        return ["$path: belongs to no room"];
    }
    $violations = [];
    foreach (file("$root/$path") as $index => $line) {
        if (preg_match('/^\s*#\s*include\b\s*(.*)$/', $line, $include) !== 1) {
            continue;
        }
        $complaint = preg_match('/^(["<])([^">]+)[">]/', $include[1], $match) === 1
            ? violation($root, $path, $room, $match[2], $match[1] === '"')
            : 'an include by macro cannot be checked';
        if ($complaint !== null) {
            $violations[] = sprintf('%s:%d: %s', $path, $index + 1, $complaint);
        }
    }

    return $violations;
}

/** Returns the .c and .h files of the engine and the extension, relative to the root, sorted. */
function source_files(string $root): array
{
    $files = [];
    foreach (['engine', 'ext'] as $folder) {
        if (!is_dir("$root/$folder")) {
            continue;
        }
        $entries = new RecursiveIteratorIterator(
            new RecursiveDirectoryIterator("$root/$folder", FilesystemIterator::SKIP_DOTS),
        );
        foreach ($entries as $entry) {
            if (preg_match('/\.[ch]$/', $entry->getFilename()) === 1) {
                $files[] = substr($entry->getPathname(), strlen($root) + 1);
            }
        }
    }
    sort($files);

    return $files;
}

/** Returns what is wrong with engine/sources.list. */
function check_sources_list(string $root, array $files): array
{
    $listed = file("$root/engine/sources.list", FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) ?: [];
    $present = array_filter($files, static fn($file) => preg_match('~^engine/.*\.c$~', $file) === 1);
    $violations = [];
    foreach (array_diff($present, $listed) as $file) {
        $violations[] = "engine/sources.list: $file is missing";
    }
    foreach (array_diff($listed, $present) as $file) {
        $violations[] = "engine/sources.list: there is no file $file";
    }
    foreach (array_count_values($listed) as $file => $count) {
        if ($count > 1) {
            $violations[] = "engine/sources.list: $file is listed $count times";
        }
    }

    return $violations;
}

/** Returns all violations of a tree. */
function check_tree(string $root): array
{
    $files = source_files($root);
    $violations = $files === [] ? ['engine and ext hold no source file'] : [];
    foreach ($files as $file) {
        array_push($violations, ...check_file($root, $file));
    }
    array_push($violations, ...check_sources_list($root, $files));

    return $violations;
}

/** Writes a small tree: path => content. */
function write_tree(string $root, array $files): void
{
    foreach ($files as $path => $content) {
        if (!is_dir(dirname("$root/$path"))) {
            mkdir(dirname("$root/$path"), 0777, true);
        }
        file_put_contents("$root/$path", $content);
    }
}

/** Removes a tree of ours. */
function remove_tree(string $root): void
{
    $entries = new RecursiveIteratorIterator(
        new RecursiveDirectoryIterator($root, FilesystemIterator::SKIP_DOTS),
        RecursiveIteratorIterator::CHILD_FIRST,
    );
    foreach ($entries as $entry) {
        $entry->isDir() ? rmdir($entry->getPathname()) : unlink($entry->getPathname());
    }
    rmdir($root);
}

/** Returns what the self-test found wrong with the check itself. */
function self_test(): array
{
    $good = [
        'engine/sources.list' => "engine/base/map.c\nengine/server.c\n",
        'engine/include/ody/view.h' => '#include <stddef.h>',
        'engine/base/map.h' => '#include "ody/view.h"',
        'engine/base/map.c' => '#include "base/map.h"',
        'engine/net/shard.h' => "#include <libwebsockets.h>\n#include <ev.h>\n#include \"base/map.h\"",
        'engine/server.c' => '#include "net/shard.h"',
        'ext/module.c' => "#include <php.h>\n#include \"ody/view.h\"",
    ];
    $planted = [
        'base includes a higher room' => ['engine/base/map.c' => '#include "net/shard.h"'],
        'a lower room by a relative path' => ['engine/base/map.c' => '#  include "../net/shard.h"'],
        'a library outside of its room' => ['engine/base/map.h' => '#include <jansson.h>'],
        'libwebsockets outside of net' => ['engine/server.c' => '#include <libwebsockets.h>'],
        'a Zend header in the engine' => ['engine/server.c' => '#include <Zend/zend.h>'],
        'php.h in quotes in the engine' => ['engine/server.c' => '#include "php.h"'],
        'config.h in the engine' => ['engine/server.c' => '#include "config.h"'],
        'ext reaches into the engine' => ['ext/module.c' => '#include "base/map.h"'],
        'a public header includes a room' => ['engine/include/ody/view.h' => '#include "base/map.h"'],
        'an include by macro' => ['engine/server.c' => '#include HEADER'],
        'a header that does not exist' => ['engine/server.c' => '#include "net/gone.h"'],
        'a file missing in sources.list' => ['engine/base/list.c' => ''],
        'a file listed twice' => ['engine/sources.list' => "engine/base/map.c\nengine/server.c\nengine/server.c\n"],
        'a listed file that is not there' => ['engine/sources.list' => "engine/base/map.c\nengine/server.c\nengine/x.c\n"],
        'a folder that is no room' => ['engine/misc/thing.h' => ''],
    ];
    $complaints = [];
    foreach (['nothing' => []] + $planted as $name => $files) {
        $root = realpath(sys_get_temp_dir()) . '/check-layers-' . bin2hex(random_bytes(6));
        write_tree($root, $files + $good);
        $found = count(check_tree($root));
        remove_tree($root);
        $expected = $files === [] ? 0 : 1;
        if ($found !== $expected) {
            $complaints[] = "self-test: planted $name, found $found violations instead of $expected";
        }
    }

    return $complaints;
}

$argument = $argv[1] ?? dirname(__DIR__, 2);
$complaints = $argument === '--self-test' ? self_test() : check_tree((string) realpath($argument));
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
