import { decode, encode, type SourceMapSegment } from "@jridgewell/sourcemap-codec";

interface SourceMap {
  readonly version: number;
  readonly sources: readonly string[];
  readonly mappings: string;
}

/**
 * Of a bundle's source map, what leads to the lines of the project's own files. The first stack that anybody reads, as that of a failed
 * connection is, makes Node take the whole map apart and keep it for as long as the process runs. Five sixths of it are of packages, in
 * which nobody looks for a line, and most of the rest is of columns.
 */
export function ownSourceMap(text: string): string {
  const { sources, mappings, ...rest }: SourceMap = JSON.parse(text);
  const own = sources.filter((source) => !source.includes("node_modules/"));
  const placeOf = new Map(own.map((source, place) => [source, place]));
  const places = sources.map((source) => placeOf.get(source));
  const kept = encode(ownSegments(decode(mappings), places));
  // Names are left as they are written, so nobody needs those of the map.
  return JSON.stringify({ ...rest, sources: own, names: [], mappings: kept });
}

function ownSegments(
  lines: readonly (readonly SourceMapSegment[])[],
  places: readonly (number | undefined)[],
): SourceMapSegment[][] {
  // What a segment maps reaches to the next one, over the ends of lines.
  let last: SourceMapSegment | undefined;
  return lines.map((line) => {
    const kept: SourceMapSegment[] = [];
    for (const [column, source, sourceLine, sourceColumn] of line) {
      const place = source === undefined ? undefined : places[source];
      if (place === undefined || sourceLine === undefined || sourceColumn === undefined) {
        // Where a package begins, the map must say so; else all of it would be taken for the end of the file before it.
        if (last !== undefined) kept.push([column]);
        last = undefined;
      } else if (last?.[1] !== place || last[2] !== sourceLine) {
        last = [column, place, sourceLine, sourceColumn];
        kept.push(last);
      }
    }
    return kept;
  });
}
