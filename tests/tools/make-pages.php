<?php

/*
 * Turns the pages that the server itself serves into C, so that building the extension needs no other
 * tool. What a page may do is what its own <meta> says: the same policy goes into the header of the answer.
 *
 * Each page is there twice, as it is and compressed. Another zlib may compress it otherwise, so what is there stays as long as it
 * holds the page: the file depends on the pages only.
 *
 *   php tests/tools/make-pages.php               writes the file
 *   php tests/tools/make-pages.php --check       exit status 1 when the file is not what would be written
 *   php tests/tools/make-pages.php --self-test   checks that a changed page is noticed
 */

declare(strict_types=1);

const PAGES = ['test' => 'js/websocket-test-page.html', 'inspector' => 'js/inspector.html'];
const MADE = 'engine/http/page_files.c';
const LINE = 80; // bytes of a page in one line

const HEAD = <<<'C'
    /* SPDX-License-Identifier: MIT */
    /* Made of the pages in js/ by tests/tools/make-pages.php. */
    #include "http/pages.h"

    C;

/** Returns the bytes as adjacent C string literals, one a line. */
function literals(string $bytes): string
{
    preg_match_all('~[^\n]{0,' . LINE . '}\n|[^\n]{1,' . LINE . '}~', $bytes, $lines);

    return implode("\n", array_map(static fn(string $line): string => '    "' . escaped($line) . '"', $lines[0]));
}

/** Returns what stands between the quotes of a literal. Octal escapes have three digits, so that nothing is added to them. */
function escaped(string $bytes): string
{
    return preg_replace_callback(
        '~[\x00-\x1f"\\\\?\x7f-\xff]~',
        static fn(array $match): string => match ($match[0]) {
            "\n" => '\n',
            '"' => '\"',
            '\\' => '\\\\',
            default => sprintf('\%03o', ord($match[0])),
        },
        $bytes,
    );
}

/** Returns the policy that the page names itself. Whether it may be framed can only be said in a header. */
function policy(string $path, string $page): string
{
    if (preg_match('~<meta http-equiv="Content-Security-Policy" content="([^"&]+)"~', $page, $match) !== 1) {
        throw new RuntimeException("$path names no Content-Security-Policy");
    }

    return "$match[1]; frame-ancestors 'none'";
}

/** Returns the bytes that literals() has written for a variable; '' when they are not there. */
function written(string $made, string $variable): string
{
    $beginning = "static const char {$variable}[] =\n";
    $start = strpos($made, $beginning);
    $end = $start === false ? false : strpos($made, ";\n", $start);
    if ($end === false) {
        return '';
    }
    $lines = explode("\n", substr($made, $start + strlen($beginning), $end - $start - strlen($beginning)));

    return implode('', array_map(static fn(string $line): string => stripcslashes(substr($line, 5, -1)), $lines));
}

/** Whether that is the page, compressed, and nothing behind it. */
function holds(string $packed, string $page): bool
{
    $context = inflate_init(ZLIB_ENCODING_GZIP);

    return @inflate_add($context, $packed, ZLIB_FINISH) === $page && inflate_get_status($context) === ZLIB_STREAM_END
        && inflate_get_read_len($context) === strlen($packed);
}

/** Returns the C of one page. @param string $before what was made of it before */
function page(string $name, string $path, string $before): string
{
    $bytes = file_get_contents($path);
    if ($bytes === false) {
        throw new RuntimeException("$path cannot be read");
    }
    $tag = substr(hash('sha256', $bytes), 0, 32);
    $policy = literals(policy($path, $bytes));
    $text = literals($bytes);
    $known = written($before, "{$name}_packed");
    $packed = literals(holds($known, $bytes) ? $known : gzencode($bytes, 9));

    return <<<C

        static const char {$name}_text[] =
        $text;

        static const char {$name}_packed[] =
        $packed;

        static const char {$name}_policy[] =
        $policy;

        static const ody_page {$name}_packed_page = {
            .tag = "\\"$tag-gzip\\"",
            .policy = {$name}_policy,
            .text = {{$name}_packed, sizeof({$name}_packed) - 1},
        };

        const ody_page ody__page_{$name} = {
            .tag = "\\"$tag\\"",
            .policy = {$name}_policy,
            .text = {{$name}_text, sizeof({$name}_text) - 1},
            .packed = &{$name}_packed_page,
        };

        C;
}

/** @param array<string, string> $pages name => path @param string $before what was made of them before, or '' */
function made(array $pages, string $before): string
{
    $parts = array_map(static fn(string $name, string $path): string => page($name, $path, $before), array_keys($pages), $pages);

    return HEAD . implode('', $parts);
}

/** Returns what is wrong with the check itself: a page that changes must be noticed, and come back from its C in both forms. */
function self_test(): array
{
    $folder = sys_get_temp_dir() . '/make-pages-' . bin2hex(random_bytes(6));
    mkdir($folder);
    $bytes = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'" />' . implode('', array_map(chr(...), range(0, 255))) . "??=1\n\n\0017";
    file_put_contents("$folder/page", $bytes);
    $pages = ['one' => "$folder/page"];
    $before = made($pages, '');
    $complaints = array_map(static fn(string $complaint): string => "self-test: $complaint", [
        ...compiled($folder, $before, 'ody__page_one.text', $bytes),
        ...compiled($folder, $before, 'ody__page_one.packed->text', gzencode($bytes, 9)),
        ...repacked($pages, $before, $bytes),
    ]);
    file_put_contents("$folder/page", "$bytes\ny");
    if (made($pages, $before) === $before) {
        $complaints[] = 'self-test: a changed page was not noticed';
    }
    array_map(unlink(...), glob("$folder/*"));
    rmdir($folder);

    return $complaints;
}

/** The C must be C, and hold those bytes. */
function compiled(string $folder, string $made, string $text, string $wanted): array
{
    file_put_contents("$folder/c", "$made#include <stdio.h>\nint main(void) { fwrite($text.data, 1, $text.length, stdout); return 0; }\n");
    exec("cc -std=gnu11 -Wall -Werror -Wno-trigraphs -Iengine -Iengine/include -x c -o $folder/program $folder/c 2>&1", $output, $status);
    if ($status !== 0) {
        return ['what is made is no C: ' . implode("\n", $output)];
    }

    return shell_exec("$folder/program") === $wanted ? [] : ["$text is not what it was"];
}

/** What another zlib has compressed may stay; what is not the page, or has something behind it, may not. */
function repacked(array $pages, string $made, string $bytes): array
{
    $with = static fn(string $packed): string => str_replace(literals(gzencode($bytes, 9)), literals($packed), $made);
    $other = $with(gzencode($bytes, 0));
    $complaints = made($pages, $other) === $other && $other !== $made ? [] : ['what another zlib has made is refused'];
    foreach (['another page' => gzencode("{$bytes}x"), 'more' => gzencode($bytes, 9) . 'x', 'less' => substr(gzencode($bytes, 9), 0, -1), 'nothing' => ''] as $what => $packed) {
        if (made($pages, $with($packed)) !== $made) {
            $complaints[] = "$what in the place of the compressed page was not noticed";
        }
    }

    return $complaints;
}

chdir(dirname(__DIR__, 2));
$current = (string) @file_get_contents(MADE);
$complaints = match ($argv[1] ?? '') {
    '--check' => $current === made(PAGES, $current) ? [] : [MADE . ' is not current: run php tests/tools/make-pages.php'],
    '--self-test' => self_test(),
    '' => file_put_contents(MADE, made(PAGES, $current)) === false ? [MADE . ' cannot be written'] : [],
    default => ['usage: php tests/tools/make-pages.php [--check|--self-test]'],
};
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
