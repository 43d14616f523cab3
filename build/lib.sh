# What the commands of this folder share. They run from any folder, without a terminal, as root or not.
set -euo pipefail
exec </dev/null
cd "$(dirname "${BASH_SOURCE[0]}")/.."
output=$PWD/build/output
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
# No build servers that outlive the command.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

fail() {
    echo "$*" >&2
    exit 1
}

need_dotnet() {
    command -v dotnet >/dev/null || fail "dotnet was not found: install the .NET 10 SDK (https://dotnet.microsoft.com/download)."
    # Users without a home of their own (services, containers) still need a place for packages.
    [ -w "${HOME:-/nonexistent}" ] || export HOME=$output/home DOTNET_CLI_HOME=$output/home
    mkdir -p "$output" "$HOME"
}

# Shows what a command printed only if it fails.
quietly() {
    local printed
    printed=$("$@" 2>&1) || fail "$printed"
}

# Installs Debian packages, where that may be done without asking for a password.
from_apt() {
    command -v apt-get >/dev/null || return 1
    local as=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as=(sudo -n)
    fi
    # Packages of servers start them, unless this file says that they must not; this machine's owner did not ask for any.
    local policy=/usr/sbin/policy-rc.d ours= done=0
    if [ ! -e $policy ]; then
        ours=$policy
        "${as[@]}" sh -c 'printf "#!/bin/sh\nexit 101\n" >$0 && chmod +x $0' $policy || return 1
    fi
    local apt=("${as[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=60)
    "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "$@" || done=$?
    [ ! "$ours" ] || "${as[@]}" rm -f $ours
    return $done
}
