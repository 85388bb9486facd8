<?php

/*
 * Double of symfony/polyfill-php85 1.34, Php85.php: the two functions of PHP 8.5 that Laravel calls.
 */

declare(strict_types=1);

if (!function_exists('array_first')) {
    /**
     * @param array<array-key, mixed> $array
     */
    function array_first(array $array): mixed
    {
        foreach ($array as $value) {
            return $value;
        }

        return null;
    }
}

if (!function_exists('array_last')) {
    /**
     * @param array<array-key, mixed> $array
     */
    function array_last(array $array): mixed
    {
        return $array === [] ? null : $array[array_key_last($array)];
    }
}
