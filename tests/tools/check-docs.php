<?php

/*
 * Checks that every public function has a docblock: prototypes and inline functions in the headers of
 * engine/, classes and methods in the stubs of ext/, public methods and functions in php/src/. What
 * applications may call, in classes that are not @internal, must also show how: an indented example.
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

/**
 * Returns what a PHP file declares for others: each class and each function that is not private or
 * protected, as [line, name, is it a class, docblock or ""].
 */
function declarations_of_php(string $source): array
{
    $found = [];
    $doc = '';
    $public = true;
    $kind = null;
    $previous = null;
    foreach (PhpToken::tokenize($source) as $token) {
        if ($token->is(T_DOC_COMMENT)) {
            $doc = $token->text;
        } elseif ($token->is([T_PRIVATE, T_PROTECTED])) {
            $public = false;
        } elseif ($token->is([T_CLASS, T_INTERFACE, T_TRAIT, T_ENUM, T_FUNCTION])) {
            $kind = $previous?->is([T_NEW, T_DOUBLE_COLON, T_USE]) ? null : $token;
        } elseif ($kind !== null && $token->is(T_STRING)) {
            if ($public) {
                $found[] = [$token->line, $token->text, !$kind->is(T_FUNCTION), $doc];
            }
            $kind = null;
        } elseif ($kind !== null && $token->is('(')) {
            $kind = null; // a closure
        }
        if ($token->is(['{', '}', ';'])) {
            [$doc, $public, $kind] = ['', true, null];
        }
        if (!$token->is([T_WHITESPACE, T_COMMENT, T_DOC_COMMENT])) {
            $previous = $token;
        }
    }

    return $found;
}

/** Returns [line, name] of each class and public method of a PHP file without a docblock. */
function undocumented_php(string $source): array
{
    $missing = array_filter(declarations_of_php($source), static fn(array $one) => $one[3] === '');

    return array_map(static fn(array $one) => [$one[0], $one[1]], array_values($missing));
}

/**
 * Returns [line, name] of each public method without an example, in classes that are not internal. The
 * example of a class counts for its constructor, that of an interface where {@inheritDoc} says so.
 */
function without_example(string $source): array
{
    $missing = [];
    $class = null;
    foreach (declarations_of_php($source) as [$line, $name, $is_class, $doc]) {
        if ($is_class) {
            $class = $doc;
            continue;
        }
        $internal = $class === null || str_contains($class . $doc, '@internal');
        // PHP calls the others; nobody does so by name.
        $called = !str_starts_with($name, '__') || $name === '__construct';
        $shown = has_example($doc) || str_contains($doc, '{@inheritDoc}') || $name === '__construct' && has_example($class ?? '');
        if (!$internal && $called && !$shown) {
            $missing[] = [$line, $name];
        }
    }

    return $missing;
}

/** Says whether the description of a docblock, which ends at the first tag, has an indented line. */
function has_example(string $doc): bool
{
    return preg_match('~^\s*\* {5}\S~m', preg_split('~^\s*\* @~m', $doc)[0]) === 1;
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
    $methods = <<<'PHP'
        <?php
        /**
         * A class.
         *
         *     new Shown();
         */
        class Shown {
            /** Is shown above. */
            public function __construct() {}
            /**
             * A method.
             *
             *     $shown->one();
             *
             * @return int seconds
             */
            public function one(): int {}
            /**
             * A method.
             *
             * @return int seconds,
             *     not an example
             */
            public function two(): int {}
            /** {@inheritDoc} */
            public function three(): void {}
            /** Nobody calls it. */
            public function __clone() {}
            /** Is not public. */
            private function four(): void {}
        }
        /** @internal */
        class Hidden {
            /** A method. */
            public function five(): void {}
        }
        PHP;
    if (without_example($methods) !== [[24, 'two']]) {
        $complaints[] = 'self-test: wrong answer for examples: ' . json_encode(without_example($methods));
    }

    return $complaints;
}

/** Returns one complaint for each undocumented function of the project. */
function check_project(string $root): array
{
    $rooms = [
        ['engine', '~\.h$~', ['docblock' => undocumented_c(...)]],
        ['ext', '~\.stub\.php$~', ['docblock' => undocumented_php(...), 'example' => without_example(...)]],
        ['php/src', '~\.php$~', ['docblock' => undocumented_php(...), 'example' => without_example(...)]],
    ];
    $complaints = [];
    foreach ($rooms as [$folder, $pattern, $checks]) {
        $files = files_below("$root/$folder", $pattern);
        if ($files === []) {
            $complaints[] = "$folder: no file to check";
        }
        foreach ($files as $file) {
            foreach ($checks as $what => $missing) {
                foreach ($missing(file_get_contents($file)) as [$line, $name]) {
                    $complaints[] = sprintf('%s:%d: %s has no %s', substr($file, strlen($root) + 1), $line, $name, $what);
                }
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
