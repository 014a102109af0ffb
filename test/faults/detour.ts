/** Loaded before the operator; where a connection goes is all that it changes. */
const PRELOAD = `
import { Socket } from "node:net";

const { DETOUR_FROM: from, DETOUR_TO: to } = process.env;
const { connect } = Socket.prototype;
Socket.prototype.connect = function (...words) {
  const [options] = Array.isArray(words[0]) ? words[0] : words;
  if (String(options?.port) === from) options.port = Number(to);
  return connect.apply(this, words);
};
`;

/** What a process must be started with so that what it sends to one port of this machine goes to another. */
export function detour(fromUrl: string, toUrl: string): Record<string, string> {
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  return {
    NODE_OPTIONS: `--import ${preload}`,
    DETOUR_FROM: new URL(fromUrl).port,
    DETOUR_TO: new URL(toUrl).port,
  };
}
