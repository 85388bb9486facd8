<?php

declare(strict_types=1);

namespace Ody\Websocket\Worker;

use Ody\Websocket\Channel\Exceptions\ChannelException;
use Psr\Log\LoggerInterface;

/**
 * Runs the application's code for a call of the server, and makes an answer of whatever that does.
 *
 * @internal
 */
final class Kernel
{
    private readonly ChannelCalls $channels;

    private readonly MiddlewareCalls $middleware;

    private readonly Notices $notices;

    private readonly Output $output;

    private ?string $handling = null;

    /**
     * @param LoggerInterface $log gets what the application throws and prints
     */
    public function __construct(Registry $registry, private readonly LoggerInterface $log)
    {
        $this->channels = new ChannelCalls($registry);
        $this->middleware = new MiddlewareCalls($registry);
        $this->notices = new Notices($registry->listeners(), $log);
        $this->output = new Output($log);
    }

    /**
     * Answers a call. Throws nothing.
     *
     * @param array<array-key, mixed> $call as Connection::run() gives it to its handler
     *
     * @return array<string, mixed> as Connection::run() takes it
     */
    public function handle(array $call): array
    {
        $call = Call::of($call);
        $this->handling = $call->kind;
        $this->output->begin();
        try {
            return $this->answer($call);
        } catch (\Throwable $error) {
            // Those that the server itself throws have a code, and are the application's fault.
            if ($error instanceof ChannelException && $error->getCode() === 0) {
                return Answer::refused($error->getMessage());
            }
            $this->log->error('the application failed', [
                'call' => $call->kind,
                'channel' => $call->channel,
                'exception' => $error,
            ]);

            return Answer::failed();
        } finally {
            $this->output->end();
            $this->handling = null;
        }
    }

    /**
     * Called when the process ends: logs a fatal error, and what else ended it in the middle of a call.
     */
    public function end(): void
    {
        if ($this->handling !== null) {
            Process::logEnd($this->log, 'the application ended the PHP worker', ['call' => $this->handling]);
            $this->output->end();
        } else {
            Process::logEnd($this->log);
        }
    }

    /**
     * @return array<string, mixed>
     */
    private function answer(Call $call): array
    {
        switch ($call->kind) {
            case 'handshake':
                return $this->middleware->handshake($call);
            case 'message':
                return $this->middleware->message($call);
            case 'subscribe':
                return $this->channels->subscribe($call);
            case 'client_event':
                return $this->channels->clientEvent($call);
            case 'unsubscribed':
                $this->channels->unsubscribed($call);

                return Answer::handled();
            case '':
                return Answer::failed();
            default:
                $this->notices->tell($call);

                return Answer::handled();
        }
    }
}
