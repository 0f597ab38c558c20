#!/usr/bin/env bash
# Builds, tests and runs Commerce: build.sh TARGET [ARGUMENTS]. The targets are those of build.cake.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"

targets() {
    sed -nE 's/^Task\("([a-z-]+)"\)\.Description\("([^"]*)"\).*/\1|\2/p' "$root/build.cake" |
        while IFS='|' read -r name text; do printf '  %-8s %s\n' "$name" "$text"; done
}

target="${1:-}"
list="$(targets)"
if [[ -z "$target" || $'\n'"$list" != *$'\n  '"$target "* ]]; then
    [[ -z "$target" ]] || echo "There is no target '$target'." >&2
    printf '%s\n' "Usage: ./build.sh TARGET [ARGUMENTS]" "$list" >&2
    exit 2
fi
shift

if ! command -v dotnet >/dev/null; then
    echo "The .NET SDK is not on the PATH: install .NET 10 (https://dotnet.microsoft.com/download), or use compose.yaml." >&2
    exit 2
fi

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
export CAKE_SETTINGS_ENABLESCRIPTCACHE=true CAKE_PATHS_TOOLS=.tools CAKE_PATHS_CACHE=.tools/cache

cake() {
    cd "$root"
    if ! restored="$(dotnet tool restore 2>&1)"; then
        echo "$restored" >&2
        exit 1
    fi
    # Arguments go on as they are, in a variable: Cake would take those that look like its own.
    COMMERCE_ARGUMENTS="$(printf '%s\x1f' "$@")" exec dotnet cake --target="$target" --verbosity=quiet --no-report
}

# What stays in the foreground takes this script's place after the build: Ctrl-C, signals, output and exit codes are the application's own.
case "$target" in
    run) (cake >&2) && exec dotnet "$root/Commerce.Api/bin/Release/net10.0/commerce.dll" "$@" ;;
    demo) (cake >&2) && exec dotnet "$root/Commerce.Api/bin/Release/net10.0/commerce.dll" demo "$@" ;;
    bench) (cake >&2) && exec dotnet "$root/test/Commerce.Benchmarks/bin/Release/net10.0/Commerce.Benchmarks.dll" "$@" ;;
    simulate) (cake >&2) && exec dotnet "$root/test/Commerce.Simulation/bin/Release/net10.0/Commerce.Simulation.dll" "$@" ;;
    faults) (cake >&2) && exec dotnet "$root/test/Commerce.Faults/bin/Release/net10.0/Commerce.Faults.dll" "$@" ;;
    *) cake "$@" ;;
esac
