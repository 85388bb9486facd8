<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Configuration;

use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class EnvironmentTest extends ProjectTestCase
{
    #[DataProvider('words')]
    public function testWordsBecomeValues(string $raw, string|bool|null $expected): void
    {
        self::assertSame($expected, Environment::convert($raw));
    }

    /**
     * @return iterable<array{string, string|bool|null}>
     */
    public static function words(): iterable
    {
        yield ['true', true];
        yield ['(true)', true];
        yield ['TRUE', true];
        yield ['false', false];
        yield ['(false)', false];
        yield ['null', null];
        yield ['(null)', null];
        yield ['empty', ''];
        yield ['(empty)', ''];
        yield ['', ''];
        yield ['"quoted"', 'quoted'];
        yield ["'quoted'", 'quoted'];
        yield ['"true"', 'true'];
        yield ['"half', '"half'];
        yield ['9502', '9502'];
        yield ['truely', 'truely'];
    }

    public function testQuotingInTheFile(): void
    {
        $project = $this->project();
        $project->write('.env', <<<'ENV'
            # a comment
            PLAIN=value # with a comment
            SPACES="two words"
            SINGLE='$NOT_EXPANDED "inside"'
            ESCAPED="a \"quote\" and \\ and\ttab"
            HASH="a#b"
            EMPTY=
            EQUALS=a=b==
            export EXPORTED=yes
            MULTI="first
            second"
            NESTED="${PLAIN} again"
            UNSET_NESTED="${ODY_TEST_NOT_SET}"
            ENV);
        $environment = Environment::ofRoot($project->root);
        self::assertSame('value', $environment->raw('PLAIN'));
        self::assertSame('two words', $environment->raw('SPACES'));
        self::assertSame('$NOT_EXPANDED "inside"', $environment->raw('SINGLE'));
        self::assertSame("a \"quote\" and \\ and\ttab", $environment->raw('ESCAPED'));
        self::assertSame('a#b', $environment->raw('HASH'));
        self::assertSame('', $environment->raw('EMPTY'));
        self::assertSame('a=b==', $environment->raw('EQUALS'));
        self::assertSame('yes', $environment->raw('EXPORTED'));
        self::assertSame("first\nsecond", $environment->raw('MULTI'));
        self::assertSame('value again', $environment->raw('NESTED'));
        self::assertNull($environment->raw('NOT_THERE'));
    }

    public function testReadingTheFileChangesNothing(): void
    {
        $project = $this->project();
        $project->write('.env', "ODY_TEST_PRIVATE=1\n");
        self::assertSame('1', Environment::ofRoot($project->root)->raw('ODY_TEST_PRIVATE'));
        self::assertFalse(getenv('ODY_TEST_PRIVATE'));
        self::assertArrayNotHasKey('ODY_TEST_PRIVATE', $_ENV);
        self::assertArrayNotHasKey('ODY_TEST_PRIVATE', $_SERVER);
    }

    public function testABrokenFileIsNamedWithItsLineButNotShown(): void
    {
        $project = $this->project();
        $project->write('.env', "GOOD=1\nMULTI=\"a\nb\"\nSECRET KEY=hunter2 extra\nMORE=1\n");
        try {
            Environment::ofRoot($project->root);
            self::fail('A broken file was accepted.');
        } catch (ConfigurationFileException $error) {
            self::assertStringContainsString($project->root . '/.env', $error->getMessage());
            self::assertStringContainsString('line 4', $error->getMessage());
            self::assertStringNotContainsString('hunter2', $error->getMessage());
            self::assertStringNotContainsString('hunter2', (string) $error);
        }
    }

    public function testAValueWithSpacesIsToldToStandInQuotes(): void
    {
        $project = $this->project();
        $project->write('.env', "PASSWORD=correct horse battery\n");
        $this->expectException(ConfigurationFileException::class);
        $this->expectExceptionMessage('.env cannot be read: line 1 is not NAME=value, where a value with spaces stands in quotes.');
        Environment::ofRoot($project->root);
    }

    public function testDefaultsMayBeClosures(): void
    {
        $environment = Environment::ofRoot($this->project()->root);
        self::assertSame(7, $environment->get('ODY_TEST_NOT_SET', static fn(): int => 7));
        self::assertNull($environment->get('ODY_TEST_NOT_SET'));
    }
}
