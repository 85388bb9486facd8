<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\Assert;

/**
 * A TCP server in a process of its own that reads one request after the other and then misbehaves.
 */
final class BrokenServer
{
    public readonly int $port;

    /** @var resource */
    private $process;

    /** @var array<int, resource> */
    private array $pipes = [];

    /**
     * @param string $answer what it sends after the head of a request
     * @param bool   $closes whether it closes then; else it keeps silent
     */
    public function __construct(string $answer, bool $closes)
    {
        $code = sprintf('$server = stream_socket_server("tcp://127.0.0.1:0");
            echo stream_socket_get_name($server, false), "\n";
            $open = [];
            while ($client = stream_socket_accept($server, 60)) {
                for ($head = ""; !str_contains($head, "\r\n\r\n") && ($more = (string) fread($client, 8192)) !== "";) { $head .= $more; }
                fwrite($client, %s);
                if (%s) { fclose($client); } else { $open[] = $client; }
            }', var_export($answer, true), var_export($closes, true));
        $process = proc_open([PHP_BINARY, '-n', '-r', $code], [1 => ['pipe', 'w'], 2 => ['file', '/dev/null', 'w']], $this->pipes);
        Assert::assertIsResource($process);
        $this->process = $process;
        $name = trim((string) fgets($this->pipes[1]));
        $this->port = (int) substr($name, (int) strrpos($name, ':') + 1);
        Assert::assertGreaterThan(0, $this->port);
    }

    public function stop(): void
    {
        proc_terminate($this->process, SIGKILL);
        fclose($this->pipes[1]);
        proc_close($this->process);
    }
}
