<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Console\CommandException;
use Ody\Websocket\Console\EnvironmentFile;
use Ody\Websocket\Tests\Support\ProjectTestCase;
use PHPUnit\Framework\Attributes\DataProvider;

final class EnvironmentFileTest extends ProjectTestCase
{
    #[DataProvider('files')]
    public function testOnlyTheValueChanges(string $before, string $after): void
    {
        $project = $this->project();
        $path = $project->write('.env', $before);
        $file = EnvironmentFile::open($path);
        $file->set('KEY', 'new');
        self::assertSame('new', $file->get('KEY'));
        $file->save();
        self::assertSame($after, $project->read('.env'));
    }

    /**
     * @return iterable<string, array{string, string}>
     */
    public static function files(): iterable
    {
        yield 'empty file' => ['', "KEY=new\n"];
        yield 'added at the end' => ["A=1\n", "A=1\nKEY=new\n"];
        yield 'no newline at the end' => ['A=1', "A=1\nKEY=new\n"];
        yield 'its own last line' => ["A=1\nKEY=old", "A=1\nKEY=new"];
        yield 'plain' => ["A=1\nKEY=old\nB=2\n", "A=1\nKEY=new\nB=2\n"];
        yield 'empty value' => ["KEY=\nB=2\n", "KEY=new\nB=2\n"];
        yield 'spaces around' => ["  KEY = old  \nB=2\n", "  KEY = new  \nB=2\n"];
        yield 'a comment behind' => ["KEY=old # ours\n", "KEY=new # ours\n"];
        yield 'an empty value and a comment' => ["KEY= # ours\n", "KEY=new # ours\n"];
        yield 'nothing but a comment' => ["KEY=#ours\n", "KEY=new #ours\n"];
        yield 'double quotes' => ["KEY=\"o # l \\\" d\" # ours\n", "KEY=new # ours\n"];
        yield 'single quotes' => ["KEY='o # ld'\n", "KEY=new\n"];
        yield 'export' => ["export KEY=old\n", "export KEY=new\n"];
        yield 'twice' => ["KEY=a\nB=2\nKEY=b\n", "KEY=new\nB=2\nKEY=new\n"];
        yield 'a longer name' => ["MY_KEY=a\nKEY_2=b\n", "MY_KEY=a\nKEY_2=b\nKEY=new\n"];
        yield 'a comment is none' => ["#KEY=old\n", "#KEY=old\nKEY=new\n"];
        yield 'over several lines' => ["KEY=\"a\nb\"\nB=2\n", "KEY=new\nB=2\n"];
        yield 'inside of another value' => ["A=\"1\nKEY=old\n\"\n", "A=\"1\nKEY=old\n\"\nKEY=new\n"];
        yield 'lines of Windows' => ["A=1\r\nKEY=old\r\nB=2\r\n", "A=1\r\nKEY=new\r\nB=2\r\n"];
        yield 'added to lines of Windows' => ["A=1\r\n", "A=1\r\nKEY=new\r\n"];
        yield 'odd spacing stays' => ["\n\n  # x\n\tA=1 \n\n", "\n\n  # x\n\tA=1 \n\nKEY=new\n"];
    }

    public function testTheFileIsForItsOwnerAlone(): void
    {
        $project = $this->project();
        $path = $project->write('.env', "A=1\n");
        chmod($path, 0o644);
        $file = EnvironmentFile::open($path);
        $file->set('KEY', 'new');
        $file->save();
        clearstatcache();
        self::assertSame(0o600, fileperms($path) & 0o777);
        self::assertSame(['.', '..', '.env', 'artisan', 'vendor'], scandir($project->root));
    }

    public function testALinkStaysALink(): void
    {
        $project = $this->project();
        $target = $project->write('shared/env', "KEY=old\n");
        symlink($target, $project->root . '/.env');
        $file = EnvironmentFile::open($project->root . '/.env');
        $file->set('KEY', 'new');
        $file->save();
        self::assertTrue(is_link($project->root . '/.env'));
        self::assertSame("KEY=new\n", $project->read('shared/env'));
    }

    public function testAFolderThatIsNotThereIsNamed(): void
    {
        $file = EnvironmentFile::open('/nonexistent/folder/.env');
        $file->set('KEY', 'new');
        $this->expectException(CommandException::class);
        $this->expectExceptionMessage('/nonexistent/folder/.env cannot be written');
        $file->save();
    }

    public function testAFolderIsNoFile(): void
    {
        $project = $this->project();
        mkdir($project->root . '/.env');
        $this->expectException(CommandException::class);
        EnvironmentFile::open($project->root . '/.env');
    }
}
