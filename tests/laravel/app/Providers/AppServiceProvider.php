<?php

declare(strict_types=1);

namespace App\Providers;

use App\User;
use Illuminate\Http\Request;
use Illuminate\Support\Facades\Auth;
use Illuminate\Support\Facades\Broadcast;
use Illuminate\Support\ServiceProvider;

/**
 * Users who say themselves who they are: `X-User: 7 Ada`.
 */
final class AppServiceProvider extends ServiceProvider
{
    public function boot(): void
    {
        Auth::viaRequest('user', static fn(Request $request): ?User => self::user($request, 'X-User'));
        Auth::viaRequest('staff', static fn(Request $request): ?User => self::user($request, 'X-Staff'));
        Broadcast::resolveAuthenticatedUserUsing(static function (Request $request): ?array {
            $user = $request->user();

            return $user instanceof User ? ['id' => $user->getAuthIdentifier(), 'user_info' => ['name' => $user->name]] : null;
        });
    }

    private static function user(Request $request, string $header): ?User
    {
        $words = explode(' ', $request->headers->get($header) ?? '', 2);

        return isset($words[1]) ? new User((int) $words[0], $words[1]) : null;
    }
}
