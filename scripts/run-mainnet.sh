#!/usr/bin/env bash
# Runs one role of a network whose log is on Celestia:
#   scripts/run-mainnet.sh <coordinator|node|validator|sequencer|ingress> [dsdn.toml] [.env.mainnet]
# Settings come from the environment file, then dsdn.toml. Tokens and keys are read from files only.
set -euo pipefail

role=${1:-}
config=${2:-dsdn.toml}
environment=${3:-.env.mainnet}

fail() {
  echo "run-mainnet: $1" >&2
  exit 2
}

case "$role" in
  coordinator | node | validator | sequencer | ingress) ;;
  *) fail "name a role: coordinator, node, validator, sequencer or ingress" ;;
esac
[ -f "$config" ] || fail "there is no $config; \`dsdn role init\` writes one"
[ -f "$environment" ] || fail "there is no $environment; copy .env.mainnet.example and adapt it"

# Only NAME=value lines are taken; nothing of the file is run.
while IFS='=' read -r name value || [ -n "$name" ]; do
  case "$name" in
    '' | \#*) continue ;;
  esac
  [[ "$name" =~ ^[A-Z][A-Z0-9_]*$ ]] || fail "$environment holds a line that is no NAME=value"
  case "$name" in
    DA_AUTH_TOKEN) fail "put the token into a file and name it in DA_AUTH_TOKEN_FILE" ;;
  esac
  export "$name=$value"
done <"$environment"

token=${DA_AUTH_TOKEN_FILE:-}
if [ -n "$token" ]; then
  [ -f "$token" ] || fail "there is no token file $token"
  [ -z "$(find "$token" -perm /077)" ] || fail "$token can be read by others; run: chmod 600 $token"
  DA_AUTH_TOKEN_FILE=$(cd "$(dirname "$token")" && pwd)/$(basename "$token")
  export DA_AUTH_TOKEN_FILE
fi

here=$(cd "$(dirname "$0")/.." && pwd)
PATH="$here/node_modules/.bin:$PATH" exec node "$here/bin/dsdn.js" role run "$role" --config "$config" --da env
