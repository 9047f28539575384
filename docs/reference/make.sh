#!/usr/bin/env bash
# Makes the references below .build/docs: api.html, every service and message from Proto/ on one page, and swift/, the
# Swift library by the toolchain's DocC (to be served: python3 -m http.server -d .build/docs/swift, then
# /documentation/jiesuan). Needs what `make build` leaves: the compiled modules.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=.build/docs
release=.build/release
mkdir -p "$out"

/usr/bin/python3 -B docs/reference/proto_page.py "$out/api.html"
echo "$out/api.html: every service and message"

# The library's modules: those of Sources/ that were compiled, but for the programs.
/usr/bin/python3 -B docs/reference/swift_modules.py >"$out/modules"
# The C modules that they import.
flags=(-I "$release/Modules")
while IFS= read -r -d '' map; do
    flags+=(-Xcc "-fmodule-map-file=$map" -Xcc "-I$(dirname "$map")")
done < <(
    find Sources -name module.modulemap -print0
    find "$release/" -maxdepth 2 -path '*.build/module.modulemap' -print0
    find .build/checkouts -path '*/Sources/*/include/module.modulemap' -print0
)
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p' | head -1)
rm -rf "$out/symbols" "$out/Jiesuan.docc" "$out/swift"
mkdir -p "$out/symbols" "$out/Jiesuan.docc"
while IFS=$'\t' read -r module _; do
    swift symbolgraph-extract -module-name "$module" "${flags[@]}" -target "$target" \
        -minimum-access-level package -skip-inherited-docs -skip-synthesized-members -output-dir "$out/symbols"
done <"$out/modules"

# The first page: what each module is, in the words of Package.swift. The marks around a name are DocC's.
# shellcheck disable=SC2016
{
    printf '# Jiesuan\n\n@Metadata {\n    @TechnologyRoot\n}\n\n'
    printf 'The modules of the server, the lowest first: none knows of those below it.\n\n'
    while IFS=$'\t' read -r module what; do printf -- '- ``/%s``: %s\n' "$module" "$what"; done <"$out/modules"
    printf '\n## Topics\n\n### Modules\n\n'
    while IFS=$'\t' read -r module _; do printf -- '- ``/%s``\n' "$module"; done <"$out/modules"
} >"$out/Jiesuan.docc/Jiesuan.md"
# What it asks of comments, a line for every parameter, is not what they are held to.
docc convert "$out/Jiesuan.docc" --additional-symbol-graph-dir "$out/symbols" --output-path "$out/swift" \
    --transform-for-static-hosting --fallback-display-name Jiesuan --fallback-bundle-identifier jiesuan >"$out/docc.log" 2>&1 ||
    { cat "$out/docc.log" >&2; exit 1; }
echo "$out/swift: $(wc -l <"$out/modules") modules; serve it with: python3 -m http.server -d $out/swift"
