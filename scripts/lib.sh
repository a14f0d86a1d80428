# shellcheck shell=bash
# shellcheck disable=SC2034  # the variables are for the scripts that source this file
# Shared by the scripts: where the tools are, how a command gets to them, and the life of a Wine session.
# Sourced, never run. `locate` finds what is there and changes nothing; scripts/windows-jvm prepares what is missing.

checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
launcher=$checkout/scripts/wine-jvm/bin/java
shared_cache=/var/cache/iocp4j # root's cache; everybody on the machine may use what is in it
windows_jdk_version=25.0.2.1

say() { printf '%s\n' "$*" >&2; }
die() {
  say "error: $*"
  exit 1
}

# --- what is there -------------------------------------------------------------------------------------------------

# Sets cache (read by everybody, written by whoever prepares it) and own_cache (this user's, for the Wine prefix).
locate_caches() {
  own_cache=${XDG_CACHE_HOME:-${HOME:?}/.cache}/iocp4j
  if [ -n "${IOCP4J_CACHE:-}" ]; then
    cache=$(realpath -m -- "$IOCP4J_CACHE")
    # Wine refuses a prefix that belongs to somebody else, so in another user's cache there can be none of ours.
    if [ ! -e "$cache" ] || [ -O "$cache" ]; then own_cache=$cache; fi
  elif [ "$(id -u)" = 0 ]; then
    cache=$shared_cache own_cache=$shared_cache
  else
    cache=$own_cache
  fi
}

# Prints the path of a finished part of the cache. A part gets its name only when it is finished.
part() {
  local dir
  for dir in "$cache" "${IOCP4J_CACHE:-$shared_cache}"; do
    if [ -d "$dir/$1" ]; then
      printf '%s\n' "$dir/$1"
      return
    fi
  done
  return 1
}

is_jdk_25() {
  [ -x "$1/bin/javac" ] && [ -r "$1/release" ] && grep -Eq '^JAVA_VERSION="(2[5-9]|[3-9][0-9])' "$1/release"
}

# Sets jdk: this machine's JDK 25 or newer, or nothing.
locate_jdk() {
  local home java
  java=$(command -v java || true)
  for home in "${JAVA_HOME:-}" "$(dirname "$(dirname "$(realpath -m -- "${java:-/none}")")")" /usr/lib/jvm/*; do
    if is_jdk_25 "$home"; then
      jdk=$home
      return
    fi
  done
  jdk=
}

wine_version() { "$@" --version 2>/dev/null | sed -n 's/^wine-\([0-9.]*\).*/\1/p'; }

# Sets the command prefix `enter`, which runs a command inside the Debian root $1: its /usr and /etc, and everything
# else as it is on this machine, at the same paths. The mounts are private to that command, so nothing of them can stay
# behind, and every command sees the same files, as it must be: one wineserver opens files for the programs of all.
enter_root() {
  local file dir
  enter=(bwrap --die-with-parent --dev-bind / / --ro-bind "$1/usr" /usr --ro-bind "$1/etc" /etc)
  for dir in /usr/local /usr/src; do enter+=(--bind-try "$dir" "$dir"); done
  for dir in bin sbin lib lib64; do
    if [ ! -L "/$dir" ]; then enter+=(--ro-bind "$1/usr/$dir" "/$dir"); fi
  done
  for file in hosts resolv.conf passwd group maven/settings.xml; do
    if [ -e "$1/etc/$file" ]; then enter+=(--ro-bind-try "/etc/$file" "/etc/$file"); fi
  done
  enter+=(--setenv PATH /usr/sbin:/usr/bin --setenv JAVA_HOME /usr/lib/jvm/java-25-openjdk-amd64 --)
}

# Sets, each empty when missing:
#   jdk, mvn          the build's own JDK and Maven
#   enter_build       what to put before a command that needs those two
#   wine, wineserver  Wine 10 or newer
#   enter             what to put before a command that needs those two
#   prefix            this user's Wine prefix for that Wine (perhaps not made yet)
#   windows_jdk       the home of the Windows JDK
#   maven             Maven over the library and bench in one reactor, to be followed by goals and options
locate() {
  local root='' version=''
  enter=() enter_build=() wine='' wineserver='' prefix=''
  locate_caches
  locate_jdk
  mvn=$(command -v mvn || true)
  if [ -n "$jdk" ] && [ -n "$mvn" ]; then
    version=$(wine_version "${IOCP4J_WINE:-wine}" || true)
    if [ -n "${IOCP4J_WINE:-}" ] && [ -z "$version" ]; then die "IOCP4J_WINE=$IOCP4J_WINE is no Wine loader"; fi
    if [ "${version%%.*}" -ge 10 ] 2>/dev/null; then
      wine=${IOCP4J_WINE:-wine}
    elif root=$(part debian-13 || part debian-13-build); then
      enter_root "$root"
    fi
  elif root=$(part debian-13-build); then
    enter_root "$root"
    enter_build=("${enter[@]}")
    jdk=/usr/lib/jvm/java-25-openjdk-amd64 mvn=mvn
  fi
  if [ -n "$root" ]; then
    version=$(wine_version "${enter[@]}" "${IOCP4J_WINE:-wine}" || true)
    if [ -n "$version" ]; then wine=${IOCP4J_WINE:-wine}; fi
  fi
  if [ -n "$wine" ]; then
    # The name holds the version: a wineserver only talks to programs of its own version.
    prefix=$own_cache/prefix-wine-$version
    enter+=(env "WINEPREFIX=$prefix" "WINEDEBUG=${WINEDEBUG:--all}" "IOCP4J_SESSION=$prefix")
    # Without what asks to be installed (.NET, HTML), and without entries in the user's desktop menus.
    enter+=("WINEDLLOVERRIDES=mscoree=d;mshtml=d;winemenubuilder.exe=d")
    wineserver=$(dirname "$wine")/wineserver
    if [ "$wine" = wine ] || [ ! -x "$wineserver" ]; then wineserver=wineserver; fi
  fi
  windows_jdk=${IOCP4J_WINDOWS_JDK:-$(part "windows-jdk-$windows_jdk_version" || true)}
  if [ -n "$windows_jdk" ] && [ ! -f "$windows_jdk/bin/java.exe" ]; then
    die "IOCP4J_WINDOWS_JDK=$windows_jdk has no bin/java.exe: give the home of a JDK 25 for Windows"
  fi
  maven=(env "JAVA_HOME=$jdk" "${enter_build[@]}" "$mvn" -B -ntp -f "$checkout/reactor.pom.xml")
}

is_prepared() { [ -n "$jdk" ] && [ -n "$mvn" ] && [ -n "$wine" ] && [ -d "$prefix" ] && [ -n "$windows_jdk" ]; }

# --- processes -----------------------------------------------------------------------------------------------------

# Ends every process that has the variable $1 (NAME=VALUE) in its environment: how the programs that Wine starts are
# found, since they are nobody's children.
kill_marked() {
  local pid
  grep -lszFx -- "$1" /proc/[0-9]*/environ 2>/dev/null | while IFS=/ read -r _ _ pid _; do
    kill -KILL "$pid" 2>/dev/null || true
  done || true
}

# Runs a command in a process group of its own, and ends that group with signal $1 when this script is told to stop;
# without this, bash would wait for the command's end first. The command gets the signal too should this script be
# killed. Returns when nothing of the group runs any more.
attend() {
  local signal=$1 child code=0 stop='' until
  shift
  {
    if [ -n "${session:-}" ]; then exec {session}>&-; fi
    exec setsid setpriv --pdeathsig "$signal" "$@"
  } <&0 &
  child=$!
  trap 'stop=1; { kill -s "$signal" -- "-$child" || kill -s "$signal" "$child" || true; } 2>/dev/null' INT TERM HUP
  wait "$child" || code=$?
  while [ -n "$stop" ] && kill -0 "$child" 2>/dev/null; do wait "$child" || true; done
  until=$((SECONDS + 20))
  while [ "$SECONDS" -lt "$until" ] && kill -0 -- "-$child" 2>/dev/null; do sleep 0.2 || true; done
  trap - INT TERM HUP
  if [ -n "$stop" ]; then exit 130; fi
  return "$code"
}

# A session keeps Wine's background processes alive while a command needs them. Each holds a shared lock; whoever gets
# the lock alone on leaving was the last and stops Wine, while newcomers wait at the lock. Should a session be killed
# outright, the wineserver goes by itself 15 s after its last program.
session_begin() {
  exec {session}<>"$prefix.lock"
  flock -s -w 60 "$session" || die "$prefix.lock is held for a minute now: another command is making or stopping Wine"
  # Started with no output of their own: whoever waits for the end of our output must not wait for them.
  "${enter[@]}" "$wineserver" -p15 </dev/null >/dev/null 2>&1 {session}>&- || true
  timeout 120 "${enter[@]}" "$wine" cmd.exe /c ver </dev/null >/dev/null 2>&1 {session}>&- ||
    die "Wine does not start; to have its prefix made anew, remove $prefix"
}

session_end() {
  if [ -z "${session:-}" ]; then return; fi
  if flock -n -x "$session"; then
    timeout 20 "${enter[@]}" "$wineserver" -k </dev/null >/dev/null 2>&1 {session}>&- || true
    kill_marked "IOCP4J_SESSION=$prefix"
  fi
  exec {session}>&-
  session=''
}
