<?php

/*
 * Merges ext/*.stub.php into stubs/ody_websocket.stub.php, the one file that editors and static
 * analysers read to know the native classes. Docblocks stay; what only the generator of the C headers
 * reads goes.
 *
 *   php tests/tools/make-stubs.php               writes the file
 *   php tests/tools/make-stubs.php --check       exit status 1 when the file is not what would be written
 *   php tests/tools/make-stubs.php --self-test   checks that a changed stub is noticed
 */

declare(strict_types=1);

const MERGED = 'stubs/ody_websocket.stub.php';

const HEAD = <<<'PHP'
    <?php

    /*
     * The classes of the extension ody_websocket, for editors and static analysers. Nothing loads this file
     * when a program runs. It is made of ext/*.stub.php by tests/tools/make-stubs.php.
     */

    PHP;

/** Returns the text without the lines that only the generator of the C headers reads. */
function without_directives(string $source): string
{
    $source = preg_replace('~^<\?php\s*|^\s*/\*\* @generate-class-entries \*/\s*$~m', '', $source);
    $source = preg_replace('~^[ \t]*#[ \t]*(if|ifdef|ifndef|elif|else|endif)\b.*\n~m', '', $source);
    $source = preg_replace('~(^[ \t]*\*[ \t]*\n)?(^[ \t]*\* @(strict-properties|not-serializable)[ \t]*\n)+~m', '', $source);

    return trim($source) . "\n";
}

/** Returns the text with its one namespace statement made a block; text in blocks is returned as it is. */
function with_namespace_blocks(string $source): string
{
    if (preg_match('~^namespace ([\w\\\\]+);\n~m', $source, $match, PREG_OFFSET_CAPTURE) !== 1) {
        return $source;
    }
    $body = trim(substr($source, $match[0][1] + strlen($match[0][0])), "\n");
    $body = preg_replace('~^(?=.)~m', '    ', $body);

    return "namespace {$match[1][0]} {\n$body\n}\n";
}

/** Returns what the merged file has to be for the stubs of a folder. */
function merged(string $folder): string
{
    $files = glob("$folder/*.stub.php") ?: [];
    if ($files === []) {
        throw new RuntimeException("$folder has no stub");
    }
    $parts = array_map(
        static fn(string $file): string => with_namespace_blocks(without_directives(file_get_contents($file))),
        $files,
    );

    return HEAD . "\n" . implode("\n", $parts);
}

/** Returns whether a file is what would be written, and says so when it is not. */
function is_current(string $folder, string $file): bool
{
    return is_file($file) && file_get_contents($file) === merged($folder);
}

/** Returns what is wrong with the check itself: a stub that changes must be noticed. */
function self_test(): array
{
    $folder = sys_get_temp_dir() . '/make-stubs-' . bin2hex(random_bytes(6));
    mkdir($folder);
    $stub = "<?php\n\n/** @generate-class-entries */\n\nnamespace A\\B;\n\n/**\n * Kept.\n *\n * @strict-properties\n */\nclass One\n{\n}\n";
    file_put_contents("$folder/one.stub.php", $stub);
    file_put_contents("$folder/merged", merged($folder));
    $complaints = is_current($folder, "$folder/merged") ? [] : ['self-test: what was just written counts as old'];
    if (!str_ends_with(merged($folder), "namespace A\\B {\n    /**\n     * Kept.\n     */\n    class One\n    {\n    }\n}\n")) {
        $complaints[] = 'self-test: a stub was merged wrongly: ' . merged($folder);
    }
    file_put_contents("$folder/one.stub.php", str_replace('One', 'Two', $stub));
    if (is_current($folder, "$folder/merged")) {
        $complaints[] = 'self-test: a changed stub was not noticed';
    }
    array_map(unlink(...), glob("$folder/*"));
    rmdir($folder);

    return $complaints;
}

chdir(dirname(__DIR__, 2));
$complaints = match ($argv[1] ?? '') {
    '--check' => is_current('ext', MERGED) ? [] : [MERGED . ' is not current: run php tests/tools/make-stubs.php'],
    '--self-test' => self_test(),
    '' => file_put_contents(MERGED, merged('ext')) === false ? [MERGED . ' cannot be written'] : [],
    default => ['usage: php tests/tools/make-stubs.php [--check|--self-test]'],
};
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
