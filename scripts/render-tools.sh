#!/usr/bin/env bash
# Builds the tools that render overlays and charts, at pinned versions, into the folder named by the first argument.
# A tool that is already there at its version is left as it is. Needs `go`.
set -euo pipefail

KUSTOMIZE=v5.8.1
HELM=v3.21.4

bin=${1:?usage: render-tools.sh FOLDER}
mkdir -p "$bin"
bin=$(cd "$bin" && pwd)

install() {
  local name=$1 module=$2 version=$3
  if [ -x "$bin/$name" ] && [ "$(cat "$bin/.$name.version" 2>/dev/null)" = "$version" ]; then
    echo "$name $version is there"
    return
  fi
  echo "building $name $version"
  GOBIN="$bin" GOFLAGS="${GOFLAGS:-} -p=2" go install "$module@$version"
  echo "$version" > "$bin/.$name.version"
}

install kustomize sigs.k8s.io/kustomize/kustomize/v5 "$KUSTOMIZE"
install helm helm.sh/helm/v3/cmd/helm "$HELM"
