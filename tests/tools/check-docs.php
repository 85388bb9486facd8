<?php

/*
 * Checks that every public function has a docblock: prototypes and inline functions in the headers of
 * engine/, classes and methods in the stubs of ext/, public methods and functions in php/src/.
 *
 *   php tests/tools/check-docs.php               exit status 1 and one line for each one without
 *   php tests/tools/check-docs.php --self-test   checks the check
 */

declare(strict_types=1);

/**
 * Returns [line, name] of each function in a C header that no docblock stands before. Prototypes that
 * follow a documented one without an empty line share its docblock.
 */
function undocumented_c(string $source): array
{
    // Line continuations and directives become empty lines, so that line numbers stay.
    $source = preg_replace_callback(
        '/^[ \t]*#(?:.*\\\\\n)*.*$/m',
        static fn($match) => str_repeat("\n", substr_count($match[0], "\n")),
        $source,
    );
    $pattern = '~(?<doc>/\*\*.*?\*/)|/\*.*?\*/|//[^\n]*|(?<blank>\n[ \t]*\n)|(?<open>\{)|(?<close>\})|(?<end>;)|"(?:\\\\.|[^"\\\\])*"|\'(?:\\\\.|[^\'\\\\])*\'|[^/{};"\'\n]+|\n|.~s';
    preg_match_all($pattern, $source, $tokens, PREG_SET_ORDER);
    $missing = [];
    $documented = false;
    $text = '';
    $depth = 0;
    $line = 1;
    $start = 1;
    foreach ($tokens as $token) {
        $is = static fn(string $kind) => ($token[$kind] ?? '') !== '';
        if ($depth === 0 && $is('doc') && trim($text) === '') {
            $documented = true;
        } elseif ($is('open')) {
            $depth++;
        } elseif ($is('close')) {
            $depth--;
        }
        $comment = preg_match('~^(/\*|//)~', $token[0]) === 1;
        if ($depth === 0 && $is('blank') && trim($text) === '' && substr_count($token[0], "\n") > 1) {
            $documented = false;
        } elseif ($depth === 0 && !$comment && !$is('close') && !$is('end')) {
            if (trim($text) === '') {
                $start = $line;
            }
            $text .= $token[0];
        }
        $inline = $is('close') && $depth === 0 && str_contains($text, '(');
        if ($depth === 0 && ($is('end') || $inline)) {
            if (($name = function_name($text)) !== null && !$documented) {
                $missing[] = [$start, $name];
            }
            $text = '';
        }
        $line += substr_count($token[0], "\n");
    }

    return $missing;
}

/** Returns the name of the function that a declaration declares, or null when it declares none. */
function function_name(string $declaration): ?string
{
    $declaration = preg_replace('/__attribute__\s*\(\(.*?\)\)/s', '', trim($declaration));
    if (preg_match('/^(typedef|extern\s+const\s+struct)\b/', $declaration) === 1) {
        return null;
    }

    return preg_match('/^[\w\s*]+?\b(ody_\w+)\s*\(/', $declaration, $match) === 1 ? $match[1] : null;
}

/** Returns [line, name] of each class and public method of a PHP file without a docblock. */
function undocumented_php(string $source): array
{
    $missing = [];
    $documented = false;
    $public = true;
    $kind = null;
    $previous = null;
    $depth = 0;
    foreach (PhpToken::tokenize($source) as $token) {
        if ($token->is('{') || $token->is(T_CURLY_OPEN) || $token->is(T_DOLLAR_OPEN_CURLY_BRACES)) {
            $depth++;
        } elseif ($token->is('}')) {
            $depth--;
        }
        if ($token->is(T_DOC_COMMENT)) {
            $documented = true;
        } elseif ($token->is([T_PRIVATE, T_PROTECTED])) {
            $public = false;
        } elseif ($token->is([T_CLASS, T_INTERFACE, T_TRAIT, T_ENUM, T_FUNCTION])) {
            $kind = $previous?->is([T_NEW, T_DOUBLE_COLON, T_USE]) ? null : $token;
        } elseif ($kind !== null && $token->is(T_STRING)) {
            if (!$documented && $public) {
                $missing[] = [$token->line, $token->text];
            }
            $kind = null;
        } elseif ($kind !== null && $token->is('(')) {
            $kind = null; // a closure
        }
        if ($token->is(['{', '}', ';'])) {
            [$documented, $public, $kind] = [false, true, null];
        }
        if (!$token->is([T_WHITESPACE, T_COMMENT, T_DOC_COMMENT])) {
            $previous = $token;
        }
    }

    return $missing;
}

/** Returns the files below a folder whose path matches, sorted. */
function files_below(string $folder, string $pattern): array
{
    $files = [];
    if (is_dir($folder)) {
        $entries = new RecursiveDirectoryIterator($folder, FilesystemIterator::SKIP_DOTS);
        foreach (new RecursiveIteratorIterator($entries) as $entry) {
            if (preg_match($pattern, $entry->getPathname()) === 1) {
                $files[] = $entry->getPathname();
            }
        }
    }
    sort($files);

    return $files;
}

/** Returns what the self-test found wrong with the check itself. */
function self_test(): array
{
    $header = <<<'C'
        #define ODY_TWICE(x) \
            ((x) * 2)
        /** A struct. */
        typedef struct ody_thing { int (*call)(void *context); } ody_thing;

        /** Documented. */
        int ody_thing_make(const char *name,
                           int size) __attribute__((format(printf, 1, 2)));
        void ody_thing_shared(void);

        void ody_thing_bare(ody_thing *thing);

        /* No docblock. */
        static inline int ody_thing_inline(int x)
        {
            return call_it(x);
        }
        C;
    $stub = <<<'PHP'
        <?php
        /** A class. */
        class Documented {
            /** A method. */
            public function one(): int {}
            private function two() { return fn() => new class {}; }
            public function three(): void {}
        }
        class Bare {}
        PHP;
    $complaints = [];
    if (undocumented_c($header) !== [[11, 'ody_thing_bare'], [14, 'ody_thing_inline']]) {
        $complaints[] = 'self-test: wrong answer for a header: ' . json_encode(undocumented_c($header));
    }
    if (undocumented_php($stub) !== [[7, 'three'], [9, 'Bare']]) {
        $complaints[] = 'self-test: wrong answer for a stub: ' . json_encode(undocumented_php($stub));
    }

    return $complaints;
}

/** Returns one complaint for each undocumented function of the project. */
function check_project(string $root): array
{
    $rooms = [
        ['engine', '~\.h$~', undocumented_c(...)],
        ['ext', '~\.stub\.php$~', undocumented_php(...)],
        ['php/src', '~\.php$~', undocumented_php(...)],
    ];
    $complaints = [];
    foreach ($rooms as [$folder, $pattern, $undocumented]) {
        $files = files_below("$root/$folder", $pattern);
        if ($files === []) {
            $complaints[] = "$folder: no file to check";
        }
        foreach ($files as $file) {
            foreach ($undocumented(file_get_contents($file)) as [$line, $name]) {
                $complaints[] = sprintf('%s:%d: %s has no docblock', substr($file, strlen($root) + 1), $line, $name);
            }
        }
    }

    return $complaints;
}

$complaints = ($argv[1] ?? '') === '--self-test' ? self_test() : check_project(dirname(__DIR__, 2));
foreach ($complaints as $complaint) {
    fwrite(STDERR, "$complaint\n");
}
exit($complaints === [] ? 0 : 1);
