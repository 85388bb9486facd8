<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Console;

use Ody\Websocket\Console\PortOwner;
use PHPUnit\Framework\TestCase;

final class PortOwnerTest extends TestCase
{
    /** @var list<resource> */
    private array $sockets = [];

    protected function tearDown(): void
    {
        foreach ($this->sockets as $socket) {
            fclose($socket);
        }
    }

    public function testFindsThisProcess(): void
    {
        $port = $this->listen('127.0.0.1');
        self::assertSame($this->me(), (new PortOwner())->find('127.0.0.1', $port));
        self::assertSame($this->me(), (new PortOwner())->find('0.0.0.0', $port));
        self::assertSame($this->me(), (new PortOwner())->find('::', $port));
        self::assertSame($this->me(), (new PortOwner())->find('localhost', $port));
    }

    public function testAnotherAddressIsNotInTheWay(): void
    {
        $port = $this->listen('127.0.0.1');
        self::assertNull((new PortOwner())->find('127.0.0.2', $port));
        self::assertNull((new PortOwner())->find('::1', $port));
    }

    public function testAListenerOnEveryAddressIsInTheWay(): void
    {
        $port = $this->listen('0.0.0.0');
        self::assertSame($this->me(), (new PortOwner())->find('127.0.0.1', $port));
    }

    public function testFindsListenersOfIpv6(): void
    {
        $port = $this->listen('[::1]');
        self::assertSame($this->me(), (new PortOwner())->find('::1', $port));
        self::assertNull((new PortOwner())->find('127.0.0.1', $port));
    }

    public function testAClosedPortHasNoOwner(): void
    {
        $port = $this->listen('127.0.0.1');
        fclose(array_pop($this->sockets) ?? self::fail());
        self::assertNull((new PortOwner())->find('127.0.0.1', $port));
    }

    public function testChildrenThatInheritedTheSocketAreNotNamed(): void
    {
        $port = $this->listen('127.0.0.1');
        $child = proc_open(['cat'], [['pipe', 'r'], ['pipe', 'w']], $pipes);
        self::assertIsResource($child);
        fwrite($pipes[0], "x\n");
        self::assertSame("x\n", fgets($pipes[1]));
        self::assertSame($this->me(), (new PortOwner())->find('127.0.0.1', $port));
        array_map(fclose(...), $pipes);
        proc_close($child);
    }

    public function testAProcessThatCannotBeSeen(): void
    {
        $proc = sprintf('%s/ody-proc-%s', sys_get_temp_dir(), bin2hex(random_bytes(5)));
        mkdir($proc . '/net', 0o755, true);
        $line = '   0: 0100007F:251E 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1';
        file_put_contents($proc . '/net/tcp', "  sl  local_address\n" . $line . "\n");
        try {
            $address = pack('L', 1) === "\x01\0\0\0" ? '127.0.0.1' : '1.0.0.127';
            self::assertSame('a process of another user', (new PortOwner($proc))->find($address, 9502));
            self::assertNull((new PortOwner($proc))->find($address, 9503));
        } finally {
            unlink($proc . '/net/tcp');
            rmdir($proc . '/net');
            rmdir($proc);
        }
    }

    private function me(): string
    {
        return sprintf('process %d (%s)', getmypid(), trim((string) file_get_contents('/proc/self/comm')));
    }

    private function listen(string $address): int
    {
        $socket = stream_socket_server("tcp://{$address}:0");
        self::assertIsResource($socket);
        $this->sockets[] = $socket;
        $name = (string) stream_socket_get_name($socket, false);

        return (int) substr($name, (int) strrpos($name, ':') + 1);
    }
}
