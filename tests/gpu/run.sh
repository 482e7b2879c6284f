#!/bin/sh
# Measures this machine's graphics card: sh run.sh [--small] [FOLDER]
# Results go to FOLDER (results, beside this file, if not given): table.txt, native.json, deno.json. Nothing is fetched and
# nothing is installed. --small takes tiny models and any adapter, also one that runs on the processor.
# Ends with 0 when all was measured and all kernels agree with the CPU, with 3 where there is no card, else with another status.
set -u
here=$(cd "$(dirname "$0")" && pwd)
small=
[ "${1-}" = --small ] && { small=--small; shift; }
out=${1-$here/results}
mkdir -p "$out" && out=$(cd "$out" && pwd) || exit 1

say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $1"; exit "${2-1}"; }

[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || fail "this package is for Linux on x86_64, and this is $(uname -s) on $(uname -m)"

# A folder beside this one for programs, models of random weights (3.7 GB) and caches. It is gone at the end.
work=$here/work.$$
mkdir "$work" || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
if [ -z "$small" ]; then
  free=$(df -Pk "$work" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge 4500 ] || fail "4500 MB are needed in $here, and $free MB are free"
fi

# Where the system finds a library; nothing where it does not.
library() {
  for ldconfig in ldconfig /sbin/ldconfig /usr/sbin/ldconfig; do
    path=$("$ldconfig" -p 2>/dev/null | awk -v name="$1" '$1 == name && /x86-64/ { print $NF; exit }')
    [ -n "$path" ] && [ -e "$path" ] && { echo "$path"; return; }
  done
  IFS=:
  for folder in ${LD_LIBRARY_PATH-} /usr/lib/x86_64-linux-gnu /lib/x86_64-linux-gnu /usr/lib64 /lib64 /usr/lib /lib \
    /usr/local/nvidia/lib64 /usr/local/lib; do
    [ -n "$folder" ] && [ -e "$folder/$1" ] && { echo "$folder/$1"; break; }
  done
  unset IFS
}

# What the machine lacks comes from here: the loader of Vulkan, and what drivers want even without a screen.
mkdir "$work/lib"
for own in "$here"/lib/*; do
  name=${own##*/}
  if [ -z "$(library "$name")" ]; then
    say "$name is not on this machine; taking the one that is packed"
    ln -s "$own" "$work/lib/$name"
  fi
done
export LD_LIBRARY_PATH="$work/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"

say "unpacking …"
if command -v xz > /dev/null; then
  xz -dc "$here/payload.tar.xz" | tar -xf - -C "$work"
else
  LD_LIBRARY_PATH="$here/xz" "$here/xz/xz" -dc "$here/payload.tar.xz" | tar -xf - -C "$work"
fi || fail "the package cannot be unpacked"
semgrad=$work/bin/semgrad
"$semgrad" --version > "$work/version" 2>&1 || fail "the program does not start here (it needs glibc 2.35 or later): $(cat "$work/version")"

export HOME="${HOME:-$work}" XDG_CACHE_HOME="$work/cache" XDG_RUNTIME_DIR="${XDG_RUNTIME_DIR:-$work}" DENO_DIR="$work/deno"
limited() { limit=$1; shift; if command -v timeout > /dev/null; then timeout "$limit" "$@"; else "$@"; fi; }

# The driver as the system names it, or NVIDIA's library itself: in containers nobody says where it is, and of its two faces
# one works without X.
finds() { limited 60 "$semgrad" gpu --find 2> "$work/found"; }
if [ -z "$small" ]; then
  card=$(finds) || card=
  for name in libEGL_nvidia.so.0 libGLX_nvidia.so.0; do
    [ -n "$card" ] && break
    path=$(library "$name")
    [ -n "$path" ] || continue
    printf '{"file_format_version":"1.0.0","ICD":{"library_path":"%s","api_version":"1.3.0"}}\n' "$path" > "$work/$name.json"
    export VK_DRIVER_FILES="$work/$name.json" VK_ICD_FILENAMES="$work/$name.json"
    say "no driver of a card is named to Vulkan; trying $path"
    card=$(finds) || card=
  done
  if [ -z "$card" ]; then
    say "no graphics card was found through Vulkan: $(cat "$work/found")"
    say "devices: $(ls -d /dev/nvidia[0-9]* /dev/dri/* /dev/kfd 2>/dev/null | tr '\n' ' ')"
    say "drivers named to Vulkan: $(ls /usr/share/vulkan/icd.d/*.json /etc/vulkan/icd.d/*.json 2>/dev/null | tr '\n' ' ')"
    say "NVIDIA's libraries: $(for name in libcuda.so.1 libEGL_nvidia.so.0 libGLX_nvidia.so.0 libnvidia-glvkspirv.so; do library $name; done | tr '\n' ' ')"
    if [ -n "$(library libcuda.so.1)" ] && [ -z "$(library libEGL_nvidia.so.0)$(library libGLX_nvidia.so.0)" ]; then
      say "The driver is here for CUDA alone. In a container, start it with NVIDIA_DRIVER_CAPABILITIES=all (graphics is what is missing)."
    fi
    fail "there is nothing to measure" 3
  fi
  say "card: $card"
fi

# A busy machine without a card may take long for the tiny models, too.
[ -n "$small" ] && native_limit=1800 deno_limit=1800 || { native_limit=180; deno_limit=110; }
limited "$native_limit" "$semgrad" gpu --out "$work/measured" $small || say "the native half failed ($?)"
[ -e "$work/measured/native.json" ] || fail "nothing was measured"
cp "$work/measured/native.json" "$out"
# What a fresh Deno may do: read and write here, and use the card.
limited "$deno_limit" "$work/bin/deno" run --quiet --no-config --no-lock --no-remote --no-npm -A "$work/tests/gpu/deno.js" "$work/measured" \
  || say "Deno's half failed ($?)"
"$semgrad" gpu --out "$work/measured" --table
status=$?
for name in deno.json table.txt; do [ -e "$work/measured/$name" ] && cp "$work/measured/$name" "$out"; done
exit $status
