<?php

/*
 * Turns the pages that the server itself serves into C, so that building the extension needs no other
 * tool. What a page may do is what its own <meta> says: the same policy goes into the header of the answer.
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

/** Returns the C of one page. */
function page(string $name, string $path): string
{
    $bytes = file_get_contents($path);
    if ($bytes === false) {
        throw new RuntimeException("$path cannot be read");
    }
    $tag = substr(hash('sha256', $bytes), 0, 32);
    $policy = literals(policy($path, $bytes));
    $text = literals($bytes);

    return <<<C

        static const char {$name}_text[] =
        $text;

        const ody_page ody__page_{$name} = {
            .tag = "\\"$tag\\"",
            .policy =
        $policy,
            .text = {{$name}_text, sizeof({$name}_text) - 1},
        };

        C;
}

/** @param array<string, string> $pages name => path */
function made(array $pages): string
{
    return HEAD . implode('', array_map(page(...), array_keys($pages), $pages));
}

/** Returns what is wrong with the check itself: a page that changes must be noticed, and come back from its C. */
function self_test(): array
{
    $folder = sys_get_temp_dir() . '/make-pages-' . bin2hex(random_bytes(6));
    mkdir($folder);
    $bytes = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'" />' . implode('', array_map(chr(...), range(0, 255))) . "??=1\n\n\0017";
    file_put_contents("$folder/page", $bytes . "\nx");
    file_put_contents("$folder/c", made(['one' => "$folder/page"]) . "#include <stdio.h>\nint main(void) { fwrite(ody__page_one.text.data, 1, ody__page_one.text.length, stdout); return 0; }\n");
    exec("cc -std=gnu11 -Wall -Werror -Wno-trigraphs -Iengine -Iengine/include -x c -o $folder/program $folder/c 2>&1", $output, $status);
    $complaints = $status === 0 ? [] : ['self-test: what is made is no C: ' . implode("\n", $output)];
    if ($status === 0 && shell_exec("$folder/program") !== $bytes . "\nx") {
        $complaints[] = 'self-test: a page is not what it was';
    }
    $before = made(['one' => "$folder/page"]);
    file_put_contents("$folder/page", $bytes . "\ny");
    if (made(['one' => "$folder/page"]) === $before) {
        $complaints[] = 'self-test: a changed page was not noticed';
    }
    array_map(unlink(...), glob("$folder/*"));
    rmdir($folder);

    return $complaints;
}

chdir(dirname(__DIR__, 2));
$complaints = match ($argv[1] ?? '') {
    '--check' => @file_get_contents(MADE) === made(PAGES) ? [] : [MADE . ' is not current: run php tests/tools/make-pages.php'],
    '--self-test' => self_test(),
    '' => file_put_contents(MADE, made(PAGES)) === false ? [MADE . ' cannot be written'] : [],
    default => ['usage: php tests/tools/make-pages.php [--check|--self-test]'],
};
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
