<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Exceptions\ConnectionException;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * Looks at the server again and again until it is told to end, or nobody reads any more.
 *
 * @internal
 */
final class StatusWatch
{
    private const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

    private bool $ended = false;

    private bool $lost = false;

    private readonly StatusRates $rates;

    private readonly ?LiveView $view;

    /**
     * @param LocalServer     $server   to look at
     * @param float           $interval seconds between two looks
     * @param bool            $json     one JSON object an interval
     * @param OutputInterface $output   redraws in place where it is decorated, otherwise a line an interval
     */
    public function __construct(
        private readonly LocalServer $server,
        private readonly float $interval,
        private readonly bool $json,
        private readonly OutputInterface $output,
    ) {
        $this->rates = new StatusRates();
        $this->view = !$json && $output->isDecorated() ? new LiveView($output) : null;
    }

    /**
     * Watches. Ctrl-C, SIGTERM and a reader that went away end it.
     *
     * @throws ConnectionException when no server answers at the first look
     */
    public function run(): void
    {
        $restore = $this->heedSignals();
        set_error_handler($this->noticeBrokenPipe(...));
        try {
            $this->look($this->server->status());
            while ($this->sleep()) {
                $this->lookAgain();
            }
        } finally {
            restore_error_handler();
            $restore();
        }
    }

    private function lookAgain(): void
    {
        try {
            $status = $this->server->status();
        } catch (ConnectionException $error) {
            // A signal that ends the watch may also cut a question short.
            if (!$this->isEnded()) {
                $this->missed($error);
            }

            return;
        }
        $this->look($status);
    }

    /**
     * @param array<array-key, mixed> $status
     */
    private function look(array $status): void
    {
        $restarted = $this->rates->restarted($status);
        $rates = $this->rates->add($status, hrtime(true) / 1e9);
        $this->lost = false;
        if ($this->json) {
            $this->writeJson(['running' => true, 'restarted' => $restarted] + $status + ['rates' => $rates]);

            return;
        }
        if ($restarted) {
            $this->say('The server was restarted.');
        }
        $rates ??= ['messages' => 0.0, 'deliveries' => 0.0, 'connects' => 0.0];
        if ($this->view === null) {
            $this->output->writeln(date('H:i:s') . ' ' . StatusView::oneLine($status, $rates));

            return;
        }
        $foot = sprintf('<comment>%s, every %s s; Ctrl-C ends this view</comment>', date('H:i:s'), $this->interval);
        $this->view->show([...StatusView::lines($status, $rates), '', $foot]);
    }

    private function missed(ConnectionException $error): void
    {
        if ($this->json) {
            $this->writeJson(['running' => false, 'error' => $error->getMessage()]);
        } elseif (!$this->lost) {
            $this->say('The server does not answer; waiting for it to come back.');
        }
        $this->lost = true;
    }

    private function say(string $sentence): void
    {
        $this->output->writeln(sprintf('%s <comment>%s</comment>', date('H:i:s'), $sentence));
        $this->view?->keep();
    }

    /**
     * @param array<array-key, mixed> $values
     */
    private function writeJson(array $values): void
    {
        $json = json_encode(['time' => date(DATE_ATOM)] + $values, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE);
        $this->output->writeln($json, OutputInterface::OUTPUT_RAW);
    }

    /**
     * Waits until the next look is due. A signal ends the wait.
     */
    private function sleep(): bool
    {
        $due = hrtime(true) / 1e9 + $this->interval;
        while (!$this->isEnded() && ($left = $due - hrtime(true) / 1e9) > 0) {
            usleep((int) ceil(min($left, 0.2) * 1e6));
        }

        return !$this->isEnded();
    }

    private function isEnded(): bool
    {
        return $this->ended;
    }

    /**
     * Without pcntl a signal ends the process at once, as it does by default.
     *
     * @return \Closure(): void gives the signals back
     */
    private function heedSignals(): \Closure
    {
        if (!function_exists('pcntl_signal') || !function_exists('pcntl_async_signals') || !function_exists('pcntl_signal_get_handler')) {
            return static function (): void {};
        }
        $asynchronous = pcntl_async_signals(true);
        $before = [];
        foreach (self::SIGNALS as $name) {
            $signal = constant($name);
            $before[$signal] = pcntl_signal_get_handler($signal);
            pcntl_signal($signal, function (): void {
                $this->ended = true;
            }, false);
        }

        return static function () use ($before, $asynchronous): void {
            foreach ($before as $signal => $handler) {
                pcntl_signal($signal, $handler);
            }
            pcntl_async_signals($asynchronous);
        };
    }

    /**
     * A console silences the notice about a reader that has gone, and would go on for ever.
     */
    private function noticeBrokenPipe(int $level, string $message): bool
    {
        $this->ended = $this->ended || str_contains($message, 'Broken pipe');

        return str_contains($message, 'Broken pipe');
    }
}
