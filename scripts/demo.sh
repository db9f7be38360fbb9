#!/usr/bin/env bash
# Builds Sluice, compiles a trained model to a static library, links the example
# program against it and nothing else, and runs it on the held-out images.
# Usage: scripts/demo.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"

echo "== building the compiler"
ninja -C "$BUILD" sluice

out=$BUILD/demo
mkdir -p "$out"
if [ "$out/libdigits.a" -ot "$BUILD/bin/sluice" ] ||
  [ "$out/libdigits.a" -ot examples/digits/model/saved_model.pb ]; then
  echo "== compiling examples/digits/model"
  "$BUILD/bin/sluice" compile examples/digits/model -o "$out/libdigits.a" \
    --cpu=native --input=images=1x8x8x1:f32
fi
if [ "$out/digits" -ot "$out/libdigits.a" ] ||
  [ "$out/digits" -ot examples/digits/main.c ]; then
  echo "== building the example: main.c, digits.h, libdigits.a"
  cc -std=c11 -O2 -Wall -Wextra -I"$out" examples/digits/main.c "$out/libdigits.a" \
    -o "$out/digits"
fi
ls -l "$out/digits.h" "$out/libdigits.a" "$out/digits" | awk '{print $5, $NF}'
echo
"$out/digits" examples/digits/heldout.bin
