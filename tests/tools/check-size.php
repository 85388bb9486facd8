<?php

/*
 * Checks the length of functions and files of the engine, the extension and their tests in C: a function has at
 * most 52 lines, half of them at most 12, a test at most 70, and a file at most 600. Needs Universal Ctags.
 */

declare(strict_types=1);

const FUNCTION_LINES = 52;
const TEST_LINES = 70;
const MEDIAN_LINES = 12;
const FILE_LINES = 600;

chdir(dirname(__DIR__, 2));
exec(
    'ctags -R --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne --output-format=json'
        . ' --exclude="*_arginfo.h" --exclude=page_files.c -f - engine ext tests/engine tests/fuzz',
    $lines,
    $status,
);
$complaints = $status === 0 ? [] : ['ctags failed'];
$lengths = [];
$files = [];
foreach ($lines as $line) {
    $tag = json_decode($line, true, 8, JSON_THROW_ON_ERROR);
    $length = ($tag['end'] ?? $tag['line']) - $tag['line'] + 1;
    $isTest = str_starts_with($tag['path'], 'tests/');
    if (!$isTest) {
        $lengths[] = $length;
    }
    $files[$tag['path']] = true;
    if ($length > ($isTest ? TEST_LINES : FUNCTION_LINES)) {
        $complaints[] = "{$tag['path']}:{$tag['line']}: {$tag['name']} has $length lines";
    }
}
foreach (array_keys($files) as $file) {
    $count = count(file($file));
    if ($count > FILE_LINES) {
        $complaints[] = "$file has $count lines";
    }
}
sort($lengths);
$median = $lengths[intdiv(count($lengths), 2)] ?? 0;
if ($lengths === []) {
    $complaints[] = 'no function found';
} elseif ($median > MEDIAN_LINES) {
    $complaints[] = "half of all functions have more than $median lines";
}
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
