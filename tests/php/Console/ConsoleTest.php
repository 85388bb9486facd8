<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Console\Commands;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Ody\Websocket\Tests\Support\Result;
use Ody\Websocket\Tests\Support\Terminal;
use PHPUnit\Framework\Attributes\DataProvider;

/**
 * What all commands have in common: help, colours, progress, the words for mistakes.
 */
final class ConsoleTest extends ProjectTestCase
{
    #[DataProvider('commands')]
    public function testHelpHasADescriptionAndAnExample(string $command): void
    {
        $output = $this->project()->artisan('help', $command)->succeeded()->output;
        self::assertMatchesRegularExpression("/^ +php artisan {$command}( |$)/m", $output);
        self::assertMatchesRegularExpression('/\ADescription:\n  [A-Z].*[^.]\n/', $output);
    }

    #[DataProvider('commands')]
    public function testHasASectionInTheDocumentation(string $command): void
    {
        $text = (string) file_get_contents(dirname(__DIR__, 3) . '/docs/commands.md');
        self::assertMatchesRegularExpression("/^## {$command}\n/m", $text);
        self::assertStringContainsString("\n\$ php artisan {$command}", $text);
    }

    /**
     * @return iterable<string, array{string}>
     */
    public static function commands(): iterable
    {
        foreach (Commands::CLASSES as $command => $class) {
            if (!(new $class())->isHidden()) {
                yield $command => [$command];
            }
        }
    }

    /**
     * @param list<string> $arguments
     */
    #[DataProvider('commandLines')]
    public function testNoEscapeSequenceWithoutColour(bool $started, int $status, array $arguments): void
    {
        $project = $this->readyProject($started);
        $project->environment['NO_COLOR'] = '1';
        $output = Terminal::show($project, $status, ...$arguments);
        self::assertStringNotContainsString("\e", $output);
        self::assertNotSame('', $output);
    }

    /**
     * @return iterable<string, array{bool, int, list<string>}>
     */
    public static function commandLines(): iterable
    {
        yield 'list' => [false, 0, ['list']];
        yield 'keys' => [false, 0, ['websocket:keys', '--force']];
        yield 'install' => [false, 0, ['websocket:install']];
        yield 'doctor' => [false, 0, ['websocket:doctor']];
        yield 'start' => [false, 0, ['websocket:start', '-d']];
        yield 'status' => [true, 0, ['websocket:status']];
        yield 'channels' => [true, 0, ['websocket:channels']];
        yield 'publish' => [true, 1, ['websocket:publish', 'nobody', 'shipped']];
        yield 'stop' => [true, 0, ['websocket:stop']];
        yield 'mistake' => [false, 1, ['websocket:publish', 'a', 'b', '{']];
    }

    #[DataProvider('progress')]
    public function testProgressIsForTerminals(string $command, string $words): void
    {
        $project = $this->readyProject(true);
        self::assertStringContainsString($words, Terminal::show($project, 0, $command));
        $project = $this->readyProject(true);
        $result = $project->artisan($command)->succeeded();
        self::assertStringNotContainsString($words, $result->output . $result->errors);
    }

    /**
     * @return iterable<array{string, string}>
     */
    public static function progress(): iterable
    {
        yield ['websocket:status', 'Measuring rates …'];
        yield ['websocket:stop', 'Stopping the server'];
        yield ['websocket:reload', 'Reloading the configuration …'];
        yield ['websocket:restart', 'Starting the new engine …'];
        yield ['websocket:doctor', 'Checking: certificate …'];
        yield ['websocket:install', 'Reading the configuration …'];
    }

    public function testWithoutACommandAllAreListed(): void
    {
        $output = $this->project()->artisan()->succeeded()->output;
        foreach (self::commands() as [$command]) {
            self::assertMatchesRegularExpression("/^  {$command}  +[A-Z]/m", $output);
        }
    }

    public function testAbbreviations(): void
    {
        $project = $this->project();
        self::assertStringContainsString('not running', $project->artisan('web:stat')->errors);
        $errors = $project->artisan('websocket:')->errors;
        foreach (self::commands() as [$command]) {
            self::assertStringContainsString($command, $errors);
        }
        self::assertStringContainsString('websocket:doctor', $project->artisan('websocket')->errors);
    }

    public function testAnUnknownCommandSaysWhereTheCommandsAre(): void
    {
        $this->project()->artisan('frobnicate')->refused('"frobnicate" is not defined', 'php artisan lists all commands');
    }

    /**
     * Composer puts the console of a package into vendor/bin; there is no artisan in the root then.
     */
    public function testCommandsAreShownAsTheyAreTypedInAProjectOfComposer(): void
    {
        $project = $this->project();
        $project->write('vendor/bin/artisan', '<?php return require __DIR__ . "/../../artisan";');
        $run = static fn(string ...$arguments): Result => Result::of([PHP_BINARY, 'vendor/bin/artisan', ...array_values($arguments)], $project->environment, $project->root);

        self::assertStringContainsString('is not set; `php vendor/bin/artisan websocket:keys` makes new keys', $run('websocket:start')->errors);
        $steps = $run('websocket:install', '-n')->succeeded()->output;
        self::assertStringContainsString('   php vendor/bin/artisan websocket:start', $steps);
        self::assertStringNotContainsString('php artisan', $steps);
        self::assertStringEndsWith("Start it with php vendor/bin/artisan websocket:start.\n", $run('websocket:status')->errors);
        self::assertStringEndsWith("Start it with php vendor/bin/artisan websocket:start.\n", $run('websocket:reload')->errors);
        self::assertStringEndsWith(" php vendor/bin/artisan lists all commands.\n", $run('frobnicate')->errors);
        self::assertStringContainsString('php vendor/bin/artisan websocket:start -d', $run('websocket:doctor')->output);
        foreach (self::commands() as [$command]) {
            $help = $run('help', $command)->succeeded()->output;
            self::assertStringContainsString('  php vendor/bin/artisan ' . $command, $help);
            self::assertStringNotContainsString('php artisan', $help);
        }
    }

    public function testAMessageCannotSteerTheTerminal(): void
    {
        $this->project()->artisan("fr\e[31mob")->refused('"fr\\x1b[31mob" is not defined');
    }

    /**
     * @param list<string> $words
     */
    #[DataProvider('options')]
    public function testAMistakeInAnOptionNamesTheOption(string $option, array $words): void
    {
        $project = $this->projectWithServer();
        $project->artisan('websocket:start', '-d', $option)->refused(...$words);
    }

    /**
     * @return iterable<array{string, list<string>}>
     */
    public static function options(): iterable
    {
        yield ['--port=abc', ['--port must be a number', '"abc"']];
        yield ['--port=70000', ['--port must be between 1 and 65535']];
        yield ['--workers=0', ['--workers must be between 1 and 1024']];
        yield ['--host=a..b', ['a..b']];
    }

    private function readyProject(bool $started): Project
    {
        $project = $this->projectWithServer();
        if ($started) {
            $project->artisan('websocket:start', '-d')->succeeded();
        }

        return $project;
    }
}
