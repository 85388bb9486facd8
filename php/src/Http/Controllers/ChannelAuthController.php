<?php

declare(strict_types=1);

namespace Ody\Websocket\Http\Controllers;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Http\AuthRequest;
use Ody\Websocket\Http\AuthRequestException;
use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;

/**
 * The endpoints that clients ask for tokens: `/broadcasting/auth` for private and presence channels,
 * `/pusher/user-auth` for signing in. Extend it and say who the user is:
 *
 *     final class MyChannelAuthController extends ChannelAuthController
 *     {
 *         protected function getCurrentUser(ServerRequestInterface $request): ?array
 *         {
 *             $user = $request->getAttribute('user');
 *             return $user ? ['id' => $user->id, 'name' => $user->name] : null;
 *         }
 *     }
 *
 * It works with any PSR-7 implementation: the answer is written into the response that it is given,
 * or into one of the PSR-17 factory.
 *
 * @api
 */
class ChannelAuthController
{
    protected ?ResponseFactoryInterface $responseFactory = null;

    /**
     *     $controller = new MyChannelAuthController(new ChannelAuthGenerator($secretKey, $apiKey), $responseFactory);
     *
     * @param ChannelAuthGenerator          $authGenerator   made with the server's secret_key and api_key
     * @param ResponseFactoryInterface|null $responseFactory makes the response where a router gives none
     */
    public function __construct(protected ChannelAuthGenerator $authGenerator, ?ResponseFactoryInterface $responseFactory = null)
    {
        $this->responseFactory = $responseFactory;
    }

    /**
     * Answers `{"auth"}` for a private channel and `{"auth","channel_data"}` for a presence channel.
     *
     * 400: a public channel, which needs no token, or no JSON. 403: no user, or one who may not join.
     * 413: more than 64 KiB. 422: socket id or channel are missing or impossible.
     *
     *     $response = $controller->auth($request, $response);
     *
     * @param ServerRequestInterface $request  `socket_id` and `channel_name`, as JSON or as a form
     * @param ResponseInterface|null $response an empty one, which the answer is written into; null: one
     *                                         of the factory
     *
     * @throws \LogicException                                    without a response and without a factory
     * @throws \UnexpectedValueException                          when getCurrentUser() returns a user without an id
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the user's data cannot be JSON
     */
    public function auth(ServerRequestInterface $request, ?ResponseInterface $response = null): ResponseInterface
    {
        $response ??= $this->emptyResponse();
        try {
            $asked = AuthRequest::forChannel($request);
        } catch (AuthRequestException $error) {
            return $this->errorResponse($response, $error->getMessage(), $error->getCode());
        }
        if (!$asked->isPrivate() && !$asked->isPresence()) {
            return $this->errorResponse($response, 'Public channels do not need authentication', 400);
        }
        $user = $this->getCurrentUser($request);
        if ($user === null && ($asked->isPresence() || !$this->allowsGuests($asked->channel))) {
            return $this->errorResponse($response, 'Unauthorized', 403);
        }
        $decision = $this->authorizeChannel($user, $asked->channel);
        if ($decision === false) {
            return $this->errorResponse($response, 'Forbidden', 403);
        }

        return $asked->isPresence()
            ? $this->presenceResponse($response, $asked, self::member($user ?? [], $decision))
            : $this->jsonResponse($response, ['auth' => $this->authGenerator->generatePrivateAuth($asked->socketId, $asked->channel)]);
    }

    /**
     * Answers `{"auth","user_data"}` for pusher:signin. Of the user it tells `id`, `user_info` (as it
     * is there, else name and email) and `watchlist`, nothing else.
     *
     * 400: no JSON. 403: no user. 413: more than 64 KiB. 422: the socket id is missing or impossible.
     *
     *     $response = $controller->userAuth($request, $response);
     *
     * @param ServerRequestInterface $request  `socket_id`, as JSON or as a form
     * @param ResponseInterface|null $response an empty one, which the answer is written into; null: one
     *                                         of the factory
     *
     * @throws \LogicException                                    without a response and without a factory
     * @throws \UnexpectedValueException                          when getCurrentUser() returns a user without an id
     * @throws \Ody\Websocket\Channel\Exceptions\MessageException when the user's data cannot be JSON
     */
    public function userAuth(ServerRequestInterface $request, ?ResponseInterface $response = null): ResponseInterface
    {
        $response ??= $this->emptyResponse();
        try {
            $asked = AuthRequest::forUser($request);
        } catch (AuthRequestException $error) {
            return $this->errorResponse($response, $error->getMessage(), $error->getCode());
        }
        $user = $this->getCurrentUser($request);
        if ($user === null) {
            return $this->errorResponse($response, 'Unauthorized', 403);
        }
        $user = ['id' => self::id($user), 'user_info' => self::info($user)] + array_intersect_key($user, ['watchlist' => true]);

        return $this->jsonResponse($response, [
            'auth' => $this->authGenerator->generateUserAuth($asked->socketId, $user),
            'user_data' => $this->authGenerator->userData($user),
        ]);
    }

    /**
     * Says who asks; null: nobody. Override it. Here it is the request's attribute `user`, when an
     * authentication middleware has put an array there.
     *
     * @return array<array-key, mixed>|null with `id` (an integer or a non-empty string)
     */
    protected function getCurrentUser(ServerRequestInterface $request): ?array
    {
        $user = $request->getAttribute('user');

        return is_array($user) ? $user : null;
    }

    /**
     * Says whether the user may join a channel. Override it; here everybody may.
     *
     * @param array<array-key, mixed>|null $user null: a guest
     *
     * @return bool|array<array-key, mixed> of a presence channel an array is what the others see of the
     *                                      member, its `user_info`; or, when it has `user_id` or
     *                                      `user_info`, both of them
     */
    protected function authorizeChannel(?array $user, string $channel): bool|array
    {
        return true;
    }

    /**
     * Says whether somebody without a user may join a private channel. Presence channels never let
     * guests in.
     */
    protected function allowsGuests(string $channel): bool
    {
        return false;
    }

    /**
     * Answers with a sentence.
     *
     * @param int $status 400 to 599
     */
    protected function errorResponse(ResponseInterface $response, string $message, int $status): ResponseInterface
    {
        return $this->jsonResponse($response->withStatus($status), ['error' => $message]);
    }

    /**
     * Writes JSON into a response. Tokens are for one client only, so nothing keeps them.
     *
     * @param array<string, mixed> $data
     */
    protected function jsonResponse(ResponseInterface $response, array $data): ResponseInterface
    {
        $response->getBody()->write(json_encode($data, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE));

        return $response->withHeader('Content-Type', 'application/json')->withHeader('Cache-Control', 'no-store');
    }

    private function emptyResponse(): ResponseInterface
    {
        return $this->responseFactory?->createResponse()
            ?? throw new \LogicException('There is no response to write into: pass one, or give the constructor a PSR-17 response factory.');
    }

    /**
     * @param array<string, mixed> $member
     */
    private function presenceResponse(ResponseInterface $response, AuthRequest $asked, array $member): ResponseInterface
    {
        return $this->jsonResponse($response, [
            'auth' => $this->authGenerator->generatePresenceAuth($asked->socketId, $asked->channel, $member),
            'channel_data' => $this->authGenerator->channelData($member),
        ]);
    }

    /**
     * @param array<array-key, mixed>      $user
     * @param bool|array<array-key, mixed> $decision of authorizeChannel()
     *
     * @return array<string, mixed>
     */
    private static function member(array $user, bool|array $decision): array
    {
        if (!is_array($decision)) {
            return ['user_id' => self::id($user), 'user_info' => self::info($user)];
        }
        $whole = array_key_exists('user_id', $decision) || array_key_exists('user_info', $decision);
        $info = $whole ? $decision['user_info'] ?? [] : $decision;

        return [
            'user_id' => self::id(array_key_exists('user_id', $decision) ? ['id' => $decision['user_id']] : $user),
            'user_info' => $info === [] ? new \stdClass() : $info,
        ];
    }

    /**
     * What others see of a user when nothing else is said.
     *
     * @param array<array-key, mixed> $user
     */
    private static function info(array $user): mixed
    {
        $info = $user['user_info'] ?? array_intersect_key($user, ['name' => true, 'email' => true]);

        return $info === [] ? new \stdClass() : $info;
    }

    /**
     * @param array<array-key, mixed> $user
     */
    private static function id(array $user): string
    {
        $id = $user['id'] ?? null;
        if (!is_int($id) && (!is_string($id) || $id === '')) {
            throw new \UnexpectedValueException('A user must have an id that is an integer or a non-empty string.');
        }

        return (string) $id;
    }
}
