<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * What a person does after the installation: start the server, connect a browser, publish.
 *
 * @internal
 */
final class NextSteps
{
    /**
     * @param Configuration $configuration of the project, with its keys
     */
    public function __construct(private readonly Configuration $configuration) {}

    /**
     * Writes them. The secret key is not among them.
     */
    public function show(OutputInterface $output): void
    {
        $laravel = $this->isLaravel();
        $steps = ['Start the server:' => CommandLine::typed('websocket:start')];
        if ($laravel) {
            $steps['Broadcast through it, in .env:'] = 'BROADCAST_CONNECTION=ody';
        }
        $steps['Connect a browser:'] = $laravel ? $this->echo() : $this->pusher();
        $steps['Publish to it:'] = CommandLine::typed("websocket:publish my-channel my-event '{\"text\": \"Hello\"}'");
        $address = HttpAddress::of($this->configuration);
        if ($address !== null) {
            $steps['From any other language, with a server library for Pusher:'] = $this->library($address);
        }
        $number = 1;
        foreach ($steps as $title => $text) {
            $output->writeln(['', sprintf('%d. %s', $number++, $title), '']);
            foreach (explode("\n", $text) as $line) {
                $output->writeln('   <comment>' . PlainText::escaped($line) . '</comment>');
            }
        }
        $output->writeln(['', sprintf('Does something not work? %s says why.', CommandLine::typed('websocket:doctor'))]);
    }

    /**
     * Laravel has its own console and its own entry at these places.
     */
    private function isLaravel(): bool
    {
        $root = $this->configuration->root();

        return is_file($root . '/artisan') && is_file($root . '/bootstrap/app.php');
    }

    private function echo(): string
    {
        return implode("\n", [
            "import Echo from 'laravel-echo';",
            "import Pusher from 'pusher-js';",
            '',
            'window.Pusher = Pusher;',
            'window.Echo = new Echo({',
            "  broadcaster: 'pusher',",
            sprintf('  key: %s,', self::quoted($this->configuration->text('api_key'))),
            ...$this->connection(),
            '});',
            "window.Echo.channel('my-channel').listen('.my-event', (data) => console.log(data));",
        ]);
    }

    private function pusher(): string
    {
        return implode("\n", [
            "import Pusher from 'pusher-js';",
            '',
            sprintf('const pusher = new Pusher(%s, {', self::quoted($this->configuration->text('api_key'))),
            ...$this->connection(),
            '});',
            "pusher.subscribe('my-channel').bind('my-event', (data) => console.log(data));",
        ]);
    }

    private function library(HttpAddress $address): string
    {
        return implode("\n", [
            sprintf('host: %s, port: %d, TLS: %s%s', $address->host, $address->port, $address->secure ? 'yes' : 'no', $address->path === '' ? '' : ', path: ' . $address->path),
            sprintf('app id: %s, key: %s, secret: the value of secret_key', $this->configuration->text('app_id', '1'), $this->configuration->text('api_key')),
        ]);
    }

    /**
     * @return list<string>
     */
    private function connection(): array
    {
        $port = (int) $this->configuration->number('port', 9502);
        $secure = !in_array($this->configuration->get('ssl.ssl_cert_file'), [null, ''], true);
        $path = $this->configuration->get('path');
        $path = is_string($path) ? trim($path, '/') : '';

        return [
            sprintf('  wsHost: %s,', $this->host()),
            sprintf('  wsPort: %d,', $port),
            sprintf('  wssPort: %d,', $port),
            ...($path === '' ? [] : [sprintf('  wsPath: %s,', self::quoted('/' . $path))]),
            sprintf('  forceTLS: %s,', $secure ? 'true' : 'false'),
            "  enabledTransports: ['ws', 'wss'],",
            "  cluster: 'local',",
        ];
    }

    /**
     * An address that means every address is none that a browser can connect to.
     */
    private function host(): string
    {
        $host = $this->configuration->text('host');

        return in_array($host, ['0.0.0.0', '::', '127.0.0.1', '::1', 'localhost'], true) ? 'window.location.hostname' : self::quoted($host);
    }

    private static function quoted(string $text): string
    {
        return "'" . addcslashes($text, "'\\") . "'";
    }
}
