dnl SPDX-License-Identifier: MIT
dnl Builds the extension together with the engine, whose files are listed in engine/sources.list.

PHP_ARG_ENABLE([ody-websocket],
  [whether to enable the Ody WebSocket server],
  [AS_HELP_STRING([--enable-ody-websocket], [Enable the Ody WebSocket server])])

PHP_ARG_ENABLE([ody-websocket-dev],
  [whether compiler warnings are errors],
  [AS_HELP_STRING([--enable-ody-websocket-dev], [Ody WebSocket: treat compiler warnings as errors])],
  [no], [no])

if test "$PHP_ODY_WEBSOCKET" != "no"; then
  PKG_CHECK_MODULES([ODY_LIBWEBSOCKETS], [libwebsockets >= 4.1])
  PKG_CHECK_MODULES([ODY_JANSSON], [jansson >= 2.11])
  PKG_CHECK_MODULES([ODY_OPENSSL], [openssl >= 1.1.1])
  PKG_CHECK_MODULES([ODY_LIBCURL], [libcurl >= 7.68])
  PKG_CHECK_MODULES([ODY_HIREDIS], [hiredis >= 0.14])
  PKG_CHECK_MODULES([ODY_MICROHTTPD], [libmicrohttpd >= 0.9.73])
  for ody_flags in "$ODY_LIBWEBSOCKETS_CFLAGS" "$ODY_JANSSON_CFLAGS" "$ODY_OPENSSL_CFLAGS" \
      "$ODY_LIBCURL_CFLAGS" "$ODY_HIREDIS_CFLAGS" "$ODY_MICROHTTPD_CFLAGS"; do
    PHP_EVAL_INCLINE([$ody_flags])
  done
  for ody_flags in "$ODY_LIBWEBSOCKETS_LIBS" "$ODY_JANSSON_LIBS" "$ODY_OPENSSL_LIBS" \
      "$ODY_LIBCURL_LIBS" "$ODY_HIREDIS_LIBS" "$ODY_MICROHTTPD_LIBS"; do
    PHP_EVAL_LIBLINE([$ody_flags], [ODY_WEBSOCKET_SHARED_LIBADD])
  done

  dnl libev has no pkg-config file on most systems.
  AC_CHECK_HEADER([ev.h], [], [AC_MSG_ERROR([ev.h is missing: install libev's development files])])
  PHP_CHECK_LIBRARY([ev], [ev_run], [
    PHP_ADD_LIBRARY([ev],, [ODY_WEBSOCKET_SHARED_LIBADD])
  ], [AC_MSG_ERROR([libev is missing or too old: ev_run is not in it])])

  dnl The versions that phpinfo() shows beside those of the libraries that are loaded.
  AC_COMPUTE_INT([ody_libev_major], [EV_VERSION_MAJOR], [[#include <ev.h>]])
  AC_COMPUTE_INT([ody_libev_minor], [EV_VERSION_MINOR], [[#include <ev.h>]])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_LIBWEBSOCKETS],
    ["`$PKG_CONFIG --modversion libwebsockets`"], [libwebsockets' headers])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_LIBEV],
    ["$ody_libev_major.$ody_libev_minor"], [libev's headers])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_JANSSON],
    ["`$PKG_CONFIG --modversion jansson`"], [jansson's headers])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_MICROHTTPD],
    ["`$PKG_CONFIG --modversion libmicrohttpd`"], [libmicrohttpd's headers])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_HIREDIS],
    ["`$PKG_CONFIG --modversion hiredis`"], [hiredis' headers])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_OPENSSL],
    ["`$PKG_CONFIG --modversion openssl`"], [OpenSSL's headers])
  AC_DEFINE_UNQUOTED([ODY_BUILT_WITH_LIBCURL],
    ["`$PKG_CONFIG --modversion libcurl`"], [libcurl's headers])

  ODY_WEBSOCKET_CFLAGS="-std=gnu11 -D_GNU_SOURCE -pthread -fvisibility=hidden -Wall -Wextra"
  ODY_WEBSOCKET_CFLAGS="$ODY_WEBSOCKET_CFLAGS -Wno-unused-parameter -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1"
  if test "$PHP_ODY_WEBSOCKET_DEV" != "no"; then
    ODY_WEBSOCKET_CFLAGS="$ODY_WEBSOCKET_CFLAGS -Wstrict-prototypes -Werror"
  fi
  ODY_WEBSOCKET_SHARED_LIBADD="$ODY_WEBSOCKET_SHARED_LIBADD -pthread"
  PHP_SUBST([ODY_WEBSOCKET_SHARED_LIBADD])

  m4_define([ODY_ENGINE_SOURCES], m4_normalize(m4_include([engine/sources.list])))
  PHP_NEW_EXTENSION([ody_websocket], [
    ext/channel_auth_generator.c dnl
    ext/channel_client.c dnl
    ext/channel_client_table.c dnl
    ext/channel_manager.c dnl
    ext/child.c dnl
    ext/child_output.c dnl
    ext/configuration.c dnl
    ext/configuration_apps.c dnl
    ext/configuration_change.c dnl
    ext/configuration_keys.c dnl
    ext/configuration_together.c dnl
    ext/convert.c dnl
    ext/daemon.c dnl
    ext/errors.c dnl
    ext/ody_websocket.c dnl
    ext/option_lists.c dnl
    ext/option_values.c dnl
    ext/options.c dnl
    ext/pid_file.c dnl
    ext/server.c dnl
    ext/supervisor.c dnl
    ext/supervisor_change.c dnl
    ext/supervisor_engine.c dnl
    ext/supervisor_signals.c dnl
    ext/supervisor_sockets.c dnl
    ext/supervisor_workers.c dnl
    ext/worker.c dnl
    ext/worker_call.c dnl
    ext/worker_signals.c dnl
    ODY_ENGINE_SOURCES],
    [$ext_shared],, [$ODY_WEBSOCKET_CFLAGS])

  PHP_ADD_INCLUDE([$ext_srcdir/engine/include])
  PHP_ADD_INCLUDE([$ext_srcdir/engine])
  PHP_ADD_BUILD_DIR([$ext_builddir/ext])
  PHP_ADD_BUILD_DIR([$ext_builddir/engine])
  for ody_room in base wire auth channel hub net http ipc cluster webhook; do
    PHP_ADD_BUILD_DIR([$ext_builddir/engine/$ody_room])
  done
  PHP_ADD_EXTENSION_DEP([ody_websocket], [json])
fi
