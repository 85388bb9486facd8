<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Symfony\Component\Console\Formatter\OutputFormatter;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Output\StreamOutput;

/**
 * What a person sees who starts the server in a terminal.
 *
 * @internal
 */
final class Banner
{
    /**
     * @param Configuration $configuration of the server that starts
     */
    public function __construct(private readonly Configuration $configuration) {}

    /**
     * Writes it, on a terminal only.
     */
    public function show(OutputInterface $output): void
    {
        if (!$output instanceof StreamOutput || !stream_isatty($output->getStream())) {
            return;
        }
        $lines = [
            'url' => self::url($this->configuration),
            'workers' => $this->configuration->text('additional.worker_num'),
            'socket' => $this->configuration->text('socket.path'),
            ...self::settings($this->configuration),
            'stop' => 'Ctrl-C',
        ];
        $output->writeln(['', '  <info>Ody WebSocket</info>', '']);
        foreach ($lines as $name => $value) {
            $output->writeln(sprintf('  %-9s%s', $name, OutputFormatter::escape($value)));
        }
        $output->writeln('');
    }

    /**
     * @return array<string, string>
     */
    private static function settings(Configuration $configuration): array
    {
        $foreign = ForeignVariables::find(Environment::ofRoot($configuration->root()));

        return $foreign === null ? [] : ['settings' => 'variables of ' . $foreign->server];
    }

    /**
     * Returns the URL that clients connect to.
     */
    public static function url(Configuration $configuration): string
    {
        $host = $configuration->text('host');
        $path = trim($configuration->get('path') === null ? '' : $configuration->text('path'), '/');

        return sprintf(
            '%s://%s:%s%s',
            in_array($configuration->get('ssl.ssl_cert_file'), [null, ''], true) ? 'ws' : 'wss',
            str_contains($host, ':') ? '[' . $host . ']' : $host,
            $configuration->text('port'),
            $path === '' ? '' : '/' . $path,
        );
    }
}
