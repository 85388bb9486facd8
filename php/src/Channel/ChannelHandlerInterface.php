<?php

declare(strict_types=1);

namespace Ody\Websocket\Channel;

/**
 * The application's own rules for a type of channels.
 *
 * A handler runs in a PHP worker. There are several of them, and each has its own object, so what a
 * handler must remember belongs into a database or a cache.
 *
 *     $channelManager->registerChannelHandler('custom', new CustomChannelHandler());   // decides about custom-…
 */
interface ChannelHandlerInterface
{
    /**
     * Says whether a client may be in a channel.
     *
     *     return $this->sessions->has($data['session'] ?? '');
     *
     * @param string                  $clientId the client's socket id
     * @param array<array-key, mixed> $data     what the client sent to subscribe, such as `auth` and `channel_data`
     *
     * @return bool false: the client is told that it is not authorized
     *
     * @throws Exceptions\ChannelException to tell the client more; any other exception is logged, and
     *                                     the client gets a general error
     */
    public function authorize(string $clientId, string $channel, array $data): bool;

    /**
     * Called when a client has been authorized, just before it is in the channel.
     *
     *     return $this->rooms->enter($channel, $clientId);
     *
     * @param array<array-key, mixed> $data as for authorize()
     *
     * @return bool false: it does not get in
     *
     * @throws Exceptions\ChannelException to tell the client more
     */
    public function onSubscribe(string $clientId, string $channel, array $data): bool;

    /**
     * Called when a client that onSubscribe() let in is out of the channel: it unsubscribed, it is gone,
     * or it did not get in after all.
     *
     *     return $this->rooms->leave($channel, $clientId);
     *
     * @return bool without meaning to the server
     */
    public function onUnsubscribe(string $clientId, string $channel): bool;

    /**
     * Says whether a client that is in the channel may send this event to it.
     *
     *     return $event === 'client-typing';
     *
     * @param array<array-key, mixed> $data as for onClientEvent()
     *
     * @return bool false: the client gets an error
     *
     * @throws Exceptions\ChannelException to tell the client more
     */
    public function canClientPublish(string $clientId, string $channel, string $event, array $data): bool;

    /**
     * Does what a client's event means.
     *
     *     return new Relay(['text' => trim($data['text'] ?? '')]);
     *
     * @param string                  $event begins with `client-`
     * @param array<array-key, mixed> $data  what the client sent; of a text or a number `['data' => …]`
     *
     * @return mixed a {@see Relay}: the server sends the event to everybody else in the channel, with
     *               the sender's user id on presence channels. Anything else: it is done
     *
     * @throws Exceptions\ChannelException to tell the client that it failed
     */
    public function onClientEvent(
        string $clientId,
        string $channel,
        string $event,
        array $data,
        ChannelManager $manager,
    ): mixed;
}
