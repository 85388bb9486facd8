<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Middleware;

use Ody\Websocket\Middleware\Message;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

final class MessageTest extends TestCase
{
    #[DataProvider('messages')]
    public function testReadsWhatClientsSend(string $text, string $event, ?string $channel, mixed $data): void
    {
        $message = Message::parse('1.2', $text);
        self::assertSame(['1.2', $event, $channel, $data], [$message->clientId, $message->event, $message->channel, $message->data]);
        self::assertSame($text, $message->text());
        self::assertFalse($message->isChanged());
    }

    /**
     * @return array<string, array{string, string, ?string, mixed}>
     */
    public static function messages(): array
    {
        return [
            'a client event' => ['{"event":"client-a","channel":"room","data":{"n":1}}', 'client-a', 'room', ['n' => 1]],
            'data as a text' => ['{"event":"client-a","channel":"room","data":"{\"n\":1}"}', 'client-a', 'room', ['n' => 1]],
            'a text' => ['{"event":"client-a","channel":"room","data":"12"}', 'client-a', 'room', '12'],
            'a subscription' => ['{"event":"pusher:subscribe","data":{"channel":"room"}}', 'pusher:subscribe', 'room', ['channel' => 'room']],
            'its data as a text' => ['{"event":"pusher:unsubscribe","data":"{\"channel\":\"room\"}"}', 'pusher:unsubscribe', 'room', ['channel' => 'room']],
            'nothing in it' => ['{}', '', null, null],
            'wrong types' => ['{"event":7,"channel":[],"data":null}', '', null, null],
            'no object' => ['[1,2]', '', null, null],
            'a number' => ['7', '', null, null],
        ];
    }

    public function testChangedCopies(): void
    {
        $message = Message::parse('1.2', '{"event":"client-a","channel":"room","data":{"n":1.0},"more":"ä/"}');
        $changed = $message->withData(['n' => 2.0])->withEvent('client-b')->withChannel('hall');
        self::assertSame('{"channel":"hall","event":"client-b","data":{"n":2.0},"more":"ä/"}', $changed->text());
        self::assertSame(['client-b', 'hall', ['n' => 2.0]], [$changed->event, $changed->channel, $changed->data]);
        self::assertTrue($changed->isChanged());
        self::assertFalse($message->isChanged());
        self::assertSame('room', $message->channel);
    }

    public function testTheChannelOfASubscriptionIsInItsData(): void
    {
        $message = Message::parse('1.2', '{"event":"pusher:subscribe","data":{"channel":"old","auth":"x"}}')->withChannel('new');
        self::assertSame('new', $message->channel);
        self::assertSame('{"data":{"channel":"new","auth":"x"},"event":"pusher:subscribe"}', $message->text());
    }

    public function testRefuses(): void
    {
        $refusal = Message::parse('1.2', '{}')->refuse('No', 7);
        self::assertSame(['No', 7], [$refusal->message, $refusal->code]);
    }

    public function testWithoutAManagerNobodyIsRepliedTo(): void
    {
        $this->expectException(\LogicException::class);
        Message::parse('1.2', '{}')->reply('event');
    }

    public function testNoJsonIsNoMessage(): void
    {
        $this->expectException(\JsonException::class);
        Message::parse('1.2', '{');
    }
}
