<?php

declare(strict_types=1);

namespace Ody\Websocket\Http\Controllers;

use Ody\Websocket\Channel\ChannelAuthGenerator;
use Ody\Websocket\Channel\Exceptions\MessageException;
use Ody\Websocket\Http\AuthRequest;
use Ody\Websocket\Http\AuthRequestException;
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
 * It works with any PSR-7 implementation: the answer is written into the response that it is given.
 *
 * @api
 */
class ChannelAuthController
{
    /**
     * @param ChannelAuthGenerator $authGenerator made with the server's secret_key and api_key
     */
    public function __construct(protected ChannelAuthGenerator $authGenerator) {}

    /**
     * Answers `{"auth"}` for a private channel and `{"auth","channel_data"}` for a presence channel.
     *
     * 400: a public channel, which needs no token. 403: no user, or one who may not join. 422: socket
     * id or channel are missing or impossible.
     *
     * @param ServerRequestInterface $request  `socket_id` and `channel_name`, as JSON or as a form
     * @param ResponseInterface      $response an empty one, which the answer is written into
     */
    public function auth(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
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
            ? $this->presenceResponse($response, $asked, is_array($decision) ? $decision : self::member($user ?? []))
            : $this->jsonResponse($response, ['auth' => $this->authGenerator->generatePrivateAuth($asked->socketId, $asked->channel)]);
    }

    /**
     * Answers `{"auth","user_data"}` for pusher:signin.
     *
     * 403: no user. 422: the socket id is missing or impossible.
     *
     * @param ServerRequestInterface $request  `socket_id`, as JSON or as a form
     * @param ResponseInterface      $response an empty one, which the answer is written into
     */
    public function userAuth(ServerRequestInterface $request, ResponseInterface $response): ResponseInterface
    {
        try {
            $asked = AuthRequest::forUser($request);
        } catch (AuthRequestException $error) {
            return $this->errorResponse($response, $error->getMessage(), $error->getCode());
        }
        $user = $this->getCurrentUser($request);
        if ($user === null) {
            return $this->errorResponse($response, 'Unauthorized', 403);
        }
        $user['id'] = self::id($user);

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
     * @return bool|array<array-key, mixed> of a presence channel an array says who the member is:
     *                                      `user_id`, and `user_info` for the others to see
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

    /**
     * @param array<array-key, mixed> $member
     */
    private function presenceResponse(ResponseInterface $response, AuthRequest $asked, array $member): ResponseInterface
    {
        if (isset($member['user_id']) && is_scalar($member['user_id'])) {
            $member['user_id'] = (string) $member['user_id'];
        }
        try {
            return $this->jsonResponse($response, [
                'auth' => $this->authGenerator->generatePresenceAuth($asked->socketId, $asked->channel, $member),
                'channel_data' => $this->authGenerator->channelData($member),
            ]);
        } catch (MessageException $error) {
            throw new \UnexpectedValueException('What others may see of the user cannot be JSON: ' . $error->getMessage(), 0, $error);
        }
    }

    /**
     * What others see when nothing else is said: id, name and email, as far as they are there.
     *
     * @param array<array-key, mixed> $user
     *
     * @return array<array-key, mixed>
     */
    private static function member(array $user): array
    {
        $visible = array_intersect_key($user, ['name' => true, 'email' => true]);

        return ['user_id' => self::id($user), 'user_info' => $visible === [] ? new \stdClass() : $visible];
    }

    /**
     * @param array<array-key, mixed> $user
     */
    private static function id(array $user): string
    {
        $id = $user['id'] ?? null;
        if (!is_int($id) && (!is_string($id) || $id === '')) {
            throw new \UnexpectedValueException('getCurrentUser() must return an "id": an integer or a non-empty string');
        }

        return (string) $id;
    }
}
