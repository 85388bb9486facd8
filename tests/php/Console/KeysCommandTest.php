<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Console\CommandException;
use Ody\Websocket\Console\KeysCommand;
use Ody\Websocket\Tests\Support\Project;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use Symfony\Component\Console\Tester\CommandTester;

final class KeysCommandTest extends ProjectTestCase
{
    public function testMakesTheFile(): void
    {
        $project = $this->project();
        $tester = $this->tester($project);
        self::assertSame(0, $tester->execute([], ['interactive' => false]));
        [$key, $secret] = $this->keys($project);
        self::assertMatchesRegularExpression('/^[0-9a-f]{20}$/', $key);
        self::assertMatchesRegularExpression('/^[0-9a-f]{64}$/', $secret);
        self::assertStringContainsString($key, $tester->getDisplay());
        self::assertStringNotContainsString($secret, $tester->getDisplay());
        self::assertSame(0o600, fileperms($project->root . '/.env') & 0o777);
    }

    public function testPlaceholdersAreReplacedWithoutAsking(): void
    {
        $project = $this->project();
        $project->write('.env', "APP=x\nWEBSOCKET_API_KEY=your-api-key\nWEBSOCKET_SECRET_KEY=\"your-secret-key\"\n#end");
        self::assertSame(0, $this->tester($project)->execute([], ['interactive' => false]));
        [$key, $secret] = $this->keys($project);
        self::assertSame("APP=x\nWEBSOCKET_API_KEY={$key}\nWEBSOCKET_SECRET_KEY={$secret}\n#end", $project->read('.env'));
        self::assertNotContains('your-api-key', [$key, $secret]);
    }

    public function testKeysAreNotReplacedWithoutForce(): void
    {
        $project = $this->projectWithKeys();
        try {
            $this->tester($project)->execute([], ['interactive' => false]);
            self::fail('Keys were replaced.');
        } catch (CommandException $error) {
            self::assertStringContainsString('--force', $error->getMessage());
        }
        self::assertSame(['real-key', 'real-secret'], $this->keys($project));
    }

    public function testForceReplacesKeys(): void
    {
        $project = $this->projectWithKeys();
        self::assertSame(0, $this->tester($project)->execute(['--force' => true], ['interactive' => false]));
        self::assertNotContains('real-key', $this->keys($project));
        self::assertNotContains('real-secret', $this->keys($project));
    }

    public function testAsksAndTakesNoForAnAnswer(): void
    {
        $project = $this->projectWithKeys();
        $tester = $this->tester($project);
        $tester->setInputs(['']);
        self::assertSame(1, $tester->execute([]));
        self::assertStringContainsString('Nothing was changed.', $tester->getDisplay());
        self::assertSame(['real-key', 'real-secret'], $this->keys($project));
    }

    public function testAsksAndTakesYesForAnAnswer(): void
    {
        $project = $this->projectWithKeys();
        $tester = $this->tester($project);
        $tester->setInputs(['yes']);
        self::assertSame(0, $tester->execute([]));
        self::assertNotContains('real-key', $this->keys($project));
    }

    public function testShowPrintsTheApiKeyAndChangesNothing(): void
    {
        $project = $this->projectWithKeys();
        $before = $project->read('.env');
        $tester = $this->tester($project);
        self::assertSame(0, $tester->execute(['--show' => true]));
        self::assertSame("real-key\n", $tester->getDisplay(true));
        self::assertSame($before, $project->read('.env'));
    }

    public function testTwoRunsMakeDifferentKeys(): void
    {
        $project = $this->project();
        $this->tester($project)->execute(['--force' => true]);
        $first = $this->keys($project);
        $this->tester($project)->execute(['--force' => true]);
        self::assertSame([], array_intersect($first, $this->keys($project)));
    }

    public function testTheConsoleRunsItWithoutTheExtension(): void
    {
        $project = $this->project();
        $project->artisan('websocket:keys', '--no-interaction')->succeeded();
        $project->artisan('websocket:keys', '--no-interaction')->refused($project->root . '/.env', '--force');
        $shown = $project->artisan('websocket:keys', '--show')->succeeded()->output;
        self::assertSame($this->keys($project)[0] . "\n", $shown);
    }

    public function testSaysWhenTheEnvironmentHidesTheKeys(): void
    {
        $project = $this->project();
        $project->environment['WEBSOCKET_API_KEY'] = 'other';
        $output = $project->artisan('websocket:keys')->succeeded()->output;
        self::assertStringContainsString('WEBSOCKET_API_KEY is set in the environment', $output);
        self::assertStringNotContainsString('WEBSOCKET_SECRET_KEY is set', $output);
    }

    private function tester(Project $project): CommandTester
    {
        return new CommandTester(new KeysCommand($project->root));
    }

    private function projectWithKeys(): Project
    {
        $project = $this->project();
        $project->write('.env', "WEBSOCKET_API_KEY=real-key\nWEBSOCKET_SECRET_KEY=real-secret\n");

        return $project;
    }

    /**
     * @return array{string, string}
     */
    private function keys(Project $project): array
    {
        $environment = Environment::ofRoot($project->root);

        return [(string) $environment->raw('WEBSOCKET_API_KEY'), (string) $environment->raw('WEBSOCKET_SECRET_KEY')];
    }
}
